#!/usr/bin/env bash
# Yarn 1.22.22: `yarn install --production` installs a package that only `devDependencies` ask for, when a package of
# production or a member of the workspace wants it as its peer. npm 11.19.1: `npm ci --omit=dev` does so with a lockfile
# of version 1, as npm 7 and 8 did; npm 6 leaves the package out.
# Guessed: so, but for the member of a workspace, whose peers nobody was thought to install.
# Why it matters to a gate: neither lockfile says who wants what as a peer, so "only development needs it" cannot be told
# from it, and a gate that is laxer about development lets pass what is shipped.
# Seen 2026-11-30: ajv, a development dependency, beside ajv-keywords, whose peer it is; without that it is left out.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false YARN_CACHE_FOLDER="$work/cache"
npm install --silent --prefix tool yarn@1.22.22 npm-of-old@npm:npm@6
yarn() { "$work/tool/node_modules/.bin/yarn" "$@" > "$work/said" 2> "$work/warnings"; }
npm6() { node "$work/tool/node_modules/npm-of-old/bin/npm-cli.js" "$@" > "$work/said" 2> "$work/warnings"; }
# expect WHO yes|no: whether ajv is installed.
expect() {
  local is=no
  [ ! -d node_modules/ajv ] || is=yes
  [ "$is" = "$2" ] || { echo "changed: ajv installed by $1 for production: $is"; exit 1; }
  rm -rf node_modules
}
for production in ajv-keywords@3.5.2:yes ms@2.1.2:no; do
  wanted=${production#*:} production=${production%:*}
  mkdir app && cd app
  echo '{ "name": "app", "private": true, "devDependencies": { "ajv": "6.12.6" } }' > package.json
  npm pkg set "dependencies.${production%@*}=${production#*@}"
  yarn install && rm -rf node_modules
  yarn install --production --frozen-lockfile
  expect "Yarn 1" "$wanted"
  npm6 install --package-lock-only
  grep -q '"lockfileVersion": 1' package-lock.json
  npm6 ci --only=production
  expect "npm 6" no
  npm ci --silent --omit=dev
  expect "npm 11" "$wanted"
  cd .. && rm -rf app
done
mkdir -p app/member && cd app
echo '{ "name": "app", "private": true, "workspaces": ["member"], "devDependencies": { "ajv": "6.12.6" } }' > package.json
echo '{ "name": "member", "version": "1.0.0", "peerDependencies": { "ajv": "^6.9.1" } }' > member/package.json
yarn install && rm -rf node_modules
yarn install --production --frozen-lockfile
expect "Yarn 1 for a member of the workspace" yes
echo "ok: Yarn 1, and npm 7 and later with a lockfile of version 1, install for production what is wanted there as a peer"

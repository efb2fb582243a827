#!/usr/bin/env bash
# Yarn 1.22.22: `yarn upgrade NAME` moves what the project beside the lockfile asks for, and nothing else. What only a
# dependency or a member of the workspace asks for stays as it is, also if it is typed in the folder of that member; each
# time Yarn says "success" and exits with 0.
# Guessed: as with npm and later Yarns, the package moves to the newest version that everybody admits.
# Why it matters to a gate: a fix is proposed, typed, reported as done, and the vulnerable version is still installed.
# Seen 2026-11-30: ms 2.1.1, asked for by debug and by a member as ^2.1.1, stays; `resolutions` bring 2.1.3.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false YARN_CACHE_FOLDER="$work/cache"
npm install --silent --prefix tool yarn@1.22.22
yarn() { "$work/tool/node_modules/.bin/yarn" "$@" > "$work/said" 2> "$work/warnings"; }
mkdir -p app/packages/member && cd app
echo '{ "name": "app", "private": true, "workspaces": ["packages/*"], "dependencies": { "debug": "4.1.1" } }' > package.json
echo '{ "name": "member", "version": "1.0.0", "dependencies": { "ms": "^2.1.1" } }' > packages/member/package.json
# The lockfile of a day when 2.1.1 was the newest one.
npm pkg set resolutions.ms=2.1.1
yarn install
npm pkg delete resolutions
yarn install
locked() { sed -n '/^ms@/,/^$/s/^  version "\(.*\)"/\1/p' yarn.lock; }
[ "$(locked)" = 2.1.1 ] || { echo "changed: $(locked) is locked to begin with"; exit 1; }
yarn upgrade ms
grep -q success "$work/said"
[ "$(locked)" = 2.1.1 ] || { echo "changed: yarn upgrade beside the lockfile locked $(locked)"; exit 1; }
(cd packages/member && yarn upgrade ms)
grep -q success "$work/said"
[ "$(locked)" = 2.1.1 ] || { echo "changed: yarn upgrade in the member's folder locked $(locked)"; exit 1; }
npm pkg set 'resolutions.**/ms=^2.1.2'
yarn install
[ "$(locked)" != 2.1.1 ] || { echo "changed: resolutions locked $(locked)"; exit 1; }
echo "ok: yarn upgrade of Yarn 1 leaves what dependencies and members of the workspace ask for, says success and exits with 0"

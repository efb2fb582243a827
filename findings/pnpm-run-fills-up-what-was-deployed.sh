#!/bin/sh
# pnpm 11.28.11 (12.21.0 does the same): `pnpm deploy --legacy --prod` puts a project without its development
# dependencies into a folder, and the first `pnpm run` there installs them: a script is run only after what
# is missing was installed (`verifyDepsBeforeRun`, since version 11 `install`), and what a legacy folder lacks
# on purpose counts as missing. So it does in a folder without node_modules.
#
# Why it matters to a gate: the command that builds the image leaves development out, and the one that
# starts it brings it back. Nothing in the container file says "install" without `--prod`.
#
# Seen on 2026-11-30 with Node.js 22.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '%s\n' '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund node@22 pnpm@11.28.11 > /dev/null
PATH="$folder/node_modules/.bin:$PATH"

mkdir -p work/app
printf '%s\n' 'packages:' '- app' > work/pnpm-workspace.yaml
printf '%s\n' '{ "private": true }' > work/package.json
printf '%s\n' '{ "name": "app", "version": "1.0.0", "scripts": { "begin": "true" },' \
    '"dependencies": { "isarray": "1.0.0" }, "devDependencies": { "ms": "2.0.0" } }' > work/app/package.json
cd work
pnpm install > /dev/null 2>&1
for way in '' --legacy; do
    pnpm --filter app deploy --prod $way "$folder/out$way" > /dev/null 2>&1
    test ! -d "$folder/out$way/node_modules/ms"
    (cd "$folder/out$way" && pnpm run begin > /dev/null 2>&1)
done
test ! -d "$folder/out/node_modules/ms"
test -d "$folder/out--legacy/node_modules/ms"
echo "ok: pnpm run installs the development dependencies that pnpm deploy --legacy --prod left out"

#!/usr/bin/env bash
# npm 11.19.1: `overrides` do not reach a package that another one bundles, nobody says so, and `npm ls` shows
# the copy without a remark and exits with 0.
# Guessed: an override counts for every copy, or its failure is told.
# Why it matters to a gate: an override is the usual advice where a dependency holds a fix back; for a bundled
# copy it changes nothing, and the lockfile is the only place where that can be seen.
# Seen 2026-11-30: ms 2.1.1 inside of an archive stays 2.1.1 with `"overrides": { "ms": "2.1.3" }`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
mkdir larch app
cd larch
echo '{ "name": "larch", "version": "1.0.0", "dependencies": { "ms": "2.1.1" }, "bundleDependencies": ["ms"] }' > package.json
npm install --silent
npm pack --silent > /dev/null
cd ../app
echo '{ "name": "app", "dependencies": { "larch": "file:../larch/larch-1.0.0.tgz" }, "overrides": { "ms": "2.1.3" } }' > package.json
npm install --silent
version=$(node -p 'JSON.parse(require("fs").readFileSync("node_modules/larch/node_modules/ms/package.json")).version')
[ "$version" = 2.1.1 ] || { echo "changed: the bundled copy is $version"; exit 1; }
npm ls ms > said
if grep -qiE 'overridden|invalid' said; then echo "changed: it is told"; exit 1; fi
echo "ok: an override leaves a bundled copy as it is, and neither npm install nor npm ls says so"

#!/usr/bin/env bash
# npm 11.19.1: an entry of `overrides` about a package that is nowhere in the tree is ignored without a word;
# `npm pkg set overrides.a.b.c` reads every dot as a step, so a package called `a.b` is overridden nowhere.
# Guessed: npm warns about an override that matches nothing.
# Why it matters to a gate: after a mistyped override everything exits with 0 and the vulnerable version stays.
# Seen 2026-11-30: with the order under `debug.js` (and so under `debug`, `js`) ms stays at 2.0.0.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false npm_config_package_lock_only=true
echo '{ "name": "app", "dependencies": { "debug": "2.6.9" } }' > package.json
npm install --silent
npm pkg set overrides.debug.js.ms=2.1.3
[ "$(node -p 'Object.keys(JSON.parse(require("fs").readFileSync("package.json")).overrides.debug)')" = "[ 'js' ]" ]
npm install > said 2>&1
locked=$(node -p 'JSON.parse(require("fs").readFileSync("package-lock.json")).packages["node_modules/ms"].version')
[ "$locked" = 2.0.0 ] || { echo "changed: ms is $locked"; exit 1; }
if grep -qi override said; then echo "changed: it is told"; exit 1; fi
echo "ok: an override that matches nothing is ignored without a word, and dots in npm pkg set are steps"

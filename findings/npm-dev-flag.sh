#!/usr/bin/env bash
# npm 11.19.1: `npm ci --omit=dev` does not believe `"dev": true` of a lockfile's entry. It follows the edges
# from the root again and installs what production asks for.
# Guessed: the flag decides, as it is what the lockfile is full of.
# Why it matters to a gate: the flag is no evidence for "development only", and a tool that reads it alone
# clears what is installed.
# Seen 2026-11-30: ms, a dependency of the project with the flag put in by hand, is installed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
echo '{ "name": "app", "dependencies": { "ms": "2.1.2" } }' > package.json
npm install --silent --package-lock-only
sed -i 's/"version": "2.1.2",/"version": "2.1.2", "dev": true,/' package-lock.json
grep -q '"dev": true' package-lock.json
npm ci --silent --omit=dev
[ -d node_modules/ms ] || { echo "changed: the flag decides"; exit 1; }
echo "ok: npm ci --omit=dev installs what production asks for, whatever the entry's dev flag says"

#!/usr/bin/env bash
# npm 11.19.1: `npm install NAME@VERSION` that a locked package's peer dependency refuses warns, writes the
# lockfile and exits with 0; `npm ci` of that lockfile then refuses it.
# Guessed: npm install fails with ERESOLVE, as it does where nothing is locked yet.
# Why it matters to a gate: a fix that is typed as proposed looks fine on the machine and breaks the build; who
# asks as a peer has to count as one that holds the upgrade back.
# Seen 2026-11-30: react 18.1.0 beside react-dom 18.2.0, whose peer is react ^18.2.0.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false npm_config_package_lock_only=true
echo '{ "name": "app", "dependencies": { "react": "18.2.0", "react-dom": "18.2.0" } }' > package.json
npm install --silent
npm install --save-exact react@18.1.0 > said 2>&1 || { echo "changed: npm install fails"; exit 1; }
grep -q ERESOLVE said
if npm ci --dry-run > refused 2>&1; then echo "changed: npm ci takes it"; exit 1; fi
grep -q ERESOLVE refused
echo "ok: npm install writes a lockfile over a peer that refuses, with 0, and npm ci refuses that lockfile"

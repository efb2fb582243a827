#!/usr/bin/env bash
# npm 11.19.1: an override of a package that the project asks for itself is refused (EOVERRIDE) even where the
# overriding version lies within the project's own range; one below a single dependent is taken.
# Guessed: only a contradiction is refused, so 2.1.3 beside ^2.1.0 is fine.
# Why it matters to a gate: `"overrides": { NAME: FIXED }` is what everybody proposes, and it stops every
# `npm install` of a project that also asks for NAME.
# Seen 2026-11-30: ms ^2.1.0 in the project, debug 2.6.9 asks for ms 2.0.0.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false npm_config_package_lock_only=true
echo '{ "name": "app", "dependencies": { "debug": "2.6.9", "ms": "^2.1.0" }, "overrides": { "ms": "2.1.3" } }' > package.json
if npm install > said 2>&1; then echo "changed: it is taken"; exit 1; fi
grep -q EOVERRIDE said
echo '{ "name": "app", "dependencies": { "debug": "2.6.9", "ms": "^2.1.0" }, "overrides": { "debug": { "ms": "2.1.3" } } }' > package.json
npm install --silent
if grep -q '"version": "2.0.0"' package-lock.json; then echo "changed: 2.0.0 stays"; exit 1; fi
echo "ok: a version within the project's own range is refused as an override of it, and taken below a dependent"

#!/usr/bin/env bash
# npm 11.19.1: `npm update NAME` finds packages by the name of their folder. The name of a package that is
# installed under an alias does nothing at all, says "up to date" and exits with 0.
# Guessed: npm updates by the name of the package, as advisories name it.
# Why it matters to a gate: a fix that is proposed by the advisory's name looks as if it had worked.
# Seen 2026-11-30: ms under the alias m-old stays at 2.1.1; `npm update m-old` brings 2.1.3.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false npm_config_package_lock_only=true
echo '{ "name": "app", "dependencies": { "m-old": "npm:ms@2.1.1" } }' > package.json
npm install --silent
sed -i 's/npm:ms@2.1.1/npm:ms@^2.1.0/' package.json package-lock.json
locked() { node -p 'JSON.parse(require("fs").readFileSync("package-lock.json")).packages["node_modules/m-old"].version'; }
npm update ms > said
[ "$(locked)" = 2.1.1 ] || { echo "changed: npm update ms locked $(locked)"; exit 1; }
grep -q 'up to date' said
npm update --silent m-old
[ "$(locked)" != 2.1.1 ]
echo "ok: npm update takes the name of the folder; the package's own name updates nothing and exits with 0"

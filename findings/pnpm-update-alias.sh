#!/usr/bin/env bash
# pnpm 12.21.0 (and 9.15.9, 10.34.9): `pnpm update NAME` finds packages by their own names. The name under which one is
# asked for brings no new version, writes the locked version into package.json as the lowest one, and exits with 0. npm takes
# that name, and no other one: npm-update-alias.sh.
# Guessed: pnpm takes the name that stands in package.json, as npm does.
# Why it matters to a gate: the fix of one package manager does nothing with the other, and looks as if it had worked.
# Seen 2026-11-30: ms under the alias m-old stays at 2.1.1 with `pnpm update m-old`; `pnpm update ms` brings 2.1.3.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false XDG_DATA_HOME="$work/data"
npm install --silent --prefix tool pnpm@12.21.0
pnpm() { "$work/tool/node_modules/.bin/pnpm" "$@" --lockfile-only > said; }
mkdir app && cd app
echo '{ "name": "app", "dependencies": { "m-old": "npm:ms@2.1.1" } }' > package.json
pnpm install
sed -i 's/npm:ms@2.1.1/npm:ms@^2.1.0/' package.json pnpm-lock.yaml
locked() { grep -o '^  ms@[0-9.]*' pnpm-lock.yaml | head -1; }
pnpm update m-old
[ "$(locked)" = '  ms@2.1.1' ] || { echo "changed: pnpm update m-old locked $(locked)"; exit 1; }
grep -q 'npm:ms@^2.1.1' package.json || { echo "changed: package.json asks for $(grep m-old package.json)"; exit 1; }
pnpm update ms
[ "$(locked)" != '  ms@2.1.1' ] || { echo "changed: pnpm update ms locked $(locked)"; exit 1; }
echo "ok: pnpm update takes the package's own name; the alias of package.json updates nothing and exits with 0"

#!/usr/bin/env bash
# Node.js 20, 22 and 24, acorn 8.15.0: one text can be valid as a script and as a module, and call `require` in only one of them. `await`
# is a name in a script, so that `await /1; …/g` divides there and is a regular expression in a module.
# Guessed: that a text which parses as a module loads at least what it loads as a script, and that the two differ in `this` and
# in strictness alone.
# Why it matters to a gate: a search for imports that tries `module` first and keeps what parses sees no load in a file that
# Node.js runs as CommonJS, because of its ending or of a `type` that somebody sets later.
# Seen 2026-12-01: as app.cjs it loads `ms`, as app.mjs it does not.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
echo '{ "name": "app", "private": true }' > package.json
npm install --silent ms@2.1.3 acorn@8.15.0
cat > app.cjs <<'JS'
globalThis.g = 1;
globalThis['awa' + 'it'] = 2;
await /1; console.log(require('ms')('1s')); 2/g;
JS
cp app.cjs app.mjs
# Neither `await` alone nor the slash makes one of them invalid.
[ "$(node app.cjs)" = 1000 ] || { echo "changed: the script does not load it"; exit 1; }
[ -z "$(node app.mjs)" ] || { echo "changed: the module prints something"; exit 1; }
calls() {
  node -e '
    const { parse } = require("acorn");
    const options = { ecmaVersion: 2022, sourceType: process.argv[1] };
    const tree = parse(require("fs").readFileSync("app.cjs", "utf8"), options);
    console.log(JSON.stringify(tree).split("\"name\":\"require\"").length - 1);
  ' "$1"
}
[ "$(calls script) $(calls module)" = "1 0" ] || { echo "changed: acorn sees $(calls script) and $(calls module)"; exit 1; }
echo "ok: the same text calls require as a script and not as a module"

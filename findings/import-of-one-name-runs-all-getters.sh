#!/usr/bin/env bash
# Node.js 20.20, TypeScript 5.9.3: who imports one name of a CommonJS module runs the getters of all the names that Node.js
# finds in its text, also of those that lie in another module and that nobody imports.
# Guessed: that `import { safe }` reads `safe`, as `const { safe } = require(…)` does, which runs no other getter.
# Why it matters to a gate: "nobody uses this export" is said of names that are imported. What is kept behind a lazy getter
# (a deprecated feature, a heavy module) is loaded and run by an import of anything else beside it.
# Seen 2026-12-01: the getter ran once for `import { safe }`, and not at all for the `require`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
echo '{ "name": "app", "private": true }' > package.json
npm install --silent --ignore-scripts typescript@5.9.3
# What is lazy, as people write it by hand.
cat > lazy.js <<'END'
Object.defineProperty(exports, 'old', { enumerable: true, get() { console.log('old is made'); return 1; } });
exports.safe = 2;
END
# A module that only exports both again, as TypeScript compiles it.
node -e '
  const text = require("typescript").transpileModule("export { old, safe } from \"./lazy\";", { compilerOptions: { module: "commonjs" } });
  require("node:fs").writeFileSync("again.js", text.outputText);'
echo 'import { safe } from "./again.js"; console.log(safe);' > import.mjs
echo 'const { safe } = require("./again.js"); console.log(safe);' > require.cjs
[ "$(node require.cjs)" = 2 ] || { echo "changed: a require runs it too"; exit 1; }
[ "$(node import.mjs)" = $'old is made\n2' ] || { echo "changed: an import does not run it"; exit 1; }
echo "ok: an import of one name runs the getters of all others"

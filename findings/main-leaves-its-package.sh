#!/usr/bin/env bash
# Node.js 20, 22 and 24, enhanced-resolve 5.18.3, resolve 1.22.10, esbuild 0.25.10: the `main` of a package may lead out of its
# folder, into another package, which none of them refuses. `exports` with the same path is refused by Node.js.
# Guessed: that a resolver keeps `main` in its package, as Node.js does with `exports`.
# Why it matters to a gate: which package a specifier loads cannot be told from its name. A search for imports that takes
# the package by the name alone, or drops a `main` that begins with `..`, says of the other one that nothing loads it.
# Seen 2026-12-01: `require("front")` runs a file of `ms`, which nothing else names.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
echo '{ "name": "app", "private": true }' > package.json
npm install --silent --ignore-scripts ms@2.1.3 enhanced-resolve@5.18.3 resolve@1.22.10 esbuild@0.25.10
mkdir node_modules/front node_modules/closed
echo '{ "name": "front", "version": "1.0.0", "main": "../ms/index.js" }' > node_modules/front/package.json
echo '{ "name": "closed", "version": "1.0.0", "exports": "./../ms/index.js" }' > node_modules/closed/package.json
echo 'console.log(require("front")("2 days"))' > app.js
# expect WHO FILE
expect() { [ "$2" = "$work/node_modules/ms/index.js" ] || { echo "changed: $1 takes $2"; exit 1; }; }
[ "$(node app.js)" = 172800000 ] || { echo "changed: Node.js does not run it"; exit 1; }
expect "enhanced-resolve" "$(node -p 'require("enhanced-resolve").sync(process.cwd(), "front")')"
expect "resolve" "$(node -p 'require("resolve").sync("front", { basedir: process.cwd() })')"
node -e 'require("esbuild").buildSync({ entryPoints: ["app.js"], bundle: true, platform: "node", outfile: "out.js" })'
grep -q 'node_modules/ms/index.js' out.js || { echo "changed: esbuild does not bundle it"; exit 1; }
node -e 'require("closed")' 2> refused && { echo "changed: exports may leave the package"; exit 1; }
grep -q ERR_INVALID_PACKAGE_TARGET refused
echo "ok: main may lead into another package, and exports may not"

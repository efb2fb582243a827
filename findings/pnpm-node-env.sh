#!/bin/sh
# pnpm 9.15.9 leaves development dependencies out where `NODE_ENV` is `production`, as npm and Yarn 1 do;
# pnpm 10.34.9 and 12.21.0 install them all the same. So do Yarn 2 and later, and Bun. An upgrade of
# pnpm in a container file that says `ENV NODE_ENV=production` and nothing else ships development from then on.
#
# Why it matters to a gate: "it is a development dependency, and we build with NODE_ENV=production" is a proof
# for two package managers of five. Only `--prod` in the command is one for every pnpm.
#
# Seen on 2026-11-30 with Node.js 22.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '%s\n' '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund node@22 pnpm9@npm:pnpm@9.15.9 pnpm10@npm:pnpm@10.34.9 > /dev/null
PATH="$folder/node_modules/.bin:$PATH"

install_with() {
    rm -rf app && mkdir app
    printf '%s\n' '{ "private": true, "dependencies": { "isarray": "1.0.0" }, "devDependencies": { "ms": "2.0.0" } }' > app/package.json
    (cd app && NODE_ENV=production node "../node_modules/$1/bin/pnpm.cjs" install $2 > /dev/null 2>&1)
    test -d app/node_modules/isarray
}

install_with pnpm9 ''
test ! -d app/node_modules/ms
install_with pnpm10 ''
test -d app/node_modules/ms
install_with pnpm10 --prod
test ! -d app/node_modules/ms
echo "ok: NODE_ENV=production leaves development out in pnpm 9, and not in pnpm 10"

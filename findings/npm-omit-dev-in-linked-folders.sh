#!/bin/sh
# npm 11.19.1 and 12.2.2: `npm ci --omit=dev` installs a development dependency all the same if it lies
# in the folder of a linked project (`file:./linked`) and not beside the packages of the root, which is where
# npm puts it when the versions differ. The lockfile marks it `dev`. A workspace in the same place is
# treated as one expects.
#
# Why it matters to a gate: "only development needs it, and we install with --omit=dev" is no proof about
# such a copy. The flag in the lockfile says it is left out, and it is there.
#
# Seen on 2026-11-30.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

project() {
    mkdir -p "$1/linked"
    printf '%s\n' '{ "name": "linked", "version": "1.0.0", "devDependencies": { "isarray": "2.0.5" } }' > "$1/linked/package.json"
    printf '%s\n' "{ \"name\": \"app\", \"version\": \"1.0.0\", \"private\": true, $2 }" > "$1/package.json"
    (cd "$1" && npm install --silent --no-audit --no-fund --package-lock-only &&
        npm ci --silent --no-audit --no-fund --omit=dev)
    grep -A4 '"linked/node_modules/isarray"' "$1/package-lock.json" | grep -q '"dev": true'
}

project link '"dependencies": { "isarray": "1.0.0", "linked": "file:./linked" }'
project workspace '"workspaces": ["linked"], "dependencies": { "isarray": "1.0.0" }'
test -d link/linked/node_modules/isarray
test ! -d workspace/linked/node_modules/isarray
echo "ok: --omit=dev leaves development of a workspace out, and not that of a linked folder"

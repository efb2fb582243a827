#!/bin/sh
# npm 11.19.1 and 12.2.2: values of `--omit` that npm does not know are passed over, and everything is
# installed, with exit code 0: `--omit=development`, `--omit=dev,optional`, `--omit=Dev`, `--omit=`. With
# `--production false` (and NPM_CONFIG_PRODUCTION=false) development comes back even beside `--omit=dev`. npm 12
# refuses abbreviations such as `--prod`; npm 11 takes them.
#
# Why it matters to a gate: a command that looks as if it left development out is not evidence that it
# does. Only exact spellings are.
#
# Seen on 2026-11-30.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '%s\n' '{ "name": "app", "version": "1.0.0", "private": true, "dependencies": { "inherits": "2.0.4" }, "devDependencies": { "ms": "2.1.3" } }' > package.json
npm install --silent --no-audit --no-fund --package-lock-only

is_installed() {
    rm -rf node_modules
    npm ci --silent --no-audit --no-fund "$@"
    test -d node_modules/ms
}

for left_out in --omit=dev --production --only=prod; do
    ! is_installed "$left_out"
done
for kept in --omit=development --omit=dev,optional --omit=Dev --omit=; do
    is_installed "$kept"
done
is_installed --omit=dev --production=false
echo "ok: npm installs development with --omit=development, --omit=dev,optional and --production=false"

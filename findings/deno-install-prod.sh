#!/bin/sh
# Deno 2.9.6: `deno install --prod` ("excludes devDependencies") leaves development dependencies out if there is
# no deno.lock, and installs all of them if there is one. `deno ci --prod` needs one, and installs them always.
#
# Why it matters to a gate: for a locked project nothing leaves development out, so that "only development
# needs it" clears nothing about what Deno installs.
#
# Seen on 2026-11-30.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '%s\n' '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund deno@2.9.6 > /dev/null
PATH="$folder/node_modules/.bin:$PATH"

mkdir app
cd app
printf '%s\n' '{ "dependencies": { "isarray": "1.0.0" }, "devDependencies": { "ms": "2.0.0" } }' > package.json
deno install > /dev/null 2>&1
cp deno.lock ../deno.lock

rm -rf node_modules deno.lock
deno install --prod > /dev/null 2>&1
test -e node_modules/isarray
test ! -e node_modules/ms
for command in install ci; do
    rm -rf node_modules
    cp ../deno.lock deno.lock
    deno "$command" --prod > /dev/null 2>&1
    test -e node_modules/ms
done
echo "ok: --prod leaves development out without a deno.lock, and not with one"

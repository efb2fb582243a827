#!/usr/bin/env bash
# pnpm 12.21.0 with `cargo: enabled: true`: `pnpm install` locks and installs the crates of a workspace, and `pnpm audit` asks about
# its npm packages alone, says "No known vulnerabilities found" and exits with 0.
# Guessed: an audit covers what the same tool installs, or says that the crates were left out.
# Why it matters to a gate: with pnpm as the one package manager of both worlds a clean audit is about one of them;
# Cargo.lock has to be read beside pnpm-lock.yaml.
# Seen 2026-11-30: with lodash and the crate itoa locked, the one question was {"lodash":["4.17.20"]}. Needs cargo.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${server:-}" 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$work"
npm init --yes > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts pnpm@12.21.0
mkdir -p both/app/src && cd both
pnpm() { ../node_modules/.bin/pnpm "$@"; }
printf '{"name": "both", "private": true, "dependencies": {"lodash": "4.17.20"}}' > package.json
printf 'packages: []\ncargo:\n  enabled: true\n' > pnpm-workspace.yaml
printf '[workspace]\nmembers = ["app"]\nresolver = "2"\n' > Cargo.toml
printf '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nitoa = "=1.0.15"\n' > app/Cargo.toml
touch app/src/lib.rs
pnpm install --store-dir ../store > /dev/null
grep -q '^name = "itoa"' Cargo.lock
cat > ../answer.mjs <<'SERVER'
import { createServer } from 'node:http';
import { appendFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part)).on('end', () => {
        const body = Buffer.concat(parts);
        const isPacked = request.headers['content-encoding'] === 'gzip';
        appendFileSync('asked', `${request.url} ${isPacked ? gunzipSync(body) : body}\n`);
        response.setHeader('content-type', 'application/json').end('{}');
    });
});
server.listen(0, '127.0.0.1', () => writeFileSync('port', String(server.address().port)));
SERVER
node ../answer.mjs &
server=$!
until [ -s port ]; do sleep 0.1; done
pnpm audit --registry="http://127.0.0.1:$(cat port)/" > said
if grep -q itoa asked || ! grep -q '"lodash"' asked || ! grep -q 'No known vulnerabilities' said; then
  echo "changed: asked $(cat asked), said $(cat said)"
  exit 1
fi
echo "ok: pnpm audit asks about npm packages alone in a workspace whose crates pnpm has installed"

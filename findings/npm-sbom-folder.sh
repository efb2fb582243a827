#!/usr/bin/env bash
# npm 11.19.1: `npm sbom` gives a folder of one's own (`file:`) the purl of the public package of that name and
# version, without any qualifier. The component itself is called after the folder.
# Guessed: what does not come from a registry has no purl, or one with a qualifier that says so.
# Why it matters to a gate: a scanner of such a document finds advisories about somebody else's package, and a
# statement about that purl speaks of another thing than the one it names.
# Seen 2026-11-30: the folder lib with the name ms and version 2.0.0 is `lib`, pkg:npm/ms@2.0.0.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
mkdir lib
echo '{ "name": "ms", "version": "2.0.0" }' > lib/package.json
echo '{ "name": "app", "version": "1.0.0", "dependencies": { "ms": "file:lib" } }' > package.json
npm install --silent --package-lock-only
npm sbom --package-lock-only --sbom-format cyclonedx > sbom.json
told=$(node -p 'JSON.parse(require("fs").readFileSync("sbom.json")).components.map((c) => c.name + " " + c.purl).join()')
[ "$told" = "lib pkg:npm/ms@2.0.0" ] || { echo "changed: $told"; exit 1; }
echo "ok: npm sbom calls a linked folder by the public package's purl, $told"

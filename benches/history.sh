#!/usr/bin/env bash
# The time of `lockgate history` over 1,000 commits of a lockfile with 500 packages. Should stay below two seconds.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -n "${LOCKGATE:-}" ] || cargo build --locked --release
lockgate=${LOCKGATE:-$PWD/target/release/lockgate}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
git init --quiet --initial-branch=main

# Package number `commit % 500` gets a new version with each commit; `tarn-7` is vulnerable from 1.0.100 to 1.0.600.
awk -v commits=1000 -v packages=500 'BEGIN {
    for (commit = 1; commit <= commits; commit++) {
        text = "version = 4\n\n[[package]]\nname = \"harbour\"\nversion = \"0.1.0\"\ndependencies = [\n"
        for (number = 0; number < packages; number++) text = text " \"tarn-" number "\",\n"
        text = text "]\n"
        changed[commit % packages] = commit
        changed[7] = commit
        for (number = 0; number < packages; number++)
            text = text "\n[[package]]\nname = \"tarn-" number "\"\nversion = \"1.0." (changed[number] + 0) "\"\n" \
                "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n" \
                "checksum = \"0000000000000000000000000000000000000000000000000000000000000000\"\n"
        printf "commit refs/heads/main\ncommitter Ann <ann@example.test> %d +0000\ndata 4\nLock\n", 1767225600 + commit * 3600
        printf "M 644 inline Cargo.lock\ndata %d\n%s\n", length(text), text
    }
}' | git fast-import --quiet
git reset --quiet --hard main
mkdir advisories
cat > advisories/GHSA-case-0001-tarn.json <<'ADVISORY'
{ "id": "GHSA-case-0001-tarn", "modified": "2026-11-01T00:00:00Z", "summary": "It breaks",
  "affected": [{ "package": { "ecosystem": "crates.io", "name": "tarn-7" },
    "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "1.0.100" }, { "fixed": "1.0.600" }] }] }] }
ADVISORY
printf 'schema = 1\n[database]\nmax-age = "3650d"\nsources = [{ kind = "osv", path = "advisories" }]\n' > lockgate.toml
time "$lockgate" history GHSA-case-0001-tarn --offline

#!/usr/bin/env bash
# cargo 1.95.0: `cargo update NAME --precise VERSION` over a vendored folder (`[source] directory`) takes the
# latest version that is admitted, whatever version is named, and exits with 0.
# Guessed: exactly the named version is locked, and one that is not there is an error, as with a registry.
# Why it matters to a gate: `--precise` is what a gate proposes to avoid a later version that is bad as well;
# in a vendored workspace the lockfile has to be read again before anybody believes it.
# Seen 2026-11-30: 1.0.10 -> 1.0.15 where 1.0.11 was named, and the same for 9.9.9, which does not exist.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for version in 1.0.10 1.0.11 1.0.15; do
  mkdir -p "p$version/src" && touch "p$version/src/lib.rs"
  printf '[package]\nname = "p"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nitoa = "=%s"\n[workspace]\n' \
    "$version" > "p$version/Cargo.toml"
  (cd "p$version" && cargo vendor -q --versioned-dirs --no-delete ../vendor > /dev/null)
done
mkdir -p app/src app/.cargo && touch app/src/lib.rs && cd app
printf '[source.crates-io]\nreplace-with = "here"\n[source.here]\ndirectory = "../vendor"\n' > .cargo/config.toml
sed 's/name = "p"/name = "app"/' ../p1.0.10/Cargo.toml > Cargo.toml
cargo generate-lockfile -q --offline
sed -i 's/"=1.0.10"/"1"/' Cargo.toml
locked() { grep -A1 '^name = "itoa"' Cargo.lock | grep -o '[0-9.]*' ; }
[ "$(locked)" = 1.0.10 ]
for named in 1.0.11 9.9.9; do
  sed -i 's/^version = "1.0.1[0-9]"/version = "1.0.10"/' Cargo.lock
  sed -i '/^checksum/d' Cargo.lock
  cargo update -q --offline itoa --precise "$named"
  [ "$(locked)" = 1.0.15 ] || { echo "changed: --precise $named locked $(locked)"; exit 1; }
done
echo "ok: over a vendored folder --precise locks the latest version that is admitted, not the named one"

#!/usr/bin/env bash
# Packs a release: the binary, the manual, completions, licences and the readme.
# usage: pack.sh BINARY TARGET TAG FOLDER
set -euo pipefail
tree="$(cd "$(dirname "$0")/.." && pwd)"
binary="$1" target="$2" tag="$3" folder="$4"

contents="$(mktemp -d)"
trap 'rm -rf "$contents"' EXIT
mkdir "$contents/completions"
cp "$binary" "$tree"/README.md "$tree"/CHANGELOG.md "$tree"/LICENSE-* "$contents/"
"$binary" man --out "$contents/man"
"$binary" completions bash > "$contents/completions/lockgate.bash"
"$binary" completions zsh > "$contents/completions/_lockgate"
"$binary" completions fish > "$contents/completions/lockgate.fish"
"$binary" completions powershell > "$contents/completions/_lockgate.ps1"
"$binary" completions elvish > "$contents/completions/lockgate.elv"

# Without a folder around it, and without `./` in front: the action takes the binary out by its name.
mkdir -p "$folder"
(cd "$contents" && tar -czf - -- *) > "$folder/lockgate-$tag-$target.tar.gz"

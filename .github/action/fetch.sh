#!/usr/bin/env bash
# Finds the lockgate binary for this runner: the one that is given, else the one that this tree pins by its
# digest, else one that is built from this tree. Never the newest of anything.
set -euo pipefail

tree=${GITHUB_ACTION_PATH//\\//}
# shellcheck source=.github/action/common.sh
. "$tree/.github/action/common.sh"

target() {
    case "$RUNNER_OS-$RUNNER_ARCH" in
    Linux-X64) echo x86_64-unknown-linux-musl ;;
    Linux-ARM64) echo aarch64-unknown-linux-musl ;;
    macOS-X64) echo x86_64-apple-darwin ;;
    macOS-ARM64) echo aarch64-apple-darwin ;;
    Windows-X64) echo x86_64-pc-windows-msvc ;;
    *) echo none ;;
    esac
}

digest() {
    if command -v sha256sum > /dev/null; then
        sha256sum < "$1" | cut -d ' ' -f 1
    else
        shasum -a 256 < "$1" | cut -d ' ' -f 1
    fi
}

# The address and the digest that the tree pins for a target, or nothing.
pinned() {
    sed -nE "s|^ *\"$1\": \\{ \"url\": \"(https://[^\" ]+)\", \"sha256\": \"([0-9a-f]{64})\" \\},?\$|\\1 \\2|p" \
        "$tree/.github/action/checksums.json"
}

download() {
    local url=$1 sha256=$2 folder=$3 actual
    local archive="$folder/download"
    curl --fail --location --silent --show-error --retry 3 --proto '=https' --tlsv1.2 \
        --output "$archive" "$url" || fail "$url cannot be fetched"
    actual=$(digest "$archive")
    if [ "$actual" != "$sha256" ]; then
        fail "$url is not what this action pins: its SHA-256 is $actual and should be $sha256"
    fi
    case $url in
    *.tar.gz) tar -xzf "$archive" -C "$folder" "$name" ;;
    *) mv "$archive" "$folder/$name" ;;
    esac
    chmod +x "$folder/$name"
    binary="$folder/$name"
}

# Built in the action's own tree: settings for cargo in the checked repository do not reach it.
build() {
    command -v cargo > /dev/null ||
        fail "there is no binary for $RUNNER_OS $RUNNER_ARCH and no cargo to build one: give the input \`binary\`"
    echo "Building lockgate from the tree of the action"
    (cd "$tree" && cargo build --release --locked --quiet --bin lockgate --target-dir "$1/build") ||
        fail "lockgate cannot be built from the tree of the action"
    binary="$1/build/release/$name"
}

cache_folder() {
    case $RUNNER_OS in
    macOS) echo "$HOME/Library/Caches/lockgate" ;;
    Windows) echo "$LOCALAPPDATA\\lockgate" ;;
    *) echo "${XDG_CACHE_HOME:-$HOME/.cache}/lockgate" ;;
    esac
}

name=lockgate
if [ "$RUNNER_OS" = Windows ]; then
    name=lockgate.exe
fi
target=$(target)
entry=$(pinned "$target")
if [ -n "$INPUT_BINARY" ]; then
    binary=$INPUT_BINARY
    [ -f "$binary" ] || fail "the input \`binary\` names no file: $binary"
    # What the checked repository keeps, a change can replace.
    if git ls-files --error-unmatch -- "$binary" > /dev/null 2>&1; then
        fail "the input \`binary\` names a file of the repository that is checked: $binary"
    fi
elif [ -n "$entry" ]; then
    download "${entry% *}" "${entry#* }" "$(new_folder)"
elif grep -qF "\"$target\"" "$tree/.github/action/checksums.json"; then
    fail "the line for $target in checksums.json cannot be read"
else
    build "$(new_folder)"
fi

hand_over binary "$binary"
hand_over cache-folder "$(cache_folder)"
hand_over date "$(date -u +%F)"

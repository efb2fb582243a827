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

# The folder and the name of a file, the folder without links. Windows writes paths with backslashes.
folder_of() {
    (cd -P -- "$(dirname -- "$1")" && pwd -P) || fail "the folder of $1 cannot be read"
}

# Ends the job if git keeps a file or one of the links that lead to it, or if git cannot say whether it does and the file
# lies in the work tree.
refuse_kept() {
    local file=${1//\\//} steps=0 target
    while :; do
        refuse_kept_links "$file"
        file=$(folder_of "$file")/$(basename -- "$file")
        refuse_kept_file "$file"
        if [ ! -L "$file" ]; then return; fi
        steps=$((steps + 1))
        if [ "$steps" -gt 40 ]; then fail "the input \`binary\` is a link without end: $1"; fi
        target=$(readlink -- "$file")
        case $target in
        /*) file=$target ;;
        *) file=$(dirname -- "$file")/$target ;;
        esac
    done
}

# The same for every folder on the way that is a link.
refuse_kept_links() {
    local folder
    folder=$(dirname -- "$1")
    while [ "$folder" != / ] && [ "$folder" != . ] && [ "$folder" != "$(dirname -- "$folder")" ]; do
        if [ -L "$folder" ]; then
            refuse_kept_file "$(folder_of "$folder")/$(basename -- "$folder")"
        fi
        folder=$(dirname -- "$folder")
    done
}

# A file whose folder is spelt without links. Git is asked in that folder, whatever repository it belongs to, and without
# regard to case: some file systems have none.
refuse_kept_file() {
    local folder code=0
    folder=$(dirname -- "$1")
    env -u GIT_DIR -u GIT_WORK_TREE -u GIT_INDEX_FILE \
        git -C "$folder" ls-files --error-unmatch -- ":(icase,literal)$(basename -- "$1")" > /dev/null 2>&1 || code=$?
    case $code in
    0) fail "the input \`binary\` names a file of the repository that is checked: $1" ;;
    1) ;;
    *)
        if is_in_work_tree "$folder"; then
            fail "git cannot say whether the repository keeps $1: give a \`binary\` from outside of the work tree"
        fi
        ;;
    esac
}

# Whether a folder lies in what is checked, or in a repository of any kind.
is_in_work_tree() {
    local folder=$1 workspace=${GITHUB_WORKSPACE:-$PWD}
    workspace=$(cd -P -- "${workspace//\\//}" && pwd -P) || return 0
    while :; do
        if [ "$folder" = "$workspace" ] || [ -e "$folder/.git" ]; then return 0; fi
        if [ "$folder" = "$(dirname -- "$folder")" ]; then return 1; fi
        folder=$(dirname -- "$folder")
    done
}

name=lockgate
if [ "$RUNNER_OS" = Windows ]; then
    name=lockgate.exe
fi
target=$(target)
entry=$(pinned "$target")
if [ -n "$INPUT_BINARY" ]; then
    binary=$INPUT_BINARY
    # A bare name would be looked for in the work tree, where a change can put it.
    case $binary in
    */* | *\\*) ;;
    *) fail "the input \`binary\` is a name and no path: $binary" ;;
    esac
    [ -f "$binary" ] || fail "the input \`binary\` names no file: $binary"
    # What the checked repository keeps, a change can replace: the file itself and every link on the way to it.
    refuse_kept "$binary"
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

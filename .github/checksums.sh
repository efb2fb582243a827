#!/usr/bin/env bash
# Writes the digests of the archives in a folder: SHA256SUMS for people, and checksums.json for the action, which pins for
# each target an address and a digest, one target on a line.
# usage: checksums.sh FOLDER TAG ADDRESS
set -euo pipefail
cd "$1"
tag="$2" address="$3"

sha256sum -- lockgate-*.tar.gz > SHA256SUMS
{
    echo '{'
    echo '  "about": "The binary of each platform that belongs to this tree: where it is and what it is. One line for each; fetch.sh reads nothing else. Without a line the action builds from this tree.",'
    echo '  "targets": {'
    separator=
    while read -r digest file; do
        target="${file#"lockgate-$tag-"}"
        printf '%s    "%s": { "url": "%s", "sha256": "%s" }' \
            "$separator" "${target%.tar.gz}" "$address/$file" "$digest"
        separator=$',\n'
    done < SHA256SUMS
    printf '\n  }\n}\n'
} > checksums.json

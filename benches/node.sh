#!/usr/bin/env bash
# CPU time and peak memory of `lockgate check` on lockfiles of every package manager for npm's packages, beside reading and parsing
# the same text once, and beside the package manager's own reader under Node.js.
#
#   benches/node.sh [PACKAGES]
#
# Needs Node.js and npm, Python 3, and GNU time (Debian: time) for peak memory. RUNS=N sets how many runs are taken.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=${1:-2000}
runs=${RUNS:-20}

cargo build --release --locked --quiet --bin lockgate --examples
generate=$PWD/target/release/examples/generate_lockfile
parse=$PWD/target/release/examples/parse_lockfile
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lockgate=$work/lockgate
cp target/release/lockgate "$lockgate"
printf 'schema = 1\n[database]\nmax-age = "3650d"\n' >"$work/lockgate.toml"
printf '[]' >"$work/none.json"
mkdir "$work/advisories"
printf '{"id": "OWN-1", "modified": "2026-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": "package-000007"}, "versions": ["1.7.0"]}]}' >"$work/advisories/OWN-1.json"
"$lockgate" db import --folder "own=$work/advisories" --out "$work/advisories.lockgate" >/dev/null 2>&1

(cd "$work" && npm init --yes >/dev/null &&
    npm install --silent --no-audit --no-fund @pnpm/lockfile.fs@1100.2.6 @pnpm/logger@1100.0.0 @yarnpkg/lockfile@1.1.0 @yarnpkg/parsers@3.1.0 jsonc-parser@3.3.1)
cat >"$work/own.mjs" <<'OWN'
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
const [kind, file] = process.argv.slice(2);
const own = {
    pnpm: async () => (await import('@pnpm/lockfile.fs')).readWantedLockfile(dirname(file), { ignoreIncompatible: false }),
    yarn: async () => (await import('@yarnpkg/parsers')).parseSyml(readFileSync(file, 'utf8')),
    'yarn-classic': async () => (await import('@yarnpkg/lockfile')).default.parse(readFileSync(file, 'utf8')),
    bun: async () => (await import('jsonc-parser')).parse(readFileSync(file, 'utf8'), [], { allowTrailingComma: true }),
};
if (!(await own[kind]())) throw new Error('nothing was read');
OWN

# Median CPU milliseconds (user and system) of commands with +++ between them, taking turns.
cpu() {
    python3 - "$runs" "$@" <<'MEASURE'
import itertools, os, statistics, sys
runs, words = int(sys.argv[1]), sys.argv[2:]
commands = [list(group) for is_end, group in itertools.groupby(words, "+++".__eq__) if not is_end]
silent = [(os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_WRONLY, 0) for number in (1, 2)]
def milliseconds(command):
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=silent)
    usage = os.wait4(process, 0)[2]
    return (usage.ru_utime + usage.ru_stime) * 1000
taken = [[milliseconds(command) for _ in range(runs + 1)][1:] for command in commands]
print(*(f"{statistics.median(times):.2f}" for times in taken))
MEASURE
}
peak() { # MiB
    command -v /usr/bin/time >/dev/null || { printf '?'; return; }
    { /usr/bin/time -f %M "$@" >/dev/null 2>"$work/peak"; } || true
    awk 'END{printf "%.1f", $1 / 1024}' "$work/peak"
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN{printf "%.1f", a / b}'; }
file_of() {
    case $1 in pnpm) echo pnpm-lock.yaml ;; bun) echo bun.lock ;; *) echo yarn.lock ;; esac
}

printf '%s packages, median of %s runs\n\n| | check | text parsed once | times as long | own reader | times less CPU |\n| --- | --- | --- | --- | --- | --- |\n' "$packages" "$runs"
for kind in pnpm yarn-classic yarn bun; do
    mkdir "$work/$kind"
    printf '{"name": "app", "version": "0.1.0", "dependencies": {"package-000000": "^1.0.0"}}' >"$work/$kind/package.json"
    file=$work/$kind/$(file_of "$kind")
    "$generate" "$kind" "$packages" >"$file"
    check=("$lockgate" check --db "$work/advisories.lockgate" --policy "$work/lockgate.toml" "$file")
    read -r ours once own < <(cpu "${check[@]}" +++ "$parse" "$file" +++ node "$work/own.mjs" "$kind" "$file")
    printf '| %s | %s ms | %s ms | %s | %s ms | %s |\n' \
        "$kind" "$ours" "$once" "$(ratio "$ours" "$once")" "$own" "$(ratio "$own" "$ours")"
done

printf '\ngrowth\n'
runs=3
for kind in pnpm yarn-classic yarn bun; do
    for many in 1000 10000 100000; do
        file=$work/$kind/$(file_of "$kind")
        "$generate" "$kind" "$many" >"$file"
        check=("$lockgate" check --db "$work/advisories.lockgate" --policy "$work/lockgate.toml" "$file")
        printf '%-14s %7s packages %10s ms %8s MiB\n' "$kind" "$many" "$(cpu "${check[@]}")" "$(peak "${check[@]}")"
    done
done

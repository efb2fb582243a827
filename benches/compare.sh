#!/usr/bin/env bash
# CPU time and peak memory of `lockgate check` beside `cargo audit --no-fetch`, in the same run.
#
#   benches/compare.sh ADVISORY_DB CARGO_LOCK [NPM_LOCK NPM_ADVISORIES]
#
# ADVISORY_DB is a checkout of the RustSec advisory database, NPM_ADVISORIES an OSV all.zip. Needs
# cargo-audit (cargo install --locked cargo-audit) and Python 3; peak memory needs GNU time (Debian: time).
# Both print their reports for people. RUNS=N sets how many runs are taken.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -ge 2 ] || { sed -n '2,9p' "$0"; exit 2; }
rustsec=$1 cargo_lock=$2 npm_lock=${3:-} npm_zip=${4:-}
runs=${RUNS:-40}
audit=${CARGO_AUDIT:-cargo-audit}

cargo build --release --locked --quiet --bin lockgate --examples
generate=target/release/examples/generate_lockfile
parse=target/release/examples/parse_lockfile
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# As it is once it is installed, like cargo-audit: a program fresh from the linker lies in the page cache
# in small pieces, and starting it costs a tenth more page faults.
lockgate=$work/lockgate
cp target/release/lockgate "$lockgate"
printf 'schema = 1\n[database]\nmax-age = "3650d"\n' >"$work/lockgate.toml"
sources=(--rustsec "$rustsec")
[ -z "$npm_zip" ] || sources+=(--osv "npm=$npm_zip")
"$lockgate" db import "${sources[@]}" --out "$work/advisories.lockgate" 2>/dev/null

# Median CPU milliseconds (user and system) of commands with +++ between them, whose exit codes do not
# matter. The kernel says them for each process; a shell that forks itself for each run would count as
# much as the run. The commands take turns, ten runs each, so that a busy moment of the machine meets all.
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
taken = [[] for _ in commands]
for start in range(0, runs, 10):
    for command, times in zip(commands, taken):
        milliseconds(command)  # warm
        times += [milliseconds(command) for _ in range(min(10, runs - start))]
print(*(f"{statistics.median(times):.2f}" for times in taken))
MEASURE
}
peak() { # MiB
    command -v /usr/bin/time >/dev/null || { printf '?'; return; }
    { /usr/bin/time -f %M "$@" >/dev/null 2>"$work/peak"; } || true
    awk 'END{printf "%.1f", $1 / 1024}' "$work/peak"
}
row() { printf '%-44s %10s ms %8s MiB\n' "$1" "$2" "$3"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN{printf "%.1f", a / b}'; }
check=("$lockgate" check --db "$work/advisories.lockgate" --policy "$work/lockgate.toml")

echo "$(grep -c '^\[\[package\]\]' "$cargo_lock") packages: $(basename "$cargo_lock"), median of $runs runs"
ours=("${check[@]}" "$cargo_lock")
theirs=("$audit" audit --no-fetch --no-yanked --stale --db "$rustsec" --file "$cargo_lock")
read -r our_time their_time < <(cpu "${ours[@]}" +++ "${theirs[@]}")
row "lockgate check" "$our_time" "$(peak "${ours[@]}")"
row "cargo audit --no-fetch --no-yanked" "$their_time" "$(peak "${theirs[@]}")"
echo "  lockgate uses $(ratio "$their_time" "$our_time") times less CPU"

if [ -n "$npm_lock" ]; then
    echo; echo "npm: $(basename "$npm_lock")"
    ours=("${check[@]}" "$npm_lock")
    once=("$parse" "$npm_lock")
    read -r our_time once_time < <(cpu "${ours[@]}" +++ "${once[@]}")
    row "lockgate check" "$our_time" "$(peak "${ours[@]}")"
    row "reading and parsing the same JSON once" "$once_time" "$(peak "${once[@]}")"
    echo "  lockgate takes $(ratio "$our_time" "$once_time") times as long"
fi

echo; echo "growth"
for kind in cargo npm; do
    name=Cargo.lock; [ "$kind" = cargo ] || name=package-lock.json
    for packages in 1000 10000 100000; do
        runs=5; [ "$packages" -gt 10000 ] && runs=2
        "$generate" "$kind" "$packages" >"$work/$name"
        ours=("${check[@]}" "$work/$name")
        row "$kind, $packages packages" "$(cpu "${ours[@]}")" "$(peak "${ours[@]}")"
    done
done

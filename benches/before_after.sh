#!/usr/bin/env bash
# CPU time of two builds of lockgate on the same inputs, taking turns in one run.
#
#   benches/before_after.sh BEFORE AFTER ADVISORY_DB CARGO_LOCK NPM_LOCK NPM_ADVISORIES [REPOSITORY…]
#
# BEFORE and AFTER are release builds of lockgate. ADVISORY_DB is a checkout of the RustSec advisory database,
# NPM_ADVISORIES an OSV all.zip. Each build compiles a snapshot of its own. A REPOSITORY is searched as a whole, once by
# itself and once against its own HEAD as the base. Needs Python 3. RUNS=N sets how many runs are taken.
set -euo pipefail
[ $# -ge 6 ] || { sed -n '2,9p' "$0"; exit 2; }
cd_back=$PWD
here=$(cd "$(dirname "$0")/.." && pwd)
before=$1 after=$2 rustsec=$3 cargo_lock=$4 npm_lock=$5 npm_zip=$6
shift 6
runs=${RUNS:-40}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cargo build --release --locked --quiet --manifest-path "$here/Cargo.toml" --example generate_lockfile
generate=${CARGO_TARGET_DIR:-$here/target}/release/examples/generate_lockfile
printf 'schema = 1\n[database]\nmax-age = "3650d"\n' >"$work/lockgate.toml"
# As they are once they are installed: a program fresh from the linker lies in the page cache in small pieces.
cp "$before" "$work/before"
cp "$after" "$work/after"
for build in before after; do
    "$work/$build" db import --rustsec "$rustsec" --osv "npm=$npm_zip" --out "$work/$build.snapshot" 2>/dev/null
done

# Median CPU milliseconds, and median wall milliseconds, of both builds with the same words behind `check`.
row() { # NAME FOLDER WORDS…
    python3 - "$runs" "$work" "$@" <<'MEASURE'
import os, statistics, sys, time
runs, work, name, folder = int(sys.argv[1]), *sys.argv[2:5]
words = sys.argv[5:]
os.chdir(folder)
silent = [(os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_WRONLY, 0) for number in (1, 2)]
def milliseconds(build):
    command = [f"{work}/{build}", "check", "--offline", "--db", f"{work}/{build}.snapshot",
               "--policy", f"{work}/lockgate.toml", *words]
    start = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=silent)
    _, status, usage = os.wait4(process, 0)
    wall = (time.perf_counter() - start) * 1000
    return (usage.ru_utime + usage.ru_stime) * 1000, wall, os.waitstatus_to_exitcode(status)
taken = {"before": [], "after": []}
for start in range(0, runs, 10):
    for build, times in taken.items():
        milliseconds(build)  # warm
        times += [milliseconds(build) for _ in range(min(10, runs - start))]
middle = lambda build, which: statistics.median(times[which] for times in taken[build])
codes = "/".join(str(taken[build][-1][2]) for build in taken)
print(f"{name:40} {middle('before', 0):8.2f} {middle('after', 0):8.2f} {middle('before', 1):9.2f} {middle('after', 1):8.2f}  {codes}")
MEASURE
}

printf '%-40s %8s %8s %9s %8s  %s\n' "median of $runs runs, milliseconds" "CPU" "after" "wall" "after" "exit codes"
row "$(basename "$cargo_lock")" "$cd_back" "$cargo_lock"
row "$(basename "$npm_lock")" "$cd_back" "$npm_lock"
for packages in 1000 10000 100000; do
    for kind in cargo npm; do
        name=Cargo.lock; [ "$kind" = cargo ] || name=package-lock.json
        "$generate" "$kind" "$packages" >"$work/$name"
        runs=$((packages > 10000 ? 4 : runs)) row "$kind, $packages packages" "$work" "$work/$name"
    done
done
for repository in "$@"; do
    row "all of $(basename "$repository")" "$repository" .
    row "all of $(basename "$repository"), --base HEAD" "$repository" --base HEAD .
done

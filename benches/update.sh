#!/usr/bin/env bash
# CPU time of compiling advisories, of following ten changed records, and of `lockgate check` with and
# without 300,000 records of malicious packages that nobody locks.
#
#   benches/update.sh ADVISORIES LOCKFILE
#
# ADVISORIES is a folder with `rustsec` (a checkout), `crates.io.zip`, `npm.zip` (OSV archives) and
# their `*.modified_id.csv`. Needs python3, which also serves them on this machine. Figures are user
# and system time of fresh processes, median and least; RUNS=N sets how many. Runs that are compared
# take turns, so that what else the machine does disturbs both alike.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -eq 2 ] || { sed -n '2,11p' "$0"; exit 2; }
advisories=$(realpath "$1") lockfile=$(realpath "$2")
runs=${RUNS:-41}

cargo build --release --locked --quiet --bin lockgate
lockgate=$PWD/target/release/lockgate
tools=$PWD/benches/update
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
python3 "$tools/lay_out.py" "$advisories" "$work/site"

# measure RUNS COMMAND... -- COMMAND...: one line for each command, taking turns.
measure() { python3 "$tools/measure.py" "$@"; }

echo "import: RustSec and both OSV archives"
import() { echo "$lockgate" db import --rustsec "$advisories/rustsec" --osv "crates.io=$advisories/crates.io.zip" \
    --osv "npm=$advisories/npm.zip" "$@"; }
# shellcheck disable=SC2046 # none of the paths above may hold blanks
measure 11 $(import --out "$work/ordinary.lockgate")

echo; echo "update over HTTP from this machine: RustSec and both ecosystems of OSV"
export XDG_CACHE_HOME=$work/cache HOME=$work
mkdir "$work/project"
python3 -m http.server --bind 127.0.0.1 --directory "$work/site" 0 >"$work/port" 2>>"$work/log" &
server=$!
until grep -q 'port [0-9]' "$work/port" 2>/dev/null; do
    python3 -c "import time; time.sleep(0.05)"
    kill -0 "$server"
done
address=http://127.0.0.1:$(sed -n 's/.*port \([0-9]*\).*/\1/p' "$work/port")
{
    printf 'schema = 1\n[[database.sources]]\nkind = "rustsec"\nurl = "%s/rustsec.zip"\n' "$address"
    for ecosystem in npm crates.io; do
        printf '[[database.sources]]\nkind = "osv"\necosystem = "%s"\nurl = "%s"\n' "$ecosystem" "$address"
    done
} >"$work/project/lockgate.toml"
update() { (cd "$work/project" && "$lockgate" db update); }
update 2>/dev/null
cp -r "$work/cache" "$work/fetched"
cd "$work/project"
echo "nothing has changed"
measure 11 "$lockgate" db update
echo "ten records have changed"
python3 "$tools/lay_out.py" --change-ten "$work/site"
: >"$work/log"
measure 11 --before "rm -rf $work/cache && cp -r $work/fetched $work/cache" "$lockgate" db update
echo "  requests of each update: $(($(grep -ac '"GET' "$work/log") / 12))" # one run warms up
echo "everything is fetched"
measure 5 --before "rm -rf $work/cache" "$lockgate" db update

echo; echo "check of $(basename "$lockfile"), without and with 300,000 records of malicious packages"
python3 "$tools/lay_out.py" --malicious 300000 "$work/malicious.zip"
echo "import of these as well"
# shellcheck disable=SC2046
measure 3 $(import --osv "malicious=$work/malicious.zip" --out "$work/many.lockgate")
echo "check"
printf 'schema = 1\n[database]\nmax-age = "3650d"\n' >"$work/lockgate.toml"
check() { echo "$lockgate" check --offline --policy "$work/lockgate.toml" --report "json=$work/report.json" "$lockfile" --db; }
# shellcheck disable=SC2046
measure "$runs" $(check) "$work/ordinary.lockgate" -- $(check) "$work/many.lockgate"

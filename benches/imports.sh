#!/usr/bin/env bash
# Time, CPU and peak memory of `lockgate check` with a claim `not-imported`: with nothing kept of what packages load, and with what the
# run before has kept. Beside it `@vercel/nft`, which traces under Node.js what a program loads, without a proof that it loads nothing else.
#
#   benches/imports.sh
#
# The project, Express with 19 other dependencies, is installed with npm, which fetches it. Needs Node.js and Python 3.
# RUNS=N sets how many runs are taken; LOCKGATE=FILE measures a binary that is built already.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${RUNS:-11}
if [ -z "${LOCKGATE:-}" ]; then
    cargo build --release --locked --quiet --bin lockgate
    LOCKGATE=target/release/lockgate
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$LOCKGATE" "$work/lockgate"
mkdir -p "$work/app" "$work/advisories" "$work/nft"

cat >"$work/app/package.json" <<'MANIFEST'
{
  "name": "app", "version": "1.0.0", "private": true, "main": "server.js",
  "dependencies": {
    "axios": "1.7.2", "bcryptjs": "2.4.3", "body-parser": "1.20.2", "compression": "1.7.4", "cookie-session": "2.1.0",
    "cors": "2.8.5", "dayjs": "1.11.11", "dotenv": "16.4.5", "ejs": "3.1.10", "express": "4.19.2", "helmet": "7.1.0",
    "joi": "17.13.3", "jsonwebtoken": "9.0.2", "lodash": "4.17.20", "mongoose": "8.4.1", "morgan": "1.10.0",
    "multer": "1.4.4", "nodemailer": "6.9.13", "uuid": "9.0.1", "winston": "3.13.0"
  }
}
MANIFEST
grep -oE '"[a-z-]+": "[0-9]+\.[0-9.]+"' "$work/app/package.json" |
    grep -vE '^"(version|lodash)"' |
    sed -E 's/^("[^"]+").*/require(\1);/' >"$work/app/server.js"
cat >"$work/app/lockgate.toml" <<'POLICY'
schema = 1
[database]
max-age = "3650d"
[[suppress]]
advisory = "OWN-1"
package = "lodash"
claim = { not-imported = true }
reason = "nothing loads it"
POLICY
printf '{"id": "OWN-1", "modified": "2026-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": "lodash"}, "versions": ["4.17.20"]}]}' \
    >"$work/advisories/OWN-1.json"
"$work/lockgate" db import --folder "own=$work/advisories" --out "$work/advisories.lockgate" >/dev/null 2>&1
(cd "$work/app" && npm install --silent --no-audit --no-fund --ignore-scripts --before 2026-11-01)
(cd "$work/nft" && npm init --yes >/dev/null && npm install --silent --no-audit --no-fund --ignore-scripts @vercel/nft@1.11.5)
cat >"$work/nft/trace.mjs" <<'TRACE'
import { nodeFileTrace } from '@vercel/nft';
const { fileList } = await nodeFileTrace([process.argv[2]], { base: process.argv[3] });
console.log(`@vercel/nft traces ${[...fileList].filter((file) => /\.[cm]?js$/.test(file)).length} modules`);
TRACE

find "$work/app/node_modules" -type f | grep -E '\.[cm]?js$' | tr '\n' '\0' | du -cb --files0-from=- |
    awk 'END{n = NR - 1; printf "%d modules installed, %.1f MB\n", n, $1 / 1e6}'
node "$work/nft/trace.mjs" "$work/app/server.js" "$work/app"
export XDG_CACHE_HOME=$work/cache
check=("$work/lockgate" check --db "$work/advisories.lockgate" --policy "$work/app/lockgate.toml" "$work/app")
"${check[@]}" || true
du -sb "$work/cache/lockgate/modules" | awk '{printf "%.1f MB kept\n", $1 / 1e6}'
echo
python3 - "$runs" "$work/cache" "${check[@]}" +++ node "$work/nft/trace.mjs" "$work/app/server.js" "$work/app" <<'MEASURE'
import os, shutil, statistics, sys, time
runs, cache, words = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
end = words.index("+++")
check, trace = words[:end], words[end + 1:]
silent = [(os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_WRONLY, 0) for number in (1, 2)]
def measure(command):
    start = time.monotonic()
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=silent)
    usage = os.wait4(process, 0)[2]
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
taken = {"nothing kept": [], "kept": [], "@vercel/nft": []}
for _ in range(runs):
    shutil.rmtree(cache, ignore_errors=True)
    taken["nothing kept"].append(measure(check))
    taken["kept"].append(measure(check))
    taken["@vercel/nft"].append(measure(trace))
for name, values in taken.items():
    wall, cpu, peak = (statistics.median(column) for column in zip(*values))
    print(f"{name:20} {wall:6.2f} s {cpu:6.2f} s CPU {peak:6.0f} MiB")
MEASURE

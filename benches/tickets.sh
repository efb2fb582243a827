#!/usr/bin/env bash
# Twenty runs of `lockgate ticket sync` at once over thirty findings, ten of which are grave, fifty times over: each round must
# end with exactly thirty open tickets and ten incidents, and a run after it must write nothing. LOCKGATE_RACE_ROUNDS says
# otherwise than fifty. Needs the emulator that .ci/run installs.
set -euo pipefail
cd "$(dirname "$0")/.."
export LOCKGATE_MAY_SKIP=
time cargo test --locked --test it -- --ignored --nocapture tickets::race::twenty_runs_at_once_many_times_over

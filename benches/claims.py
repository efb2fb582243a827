#!/usr/bin/env python3
"""In how many real workspaces claims about builds can be decided, and what share of the locked packages they clear.

    benches/claims.py LOCKGATE WORKSPACE…

LOCKGATE is the program. Each WORKSPACE is a checkout with a Cargo.lock whose packages were downloaded before
(`cargo fetch --locked`). Every package from a registry gets an advisory of our own about all of its versions, and the
policy claims `not-built` of each: once without a declaration, once with `[cargo]` saying that default features on one target
ship. Nothing is written into the workspaces.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import tomllib

DECLARED = '[cargo]\ntargets = ["x86_64-unknown-linux-gnu"]\nfeatures = { default = true }\n'


def locked(workspace):
    """Names of the packages that the lockfile takes from registries."""
    lockfile = tomllib.loads((workspace / "Cargo.lock").read_text())
    return sorted({package["name"] for package in lockfile["package"] if "registry+" in package.get("source", "")})


def advisories(folder, names):
    folder.mkdir()
    for number, name in enumerate(names):
        ranges = [{"type": "SEMVER", "events": [{"introduced": "0.0.0-0"}]}]
        record = {
            "id": f"OURS-{number}",
            "schema_version": "1.6.0",
            "modified": "2026-01-01T00:00:00Z",
            "published": "2026-01-01T00:00:00Z",
            "summary": "everything",
            "affected": [{"package": {"ecosystem": "crates.io", "name": name}, "ranges": ranges}],
        }
        (folder / f"{record['id']}.json").write_text(json.dumps(record))


def check(program, workspace, folder, declaration):
    """What became of each claim, a reason for the first that is unknown, and the seconds."""
    policy = folder / "lockgate.toml"
    claims = "".join(
        f'[[suppress]]\nadvisory = "{record.stem}"\nclaim = {{ not-built = true }}\nreason = "measured"\n'
        for record in sorted((folder / "ours").iterdir())
    )
    policy.write_text(
        'schema = 1\n[database]\nmax-age = "3650d"\nsources = [{ kind = "osv", path = "ours", name = "ours" }]\n'
        f"{declaration}{claims}"
    )
    start = time.monotonic()
    run = subprocess.run(
        [program, "check", "--offline", "--policy", policy, "--report", "json", "Cargo.lock"],
        cwd=workspace, capture_output=True, text=True, env=os.environ | {"LOCKGATE_NOW": "2026-11-30T00:00:00Z"},
    )
    seconds = time.monotonic() - start
    if not run.stdout:
        return [], run.stderr.strip()[:160], seconds
    evidence = [finding["evidence"][0] for finding in json.loads(run.stdout)["findings"] if finding["evidence"]]
    unknown = [answer.get("detail", "")[:160] for answer in evidence if answer["result"] == "unknown"]
    return [answer["result"] for answer in evidence], unknown[0] if unknown else "", seconds


def main(program, *workspaces):
    program = pathlib.Path(program).resolve()
    declarations = {"by itself": "", "declared": DECLARED}
    print(f"{'':18} {'claims':>6}" + "".join(f"   {name:>9}: unknown  cleared" for name in declarations))
    totals = {name: collections.Counter() for name in declarations}
    for workspace in map(pathlib.Path, workspaces):
        row, reasons = "", []
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            names = locked(workspace)
            advisories(folder / "ours", names)
            for name, declaration in declarations.items():
                results, reason, seconds = check(program, workspace, folder, declaration)
                counted = collections.Counter(results)
                share = {word: counted[word] / max(len(results), 1) for word in ("unknown", "upheld")}
                row += f"   {seconds:8.1f} s {share['unknown']:7.1%} {share['upheld']:8.1%}"
                # Where nothing holds and something is unknown, one reason leaves all claims about the workspace open.
                is_decidable = counted["upheld"] > 0 or results and counted["unknown"] == 0
                totals[name] += counted + collections.Counter(decidable=1 if is_decidable else 0)
                if reason and reason not in reasons:
                    reasons.append(reason)
        print(f"{workspace.name:18} {len(results):6}{row}", *reasons, sep="\n    ", flush=True)
    for name, total in totals.items():
        claims = sum(total[word] for word in ("upheld", "refuted", "unknown"))
        print(
            f"{name}: decidable in {total['decidable']} of {len(workspaces)} workspaces;"
            f" of {claims} locked packages {total['upheld'] / max(claims, 1):.1%} are cleared,"
            f" {total['unknown'] / max(claims, 1):.1%} unknown"
        )


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])

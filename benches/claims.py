#!/usr/bin/env python3
"""In how many real workspaces claims about builds can be decided, and what share of the locked packages they clear.

    benches/claims.py LOCKGATE WORKSPACE…

LOCKGATE is the program. Each WORKSPACE is a checkout with a Cargo.lock whose packages were downloaded before
(`cargo fetch --locked`). Every package from a registry gets an advisory of our own about all of its versions, and the
policy makes the same claim of each. Nothing is written into the workspaces. The columns:

  not-built    `not-built`, and `[cargo]` declares nothing.
  +dev-only    Cleared by that, or by `development-only`, which nobody declares anything for either: a package that only
               tests, examples and benchmarks need is in a development build, so that `not-built` is refuted of it.
  linux        `not-built`, and `[cargo]` declares x86_64-unknown-linux-gnu with default features, no more. Where files name
               other targets and features, what these would build stays unknown: most of these projects do ship more.
  answered     The same declaration, by an owner who ships nothing else: every line that lockgate tells of is answered for
               with `ignore`, as it stands. Nobody here knows whether that is true of the project; it is what a project
               that does ship only this gets.
  as named     `[cargo]` declares what the lines that lockgate tells of name: their triples beside the one for Linux, the
               features of members that stand in them beside the default ones (all where one asks for all). Nothing is
               answered for, and what is still outside stays unknown.

A workspace counts as decidable if something in it is cleared, or if nothing in it is unknown.
"""
import collections
import concurrent.futures
import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib

LINUX = "x86_64-unknown-linux-gnu"
COLUMNS = ("not-built", "+dev-only", "linux", "answered", "as named")
# How often new lines are answered for: a line that orders a build can hide others.
ROUNDS = 4


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


def declaration(targets=(LINUX,), features=(), every=False, ignored=()):
    answers = ",\n".join(f"  {{ line = {quoted(line)}, why = \"it ships nothing\" }}" for line in sorted(ignored))
    ignore = f"ignore = [\n{answers}\n]\n" if ignored else ""
    return (
        f"[cargo]\ntargets = {json.dumps(sorted(targets))}\n"
        f"features = {{ default = true, all = {str(every).lower()}, names = {json.dumps(sorted(features))} }}\n"
        f"{ignore}"
    )


def quoted(text):
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def check(program, workspace, folder, declared="", claim="not-built"):
    """What became of each claim, by package."""
    policy = folder / "lockgate.toml"
    claims = "".join(
        f'[[suppress]]\nadvisory = "{record.stem}"\nclaim = {{ {claim} = true }}\nreason = "measured"\n'
        for record in sorted((folder / "ours").iterdir())
    )
    policy.write_text(
        'schema = 1\n[database]\nmax-age = "3650d"\nsources = [{ kind = "osv", path = "ours", name = "ours" }]\n'
        f"{declared}{claims}"
    )
    run = subprocess.run(
        [program, "check", "--offline", "--policy", policy, "--report", "json", "Cargo.lock"],
        cwd=workspace, capture_output=True, text=True, env=os.environ | {"LOCKGATE_NOW": "2026-11-30T00:00:00Z"},
    )
    if not run.stdout:
        sys.exit(f"{workspace.name}: {run.stderr.strip()}")
    evidence = {}
    for finding in json.loads(run.stdout)["findings"]:
        if finding["evidence"]:
            package = finding["package"]
            evidence[package["name"], package["version"], finding["line"]] = finding["evidence"][0]
    return evidence


def told_lines(workspace, evidence):
    """The lines that leave claims open, or that refute them by ordering a build."""
    places = {
        (place["file"], place["line"])
        for answer in evidence.values()
        for place in answer["locations"]
        if answer["result"] == "unknown" or pathlib.PurePath(place["file"]).name not in ("Cargo.toml", "Cargo.lock")
    }
    lines = set()
    for file, line in places:
        path = workspace / file
        if path.is_file() and path.name != "Cargo.lock":
            text = path.read_text(errors="replace").split("\n")
            lines.update(text[line - 1 : line])
    return {line.strip() for line in lines if line.strip()}


def answered(program, workspace, folder, first):
    evidence, ignored = first, set()
    for _ in range(ROUNDS):
        # A line with control characters cannot be written into a policy, and stays unanswered.
        further = {line for line in told_lines(workspace, evidence) if line.replace("\t", " ").isprintable()} - ignored
        if not further:
            break
        ignored |= further
        evidence = check(program, workspace, folder, declaration(ignored=ignored))
    return evidence, len(ignored)


@functools.cache
def known_targets():
    return set(subprocess.run(["rustc", "--print", "target-list"], capture_output=True, text=True, check=True).stdout.split())


def as_named(program, workspace, folder, first):
    words = {
        word.strip(".")
        for line in told_lines(workspace, first)
        for word in re.split(r"[^A-Za-z0-9_.-]+", line)
    }
    metadata = ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path"]
    # From outside: the workspace may name a toolchain.
    asked = subprocess.run([*metadata, workspace.resolve() / "Cargo.toml"], cwd=folder, capture_output=True, check=True)
    members = json.loads(asked.stdout)["packages"]
    features = {name for member in members for name in member["features"]} & words - {"default"}
    every = any(word.endswith("all-features") for word in words)
    declared = declaration({LINUX} | words & known_targets(), features, every)
    return check(program, workspace, folder, declared)


def measure(program, workspace):
    """For each column the results, and why something is unknown."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        advisories(folder / "ours", locked(workspace))
        by_itself = check(program, workspace, folder)
        development = check(program, workspace, folder, claim="development-only")
        either = {key: max((answer, development[key]), key=lambda found: found["result"] == "upheld") for key, answer in by_itself.items()}
        linux = check(program, workspace, folder, declaration())
        with_answers, count = answered(program, workspace, folder, linux)
        named = as_named(program, workspace, folder, linux)
        return dict(zip(COLUMNS, (by_itself, either, linux, with_answers, named))), count


def main(program, *workspaces):
    program = pathlib.Path(program).resolve()
    print(f"{'':14} {'claims':>6}" + "".join(f"  {name:>9}: unknown  cleared" for name in COLUMNS) + "   lines answered for")
    totals = {name: collections.Counter() for name in COLUMNS}
    lines = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        measured = pool.map(lambda workspace: measure(program, workspace), map(pathlib.Path, workspaces))
        for workspace, (columns, count) in zip(workspaces, measured):
            row, reasons = "", {}
            for name, evidence in columns.items():
                counted = collections.Counter(answer["result"] for answer in evidence.values())
                share = {word: counted[word] / max(len(evidence), 1) for word in ("unknown", "upheld")}
                row += f"  {'':10} {share['unknown']:7.1%} {share['upheld']:8.1%}"
                # Where nothing holds and something is unknown, one reason leaves all claims about the workspace open.
                is_decidable = counted["upheld"] > 0 or (len(evidence) > 0 and counted["unknown"] == 0)
                totals[name] += counted + collections.Counter(decidable=int(is_decidable))
                open_ones = (answer["detail"] for answer in evidence.values() if answer["result"] == "unknown")
                reason = collections.Counter(re.sub(r" sees \S+ \S+ ", " sees … ", detail) for detail in open_ones).most_common(1)
                if reason:
                    reasons.setdefault(reason[0][0][:200], f"{name} ({reason[0][1]}): {reason[0][0][:200]}")
            lines += count
            print(f"{workspace:14} {len(evidence):6}{row}   {count:6}", *reasons.values(), sep="\n    ", flush=True)
    for name, total in totals.items():
        claims = sum(total[word] for word in ("upheld", "refuted", "unknown"))
        print(
            f"{name}: decidable in {total['decidable']} of {len(workspaces)} workspaces;"
            f" of {claims} locked packages {total['upheld'] / max(claims, 1):.1%} are cleared,"
            f" {total['unknown'] / max(claims, 1):.1%} unknown"
        )
    print(f"answered for: {lines} lines")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])

"""Lays advisories out as their publishers do.

lay_out.py ADVISORIES SITE: RustSec in one archive, and both ecosystems of OSV's bucket.
lay_out.py --change-ten SITE: ten records of npm's change.
lay_out.py --malicious COUNT FILE: an OSV archive of malicious packages.
"""

import io
import json
import os
import pathlib
import sys
import time
import zipfile


def lay_out(advisories, site):
    os.makedirs(site)
    with zipfile.ZipFile(site / "rustsec.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((advisories / "rustsec" / "crates").rglob("*.md")):
            archive.write(path, "advisory-db-main" / path.relative_to(advisories / "rustsec"))
    for ecosystem in ("npm", "crates.io"):
        folder = site / ecosystem
        os.makedirs(folder)
        content = (advisories / f"{ecosystem}.zip").read_bytes()
        (folder / "all.zip").write_bytes(content)
        (folder / "modified_id.csv").write_bytes((advisories / f"{ecosystem}.modified_id.csv").read_bytes())
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(folder)
    in_the_past(site)


def in_the_past(site):
    """Only a time that lies back for long tells one version of a file from the next."""
    for path in site.rglob("*"):
        os.utime(path, (time.time() - 3600,) * 2)


def change_ten(site):
    folder = site / "npm"
    lines = (folder / "modified_id.csv").read_text().splitlines()
    changed = [line.split(",")[1] for line in lines[:: len(lines) // 10][:10]]
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    for name in changed:
        path = folder / f"{name}.json"
        record = json.loads(path.read_text())
        record["modified"] = now
        record["summary"] = "It was changed"
        path.write_text(json.dumps(record))
    rest = [line for line in lines if line.split(",")[1] not in changed]
    new = [f"{now},{name}" for name in changed]
    (folder / "modified_id.csv").write_text("\n".join(new + rest) + "\n")


def malicious(count, file):
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(count):
            name = f"MAL-2026-{number + 1}"
            record = {
                "schema_version": "1.7.3",
                "id": name,
                "modified": "2026-11-01T00:00:00Z",
                "published": "2026-11-01T00:00:00Z",
                "summary": f"Malicious code in lookalike-{number} (npm)",
                "details": "Any computer that has this package installed or running is compromised.",
                "affected": [
                    {
                        "package": {"ecosystem": "npm", "name": f"lookalike-{number}"},
                        "versions": ["1.0.0", "99.0.1"],
                        "database_specific": {"cwes": [{"cweId": "CWE-506", "name": "Embedded Malicious Code"}]},
                    }
                ],
            }
            archive.writestr(f"{name}.json", json.dumps(record))


def main():
    match sys.argv[1:]:
        case ["--change-ten", site]:
            change_ten(pathlib.Path(site))
        case ["--malicious", count, file]:
            malicious(int(count), file)
        case [advisories, site]:
            lay_out(pathlib.Path(advisories), pathlib.Path(site))
        case _:
            sys.exit(__doc__)


main()

#!/usr/bin/env python3
"""A bill of materials (CycloneDX 1.6) of what a wheel and a C archive hold and need.

usage: scripts/sbom.py [--out FILE]

The crates are those that cargo links into the library, of the locked versions and with their
checksums; the Python packages are those that the wheel asks for.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import subprocess
import sys
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: What is published, and holds the others.
OURS = ("radiomics-core", "radiomics-ffi", "radiomics-py")


def main() -> int:
    """Write the bill."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", metavar="FILE", help="write to FILE and not to the terminal")
    chosen = parser.parse_args()
    text = json.dumps(bill(), indent=1) + "\n"
    if chosen.out is None:
        sys.stdout.write(text)
    else:
        Path(chosen.out).write_text(text, encoding="utf-8")
    return 0


def bill() -> dict:
    """The bill as data."""
    metadata = json.loads(
        subprocess.run(
            ["cargo", "metadata", "--format-version", "1", "--locked"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    )
    packages = {package["id"]: package for package in metadata["packages"]}
    needs = {node["id"]: linked(node) for node in metadata["resolve"]["nodes"]}
    held, waiting = set(), [i for i, package in packages.items() if package["name"] in OURS]
    while waiting:
        package = waiting.pop()
        if package not in held:
            held.add(package)
            waiting += needs[package]
    sums = checksums()
    crates = sorted(held, key=lambda i: (packages[i]["name"], packages[i]["version"]))
    [core] = [p for p in packages.values() if p["name"] == "radiomics-core"]
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "version": 1,
        "metadata": {
            "timestamp": now.replace("+00:00", "Z"),
            "component": {
                "type": "library",
                "bom-ref": "radiomics-rs",
                "name": "radiomics-rs",
                "version": core["version"],
                "licenses": [{"expression": core["license"]}],
            },
        },
        "components": [component(packages[i], sums) for i in crates] + python_packages(),
        "dependencies": [
            {"ref": purl(packages[i]), "dependsOn": sorted({purl(packages[n]) for n in needs[i]})}
            for i in crates
        ],
    }


def linked(node: dict) -> list[str]:
    """What a crate is linked with or built by; not what its tests need."""
    return [
        dep["pkg"]
        for dep in node["deps"]
        if any(kind["kind"] != "dev" for kind in dep["dep_kinds"])
    ]


def purl(package: dict) -> str:
    """The package's address, as CycloneDX has it."""
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package: dict, sums: dict[tuple[str, str], str]) -> dict:
    """A crate."""
    found = {
        "type": "library",
        "bom-ref": purl(package),
        "name": package["name"],
        "version": package["version"],
        "purl": purl(package),
    }
    if package["license"]:
        # Crates of before SPDX wrote a stroke for "or".
        found["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    checksum = sums.get((package["name"], package["version"]))
    if checksum:
        found["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return found


def checksums() -> dict[tuple[str, str], str]:
    """SHA-256 of the crates, from the lock file."""
    text = (ROOT / "Cargo.lock").read_text(encoding="utf-8")
    pattern = (
        r'name = "([^"]+)"\nversion = "([^"]+)"\nsource = "[^"]+"\nchecksum = "([0-9a-f]{64})"'
    )
    return {(name, version): checksum for name, version, checksum in re.findall(pattern, text)}


def python_packages() -> list[dict]:
    """What the wheel asks for; which version is there is for the installation to say."""
    text = (ROOT / "radiomics-py" / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r"^dependencies = \[(.*?)\]", text, re.M | re.S)
    if found is None:
        raise SystemExit("sbom: radiomics-py/pyproject.toml has no dependencies")
    names = [re.match(r"[A-Za-z0-9._-]+", need) for need in re.findall(r'"([^"]+)"', found[1])]
    return [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{n[0].lower()}",
            "name": n[0],
            "purl": f"pkg:pypi/{n[0].lower()}",
        }
        for n in names
        if n is not None
    ]


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""One version, in one place: Cargo.toml. The others are copies, which this compares or writes.

usage: scripts/versions.py             says which copies differ; exit code 1 if one does
       scripts/versions.py --print     prints the version
       scripts/versions.py --set X     writes X everywhere
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NUMBER = r"\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?"
#: (file, what stands before a copy, what stands behind it)
COPIES = (
    ("Cargo.toml", r'\[workspace\.package\]\nversion = "', '"'),
    ("Cargo.toml", r'radiomics-core = \{ path = "radiomics-core", version = "', '"'),
    ("radiomics-py/pyradiomics-dist/pyproject.toml", r'\nversion = "3\.1\.0\+radiomics\.rs\.', '"'),
    ("radiomics-py/pyradiomics-dist/pyproject.toml", r'"radiomics-rs==', '"'),
    ("radiomics-py/pyradiomics-dist/README.md", r"`3\.1\.0\+radiomics\.rs\.", "`"),
    ("docs/pyradiomics.md", r"`3\.1\.0\+radiomics\.rs\.", "`"),
    ("docs/how-to/report-a-study.md", "radiomics-rs ", " (commit"),
    ("docs/how-to/reproducibility.md", "radiomics-rs==", "`"),
    ("include/radiomics.h", r'#define RADIOMICS_VERSION "', '"'),
    ("packaging/vcpkg/ports/radiomics/vcpkg.json", r'"version-semver": "', '"'),
    ("CITATION.cff", r"\nversion: ", "\n"),
    ("codemeta.json", r'"version": "', '"'),
    *(
        ("Cargo.lock", rf'\nname = "{name}"\nversion = "', '"')
        for name in ("radiomics-core", "radiomics-ffi", "radiomics-py")
    ),
)


def main(arguments: list[str]) -> int:
    """Compare, print or write."""
    version = found(*COPIES[0])
    if arguments == ["--print"]:
        print(version)
        return 0
    if arguments[:1] == ["--set"] and len(arguments) == 2:
        if not re.fullmatch(NUMBER, arguments[1]):
            print(f"versions: {arguments[1]} is no version such as 0.2.0", file=sys.stderr)
            return 2
        for copy in COPIES:
            write(*copy, arguments[1])
        return 0
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    differing = [(copy[0], found(*copy)) for copy in COPIES if found(*copy) != version]
    for file, other in differing:
        print(f"versions: {file} has {other}, Cargo.toml {version}", file=sys.stderr)
    return 1 if differing else 0


def found(file: str, before: str, behind: str) -> str:
    """The version that a file has; the place must be there."""
    text = (ROOT / file).read_text(encoding="utf-8")
    match = re.search(f"{before}({NUMBER}){re.escape(behind)}", text)
    if match is None:
        raise SystemExit(f"versions: {file} has no version behind {before}")
    return match[1]


def write(file: str, before: str, behind: str, version: str) -> None:
    """Put the version into its place."""
    path = ROOT / file
    text = path.read_text(encoding="utf-8")
    pattern = f"({before}){NUMBER}(?={re.escape(behind)})"
    path.write_text(re.sub(pattern, rf"\g<1>{version}", text, count=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

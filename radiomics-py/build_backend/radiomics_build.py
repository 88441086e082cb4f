"""Builds as maturin does, but for the lock file of source distributions.

maturin packs the crates that the module is made of and the lock file of all. With what the other
crates need in it, `cargo build --locked` refuses the file.
"""

from __future__ import annotations

import io
import re
import tarfile
from pathlib import Path
from typing import Any

import maturin
from maturin import *  # noqa: F403

PACKAGE = "[[package]]\n"


def build_sdist(sdist_directory: str, config_settings: dict[str, Any] | None = None) -> str:
    """A source distribution whose lock file has what its crates need and nothing else."""
    name = maturin.build_sdist(sdist_directory, config_settings)
    path = Path(sdist_directory) / name
    with tarfile.open(path) as packed:
        members = [(member, packed.extractfile(member)) for member in packed]
        contents = [(member, None if file is None else file.read()) for member, file in members]
    crates = {
        match[1]
        for member, data in contents
        if member.name.endswith("/Cargo.toml") and data is not None
        for match in [re.search(r'^\[package\]\nname = "([^"]+)"', data.decode(), re.M)]
        if match
    }
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as packed:
        for member, data in contents:
            if data is not None and re.fullmatch(r"[^/]+/Cargo\.lock", member.name):
                data = fitting(data.decode(), crates).encode()
                member.size = len(data)
            packed.addfile(member, None if data is None else io.BytesIO(data))
    return name


def fitting(lock: str, crates: set[str]) -> str:
    """A lock file with what these crates of the workspace need, themselves among it."""
    head, *blocks = lock.split(PACKAGE)
    packages = {_identity(block): block for block in blocks}
    wanted = [
        key for key, block in packages.items() if key[0] in crates and "\nsource" not in block
    ]
    kept = set()
    while wanted:
        key = wanted.pop()
        if key not in kept:
            kept.add(key)
            wanted += [_resolved(need, packages) for need in _needs(packages[key])]
    names = [name for name, _ in kept]

    def shortened(match: re.Match[str]) -> str:
        # A name alone says which package is meant where there is one version of it.
        name = match[1].split(" ")[0]
        return f' "{name}",' if names.count(name) == 1 else match[0]

    left = [packages[key] for key in packages if key in kept]
    left = [re.sub(r'^ "([^"]+)",', shortened, block, flags=re.M) for block in left]
    return head + "".join(PACKAGE + block for block in left).rstrip("\n") + "\n"


def _identity(block: str) -> tuple[str, str]:
    name = re.search(r'^name = "([^"]+)"', block, re.M)
    version = re.search(r'^version = "([^"]+)"', block, re.M)
    assert name is not None
    assert version is not None
    return name[1], version[1]


def _needs(block: str) -> list[str]:
    return re.findall(r'^ "([^"]+)",', block, re.M)


def _resolved(need: str, packages: dict[tuple[str, str], str]) -> tuple[str, str]:
    name, _, version = need.partition(" ")
    if version:
        return name, version.split(" ")[0]
    (found,) = (key for key in packages if key[0] == name)
    return found

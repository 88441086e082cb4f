"""The rows of the table, and beside it `<table>.run.json`: how, when and where each came to be."""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from radiomics_rs._core import Settings, __version__
from radiomics_rs.cohort.cases import Case, Layout, resolved
from radiomics_rs.cohort.collect import Collector
from radiomics_rs.cohort.columns import Columns
from radiomics_rs.cohort.records import Reader
from radiomics_rs.cohort.sources import Source
from radiomics_rs.cohort.stability import Stability
from radiomics_rs.cohort.tables import UNKNOWN, Row
from radiomics_rs.cohort.work import FAILURE, NO_KEY, OK

#: What the numbers may come from besides the engine: who reads a file is up to its format.
PACKAGES = ("numpy", "SimpleITK", "pydicom")
CHUNK = 1 << 20
#: What a record has that the report of a run has not, or elsewhere.
ELSEWHERE = ("values", "perturbed", "sha256")


def rows(
    source: Source,
    layout: Layout,
    columns: Columns,
    collector: Collector,
    reader: Reader,
    settings_sha256: str,
    told: Told,
) -> Iterator[Row]:
    """The rows of the table in the order of the cases, read one after another.

    What the report of the run says of a case is told on the way: a record is read once.
    """
    empty = [math.nan] * len(columns.values)
    for case, cells in zip(collector.cases, source.rows, strict=True):
        record = record_of(collector, reader, case.place)
        told.add(case, collector.keys[case.place], record)
        error = record.get("error", "")
        codes = ";".join(dict.fromkeys(code for code, *_ in record.get("warnings", ())))
        row = [case.case_id, *cells] if layout.case_id is None else list(cells)
        if layout.case_id is not None and cells[layout.case_id] is None:
            row[layout.case_id] = case.case_id
        row += [FAILURE if error else OK, error, codes]
        if columns.hashes:
            hashes = [__version__, settings_sha256, *_by_kind(record["sha256"], case.parts)]
            row += [*hashes, *[""] * (len(columns.hashes) - len(hashes))]
        yield row + (empty if error else record["values"])


def _by_kind(digests: list[str], parts: Any) -> list[str]:
    """Hashes of the images, then of the masks, which come part by part."""
    images, masks = [], []
    left = iter(digests)
    for part in parts:
        images += [next(left, "") for _ in part.images]
        masks.append(next(left, ""))
    return images + masks


def record_of(collector: Collector, reader: Reader, place: int) -> dict[str, Any]:
    """The record of a case, which there is one of for each."""
    where = collector.places[place]
    assert where is not None, f"case {place} has no record"
    return reader.read(where)


def identity(
    settings: Settings,
    options: dict[str, Any],
    extras: list[dict[str, Any]],
    stability: Stability | None,
) -> Any:
    """What all cases have in common, and what their keys depend on."""
    return {
        "engine_version": __version__,
        "settings": settings.to_dict(),
        "options": options,
        "extras": extras,
        **({} if stability is None else {"stability": stability.identity()}),
    }


class Told:
    """What the report of a run says of its cases, each a line."""

    def __init__(self, folder: str) -> None:
        """Nothing yet; relative paths begin in `folder`."""
        self._folder = folder
        self.lines: list[str] = []

    def add(self, case: Case, key: str, record: Mapping[str, Any]) -> None:
        """Tell of the next case."""
        told = {
            "case_id": case.case_id,
            "status": FAILURE if "error" in record else OK,
            "key": None if key == NO_KEY else key,
            "files": [
                {"given": given, "path": resolved(self._folder, given), "sha256": sha256}
                for given, sha256 in zip_longest(case.paths(), record["sha256"])
            ],
            **{name: value for name, value in record.items() if name not in ELSEWHERE},
        }
        if "perturbed" in record:
            told["perturbed"] = {one: record["perturbed"][one] for one in ("seed", "errors")}
        if "warnings" in record:
            told["warnings"] = [
                {"code": code, "image": image, "message": message}
                for code, image, message in record["warnings"]
            ]
        self.lines.append(json.dumps(told, ensure_ascii=False))


def write_run(
    path: Path, table: Path, others: Mapping[str, Path], about: dict[str, Any], told: Told
) -> None:
    """Write the report of a run, a line a case.

    `table` is what is about to be put there, and `others` what is to be beside it, by name.
    """
    header = {**about, "table_sha256": sha256_of(table)}
    if others:
        header["beside_sha256"] = {name: sha256_of(made) for name, made in others.items()}
    with path.open("w", encoding="utf-8", errors=UNKNOWN) as file:
        text = json.dumps(header, indent=1, ensure_ascii=False)
        file.write(text.removesuffix("\n}") + ',\n "cases": [')
        for place, line in enumerate(told.lines):
            file.write(f"{',' if place else ''}\n  {line}")
        file.write("\n ]\n}\n")


def made_of(source: Source, columns: Columns, collector: Collector) -> str:
    """What a table without failed cases follows from: its columns, its cells, and its records."""
    digest = hashlib.sha256(repr((columns, source.rows)).encode())
    digest.update("".join(collector.keys).encode())
    return digest.hexdigest()


def is_there(table: Path, run: Path, made_of: str, others: Sequence[Path]) -> bool:
    """Whether a table and those beside it are there already, as their run has left them."""
    try:
        told = json.loads(run.read_bytes())
        found: bool = (
            told["made_of"] == made_of
            and told["table_sha256"] == sha256_of(table)
            and all(told["beside_sha256"][one.name] == sha256_of(one) for one in others)
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return found


def counts(collector: Collector) -> dict[str, int]:
    """How many cases there are, and what has become of them in this run."""
    return {
        "cases": len(collector.cases),
        "computed": collector.computed,
        "kept": collector.kept,
        "failed": collector.failures,
    }


def machine() -> dict[str, Any]:
    """Where a run takes place, and with what."""
    return {
        "host": socket.gethostname(),
        "platform": platform.platform(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "executable": sys.executable,
        "versions": {"radiomics-rs": __version__, **{p: _version(p) for p in PACKAGES}},
    }


def now() -> str:
    """The time, with its zone."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _version(package: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def sha256_of(path: Path) -> str:
    """The hash of a file; raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while data := stream.read(CHUNK):
            digest.update(data)
    return digest.hexdigest()

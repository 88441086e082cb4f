"""Two tables of features, ours or PyRadiomics', value by value."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from radiomics_rs._core import ReadError, Settings, SettingsError, columns, features
from radiomics_rs._describe_tables import PYRADIOMICS_CLASS
from radiomics_rs.table import aligned

#: What a value is of: the case, and the column.
Key: TypeAlias = tuple[str, str]

#: Columns that say which case a row is of, of any of the tables.
IDS = ("case_id", "case", "patient", "visit", "label", "Image", "Mask", "image", "mask", "ID")
#: Columns of our long tables that are no values.
LONG = ("feature", "family", "value")
HEADER = ("family", "compared", "above", "worst", "of", "first", "second")


@dataclass(frozen=True)
class Comparison:
    """How far two tables are from each other; `str` is a table of families."""

    deviations: dict[Key, tuple[float, float, float]]
    """Relative deviation and both values, by case and column."""
    only_first: list[Key]
    """What the second table does not have."""
    only_second: list[Key]
    """What the first table does not have."""
    tolerance: float
    """The largest relative deviation that is none."""

    @property
    def above(self) -> list[Key]:
        """What deviates by more than the tolerance."""
        return [key for key, (by, *_) in self.deviations.items() if not by <= self.tolerance]

    def families(self) -> list[dict[str, Any]]:
        """For each family how many values were compared, and the worst of them."""
        rows: dict[str, list[Key]] = {}
        for key in self.deviations:
            rows.setdefault(family_of(key[1]), []).append(key)
        made = []
        for family, keys in rows.items():
            worst = max(keys, key=lambda key: self.deviations[key][0])
            by, one, other = self.deviations[worst]
            above = sum(not self.deviations[key][0] <= self.tolerance for key in keys)
            at = worst[1] if not worst[0] else f"{worst[1]} ({worst[0]})"
            made.append(
                dict(zip(HEADER, (family, len(keys), above, by, at, one, other), strict=True))
            )
        return made

    def to_dict(self) -> dict[str, Any]:
        """All of it, for JSON; infinity and NaN are null."""
        rows = [
            {
                k: None if isinstance(v, float) and not math.isfinite(v) else v
                for k, v in row.items()
            }
            for row in self.families()
        ]
        return {
            "tolerance": self.tolerance,
            "compared": len(self.deviations),
            "above": len(self.above),
            "families": rows,
            "only_first": [list(key) for key in self.only_first],
            "only_second": [list(key) for key in self.only_second],
        }

    def __str__(self) -> str:
        def cell(name: str, value: Any) -> str:
            if name == "worst":
                return f"{value:.2g}"
            return f"{value:.9g}" if isinstance(value, float) else str(value)

        rows = [[cell(name, row[name]) for name in HEADER] for row in self.families()]
        lines = [aligned(HEADER, rows)]
        for held, name in ((self.only_first, "first"), (self.only_second, "second")):
            if held:
                shown = ", ".join(dict.fromkeys(column for _, column in held[:5]))
                more = ", ..." if len(held) > 5 else ""
                lines.append(f"{len(held)} values are in the {name} table alone: {shown}{more}")
        lines.append(
            f"{len(self.deviations)} values compared, {len(self.above)} of them differ by more "
            f"than {self.tolerance:g} (relative)"
        )
        return "\n".join(lines)


def compare(
    first: str | os.PathLike[str], second: str | os.PathLike[str], *, tolerance: float = 1e-9
) -> Comparison:
    """Compare two tables of features, ours in any layout or PyRadiomics'.

    Names of PyRadiomics are taken as ours if one table has the one and the other the others.

    Args:
        first: a file .csv, .tsv, .json, .jsonl or .parquet.
        second: the same, of any of these kinds and layouts.
        tolerance: the largest relative deviation |a - b| / max(|a|, |b|) that is none.

    Raises:
        ReadError: a file that is no such table.
        SettingsError: tables that have no value in common.
        OSError: a file that cannot be opened.
    """
    if not (isinstance(tolerance, int | float) and tolerance >= 0):
        raise SettingsError(f"tolerance is {tolerance!r}: give a number from 0")
    one, other = read_values(first), read_values(second)
    if not set(one) & set(other):
        one, other = _in_our_names(one), _in_our_names(other)
    if not set(one) & set(other):
        # A single case needs no name, and each table may have its own.
        one, other = _of_one_case(one), _of_one_case(other)
    shared = [key for key in one if key in other]
    if not shared:
        raise SettingsError(
            f"{os.fspath(first)} and {os.fspath(second)} have no value in common: the first has "
            f"{_some(one)}, the second {_some(other)}"
        )
    deviations = {key: (deviation(one[key], other[key]), one[key], other[key]) for key in shared}
    return Comparison(
        deviations,
        [key for key in one if key not in other],
        [key for key in other if key not in one],
        float(tolerance),
    )


def deviation(one: float, other: float) -> float:
    """Relative deviation: 0 for what is equal or NaN on both sides, infinity for NaN on one."""
    if one == other or (math.isnan(one) and math.isnan(other)):
        return 0.0
    if not (math.isfinite(one) and math.isfinite(other)):
        return math.inf
    return abs(one - other) / max(abs(one), abs(other))


def read_values(path: str | os.PathLike[str]) -> dict[Key, float]:
    """The values of a table by case and column.

    Raises ReadError for what is none, or OSError.
    """
    place = Path(path).expanduser()
    rows = list(_rows(place))
    if not rows:
        raise ReadError(f"cannot read table {place}: it has no rows")
    found: dict[Key, float] = {}
    if all(name in rows[0] for name in LONG):
        for row in rows:
            parts = [row.get(name) or "" for name in ("image", "family", "feature", "aggregation")]
            column = "_".join(
                str(part) for part in (*parts, row.get("discretisation") or "") if part
            )
            found[_case(row, ("case_id", "label", "mask")), column] = _number(row["value"])
    else:
        ids = [name for name in IDS if name in rows[0]]
        for place_of, row in enumerate(rows):
            case = _case(row, ids) or (str(place_of) if len(rows) > 1 else "")
            for name, cell in row.items():
                if name not in ids and family_of(name):
                    found[case, name] = _number(cell)
    if not found:
        raise ReadError(
            f"cannot read table {place}: no column is a feature; it has {', '.join(rows[0])[:300]}"
        )
    return found


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    ending = path.suffix.lower()
    try:
        if ending == ".parquet":
            try:
                import pyarrow.parquet as pq
            except ImportError as error:
                raise ImportError(f"{path} needs pyarrow: `pip install pyarrow`") from error
            with path.open("rb") as stream:
                yield from pq.read_table(stream).to_pylist()
            return
        text = path.read_text(encoding="utf-8-sig")
        if ending == ".json":
            held = json.loads(text)
            yield from held["features"] if isinstance(held, dict) else held
        elif ending == ".jsonl":
            yield from (json.loads(line) for line in text.splitlines() if line)
        else:
            yield from csv.DictReader(
                text.splitlines(), delimiter="\t" if ending == ".tsv" else ","
            )
    except (UnicodeDecodeError, ValueError, KeyError, csv.Error) as error:
        raise ReadError(f"cannot read table {path}: it is damaged, or no table ({error})") from None


def _case(row: Mapping[str, Any], ids: Iterable[str]) -> str:
    return " ".join(str(row[name]) for name in ids if row.get(name) not in (None, ""))


def _number(cell: Any) -> float:
    try:
        return math.nan if cell is None else float(cell)
    except (TypeError, ValueError):
        return math.nan


@cache
def _prefixes() -> list[tuple[str, str]]:
    """Prefixes of columns within an image, with their families: ours, and PyRadiomics'."""
    ours = {f"{one['family']}_": one["family"] for one in features()}
    theirs = {f"{of_class}_": family for family, of_class in PYRADIOMICS_CLASS.items()}
    # Longer names first: morphology_2d is no morphology.
    return sorted({**theirs, **ours}.items(), key=lambda pair: -len(pair[0]))


def family_of(column: str) -> str:
    """The family of a column, ours or PyRadiomics'; empty for what is no feature."""
    for prefix, family in _prefixes():
        if column.startswith(prefix) or f"_{prefix}" in column:
            return family
    return ""


def _in_our_names(values: dict[Key, float]) -> dict[Key, float]:
    """Values whose names of PyRadiomics are ours, of the images that have the same name."""
    ours = {}
    for column in columns(Settings(profile="pyradiomics"), ["original"]):
        of_class = PYRADIOMICS_CLASS.get(column.family)
        if column.pyradiomics and of_class:
            ours[f"original_{of_class}_{column.pyradiomics}"] = column.name
    return {(case, ours.get(name, name)): value for (case, name), value in values.items()}


def _of_one_case(values: dict[Key, float]) -> dict[Key, float]:
    if len({case for case, _ in values}) != 1:
        return values
    return {("", name): value for (_, name), value in values.items()}


def _some(values: Iterable[Key]) -> str:
    names = [f"{name} of {case}" if case else name for case, name in values]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

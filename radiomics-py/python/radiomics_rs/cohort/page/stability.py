"""Stability of features, in whatever form it is given."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radiomics_rs._arguments import real
from radiomics_rs._core import SettingsError
from radiomics_rs.cohort.page.read import Read, of_lines
from radiomics_rs.cohort.perturbed import STABILITY, beside
from radiomics_rs.cohort.report import sha256_of
from radiomics_rs.cohort.sources import Source, source_of
from radiomics_rs.io import warn

#: Kinds of stability by the least ICC of each (Koo & Li, J Chiropr Med 2016, 15: 155-163).
KINDS = {"excellent": 0.9, "good": 0.75, "moderate": 0.5, "poor": -math.inf}
#: Names of the columns of an ICC, of which the first one that is there counts.
NAMES = ("icc", "icc_2_1", "icc_3_1", "icc_1_1", "ICC")
#: What features are called in tables.
FEATURE = "feature"
WANTED = (
    "give a mapping from features to an ICC or (icc, low, high), or a table with the columns "
    "feature, icc and, if there are bounds, low and high"
)


@dataclass(frozen=True)
class Stability:
    """ICC, lower and upper bound of features; NaN where there is none."""

    rows: dict[str, tuple[float, float, float]]

    def value(self, feature: str) -> float:
        """The ICC of a feature; NaN if it has none."""
        return self.rows.get(feature, (math.nan,))[0]


def kind_of(icc: float) -> str:
    """What an ICC is called."""
    return next(kind for kind, least in KINDS.items() if icc >= least)


def stability_of(given: Any) -> Stability | None:
    """The stability that an argument stands for: a mapping, a table, the path of one, or None.

    Raises SettingsError for a table without its columns or an ICC that cannot be, TypeError for
    another kind, and what reading a table raises.
    """
    if given is None:
        return None
    if isinstance(given, Mapping):
        return Stability({str(name): _row(str(name), value) for name, value in given.items()})
    if not isinstance(given, str | os.PathLike) and hasattr(given, "records"):
        given = given.records()
    if isinstance(given, str | os.PathLike) and Path(given).suffix.lower() == ".json":
        raise SettingsError(
            f"stability is {os.fspath(given)}: give a .csv, .parquet or .jsonl file"
        )
    if not isinstance(given, str | os.PathLike | Sequence) and not hasattr(given, "columns"):
        raise TypeError(f"stability is of type {type(given).__name__}: {WANTED}")
    source = _source(given)
    chosen = next((name for name in NAMES if name in source.names), None)
    if FEATURE not in source.names or chosen is None:
        raise SettingsError(
            f"the stability in {source.what} has the columns {', '.join(source.names)}: {WANTED}"
        )
    low, high = (
        next((n for n in (f"{chosen}_{end}", end) if n in source.names), None)
        for end in ("low", "high")
    )
    rows = {}
    for cells in source.rows:
        row = dict(zip(source.names, cells, strict=True))
        feature = str(row[FEATURE])
        if feature in rows:
            raise SettingsError(
                f"the stability in {source.what} has the feature {feature!r} twice: keep one row"
            )
        bounds = (None if name is None else row[name] for name in (low, high))
        rows[feature] = _row(feature, (row[chosen], *bounds))
    return Stability(rows)


def _source(given: Any) -> Source:
    if isinstance(given, str | os.PathLike) and Path(given).suffix.lower() == ".jsonl":
        return of_lines(Path(given))
    return source_of(given)


def beside_of(found: Read) -> tuple[Path | None, str | None]:
    """The table of stability that was made with a table, or the name of one that was not."""
    if found.path is None:
        return None, None
    path = beside(found.path, STABILITY)
    if not path.is_file():
        return None, None
    made = (found.run or {}).get("beside_sha256") or {}
    if found.changed or made.get(path.name) != sha256_of(path):
        return None, path.name
    return path, None


def warn_of_others(stability: Stability, table: Read) -> None:
    """Warn if it seems to be the stability of another table, by the names of its features."""
    features = set(table.features)
    unknown = [name for name in stability.rows if name not in features]
    shared = len(stability.rows) - len(unknown)
    if 2 * shared >= min(len(stability.rows), len(table.features)):
        return
    lacking = [name for name in table.features if name not in stability.rows]
    warn(
        f"{shared or 'none'} of the {len(stability.rows)} features of the stability "
        f"{'is' if shared < 2 else 'are'} in {table.what}: it has {unknown[0]!r}, the table "
        f"{lacking[0]!r}; give the stability of a table of the same settings"
    )


def _row(feature: str, given: Any) -> tuple[float, float, float]:
    """An ICC with its bounds."""
    if isinstance(given, Mapping):
        if "icc" not in given:
            raise SettingsError(f"the stability of {feature!r} has no `icc`: {WANTED}")
        given = (given["icc"], given.get("low"), given.get("high"))
    parts = list(given) if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    if len(parts) not in (1, 3):
        raise SettingsError(f"the stability of {feature!r} has {len(parts)} numbers: {WANTED}")
    icc, low, high = (_number(feature, part) for part in [*parts, None, None][:3])
    if icc > 1.0:
        raise SettingsError(f"the ICC of {feature!r} is {icc}: it is 1 at most")
    return icc, low, high


def _number(feature: str, given: Any) -> float:
    if given is None:
        return math.nan
    try:
        return float(given) if isinstance(given, str) else real("stability", given)
    except (ValueError, TypeError):
        raise SettingsError(
            f"the stability of {feature!r} is {given!r}: give a number, or leave it empty"
        ) from None

"""Intraclass correlation of features that are measured again."""

from __future__ import annotations

import difflib
import math
import numbers
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from radiomics_rs import _core
from radiomics_rs._arguments import real, whole
from radiomics_rs._core import SettingsError
from radiomics_rs._frames import of_features
from radiomics_rs._reliability import Reliability, ReliabilityTable
from radiomics_rs.io import warn
from radiomics_rs.table import FeatureTable

#: The column of a table that says what a row is of, or what each row is of.
Names: TypeAlias = "str | Iterable[Any] | None"
#: Names that a message lists.
LISTED = 5


def icc(
    table: Any,
    *,
    subjects: Names = None,
    raters: Names = None,
    features: Iterable[str] | None = None,
    confidence: float = 0.95,
    threads: int = 0,
) -> ReliabilityTable:
    """How reliable features are: ICC(1,1), (2,1) and (3,1) of single measurements, with bounds.

    The kinds are those of Shrout & Fleiss (Psychological Bulletin 1979, 86: 420-428), the bounds
    those of McGraw & Wong (Psychological Methods 1996, 1: 30-46). For a fixed list of
    perturbations take ICC(2,1), and rank features by its lower bound.

    A case that lacks a rater, or has a value that is NaN or infinite, is left out of that feature.
    All are NaN for a feature that is constant, or has fewer than two cases left.

    Args:
        table: a row for each subject and rater, in any order, and a column for each feature: a
            pandas or polars data frame, or a mapping from names to columns. Or a mapping from
            (subject, rater) to the table that `extract` gave for it.
        subjects: which case each row is of: the name of a column (or of a level of the index of a
            pandas frame), or the names themselves, one a row.
        raters: which rater (observer, scan, perturbation) each row is of, likewise.
        features: the columns to look at; None for all that hold numbers, in the table of a cohort
            all after `warnings`. Those of text are then left out, with a RadiomicsWarning that
            names them.
        confidence: of the interval between the bounds, between 0 and 1.
        threads: number of threads, 0 for all cores. It never changes a number.

    Raises:
        SettingsError: a column that does not exist, or is no numbers; fewer than two subjects or
            raters; a subject and rater given twice, or missing; columns of different lengths.
        TypeError: an argument of a kind that is not listed here.
    """
    columns = _columns(table, subjects, raters)
    if isinstance(table, Mapping) and _is_of_tables(table):
        subjects, raters = zip(*table, strict=True)
    of_subject = _names("subjects", subjects, columns)
    of_rater = _names("raters", raters, columns)
    used = {name for name in (subjects, raters) if isinstance(name, str)}
    values = _values(columns, used, features)
    rows = len(of_subject)
    for name, column in values.items():
        if len(column) != rows:
            raise SettingsError(
                f"column {name!r} has {len(column)} values and there are {rows} subjects: "
                "give a value for each row"
            )
    found = _core.icc(
        np.array([*values.values()], dtype=np.float64).reshape(len(values), rows),
        of_subject,
        of_rater,
        confidence=real("confidence", confidence),
        threads=whole("threads", threads),
    )
    return ReliabilityTable(
        Reliability._make((name, *kinds, n, k))
        for name, (kinds, n, k) in zip(values, found, strict=True)
    )


def _is_of_tables(table: Mapping[Any, Any]) -> bool:
    return bool(table) and isinstance(next(iter(table.values())), FeatureTable)


def _columns(table: Any, *names: Names) -> dict[str, Any]:
    """The columns of a table by their names, in order."""
    if isinstance(table, Mapping):
        return _of_tables(table, names) if _is_of_tables(table) else _unique(table.items())
    if hasattr(table, "get_columns"):
        # polars
        return _unique((column.name, column) for column in table.get_columns())
    if hasattr(table, "reset_index") and hasattr(table, "items"):
        # pandas: what a row is of often is its index.
        levels = [name for name in names if isinstance(name, str) and name not in table.columns]
        levels = [name for name in levels if name in table.index.names]
        return _unique((table.reset_index(levels) if levels else table).items())
    raise TypeError(
        f"the table is of type {type(table).__name__}: give a pandas or polars data frame, a "
        "mapping from names to columns, or one from (subject, rater) to feature tables"
    )


def _unique(items: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, column in items:
        if str(name) in columns:
            raise SettingsError(f"there are two columns {str(name)!r}: rename one of them")
        columns[str(name)] = column
    return columns


def _of_tables(tables: Mapping[Any, FeatureTable], names: Sequence[Names]) -> dict[str, Any]:
    """The columns of tables by subject and rater; what one of them lacks is NaN."""
    if any(name is not None for name in names):
        raise SettingsError(
            "subjects and raters are the keys of these tables: leave the arguments out"
        )
    for key, one in tables.items():
        if not isinstance(key, tuple) or len(key) != 2:
            raise TypeError(f"the key {key!r} is no pair: give (subject, rater)")
        if not isinstance(one, FeatureTable):
            raise TypeError(f"the table of {key!r} is of type {type(one).__name__}")
    values = [one.to_dict() for one in tables.values()]
    columns = dict.fromkeys(name for one in values for name in one)
    return {name: [one.get(name, math.nan) for one in values] for name in columns}


def _names(role: str, given: Names, columns: Mapping[str, Any]) -> list[str]:
    """What each row is of."""
    where = role
    if given is None:
        raise SettingsError(f"{role} is missing: give the name of a column, or a name for each row")
    if isinstance(given, str):
        where = f"column {given!r} ({role})"
        given = _column(given, columns, role)
    try:
        names = [*given]
    except TypeError:
        raise TypeError(
            f"{role} is {given!r}: give the name of a column, or a name for each row"
        ) from None
    for row, name in enumerate(names):
        if _is_missing(name):
            raise SettingsError(f"{where} has no name in row {row} (from 0): fill it in")
    return [str(name) for name in names]


def _column(name: str, columns: Mapping[str, Any], role: str) -> Any:
    if name in columns:
        return columns[name]
    near = difflib.get_close_matches(name, columns, 1, 0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"it has {_listed(columns)}"
    raise SettingsError(f"{role} is {name!r}, and the table has no such column; {hint}")


def _values(
    columns: Mapping[str, Any], used: set[str], features: Iterable[str] | None
) -> dict[str, npt.NDArray[np.float64]]:
    """The numbers of each feature."""
    if isinstance(features, str):
        raise TypeError(f"features is {features!r}: give a list of names")
    if features is None:
        wanted = [name for name in of_features([*columns]) if name not in used]
    else:
        wanted = [*features]
    values, text = {}, []
    for name in wanted:
        found = _numbers(_column(name, columns, "features"))
        if found is None:
            text.append(name)
        else:
            values[name] = found
    if text and (features is not None or not values):
        raise SettingsError(f"no numbers are in {_listed(text)}: give columns of numbers")
    if text:
        warn(f"columns without numbers are left out: {_listed(text)}")
    if not values:
        raise SettingsError("the table has no features: give a column of numbers for each")
    return values


def _numbers(column: Any) -> npt.NDArray[np.float64] | None:
    """A column as numbers, what is missing being NaN; None if it is of anything else."""
    array = np.asarray(column)
    if array.ndim != 1:
        raise SettingsError(f"a column has shape {array.shape}: give one value for each row")
    if array.dtype.kind in "biuf":
        return array.astype(np.float64)
    if array.dtype.kind != "O":
        return None
    # Missing values of pandas and polars make a column one of objects.
    missing = [_is_missing(value) for value in array]
    plain = [math.nan if gone else value for gone, value in zip(missing, array, strict=True)]
    if not all(isinstance(value, numbers.Real) for value in plain):
        return None
    return np.array(plain, dtype=np.float64)


def _is_missing(value: Any) -> bool:
    """Whether a value stands for none: None, NaN, and pandas' NA and NaT."""
    return value is None or (not isinstance(value, str) and str(value) in ("nan", "<NA>", "NaT"))


def _listed(names: Iterable[str]) -> str:
    """Names in a message, the first ones of many."""
    shown = [*names]
    more = f" and {len(shown) - LISTED} more" if len(shown) > LISTED else ""
    return ", ".join(map(repr, shown[:LISTED])) + more

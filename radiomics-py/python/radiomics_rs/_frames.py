"""Data frames of many cases: put together from tables, and compared with each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from radiomics_rs._core import RegionError, SettingsError
from radiomics_rs._tabular import pandas_of
from radiomics_rs.io import warn
from radiomics_rs.table import LABEL, FeatureTable, fields_of

if TYPE_CHECKING:
    import pandas as pd

#: Names of columns, one or several.
Names: TypeAlias = "str | Sequence[str] | None"

CASE_ID = "case_id"
#: What columns of a cohort's table say of a case; its numbers come after them.
SAID = ("status", "error", "warnings")
#: Columns after these that are no numbers.
NO_NUMBERS = ("engine_version", "settings_sha256", "_sha256")
#: Keys that a message lists.
LISTED = 5


def concat(tables: Any, *, names: Names = None, wide: bool = False) -> pd.DataFrame:
    """Put the tables of many cases together, with what they are called in columns in front.

    The columns of names join the frame to other tables: `frame.merge(clinical, on="case_id")`.

    Args:
        tables: tables by the name of their case, as a mapping; or by case and label, as a mapping
            to what `extract` gives for several labels, or one whose keys are tuples; or a list of
            tables, which are called by their places from 0.
        names: what the columns of names are called, one for each part of a key; None for
            "case_id", and "label" for a second part.
        wide: whether there is a row for each table and a column for each feature, NaN for one that
            a table does not have; if not, there is a row for each feature of each table, with the
            columns of `FeatureTable.records`.

    Raises:
        ImportError: pandas is not installed.
        SettingsError: names that are too few or many, given twice, or those of other columns; keys
            of different lengths.
        TypeError: what is no table.
    """
    pd = pandas_of("concat")
    found = list(_keyed(tables, ()))
    columns = _names(names, {len(key) for key, _ in found} or {1})
    if wide:
        features = dict.fromkeys(name for _, table in found for name in table.keys())  # noqa: SIM118
        _check_unlike(columns, features)
        rows: list[Any] = [
            {**dict(zip(columns, key, strict=True)), **table.to_dict()} for key, table in found
        ]
        return pd.DataFrame(rows, columns=[*columns, *features])
    fields = fields_of(table for _, table in found)
    _check_unlike(columns, fields)
    rows = [
        (*key, *(getattr(row, field) for field in fields)) for key, table in found for row in table
    ]
    return pd.DataFrame(rows, columns=[*columns, *fields])


def _keyed(tables: Any, before: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], FeatureTable]]:
    """Tables with their whole keys."""
    if isinstance(tables, FeatureTable):
        if not before:
            raise TypeError("there is a single table: give a mapping or a list, or use to_wide()")
        yield before, tables
    elif isinstance(tables, Mapping):
        for key, table in tables.items():
            yield from _keyed(table, (*before, *(key if isinstance(key, tuple) else (key,))))
    elif isinstance(tables, Iterable) and not before and not isinstance(tables, str | bytes):
        for place, table in enumerate(tables):
            yield from _keyed(table, (place,))
    else:
        of = f" of {before[0] if len(before) == 1 else before!r}" if before else "s"
        raise TypeError(
            f"the table{of} {'is' if before else 'are'} of type {type(tables).__name__}: give what "
            "`extract` has returned, in a mapping or a list"
        )


def _names(given: Names, lengths: set[int]) -> list[str]:
    if len(lengths) > 1:
        raise SettingsError(
            f"keys have {' and '.join(map(str, sorted(lengths)))} parts: give all tables of one "
            "kind, such as all with several labels"
        )
    (length,) = lengths
    if given is None:
        if length > 2:
            raise SettingsError(f"keys have {length} parts: give names for them")
        return [CASE_ID, LABEL][:length]
    chosen = _several(given)
    if len(chosen) != length:
        raise SettingsError(
            f"names are {', '.join(chosen) or 'none'}, and keys have {length} "
            f"part{'s' if length > 1 else ''}: give a name for each"
        )
    return chosen


def _check_unlike(names: list[str], others: Iterable[str]) -> None:
    twice = [name for k, name in enumerate(names) if name in {*others, *names[:k]}]
    if twice:
        raise SettingsError(f"names has {twice[0]!r}, which is another column: give another name")


def is_frame(given: Any) -> bool:
    """Whether something is a data frame of pandas."""
    return hasattr(given, "columns") and hasattr(given, "iloc")


def delta_of_frames(
    table: Any, before: Any, after: Any, change: Any, prefix: str, on: Names, by: str | None
) -> pd.DataFrame:
    """See `delta`; `change` compares arrays, `prefix` begins the names of the columns."""
    keys = _several(on)
    if table is None:
        if by is not None:
            raise SettingsError(f"by is {by!r}, and there are two frames already: leave it out")
        sides = [_checked("before", before), _checked("after", after)]
    else:
        frame = _checked("table", table)
        if by is None:
            return _of_images(frame, before, after, change, prefix, keys)
        _check_columns(frame, [by], "by")
        sides = [_rows(frame, by, value, what) for what, value in _both(before, after)]
    if not keys:
        raise SettingsError("on is missing: give the columns by which rows are matched")
    return _of_rows(sides, change, prefix, [*keys], by)


def _of_images(
    frame: Any, before: Any, after: Any, change: Any, prefix: str, keys: list[str]
) -> pd.DataFrame:
    """Changes from the columns of one image to those of another, row by row."""
    pd = pandas_of("delta")
    _check_columns(frame, keys, "on")
    columns = _numbers(frame, keys)
    held: list[dict[str, str]] = []
    for what, image in _both(before, after):
        found = {
            c[len(str(image)) :]: c for c in columns if c.startswith((f"{image}_", f"{image}-"))
        }
        if not found:
            raise SettingsError(
                f"{what} is {image!r}, and no column begins with {image}_: give the name of an "
                "image, or `by`, the column that says which row is which"
            )
        held.append(found)
    rests = [rest for rest in held[0] if rest in held[1]]
    if not rests:
        raise RegionError(f"{before!r} and {after!r} have no feature in common")
    lacking = [_lacking(frame, [side[rest] for rest in rests]) for side in held]
    named = frame.set_index(keys).index if keys else frame.index
    _warn_of_lacking(named, lacking[0] | lacking[1])
    made = {key: frame[key] for key in keys}
    for rest in rests:
        one, other = (frame[side[rest]].to_numpy(np.float64) for side in held)
        made[f"{prefix}{rest}"] = change(one, other)
    return pd.DataFrame(made, index=frame.index)


def _of_rows(
    sides: list[Any], change: Any, prefix: str, keys: list[str], by: str | None
) -> pd.DataFrame:
    """Changes from rows to the rows of the same keys."""
    pd = pandas_of("delta")
    for side, what in zip(sides, ("before", "after"), strict=True):
        _check_columns(side, keys, "on")
        missing = side[keys].isna().any(axis=1)
        if missing.any():
            raise SettingsError(
                f"{int(missing.sum())} rows of {what} lack a key, of {', '.join(keys)}: fill them "
                "in, or leave these rows out"
            )
        twice = side[keys][side[keys].duplicated()]
        if len(twice):
            raise SettingsError(
                f"{what} has two rows of {_key(twice.iloc[0])}: give columns as `on` that tell "
                "them apart, or leave one out"
            )
    columns = [c for c in _numbers(sides[0], [*keys, by]) if c in set(_numbers(sides[1], [by]))]
    if not columns:
        raise RegionError("the two have no feature in common: give tables of the same settings")
    one, other = (side.set_index(keys)[columns] for side in sides)
    matched = one.index[one.index.isin(other.index)]
    alone = [*one.index.difference(matched), *other.index.difference(matched)]
    if not len(matched):
        raise RegionError(f"no row before has the same {', '.join(keys)} as one after")
    if alone:
        warn(
            f"{len(alone)} of {len(alone) + len(matched)} keys are on one side alone and left out: "
            f"{_listed(alone)}"
        )
    lacking = [_lacking(side.loc[matched], columns) for side in (one, other)]
    _warn_of_lacking(matched, lacking[0] | lacking[1])
    values = change(*(side.loc[matched].to_numpy(np.float64) for side in (one, other)))
    made = pd.DataFrame(values, columns=[f"{prefix}-{column}" for column in columns])
    return pd.concat([matched.to_frame(index=False), made], axis=1)


def _lacking(frame: Any, columns: list[str]) -> npt.NDArray[np.bool_]:
    """Which rows have no value to compare, as those of cases that failed."""
    lacking: npt.NDArray[np.bool_] = frame[columns].isna().all(axis=1).to_numpy(bool)
    return lacking


def _warn_of_lacking(keys: Any, lacking: npt.NDArray[np.bool_]) -> None:
    if lacking.any():
        warn(
            f"{int(lacking.sum())} of {len(lacking)} pairs are NaN, as a side of theirs has failed "
            f"or has no value: {_listed(list(keys[lacking]))}"
        )


def _listed(keys: list[Any]) -> str:
    """Keys in a message, the first ones of many."""
    more = f" and {len(keys) - LISTED} more" if len(keys) > LISTED else ""
    return ", ".join(map(str, keys[:LISTED])) + more


def _both(before: Any, after: Any) -> list[tuple[str, Any]]:
    return [("before", before), ("after", after)]


def _rows(frame: Any, by: str, value: Any, what: str) -> Any:
    found = frame[frame[by] == value]
    if not len(found):
        held = ", ".join(map(str, frame[by].drop_duplicates().tolist()[:LISTED]))
        raise SettingsError(f"{what} is {value!r}, and the column {by!r} has {held}")
    return found


def _checked(what: str, given: Any) -> Any:
    if not is_frame(given):
        raise TypeError(f"{what} is of type {type(given).__name__}: give a data frame of pandas")
    if not given.columns.is_unique:
        twice = given.columns[given.columns.duplicated()][0]
        raise SettingsError(f"{what} has the column {twice!r} twice: rename one")
    return given


def _check_columns(frame: Any, names: list[str], what: str) -> None:
    for name in names:
        if name not in frame.columns:
            held = ", ".join(map(str, frame.columns[:LISTED]))
            raise SettingsError(f"{what} is {name!r}, and the frame has the columns {held}, ...")


def _numbers(frame: Any, but: Sequence[str | None]) -> list[str]:
    """The columns of features: those after what is said of a case, or all that hold numbers."""
    return [
        name
        for name in of_features(list(frame.columns))
        if name not in but and isinstance(name, str) and frame[name].dtype.kind in "iuf"
    ]


def of_features(columns: Sequence[Any]) -> list[Any]:
    """Columns that may be features: in the table of a cohort those after what is said of a case."""
    for place in range(len(columns) - len(SAID) + 1):
        if tuple(columns[place : place + len(SAID)]) == SAID:
            columns = columns[place + len(SAID) :]
            break
    return [name for name in columns if not str(name).endswith(NO_NUMBERS)]


def _several(names: Names) -> list[str]:
    return [] if names is None else [names] if isinstance(names, str) else list(names)


def _key(row: Any) -> str:
    return ", ".join(f"{name} {value!r}" for name, value in row.items())

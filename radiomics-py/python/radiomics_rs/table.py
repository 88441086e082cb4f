"""The result of an extraction."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, overload

from radiomics_rs._core import SettingsError
from radiomics_rs._tabular import Tabular, pandas_of
from radiomics_rs._writers import WARNINGS, Sheet, write_csv, write_json

if TYPE_CHECKING:
    import pandas as pd

    from radiomics_rs._core import Column

FIELDS = ("image", "family", "feature", "ibsi_id", "aggregation", "value", "status")
# Only tables of several discretisations have this one.
DISCRETISATION = "discretisation"
# Only tables of a region that could not be computed have this one.
REASON = "reason"
#: Status of a row of a region that could not be computed, what its reason begins with, and the code
#: of the warning that says why.
FAILED = "failed"
# Only files with the tables of several labels have this one, as the first.
LABEL = "label"
SHOWN_DIGITS = 7
SHOWN_ROWS = 20
# Warnings with these codes are about one image or response, all others about the region.
OF_LEVELS = ("single_level", "few_levels", "many_levels")


class TableWarning(NamedTuple):
    """Something about a region that makes its values doubtful, though each is what it says."""

    code: str
    """Kind of the warning, such as "few_levels" (docs/conventions.md lists them)."""
    label: int
    """Label of the region."""
    image: str
    """The image whose values are doubtful, as its rows call it."""
    message: str
    """What was found, and what can be done about it."""

    def __str__(self) -> str:
        return f"image `{self.image}`, label {self.label}: {self.message}"


class FeatureRow(NamedTuple):
    """One feature value: a column and its value."""

    column: str
    """Name that is unique in the table."""
    image: str
    """The image it was computed from: "original", or the name of a filter."""
    family: str
    """Family, in the vocabulary of the IBSI reference values."""
    feature: str
    """Name within the family."""
    ibsi_id: str
    """IBSI identifier; empty if IBSI has none."""
    aggregation: str
    """Aggregation of texture matrices; empty for the region as a whole."""
    value: float
    """The value; NaN if undefined."""
    status: str
    """"ok", "undefined", or "failed" for a region that could not be computed."""
    discretisation: str = ""
    """Which of several discretisations it is of, such as "bin_width_25" or "bin_number_32"; empty
    if the settings have one alone, or if the feature does not depend on it."""
    reason: str = ""
    """Why the value is undefined: "nothing_counted" (the region has nothing of what the matrix
    counts, such as pairs of neighbours), "not_defined" (the formula has no value for it, as the
    feature's summary says), "single_slice" (a feature of a volume, of a region that is a slice) or
    "several_slices" (the other way round). "failed: " and what is wrong, where nothing of the
    region could be computed. Empty for a value that is defined."""

    @classmethod
    def of(cls, column: Column, value: float, reason: str = "") -> FeatureRow:
        """The row of a column with its value, and why it is undefined if it is."""
        return cls(
            column=column.name,
            image=column.image,
            family=column.family,
            feature=column.feature,
            ibsi_id=column.ibsi_id,
            aggregation=column.aggregation,
            value=value,
            status=_status(value, reason),
            discretisation=column.discretisation,
            reason=reason,
        )

    def record(self) -> dict[str, Any]:
        """The fields as a dict, without the column name, and without an empty discretisation."""
        return _record(self, (*FIELDS, DISCRETISATION) if self.discretisation else FIELDS)


class FeatureTable(Tabular, Sequence[FeatureRow]):
    """Feature values, row by row and by name: `table["original_ngtdm_contrast_3D"]`.

    The rows come image by image: those of the shape, then those of each filter's response in
    catalogue order. A family that depends on the discretisation has its rows once for each of
    several, in the order of the settings. Two tables are equal if all columns and values are; NaN
    equals NaN.
    """

    def __init__(self, rows: Iterable[FeatureRow], warnings: Iterable[TableWarning] = ()) -> None:
        """A table of rows, and of what makes their values doubtful."""
        self._warnings = tuple(warnings)
        # In place of what is made of columns when somebody asks for it.
        self.__dict__["_rows"] = tuple(rows)

    @classmethod
    def _found(
        cls, found: Sequence[tuple[Column, float, str]], warnings: Iterable[TableWarning]
    ) -> FeatureTable:
        """A table of columns with their values and reasons; rows are made when they are needed."""
        table = cls((), warnings)
        del table.__dict__["_rows"]
        table.__dict__["_columns_found"] = found
        return table

    @cached_property
    def _rows(self) -> tuple[FeatureRow, ...]:
        found: Sequence[tuple[Column, float, str]] = self.__dict__.pop("_columns_found")
        return tuple(FeatureRow.of(*one) for one in found)

    @cached_property
    def _names(self) -> list[str]:
        found = self.__dict__.get("_columns_found")
        if found is None:
            return [row.column for row in self._rows]
        return [column.name for column, _, _ in found]

    @cached_property
    def _places(self) -> dict[str, int]:
        """Column name to its place, the first one if there are several."""
        return {name: place for place, name in reversed([*enumerate(self._names)])}

    @cached_property
    def _fields(self) -> tuple[str, ...]:
        return _fields(self._rows)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._rows, self._warnings)

    @property
    def warnings(self) -> tuple[TableWarning, ...]:
        """What makes values doubtful, such as too few grey levels; none for most regions."""
        return self._warnings

    def keys(self) -> list[str]:
        """The names of the columns, in order."""
        return list(self._names)

    def values(self) -> list[float]:
        """The values, in the order of `keys`; NaN where undefined."""
        found = self.__dict__.get("_columns_found")
        return [row.value for row in self._rows] if found is None else [one[1] for one in found]

    def items(self) -> list[tuple[str, float]]:
        """Column names with their values, in order."""
        return [*zip(self._names, self.values(), strict=True)]

    def to_dict(self) -> dict[str, float]:
        """Column name to value; undefined values are NaN."""
        return dict(self.items())

    def _columns(self) -> tuple[str, ...]:
        return self._fields

    def records(self) -> list[dict[str, Any]]:
        """A dict a row: image, family, feature, ibsi_id, aggregation, value, status.

        With several discretisations there is one more, discretisation, which is empty for features
        that do not depend on it; where a region could not be computed there is reason as well.
        """
        return [_record(row, self._fields) for row in self._rows]

    def to_wide(self, ids: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """A data frame of one row, a column a feature, called as `keys` says.

        `ids` are columns in front, such as `{"case_id": "a1", "visit": 2}`, by which the row is
        joined to other tables; `rr.concat` makes such rows of many tables.

        Raises ImportError if pandas is not installed, SettingsError for an id that is called like
        a feature.
        """
        pd = pandas_of("to_wide", "use to_dict()")
        before = {} if ids is None else dict(ids)
        held = set(self.keys())
        for name in before:
            if name in held:
                raise SettingsError(f"ids has {name!r}, which is a feature: give another name")
        row = {**before, **self.to_dict()}
        return pd.DataFrame([row], columns=list(row))

    def to_series(self, name: Any = None) -> pd.Series[float]:
        """A series of pandas: the values by the names of their columns, NaN where undefined.

        `name` is that of the series, such as the case it is of: several of them make a frame with
        `pandas.concat(series, axis=1).T`.

        Raises ImportError if pandas is not installed.
        """
        pd = pandas_of("to_series", "use to_dict()")
        return pd.Series(self.values(), index=self.keys(), name=name, dtype="float64")

    def to_csv(self, path: str | os.PathLike[str], *, warnings: bool = False) -> None:
        """Write a CSV file of the columns of `records`, values at full precision, NaN as NaN.

        With `warnings` there is one column more, of that name: the codes of the warnings that a
        row is concerned by, with semicolons between them. Raises OSError; what stood there before
        is then left as it was.
        """
        write_csv(sheet_of({None: self}, warnings=warnings), path)

    def to_json(self, path: str | os.PathLike[str], *, warnings: bool = False) -> None:
        """Write a JSON file, an array of the `records`.

        JSON has no NaN and no infinity: both become null. With `warnings` the file is an object
        with the keys features, which holds that array, and warnings, an array of objects with the
        keys code, label, image and message. Raises OSError; what stood there before is then left
        as it was.
        """
        write_json(sheet_of({None: self}, warnings=warnings), path)

    def _codes(self, row: FeatureRow) -> Iterator[str]:
        """The codes of the warnings about a row's region, and about its image."""
        for warning in self._warnings:
            if warning.code not in OF_LEVELS or warning.image == row.image:
                yield warning.code

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[FeatureRow]:
        return iter(self._rows)

    @overload
    def __getitem__(self, index: int) -> FeatureRow: ...
    @overload
    def __getitem__(self, index: slice) -> FeatureTable: ...
    @overload
    def __getitem__(self, index: str) -> float: ...

    def __getitem__(self, index: int | slice | str) -> Any:
        """The row at a place, a table of several, or the value of the column of that name."""
        if isinstance(index, str):
            if index in self._places:
                return self._rows[self._places[index]].value
            import difflib

            near = difflib.get_close_matches(index, self.keys(), 1, 0.4)
            raise KeyError(
                f"there is no column {index!r}" + "".join(f"; did you mean {n!r}?" for n in near)
            )
        if isinstance(index, slice):
            return FeatureTable(self._rows[index], self._warnings)
        return self._rows[index]

    def __contains__(self, item: object) -> bool:
        """Whether there is a column of that name, or a row."""
        if isinstance(item, str):
            return item in self._places
        return item in self._rows

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FeatureTable):
            return NotImplemented
        return len(self) == len(other) and all(map(_same, self._rows, other._rows))

    def __hash__(self) -> int:
        return hash(tuple(self._names))

    def __str__(self) -> str:
        return aligned(self._fields, map(self._cells, self._rows))

    def __repr__(self) -> str:
        if len(self) <= SHOWN_ROWS:
            return f"{self}\n[{len(self)} features]"
        cells = [*map(self._cells, self._shown())]
        cells.insert(SHOWN_ROWS // 2, tuple("..." for _ in self._fields))
        return f"{aligned(self._fields, cells)}\n[{len(self)} features]"

    def _repr_html_(self) -> str:
        """The table for notebooks, shortened in the middle as in `repr`."""
        shown = [self._cells(row) for row in self._shown()]
        if len(self) > SHOWN_ROWS:
            shown.insert(SHOWN_ROWS // 2, tuple("..." for _ in self._fields))
        body = "".join(_html_row("td", row) for row in shown)
        head = _html_row("th", self._fields)
        table = f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"
        return f"{table}<p>{len(self)} features</p>"

    def _shown(self) -> Sequence[FeatureRow]:
        """All rows, or the first and the last ones of many."""
        if len(self) <= SHOWN_ROWS:
            return self._rows
        return (*self._rows[: SHOWN_ROWS // 2], *self._rows[-SHOWN_ROWS // 2 :])

    def _cells(self, row: FeatureRow) -> tuple[str, ...]:
        shown = {**_record(row, self._fields), "value": f"{row.value:.{SHOWN_DIGITS}g}"}
        return tuple(shown.values())


#: Tables by their label or the name of it, or a single one by None.
Tables: TypeAlias = "Mapping[Any, FeatureTable]"


def fields_of(tables: Iterable[FeatureTable]) -> tuple[str, ...]:
    """The columns of the records of several tables together."""
    return _fields([row for table in tables for row in table])


def labelled(tables: Tables) -> Iterator[tuple[FeatureTable, FeatureRow, dict[str, Any]]]:
    """The rows of several tables with their records, the label in front."""
    fields = fields_of(tables.values())
    for label, table in tables.items():
        before = {} if label is None else {LABEL: label}
        for row in table:
            yield table, row, {**before, **_record(row, fields)}


def sheet_of(tables: Tables, *, warnings: bool = False, wide: bool = False) -> Sheet:
    """What a file holds of tables, the label in front.

    It has a row for each feature, or, if `wide`, a row for each table and a column for each
    feature. With `warnings` a column holds their codes, and JSON all of them.
    """
    noticed = [warning._asdict() for table in tables.values() for warning in table.warnings]
    of_json = noticed if warnings else None
    before = () if None in tables else (LABEL,)
    after = (WARNINGS,) if warnings else ()
    if wide:
        names = dict.fromkeys(row.column for table in tables.values() for row in table)
        rows = []
        for label, table in tables.items():
            codes = ";".join(dict.fromkeys(warning.code for warning in table.warnings))
            held = {**dict.fromkeys(names, math.nan), **table.to_dict()}
            rows.append({LABEL: label, **held, WARNINGS: codes})
        return Sheet((*before, *names, *after), rows, of_json)
    rows = []
    for table, row, record in labelled(tables):
        codes = ";".join(dict.fromkeys(table._codes(row))) if warnings else ""
        rows.append({**record, WARNINGS: codes})
    return Sheet((*before, *fields_of(tables.values()), *after), rows, of_json)


def aligned(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows of text in columns of even width; a column called "value" is flush right."""
    lines = [tuple(header), *map(tuple, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]

    def line(cells: tuple[str, ...]) -> str:
        padded = (
            cell.rjust(width) if name == "value" else cell.ljust(width)
            for name, cell, width in zip(header, cells, widths, strict=True)
        )
        return "  ".join(padded).rstrip()

    return "\n".join(map(line, lines))


def _html_row(tag: str, cells: Iterable[str]) -> str:
    import html

    return f"<tr>{''.join(f'<{tag}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"


def _same(one: FeatureRow, other: FeatureRow) -> bool:
    """Whether two rows are equal, NaN being equal to NaN."""
    if math.isnan(one.value) and math.isnan(other.value):
        one, other = one._replace(value=0.0), other._replace(value=0.0)
    return one == other


def _status(value: float, reason: str) -> str:
    if reason.startswith(FAILED):
        return FAILED
    return "undefined" if math.isnan(value) else "ok"


def _fields(rows: Sequence[FeatureRow]) -> tuple[str, ...]:
    """The columns of the records of rows."""
    several = (DISCRETISATION,) if any(row.discretisation for row in rows) else ()
    reasons = (REASON,) if any(row.status == FAILED for row in rows) else ()
    return (*FIELDS, *several, *reasons)


def _record(row: FeatureRow, fields: Iterable[str]) -> dict[str, Any]:
    return {field: getattr(row, field) for field in fields}

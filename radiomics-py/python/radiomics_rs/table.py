"""The result of an extraction."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

FIELDS = ("image", "family", "feature", "ibsi_id", "aggregation", "value", "status")
# Only tables of several discretisations have this one.
DISCRETISATION = "discretisation"
SHOWN_DIGITS = 7
SHOWN_ROWS = 20


class FeatureRow(NamedTuple):
    """One feature value."""

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
    """"ok" or "undefined"."""
    discretisation: str = ""
    """Which of several discretisations it is of, such as "bin_width_25" or "bin_number_32"; empty
    if the settings have one alone, or if the feature does not depend on it."""

    def record(self) -> dict[str, Any]:
        """The fields as a dict, without the column name, and without an empty discretisation."""
        return _record(self, (*FIELDS, DISCRETISATION) if self.discretisation else FIELDS)


class FeatureTable(Sequence[FeatureRow]):
    """Feature values, a sequence of `FeatureRow`.

    The rows come image by image: those of the shape, then those of each filter's response in
    catalogue order. A family that depends on the discretisation has its rows once for each of
    several, in the order of the settings.
    """

    def __init__(self, rows: Iterable[FeatureRow]) -> None:
        """A table of rows."""
        self._rows = tuple(rows)
        several = any(row.discretisation for row in self._rows)
        self._fields = (*FIELDS, DISCRETISATION) if several else FIELDS

    def to_dict(self) -> dict[str, float]:
        """Column name to value; undefined values are NaN."""
        return {row.column: row.value for row in self._rows}

    def records(self) -> list[dict[str, Any]]:
        """A dict a row: image, family, feature, ibsi_id, aggregation, value, status.

        With several discretisations there is one more, discretisation, which is empty for features
        that do not depend on it.
        """
        return [_record(row, self._fields) for row in self._rows]

    def to_pandas(self) -> pd.DataFrame:
        """A data frame, one row a feature, with the columns of `records`.

        Raises ImportError if pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise ImportError(
                "to_pandas needs pandas: `pip install pandas`, or use records()"
            ) from error
        return pd.DataFrame(self.records(), columns=list(self._fields))

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write a CSV file of the columns of `records`, values at full precision, NaN as NaN."""
        with Path(path).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self._fields)
            for row in self._rows:
                value = "NaN" if math.isnan(row.value) else repr(row.value)
                writer.writerow({**_record(row, self._fields), "value": value}.values())

    def to_json(self, path: str | os.PathLike[str]) -> None:
        """Write a JSON file, an array of the `records`.

        JSON has no NaN and no infinity: both become null.
        """
        records = self.records()
        for record in records:
            if not math.isfinite(record["value"]):
                record["value"] = None
        text = json.dumps(records, indent=1, ensure_ascii=False, allow_nan=False)
        Path(path).write_text(text + "\n", encoding="utf-8")

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[FeatureRow]:
        return iter(self._rows)

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return FeatureTable(self._rows[index])
        return self._rows[index]

    def __str__(self) -> str:
        return aligned(self._fields, map(self._cells, self._rows))

    def __repr__(self) -> str:
        if len(self) <= SHOWN_ROWS:
            return f"{self}\n[{len(self)} features]"
        head, tail = self._rows[: SHOWN_ROWS // 2], self._rows[-SHOWN_ROWS // 2 :]
        dots = tuple("..." for _ in self._fields)
        cells = [*map(self._cells, head), dots, *map(self._cells, tail)]
        return f"{aligned(self._fields, cells)}\n[{len(self)} features]"

    def _cells(self, row: FeatureRow) -> tuple[str, ...]:
        shown = {**_record(row, self._fields), "value": f"{row.value:.{SHOWN_DIGITS}g}"}
        return tuple(shown.values())


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


def _record(row: FeatureRow, fields: Iterable[str]) -> dict[str, Any]:
    return {field: getattr(row, field) for field in fields}

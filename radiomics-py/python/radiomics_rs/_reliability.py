"""The result of `icc`: how reliable each feature is."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, overload

from radiomics_rs._tabular import Tabular
from radiomics_rs.io.writing import text_file
from radiomics_rs.table import SHOWN_DIGITS, SHOWN_ROWS, aligned


class Reliability(NamedTuple):
    """Intraclass correlations of a feature with their bounds; NaN where undefined."""

    feature: str
    """Name of the column."""
    icc_1_1: float
    """ICC(1,1), one-way random effects: each case has raters of its own."""
    icc_1_1_low: float
    """Its lower confidence bound."""
    icc_1_1_high: float
    """Its upper confidence bound."""
    icc_2_1: float
    """ICC(2,1), two-way random effects, absolute agreement: shifts between raters count."""
    icc_2_1_low: float
    """Its lower confidence bound."""
    icc_2_1_high: float
    """Its upper confidence bound."""
    icc_3_1: float
    """ICC(3,1), two-way mixed effects, consistency: shifts between raters do not count."""
    icc_3_1_low: float
    """Its lower confidence bound."""
    icc_3_1_high: float
    """Its upper confidence bound."""
    n: int
    """Number of cases that have a finite value of every rater; no others count."""
    k: int
    """Number of raters."""


class ReliabilityTable(Tabular, Sequence[Reliability]):
    """Reliabilities in the order of the features, and by name: `found["glcm_contrast"].icc_2_1`."""

    def __init__(self, rows: Iterable[Reliability]) -> None:
        """A table of rows."""
        self._rows = tuple(rows)

    def keys(self) -> list[str]:
        """The names of the features, in order."""
        return [row.feature for row in self._rows]

    def _columns(self) -> tuple[str, ...]:
        return Reliability._fields

    def records(self) -> list[dict[str, Any]]:
        """A dict a feature, with the fields of `Reliability`."""
        return [row._asdict() for row in self._rows]

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write a CSV file of the fields of `Reliability`, numbers at full precision, NaN as nan.

        Raises OSError; what stood there before is then left as it was.
        """
        with text_file(path) as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(Reliability._fields)
            writer.writerows(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Reliability]:
        return iter(self._rows)

    @overload
    def __getitem__(self, index: int | str) -> Reliability: ...
    @overload
    def __getitem__(self, index: slice) -> ReliabilityTable: ...

    def __getitem__(self, index: int | str | slice) -> Any:
        """The row at a place or of a feature, or a table of several."""
        if isinstance(index, str):
            for row in self._rows:
                if row.feature == index:
                    return row
            import difflib

            near = difflib.get_close_matches(index, self.keys(), 1, 0.4)
            raise KeyError(
                f"there is no feature {index!r}" + "".join(f"; did you mean {n!r}?" for n in near)
            )
        if isinstance(index, slice):
            return ReliabilityTable(self._rows[index])
        return self._rows[index]

    def __repr__(self) -> str:
        shown = [tuple(map(_cell, row)) for row in self._rows]
        if len(shown) > SHOWN_ROWS:
            half = SHOWN_ROWS // 2
            shown = [*shown[:half], tuple("..." for _ in Reliability._fields), *shown[-half:]]
        return f"{aligned(Reliability._fields, shown)}\n[{len(self)} features]"


def _cell(value: Any) -> str:
    return f"{value:.{SHOWN_DIGITS}g}" if isinstance(value, float) else str(value)

"""The tables of perturbed cases: how stable each feature is, and if asked for all values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from radiomics_rs import _core
from radiomics_rs._reliability import Reliability
from radiomics_rs.cohort.collect import Collector
from radiomics_rs.cohort.columns import REAL, SAID, TEXT, WHOLE
from radiomics_rs.cohort.records import Reader
from radiomics_rs.cohort.report import record_of
from radiomics_rs.cohort.stability import Stability
from radiomics_rs.cohort.tables import Row
from radiomics_rs.cohort.work import FAILURE, OK

PERTURBATION, DROPPED = "perturbation", "dropped"
#: Kinds of tables beside that of the cases.
STABILITY, PERTURBED = "stability", "perturbed"
CONFIDENCE = 0.95
#: Bytes of the values that are in memory at a time.
MOST_BYTES = 1 << 28
#: Fewest cases that can differ.
LEAST = 2


class Plain(NamedTuple):
    """Names and types of the columns of a table."""

    names: list[str]
    cell_types: list[str]


def beside(out: Path, kind: str) -> Path:
    """The path of a table beside that of a cohort: `table.stability.csv` beside `table.csv`."""
    return out.with_name(f"{out.stem}.{kind}{out.suffix}")


def long_columns(case_id: str, values: Sequence[str]) -> Plain:
    """The columns of the table of all values; cases have theirs called as in their own table."""
    said = [case_id, PERTURBATION, *SAID]
    return Plain([*said, *values], [TEXT] * len(said) + [REAL] * len(values))


def long_rows(
    collector: Collector, reader: Reader, stability: Stability, n_values: int
) -> Iterator[Row]:
    """A row for each case and perturbation."""
    empty = [math.nan] * n_values
    for case in collector.cases:
        record = record_of(collector, reader, case.place)
        error = record.get("error", "")
        found = {} if error else record["perturbed"]
        for place, name in enumerate(stability.names):
            why = error or found["errors"].get(name, "")
            codes = "" if error else found["codes"][place]
            values = empty if error else found["values"][place]
            yield [case.case_id, name, FAILURE if why else OK, why, codes, *values]


def icc_columns() -> Plain:
    """The columns of the table of features."""
    counts = ("n", "k")
    numbers = [name for name in Reliability._fields[1:] if name not in counts]
    return Plain(
        [*Reliability._fields, DROPPED],
        [TEXT, *[REAL] * len(numbers), *[WHOLE] * (len(counts) + 1)],
    )


def icc_rows(
    collector: Collector, reader: Reader, stability: Stability, names: Sequence[str], folder: Path
) -> Iterator[Row]:
    """A row a feature: what `icc` says of it, and how many cases do not count."""
    aside = folder / "perturbed.part"
    raters = len(stability.names)
    shape = (len(collector.cases) * raters, len(names))
    values: npt.NDArray[np.float64] | None = None
    try:
        values = np.memmap(aside, np.float64, "w+", shape=shape)
        subjects = _taken(collector, reader, values, raters)
        rows = len(subjects) * raters
        step = max(1, MOST_BYTES // (8 * max(rows, 1)))
        for first in range(0, len(names), step):
            some = names[first : first + step]
            part = np.ascontiguousarray(values[:rows, first : first + step].T)
            for name, (kinds, n) in zip(some, _icc(part, subjects, stability.names), strict=True):
                yield [name, *kinds, n, raters, len(collector.cases) - n]
    finally:
        # A file that is mapped cannot be deleted everywhere.
        del values
        aside.unlink(missing_ok=True)


def _taken(
    collector: Collector, reader: Reader, values: npt.NDArray[np.float64], raters: int
) -> list[str]:
    """Put the values of the cases that were computed into rows; returns their ids."""
    subjects: list[str] = []
    for case in collector.cases:
        record = record_of(collector, reader, case.place)
        if "error" in record:
            continue
        at = len(subjects) * raters
        values[at : at + raters] = record["perturbed"]["values"]
        subjects.append(case.case_id)
    return subjects


def _icc(
    values: npt.NDArray[np.float64], subjects: list[str], raters: Sequence[str]
) -> list[tuple[list[Any], int]]:
    """ICCs with bounds, and the number of cases, of features (feature, case and perturbation)."""
    if len(subjects) < LEAST:
        nothing = [math.nan] * (len(Reliability._fields) - 3)
        counts: npt.NDArray[Any] = np.zeros(len(values))
        if subjects:
            counts = np.all(np.isfinite(values), axis=1)
        return [(nothing, int(count)) for count in counts]
    of_rows = [name for name in subjects for _ in raters]
    raters_of_rows = [*raters] * len(subjects)
    found = _core.icc(values, of_rows, raters_of_rows, confidence=CONFIDENCE, threads=0)
    return [(kinds, n) for kinds, n, _ in found]

"""The table of a cohort as it is read back, with the report of its run if there is one."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from radiomics_rs._core import ReadError, SettingsError
from radiomics_rs.cohort.cases import Case, cases_of, layout_of
from radiomics_rs.cohort.columns import CASE_ID, OF_ALL, SAID
from radiomics_rs.cohort.dates import text_of
from radiomics_rs.cohort.run import Cohort
from radiomics_rs.cohort.sources import Source, source_of
from radiomics_rs.cohort.work import FAILURE, OK
from radiomics_rs.io.errors import check_table

#: What ends the name of a column of hashes.
HASH = "_sha256"
KINDS = "the path of a .csv, .parquet or .jsonl file, a Cohort, or a data frame of its columns"


@dataclass(frozen=True)
class Read:
    """A table of cases and features."""

    what: str
    """What the page calls the table."""
    path: Path | None
    """Where it is; None for a data frame."""
    ids: list[str]
    """Of the cases, in the order of the table, as all lists and arrays are."""
    errors: list[str]
    """Why nothing could be computed; empty for a case that was."""
    codes: list[list[str]]
    """Codes of the warnings."""
    cases: list[Case]
    """Images, masks and regions; none if the table does not have these columns."""
    folder: str
    """Where relative paths begin."""
    features: list[str]
    """Names of the columns of numbers."""
    values: npt.NDArray[np.float64]
    """Cases by features; NaN where undefined."""
    run: dict[str, Any] | None
    """The report of the run, if it is there."""
    changed: bool
    """Whether the table is another one than the run has left."""

    @property
    def sound(self) -> npt.NDArray[np.intp]:
        """Places of the cases that were computed."""
        return np.array([k for k, error in enumerate(self.errors) if not error], dtype=np.intp)

    def told(self) -> list[dict[str, Any]]:
        """What the run says of each case; empty where it says nothing."""
        of_run = [] if self.run is None else self.run.get("cases", [])
        by_id = {case.get(CASE_ID): case for case in of_run if isinstance(case, dict)}
        return [by_id.get(name, {}) for name in self.ids]


def read(table: Any) -> Read:
    """The table that an argument stands for.

    Raises ReadError for one that `extract_cohort` did not write, TypeError for another kind of
    argument, OSError, or ImportError for a Parquet file without pyarrow.
    """
    path = None
    if isinstance(table, Cohort):
        path = table.out
    elif isinstance(table, str | os.PathLike):
        path = Path(table)
    elif not hasattr(table, "columns"):
        raise TypeError(f"the table is of type {type(table).__name__}: give {KINDS}")
    source = source_of(table) if path is None else _of_file(path)
    run = None if path is None else _run(path.with_name(f"{path.name}.run.json"))
    first = _said(source)
    folder = source.folder if run is None else str(run.get("folder", source.folder))
    given = Source(source.names[:first], [row[:first] for row in source.rows], folder, source.what)
    id_at, error_at = source.names.index(CASE_ID) if CASE_ID in given.names else None, first + 1
    cases = _cases(given)
    ids = [_id(place, row, id_at, cases) for place, row in enumerate(source.rows)]
    places = [
        place
        for place in range(first + len(SAID), len(source.names))
        if source.names[place] not in OF_ALL and not source.names[place].endswith(HASH)
    ]
    return Read(
        what=source.what if path is None else path.name,
        path=path,
        ids=ids,
        errors=[_error(row, first, error_at) for row in source.rows],
        codes=[[c for c in str(row[first + 2] or "").split(";") if c] for row in source.rows],
        cases=cases,
        folder=folder,
        features=[source.names[place] for place in places],
        values=_values(source, places),
        run=run,
        changed=path is not None and run is not None and run.get("table_sha256") != _sha256(path),
    )


def _id(place: int, row: Sequence[Any], at: int | None, cases: list[Case]) -> str:
    if at is not None and row[at] is not None:
        return text_of(row[at])
    return cases[place].case_id if cases else f"row {place + 1}"


def _error(row: Sequence[Any], status: int, error: int) -> str:
    """Why a case does not count as computed; empty for one that does."""
    state = row[status]
    if state == OK:
        return ""
    if state == FAILURE:
        return str(row[error] or FAILURE)
    said = "empty" if state is None else repr(state)
    return f"its status is {said}, neither {OK} nor {FAILURE}"


def _of_file(path: Path) -> Source:
    ending = path.suffix.lower()
    if ending in (".csv", ".parquet"):
        return source_of(path)
    if ending != ".jsonl":
        raise ReadError(f"cannot read {path}: give {KINDS}")
    return of_lines(path)


def of_lines(path: Path) -> Source:
    """The rows of a file of JSON lines; raises ReadError or OSError."""
    check_table(path)
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise ReadError(f"cannot read {path}: line {number} is no JSON object")
        rows.append(row)
    found = source_of(rows)
    return Source(found.names, found.rows, os.path.dirname(os.path.abspath(path)), str(path))  # noqa: PTH100, PTH120


def _said(source: Source) -> int:
    """Where the columns are that say what became of a case; the numbers come after them."""
    for place in range(len(source.names) - len(SAID) + 1):
        if tuple(source.names[place : place + len(SAID)]) == SAID:
            return place
    raise ReadError(
        f"{source.what} is no table of a cohort: it lacks the columns {', '.join(SAID)}, one after "
        "another; give a table that `extract_cohort` or `radiomics-rs batch` has written"
    )


def _cases(given: Source) -> list[Case]:
    try:
        return cases_of(given, layout_of(given))
    except SettingsError:
        # Columns may have been taken away since: then there is nothing to draw.
        return []


def _values(source: Source, places: list[int]) -> npt.NDArray[np.float64]:
    values = np.empty((len(source.rows), len(places)))
    for row, cells in enumerate(source.rows):
        try:
            values[row] = [np.nan if cells[p] is None else float(cells[p]) for p in places]
        except (TypeError, ValueError):
            _refuse(source, row, places)
    return values


def _refuse(source: Source, row: int, places: list[int]) -> None:
    for place in places:
        cell = source.rows[row][place]
        try:
            float(0 if cell is None else cell)
        except (TypeError, ValueError):
            raise ReadError(
                f"{source.what}: {source.where(row)} has {cell!r} in the column "
                f"{source.names[place]!r}, where numbers are: put columns of your own in front of "
                "`status`"
            ) from None


def _run(path: Path) -> dict[str, Any] | None:
    """The report of a run; None if there is none, ReadError if it is damaged."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        told = json.loads(data)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise ReadError(f"cannot read {path}: it is no report of a run; delete it, or run again")
    return told


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

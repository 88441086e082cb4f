"""Where cases come from: files and tables in memory, as rows of named cells."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from radiomics_rs._core import ReadError, SettingsError
from radiomics_rs._simpleitk import is_image
from radiomics_rs.cohort.dates import plain
from radiomics_rs.io import Volume
from radiomics_rs.io.errors import check_table

#: What may stand between the cells of a text, and what it is called.
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
#: What spreadsheets write in front of a text.
WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
KINDS = "a .csv or .parquet file, a data frame of pandas or polars, or a list of mappings"


@dataclass(frozen=True)
class Source:
    """Cases as they are given."""

    names: list[str]
    """Names of the columns."""
    rows: list[tuple[Any, ...]]
    """Cells, None for what is missing."""
    folder: str
    """Where relative paths begin."""
    what: str
    """What messages call it."""
    lines: list[int] | None = None
    """The line of each row, of a file of text."""
    short: str = ""
    """What is wrong with the first line that has fewer cells than the header, if there is one."""

    def where(self, place: int) -> str:
        """What messages call a row."""
        return f"row {place + 1}" if self.lines is None else f"line {self.lines[place]}"


def source_of(cases: Any) -> Source:
    """The cases that an argument stands for.

    Raises ReadError for a file that holds no cases, SettingsError for columns that cannot be,
    OSError, or TypeError for what is none of the kinds.
    """
    if isinstance(cases, str | os.PathLike):
        source = _of_file(Path(cases))
    elif hasattr(cases, "to_dicts") and hasattr(cases, "columns"):
        source = _of_mappings(cases.to_dicts(), list(cases.columns), "the data frame")
    elif hasattr(cases, "to_dict") and hasattr(cases, "columns"):
        frame = _with_index(cases)
        source = _of_mappings(frame.to_dict("records"), list(frame.columns), "the data frame")
    elif isinstance(cases, Iterable) and not isinstance(cases, Mapping | bytes):
        source = _of_list(cases)
    else:
        raise TypeError(f"cases are of type {type(cases).__name__}: give {KINDS}")
    if not source.rows:
        raise ReadError(f"{source.what} holds no cases: give at least one row")
    twice = sorted({name for name in source.names if source.names.count(name) > 1})
    if twice:
        raise SettingsError(f"{source.what} has the column {twice[0]!r} twice: rename one")
    return source


def _with_index(frame: Any) -> Any:
    """A data frame of pandas whose index is among its columns, where it has a name."""
    names = getattr(getattr(frame, "index", None), "names", None) or []
    own = [name for name in names if isinstance(name, str) and name not in frame.columns]
    return frame.reset_index(level=own) if own else frame


def _of_file(path: Path) -> Source:
    check_table(path, "table of cases")
    folder = os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120 links stay as they are
    if path.suffix.lower() == ".parquet":
        names, rows = _parquet(path)
        return Source(names, rows, folder, str(path))
    return _of_text(path, folder)


def _parquet(path: Path) -> tuple[list[str], list[tuple[Any, ...]]]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ImportError(f"{path} needs pyarrow: `pip install pyarrow`, or give CSV") from error
    with path.open("rb") as stream:
        try:
            table = pq.read_table(stream)
        except pa.ArrowException as error:
            raise ReadError(f"cannot read {path}: it is no whole Parquet file") from error
    columns = [column.to_pylist() for column in table.columns]
    rows = [tuple(map(_cell, row)) for row in zip(*columns, strict=True)]
    return list(table.column_names), rows


def _of_text(path: Path, folder: str) -> Source:
    data = path.read_bytes()
    try:
        text = data.decode("utf-16" if data.startswith(WIDE_MARKS) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ReadError(
            f"cannot read {path}: line {line} is no UTF-8; save it as CSV UTF-8"
        ) from None
    separator = _separator(text)
    first = text.split("\n", 1)[0].strip()
    skip = 1 if first.lower() == f"sep={separator}" else 0
    names: list[str] = []
    rows, lines, short = [], [], ""
    for line, cells in _lines(path, text, separator):
        if line <= skip or not any(cell.strip() for cell in cells):
            continue
        if not names:
            names = [cell.strip() for cell in cells]
            continue
        if len(cells) > len(names):
            remedy = f"put a cell with a {SEPARATORS[separator]} in quotes"
            raise ReadError(_unequal(path, line, cells, names, remedy))
        # What has no name need not be there.
        if any(names[len(cells) :]) and not short:
            remedy = "leave the cell empty where there is nothing to say"
            short = _unequal(path, line, cells, names, remedy)
        cells += [""] * (len(names) - len(cells))
        rows.append(tuple(cell if cell.strip() else None for cell in cells))
        lines.append(line)
    return Source(names, rows, folder, str(path), lines, short)


def _unequal(path: Path, line: int, cells: list[str], names: list[str], remedy: str) -> str:
    return (
        f"cannot read {path}: line {line} has {len(cells)} cells and the header {len(names)}; "
        f"{remedy}"
    )


def _lines(path: Path, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a text with the lines in which they end.

    Raises ReadError for a quote without an end, which would swallow the rows behind it.
    """
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=separator)
    began = 0

    def check() -> None:
        of_row = lines[began : reader.line_num]
        # Only the last row can end within quotes that stand in one line.
        if len(of_row) > 1 or reader.line_num == len(lines):
            at = _open_quote(of_row, separator)
            if at is not None:
                raise ReadError(
                    f"cannot read {path}: the quote that begins in line {began + at + 1} has no "
                    "end where its cell has one: close it, or leave it out"
                )

    try:
        for cells in reader:
            check()
            began = reader.line_num
            yield began, cells
    except csv.Error as error:
        check()
        raise ReadError(f"cannot read {path}: line {reader.line_num}: {error}") from None


def _open_quote(lines: list[str], separator: str) -> int | None:
    """In which line of a row, from 0, a quote begins that no quote before the end of a cell ends.

    None if there is none. What stands behind a quote in one line is a slip of the pen; behind one
    that has reached over lines it is another cell, whose quote has been taken for the end.
    """
    began, state = 0, "before"
    for number, line in enumerate(lines):
        for character in line:
            is_quote, is_end = character == '"', character in (separator, "\r", "\n")
            if state == "inside":
                state = "behind" if is_quote else state
            elif is_end:
                state = "before"
            elif is_quote and state != "plain":
                began = number if state == "before" else began
                state = "inside"
            elif state == "behind" and number > began and character != " ":
                return began
            else:
                state = "plain"
    return began if state == "inside" else None


def _separator(text: str) -> str:
    """What stands between cells: what the first line says, or has most of."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.lower().startswith("sep=") and first[4:5] in SEPARATORS:
        return first[4]
    return max(SEPARATORS, key=first.count)


def _of_list(cases: Iterable[Any]) -> Source:
    rows = list(cases)
    names: dict[str, None] = {}
    for place, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise TypeError(f"case {place + 1} is of type {type(row).__name__}: give {KINDS}")
        names.update(dict.fromkeys(row))
    return _of_mappings(rows, list(names), "the list of cases")


def _of_mappings(rows: list[Any], names: list[Any], what: str) -> Source:
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"{what} has a column called {name!r}: give names that are text")
    cells = [tuple(_cell(row.get(name)) for name in names) for row in rows]
    return Source(names, cells, os.getcwd(), what)  # noqa: PTH109 as it is called by the system


def _cell(value: Any) -> Any:
    """A cell as plain Python has it: what is missing is None, paths are text, dates stay."""
    if value is None or isinstance(value, bool | int | str):
        return None if value == "" else value
    if getattr(value, "ndim", 0) or isinstance(value, Volume) or is_image(value):
        raise TypeError(
            f"a case has an image in memory, of type {type(value).__name__}: give paths of files"
        )
    if hasattr(value, "item"):
        # A number of NumPy.
        value = plain(value)
        return _cell(value.item() if hasattr(value, "item") else value)
    if isinstance(value, float):
        return None if math.isnan(value) else value
    # Missing values of pandas are equal to nothing, or say so.
    text = os.fspath(value) if isinstance(value, os.PathLike) else str(value)
    if text in ("NaT", "<NA>", ""):
        return None
    return value if isinstance(value, date) else text

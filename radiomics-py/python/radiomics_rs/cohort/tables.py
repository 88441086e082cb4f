"""The table of a cohort: written row by row from the records, and put in its place whole."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from radiomics_rs._aside import aside
from radiomics_rs._core import SettingsError
from radiomics_rs.cohort.columns import REAL, SWITCH, WHOLE
from radiomics_rs.cohort.dates import arrow_type, text_of

#: What becomes of characters that names of files have and texts have not.
UNKNOWN = "backslashreplace"
#: Rows of a Parquet file that are in memory at a time.
GROUP = 500


class Columns(Protocol):
    """What a table has to say of its columns."""

    @property
    def names(self) -> list[str]:
        """What they are called."""

    @property
    def cell_types(self) -> list[str]:
        """What their cells are."""


Row: TypeAlias = "list[Any]"
Write: TypeAlias = "Callable[[Path, Columns, Iterable[Row]], None]"


def writer_of(path: Path) -> Write:
    """What writes a table, by the ending of its name; raises SettingsError or ImportError."""
    ending = path.suffix.lower()
    if ending not in WRITERS:
        raise SettingsError(
            f"out is {path}: the name of the table must end in {', '.join(WRITERS)}"
        )
    if ending == ".parquet":
        # Before the work, not after it.
        try:
            import pyarrow.parquet  # noqa: F401
        except ImportError as error:
            raise ImportError(
                f"{path} needs pyarrow: `pip install pyarrow`, or give .csv or .jsonl"
            ) from error
    return WRITERS[ending]


@contextmanager
def in_place(path: Path, folder: Path) -> Iterator[Path]:
    """A path in `folder` to write to, whose file is flushed and takes the place of `path`."""
    made = folder / f"{path.name}.part"
    yield made
    with made.open("rb+") as stream:
        aside(lambda: os.fsync(stream.fileno()))
    try:
        made.replace(path)
    except OSError as error:
        # Two names are said, and the first is nobody's but ours.
        raise OSError(error.errno, error.strerror, str(path)) from error


def _csv(path: Path, columns: Columns, rows: Iterable[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8", errors=UNKNOWN) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns.names)
        # Numbers are most cells, and `csv` itself writes each as `repr` does.
        writer.writerows(
            [cell if type(cell) is float and cell == cell else _text(cell) for cell in row]
            for row in rows
        )


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return "NaN" if math.isnan(cell) else repr(cell)
    return "" if cell is None else text_of(cell)


def _jsonl(path: Path, columns: Columns, rows: Iterable[Row]) -> None:
    names = columns.names
    with path.open("w", newline="", encoding="utf-8", errors=UNKNOWN) as file:
        for row in rows:
            record = dict(zip(names, map(_of_json, row), strict=True))
            file.write(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n")


def _of_json(cell: Any) -> Any:
    """A cell as JSON has it, which has no NaN and no infinity: these are null and a text."""
    if isinstance(cell, date):
        return text_of(cell)
    if not isinstance(cell, float) or math.isfinite(cell):
        return cell
    return None if math.isnan(cell) else repr(cell)


def _parquet(path: Path, columns: Columns, rows: Iterable[Row]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {WHOLE: pa.int64(), REAL: pa.float64(), SWITCH: pa.bool_()}
    all_types = [types.get(k) or arrow_type(k) or pa.string() for k in columns.cell_types]
    schema = pa.schema(list(zip(columns.names, all_types, strict=True)))
    held: list[Row] = []

    def write(writer: Any) -> None:
        arrays = [
            pa.array([_of_type(cell, kind) for cell in cells], kind)
            for cells, kind in zip(zip(*held, strict=True), all_types, strict=True)
        ]
        writer.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=GROUP)
        held.clear()

    def _of_type(cell: Any, kind: Any) -> Any:
        if cell is None:
            return None
        return text_of(cell).encode("utf-8", UNKNOWN).decode() if kind == pa.string() else cell

    with pq.ParquetWriter(path, schema) as writer:
        for row in rows:
            held.append(row)
            if len(held) == GROUP:
                write(writer)
        if held:
            write(writer)


WRITERS: dict[str, Write] = {".csv": _csv, ".parquet": _parquet, ".jsonl": _jsonl}

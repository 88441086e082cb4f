"""Rows of named cells as files, by the ending of the name, and as tables of other libraries."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from radiomics_rs.io.writing import beside, text_file

if TYPE_CHECKING:
    import pyarrow as pa

#: The key of JSON, and the column of other files, that holds warnings.
WARNINGS = "warnings"
FEATURES = "features"


class Sheet(NamedTuple):
    """Rows of named cells: text, whole numbers and floats."""

    columns: tuple[str, ...]
    """Names of the columns, which all rows have."""
    rows: list[dict[str, Any]]
    """The rows, by column."""
    noticed: list[dict[str, Any]] | None = None
    """What a JSON file has beside the rows, if it is to have that."""

    def cells(self, column: str) -> list[Any]:
        """A column whose cells are all of one kind: text, if they are not otherwise."""
        cells = [row[column] for row in self.rows]
        kinds = {type(cell) for cell in cells}
        if kinds <= {int} or kinds <= {int, float} or kinds <= {str}:
            return cells
        return [str(cell) for cell in cells]


def write(sheet: Sheet, path: str | os.PathLike[str]) -> None:
    """Write a file of the kind that the ending of its name says, which is one of `WRITERS`.

    Raises OSError, after which what stood there before is as it was, or ImportError.
    """
    WRITERS[ending_of(path)](sheet, path)


def check_writer(path: str | os.PathLike[str]) -> None:
    """Raise ImportError, before the work, if what writes such a file is not installed."""
    if ending_of(path) == ".parquet":
        to_arrow(Sheet((), []), os.fspath(path))


def ending_of(path: str | os.PathLike[str]) -> str:
    """The ending of a name, as `WRITERS` has it."""
    return Path(path).suffix.lower()


def write_lines(sheet: Sheet, stream: TextIO, separator: str = ",") -> None:
    """Write lines of cells with separators: numbers of all digits, NaN as NaN."""
    writer = csv.writer(stream, lineterminator="\n", delimiter=separator)
    writer.writerow(sheet.columns)
    writer.writerows([_text(row[column]) for column in sheet.columns] for row in sheet.rows)


def to_arrow(sheet: Sheet, what: str) -> pa.Table:
    """An Arrow table; `what` asks for it. Raises ImportError if pyarrow is not installed."""
    try:
        import pyarrow as pa
    except ImportError as error:
        raise ImportError(
            f"{what} needs pyarrow: `pip install radiomics-rs[parquet]`, or use records()"
        ) from error
    return pa.table({column: pa.array(sheet.cells(column)) for column in sheet.columns})


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return "NaN" if math.isnan(cell) else repr(cell)
    return str(cell)


def _objects(sheet: Sheet, columns: Iterable[str]) -> list[dict[str, Any]]:
    """The rows as JSON has them, which knows neither NaN nor infinity."""

    def known(cell: Any) -> Any:
        return None if isinstance(cell, float) and not math.isfinite(cell) else cell

    columns = tuple(columns)
    return [{column: known(row[column]) for column in columns} for row in sheet.rows]


def write_csv(sheet: Sheet, path: str | os.PathLike[str]) -> None:
    """Write cells with commas between them; raises OSError."""
    with text_file(path) as file:
        write_lines(sheet, file)


def _write_tsv(sheet: Sheet, path: str | os.PathLike[str]) -> None:
    with text_file(path) as file:
        write_lines(sheet, file, "\t")


def write_json(sheet: Sheet, path: str | os.PathLike[str]) -> None:
    """Write an array of objects, or an object with that and what was noticed; raises OSError."""
    if sheet.noticed is None:
        held: Any = _objects(sheet, sheet.columns)
    else:
        rows = _objects(sheet, (column for column in sheet.columns if column != WARNINGS))
        held = {FEATURES: rows, WARNINGS: sheet.noticed}
    import json

    text = json.dumps(held, indent=1, ensure_ascii=False, allow_nan=False)
    with text_file(path) as file:
        file.write(text + "\n")


def _write_jsonl(sheet: Sheet, path: str | os.PathLike[str]) -> None:
    import json

    with text_file(path) as file:
        for row in _objects(sheet, sheet.columns):
            file.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")


def write_parquet(sheet: Sheet, path: str | os.PathLike[str]) -> None:
    """Write a Parquet file; raises OSError, or ImportError if pyarrow is not installed."""
    table = to_arrow(sheet, os.fspath(path))
    import pyarrow.parquet as pq

    with beside(path) as place:
        pq.write_table(table, place)


def _write_xlsx(sheet: Sheet, path: str | os.PathLike[str]) -> None:
    """A workbook of one sheet, which is so little that it needs no library."""
    import zipfile

    lines = [dict(zip(sheet.columns, sheet.columns, strict=True)), *sheet.rows]
    body = "".join(_xlsx_row(line[column] for column in sheet.columns) for line in lines)
    with beside(path) as place, zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _XLSX.items():
            archive.writestr(name, _XML + text.replace("ROWS", body))


def _xlsx_row(cells: Iterable[Any]) -> str:
    return f"<row>{''.join(map(_xlsx_cell, cells))}</row>"


def _xlsx_cell(cell: Any) -> str:
    if isinstance(cell, int | float) and math.isfinite(cell):
        return f"<c><v>{cell!r}</v></c>"
    # A workbook has no NaN: the cell is empty.
    text = "" if isinstance(cell, float) and math.isnan(cell) else str(cell)
    if not text:
        return "<c/>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{_escaped(text)}</t></is></c>'


def _escaped(text: str) -> str:
    import html

    return html.escape(text, quote=False)


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SCHEMA = "http://schemas.openxmlformats.org"
_MAIN, _TYPES = f"{_SCHEMA}/spreadsheetml/2006/main", "application/vnd.openxmlformats-"
_OFFICE, _OF_PACKAGE = f"{_SCHEMA}/officeDocument/2006/relationships", f"{_SCHEMA}/package/2006"
_SHEET_TYPE = f"{_TYPES}officedocument.spreadsheetml"
#: The files in a workbook, ECMA-376.
_XLSX = {
    "[Content_Types].xml": f'<Types xmlns="{_OF_PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="{_TYPES}package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/sheet.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_OF_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="features" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_OF_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="sheet.xml"/></Relationships>',
    "xl/sheet.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>ROWS</sheetData></worksheet>',
}

#: What writes a file, by the ending of its name.
WRITERS: dict[str, Callable[[Sheet, str | os.PathLike[str]], None]] = {
    ".csv": write_csv,
    ".tsv": _write_tsv,
    ".json": write_json,
    ".jsonl": _write_jsonl,
    ".parquet": write_parquet,
    ".xlsx": _write_xlsx,
}

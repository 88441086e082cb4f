"""The compliance sheet of IBSI 1, which authors hand in with a paper, filled with our values."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from radiomics_rs._compliance_tags import tag
from radiomics_rs._core import ReadError

#: Columns of the sheet; the form that IBSI hands out has more of them, in any order.
COLUMNS = (
    "data_set",
    "family",
    "image_biomarker",
    "ibsi_id",
    "tag",
    "benchmark_value",
    "tolerance",
    "your_result",
    "inside",
)
#: The data sets of IBSI 1 as the sheet calls them.
DATA_SETS = {"digital_phantom": "digital phantom"} | {
    f"ct_{x}": f"configuration {x}" for x in "ABCDE"
}


def write_sheet(records: Iterable[dict[str, Any]], path: str | os.PathLike[str]) -> int:
    """Fill the form that stands at `path`, or make a workbook with a sheet a data set.

    Args:
        records: those of a `Verification`; what is not of IBSI 1 is left out.
        path: an .xlsx file. If it is there and a sheet of it has the columns `tag` and
            `your_result`, as IBSI's form, its results are filled in and all else stays.

    Returns:
        The number of values written.

    Raises:
        ReadError: the file is there and is no such form.
        ImportError: openpyxl is not installed.
    """
    openpyxl = _openpyxl()
    values: dict[tuple[str, str], dict[str, Any]] = {}
    for record in records:
        if record["dataset"] in DATA_SETS:
            name = tag(record["family"], record["feature"], record["aggregation"])
            values[record["dataset"], name] = record
    if Path(path).exists():
        return _fill(openpyxl, values, path)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for dataset, title in DATA_SETS.items():
        rows = [(name, value) for (of, name), value in values.items() if of == dataset]
        if rows:
            _new_sheet(book.create_sheet(title), title, rows)
    book.save(path)
    return len(values)


def _openpyxl() -> Any:
    try:
        import openpyxl
    except ImportError as error:
        raise ImportError(
            "the compliance sheet needs openpyxl: `pip install radiomics-rs[report]`"
        ) from error
    return openpyxl


def _new_sheet(sheet: Any, title: str, rows: list[tuple[str, dict[str, Any]]]) -> None:
    sheet.append(COLUMNS)
    for name, value in rows:
        about = (title, value["family"], value["feature"], value["ibsi_id"], name)
        proof = (value["reference"], value["tolerance"], value["value"], value["inside"])
        sheet.append((*about, *proof))
    sheet.freeze_panes = "A2"


def _fill(openpyxl: Any, values: dict[tuple[str, str], Any], path: str | os.PathLike[str]) -> int:
    book = openpyxl.load_workbook(path)
    written = 0
    forms = 0
    for sheet in book.worksheets:
        heads = {str(cell.value).strip().lower(): cell.column for cell in sheet[1] if cell.value}
        if not {"tag", "your_result"} <= set(heads):
            continue
        forms += 1
        for row in range(2, sheet.max_row + 1):
            name = sheet.cell(row, heads["tag"]).value
            of = sheet.cell(row, heads["data_set"]).value if "data_set" in heads else sheet.title
            value = values.get((_dataset(str(of)), str(name)))
            if value is not None:
                sheet.cell(row, heads["your_result"]).value = value["value"]
                written += 1
    if not forms:
        raise ReadError(
            f"{path} is there already and no sheet of it has the columns tag and your_result: "
            "give the form of IBSI, or a file that is not there yet"
        )
    book.save(path)
    return written


def _dataset(text: str) -> str:
    """Which data set a form means by "digital phantom", "config. A" or "Configuration A"."""
    if "digital" in text.lower():
        return "digital_phantom"
    letter = re.search(r"\b([A-Ea-e])\W*$", text)
    return f"ct_{letter[1].upper()}" if letter else text

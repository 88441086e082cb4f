"""The cases of a batch: tables as spreadsheets and other programs write them."""

from __future__ import annotations

import codecs
import csv
import io
import logging
import os
from typing import NamedTuple

from ._codes import InputError

logger = logging.getLogger("radiomics.script")

#: Columns that mean something, by the lower case of their names.
_COLUMNS = {name.lower(): name for name in ("Image", "Mask", "Label", "Label_channel")}
_REQUIRED = ("Image", "Mask")
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


class Case(NamedTuple):
    """One row of the table."""

    number: int
    """From 1."""
    row: dict[str, str]
    """What the table has, `Image` and `Mask` as whole paths."""
    label: int | None = None
    label_channel: int | None = None
    problem: str = ""
    """Why nothing can be extracted, if that shows already."""


def of_row(number: int, row: dict, where: str) -> Case:
    """The case of a row; `where` says where the row is, for messages."""
    found: dict[str, int | None] = {}
    for column in ("Label", "Label_channel"):
        try:
            found[column] = _whole(row.get(column))
        except ValueError:
            value = row[column]
            problem = f"{where}, column {column}: {value!r} is not a whole number"
            return Case(number, row, problem=problem)
    return Case(number, row, found["Label"], found["Label_channel"])


def _whole(text) -> int | None:
    """A whole number, also as pandas writes those of columns with gaps: 1.0."""
    text = "" if text is None else str(text).strip()
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        number = float(text)
        if not number.is_integer():
            raise ValueError(text) from None
        return int(number)


def read(path: str) -> list[Case]:
    """The cases of a table; rows without image or mask are left out with a warning.

    Raises `InputError` for a file that is no such table.
    """
    text = _text(path)
    names, separator, begin = _header(text, path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    folder = os.path.dirname(os.path.abspath(path))
    cases: list[Case] = []
    try:
        for fields in reader:
            if reader.line_num <= begin or not any(field.strip() for field in fields):
                continue
            case = _case(len(cases) + 1, fields, names, (reader.line_num, separator, folder))
            if case is not None:
                cases.append(case)
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}") from error
    if not cases:
        raise InputError(f"No cases to process... ({path} has no row with an image and a mask)")
    return cases


def _case(number, fields, names, place) -> Case | None:
    line, separator, folder = place
    row = dict(zip(names, fields, strict=False))
    for name in names[len(fields) :]:
        row[name] = ""
    for name in _COLUMNS.values():
        if name in row:
            row[name] = row[name].strip()
    if not row["Image"] or not row["Mask"]:
        logger.warning("Batch L%d: Missing required Image or Mask, skipping this case...", line)
        return None
    for column in _REQUIRED:
        # relative to the table, not to where the command runs
        row[column] = os.path.normpath(os.path.join(folder, row[column]))
    if len(fields) > len(names):
        problem = (
            f"line {line} has {len(fields)} fields and the header {len(names)}: put a field that "
            f"holds a {_SEPARATORS.get(separator, 'separator')} in quotes"
        )
        return Case(number, row, problem=problem)
    return of_row(number, row, f"line {line}")


def _text(path: str) -> str:
    try:
        with open(path, "rb") as table:
            data = table.read()
    except OSError as error:
        raise InputError(f"Cannot read the batch file {path}: {error.strerror}") from error
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        # utf-8-sig: spreadsheets put a mark in front that would become part of the first column's
        # name
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"Cannot read the batch file {path}: line {line} is not UTF-8, save it as CSV UTF-8"
        ) from error


def _header(text: str, path: str) -> tuple[list[str], str, int]:
    """Names of the columns, what separates them, and the line that they are in."""
    lines = text.splitlines()
    line = next((n for n, content in enumerate(lines) if content.strip()), None)
    if line is None:
        raise InputError(f"Cannot read the batch file {path}: it is empty")
    wanted = list(_SEPARATORS)
    if lines[line].lower().startswith("sep=") and len(lines[line]) > 4:
        # What a spreadsheet writes in front for other spreadsheets.
        wanted, line = [lines[line][4]], line + 1
    first = lines[line] if line < len(lines) else ""
    by_separator = {separator: _names(first, separator) for separator in wanted}
    # That one for which most of the required columns are found; of several, the most columns.
    separator = max(
        wanted, key=lambda s: (sum(n in by_separator[s] for n in _REQUIRED), len(by_separator[s]))
    )
    names = by_separator[separator]
    for column in _REQUIRED:
        if column not in names:
            between = _SEPARATORS.get(separator, "separator")
            raise InputError(
                f'Required column "{column}" not present in input, unable to extract features... '
                f"(line {line + 1} of {path} has, with a {between} between them, "
                f"{', '.join(map(repr, names))})"
            )
    twice = [name for name in names if name and names.count(name) > 1]
    if twice:
        raise InputError(f"Column {twice[0]!r} is in line {line + 1} of {path} more than once")
    return names, separator, line + 1


def _names(line: str, separator: str) -> list[str]:
    names = next(csv.reader([line], delimiter=separator), [])
    return [_COLUMNS.get(name.strip().lower(), name.strip()) for name in names]

"""Voxels in files beside their header, as MetaImage and NRRD name them."""

from __future__ import annotations

import re
from pathlib import Path

from radiomics_rs.io.errors import File

#: A name with the number of a slice in it, such as slice%03d.raw.
PATTERN = re.compile(r"[^%]*%\d{0,2}[diu][^%]*")
#: No volume has as many files.
MOST_FILES = 1 << 16


def files_beside(file: File, where: str, lines: list[str], numbers: int, what: str) -> list[str]:
    """The files that hold the voxels, which the header calls `what`, in their order.

    `where` is a name, a pattern with at least `numbers` numbers behind it (first, last, step), or
    LIST, and then `lines` are the names. Raises ReadError for what is none of these, and for files
    that are not there.
    """
    parts = where.split()
    if not parts:
        raise file.error(f"its header names no file with the {what}")
    if parts[0].upper() == "LIST":
        names = [line.strip() for line in lines if line.strip()]
    elif "%" in parts[0] and len(parts) > numbers:
        names = _numbered(file, parts, where, what)
    else:
        names = [where]
    if not names:
        raise file.error(f"its header names no file with the {what}")
    folder = Path(file.name).parent
    paths = [folder / name for name in names]
    for path in paths:
        if not path.is_file():
            raise file.error(
                f"its {what} are in {path}, which does not exist: put the two side by side"
            )
    return [str(path) for path in paths]


def _numbered(file: File, parts: list[str], where: str, what: str) -> list[str]:
    try:
        first, last, *more = (int(number) for number in parts[1:4])
        step = more[0] if more else 1
        numbers = range(first, last + (1 if step > 0 else -1), step)
        is_sound = PATTERN.fullmatch(parts[0]) is not None and len(numbers) <= MOST_FILES
    except (ValueError, OverflowError):
        is_sound = False
    if not is_sound:
        raise file.error(f"its header names its {what} by {where!r}, which is no pattern")
    return [parts[0] % n for n in numbers]


def source_of(file: File, name: str) -> str:
    """What says how long the file `name` should be, for messages."""
    return "its header" if name == file.name else f"of {Path(name).name}, its header"

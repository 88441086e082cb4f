"""MetaImage: whether the voxels that its header announces are there, in the file or beside it."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np

from radiomics_rs.io import streams
from radiomics_rs.io.errors import Checked, File

ENDINGS = (".mha", ".mhd")
#: A header is a few lines; what has none in its first bytes is no MetaImage.
LARGEST_HEADER = 1 << 20
#: NumPy's codes of the types of a voxel's components, by their names.
VOXEL_CODES = {
    "MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2", "MET_INT": "i4",
    "MET_UINT": "u4", "MET_LONG": "i4", "MET_ULONG": "u4", "MET_LONG_LONG": "i8",
    "MET_ULONG_LONG": "u8", "MET_FLOAT": "f4", "MET_DOUBLE": "f8",
}  # fmt: skip
#: Fields by which a reader may make other numbers of the voxels.
RESCALING = ("ElementToIntensityFunctionSlope", "ElementToIntensityFunctionOffset")


def recognises(head: bytes, name: str) -> bool:
    """Whether a file is a MetaImage, by its name or its first line."""
    return name.lower().endswith(ENDINGS) or head.startswith((b"ObjectType", b"NDims"))


def check(file: File) -> Checked:
    """Check that the voxels are as many as the header says.

    Raises ReadError.
    """
    fields, lines, offset = _header(file)
    try:
        shape = [int(size) for size in fields["DimSize"].split()]
        channels = int(fields.get("ElementNumberOfChannels", "1"))
        code = VOXEL_CODES[fields["ElementType"].split()[0]]
        skip = int(fields.get("HeaderSize", "0"))
        announced = int(fields.get("CompressedDataSize", "0"))
    except (KeyError, ValueError, IndexError) as error:
        raise file.error(
            f"its header is damaged: {error} is missing or cannot be read, of DimSize, "
            "ElementType, ElementNumberOfChannels, HeaderSize and CompressedDataSize"
        ) from None
    expected = math.prod(shape) * channels * int(code[1])
    if not _is_true(fields, "BinaryData", "True"):
        return Checked()
    where = fields["ElementDataFile"]
    if where.upper() == "LOCAL":
        places = [(file.name, offset)]
    else:
        places = [(name, max(skip, 0)) for name in _external(file, where, lines, shape)]
    if _is_true(fields, "CompressedData") and len(places) == 1:
        (name, begin), held = places[0], os.path.getsize(places[0][0])  # noqa: PTH202
        file.require(held, begin + announced)
        data = streams.decompressed(file, expected, name, begin, announced or None)
        large = _is_true(fields, "BinaryDataByteOrderMSB") or _is_true(
            fields, "ElementByteOrderMSB"
        )
        rescaled = any(field in fields for field in RESCALING)
        return Checked(None, None if rescaled else np.frombuffer(data, "<>"[large] + code))
    for name, begin in places:
        of_one = expected // len(places)
        file.require(os.path.getsize(name), begin + of_one, _source(file, name))  # noqa: PTH202
    return Checked()


def _is_true(fields: dict[str, str], name: str, default: str = "False") -> bool:
    return fields.get(name, default)[:1] in ("T", "t", "1")


def _source(file: File, name: str) -> str:
    return "its header" if name == file.name else f"of {Path(name).name}, its header"


def _header(file: File) -> tuple[dict[str, str], list[str], int]:
    """The fields, the lines behind them, and where these end."""
    with Path(file.name).open("rb") as stream:
        data = stream.read(LARGEST_HEADER)
    fields: dict[str, str] = {}
    at = 0
    while "ElementDataFile" not in fields:
        end = data.find(b"\n", at)
        line = data[at : end if end >= 0 else len(data)].decode("latin-1")
        name, equals, value = line.partition("=")
        if not equals or (end < 0 and name.strip() != "ElementDataFile"):
            raise file.error(
                "its MetaImage header is damaged: its last line, ElementDataFile, is missing"
            )
        fields[name.strip()] = value.strip()
        at = end + 1 if end >= 0 else len(data)
    return fields, data[at:].decode("latin-1").splitlines(), at


def _external(file: File, where: str, lines: list[str], shape: list[int]) -> list[str]:
    """The files that hold the voxels: a name, a list of names, or a pattern with numbers."""
    first, *numbers = where.split()
    if first.upper() == "LIST":
        names = [line.strip() for line in lines if line.strip()]
    elif "%" in where and len(numbers) >= 2:
        step = int(numbers[2]) if len(numbers) > 2 else 1
        try:
            names = [first % n for n in range(int(numbers[0]), int(numbers[1]) + 1, step)]
        except (TypeError, ValueError):
            raise file.error(
                f"its header names its voxels by {where!r}, which is no pattern"
            ) from None
    else:
        names = [where]
    if not names or (len(names) > 1 and len(names) != shape[-1]):
        raise file.error(f"its header names {len(names)} files for {shape[-1]} slices")
    folder = Path(file.name).parent
    paths = [str(folder / name) for name in names]
    for path in paths:
        if not Path(path).is_file():
            raise file.error(
                f"its voxels are in {path}, which does not exist: put the two side by side"
            )
    return paths

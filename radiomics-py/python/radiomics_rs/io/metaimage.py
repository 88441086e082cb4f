"""MetaImage: whether the voxels that its header announces are there, in the file or beside it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from radiomics_rs.io import streams
from radiomics_rs.io.beside import files_beside, source_of
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
    fields, lines, offset = header(file)
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
        names = files_beside(file, where, lines, 2, "voxels")
        if len(names) not in (1, shape[-1]):
            raise file.error(f"its header names {len(names)} files for {shape[-1]} slices")
        places = [(name, max(skip, 0)) for name in names]
    if _is_true(fields, "CompressedData") and len(places) == 1:
        (name, begin), held = places[0], Path(places[0][0]).stat().st_size
        file.require(held, begin + announced)
        data = streams.decompressed(file, expected, name, begin, announced or None)
        large = _is_true(fields, "BinaryDataByteOrderMSB") or _is_true(
            fields, "ElementByteOrderMSB"
        )
        rescaled = any(field in fields for field in RESCALING)
        return Checked(None, None if rescaled else np.frombuffer(data, "<>"[large] + code))
    for name, begin in places:
        of_one = expected // len(places)
        file.require(Path(name).stat().st_size, begin + of_one, source_of(file, name))
    return Checked()


def _is_true(fields: dict[str, str], name: str, default: str = "False") -> bool:
    return fields.get(name, default)[:1] in ("T", "t", "1")


def header(file: File) -> tuple[dict[str, str], list[str], int]:
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

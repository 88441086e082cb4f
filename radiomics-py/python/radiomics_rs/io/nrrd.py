"""NRRD: whether the voxels that its header announces are there, in the file or beside it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from radiomics_rs.io import streams
from radiomics_rs.io.beside import files_beside, source_of
from radiomics_rs.io.errors import Checked, File

ENDINGS = (".nrrd", ".nhdr")
LARGEST_HEADER = 1 << 20
#: NumPy's codes of the types of samples, by their names.
SAMPLE_CODES = {
    name: code
    for code, names in {
        "i1": "signed char,int8,int8_t",
        "u1": "uchar,unsigned char,uint8,uint8_t",
        "i2": "short,short int,signed short,signed short int,int16,int16_t",
        "u2": "ushort,unsigned short,unsigned short int,uint16,uint16_t",
        "i4": "int,signed int,int32,int32_t",
        "u4": "uint,unsigned int,uint32,uint32_t",
        "i8": "longlong,long long,long long int,signed long long,signed long long int,int64,"
        "int64_t",
        "u8": "ulonglong,unsigned long long,unsigned long long int,uint64,uint64_t",
        "f4": "float",
        "f8": "double",
    }.items()
    for name in names.split(",")
}


def recognises(head: bytes, name: str) -> bool:
    """Whether a file is an NRRD, by its name or its first line."""
    return name.lower().endswith(ENDINGS) or head.startswith(b"NRRD0")


def check(file: File) -> Checked:
    """Check that the samples are as many as the header says.

    Raises ReadError.
    """
    fields, lines, offset = header(file)
    try:
        kind = fields["type"].lower()
        sizes = [int(size) for size in fields["sizes"].split()]
        skip = int(fields.get("byte skip", fields.get("byteskip", "0")))
        line_skip = int(fields.get("line skip", fields.get("lineskip", "0")))
    except (KeyError, ValueError):
        raise file.error(
            "its NRRD header is damaged: its type or its sizes cannot be read"
        ) from None
    if kind not in SAMPLE_CODES:
        raise file.error(f"its samples are of type {kind}: give whole or real numbers")
    expected = math.prod(sizes) * int(SAMPLE_CODES[kind][1])
    encoding = fields.get("encoding", "raw").lower()
    where = fields.get("data file", fields.get("datafile"))
    if where is None:
        places = [(file.name, offset)]
    else:
        names = files_beside(file, where, lines, 3, "samples")
        places = [(name, max(skip, 0)) for name in names]
    if line_skip:
        # How long the lines are is for the reader to find out; it looks at what follows itself.
        return Checked()
    of_one = expected // len(places)
    if encoding == "raw":
        for name, begin in places:
            file.require(Path(name).stat().st_size, begin + of_one, source_of(file, name))
    if encoding not in ("gz", "gzip"):
        return Checked()
    at = 0 if where else offset
    held = [streams.decompressed(file, max(skip, 0) + of_one, name, at) for name, _ in places]
    if len(held) > 1 or skip:
        return Checked()
    order = ">" if fields.get("endian", "little").lower() == "big" else "<"
    return Checked(voxels=np.frombuffer(held[0], order + SAMPLE_CODES[kind]))


def header(file: File) -> tuple[dict[str, str], list[str], int]:
    """The fields, the lines behind a list of files, and where the samples begin."""
    with Path(file.name).open("rb") as stream:
        data = stream.read(LARGEST_HEADER)
    if not data.startswith(b"NRRD0"):
        raise file.error(
            "it does not begin with an NRRD header; it is damaged, or of another format"
        )
    fields: dict[str, str] = {}
    at = 0
    while at < len(data):
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        line = data[at:end].rstrip(b"\r").decode("latin-1")
        at = end + 1
        if not line:
            break
        name, colon, value = line.partition(": ")
        if colon and not line.startswith("#"):
            fields[name.strip().lower()] = value.strip()
        if fields.get("data file", fields.get("datafile", "")).upper().startswith("LIST"):
            return fields, data[at:].decode("latin-1").splitlines(), at
    return fields, [], at

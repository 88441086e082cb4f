"""Formats that are rarer: whether a file holds as many bytes as its header says."""

from __future__ import annotations

import math
import struct
from pathlib import Path

from radiomics_rs._core import RadiomicsError
from radiomics_rs.io import streams
from radiomics_rs.io.errors import Checked, File

VTK, HDF5 = b"# vtk DataFile", b"\x89HDF\r\n\x1a\n"
#: Bytes of a value of VTK, and of a voxel of GIPL and MRC, by their types.
VTK_BYTES = {
    "char": 1, "unsigned_char": 1, "short": 2, "unsigned_short": 2, "int": 4, "unsigned_int": 4,
    "long": 8, "unsigned_long": 8, "vtktypeint64": 8, "vtktypeuint64": 8, "float": 4, "double": 8,
}  # fmt: skip
GIPL_BYTES = {7: 1, 8: 1, 15: 2, 16: 2, 31: 4, 32: 4, 64: 4, 65: 8}
MRC_BYTES = {0: 1, 1: 2, 2: 4, 3: 4, 4: 8, 6: 2, 16: 3}
GIPL_HEADER, MRC_HEADER = 256, 1024
GIPL_MAGIC = (719555000, 4026526128)


def recognises(head: bytes, name: str) -> bool:
    """Whether a file is in one of these formats."""
    lower = name.lower()
    return head.startswith((VTK, HDF5)) or lower.endswith(
        (".gipl", ".gipl.gz", ".mrc", ".rec", ".vtk", ".h5", ".hdf5", ".mnc")
    )


def check(file: File) -> Checked:
    """Check that the file is as long as its header says.

    Raises ReadError.
    """
    lower = file.name.lower()
    try:
        if file.head.startswith(HDF5):
            _check_hdf5(file)
        elif file.head.startswith(VTK):
            _check_vtk(file)
        elif lower.endswith((".gipl", ".gipl.gz")):
            _check_gipl(file)
        elif lower.endswith(".mrc"):
            _check_mrc(file)
        elif not lower.endswith(".rec"):
            raise file.error(
                "it does not begin as its name says; it is damaged, or of another format"
            )
    except RadiomicsError:
        raise
    except (struct.error, ValueError, IndexError, KeyError):
        raise file.error("its header is damaged or of a kind that is not known") from None
    return Checked()


def _check_hdf5(file: File) -> None:
    """The end of the file is in its first block."""
    version, at = file.head[8], 40 if file.head[8] < 2 else 28
    if version > 3:
        raise file.error("it is an HDF5 file of a version that is not known")
    at += 4 if version == 1 else 0
    (end,) = struct.unpack_from("<Q", file.head, at)
    file.require(file.size, end)


def _check_vtk(file: File) -> None:
    with Path(file.name).open("rb") as stream:
        lines = [stream.readline(4096) for _ in range(3)]
        if lines[2].strip().upper() != b"BINARY":
            # Numbers as text: the reader asks for each.
            return
        voxels = values = 0
        for _ in range(100):
            words = stream.readline(4096).decode("latin-1").split()
            key = words[0].upper() if words else ""
            if key == "DIMENSIONS":
                voxels = math.prod(int(size) for size in words[1:4])
            elif key == "SCALARS":
                values = VTK_BYTES[words[2].lower()] * int(words[3] if len(words) > 3 else 1)
            elif key in ("VECTORS", "NORMALS"):
                values = 3 * VTK_BYTES[words[2].lower()]
            elif key == "TENSORS":
                values = 9 * VTK_BYTES[words[2].lower()]
            if key == "LOOKUP_TABLE" or (values and key in ("VECTORS", "NORMALS", "TENSORS")):
                file.require(file.size, stream.tell() + voxels * values)
                return
    raise file.error("its VTK header is damaged: it announces no voxels")


def _check_gipl(file: File) -> None:
    header = streams.beginning(file.head, GIPL_HEADER)
    *shape, kind = struct.unpack_from(">5H", header, 0)
    (magic,) = struct.unpack_from(">I", header, 252)
    if magic not in GIPL_MAGIC:
        raise file.error(
            "it does not begin with a GIPL header; it is damaged, or of another format"
        )
    expected = GIPL_HEADER + GIPL_BYTES[kind] * math.prod(max(size, 1) for size in shape)
    if file.head.startswith(streams.GZIP):
        streams.decompressed(file, expected)
    else:
        file.require(file.size, expected)


def _check_mrc(file: File) -> None:
    order = ">" if file.head[212:213] == b"\x11" else "<"
    *shape, mode = struct.unpack_from(order + "4i", file.head, 0)
    (extended,) = struct.unpack_from(order + "i", file.head, 92)
    file.require(file.size, MRC_HEADER + extended + MRC_BYTES[mode] * math.prod(shape))

"""The header of NIfTI-1 and Analyze: what of it concerns us, and the two ways to place voxels."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from radiomics_rs.io.errors import File

HEADER = 348
HEADER_2 = 540
#: What marks header and voxels in one file.
SINGLE = b"n+1\0"
#: Bytes of a voxel, by the code of its type.
VOXEL_BYTES = {
    2: 1, 4: 2, 8: 4, 16: 4, 32: 8, 64: 8, 128: 3, 256: 1, 512: 2, 768: 4,
    1024: 8, 1280: 8, 1536: 16, 1792: 16, 2048: 32, 2304: 4,
}  # fmt: skip
#: The types of plain numbers.
NUMBERS = {
    2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4", 1024: "i8",
    1280: "u8",
}  # fmt: skip
#: Slopes and intercepts that leave voxels as they are; with others the reader multiplies.
UNSCALED = ((0.0, 0.0), (1.0, 0.0))
MM_OF_UNIT = {1: 1000.0, 3: 0.001}
#: Millimetres per voxel that two ways to place the voxels may differ by, at the image's corners.
SAME_PLACE = 0.01

#: Below that the square of the first number of a quaternion is 0, as readers have it: a half turn,
#: of which 32 bits leave some rest.
HALF_TURN = 1e-7

Affine = npt.NDArray[np.float64]


class Header(NamedTuple):
    """What of a header concerns us."""

    magic: bytes
    dim: tuple[int, ...]
    """How many axes there are, and seven sizes, some of which may be 0 or less."""
    voxel_type: int
    intent: int
    offset: float
    order: str
    scaling: tuple[float, float]
    pixdim: tuple[float, ...]
    unit: int
    """Code of the unit of length."""
    codes: tuple[int, int]
    """Of qform and sform: what they stand for, 0 for nothing."""
    quaternion: tuple[float, ...]
    """b, c and d, and the origin."""
    rows: tuple[float, ...]
    """The three rows of the matrix of the sform."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Voxels (x, y, z, ...)."""
        return tuple(max(size, 1) for size in self.dim[1 : self.dim[0] + 1])

    @property
    def voxel_bytes(self) -> int:
        """Bytes of all voxels."""
        return math.prod(self.shape) * VOXEL_BYTES[self.voxel_type]

    @property
    def is_number(self) -> bool:
        """Whether its voxels are numbers of one component."""
        return self.voxel_type in NUMBERS

    @property
    def is_plain(self) -> bool:
        """Whether its voxels are numbers that are read as they are."""
        return self.is_number and self.scaling in UNSCALED

    @property
    def is_float(self) -> bool:
        """Whether its voxels are numbers that may not be finite."""
        return self.is_number and NUMBERS[self.voxel_type].startswith("f")

    @property
    def number_type(self) -> str:
        """NumPy's type of voxels that are plain numbers, as they are stored."""
        return self.order + NUMBERS[self.voxel_type]

    @property
    def _mm(self) -> float:
        return MM_OF_UNIT.get(self.unit, 1.0)

    @property
    def qform(self) -> Affine | None:
        """Where the quaternion puts voxels, None if it counts for nothing."""
        return _qform(self.quaternion, self.pixdim, self._mm) if self.codes[0] > 0 else None

    @property
    def sform(self) -> Affine | None:
        """Where the matrix puts voxels, None if it counts for nothing."""
        return _sform(self.rows, self._mm) if self.codes[1] > 0 else None


def parsed(file: File, data: bytes) -> Header:
    """The header in the first bytes of a file; raises ReadError."""
    sizes = {order: int.from_bytes(data[:4], order) for order in ("little", "big")}
    if HEADER_2 in sizes.values():
        raise file.error(
            "it is a NIfTI-2 file, which is not read: convert it to NIfTI-1, for example with "
            "nibabel: `nib.Nifti1Image.from_image(nib.load(...)).to_filename(...)`"
        )
    order = next(("<>"[n] for n, size in enumerate(sizes.values()) if size == HEADER), None)
    if order is None or len(data) < HEADER:
        raise file.error(
            "it does not begin with a NIfTI header of 348 bytes: it is damaged, or no NIfTI file"
        )

    def read(layout: str, at: int) -> tuple[Any, ...]:
        return struct.unpack_from(order + layout, data, at)

    dim = read("8h", 40)
    if not 1 <= dim[0] <= 7 or dim[1] < 1:
        raise file.error(
            f"its header is damaged: {dim[0]} dimensions, the first one of {dim[1]} voxels"
        )
    intent, voxel_type = read("2h", 68)
    if voxel_type not in VOXEL_BYTES:
        raise file.error(f"its voxels are of type {voxel_type}, which NIfTI does not have")
    (offset,) = read("f", 108)
    return Header(
        magic=data[344:348],
        dim=dim,
        voxel_type=voxel_type,
        intent=intent,
        offset=offset,
        order=order,
        scaling=read("2f", 112),
        pixdim=read("8f", 76),
        unit=data[123] & 7,
        codes=read("2h", 252),
        quaternion=read("6f", 256),
        rows=read("12f", 280),
    )


def apart(first: Affine, second: Affine, last: Sequence[int]) -> float:
    """The largest distance in mm between where two affines put the corner voxels.

    `last` are the indices (x, y, z) of the voxel at the far end.
    """
    corners = np.array(
        [[i, j, k] for i in (0, last[0]) for j in (0, last[1]) for k in (0, last[2])]
    )
    # Damaged numbers are at no distance: who compares finds NaN.
    with np.errstate(invalid="ignore"):
        moved = corners @ (first[:3, :3] - second[:3, :3]).T + (first[:3, 3] - second[:3, 3])
    return float(np.linalg.norm(moved, axis=1).max())


def rotation(b: float, c: float, d: float) -> list[list[float]]:
    """The rotation of a unit quaternion, given its last three numbers, row by row."""
    length = b * b + c * c + d * d
    if 1.0 - length < HALF_TURN:
        scale = 1.0 / math.sqrt(length)
        a, b, c, d = 0.0, b * scale, c * scale, d * scale
    else:
        a = math.sqrt(1.0 - length)
    # In this order, as products are rounded.
    return [
        [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
        [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
        [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b],
    ]


def _qform(numbers: tuple[float, ...], pixdim: tuple[float, ...], mm: float) -> Affine:
    b, c, d, *origin = numbers
    affine = np.eye(4)
    sides = (1, 1, -1 if pixdim[0] < 0 else 1)
    with np.errstate(invalid="ignore"):
        affine[:3, :3] = np.array(rotation(b, c, d)) * np.abs(pixdim[1:4]) * sides
    affine[:3, 3] = origin
    return _left_posterior(affine, mm)


def _sform(numbers: tuple[float, ...], mm: float) -> Affine:
    return _left_posterior(np.vstack([np.reshape(numbers, (3, 4)), (0, 0, 0, 1)]), mm)


def _left_posterior(affine: Affine, mm: float) -> Affine:
    """An affine of NIfTI, whose axes run to the right and to the front, as SimpleITK has them."""
    with np.errstate(invalid="ignore"):
        return np.diag((-mm, -mm, mm, 1.0)) @ affine

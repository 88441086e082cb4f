"""NIfTI-1 and Analyze: whether a file holds what its header says, and where that puts voxels."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from radiomics_rs._core import GeometryError
from radiomics_rs.io import streams
from radiomics_rs.io.directions import shear
from radiomics_rs.io.errors import Checked, Door, File

HEADER = 348
HEADER_2 = 540
#: Bytes of a compressed header that surely hold all of it.
ENOUGH = 4096
#: Where a single file may begin with its voxels: behind the header and the word after it.
SMALLEST_OFFSET = 352
SUFFIXES = (".nii", ".nii.gz", ".hdr", ".img", ".hdr.gz", ".img.gz")
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
MM_OF_UNIT = {1: 1000.0, 3: 0.001}
#: Cosines between axes that the reader takes for none.
STRAIGHT = 1e-4
#: Millimetres per voxel that two ways to place the voxels may differ by, at the image's corners.
SAME_PLACE = 0.01

Affine = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Header:
    """What of a header concerns us."""

    magic: bytes
    shape: tuple[int, ...]
    voxel_type: int
    offset: float
    order: str
    scaling: tuple[float, float]
    pixdim: tuple[float, ...]
    qform: Affine | None
    sform: Affine | None

    @property
    def voxel_bytes(self) -> int:
        """Bytes of all voxels."""
        return math.prod(self.shape) * VOXEL_BYTES[self.voxel_type]


def recognises(head: bytes, name: str) -> bool:
    """Whether the first bytes of a file are a header, of NIfTI or Analyze."""
    size = streams.beginning(head, 4)
    return any(
        int.from_bytes(size, order) in (HEADER, HEADER_2) for order in ("little", "big")
    ) or name.lower().endswith(SUFFIXES)


def check(file: File) -> Checked:
    """Check that header and voxels are whole and belong together.

    Raises ReadError or GeometryError.
    """
    suffix = _suffix(file)
    source = _header_file(file, suffix)
    if not suffix.endswith(".gz") and source.startswith(streams.GZIP):
        raise file.error("it is compressed with gzip, so its name must end in .gz: rename it")
    header = _header(file, streams.beginning(source, HEADER))
    voxels = _voxels(file, suffix, header)
    if header.sform is not None and header.qform is None:
        found = shear(header.sform[:3, :3], STRAIGHT)
        if found is not None:
            raise file.error(
                f"the affine matrix in its header (sform) {found}: rewrite the header without the "
                "registration or scaling that was put into it, or resample the image to a straight "
                "grid",
                GeometryError,
            )
    return Checked(_Placed(file, header), voxels)


def _suffix(file: File) -> str:
    for suffix in SUFFIXES:
        if file.name.lower().endswith(suffix):
            return suffix
    # By its name alone the reader would take a neighbour for it.
    compressed = ".gz" if file.head.startswith(streams.GZIP) else ""
    raise file.error(f"it holds a NIfTI image, so its name must end in .nii{compressed}: rename it")


def _partner(file: File, suffix: str, kind: str) -> str | None:
    """The file of a pair whose name ends in `kind` and perhaps `.gz`, None if there is none."""
    stem = file.name[: -len(suffix)]
    found: list[Path] = []
    for path in (Path(stem + ending) for ending in (kind, kind.upper(), f"{kind}.gz")):
        # Names in capitals may be other files, or the same.
        if path.is_file() and not any(path.samefile(other) for other in found):
            found.append(path)
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise file.error(f"{names} are beside each other: move the one that is not meant away")
    return str(found[0]) if found else None


def _header_file(file: File, suffix: str) -> bytes:
    """The first bytes of the file that has the header."""
    if not suffix.startswith(".img"):
        return file.head
    partner = _partner(file, suffix, ".hdr")
    if partner is None:
        raise file.error("it is half of a pair, and the .hdr file with its header is not beside it")
    with Path(partner).open("rb") as stream:
        return stream.read(ENOUGH)


def _header(file: File, data: bytes) -> Header:
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

    n, *shape = read("8h", 40)
    if not 1 <= n <= 7 or shape[0] < 1:
        raise file.error(
            f"its header is damaged: {n} dimensions, the first one of {shape[0]} voxels"
        )
    (voxel_type,) = read("h", 70)
    if voxel_type not in VOXEL_BYTES:
        raise file.error(f"its voxels are of type {voxel_type}, which NIfTI does not have")
    pixdim = read("8f", 76)
    (offset,) = read("f", 108)
    qform_code, sform_code = read("2h", 252)
    mm = MM_OF_UNIT.get(data[123] & 7, 1.0)
    magic = data[344:348]
    return Header(
        magic,
        tuple(max(size, 1) for size in shape[:n]),
        voxel_type,
        offset,
        order,
        read("2f", 112),
        pixdim,
        _qform(read("6f", 256), pixdim, mm) if qform_code > 0 else None,
        _sform(read("12f", 280), mm) if sform_code > 0 else None,
    )


def _qform(numbers: tuple[float, ...], pixdim: tuple[float, ...], mm: float) -> Affine:
    b, c, d, *origin = numbers
    a = math.sqrt(max(0.0, 1.0 - (b * b + c * c + d * d)))
    turned = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    affine = np.eye(4)
    affine[:3, :3] = turned * np.abs(pixdim[1:4]) * (1, 1, -1 if pixdim[0] < 0 else 1)
    affine[:3, 3] = origin
    return _left_posterior(affine, mm)


def _sform(numbers: tuple[float, ...], mm: float) -> Affine:
    return _left_posterior(np.vstack([np.reshape(numbers, (3, 4)), (0, 0, 0, 1)]), mm)


def _left_posterior(affine: Affine, mm: float) -> Affine:
    """An affine of NIfTI, whose axes run to the right and to the front, as SimpleITK has them."""
    return np.diag((-mm, -mm, mm, 1.0)) @ affine


def _voxels(file: File, suffix: str, header: Header) -> npt.NDArray[Any] | None:
    """Check that the voxels are there; returns them if they are compressed and plain numbers."""
    single = header.magic == SINGLE
    if single != suffix.startswith(".nii"):
        held = (
            "header and voxels in one file"
            if single
            else "a header whose voxels are in another file"
        )
        needed = ".nii" if single else ".hdr and .img"
        raise file.error(f"it has {held}, so its name must end in {needed}: rename it")
    least = SMALLEST_OFFSET if single else 0
    if not least <= header.offset < 2**31:
        raise file.error(
            f"its header says that the voxels begin at byte {header.offset:g} (vox_offset), "
            f"and {least} is the first that they can begin at; write the file anew"
        )
    data, size = file.name, file.size
    if not single:
        partner = _partner(file, suffix, ".img")
        if partner is None:
            raise file.error("it is a header alone: the .img file with its voxels is not beside it")
        data, size = partner, Path(partner).stat().st_size
    begin = int(header.offset)
    expected = begin + header.voxel_bytes
    with Path(data).open("rb") as stream:
        compressed = stream.read(2) == streams.GZIP
    if not compressed:
        file.require(size, expected)
        return None
    content = streams.decompressed(file, expected, data)
    # With a slope the reader multiplies.
    if header.voxel_type not in NUMBERS or header.scaling not in ((0.0, 0.0), (1.0, 0.0)):
        return None
    return np.frombuffer(content, header.order + NUMBERS[header.voxel_type], offset=begin)


class _Placed:
    """What is looked at once the image is read: whether it lies where its header says."""

    def __init__(self, file: File, header: Header) -> None:
        self._file, self._header = file, header

    def __call__(self, image: Any, door: Door) -> Any:
        header = self._header
        stored = {"qform": header.qform, "sform": header.sform}
        known = {name: affine for name, affine in stored.items() if affine is not None}
        axes = min(image.GetDimension(), 3, len(header.shape))
        spacings = np.abs(header.pixdim[1 : axes + 1])
        if header.sform is None and not (np.isfinite(spacings) & (spacings > 0)).all():
            raise self._file.error(
                f"its voxel spacing (pixdim) is {spacings.tolist()} mm: every spacing must be a "
                "finite number above 0; correct the header",
                GeometryError,
            )
        if image.GetDimension() < 3 or not known:
            return image
        away = {name: _distance(image, affine) for name, affine in known.items()}
        limit = SAME_PLACE * min(image.GetSpacing()[:3])
        nearest = min(away, key=lambda name: away[name])
        for name, distance in away.items():
            if not distance <= limit:
                other = f"its {nearest}" if away[nearest] <= limit else "where it is read to lie"
                door.remark(
                    f"{self._file.role} {self._file.name}: its {name} puts voxels up to "
                    f"{distance:.3g} mm away from {other}, which is what counts: if that is wrong, "
                    "correct the header"
                )
        return image


def _distance(image: Any, affine: Affine) -> float:
    """The largest distance in mm between where an image and an affine put the corner voxels."""
    n = image.GetDimension()
    axes = (np.reshape(image.GetDirection(), (n, n)) * image.GetSpacing())[:3, :3]
    last = [size - 1 for size in image.GetSize()[:3]]
    corners = np.array(
        [[i, j, k] for i in (0, last[0]) for j in (0, last[1]) for k in (0, last[2])]
    )
    apart = corners @ (axes - affine[:3, :3]).T + (image.GetOrigin()[:3] - affine[:3, 3])
    return float(np.linalg.norm(apart, axis=1).max())

"""NIfTI-1 and Analyze: whether a file holds what its header says, and where that puts voxels."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from radiomics_rs._aside import aside
from radiomics_rs._core import GeometryError, RadiomicsError, ReadError
from radiomics_rs.io import streams
from radiomics_rs.io.decoded import Decoded, Place, placed_at
from radiomics_rs.io.directions import shear
from radiomics_rs.io.errors import Checked, Door, File
from radiomics_rs.io.marks import has_mark
from radiomics_rs.io.nifti_header import (
    HEADER,
    HEADER_2,
    SAME_PLACE,
    SINGLE,
    Affine,
    Header,
    apart,
    parsed,
)
from radiomics_rs.io.nifti_place import place

#: Bytes of a compressed header that surely hold all of it.
ENOUGH = 4096
#: Where a single file may begin with its voxels: behind the header and the word after it.
SMALLEST_OFFSET = 352
SUFFIXES = (".nii", ".nii.gz", ".hdr", ".img", ".hdr.gz", ".img.gz")
#: Cosines between axes that the reader takes for none.
STRAIGHT = 1e-4


def recognises(head: bytes, name: str) -> bool:
    """Whether the first bytes of a file are a header, of NIfTI or Analyze."""
    return _begins(streams.beginning(head, 4)) or name.lower().endswith(SUFFIXES)


def _begins(size: bytes) -> bool:
    """Whether the first four bytes are the length of a header."""
    orders: tuple[Literal["little", "big"], ...] = ("little", "big")
    return any(int.from_bytes(size, order) in (HEADER, HEADER_2) for order in orders)


def is_sure(head: bytes, name: str) -> bool:
    """Whether it is so by name and first bytes alike, so that it can be of no other format."""
    is_named = name.lower().endswith((".nii", ".nii.gz"))
    return is_named and not has_mark(head) and _begins(streams.beginning(head, 4))


def check(file: File) -> Checked:
    """Check that header and voxels are whole and belong together.

    Raises ReadError or GeometryError.
    """
    suffix = _suffix(file)
    source = _header_file(file, suffix)
    if not suffix.endswith(".gz") and source.startswith(streams.GZIP):
        raise file.error("it is compressed with gzip, so its name must end in .gz: rename it")
    header = parsed(file, streams.beginning(source, HEADER))
    _check_forms(file, header)
    voxels = _voxels(file, suffix, header)
    sform = None if header.codes[0] > 0 else header.sform
    if sform is not None:
        found = shear(sform[:3, :3], STRAIGHT)
        if found is not None:
            raise file.error(
                f"the affine matrix in its header (sform) {found}: rewrite the header without the "
                "registration or scaling that was put into it, or resample the image to a straight "
                "grid",
                GeometryError,
            )
    own = place(header, file.name) if suffix.startswith(".nii") else None
    read = None if own is None else partial(_read, file, header, own, voxels)
    return Checked(_Placed(file, header), voxels, read)


def check_neighbour(name: str, role: str) -> None:
    """Raise ReadError if SimpleITK would take the voxels of `x.nii` for those of `x.nii.gz`."""
    if not name.lower().endswith(".nii.gz"):
        return
    for neighbour in (Path(name[: -len(".gz")]), Path(name[: -len(".nii.gz")] + ".nii")):
        if neighbour.is_file():
            raise ReadError(
                f"cannot read {role} {name}: its voxels are for SimpleITK to read, as they have a "
                f"slope or are no plain numbers, and it would take {neighbour.name} for it, which "
                "is beside it: move one of them away"
            )


def held(path: str) -> int | None:
    """Bytes of the voxels of a plain file, by its header; None for any other file.

    Raises OSError.
    """
    with Path(path).open("rb") as stream:
        head = stream.read(ENOUGH)
    if not is_sure(head, path):
        return None
    try:
        header = parsed(File(path, "image", 0, head), streams.beginning(head, HEADER))
    except RadiomicsError:
        return None
    return None if place(header, path) is None else header.voxel_bytes


def _check_forms(file: File, header: Header) -> None:
    forms = zip(("qform", "sform"), header.codes, (header.quaternion, header.rows), strict=True)
    for name, code, numbers in forms:
        if code > 0 and not np.isfinite(numbers).all():
            raise file.error(
                f"its {name}, which says where it lies, holds numbers that are NaN or infinite: "
                "correct the header",
                GeometryError,
            )


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


def _voxels(file: File, suffix: str, header: Header) -> npt.NDArray[Any] | None:
    """Check that the voxels are there; returns plain numbers that are compressed or real.

    To check these they are read anyway, and of real ones that are not finite SimpleITK makes 0.
    """
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
    if compressed:
        content = streams.decompressed(file, expected, data)
        voxels = (
            np.frombuffer(content, header.number_type, offset=begin) if header.is_number else None
        )
    else:
        file.require(size, expected)
        voxels = aside(lambda: _stored(file, header, data)) if header.is_float else None
    if header.is_plain or voxels is None:
        return voxels
    if header.is_float and not np.isfinite(voxels).all():
        raise file.error(
            "it has voxels that are NaN or infinite, and a slope by which voxels are to be "
            f"multiplied, {header.scaling[0]:g} (scl_slope): write it without a slope"
        )
    return None


def _read(file: File, header: Header, own: Place, voxels: npt.NDArray[Any] | None) -> Decoded:
    """The image without SimpleITK, given its voxels if they have been read."""
    if voxels is None:
        voxels = aside(lambda: _stored(file, header, file.name))
    return placed_at(voxels, own)


def _stored(file: File, header: Header, data: str) -> npt.NDArray[Any]:
    """Voxels that are not compressed, in the file `data`."""
    count = math.prod(header.shape)
    voxels = np.fromfile(data, header.number_type, count, offset=int(header.offset))
    # Between the check and this the file may have become shorter.
    file.require(int(header.offset) + voxels.nbytes, int(header.offset) + header.voxel_bytes)
    return voxels


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
    own = np.eye(4)
    own[:3, :3] = (np.reshape(image.GetDirection(), (n, n)) * image.GetSpacing())[:3, :3]
    own[:3, 3] = image.GetOrigin()[:3]
    return apart(own, affine, [size - 1 for size in image.GetSize()[:3]])

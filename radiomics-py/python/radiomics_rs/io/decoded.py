"""Voxels that were decompressed here, with the place that SimpleITK reads from the header."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from radiomics_rs._simpleitk import sitk
from radiomics_rs.io.quiet import own_locale

#: NumPy's types of voxels, and what SimpleITK calls them.
PIXEL_TYPES = {
    "uint8": "sitkUInt8",
    "int8": "sitkInt8",
    "uint16": "sitkUInt16",
    "int16": "sitkInt16",
    "uint32": "sitkUInt32",
    "int32": "sitkInt32",
    "uint64": "sitkUInt64",
    "int64": "sitkInt64",
    "float32": "sitkFloat32",
    "float64": "sitkFloat64",
}


def pixel_ids() -> dict[str, int]:
    """NumPy's types of voxels, as SimpleITK has them."""
    return {name: getattr(sitk, theirs) for name, theirs in PIXEL_TYPES.items()}


@dataclass(frozen=True)
class Decoded:
    """An image without SimpleITK's copy of its voxels; its place is asked as of SimpleITK's."""

    voxels: npt.NDArray[Any]
    """Array (..., z, y, x)."""
    reader: Any
    """Who read the header."""
    _made: list[sitk.Image] = field(default_factory=list, repr=False)

    def GetSpacing(self) -> tuple[float, ...]:  # noqa: N802
        """Millimetres between voxels (x, y, z, ...)."""
        return tuple(self.reader.GetSpacing())

    def GetOrigin(self) -> tuple[float, ...]:  # noqa: N802
        """Position of the first voxel (x, y, z, ...)."""
        return tuple(self.reader.GetOrigin())

    def GetDirection(self) -> tuple[float, ...]:  # noqa: N802
        """Direction cosines, row by row."""
        return tuple(self.reader.GetDirection())

    def GetDimension(self) -> int:  # noqa: N802
        """Number of axes."""
        return int(self.reader.GetDimension())

    def GetSize(self) -> tuple[int, ...]:  # noqa: N802
        """Voxels (x, y, z, ...)."""
        return tuple(self.reader.GetSize())

    def image(self) -> sitk.Image:
        """The image as SimpleITK would have read it."""
        if not self._made:
            image = sitk.GetImageFromArray(self.voxels, isVector=False)
            image.SetSpacing(self.GetSpacing())
            image.SetOrigin(self.GetOrigin())
            image.SetDirection(self.GetDirection())
            for key in self.reader.GetMetaDataKeys():
                image.SetMetaData(key, self.reader.GetMetaData(key))
            self._made.append(image)
        return self._made[0]


def decoded(name: str, image_io: str, flat: npt.NDArray[Any]) -> Decoded | None:
    """The image of a file, given its voxels in the order in which they are stored.

    None if SimpleITK would make other ones of them, such as vectors or rescaled ones.
    """
    reader = sitk.ImageFileReader()
    reader.SetImageIO(image_io)
    reader.SetFileName(name)
    with own_locale():
        reader.ReadImageInformation()
    native = flat.dtype.newbyteorder("=")
    same = (
        reader.GetPixelID() == pixel_ids().get(native.name)
        and reader.GetNumberOfComponents() == 1
        and int(np.prod(reader.GetSize())) == flat.size
    )
    if not same:
        return None
    return Decoded(flat.astype(native, copy=False).reshape(reader.GetSize()[::-1]), reader)

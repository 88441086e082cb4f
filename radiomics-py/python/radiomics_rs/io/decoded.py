"""Voxels that were decompressed here, with the place that SimpleITK or we read from the header."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from radiomics_rs._simpleitk import sitk
from radiomics_rs.io.errors import as_utf_8
from radiomics_rs.io.quiet import own_locale, quiet

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


class Place(NamedTuple):
    """Where voxels lie by a header that was read here, as SimpleITK has it: (x, y, z)."""

    name: str
    """The file."""
    image_io: str
    """Who of SimpleITK's readers would read it."""
    size: tuple[int, ...]
    spacing: tuple[float, ...]
    origin: tuple[float, ...]
    direction: tuple[float, ...]
    """Direction cosines, row by row."""

    def GetSize(self) -> tuple[int, ...]:  # noqa: N802
        """Voxels."""
        return self.size

    def GetDimension(self) -> int:  # noqa: N802
        """Number of axes."""
        return len(self.size)

    def GetSpacing(self) -> tuple[float, ...]:  # noqa: N802
        """Millimetres between voxels."""
        return self.spacing

    def GetOrigin(self) -> tuple[float, ...]:  # noqa: N802
        """Position of the first voxel."""
        return self.origin

    def GetDirection(self) -> tuple[float, ...]:  # noqa: N802
        """Direction cosines, row by row."""
        return self.direction


class Decoded:
    """An image without SimpleITK's copy of its voxels; its place is asked as of SimpleITK's."""

    def __init__(self, voxels: npt.NDArray[Any], reader: Any) -> None:
        """An image of an array (..., z, y, x), and of who read the header."""
        self.voxels, self.reader = voxels, reader
        self._made: list[sitk.Image] = []

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
            for key, value in self._metadata().items():
                image.SetMetaData(key, value)
            self._made.append(image)
        return self._made[0]

    @property
    def is_ours(self) -> bool:
        """Whether SimpleITK had no part in it."""
        return isinstance(self.reader, Place)

    def _metadata(self) -> dict[str, str]:
        """What else the header holds."""
        reader = self.reader
        if isinstance(reader, Place):
            try:
                with quiet():
                    reader = _header(as_utf_8(reader.name), reader.image_io)
            except RuntimeError:
                # The file is gone, and the image is here.
                return {}
        return {key: reader.GetMetaData(key) for key in reader.GetMetaDataKeys()}


def placed_at(flat: npt.NDArray[Any], place: Place) -> Decoded:
    """The image of voxels in the order in which they are stored, at a place that was read here."""
    native = flat.dtype.newbyteorder("=")
    voxels = flat.astype(native, copy=False).reshape(place.size[::-1])
    # As those of an image of SimpleITK: a view of what has a place of its own.
    voxels.flags.writeable = False
    return Decoded(voxels, place)


def decoded(name: str, image_io: str, flat: npt.NDArray[Any]) -> Decoded | None:
    """The image of a file, given its voxels in the order in which they are stored.

    None if SimpleITK would make other ones of them, such as vectors or rescaled ones.
    """
    reader = _header(name, image_io)
    native = flat.dtype.newbyteorder("=")
    same = (
        reader.GetPixelID() == pixel_ids().get(native.name)
        and reader.GetNumberOfComponents() == 1
        and int(np.prod(reader.GetSize())) == flat.size
    )
    if not same:
        return None
    return Decoded(flat.astype(native, copy=False).reshape(reader.GetSize()[::-1]), reader)


def _header(name: str, image_io: str) -> Any:
    """SimpleITK's reader, which has read the header of a file."""
    reader = sitk.ImageFileReader()
    reader.SetImageIO(image_io)
    reader.SetFileName(name)
    with own_locale():
        reader.ReadImageInformation()
    return reader

"""Files, SimpleITK images and arrays as voxels (z, y, x) with a geometry.

SimpleITK counts axes (x, y, z). They are turned here, and nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk  # noqa: N813

from radiomics_rs._core import RadiomicsError
from radiomics_rs.io.files import read_image

ImageLike: TypeAlias = "str | os.PathLike[str] | sitk.Image | npt.NDArray[Any]"
Triple: TypeAlias = tuple[float, float, float]
Matrix: TypeAlias = tuple[Triple, Triple, Triple]

ORIGIN: Triple = (0.0, 0.0, 0.0)
IDENTITY: Matrix = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
SLICE_THICKNESS_MM = 1.0
NUMBERS = {
    sitk.sitkUInt8,
    sitk.sitkInt8,
    sitk.sitkUInt16,
    sitk.sitkInt16,
    sitk.sitkUInt32,
    sitk.sitkInt32,
    sitk.sitkUInt64,
    sitk.sitkInt64,
    sitk.sitkFloat32,
    sitk.sitkFloat64,
}


@dataclass(frozen=True)
class Volume:
    """Voxels and where they lie; every axis order is (z, y, x)."""

    voxels: npt.NDArray[Any]
    """Array (z, y, x), a view of what the caller gave."""
    spacing_mm: Triple
    """Distance between voxel centres in millimetres."""
    origin_mm: Triple = ORIGIN
    """Position of the centre of voxel (0, 0, 0) in millimetres."""
    direction: Matrix = IDENTITY
    """Direction cosines: column c is the direction in which array axis c runs."""
    owner: Any = None
    """What the voxels are a view of, kept alive as long as they are."""

    @property
    def geometry(self) -> tuple[Triple, Triple, Matrix]:
        """Spacing, origin and direction."""
        return self.spacing_mm, self.origin_mm, self.direction


def volumes(
    image: ImageLike, mask: ImageLike, spacing_mm: float | Sequence[float] | None
) -> tuple[Volume, Volume]:
    """Image and mask as volumes; an array takes its geometry from its partner or `spacing_mm`.

    Raises as `volumes_on_mask`.
    """
    images, mask_volume = volumes_on_mask({"image": image}, mask, spacing_mm)
    return images[0], mask_volume


def volumes_on_mask(
    images: Mapping[str, ImageLike],
    mask: ImageLike,
    spacing_mm: float | Sequence[float] | None,
) -> tuple[list[Volume], Volume]:
    """Images and their mask as volumes, the images by what messages call them.

    An array takes the geometry of the mask, or of the first image that has one, or `spacing_mm`
    if all are arrays.

    Raises:
        RadiomicsError: a file that cannot be read, an image that is no single volume of
            numbers, or `spacing_mm` missing or superfluous.
        TypeError: an object of another kind.
        FileNotFoundError: a file that does not exist.
    """
    sources = [_open(role, given) for role, given in (*images.items(), ("mask", mask))]
    located = [s for s in (sources[-1], *sources[:-1]) if isinstance(s, Volume)]
    if located and spacing_mm is not None:
        raise RadiomicsError(
            f"spacing_mm is {spacing_mm}, but a file or SimpleITK image has a spacing of its own: "
            "give spacing_mm only if image and mask are both arrays"
        )
    if not located and spacing_mm is None:
        raise RadiomicsError(
            "image and mask are arrays, which have no voxel spacing: "
            "give spacing_mm=(z, y, x) in millimetres"
        )

    def complete(source: Volume | npt.NDArray[Any]) -> Volume:
        if isinstance(source, Volume):
            return source
        if not located:
            return Volume(_three_dimensional(source), _spacing(spacing_mm, source.ndim))
        return Volume(_three_dimensional(source), *located[0].geometry)

    *image_volumes, mask_volume = map(complete, sources)
    return image_volumes, mask_volume


def volume(image: ImageLike, spacing_mm: float | Sequence[float] | None) -> Volume:
    """An image as a volume; an array takes its spacing from `spacing_mm`.

    Raises as `volumes`.
    """
    source = _open("image", image)
    if isinstance(source, Volume):
        if spacing_mm is not None:
            raise RadiomicsError(
                f"spacing_mm is {spacing_mm}, but a file or SimpleITK image has a spacing of its "
                "own: give spacing_mm only with an array"
            )
        return source
    if spacing_mm is None:
        raise RadiomicsError(
            "the image is an array, which has no voxel spacing: "
            "give spacing_mm=(z, y, x) in millimetres"
        )
    return Volume(_three_dimensional(source), _spacing(spacing_mm, source.ndim))


def read(path: str | os.PathLike[str], role: str = "image") -> Volume:
    """The image in a file of any format that SimpleITK reads, or in a folder of one DICOM series.

    `role` says in messages what the file is for. Raises FileNotFoundError, or RadiomicsError
    naming the path and the reason.
    """
    return from_sitk(read_image(path, role), role)


def from_sitk(image: sitk.Image, role: str = "image") -> Volume:
    """A SimpleITK image (x, y, z) as a volume (z, y, x), without a copy of its voxels.

    Raises RadiomicsError for colours, vectors, or other than two or three dimensions.
    """
    components = image.GetNumberOfComponentsPerPixel()
    if components != 1:
        raise RadiomicsError(
            f"the {role} has {components} components per voxel: take one of them, "
            "for example with SimpleITK.VectorIndexSelectionCast"
        )
    # Asked first: a view of a label map ends the interpreter.
    if image.GetPixelID() not in NUMBERS:
        raise RadiomicsError(
            f"the {role} has voxels of type {image.GetPixelIDTypeAsString()}, not plain numbers: "
            "convert it, a label map with SimpleITK.LabelMapToLabel"
        )
    if image.GetDimension() == 4 and image.GetSize()[3] == 1:
        image = image[:, :, :, 0]
    dimension = image.GetDimension()
    if dimension not in (2, 3):
        raise RadiomicsError(
            f"the {role} has {dimension} dimensions, size (x, y, z, ...) {image.GetSize()}: "
            "take one volume of it"
        )
    spacing = image.GetSpacing()[::-1]
    origin = image.GetOrigin()[::-1]
    cosines = np.reshape(image.GetDirection(), (dimension, dimension))[::-1, ::-1]
    direction = np.eye(3)
    direction[3 - dimension :, 3 - dimension :] = cosines
    if dimension == 2:
        spacing = (SLICE_THICKNESS_MM, *spacing)
        origin = (0.0, *origin)
    return Volume(
        _three_dimensional(sitk.GetArrayViewFromImage(image)),
        spacing,
        origin,
        tuple(tuple(row) for row in direction.tolist()),
        owner=image,
    )


def _open(role: str, given: ImageLike) -> Volume | npt.NDArray[Any]:
    if isinstance(given, str | os.PathLike):
        return read(given, role)
    if isinstance(given, sitk.Image):
        return from_sitk(given, role)
    if isinstance(given, np.ma.MaskedArray):
        raise TypeError(
            f"the {role} is a masked array, whose mask would be ignored: "
            "give `.filled(...)` as image and the region as mask"
        )
    if isinstance(given, np.ndarray):
        return given
    raise TypeError(
        f"the {role} is of type {type(given).__name__}: "
        "give a file path, a SimpleITK image or a NumPy array of numbers"
    )


def _three_dimensional(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return array[np.newaxis] if array.ndim == 2 else array


def _spacing(given: Any, dimension: int) -> Triple:
    """Three numbers (z, y, x); whether they make a spacing is for the core to say."""
    try:
        numbers = [float(number) for number in (given if np.ndim(given) else [given] * dimension)]
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"spacing_mm is {given!r}: give one number or (z, y, x) in millimetres"
        ) from error
    if len(numbers) == 2 and dimension == 2:
        numbers.insert(0, SLICE_THICKNESS_MM)
    if len(numbers) != 3:
        raise RadiomicsError(
            f"spacing_mm is {given}, of {len(numbers)} numbers for {dimension} dimensions: "
            "give one number or (z, y, x) in millimetres"
        )
    return numbers[0], numbers[1], numbers[2]

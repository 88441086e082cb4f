"""A volume: voxels (z, y, x) and where they lie, from a SimpleITK image or what we have read.

SimpleITK counts axes (x, y, z). They are turned here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from radiomics_rs._core import ReadError
from radiomics_rs._simpleitk import sitk
from radiomics_rs.io.decoded import Decoded, pixel_ids
from radiomics_rs.io.errors import NATIVE
from radiomics_rs.io.files import check_place
from radiomics_rs.io.record import Record

Triple: TypeAlias = tuple[float, float, float]
Matrix: TypeAlias = tuple[Triple, Triple, Triple]

ORIGIN: Triple = (0.0, 0.0, 0.0)
IDENTITY: Matrix = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
SLICE_THICKNESS_MM = 1.0


@dataclass(frozen=True, eq=False, repr=False)
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
    record: Record = field(default_factory=Record)
    """What was decided on the way from files to these voxels."""
    names: Mapping[str, int] = field(default_factory=dict)
    """What labels of a mask are called, where it says so: `label` may then be a name."""
    remarks: tuple[str, ...] = ()
    """What was said of it while it was read, such as of contours that cross."""

    def __repr__(self) -> str:
        """Shape, type and place; not the voxels, which are many."""
        return (
            f"Volume(shape (z, y, x) {self.voxels.shape}, {self.voxels.dtype}, "
            f"spacing_mm={self.spacing_mm}, origin_mm={self.origin_mm}, direction={self.direction})"
        )

    @property
    def geometry(self) -> tuple[Triple, Triple, Matrix]:
        """Spacing, origin and direction."""
        return self.spacing_mm, self.origin_mm, self.direction

    @property
    def located(self) -> tuple[npt.NDArray[Any], tuple[Triple, Triple, Matrix]]:
        """Voxels and geometry, two arguments of the functions of the engine."""
        return self.voxels, self.geometry

    def image(self) -> sitk.Image | None:
        """The SimpleITK image that the voxels are of, None for an array."""
        return self.owner.image() if isinstance(self.owner, Decoded) else self.owner

    def with_image(self) -> Volume:
        """The volume with a SimpleITK image of its voxels, which our own readers do not make."""
        return self if self.owner is not None else replace(self, owner=self.to_sitk())

    def to_sitk(self) -> sitk.Image:
        """The volume as a SimpleITK image of three dimensions, with a copy of its voxels."""
        voxels = self.voxels.astype(np.uint8) if self.voxels.dtype == bool else self.voxels
        image = sitk.GetImageFromArray(voxels)
        image.SetSpacing(self.spacing_mm[::-1])
        image.SetOrigin(self.origin_mm[::-1])
        image.SetDirection(np.array(self.direction)[::-1, ::-1].ravel().tolist())
        return image


def from_sitk(image: sitk.Image, role: str = "image") -> Volume:
    """A SimpleITK image (x, y, z) as a volume (z, y, x), without a copy of its voxels.

    Raises ReadError for colours, vectors, or other than two or three dimensions, and GeometryError
    for directions that are not at right angles, or a spacing that is none.
    """
    check_place(image, f"the {role}", NATIVE)
    return placed(image, f"the {role}")


def placed(image: sitk.Image | Decoded, what: str) -> Volume:
    """An image whose place has been looked at, as a volume; raises ReadError."""
    if not isinstance(image, Decoded):
        image = _of_numbers(image, what)
    size = image.GetSize()
    if len(size) == 4 and size[3] == 1:
        image = (image.image() if isinstance(image, Decoded) else image)[:, :, :, 0]
    dimension = image.GetDimension()
    if dimension not in (2, 3):
        raise ReadError(
            f"{what} has {dimension} dimensions, size (x, y, z, ...) {size}: take one volume of it"
        )
    spacing = image.GetSpacing()[::-1]
    origin = image.GetOrigin()[::-1]
    cosines = np.reshape(image.GetDirection(), (dimension, dimension))[::-1, ::-1]
    direction = np.eye(3)
    direction[3 - dimension :, 3 - dimension :] = cosines
    if dimension == 2:
        spacing = (SLICE_THICKNESS_MM, *spacing)
        origin = (0.0, *origin)
    voxels = image.voxels if isinstance(image, Decoded) else view_of(image)
    return Volume(
        three_dimensional(voxels),
        triple(spacing),
        triple(origin),
        matrix(direction),
        owner=image,
    )


class _Lent:
    """Memory of an image, which lives as long as any array of it."""

    def __init__(self, image: sitk.Image) -> None:
        self._image = image
        self.__array_interface__ = sitk.GetArrayViewFromImage(image).__array_interface__


def view_of(image: sitk.Image) -> npt.NDArray[Any]:
    """The voxels of an image, without a copy.

    SimpleITK's own view may outlive its image, and then reads anything.
    """
    return np.asarray(_Lent(image))


def triple(values: Iterable[float]) -> Triple:
    """Three numbers (z, y, x)."""
    first, second, third = (float(value) for value in values)
    return first, second, third


def matrix(rows: npt.ArrayLike) -> Matrix:
    """An array (3, 3) as tuples, row by row."""
    first, second, third = np.asarray(rows, np.float64).tolist()
    return triple(first), triple(second), triple(third)


def three_dimensional(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """An array (y, x) as one slice (z, y, x)."""
    return array[np.newaxis] if array.ndim == 2 else array


def _of_numbers(image: sitk.Image, what: str) -> sitk.Image:
    """The image, whose voxels are plain numbers."""
    components = image.GetNumberOfComponentsPerPixel()
    kind = image.GetPixelID()
    # Asked first: a view of a label map ends the interpreter.
    if kind in (sitk.sitkComplexFloat32, sitk.sitkComplexFloat64):
        raise ReadError(
            f"{what} has complex voxels, which have no order: take their magnitude or real part, "
            "for example with SimpleITK.ComplexToModulus"
        )
    if components != 1:
        remedy = "take one of them, for example with SimpleITK.VectorIndexSelectionCast"
        if "mask" in what.split()[:2]:
            remedy = f"choose one with label_channel, 0 to {components - 1}"
        raise ReadError(f"{what} has {components} components per voxel: {remedy}")
    if kind in pixel_ids().values():
        return image
    if "vector" in image.GetPixelIDTypeAsString():
        return sitk.VectorIndexSelectionCast(image, 0)
    raise ReadError(
        f"{what} has voxels of type {image.GetPixelIDTypeAsString()}, not plain numbers: "
        "convert it, a label map with SimpleITK.LabelMapToLabel"
    )

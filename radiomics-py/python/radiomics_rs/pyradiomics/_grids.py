"""Whether image and mask belong together: what ITK would refuse, in words that say what to do."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy
import SimpleITK as sitk

from ._errors import GridMismatch

#: Origin and direction where only the spacing matters.
NO_PLACE = ((0.0, 0.0, 0.0), ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))

_CORRECT = "enable correctMask, which resamples the mask to the image"
_TOLERATE = "if the difference is rounding only, increase geometryTolerance"


def check_image(image) -> None:
    """Refuse what has no grey levels. Raises `GridMismatch`."""
    components = image.GetNumberOfComponentsPerPixel()
    if "vector" in image.GetPixelIDTypeAsString().lower():
        raise GridMismatch(
            f"the image has {components} components per voxel, such as colours: take one of them "
            "(SimpleITK.VectorIndexSelectionCast), or convert it to grey levels"
        )
    if image.GetPixelID() in (sitk.sitkComplexFloat32, sitk.sitkComplexFloat64):
        raise GridMismatch(
            "the image holds complex numbers, which have no order: take their magnitude "
            "(SimpleITK.ComplexToModulus)"
        )


def check_pair(image, mask) -> None:
    """Refuse a mask that nothing can correct. Raises `GridMismatch`."""
    ours, theirs = image.GetDimension(), mask.GetDimension()
    if ours != theirs:
        raise GridMismatch(
            f"the image has {ours} dimensions and the mask {theirs}: give both as volumes, or both "
            "as slices"
        )
    if sitk.GetArrayViewFromImage(mask).dtype.kind not in "iu":
        raise GridMismatch(
            f"the mask is of type {mask.GetPixelIDTypeAsString()}: labels are whole numbers, cast "
            "it (imageoperations.getMask does)"
        )


def difference(image, mask) -> str:
    """How the grids differ by more than SimpleITK's tolerance, and the remedy; empty if they don't.

    The rule is ITK's: origin and spacing may differ by the tolerance times the spacing along x,
    directions by the tolerance.
    """
    if image.GetSize() != mask.GetSize():
        return (
            f"Image/Mask size mismatch: the image has {_by(image.GetSize())} voxels (x, y, z) and "
            f"the mask {_by(mask.GetSize())}. Potential fix: {_CORRECT}"
        )
    place = sitk.ProcessObject.GetGlobalDefaultCoordinateTolerance()
    cosines = sitk.ProcessObject.GetGlobalDefaultDirectionTolerance()
    millimetres = abs(place * image.GetSpacing()[0])
    for what, ours, theirs, largest, setting in (
        ("origin", image.GetOrigin(), mask.GetOrigin(), millimetres, place),
        ("spacing", image.GetSpacing(), mask.GetSpacing(), millimetres, place),
        ("direction", image.GetDirection(), mask.GetDirection(), cosines, cosines),
    ):
        if not numpy.abs(numpy.subtract(ours, theirs)).max() <= largest:
            return (
                f"Image/Mask geometry mismatch: the {what} (x, y, z) of the image is "
                f"{_numbers(ours)}, that of the mask {_numbers(theirs)}. Potential fix: "
                f"{_CORRECT}; {_TOLERATE} (now {setting:g})"
            )
    return ""


def are_same(image, mask) -> bool:
    """Whether the grids are the same, to the last bit."""
    return (
        image.GetSize() == mask.GetSize()
        and image.GetSpacing() == mask.GetSpacing()
        and image.GetOrigin() == mask.GetOrigin()
        and image.GetDirection() == mask.GetDirection()
    )


@contextlib.contextmanager
def tolerance(given: float | None) -> Iterator[None]:
    """Set SimpleITK's tolerance, of which a process has one, for the time of an extraction.

    It is put back afterwards, so that extractors do not change each other's results (in
    PyRadiomics the first tolerance of a process stays).
    """
    if given is None:
        yield
        return
    coordinate = sitk.ProcessObject.GetGlobalDefaultCoordinateTolerance()
    direction = sitk.ProcessObject.GetGlobalDefaultDirectionTolerance()
    sitk.ProcessObject.SetGlobalDefaultCoordinateTolerance(given)
    sitk.ProcessObject.SetGlobalDefaultDirectionTolerance(given)
    try:
        yield
    finally:
        sitk.ProcessObject.SetGlobalDefaultCoordinateTolerance(coordinate)
        sitk.ProcessObject.SetGlobalDefaultDirectionTolerance(direction)


def _by(size) -> str:
    return " x ".join(map(str, size))


def _numbers(values) -> str:
    return "(" + ", ".join(f"{value:.9g}" for value in values) + ")"

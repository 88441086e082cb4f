"""Where a region lies, by a few passes over the mask instead of ITK's statistics of all labels."""

from __future__ import annotations

import numpy
import SimpleITK as sitk


def bounding_box(inside):
    """First and last index (z, y, x) of the True voxels, or None if there is none."""
    lower, upper = [], []
    for axis in range(inside.ndim):
        # The voxels left after each axis are fewer, so the first pass is the only one over all.
        others = tuple(other for other in range(inside.ndim) if other != axis)
        hits = numpy.flatnonzero(inside.any(axis=others))
        if hits.size == 0:
            return None
        lower.append(int(hits[0]))
        upper.append(int(hits[-1]))
        keep = [slice(None)] * inside.ndim
        keep[axis] = slice(hits[0], hits[-1] + 1)
        inside = inside[tuple(keep)]
    return numpy.array(lower), numpy.array(upper)


def crop(array, box):
    """The part of the array inside a bounding box."""
    lower, upper = box
    return array[tuple(slice(a, b + 1) for a, b in zip(lower, upper, strict=True))]


def same_grid(image, mask) -> bool:
    """Whether image and mask have the very same geometry, so that no tolerance has to decide.

    False also for pixel types whose statistics ITK refuses: its own error is wanted then.
    """
    return (
        image.GetSize() == mask.GetSize()
        and image.GetSpacing() == mask.GetSpacing()
        and image.GetOrigin() == mask.GetOrigin()
        and image.GetDirection() == mask.GetDirection()
        and image.GetNumberOfComponentsPerPixel() == mask.GetNumberOfComponentsPerPixel() == 1
        and image.GetPixelID() not in (sitk.sitkComplexFloat32, sitk.sitkComplexFloat64)
        and sitk.GetArrayViewFromImage(mask).dtype.kind in "iu"
    )

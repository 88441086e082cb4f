"""Images on a new grid by cubic B-splines: the engine's, where they are ITK's.

ITK turns the whole image into coefficients, whatever part of it is wanted. The engine needs the
part, and its values are ITK's but for rounding. PyRadiomics cuts values off to whole numbers if the
image holds such: where rounding decides on one, ITK is to be asked.
"""

from __future__ import annotations

import numpy
import SimpleITK as sitk

from radiomics_rs import RadiomicsError, _core

from ._grids import NO_PLACE

#: By how much values may differ, as a part of the largest one: rounding, and what ITK leaves out of
#: sums at the first voxels of a line, of which its pole leaves as much from voxel to voxel.
_ROUNDING, _LEFT_OUT, _POLE = 1e-11, 1e-9, 2.0 - 3.0**0.5
#: So near to the border of the image, in voxels, rounding decides whether a place is in it.
_BORDER = 1e-6


def resampled(image, mask, first, threads):
    """A 3D image of whole or of 32-bit numbers on the grid of `mask`.

    The grid begins at the voxel `first` (x, y, z) of one that has the corner of the image's. None
    where the engine cannot say what ITK gives.
    """
    source = sitk.GetArrayViewFromImage(image)
    whole = source.dtype.kind in "iu" and source.dtype.itemsize <= 4
    if not whole and source.dtype != numpy.float32:
        return None
    old, new = image.GetSpacing()[::-1], mask.GetSpacing()[::-1]
    size, first = mask.GetSize()[::-1], numpy.asarray(first, int)[::-1]
    try:
        values = _values(source, old, new, size, first, threads)
    except RadiomicsError:
        return None
    if values is None or (whole and _in_doubt(values, source.shape, old, new, first)):
        return None
    if whole:
        limits = numpy.iinfo(source.dtype)
        numpy.clip(numpy.trunc(values, out=values), limits.min, limits.max, out=values)
    made = sitk.GetImageFromArray(values.astype(source.dtype))
    made.CopyInformation(mask)
    return made


def _values(source, old, new, size, first, threads):
    """64-bit values of a box of the new grid, None if it is none of the engine's."""
    step = numpy.divide(new, old)
    for n, start, length, by in zip(source.shape, first, size, step, strict=True):
        at = (start + numpy.arange(length) + 0.5) * by
        if (numpy.abs(at - n) < _BORDER).any():
            return None
    # The voxels that hold the box are a region, which the engine computes the box of.
    lower = numpy.floor(first * step - 1).astype(int)
    upper = numpy.ceil((first + size) * step + 1).astype(int)
    region = numpy.zeros(source.shape, "uint8")
    ends = zip(numpy.maximum(lower, 0).tolist(), upper.tolist(), strict=True)
    region[tuple(slice(a, b) for a, b in ends)] = 1
    settings = _core.Settings(
        profile="pyradiomics",
        resample_spacing_mm=list(new),
        image_interpolation="cubic_spline",
        intensity_rounding="none",
        keep_single_slices=False,
        bin_number=2,
    )
    geometry = (old, *NO_PLACE)
    values, _, _, _, (_, origin, _) = _core.prepare(
        source, geometry, region, geometry, settings, label=1, margin_mm=0.0, threads=threads
    )
    # In voxels of the new grid, whose first voxel begins where that of the old one does.
    corner = numpy.subtract(new, old) / 2.0
    begins = numpy.rint(numpy.divide(numpy.subtract(origin, corner), new)).astype(int)
    start = first - begins
    if (start < 0).any() or (start + size > values.shape).any():
        return None
    return values[tuple(slice(a, a + n) for a, n in zip(start.tolist(), size, strict=True))]


def _in_doubt(values, shape, old, new, first) -> bool:
    """Whether rounding decides on which whole number a value is cut off to."""
    largest = max(values.max(), -values.min())
    widest = largest * (_ROUNDING + _LEFT_OUT)
    distance = numpy.rint(values)
    # What is cut off to 0 comes from both of its sides.
    near = distance != 0.0
    numpy.subtract(values, distance, out=distance)
    numpy.abs(distance, out=distance)
    near &= distance < widest
    places = numpy.argwhere(near)
    if not len(places):
        return False
    # In voxels of the image, from whichever border is near.
    at = (places + first + 0.5) * numpy.divide(new, old) - 0.5
    border = numpy.maximum(numpy.minimum(at, numpy.array(shape) - 1 - at), 0.0)
    allowed = largest * (_ROUNDING + _LEFT_OUT * (_POLE**border).max(axis=1))
    return bool((distance[near] < allowed).any())

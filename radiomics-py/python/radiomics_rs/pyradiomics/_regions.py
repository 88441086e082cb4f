"""Where a region lies, by a few passes over the mask instead of ITK's statistics of all labels."""

from __future__ import annotations

import numpy


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


def seen(image, box, margin, reach):
    """First and last index (x, y, z) of what a filter with this reach must see of an image.

    Its response is wanted `margin` voxels round `box` (lower x, upper x, lower y, ...).
    """
    last = numpy.array(image.GetSize()) - 1
    far = numpy.array(reach.voxels) + margin
    lower, upper = box[0::2] - far, box[1::2] + far
    if reach.periodic:
        # Past one border of the image lies the other one.
        past = (lower < 0) | (upper > last)
        lower, upper = numpy.where(past, 0, lower), numpy.where(past, last, upper)
    return numpy.maximum(lower, 0), numpy.minimum(upper, last)

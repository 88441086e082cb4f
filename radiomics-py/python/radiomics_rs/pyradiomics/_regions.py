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


#: Voxels of a mask that are looked at together, which a cache holds.
_TOGETHER = 2**20


def region_of(array, label):
    """Bounding box (see `bounding_box`) and number of the voxels of a label, box None of none.

    A few slices at a time, so that no second mask is in memory.
    """
    step = max(1, _TOGETHER * len(array) // max(array.size, 1))
    lower, upper, count = None, None, 0
    for first in range(0, len(array), step):
        inside = array[first : first + step] == label
        some = numpy.count_nonzero(inside)
        if not some:
            continue
        count += some
        low, high = bounding_box(inside)
        low[0] += first
        high[0] += first
        lower = low if lower is None else numpy.minimum(lower, low)
        upper = high if upper is None else numpy.maximum(upper, high)
    return (None if lower is None else (lower, upper)), int(count)


class Known:
    """Where the regions of the masks of one extraction lie, each looked for once."""

    def __init__(self):
        self._found = {}
        self._last = ((None, None), None)

    def region_of(self, mask, label):
        """As the function of that name, of an image."""
        key = id(mask), label
        if key not in self._found:
            # With the mask, so that no other one gets its number.
            self._found[key] = mask, region_of(sitk.GetArrayViewFromImage(mask), label)
        return self._found[key][1]

    def extremes(self, image, mask, look):
        """Smallest and largest value of the region of the image, which `look` looks for.

        Once for all feature classes of an image: that of the last one is known.
        """
        (of_image, of_mask), found = self._last
        if image is not of_image or mask is not of_mask:
            found = look()
            self._last = (image, mask), found
        return found


def known(settings):
    """The `Known` of the extraction that settings are of; a new one for a call by itself."""
    return settings.get("known") or Known()


def crop(array, box):
    """The part of the array inside a bounding box."""
    lower, upper = box
    return array[tuple(slice(a, b + 1) for a, b in zip(lower, upper, strict=True))]


def nearby(image, mask, box, margin, reach, *, parted):
    """Image and mask as far as a filter sees them, and the box in them.

    The response is wanted `margin` voxels round the box. What is far from both borders of an axis
    may be left out of them with `parted`.
    """
    grown = box + numpy.tile([-margin, margin], len(box) // 2)
    parts = round_border(image, grown, reach) if parted and reach.periodic else None
    if parts is None:
        lower, upper = seen(image, box, margin, reach)
        bounds = zip(lower.tolist(), upper.tolist(), strict=True)
        window = tuple(slice(first, last + 1) for first, last in bounds)
        return image[window], mask[window], box - numpy.repeat(lower, 2)
    made = []
    for one in (image, mask):
        part = sitk.GetImageFromArray(only(sitk.GetArrayViewFromImage(one), parts))
        part.SetSpacing(one.GetSpacing())
        made.append(part)
    first = [
        of_axis[-1][0] - sum(last - first + 1 for first, last in of_axis[:-1])
        if lower >= of_axis[-1][0]
        else of_axis[0][0]
        for lower, of_axis in zip(box[0::2], parts, strict=True)
    ]
    return *made, box - numpy.repeat(first, 2)


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


def round_border(image, box, reach):
    """Of each axis (x, y, z), the first and last indices of the parts that a periodic filter sees.

    What lies between two parts is seen by no voxel of the box. Left out, it is missed nowhere: both
    borders are where they were, and what the filter sees past the one is the other. None where it
    sees past none, or less than three quarters of the image is left out.
    """
    parts, kept, size = [], 1.0, image.GetSize()
    for axis, n in enumerate(size):
        far = reach.voxels[axis]
        # An odd axis has its first voxel once more at its end.
        before, after = int(box[2 * axis]) - far - 2, int(box[2 * axis + 1]) + far + 2
        if before >= 0 and after < n:
            parts.append([(before, after)])
        else:
            lower, upper = (after, n + before) if before < 0 else (after - n, before)
            # Even axes stay even.
            upper -= (upper - lower - 1) % 2
            parts.append([(0, lower), (upper, n - 1)] if lower + 1 < upper else [(0, n - 1)])
        kept *= sum(last - first + 1 for first, last in parts[-1]) / n
    is_parted = any(len(of_axis) > 1 for of_axis in parts)
    return parts if is_parted and kept <= 0.25 else None


def only(array, parts):
    """The part of an array (z, y, x) that lies in one of the `parts` of each axis (x, y, z)."""
    for axis, of_axis in enumerate(reversed(parts)):
        before = (slice(None),) * axis
        cut = [array[(*before, slice(first, last + 1))] for first, last in of_axis]
        array = numpy.concatenate(cut, axis) if len(cut) > 1 else cut[0]
    return array

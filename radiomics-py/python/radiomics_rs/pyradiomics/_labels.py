"""Masks as PyRadiomics takes them: whole numbers from 0; what that loses is said."""

from __future__ import annotations

import logging

import numpy
import SimpleITK as sitk

from ._regions import Known

#: The highest label that PyRadiomics has.
HIGHEST = 2**32 - 1

logger = logging.getLogger("radiomics.imageoperations")


def as_labels(mask: sitk.Image, *, narrow: bool = False) -> sitk.Image:
    """The mask as UInt32; a warning says what that cuts off, and of how many voxels.

    With `narrow`, a mask of less wide numbers that are the same labels stays as it is.
    """
    values = sitk.GetArrayViewFromImage(mask)
    if values.dtype.kind == "f":
        cut = values != numpy.trunc(values)
        if cut.any():
            logger.warning(
                "The mask holds values between whole numbers, such as %g, at %d voxels: they are "
                "cut off to whole ones, as in PyRadiomics; threshold or round the mask first",
                values[cut][0],
                numpy.count_nonzero(cut),
            )
    negative = values.dtype.kind in "fi" and values.size and values.min() < 0
    if negative:
        _warn_of_other_labels(values[values < 0])
    if (values.dtype.kind == "f" or values.dtype.itemsize == 8) and (values > HIGHEST).any():
        _warn_of_other_labels(values[values > HIGHEST])
    if narrow and values.dtype.kind in "iu" and values.dtype.itemsize <= 4 and not negative:
        return mask
    return sitk.Cast(mask, sitk.sitkUInt32)


def _warn_of_other_labels(values) -> None:
    logger.warning(
        "The mask holds values that are no labels of PyRadiomics, such as %g, at %d voxels: labels "
        "are from 0 to %d, and it takes these for others",
        values[0],
        values.size,
        HIGHEST,
    )


def require_label(given: sitk.Image, labels: sitk.Image, label, known: Known) -> None:
    """Raise ValueError if a mask made by `as_labels` does not hold the label.

    The values are named as they were given.
    """
    if known.region_of(labels, label)[0] is not None:
        return
    # Only now: sorting all voxels of a CT takes seconds.
    present = numpy.unique(sitk.GetArrayViewFromImage(given))
    present = present[present != 0]
    whole = present[present == numpy.trunc(present)]
    if not present.size:
        raise ValueError("No labels found in this mask (i.e. nothing is segmented)!")
    if not whole.size:
        raise ValueError(
            f"No labels found in this mask: its values, up to {present.max():g}, are between whole "
            "numbers; threshold or round it first"
        )
    raise ValueError(f"Label ({label:g}) not present in mask. Choose from {whole}")

"""The type of a feature value."""

from __future__ import annotations

import numpy


def value(number):
    """A feature as `numpy.float64`.

    PyRadiomics returns a mixture of 0-dimensional arrays and `float64`, which `json` refuses.
    `float64` is a `float` (so `json`, `csv`, `float()` and data frames take it) and still has
    ``.item()`` and ``.tolist()``. Whatever is not a single number (a plug-in's own result) is
    handed on as it is.
    """
    array = numpy.squeeze(number)
    if array.ndim != 0 or array.dtype.kind not in "fiub":
        return number
    return numpy.float64(array)

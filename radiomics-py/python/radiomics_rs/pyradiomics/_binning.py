"""Grey-level discretisation by PyRadiomics' rules, for plug-ins and attributes.

The features themselves are discretised by the engine (`BinAnchor`, `Discretisation` of the
settings).
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

import numpy

from radiomics_rs import RadiomicsError

from . import _settings

logger = logging.getLogger("radiomics.imageoperations")

#: Levels above this are a mistake in the settings: a matrix with as many rows does not fit into
#: memory.
MAXIMUM_LEVELS = 2**24


class TooManyLevels(RadiomicsError, MemoryError):
    """The bin width is too small for the range of grey levels: PyRadiomics runs out of memory."""


class NotFinite(RadiomicsError):
    """NaN or infinity among the grey levels: PyRadiomics has NumPy's ValueError, or goes on."""


#: Of an image that has no values of its own in places.
_WITHOUT_VALUES = {
    "lbp-3D-k": "where all samples round a voxel are equal, there is no kurtosis: leave out LBP3D, "
    "or such voxels from the mask",
}


@contextlib.contextmanager
def of_image(name: str) -> Iterator[None]:
    """Have errors say in which image grey levels are not finite."""
    try:
        yield
    except NotFinite as error:
        why = f" ({_WITHOUT_VALUES[name]})" if name in _WITHOUT_VALUES else ""
        raise NotFinite(f"image {name}: {error}{why}") from None


def check_finite(minimum, maximum) -> None:
    """Refuse NaN and infinity."""
    if not (numpy.isfinite(minimum) and numpy.isfinite(maximum)):
        raise NotFinite(
            f"cannot discretise the region: its grey levels run from {minimum} to {maximum} (NaN "
            "or infinity in the "
            "image, or an image without variation was normalised)"
        )


def check_bins(minimum, maximum, binWidth) -> None:
    """Refuse what cannot be discretised, with the reason."""
    check_finite(minimum, maximum)
    minimum, maximum = float(minimum), float(maximum)
    levels = (maximum - minimum) / binWidth
    if levels > MAXIMUM_LEVELS:
        raise TooManyLevels(
            f"binWidth {binWidth:g} divides grey levels from {minimum:g} to {maximum:g} into "
            f"{levels:.0f} bins "
            f"(at most {MAXIMUM_LEVELS}): use a larger binWidth, or binCount"
        )
    if not numpy.isfinite(abs(minimum) + abs(maximum) + 2.0 * binWidth):
        raise ValueError(
            f"binWidth {binWidth:g} is too large for grey levels from {minimum:g} to {maximum:g}: "
            "the edges of the bins are beyond the largest number; use a smaller binWidth, or "
            "divide the image by a power of ten"
        )


def getBinEdges(parameterValues, **kwargs):
    """Edges of the bins for these grey levels.

    They are multiples of `binWidth` (25), or make `binCount` equal bins if that is set.
    All bins are half open; one bin is added above the maximum, or the last edge is raised by 1 for
    `binCount`, so that `numpy.digitize` finds a bin for every value.

    >>> getBinEdges([54, 166], binWidth=25)
    array([ 50,  75, 100, 125, 150, 175, 200])
    """
    binCount = _settings.get(kwargs, "binCount")
    values = numpy.asarray(parameterValues)
    # As Python numbers: the rule is computed in double precision whatever the image's type, and
    # small integer types cannot overflow.
    minimum, maximum = values.min().item(), values.max().item()
    if binCount is not None:
        check_finite(minimum, maximum)
        if binCount > MAXIMUM_LEVELS:
            raise TooManyLevels(
                f"binCount is {binCount}, and {MAXIMUM_LEVELS} is the limit: use a smaller one"
            )
        # In double precision, then in the type of the image, as NumPy 1 has it for float32.
        edges = numpy.histogram_bin_edges(numpy.array([minimum, maximum], float), binCount)
        if values.dtype.kind == "f":
            edges = edges.astype(values.dtype)
        edges[-1] += 1
        return edges
    binWidth = _settings.get(kwargs, "binWidth")
    check_bins(minimum, maximum, binWidth)
    low = minimum - (minimum % binWidth)
    edges = numpy.arange(low, maximum + 2 * binWidth, binWidth)
    if len(edges) == 1:
        edges = numpy.array([edges[0] - 0.5, edges[0] + 0.5])
    logger.debug("Calculated %d bins for bin width %g", len(edges) - 1, binWidth)
    return edges


def binImage(parameterMatrix, parameterMatrixCoordinates=None, **kwargs):
    """Grey levels of the voxels that `parameterMatrixCoordinates` selects, and the bin edges.

    The coordinates are a boolean array or indices; levels count from 1, other voxels are 0.
    """
    if parameterMatrixCoordinates is None:
        edges = getBinEdges(parameterMatrix.ravel(), **kwargs)
        return numpy.digitize(parameterMatrix, edges), edges
    values = parameterMatrix[parameterMatrixCoordinates]
    edges = getBinEdges(values, **kwargs)
    levels = numpy.zeros(parameterMatrix.shape, dtype="int")
    levels[parameterMatrixCoordinates] = numpy.digitize(values, edges)
    return levels, edges


def check_settings(minimum, maximum, settings) -> None:
    """Refuse grey levels or bins that cannot be discretised, before anything is calculated."""
    if _settings.get(settings, "binCount") is not None:
        check_finite(minimum, maximum)
    else:
        check_bins(minimum, maximum, _settings.get(settings, "binWidth"))

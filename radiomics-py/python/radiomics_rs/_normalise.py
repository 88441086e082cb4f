"""Intensities made comparable, and the width of bins that suits a cohort."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from radiomics_rs._arguments import SettingsLike, label_of, real, settings_of
from radiomics_rs._core import RegionError, SettingsError
from radiomics_rs._prepare import prepare
from radiomics_rs.io import ImageLike, Volume, grids, volume, volumes

METHODS = ("z_score", "range", "percentiles")
#: Numbers of grey levels that studies found features stable with; see `suggest_bin_width`.
LEVELS = (16, 128)
#: Widths that people choose, within a power of ten.
STEPS = (1.0, 2.0, 2.5, 5.0)


def normalise(
    image: ImageLike,
    method: str = "z_score",
    *,
    reference: ImageLike | None = None,
    label: int | str = 1,
    percentiles: tuple[float, float] = (1.0, 99.0),
    spacing_mm: float | Sequence[float] | None = None,
) -> Volume:
    """An image whose intensities are made comparable, as those of MR, which have no unit.

    Features do so only if asked: give the result to `extract` in place of the image. The settings
    `normalise` and `normalise_scale` are PyRadiomics' way, by the whole image.

    Args:
        image: as for `extract`.
        method: "z_score": less the mean, over the standard deviation (of the population); "range":
            the smallest intensity becomes 0 and the largest 1; "percentiles": the two percentiles
            become 0 and 1, and what lies beyond them keeps its place.
        reference: a mask of the region whose intensities count, such as liver or spleen; None for
            the whole image.
        label: which label of `reference` that is.
        percentiles: which ones, in percent, by linear interpolation.
        spacing_mm: as for `extract`, if all are arrays.

    Returns:
        The volume, 64-bit floats, with the step "normalise" in its record.

    Raises:
        SettingsError: a method that does not exist, or percentiles that are none.
        RegionError: a label without voxels, or a reference of equal or non-finite intensities.
        GeometryError: a reference that is not on the grid of the image.
    """
    if method not in METHODS:
        raise SettingsError(f"method is {method!r}: give one of {', '.join(METHODS)}")
    label = label_of(label, reference)
    if reference is None:
        given = volume(image, spacing_mm)
        sample, of = given.voxels.astype(np.float64).ravel(), "the whole image"
    else:
        given, mask = volumes(image, reference, spacing_mm, [label])
        mask = grids.align(given, mask, "reference")
        sample = given.voxels[mask.voxels == label].astype(np.float64)
        of = f"label {label} of the reference"
        if not sample.size:
            raise RegionError(f"{of} has no voxels")
    if not np.isfinite(sample).all():
        count = int((~np.isfinite(sample)).sum())
        are = "voxel of {} is" if count == 1 else "voxels of {} are"
        raise RegionError(f"{count} {are.format(of)} NaN or infinite: replace them")
    centre, scale = _by(method, sample, percentiles)
    if not scale > 0:
        raise RegionError(f"all intensities of {of} are {centre:g}: there is nothing to scale by")
    record = given.record.with_step(
        "normalise",
        f"{method} by {of} ({sample.size} voxels): (intensity - {centre:g}) / {scale:g}",
        method=method,
        centre=centre,
        scale=scale,
        voxels=int(sample.size),
    )
    voxels = (given.voxels.astype(np.float64) - centre) / scale
    return replace(given, voxels=voxels, owner=None, record=record)


def _by(
    method: str, sample: npt.NDArray[np.float64], percentiles: tuple[float, float]
) -> tuple[float, float]:
    """What is taken off intensities, and what they are divided by."""
    if method == "z_score":
        return float(sample.mean()), float(sample.std())
    if method == "range":
        low, high = float(sample.min()), float(sample.max())
        return low, high - low
    if not isinstance(percentiles, Sequence) or len(percentiles) != 2:
        raise TypeError(f"percentiles is {percentiles!r}: give two numbers, such as (1, 99)")
    low, high = (real("percentiles", one) for one in percentiles)
    if not 0 <= low < high <= 100:
        raise SettingsError(f"percentiles are {percentiles}: give two from 0 to 100, ascending")
    low, high = (float(x) for x in np.percentile(sample, [low, high]))
    return low, high - low


@dataclass(frozen=True)
class BinWidth:
    """A width of bins, and what it makes of the cases."""

    width: float
    """In units of intensity: the setting `bin_width`."""
    ranges: tuple[tuple[float, float], ...]
    """Lowest and highest intensity of each case's region, after preprocessing."""
    levels: tuple[int, ...]
    """Number of bins that span each case's range with this width."""
    outside: int
    """Number of cases whose number of bins lies outside of what was asked for."""


def suggest_bin_width(
    cases: Iterable[Sequence[Any]],
    settings: SettingsLike = None,
    *,
    label: int = 1,
    levels: tuple[int, int] = LEVELS,
) -> BinWidth:
    """The width of bins that gives most cases of a cohort a sensible number of grey levels.

    Widths are 1, 2, 2.5 or 5 times a power of ten. The one is taken with which the fewest cases
    have fewer or more bins than `levels`, and of several that one whose median number of bins is
    nearest, by its ratio, to the middle of them. Between 16 and 128 bins a study of PET found no
    significant difference (Tixier et al., J Nucl Med 2011, 52: 369-378, which the documentation of
    PyRadiomics cites). One width for a whole cohort is the rule: it is found of all cases that
    train a model, never of those that test it.

    Args:
        cases: pairs of image and mask, or (image, mask, label), each as for `extract`.
        settings: what is done before discretisation, such as resampling and resegmentation.
        label: the label of cases that name none.
        levels: the fewest and the most bins that are wanted.

    Raises:
        RegionError: no cases, or none with a range; and as `extract`.
        SettingsError: levels that are none.
    """
    low, high = levels
    if not 1 < low < high:
        raise SettingsError(f"levels is {levels}: give two numbers above 1, ascending")
    chosen = settings_of(settings)
    ranges = []
    for case in cases:
        if not isinstance(case, Sequence) or len(case) not in (2, 3):
            raise TypeError("a case is a pair of image and mask, or (image, mask, label)")
        image, mask, *rest = case
        region = prepare(image, mask, chosen, label=rest[0] if rest else label)
        inside = region.image.voxels[region.mask.voxels > 0]
        ranges.append((float(inside.min()), float(inside.max())))
    spans = [top - bottom for bottom, top in ranges if top > bottom]
    if not spans:
        raise RegionError(f"none of the {len(ranges)} cases has a range of intensities")
    middle = math.sqrt(low * high)
    powers = range(
        math.floor(math.log10(min(spans) / high)) - 1, math.ceil(math.log10(max(spans) / low)) + 2
    )

    held = chosen.to_dict()
    is_multiple = held["bin_anchor"] == "multiple_of_width"
    start = (held["resegment_range"] or [None])[0]

    def bins(bottom: float, top: float, width: float) -> int:
        if is_multiple:
            return math.floor(top / width) - math.floor(bottom / width) + 1
        first = bottom if start is None or not math.isfinite(start) else start
        return math.floor((top - first) / width) + 1

    def made(width: float) -> list[int]:
        return [bins(bottom, top, width) for bottom, top in ranges]

    def worse(width: float) -> tuple[int, float]:
        found = made(width)
        outside = sum(not low <= n <= high for n in found)
        return outside, abs(math.log(float(np.median(found)) / middle))

    width = min((step * 10.0**power for power in powers for step in STEPS), key=worse)
    return BinWidth(width, tuple(ranges), tuple(made(width)), worse(width)[0])

"""Pictures of the intensities of regions; needs matplotlib (`pip install radiomics-rs[plot]`)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from radiomics_rs._arguments import SettingsLike, settings_of, switch
from radiomics_rs._core import RegionError, SettingsError
from radiomics_rs._labels import Label
from radiomics_rs._look import new_axes
from radiomics_rs._plot_region import COLOURS
from radiomics_rs._prepare import Prepared, prepare
from radiomics_rs.io import ImageLike

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: So many bins are drawn where the settings have none.
PLAIN_BINS = 64


def plot_histogram(
    image: ImageLike | Mapping[str, ImageLike],
    mask: ImageLike,
    settings: SettingsLike = None,
    *,
    label: Label | Sequence[Label] = 1,
    density: bool = False,
    spacing_mm: float | Sequence[float] | None = None,
    resample_mask: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw the histogram of a region's intensities, in the bins that features are computed with.

    Intensities are those after resampling and resegmentation, as `extract` sees them; each bar is
    a bin of the settings, so that too few or empty bins are seen.

    >>> plot_histogram(ct, mask, {"bin_width": 25}, label=[1, 2])  # doctest: +SKIP

    Args:
        image: as for `extract`; or several images by name, each with a histogram of its own.
        mask: as for `extract`.
        settings: as for `extract`; of one discretisation.
        label: which label of the mask, or its name if the mask has `names`; or several of them,
            each with a histogram of its own.
        density: whether to draw the share of voxels instead of their number, as regions of
            different sizes need.
        spacing_mm: as for `extract`.
        resample_mask: as for `extract`.
        ax: where to draw; None makes a new figure.

    Returns:
        The axes: intensities in the unit of the image, and voxels or their share.

    Raises:
        ImportError: matplotlib is not installed.
        RadiomicsError: what `extract` raises for images, masks, labels and settings.
    """
    chosen, share = settings_of(settings), switch("density", density)
    images = image if isinstance(image, Mapping) else {"": image}
    labels = list(label) if isinstance(label, list | tuple) else [label]
    if not images or not labels:
        raise RegionError("there is nothing to draw: give at least one image and one label")
    regions = {}
    for (name, one), of in itertools.product(images.items(), labels):
        region = prepare(
            one, mask, chosen, label=of, spacing_mm=spacing_mm, resample_mask=resample_mask
        )
        parts = [name] if name else []
        parts += [str(of) if isinstance(of, str) else f"label {of}"] if len(labels) > 1 else []
        regions[", ".join(parts)] = region
    if ax is None:
        ax = new_axes()
    colours = itertools.cycle(COLOURS)
    for (name, region), colour in zip(regions.items(), colours, strict=False):
        edges, counts, _ = bars(region)
        heights = counts / counts.sum() if share else counts
        ax.stairs(heights, edges, color=colour, label=name or None, fill=len(regions) == 1)
    if any(regions):
        ax.legend(fontsize="small")
    levels = [present for *_, present in map(bars, regions.values())]
    ax.set(
        xlabel="intensity",
        ylabel="share of voxels" if share else "voxels",
        title=", ".join(f"{n} grey levels" for n in levels if n) if len(levels) == 1 else "",
    )
    return ax


def bars(region: Prepared) -> tuple[npt.NDArray[Any], npt.NDArray[Any], int]:
    """Edges and counts of the bins of a region, and how many of them hold a voxel.

    An edge lies half way between the highest intensity of a bin and the lowest of the next one that
    is there, which is where the bins of the settings are to the eye.
    """
    inside = region.mask.voxels > 0
    values = np.asarray(region.image.voxels[inside], np.float64)
    if region.levels is None:
        counts, edges = np.histogram(values, PLAIN_BINS)
        return edges, counts, 0
    levels = np.asarray(region.levels.voxels[inside])
    return _bins(values, levels)


def _bins(
    values: npt.NDArray[np.float64], levels: npt.NDArray[Any]
) -> tuple[npt.NDArray[Any], npt.NDArray[Any], int]:
    """Bins of even width that hold each level, or, where there are none, levels side by side."""
    present = np.unique(levels)
    low = np.array([values[levels == level].min() for level in present])
    high = np.array([values[levels == level].max() for level in present])
    if (low[1:] < high[:-1]).any():
        raise SettingsError("the grey levels of the region are not in the order of its intensities")
    first, last = int(present[0]), int(present[-1])
    counts = np.bincount(levels.astype(np.int64) - first, minlength=last - first + 1)
    between = (high[:-1] + low[1:]) / 2
    inner = (
        np.interp(
            np.arange(first + 1, last + 1) - 0.5,
            (present[:-1] + present[1:]) / 2,
            between,
        )
        if len(present) > 1
        else np.empty(0)
    )
    width = float(np.diff(inner).mean()) if len(inner) > 1 else max(float(high[-1] - low[0]), 1.0)
    start = inner[0] - width if len(inner) else low[0] - width / 2
    end = inner[-1] + width if len(inner) else high[-1] + width / 2
    edges = np.concatenate(([min(start, low[0])], inner, [max(end, high[-1])]))
    return edges, counts, len(present)

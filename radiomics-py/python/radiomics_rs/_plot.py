"""Pictures of feature maps; needs matplotlib (`pip install radiomics-rs[plot]`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from radiomics_rs._core import RadiomicsError
from radiomics_rs._look import MARGIN, Look, new_axes
from radiomics_rs._maps import FeatureMaps
from radiomics_rs.io import NATIVE, ImageLike, volume
from radiomics_rs.io.protocols import taken

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_map(
    maps: FeatureMaps,
    name: str,
    image: ImageLike | None = None,
    *,
    index: int | None = None,
    window: tuple[float, float] | None = None,
    cmap: str = "inferno",
    ax: Axes | None = None,
) -> Axes:
    """Draw a map over its slice, with a colour bar and the outline of the region.

    Drawn as radiologists look at it, whatever the direction of the arrays' axes: the patient's
    right is at the left of an axial slice, and the front at the top.

    Args:
        maps: what `feature_maps` made.
        name: which of them, by the name of its column or as "glcm.contrast".
        image: the image the maps were made of, drawn in grey below; on the grid of the maps
            (not resampled). None draws the map alone.
        index: slice of the maps' box, along z; None takes the one with most of the region.
        window: lowest and highest intensity of the image to show; None takes the 1st and 99th
            percentile of what is shown.
        cmap: matplotlib's name of the colours.
        ax: where to draw; None makes a new figure.

    Returns:
        The axes, in units of millimetres.

    Raises:
        ImportError: matplotlib is not installed.
        KeyError: there is no map of that name.
        RadiomicsError: a slice that does not exist, or an image on another grid.
    """
    region = maps.region
    if index is None:
        index = int(region.sum(axis=(1, 2)).argmax())
    if not 0 <= index < maps.shape[0]:
        raise RadiomicsError(
            f"there is no slice {index}: the maps have slices 0 to {maps.shape[0] - 1}"
        )
    if ax is None:
        ax = new_axes()
    shown = np.where(region[index], maps[name][index], np.nan)
    look = Look(maps.direction, maps.spacing_mm)
    if image is not None:
        below, first = _slice(maps, image, index)
        look.grey(ax, below, first, window)
    picture = ax.imshow(look.turned(shown), cmap=cmap, extent=look.extent(shown, (0, 0)))
    look.outline(ax, region[index], (0, 0), "white", 0.8)
    look.orient(ax)
    ax.figure.colorbar(picture, ax=ax, label=name)
    ax.set(xlabel="mm", ylabel="mm")
    return ax


def _slice(
    maps: FeatureMaps, image: ImageLike, index: int
) -> tuple[np.ndarray[Any, Any], tuple[int, int]]:
    """The part of the image round a slice of the maps, and where it begins."""
    # An array has no spacing of its own, a file or SimpleITK image has.
    image = taken(image, "image", NATIVE)
    whole = volume(image, maps.spacing_mm if isinstance(image, np.ndarray) else None)
    if not np.allclose(whole.spacing_mm, maps.spacing_mm, atol=1e-4):
        raise RadiomicsError(
            f"the image has a spacing of {whole.spacing_mm} mm and the maps of {maps.spacing_mm}: "
            "give the image that the maps were made of, resampled as the settings say"
        )
    axes = np.asarray(maps.direction) * np.asarray(maps.spacing_mm)
    away = np.subtract(maps.origin_mm, whole.origin_mm)
    start = np.rint(np.linalg.solve(axes, away)).astype(int)
    inside = (start >= 0) & (start + maps.shape <= whole.voxels.shape)
    if not inside.all():
        raise RadiomicsError(
            "the image does not hold the box of the maps: give the one they are of"
        )
    margin = [int(np.ceil(MARGIN * max(maps.shape[1:])))] * 2
    low = [max(int(s) - m, 0) for s, m in zip(start[1:], margin, strict=True)]
    high = [int(s) + n + m for s, n, m in zip(start[1:], maps.shape[1:], margin, strict=True)]
    part = whole.voxels[start[0] + index, low[0] : high[0], low[1] : high[1]]
    # A copy: the file's image ends with this function.
    return np.array(part), (low[0] - int(start[1]), low[1] - int(start[2]))

"""Pictures of feature maps; needs matplotlib (`pip install radiomics-rs[plot]`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from radiomics_rs._core import RadiomicsError
from radiomics_rs._maps import FeatureMaps
from radiomics_rs.io import ImageLike, volume

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARGIN = 0.15
"""How much of the image is shown round the region, as a share of its size."""


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
        name: which of them.
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
    import matplotlib.pyplot as plt

    region = maps.region
    if index is None:
        index = int(region.sum(axis=(1, 2)).argmax())
    if not 0 <= index < maps.shape[0]:
        raise RadiomicsError(
            f"there is no slice {index}: the maps have slices 0 to {maps.shape[0] - 1}"
        )
    shown = np.where(region[index], maps[name][index], np.nan)
    if ax is None:
        ax = plt.figure(layout="constrained").add_subplot()
    look = _Look(maps)
    if image is not None:
        below, first = _slice(maps, image, index)
        low, high = np.percentile(below, (1, 99)) if window is None else window
        ax.imshow(
            look.turned(below), cmap="gray", vmin=low, vmax=high, extent=look.extent(below, first)
        )
    picture = ax.imshow(look.turned(shown), cmap=cmap, extent=look.extent(shown, (0, 0)))
    outline = look.turned(np.pad(region[index].astype(float), 1))
    ax.contour(*look.centres(outline), outline, levels=[0.5], colors="white", linewidths=0.8)
    look.orient(ax)
    ax.figure.colorbar(picture, ax=ax, label=name)
    ax.set(xlabel="mm", ylabel="mm")
    return ax


class _Look:
    """How a slice is turned, so that it is seen as radiologists see it.

    Directions point to the patient's left (x), back (y) and top (z). Across the picture runs what
    is nearest to x, or to y in a sagittal slice, and the left and the back are at the right; down
    it runs the other axis, the back and the bottom below.
    """

    def __init__(self, maps: FeatureMaps) -> None:
        columns = np.asarray(maps.direction)[:, 1:]
        # Components are (z, y, x).
        nearest = np.abs(columns).argmax(axis=0)
        self.swapped = bool(nearest[0] > nearest[1])
        order = [0, 1] if self.swapped else [1, 0]
        self._across, self._down = (np.asarray(maps.spacing_mm)[1:][axis] for axis in order)
        along = [columns[nearest[axis], axis] for axis in order]
        self._to_left = along[0] < 0
        # The top of the patient is up, the back is down.
        self._upwards = (along[1] < 0) != (nearest[order[1]] == 0)

    def turned(self, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """A slice (y, x) as rows and columns of the picture."""
        return array.T if self.swapped else array

    def extent(self, array: np.ndarray[Any, Any], first: tuple[int, int]) -> Any:
        """Edges of a slice that begins `first` voxels (y, x) from the maps' box, in its mm."""
        (rows, columns), (row, column) = array.shape, first
        if self.swapped:
            rows, columns, row, column = columns, rows, column, row
        top, left = (row - 0.5) * self._down, (column - 0.5) * self._across
        return left, left + columns * self._across, top + rows * self._down, top

    def centres(self, outline: np.ndarray[Any, Any]) -> Any:
        """Places (columns, rows) of a picture that begins a voxel before the maps' box, in mm."""
        rows, columns = outline.shape
        return np.arange(-1, columns - 1) * self._across, np.arange(-1, rows - 1) * self._down

    def orient(self, ax: Axes) -> None:
        """Turn the axes, whatever way round they are now."""
        left, right = sorted(ax.get_xlim())
        top, bottom = sorted(ax.get_ylim())
        ax.set_xlim((right, left) if self._to_left else (left, right))
        ax.set_ylim((top, bottom) if self._upwards else (bottom, top))


def _slice(
    maps: FeatureMaps, image: ImageLike, index: int
) -> tuple[np.ndarray[Any, Any], tuple[int, int]]:
    """The part of the image round a slice of the maps, and where it begins."""
    # An array has no spacing of its own, a file or SimpleITK image has.
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

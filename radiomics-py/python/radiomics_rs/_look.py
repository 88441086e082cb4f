"""How slices are turned in pictures, as radiologists look at them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Triples: TypeAlias = Sequence[Sequence[float]]

MARGIN = 0.15
"""How much of the image is shown round a region, as a share of its size."""


#: What is said where matplotlib is not.
MISSING = "matplotlib is not installed, which draws pictures: pip install radiomics-rs[plot]"


def new_axes() -> Axes:
    """The axes of a new figure; raises ImportError without matplotlib."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(MISSING) from error
    made: Axes = plt.figure(layout="constrained").add_subplot()
    return made


class Look:
    """How a slice is turned, so that it is seen as radiologists see it.

    Directions point to the patient's left (x), back (y) and top (z). Across the picture runs what
    is nearest to x, or to y in a sagittal slice, and the left and the back are at the right; down
    it runs the other axis, the back and the bottom below.
    """

    def __init__(self, direction: Triples, spacing_mm: Sequence[float]) -> None:
        """Of voxels with these directions, row by row, and spacings, all (z, y, x)."""
        columns = np.asarray(direction)[:, 1:]
        # Components are (z, y, x).
        nearest = np.abs(columns).argmax(axis=0)
        self.swapped = bool(nearest[0] > nearest[1])
        order = [0, 1] if self.swapped else [1, 0]
        self._across, self._down = (np.asarray(spacing_mm)[1:][axis] for axis in order)
        along = [columns[nearest[axis], axis] for axis in order]
        self._to_left = along[0] < 0
        # The top of the patient is up, the back is down.
        self._upwards = (along[1] < 0) != (nearest[order[1]] == 0)

    def turned(self, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """A slice (y, x) as rows and columns of the picture."""
        return array.T if self.swapped else array

    def extent(self, array: np.ndarray[Any, Any], first: tuple[int, int]) -> Any:
        """Edges of a slice in mm from a place that is `first` voxels (y, x) before it."""
        (rows, columns), (row, column) = array.shape, first
        if self.swapped:
            rows, columns, row, column = columns, rows, column, row
        top, left = (row - 0.5) * self._down, (column - 0.5) * self._across
        return left, left + columns * self._across, top + rows * self._down, top

    def grey(
        self,
        ax: Axes,
        array: np.ndarray[Any, Any],
        first: tuple[int, int],
        window: tuple[float, float] | None,
    ) -> None:
        """Draw a slice in grey; without a window from the 1st to the 99th percentile of it."""
        finite = array[np.isfinite(array)]
        low, high = window or (np.percentile(finite, (1, 99)) if finite.size else (0.0, 1.0))
        extent = self.extent(array, first)
        ax.imshow(self.turned(array), cmap="gray", vmin=low, vmax=high, extent=extent)

    def outline(
        self, ax: Axes, mask: np.ndarray[Any, Any], first: tuple[int, int], color: str, width: float
    ) -> None:
        """Draw the outline of a mask (y, x), which lies where `extent` puts a slice."""
        turned = self.turned(np.pad(mask.astype(float), 1))
        row, column = (first[1], first[0]) if self.swapped else first
        rows, columns = (
            (np.arange(n) - 1 + start) * step
            for n, start, step in zip(
                turned.shape, (row, column), (self._down, self._across), strict=True
            )
        )
        ax.contour(columns, rows, turned, levels=[0.5], colors=color, linewidths=width)

    def orient(self, ax: Axes) -> None:
        """Turn the axes, whatever way round they are now."""
        left, right = sorted(ax.get_xlim())
        top, bottom = sorted(ax.get_ylim())
        ax.set_xlim((right, left) if self._to_left else (left, right))
        ax.set_ylim((top, bottom) if self._upwards else (bottom, top))

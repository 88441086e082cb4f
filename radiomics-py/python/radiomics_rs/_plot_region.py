"""Pictures of regions on their image; needs matplotlib (`pip install radiomics-rs[plot]`)."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from radiomics_rs._arguments import label_of, whole
from radiomics_rs._core import GeometryError, RadiomicsError, RegionError, SettingsError
from radiomics_rs._look import MARGIN, MISSING, Look, new_axes
from radiomics_rs.io import ImageLike, Volume, volumes
from radiomics_rs.io.writing import beside

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: One after the other; seen apart by people who do not see red and green apart.
COLOURS = ("#e69f00", "#56b4e9", "#cc79a7", "#f0e442", "#009e73", "#d55e00")


def plot_region(
    image: ImageLike,
    masks: ImageLike | Mapping[str, ImageLike],
    *,
    label: int | str = 1,
    index: int | None = None,
    window: tuple[float, float] | None = None,
    spacing_mm: float | Sequence[float] | None = None,
    resample_mask: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw a slice of the image in grey, with the outline of one or several masks.

    Drawn as radiologists look at it, whatever the direction of the arrays' axes: the patient's
    right is at the left of an axial slice, and the front at the top.

    >>> plot_region(ct, {"tumour": tumour, "rim": rim, "liver": liver})  # doctest: +SKIP

    Args:
        image: as for `extract`.
        masks: a mask as for `extract`, or masks by the names that the legend has.
        label: which label of each mask is drawn, or its name if the first mask has `names`.
        index: slice along the first axis (z) of the masks; None takes the one with most of the
            first mask.
        window: lowest and highest intensity to show; None takes the 1st and 99th percentile of
            what is shown.
        spacing_mm: as for `extract`.
        resample_mask: as for `extract`.
        ax: where to draw; None makes a new figure.

    Returns:
        The axes, in units of millimetres.

    Raises:
        ImportError: matplotlib is not installed.
        RadiomicsError: what `extract` raises for images and masks; a slice that does not exist,
            or that holds no voxel of any mask.
    """
    named = masks if isinstance(masks, Mapping) else {"": masks}
    drawn, regions = _regions(
        image, named, label_of(label, next(iter(named.values()), None)), spacing_mm, resample_mask
    )
    chosen = _index(index, regions)
    slices = {name: region[chosen] for name, region in regions.items()}
    rows, columns = _box(np.any([*slices.values()], axis=0), chosen)
    shown, first = (
        np.asarray(drawn.voxels[chosen, rows, columns], float),
        (rows.start, columns.start),
    )
    look = Look(drawn.direction, drawn.spacing_mm)
    if ax is None:
        ax = new_axes()
    look.grey(ax, shown, first, window)
    limits = {"xlim": ax.get_xlim(), "ylim": ax.get_ylim()}
    colours = dict(zip(slices, itertools.cycle(COLOURS), strict=False))
    for name, region in slices.items():
        if name:
            text = name if region.any() else f"{name} (not here)"
            ax.plot([], [], color=colours[name], label=text)
    # The first one is drawn last, where a rim has the same line.
    for name, region in reversed(slices.items()):
        if region.any():
            look.outline(ax, region[rows, columns], first, colours[name], 1.2)
    if isinstance(masks, Mapping):
        ax.legend(loc="upper right", fontsize="small")
    # Outlines reach a voxel further than what is shown.
    ax.set(**limits)
    look.orient(ax)
    ax.set(xlabel="mm", ylabel="mm", title=f"slice {chosen}", aspect="equal")
    return ax


def draw(
    path: str | os.PathLike[str],
    image: ImageLike,
    masks: Mapping[str, ImageLike],
    *,
    label: int,
    index: int | None,
    resample_mask: bool,
) -> None:
    """Write the picture of `plot_region` to a file, in the format that its ending says.

    Raises SettingsError if matplotlib is not installed or has no such format.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise SettingsError(MISSING) from error
    # No window system is asked for, whatever matplotlib is set to.
    figure = Figure(layout="constrained")
    formats = FigureCanvasAgg(figure).get_supported_filetypes()
    ending = Path(path).suffix.lower().lstrip(".")
    if ending not in formats:
        raise SettingsError(
            f"{os.fspath(path)}: the name of a picture must end in one of {', '.join(formats)}"
        )
    ax = figure.add_subplot()
    plot_region(image, masks, label=label, index=index, resample_mask=resample_mask, ax=ax)
    with beside(path) as place:
        figure.savefig(place, format=ending, dpi=150)


def _regions(
    image: ImageLike,
    masks: Mapping[str, ImageLike],
    label: int,
    spacing_mm: float | Sequence[float] | None,
    resample_mask: bool,
) -> tuple[Volume, dict[str, npt.NDArray[np.bool_]]]:
    """The image and where each mask has the label, all on one grid."""
    if not masks:
        raise RegionError("there is no mask: give one, or several by name")
    drawn: Volume | None = None
    regions = {}
    for name, mask in masks.items():
        what = f"mask `{name}`" if name else "mask"
        found, of_mask = volumes(image, mask, spacing_mm, [label], resample_mask=resample_mask)
        if drawn is not None and found.geometry != drawn.geometry:
            raise GeometryError(
                f"the axes of {what} run in other directions than those of the first mask: give "
                "masks of one direction, such as those that `read_mask` gives for an image"
            )
        drawn = found
        if of_mask.voxels.shape != found.voxels.shape:
            raise GeometryError(
                f"{what} has shape {of_mask.voxels.shape} (z, y, x) and the image "
                f"{found.voxels.shape}: give resample_mask=True, or a mask on the image's grid"
            )
        regions[name] = np.asarray(of_mask.voxels == label)
        if not regions[name].any():
            raise RegionError(f"{what} has no voxel with label {label}")
    assert drawn is not None
    return drawn, regions


def _index(index: int | None, regions: Mapping[str, npt.NDArray[Any]]) -> int:
    """The slice that was asked for, or the one with most of the first mask."""
    region = next(iter(regions.values()))
    if index is None:
        return int(region.sum(axis=(1, 2)).argmax())
    index = whole("index", index)
    if not 0 <= index < len(region):
        raise RadiomicsError(
            f"there is no slice {index}: the image has slices 0 to {len(region) - 1}"
        )
    return index


def _box(region: npt.NDArray[Any], index: int) -> tuple[slice, slice]:
    """Rows and columns that hold a slice of the masks, with a margin."""
    if not region.any():
        raise RegionError(f"slice {index} holds no voxel of any mask: give another one, or none")
    ends = []
    for axis in (0, 1):
        inside = np.flatnonzero(region.any(axis=1 - axis))
        ends.append((int(inside[0]), int(inside[-1]) + 1))
    margin = max(2, int(np.ceil(MARGIN * max(high - low for low, high in ends))))
    rows, columns = (
        slice(max(low - margin, 0), min(high + margin, n))
        for (low, high), n in zip(ends, region.shape, strict=True)
    )
    return rows, columns

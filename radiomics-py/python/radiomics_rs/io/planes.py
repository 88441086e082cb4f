"""Images of two dimensions: ultrasound, and other frames that say nothing of where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from radiomics_rs._core import ReadError
from radiomics_rs.io.errors import Door
from radiomics_rs.io.record import Record
from radiomics_rs.io.voxels import SLICE_THICKNESS_MM, Volume

if TYPE_CHECKING:
    from radiomics_rs.io.frames import Frame, Source

#: ITU-R BT.601: how bright red, green and blue are.
BT601 = np.array([0.299, 0.587, 0.114])
CENTIMETRES = 3
ALL = "all"
SEVERAL = "ultrasound regions of different spacings: pixels count as 1 mm until a mask lies in one"


def is_planar(frames: Sequence[Frame]) -> bool:
    """Whether it is of a modality whose frames lie nowhere."""
    modality = frames[0].source.header.get("Modality")
    return modality in ("US", "IVUS", "ES", "XC", "GM", "SM") and frames[0].position is None


def read_plane(
    frames: Sequence[Frame], frame: int | str | None, record: Record, what: str, door: Door
) -> Volume:
    """One frame as an image of two dimensions, or all of them as a loop along the first axis."""
    if frame is None or (frame != ALL and (isinstance(frame, bool) or not isinstance(frame, int))):
        raise ReadError(
            f"{what}: it is a loop of {len(frames)} frames: choose one with frame=0 to "
            f"{len(frames) - 1}, or all with frame='all'"
        )
    if isinstance(frame, int) and not 0 <= frame < len(frames):
        raise ReadError(f"{what}: there is no frame {frame}; it has 0 to {len(frames) - 1}")
    from radiomics_rs.io.frames import stored

    chosen = list(frames) if frame == ALL else [frames[int(frame)]]
    images, grey, files = [], "", {}
    for one in chosen:
        if one.source.file.name not in files:
            files[one.source.file.name] = stored(one.source)
        voxels, is_rescaled = files[one.source.file.name]
        plane = voxels[one.index]
        if plane.ndim == 3:
            plane, grey = grey_of(plane), "colours became grey by BT.601"
        elif not is_rescaled:
            plane = plane * np.float64(one.slope) + one.intercept
        images.append(plane)
    spacing, text = _spacing(chosen[0], what, door)
    record = record.with_step("frame", f"frame {frame} of {len(frames)}", frame=frame)
    if grey:
        record = record.with_step("colour", grey, rule="BT.601")
    record = record.with_step("spacing", text, spacing_mm=list(spacing))
    regions = _regions(chosen[0].source)
    if regions:
        shown = (
            f"{len(regions)} ultrasound regions, (first row, first column, last row, last column)"
        )
        record = record.with_step(
            "ultrasound_regions",
            shown,
            regions=[_bounds(region) for region in regions],
            spacings_mm=[] if chosen[0].spacing else [_measured(region) for region in regions],
        )
    return Volume(np.array(images), (SLICE_THICKNESS_MM, *spacing), record=record)


def grey_of(colours: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Colours (..., red, green, blue) as grey by ITU-R BT.601."""
    grey: npt.NDArray[np.float64] = colours[..., :3].astype(np.float64) @ BT601
    return grey


def _spacing(frame: Frame, what: str, door: Door) -> tuple[tuple[float, float], str]:
    if frame.spacing is not None:
        return frame.spacing, "from PixelSpacing"
    measured = [_measured(region) for region in _regions(frame.source)]
    found = [spacing for spacing in measured if spacing is not None]
    if found and all(np.allclose(found[0], other) for other in found):
        return found[0], f"from its ultrasound region, {found[0][0] / 10:g} cm"
    if found:
        return (1.0, 1.0), SEVERAL
    door.remark(
        f"{what.removeprefix('cannot read ')}: it has no spacing: lengths are in pixels, which "
        "count as 1 mm"
    )
    return (1.0, 1.0), "no spacing: pixels count as 1 mm"


def _measured(region: Any) -> tuple[float, float] | None:
    """Millimetres between the rows and the columns of an ultrasound region; None if it has none."""
    units = {region.get(f"PhysicalUnits{axis}Direction") for axis in "XY"}
    deltas = [region.get(f"PhysicalDelta{axis}") for axis in "YX"]
    if units != {CENTIMETRES} or not all(deltas):
        return None
    return 10 * abs(float(deltas[0])), 10 * abs(float(deltas[1]))


def _regions(source: Source) -> list[Any]:
    return list(source.header.get("SequenceOfUltrasoundRegions") or [])


def _bounds(region: Any) -> list[int]:
    names = ("MinY0", "MinX0", "MaxY1", "MaxX1")
    return [int(region.get(f"RegionLocation{name}") or 0) for name in names]


def check_mask(image: Volume, mask: npt.NDArray[Any]) -> None:
    """Refuse a mask that reaches over the borders of an ultrasound region; raises ReadError."""
    _region_of(image, mask)


def in_region(
    image: Volume, mask: Volume, labels: Sequence[int] | None, door: Door
) -> tuple[Volume, Volume]:
    """Image and mask with the spacing of the ultrasound region that holds the labels of the mask.

    A mask outside of all regions has none, and pixels count as 1 mm; the door is told. Raises
    ReadError for a mask that reaches over the borders of a region.
    """
    values = _values(image)
    if not values or not values["spacings_mm"] or image.voxels.shape != mask.voxels.shape:
        return image, mask
    wanted = np.isin(mask.voxels, labels) if labels else mask.voxels != 0
    if not wanted.any():
        return image, mask
    place = _region_of(image, wanted)
    found = None if place is None else values["spacings_mm"][place]
    spacing = (image.spacing_mm[0], *(found or (1.0, 1.0)))
    if found is None:
        outside = "in no ultrasound region of the image"
        where = outside if place is None else "in an ultrasound region without a scale"
        door.remark(f"the mask lies {where}: lengths are in pixels, which count as 1 mm")
    if spacing == image.spacing_mm:
        return image, mask
    is_same = bool(np.allclose(mask.spacing_mm, image.spacing_mm))
    which = "no region" if place is None else f"region {place + 1} of {len(values['regions'])}"
    text = f"the mask lies in {which}: pixels of {spacing[1]:g} x {spacing[2]:g} mm"
    record = image.record.with_step("ultrasound_region", text, spacing_mm=list(spacing[1:]))
    return (
        replace(image, spacing_mm=spacing, owner=None, record=record),
        # A mask of another spacing is of another grid, and is refused for that.
        replace(mask, spacing_mm=spacing, owner=None) if is_same else mask,
    )


def remark_on_scale(image: Volume, path: str, door: Door) -> None:
    """Tell of an image whose ultrasound regions differ in spacing, where there is no mask yet."""
    if any(decision.text == SEVERAL for decision in image.record):
        door.remark(f"image {path}: it has {SEVERAL}")


def _values(image: Volume) -> dict[str, Any]:
    try:
        return dict(image.record["ultrasound_regions"].values)
    except KeyError:
        return {}


def _region_of(image: Volume, mask: npt.NDArray[Any]) -> int | None:
    """Which ultrasound region holds a mask; None if it touches none, or there are none."""
    regions = _values(image).get("regions", ())
    rows, columns = np.nonzero(mask.any(axis=0))
    if not regions or not rows.size:
        return None
    held = (rows.min(), columns.min(), rows.max(), columns.max())
    # Of regions in each other the smallest one.
    by_size = sorted(
        enumerate(regions), key=lambda pair: (pair[1][2] - pair[1][0]) * (pair[1][3] - pair[1][1])
    )
    for place, (top, left, bottom, right) in by_size:
        if top <= held[0] and left <= held[1] and held[2] <= bottom and held[3] <= right:
            return place
    if not any(
        ((top <= rows) & (rows <= bottom) & (left <= columns) & (columns <= right)).any()
        for top, left, bottom, right in regions
    ):
        return None
    many = f"{len(regions)} ultrasound regions" if len(regions) > 1 else "ultrasound region"
    raise ReadError(
        f"the mask, rows {held[0]} to {held[2]} and columns {held[1]} to {held[3]}, crosses the "
        f"borders of the image's {many}: draw it in one of them"
    )

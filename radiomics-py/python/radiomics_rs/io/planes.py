"""Images of two dimensions: ultrasound, and other frames that say nothing of where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from radiomics_rs._core import ReadError
from radiomics_rs.io.errors import Door
from radiomics_rs.io.frames import Frame, Source, stored
from radiomics_rs.io.record import Record
from radiomics_rs.io.voxels import SLICE_THICKNESS_MM, Volume

#: ITU-R BT.601: how bright red, green and blue are.
BT601 = np.array([0.299, 0.587, 0.114])
CENTIMETRES = 3
ALL = "all"


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
    regions = [_bounds(region) for region in _regions(chosen[0].source)]
    if regions:
        shown = (
            f"{len(regions)} ultrasound regions, (first row, first column, last row, last column)"
        )
        record = record.with_step("ultrasound_regions", shown, regions=regions)
    return Volume(np.array(images), (SLICE_THICKNESS_MM, *spacing), record=record)


def grey_of(colours: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Colours (..., red, green, blue) as grey by ITU-R BT.601."""
    return colours[..., :3].astype(np.float64) @ BT601


def _spacing(frame: Frame, what: str, door: Door) -> tuple[tuple[float, float], str]:
    if frame.spacing is not None:
        return frame.spacing, "from PixelSpacing"
    found = []
    for region in _regions(frame.source):
        units = {region.get(f"PhysicalUnits{axis}Direction") for axis in "XY"}
        deltas = [region.get(f"PhysicalDelta{axis}") for axis in "YX"]
        if units == {CENTIMETRES} and all(deltas):
            found.append((10 * abs(float(deltas[0])), 10 * abs(float(deltas[1]))))
    if found and all(np.allclose(found[0], other) for other in found):
        return found[0], f"from its ultrasound region, {found[0][0] / 10:g} cm"
    why = "ultrasound regions of different spacings" if found else "no spacing"
    door.remark(
        f"{what.removeprefix('cannot read ')}: it has {why}: lengths are in pixels, which count as "
        "1 mm"
    )
    return (1.0, 1.0), f"{why}: pixels count as 1 mm"


def _regions(source: Source) -> list[Any]:
    return list(source.header.get("SequenceOfUltrasoundRegions") or [])


def _bounds(region: Any) -> list[int]:
    names = ("MinY0", "MinX0", "MaxY1", "MaxX1")
    return [int(region.get(f"RegionLocation{name}") or 0) for name in names]


def check_mask(image: Volume, mask: npt.NDArray[Any]) -> None:
    """Refuse a mask that reaches over the ultrasound regions of an image; raises ReadError."""
    try:
        regions = image.record["ultrasound_regions"].values["regions"]
    except KeyError:
        return
    rows, columns = np.nonzero(mask.any(axis=0))
    if len(regions) < 2 or not rows.size:
        return
    held = (rows.min(), columns.min(), rows.max(), columns.max())
    for top, left, bottom, right in regions:
        if top <= held[0] and left <= held[1] and held[2] <= bottom and held[3] <= right:
            return
    raise ReadError(
        f"the mask, rows {held[0]} to {held[2]} and columns {held[1]} to {held[3]}, crosses the "
        f"borders of the image's {len(regions)} ultrasound regions: draw it in one of them"
    )

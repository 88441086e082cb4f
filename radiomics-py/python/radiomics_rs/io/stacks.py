"""Frames that are put together to a volume, if they make one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from radiomics_rs._core import GeometryError
from radiomics_rs._simpleitk import sitk
from radiomics_rs.io.dicom import ROUNDING_MM, STRAIGHT, UNEVEN
from radiomics_rs.io.frames import Floats, Frame

#: By how much direction cosines of one volume may differ.
TURNED = 1e-3


@dataclass(frozen=True, eq=False)
class Stack:
    """Frames in order along the normal of their planes."""

    frames: list[Frame]
    heights: Floats
    """Of each frame along row x column, in mm."""
    step: float
    """Millimetres between slices; 1 for a single one."""
    rows: Floats
    """Directions (x, y, z) of x, y and z, a row each."""
    shift: Floats
    """By how many mm (x, y) of the plane a slice is shifted against the one before: a tilt."""
    is_even: bool


def stacked(frames: Sequence[Frame], what: str) -> Stack:
    """The frames in order, with repeated positions still in it; raises GeometryError."""
    placed = [f for f in frames if f.position is not None and f.orientation is not None]
    if len(placed) < len(frames) or any(f.spacing is None for f in frames):
        count = len(frames)
        raise GeometryError(
            f"{what}: the plane position, orientation or spacing of its "
            f"{'frames' if count > 1 else 'frame'} is missing, so there is no volume; a frame can "
            f"be read as a 2D image with frame=0 to {count - 1}"
        )
    places = {str(f.source.header.get("FrameOfReferenceUID") or "") for f in frames}
    if len(places) > 1:
        listed = ", ".join(sorted(place or "none" for place in places))
        raise GeometryError(
            f"{what}: its slices lie in {len(places)} frames of reference ({listed}), so their "
            "positions are not of one space: give the files of one, or register them"
        )
    turns = np.array([f.orientation for f in frames])
    _check_numbers(frames, turns, what)
    if np.abs(turns - turns[0]).max() > TURNED:
        kinds = len({tuple(np.round(turn, 2)) for turn in turns})
        raise GeometryError(
            f"{what}: its {len(frames)} slices have {kinds} orientations, such as "
            f"{_shown(turns[0])} and {_shown(turns[np.abs(turns - turns[0]).max(1).argmax()])}: "
            "keep the files of one"
        )
    sizes = {(f.source.header.Rows, f.source.header.Columns, f.spacing) for f in frames}
    if len(sizes) > 1:
        raise GeometryError(f"{what}: its slices differ in size or spacing: {sorted(sizes)[:3]}")
    row, column = turns[0, :3], turns[0, 3:]
    normal = np.cross(row, column)
    heights = np.array([f.position for f in frames]) @ normal
    order = np.argsort(heights, kind="stable")
    ordered = [frames[place] for place in order]
    return _measured(ordered, heights[order], np.array([row, column, normal]), what)


def _check_numbers(frames: Sequence[Frame], turns: Floats, what: str) -> None:
    for frame, turn in zip(frames, turns, strict=True):
        spacing = frame.spacing or (0.0, 0.0)
        if not all(0 < side < np.inf for side in spacing):
            raise GeometryError(
                f"{what}: the PixelSpacing of {frame.name} is {spacing}, and has to be above 0: "
                "mend its header"
            )
        sides = turn.reshape(2, 3)
        # Written this way, NaN fails as well.
        if not np.abs(sides @ sides.T - np.eye(2)).max() <= TURNED:
            raise GeometryError(
                f"{what}: the ImageOrientationPatient of {frame.name} is {_shown(turn)}, which are "
                "no two directions of length 1 at right angles: mend its header"
            )
        position = np.asarray(frame.position)
        if not np.isfinite(position).all():
            raise GeometryError(
                f"{what}: the ImagePositionPatient of {frame.name} is {_shown(position)}: mend its "
                "header"
            )


def _measured(frames: list[Frame], heights: Floats, rows: Floats, what: str) -> Stack:
    steps = np.diff(heights)
    apart = steps[steps > ROUNDING_MM]
    if len(frames) == 1 or not apart.size:
        return Stack(frames, heights, 1.0, rows, np.zeros(2), True)
    # The step that most slices have; of a few that all differ the smallest one.
    median = float(np.median(apart))
    step = median if np.isclose(apart, median, rtol=UNEVEN).sum() > 1 else float(apart.min())
    limit = max(UNEVEN * step, ROUNDING_MM)
    is_even = bool((np.abs(steps - step) <= limit).all())
    first, last = (np.asarray(f.position) for f in (frames[0], frames[-1]))
    drift = (last - first) @ rows[:2].T / (heights[-1] - heights[0]) * step
    return Stack(frames, heights, step, rows, drift, is_even)


def repeated(stack: Stack) -> list[list[int]]:
    """The frames by position: more than one in a group lie at the same place."""
    groups: list[list[int]] = []
    for place, height in enumerate(stack.heights):
        limit = max(UNEVEN * stack.step, ROUNDING_MM)
        if groups and height - stack.heights[groups[-1][0]] <= limit:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def gap(stack: Stack, what: str) -> GeometryError:
    """The error that says where slices are missing."""
    steps = np.diff(stack.heights)
    wrong = [n for n, s in enumerate(steps) if abs(s - stack.step) > UNEVEN * stack.step]
    place = max(wrong, key=lambda n: steps[n])
    between = [_shown(np.asarray(stack.frames[n].position)) for n in (place, place + 1)]
    missing = steps[place] / stack.step - 1
    is_whole = abs(missing - round(missing)) < 0.05 and missing > 0.5
    guess = f"{round(missing)} slices are missing" if is_whole else "slices are unevenly spaced"
    return GeometryError(
        f"{what}: a gap of {round(steps[place], 3):g} mm, where slices are "
        f"{round(stack.step, 3):g} mm apart, "
        f"between the slices at {between[0]} and {between[1]} ({guess}; {len(wrong)} of "
        f"{len(steps)} steps are off): complete the series, or resample it with "
        'on_gap="resample"'
    )


def tilt(stack: Stack, what: str) -> str | None:
    """By how much slices are shifted against each other, as a sentence; None if they are not.

    Raises GeometryError for a slice that lies off the line of the others: no shear describes it.
    """
    _check_line(stack, what)
    shift = float(np.linalg.norm(stack.shift))
    reach = shift / stack.step * float(stack.heights[-1] - stack.heights[0])
    if shift <= STRAIGHT * stack.step or reach <= 2 * ROUNDING_MM:
        return None
    angle = np.degrees(np.arctan2(shift, stack.step))
    return (
        f"its slices are shifted against each other by {shift:.4g} mm each, as by a gantry tilt of "
        f"{angle:.3g} degrees: the grid of voxels is sheared"
    )


def tilted(problem: str, what: str) -> GeometryError:
    """The error of a tilt, with its remedy."""
    return GeometryError(f'{what}: {problem}; resample it with on_tilt="resample"')


def _check_line(stack: Stack, what: str) -> None:
    places = np.array([f.position for f in stack.frames])
    away = (places - places[0]) @ stack.rows[:2].T
    away -= np.outer(stack.heights - stack.heights[0], stack.shift / stack.step)
    off = np.linalg.norm(away, axis=1)
    worst = int(off.argmax())
    if off[worst] > max(UNEVEN * stack.step, 2 * ROUNDING_MM):
        raise GeometryError(
            f"{what}: the slice at {_shown(places[worst])} ({stack.frames[worst].name}) lies "
            f"{off[worst]:.4g} mm beside the line through the first and the last one: keep the "
            "files of one volume"
        )


def evened(voxels: npt.NDArray[np.float64], stack: Stack) -> npt.NDArray[np.float64]:
    """Slices at even distances, by linear interpolation between those that there are."""
    length = stack.heights[-1] - stack.heights[0]
    count = round(length / stack.step) + 1
    at = stack.heights[0] + np.arange(count) * stack.step
    above = np.clip(np.searchsorted(stack.heights, at), 1, len(stack.heights) - 1)
    low, high = stack.heights[above - 1], stack.heights[above]
    weight = np.clip((at - low) / (high - low), 0, 1)[:, np.newaxis, np.newaxis]
    before, behind = voxels[above - 1], voxels[above]
    # A slice that is there stays as it is: what is infinite in its neighbour is not its own.
    between = np.where(weight == 1, behind, before * (1 - weight) + behind * weight)
    made: npt.NDArray[np.float64] = np.where(weight == 0, before, between)
    return made


def straightened(voxels: npt.NDArray[np.float64], stack: Stack) -> npt.NDArray[np.float64]:
    """Slices moved to where a straight grid has them, linearly; NaN where there is nothing."""
    between_rows, between_columns = stack.frames[0].spacing or (1.0, 1.0)
    made = []
    for place, plane in enumerate(voxels):
        image = sitk.GetImageFromArray(plane)
        image.SetSpacing((between_columns, between_rows))
        offset = (stack.heights[place] - stack.heights[0]) / stack.step * stack.shift
        back = sitk.TranslationTransform(2, (-offset).tolist())
        moved = sitk.Resample(image, image, back, sitk.sitkLinear, float("nan"), sitk.sitkFloat64)
        made.append(sitk.GetArrayFromImage(moved))
    return np.array(made)


def without_copies(
    stack: Stack, planes: dict[int, npt.NDArray[np.generic]], what: str
) -> tuple[Stack, list[str]]:
    """The stack with one frame at each place, and the names of those left out.

    Raises GeometryError for frames at one place whose voxels (`planes`, by their number) differ.
    """
    kept, dropped = [], []
    for group in repeated(stack):
        first, *others = group
        for other in others:
            if not np.array_equal(planes[first], planes[other]):
                names = ", ".join(stack.frames[n].name for n in group[:4])
                raise GeometryError(
                    f"{what}: {len(group)} slices with different voxels lie at "
                    f"{_shown(np.asarray(stack.frames[first].position))}: {names}; "
                    "choose one volume with volume="
                )
            dropped.append(stack.frames[other].name)
        kept.append(first)
    frames = [stack.frames[n] for n in kept]
    return _measured(frames, stack.heights[kept], stack.rows, what), dropped


def _shown(numbers: Floats) -> str:
    return f"({', '.join(f'{number:.6g}' for number in numbers)})"

"""Image and mask in physical space: axes are turned where voxel centres coincide, else refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from radiomics_rs._core import GeometryError
from radiomics_rs.io.errors import Door
from radiomics_rs.io.voxels import Matrix, Volume, matrix, triple

#: What counts as no difference, unless the settings say otherwise: in mm, or in direction cosines.
TOLERANCE = 1e-4
#: By how much resampling may change the volume of a region before there is a warning.
CHANGE = 0.05

Floats = npt.NDArray[np.float64]


class Turn(NamedTuple):
    """How the axes of one array become those of another."""

    order: tuple[int, int, int]
    """For each axis of the result the axis it was."""
    flipped: tuple[bool, bool, bool]
    """For each axis of the result whether it runs the other way."""

    @property
    def is_none(self) -> bool:
        """Whether the axes are the same already."""
        return self.order == (0, 1, 2) and not any(self.flipped)

    def view(self, voxels: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The array with its axes turned, without a copy."""
        return voxels.transpose(self.order)[
            tuple(slice(None, None, -1 if back else None) for back in self.flipped)
        ]


def positions(volume: Volume, indices: npt.ArrayLike) -> Floats:
    """Where voxels lie: indices (..., z, y, x), also fractions, as millimetres (..., z, y, x)."""
    steps = np.asarray(indices, np.float64) * volume.spacing_mm
    places: Floats = np.asarray(volume.origin_mm) + steps @ np.asarray(volume.direction).T
    return places


def corners(shape: tuple[int, ...]) -> Floats:
    """Indices (8, 3) of the voxels at the corners of an array."""
    ends = [(0, size - 1) for size in shape]
    return np.stack(np.meshgrid(*ends, indexing="ij"), -1).reshape(-1, 3).astype(np.float64)


def align(image: Volume, mask: Volume, what: str = "mask", tolerance: float = TOLERANCE) -> Volume:
    """The mask in the axes of the image, if both have the same voxel centres.

    Axes in another order or direction are turned, as views; the record says so.

    Args:
        image: on whose grid.
        mask: what is to be on it.
        what: how messages call the mask.
        tolerance: the largest difference that counts as none: in mm for spacing and origin, in
            direction cosines for the direction.

    Raises:
        GeometryError: voxel centres differ; which of size, spacing, origin and direction, and by
            how many mm at the worst corner.
    """
    if image.geometry == mask.geometry and image.voxels.shape == mask.voxels.shape:
        return mask
    found = turned(image, mask)
    wrong = difference(image, found, tolerance)
    if wrong:
        raise GeometryError(
            f"the {what} is not on the grid of the image, {wrong}: give the {what} of this image, "
            f"or resample the {what} to its grid with resample_mask=True (--resample-mask); "
            "or raise `geometry_tolerance` if the difference is only rounding"
        )
    return found


def coincide(image: Volume, mask: Volume, tolerance: float = TOLERANCE) -> bool:
    """Whether `align` would give the mask back."""
    return difference(image, turned(image, mask), tolerance) is None


def turned(image: Volume, mask: Volume) -> Volume:
    """The mask with its axes in the order and direction nearest to those of the image."""
    if image.direction == mask.direction:
        return mask
    turn = _turn(image.direction, mask.direction)
    if turn is None or turn.is_none:
        return mask
    last = np.array(mask.voxels.shape) - 1
    first = np.zeros(3)
    direction = np.array(mask.direction)[:, turn.order]
    for axis, (was, back) in enumerate(zip(turn.order, turn.flipped, strict=True)):
        if back:
            first[was] = last[was]
            direction[:, axis] *= -1
    names = [("-" if b else "") + "zyx"[a] for a, b in zip(turn.order, turn.flipped, strict=True)]
    return replace(
        mask,
        voxels=turn.view(mask.voxels),
        spacing_mm=triple(mask.spacing_mm[axis] for axis in turn.order),
        origin_mm=triple(positions(mask, first)),
        direction=matrix(direction),
        owner=None,
        record=mask.record.with_step(
            "turned",
            f"its axes are taken as ({', '.join(names)}), as those of the image run so; "
            "no voxel is changed",
            axes=names,
        ),
    )


def _turn(image: Matrix, mask: Matrix) -> Turn | None:
    """Which axes of the mask are nearest to those of the image, None if two are near to one."""
    cosines = np.array(image).T @ np.array(mask)
    order = np.abs(cosines).argmax(axis=1)
    if len(set(order.tolist())) != 3:
        return None
    back = cosines[range(3), order] < 0
    return Turn(tuple(order.tolist()), tuple(back.tolist()))


def difference(
    image: Volume, mask: Volume, tolerance: float = TOLERANCE, first: str = "image"
) -> str | None:
    """In what two grids differ by more than the tolerance, and by how much; None if in nothing.

    `first` is what messages call the first one.
    """
    # Of a small region, to compare arrays takes longer than some families.
    if image.geometry == mask.geometry and image.voxels.shape == mask.voxels.shape:
        return None
    pairs = {
        "size": (image.voxels.shape, mask.voxels.shape, 0.0, ""),
        "spacing": (image.spacing_mm, mask.spacing_mm, tolerance, " mm"),
        "origin": (image.origin_mm, mask.origin_mm, tolerance, " mm"),
        "direction": (image.direction, mask.direction, tolerance, ""),
    }
    said = []
    for name, (ours, theirs, limit, unit) in pairs.items():
        # Written so that NaN differs from anything.
        if not np.abs(np.subtract(ours, theirs)).max() <= limit:
            said.append(f"{name} {_shown(ours)} and {_shown(theirs)}{unit}")
    if not said:
        return None
    away = positions(image, corners(image.voxels.shape)) - positions(
        mask, corners(mask.voxels.shape)
    )
    worst = float(np.linalg.norm(away, axis=1).max())
    return (
        f"as the two differ in {', '.join(said)} (z, y, x; {first} first), "
        f"by {worst:.4g} mm at the worst corner"
    )


def _shown(values: npt.ArrayLike) -> str:
    found = np.asarray(values)
    return str((found if found.dtype.kind in "iu" else np.round(found, 6)).tolist())


def resampled(before: Volume, after: Volume, labels: Iterable[int], door: Door) -> Volume:
    """A resampled mask whose record says what that did to the volumes of its regions.

    The door is told of a region that changed by more than a twentieth.
    """
    changes = {}
    for label in labels:
        was, now = (
            float(np.count_nonzero(of.voxels == label) * np.prod(of.spacing_mm))
            for of in (before, after)
        )
        if was == 0:
            continue
        changes[label] = {"before_mm3": was, "after_mm3": now, "change": now / was - 1}
        if abs(now / was - 1) > CHANGE:
            door.remark(
                f"resample_mask changed the volume of label {label} by {now / was - 1:+.1%}, from "
                f"{was:.6g} to {now:.6g} mm³: the voxels of the image are coarse for this region"
            )
    said = ", ".join(f"label {n} by {c['change']:+.2%}" for n, c in changes.items())
    record = before.record.with_step(
        "resampled",
        "resampled to the grid of the image by nearest neighbour; volumes changed: "
        f"{said or 'no label asked for'}",
        volumes={str(label): change for label, change in changes.items()},
    )
    return replace(after, record=record)

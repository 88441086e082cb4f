"""Masks that are not on the image's grid, or hold several labels a voxel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from radiomics_rs._aside import aside
from radiomics_rs._core import GeometryError, ReadError, RegionError
from radiomics_rs._simpleitk import sitk
from radiomics_rs.io import grids
from radiomics_rs.io.decoded import Decoded
from radiomics_rs.io.errors import Door
from radiomics_rs.io.shortage import memory
from radiomics_rs.io.voxels import Volume, from_sitk

#: Voxels of the image by which the box of a region may reach over its border.
OVER_BORDER = 1e-3


def channel_of_image(mask: sitk.Image | Decoded, channel: int, what: str) -> sitk.Image | Decoded:
    """One component of a mask.

    Raises ReadError for one that it does not have.
    """
    components = 1 if isinstance(mask, Decoded) else mask.GetNumberOfComponentsPerPixel()
    _check_channel(channel, components, what)
    return mask if components == 1 else sitk.VectorIndexSelectionCast(mask, channel)


def channel_of_array(mask: npt.NDArray[Any], channel: int) -> npt.NDArray[Any]:
    """One component of a mask (z, y, x, component), or a mask that has no such axis.

    Raises ReadError for one that it does not have.
    """
    components = mask.shape[3] if mask.ndim == 4 else 1
    _check_channel(channel, components, "the mask")
    return mask[..., channel] if mask.ndim == 4 else mask


def _check_channel(channel: int, components: int, what: str) -> None:
    if not 0 <= channel < components:
        held = (
            f"{components} components, 0 to {components - 1}" if components > 1 else "1 component"
        )
        raise ReadError(f"label_channel is {channel}, and {what} has {held} per voxel")


def resampled(
    image: Volume,
    mask: Volume,
    labels: Iterable[int] | None,
    door: Door,
    *,
    record: bool = False,
) -> Volume:
    """The mask resampled to the grid of an image by nearest neighbour, unless it is on it.

    The record says by how much the volumes of the `labels` changed (None for all of the mask), the
    door is told of those that changed much. A label whose box does not lie in the image, or of
    which no voxel is left, raises RegionError; with `record` it is taken out, and the record says
    why (`lost_labels`). Raises GeometryError without a place for both.
    """
    if labels is None:
        labels = [int(label) for label in np.unique(mask.voxels) if label != 0]
    wanted = list(labels)
    lost: dict[int, RegionError] = {}
    after = _onto(image, mask, wanted, lost)
    if lost and not record:
        raise next(iter(lost.values()))
    if after is mask:
        return mask
    for label in lost:
        after = replace(after, voxels=np.where(after.voxels == label, 0, after.voxels), owner=None)
    if grids.coincide(image, mask):
        return replace(after, record=mask.record)
    made = grids.resampled(mask, after, [n for n in wanted if n not in lost], door)
    if not lost:
        return made
    reasons = {str(label): str(error) for label, error in lost.items()}
    text = f"labels that were lost by that: {', '.join(reasons)}"
    return replace(made, record=made.record.with_step("lost", text, reasons=reasons))


def lost_labels(mask: Volume) -> dict[int, str]:
    """The labels that resampling has taken out of a mask, and why."""
    for decision in mask.record:
        if decision.step == "lost":
            return {int(label): reason for label, reason in decision.values["reasons"].items()}
    return {}


def _onto(
    image: Volume, mask: Volume, labels: Iterable[int], lost: dict[int, RegionError]
) -> Volume:
    """The mask on the grid of the image, and why labels are lost."""
    reference, given = image.image(), mask.image()
    if reference is None or given is None:
        if image.voxels.shape == mask.voxels.shape:
            return mask
        raise GeometryError(
            f"the image has shape (z, y, x) {image.voxels.shape} and the mask {mask.voxels.shape}, "
            "and an array has no place to resample it by: give files or SimpleITK images"
        )
    dimension = given.GetDimension()
    if reference.GetDimension() != dimension:
        raise GeometryError(
            f"the mask has {dimension} dimensions and the image {reference.GetDimension()}: "
            "a mask can be resampled to an image of as many"
        )
    if image.geometry == mask.geometry and image.voxels.shape == mask.voxels.shape:
        return mask
    held = {label: _corners(mask.voxels, label, dimension) for label in labels}
    for label, corners in held.items():
        wrong = None if corners is None else _outside(reference, given, label, corners)
        if wrong is not None:
            lost[label] = wrong
    nearest, same = sitk.sitkNearestNeighbor, sitk.Transform(dimension, sitk.sitkIdentity)
    with memory("to resample the mask"):
        found = aside(
            lambda: sitk.Resample(given, reference, same, nearest, 0.0, given.GetPixelID())
        )
    made = from_sitk(found, "mask")
    for label, corners in held.items():
        if corners is not None and label not in lost and not (made.voxels == label).any():
            lost[label] = RegionError(
                f"label {label} of the mask has no voxel left on the grid of the image "
                "(resample_mask): it lies between the centres of the image's voxels"
            )
    return made


def _corners(
    voxels: npt.NDArray[Any], label: int, dimension: int
) -> npt.NDArray[np.float64] | None:
    """Corners (x, y, z) of the box of a label in voxels, half a voxel outside of the centres."""
    inside = voxels == label
    ends = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        hits = np.flatnonzero(inside.any(axis=others))
        if not hits.size:
            return None
        ends.append((hits[0] - 0.5, hits[-1] + 0.5))
    return np.stack(np.meshgrid(*ends[::-1][:dimension], indexing="ij"), -1).reshape(-1, dimension)


def _outside(
    image: sitk.Image, mask: sitk.Image, label: int, corners: npt.NDArray[np.float64]
) -> RegionError | None:
    """The error for a label whose box does not lie in the image."""
    points = [mask.TransformContinuousIndexToPhysicalPoint(corner.tolist()) for corner in corners]
    there = np.array([image.TransformPhysicalPointToContinuousIndex(point) for point in points])
    low, high = there.min(axis=0), there.max(axis=0)
    size = np.array(image.GetSize())
    if not ((low < -0.5 - OVER_BORDER).any() or (high > size - 0.5 + OVER_BORDER).any()):
        return None
    return RegionError(
        f"label {label} of the mask is not inside of the image: its box reaches from voxel "
        f"(z, y, x) {np.round(low[::-1], 2).tolist()} to {np.round(high[::-1], 2).tolist()} "
        f"of an image of {size[::-1].tolist()}: take a mask that belongs to the image"
    )

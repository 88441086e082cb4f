"""What is done on the way from files to grey levels, in order, with the numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from radiomics_rs._arguments import SettingsLike, label_of, settings_of
from radiomics_rs._prepare import prepare
from radiomics_rs.io import ImageLike, Record, Volume, volumes


def explain(
    image: ImageLike,
    mask: ImageLike,
    settings: SettingsLike = None,
    *,
    label: int | str = 1,
    spacing_mm: float | Sequence[float] | None = None,
    resample_mask: bool = False,
    label_channel: int | None = None,
) -> Record:
    """The record of an extraction: what was read, and what becomes of the region.

    `print` it, or take `to_list()` for JSON. Features are not computed.

    Args:
        image: as for `extract`.
        mask: as for `extract`.
        settings: as for `extract`; of one discretisation.
        label: which label of the mask is the region, or its name if the mask has `names`.
        spacing_mm: as for `extract`.
        resample_mask: as for `extract`.
        label_channel: as for `extract`.

    Raises:
        As `prepare`.
    """
    label, chosen = label_of(label, mask), settings_of(settings)
    image_volume, mask_volume = volumes(
        image, mask, spacing_mm, [label], resample_mask=resample_mask, label_channel=label_channel
    )
    region = prepare(image_volume, mask_volume, chosen, label=label)
    record = Record()
    for role, of in (("image", image_volume), ("mask", mask_volume)):
        for decision in of.record:
            record = record.with_step(f"{role}: {decision.step}", decision.text, **decision.values)
        record = record.with_step(f"{role}: grid", _grid(of), shape=list(of.voxels.shape))
    voxels = int(np.count_nonzero(mask_volume.voxels == label))
    record = record.with_step("region", f"label {label}: {voxels} voxels", voxels=voxels)
    shape, intensity = (
        int(np.count_nonzero(of.voxels)) for of in (region.morphological_mask, region.mask)
    )
    record = record.with_step(
        "prepared",
        f"{_grid(region.image)}: {shape} voxels of the morphological mask",
        voxels=shape,
        spacing_mm=list(region.image.spacing_mm),
    )
    text = f"{intensity} voxels of the intensity mask, {shape - intensity} fewer"
    record = record.with_step("resegmented", text, voxels=intensity)
    inside = region.image.voxels[region.mask.voxels > 0]
    low, high = float(inside.min()), float(inside.max())
    record = record.with_step(
        "intensities", f"{low:g} to {high:g}, mean {inside.mean():g}", range=[low, high]
    )
    if region.levels is None:
        return record.with_step("levels", "intensities are no grey levels, and there are no bins")
    present = np.unique(region.levels.voxels[region.mask.voxels > 0])
    text = f"{len(present)} grey levels are present, the highest is {int(present.max())}"
    return record.with_step("levels", text, present=len(present), highest=int(present.max()))


def _grid(volume: Volume) -> str:
    shape = " x ".join(map(str, volume.voxels.shape))
    spacing = " x ".join(f"{step:g}" for step in volume.spacing_mm)
    return f"{shape} voxels of {spacing} mm (z, y, x)"

"""The region as features are computed of it, for networks, pictures and checks."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from radiomics_rs import _core
from radiomics_rs._arguments import SettingsLike, label_of, memory_of, real, settings_of, whole
from radiomics_rs._simpleitk import sitk
from radiomics_rs.io import ImageLike, Record, Volume, volumes, write_image


@dataclass(frozen=True, eq=False)
class Prepared:
    """A region after preprocessing, in a box round it: arrays (z, y, x) on one grid."""

    image: Volume
    """Intensities, 64-bit floats."""
    mask: Volume
    """The intensity mask, 0 and 1: what is left of the region after resegmentation."""
    morphological_mask: Volume
    """The morphological mask, 0 and 1: the region that shape is computed of."""
    levels: Volume | None
    """Grey levels from 1, 0 outside of the intensity mask; None if the settings have no bins."""

    def to_sitk(self) -> dict[str, sitk.Image]:
        """Images by name: image, mask, morphological_mask and, if there are any, levels."""
        return {name: volume.to_sitk() for name, volume in self._volumes().items()}

    def save(self, folder: str | os.PathLike[str], suffix: str = ".nii.gz") -> list[Path]:
        """Write the images of `to_sitk` to a folder, which is made, each called by its name.

        Raises OSError, and ReadError for a suffix that no format has.
        """
        Path(folder).mkdir(parents=True, exist_ok=True)
        paths = []
        for name, image in self.to_sitk().items():
            path = Path(folder) / f"{name}{suffix}"
            write_image(image, path)
            paths.append(path)
        return paths

    def to_dict(self) -> dict[str, Any]:
        """A dictionary as MONAI's transforms take it.

        `image` and `label` are arrays (channel, x, y, z) of 32-bit floats and 8-bit numbers,
        `image_meta_dict` and `label_meta_dict` have the affine matrix (4, 4) from voxels to
        millimetres, in which x grows to the right of the patient and y to the front (RAS), as
        MONAI's readers give it.
        """
        meta = {
            "affine": np.diag([-1.0, -1.0, 1.0, 1.0]) @ self.affine(),
            "spatial_shape": self.image.voxels.shape[::-1],
        }
        return {
            "image": self.image.voxels.T[np.newaxis].astype(np.float32),
            "label": self.mask.voxels.T[np.newaxis].astype(np.uint8),
            "image_meta_dict": {**meta},
            "label_meta_dict": {**meta},
        }

    def affine(self) -> npt.NDArray[np.float64]:
        """The matrix (4, 4) from voxels (x, y, z, 1) to millimetres (x, y, z, 1), LPS."""
        affine = np.eye(4)
        directions = np.array(self.image.direction)[::-1, ::-1]
        affine[:3, :3] = directions * np.array(self.image.spacing_mm[::-1])
        affine[:3, 3] = self.image.origin_mm[::-1]
        return affine

    def _volumes(self) -> dict[str, Volume]:
        levels = {} if self.levels is None else {"levels": self.levels}
        return {
            "image": self.image,
            "mask": self.mask,
            "morphological_mask": self.morphological_mask,
            **levels,
        }


def prepare(
    image: ImageLike,
    mask: ImageLike,
    settings: SettingsLike = None,
    *,
    label: int | str = 1,
    margin_mm: float = 0.0,
    threads: int = 0,
    spacing_mm: float | Sequence[float] | None = None,
    resample_mask: bool = False,
    label_channel: int | None = None,
    memory_mb: float | None = None,
) -> Prepared:
    """The region as `extract` computes it: resampled, normalised, resegmented, cropped.

    The voxels are the very ones that features are computed of, so that a network can be trained on
    what the features saw.

    Args:
        image: as for `extract`.
        mask: as for `extract`.
        settings: as for `extract`; of one discretisation, and their filters are left out.
        label: which label of the mask is the region, or its name if the mask has `names`.
        margin_mm: how much of the image there is round the region, in millimetres; it ends where
            the image does.
        threads: number of threads, 0 for all cores. It never changes a number.
        spacing_mm: as for `extract`.
        resample_mask: as for `extract`.
        label_channel: as for `extract`.
        memory_mb: as for `extract`.

    Raises:
        RadiomicsError: an image, mask, label or setting that cannot be used.
        TypeError: an argument of a kind that is not listed here.
        OSError: a file that cannot be opened.
    """
    label, memory_mb = label_of(label, mask), memory_of(memory_mb)
    image_volume, mask_volume = volumes(
        image, mask, spacing_mm, [label], resample_mask=resample_mask, label_channel=label_channel
    )
    values, intensity, morphological, levels, geometry = _core.prepare(
        *image_volume.located,
        *mask_volume.located,
        settings_of(settings),
        label=label,
        margin_mm=real("margin_mm", margin_mm),
        threads=whole("threads", threads),
        memory_mb=memory_mb,
    )

    def volume(voxels: npt.NDArray[Any], record: Record) -> Volume:
        return Volume(voxels, *geometry, record=record)

    of_mask = mask_volume.record
    return Prepared(
        volume(values, image_volume.record),
        volume(intensity.astype(np.uint8), of_mask),
        volume(morphological.astype(np.uint8), of_mask),
        None if levels is None else volume(levels, of_mask),
    )

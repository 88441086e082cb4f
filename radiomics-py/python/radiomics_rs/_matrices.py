"""Texture matrices, for whoever wants more than the features made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from radiomics_rs import _core
from radiomics_rs._arguments import SettingsLike, label_of, memory_of, settings_of, whole
from radiomics_rs.io import ImageLike, volumes


@dataclass(frozen=True, eq=False)
class TextureMatrix:
    """A texture matrix of one slice or of the volume, and of one direction if it has one.

    Only the cells that are not 0 are held.
    """

    family: str
    """Name of the family."""
    slice: int | None
    """The slice of the region's bounding box, across `slice_axis`; None for the volume."""
    offset: tuple[int, int, int] | None
    """Offset (z, y, x) to the neighbour, for GLCM and GLRLM. GLCM counts each pair of neighbours in
    both orders, unless `glcm_symmetric` is off."""
    levels: npt.NDArray[np.uint16]
    """Grey level i of each cell, from 1."""
    columns: npt.NDArray[np.uint64]
    """Grey level j (GLCM), run length, zone size, zone distance or dependence of each cell, from 1;
    for NGTDM n_i, the number of voxels of the level that have neighbours."""
    values: npt.NDArray[np.float64]
    """Number of occurrences; for NGTDM s_i, the sum of differences from the neighbours' mean."""

    def dense(self) -> npt.NDArray[np.float64]:
        """The matrix as an array: row i - 1 is level i, column j - 1 is number j.

        As large as the highest level and the highest number that occur ask for.
        """
        shape = [int(a.max(initial=0)) for a in (self.levels, self.columns)]
        if self.family == "glcm":
            shape = [max(shape)] * 2
        matrix = np.zeros(shape)
        matrix[self.levels.astype(int) - 1, self.columns.astype(int) - 1] = self.values
        return matrix


def matrices(
    image: ImageLike,
    mask: ImageLike,
    settings: SettingsLike = None,
    *,
    label: int | str = 1,
    threads: int = 0,
    spacing_mm: float | Sequence[float] | None = None,
    resample_mask: bool = False,
    label_channel: int | None = None,
    memory_mb: float | None = None,
) -> list[TextureMatrix]:
    """The texture matrices of the families that the settings ask for.

    Those of each slice if `aggregations` has any by slice, those of the volume if it has any in
    three dimensions.

    Args:
        image: as for `extract`.
        mask: as for `extract`.
        settings: as for `extract`; of one discretisation, and their filters are left out.
        label: which label of the mask is the region, or its name if the mask has `names`.
        threads: number of threads, 0 for all cores. It never changes a number.
        spacing_mm: as for `extract`.
        resample_mask: as for `extract`.
        label_channel: as for `extract`.
        memory_mb: as for `extract`; megabytes beside images, masks and matrices.

    Raises:
        RadiomicsError: an image, mask, label or setting that cannot be used.
        TypeError: an argument of a kind that is not listed here.
        OSError: a file that cannot be opened.
    """
    label, memory_mb = label_of(label, mask), memory_of(memory_mb)
    image_volume, mask_volume = volumes(
        image, mask, spacing_mm, [label], resample_mask=resample_mask, label_channel=label_channel
    )
    found = _core.matrices(
        *image_volume.located,
        *mask_volume.located,
        settings_of(settings),
        label=label,
        threads=whole("threads", threads),
        memory_mb=memory_mb,
    )
    return [
        TextureMatrix(
            family,
            slice_,
            None if offset is None else (offset[0], offset[1], offset[2]),
            first,
            second,
            values,
        )
        for family, slice_, offset, first, second, values in found
    ]

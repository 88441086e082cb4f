"""The proof against the published values of IBSI 1."""

from __future__ import annotations

import os
from pathlib import Path

from radiomics_rs import _core
from radiomics_rs.io import read

PLACES = ("ct_phantom", "ibsi1/ct_phantom", ".")


def verify(data: str | os.PathLike[str] | None = None, *, threads: int = 0) -> _core.Verification:
    """Recompute the published values of IBSI 1 and compare.

    Args:
        data: a folder with the CT phantom of IBSI 1, `image.nii.gz` and `mask.nii.gz`, in it or
            in its subfolder `ct_phantom` or `ibsi1/ct_phantom`: then configurations A to E are
            checked too. Without it, the embedded digital phantom alone.
        threads: number of threads, 0 for all cores.

    Returns:
        Published values beside ours: `all_inside`, `records()`, `summary()` and `to_text(style)`
        with a style of "table", "csv", "json" or "markdown".

    Raises:
        RadiomicsError: `data` holds no CT phantom, or one that cannot be read.
    """
    if data is None:
        return _core.verify(None, threads=threads)
    folders = [Path(data) / place for place in PLACES]
    for folder in folders:
        image, mask = folder / "image.nii.gz", folder / "mask.nii.gz"
        if image.is_file() and mask.is_file():
            image_volume, mask_volume = read(image, "image"), read(mask, "mask")
            phantom = (
                image_volume.voxels,
                image_volume.geometry,
                mask_volume.voxels,
                mask_volume.geometry,
            )
            return _core.verify(phantom, threads=threads)
    raise _core.RadiomicsError(
        f"{data} holds no CT phantom: image.nii.gz and mask.nii.gz are in none of "
        + ", ".join(str(folder) for folder in folders)
    )

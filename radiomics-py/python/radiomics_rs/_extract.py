"""The main job: whatever holds an image and a mask, and settings in, a table out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from radiomics_rs import _core
from radiomics_rs.io import ImageLike, volumes
from radiomics_rs.table import FeatureRow, FeatureTable

FilterLike: TypeAlias = "str | Mapping[str, Any]"
FiltersLike: TypeAlias = "FilterLike | Sequence[FilterLike] | None"
SettingsLike: TypeAlias = "_core.Settings | Mapping[str, Any] | str | os.PathLike[str] | None"


def extract(
    image: ImageLike,
    mask: ImageLike,
    settings: SettingsLike = None,
    *,
    label: int = 1,
    filters: FiltersLike = None,
    threads: int = 0,
    spacing_mm: float | Sequence[float] | None = None,
) -> FeatureTable:
    """Compute the features of the voxels of `mask` that have `label`.

    The interpreter lock is released while the engine computes, and arrays are borrowed, not
    copied: nothing may write to them meanwhile.

    Args:
        image: a file path (anything SimpleITK reads), a SimpleITK image, or a NumPy array
            (z, y, x) of any integer, boolean or 32- or 64-bit float type and any strides. A
            two-dimensional image or array (y, x) is one slice, 1 mm thick.
        mask: whole-number labels, 0 being the background; same kinds as `image`. An array
            beside a file or SimpleITK image takes that one's geometry.
        settings: `Settings`, a mapping of settings, the path of a YAML or JSON document, or
            None for the IBSI profile.
        label: which label of the mask is the region.
        filters: what features are computed of, in place of the settings' own: a filter or a list
            of them, each a name (`"original"` is the image as it is) or a mapping from one to its
            parameters, such as `{"laplacian_of_gaussian": {"sigma_mm": [1, 2, 3]}}`; a list as a
            parameter stands for a filter per member. The rows' `image` names filter and parameters.
        threads: number of threads, 0 for all cores. It never changes a number.
        spacing_mm: voxel spacing (z, y, x) in millimetres, (y, x) for a single slice, or one
            number for all axes. Needed if image and mask are both arrays, else an error.

    Returns:
        One row a feature, in catalogue order. A feature that is not defined for the region
        is NaN with the status "undefined".

    Raises:
        RadiomicsError: an image, mask, label or setting that cannot be used; the message names
            the value and the remedy. It is a ValueError.
        TypeError: an argument of a kind that is not listed here.
        FileNotFoundError: a file that does not exist.
    """
    chosen = _settings(settings)
    if filters is not None:
        chosen = chosen.replace(filters=filters)
    image_volume, mask_volume = volumes(image, mask, spacing_mm)
    rows = _core.extract(
        image_volume.voxels,
        image_volume.geometry,
        mask_volume.voxels,
        mask_volume.geometry,
        chosen,
        label=label,
        threads=threads,
    )
    return FeatureTable(FeatureRow(*row) for row in rows)


def _settings(given: SettingsLike) -> _core.Settings:
    if given is None:
        return _core.Settings()
    if isinstance(given, _core.Settings):
        return given
    if isinstance(given, Mapping):
        return _core.Settings(**given)
    if isinstance(given, str | os.PathLike):
        return _core.Settings.from_yaml(Path(given))
    raise TypeError(
        f"the settings are of type {type(given).__name__}: "
        "give Settings, a mapping, the path of a YAML or JSON document, or None"
    )

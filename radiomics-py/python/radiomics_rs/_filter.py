"""Filters of whole images."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from radiomics_rs import _core
from radiomics_rs._arguments import Progress, memory_of, progress_of, whole
from radiomics_rs._extract import FilterLike
from radiomics_rs._simpleitk import is_image, sitk
from radiomics_rs.io import NATIVE, ImageLike, Volume, volume
from radiomics_rs.io.arrays import is_slices
from radiomics_rs.io.protocols import taken
from radiomics_rs.io.shortage import memory


def filter_image(
    image: ImageLike,
    filter: FilterLike,  # noqa: A002
    *,
    threads: int = 0,
    spacing_mm: float | Sequence[float] | None = None,
    memory_mb: float | None = None,
    progress: Progress = None,
) -> sitk.Image | Volume | npt.NDArray[np.float64]:
    """Compute the response of a filter to a whole image.

    Args:
        image: as for `extract`.
        filter: a name, such as `"square"`, or a mapping from a name to parameters, such as
            `{"laws": {"kernels": "L5E5E5", "rotation_invariant": True}}`; docs/filters.md lists
            them all.
        threads: number of threads, 0 for all cores. It never changes a number.
        spacing_mm: voxel spacing (z, y, x) in millimetres of an array, else an error.
        memory_mb: as for `extract`; megabytes beside image and response.
        progress: as for `extract`.

    Returns:
        64-bit floats: an array of the shape of the array given, a SimpleITK image with the
        geometry of the file or SimpleITK image given, or a Volume with that of any other image.

    Raises:
        RadiomicsError: an image or a filter that cannot be used; the message names the value and
            the remedy. It is a ValueError.
        TypeError: an argument of a kind that is not listed here.
        OSError: a file that cannot be opened.
    """
    memory_mb, progress = memory_of(memory_mb), progress_of(progress)
    given = volume(image, spacing_mm)
    responses = _core.filter_images(
        *given.located,
        filter,
        threads=whole("threads", threads),
        progress=progress,
        memory_mb=memory_mb,
    )
    if len(responses) != 1:
        raise _core.SettingsError(
            f"filter stands for {len(responses)} filters: give one, without lists of parameters"
        )
    return _like(image, given, responses[0])


def _like(image: ImageLike, given: Volume, response: npt.NDArray[np.float64]) -> Any:
    if not (is_image(image) or isinstance(image, str | os.PathLike) or is_slices(image)):
        own = taken(image, "image", NATIVE)
        if isinstance(own, Volume):
            return replace(given, voxels=response, owner=None)
        return response.reshape(np.shape(own))
    # What our own readers read has no image of SimpleITK yet.
    place = given.with_image().owner
    with memory("for the response as an image", response.nbytes):
        result = sitk.GetImageFromArray(response[0] if place.GetDimension() == 2 else response)
    result.SetSpacing(place.GetSpacing())
    result.SetOrigin(place.GetOrigin())
    result.SetDirection(place.GetDirection())
    return result

"""Several images and one mask: images on other grids are resampled to that of the mask."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from radiomics_rs._aside import aside
from radiomics_rs._core import GeometryError, Settings, SettingsError
from radiomics_rs._simpleitk import sitk
from radiomics_rs.io import ImageLike, Volume, from_sitk
from radiomics_rs.io.grids import difference
from radiomics_rs.io.shortage import memory

#: What puts one on the grid of the other.
RESAMPLE_MASK = "`resample_mask=True` (`--resample-mask`)"
RESAMPLE_IMAGES = "`resample_images=True` (`batch --resample-images`)"
#: Names of SimpleITK's interpolators by those of the setting `image_interpolation`.
INTERPOLATORS = {
    "nearest": "sitkNearestNeighbor",
    "linear": "sitkLinear",
    "cubic_spline": "sitkBSpline",
}


def onto_mask(
    given: Mapping[str, ImageLike],
    images: list[Volume],
    mask: Volume,
    settings: Settings,
    *,
    resample: bool,
) -> tuple[list[Volume], dict[str, str]]:
    """The images on the grid of the mask, and what was done, by the name of the image.

    `given` are the images as the caller gave them. An image that lies on the grid of the mask stays
    as it is. Raises GeometryError for one that does not, unless `resample` says otherwise, and for
    an array, which has no place; a single array is left for the core to refuse.
    """
    made, said = [], {}
    for name, image in zip(given, images, strict=True):
        wrong = difference(mask, image, settings.geometry_tolerance, "mask")
        if wrong and resample:
            if isinstance(given[name], np.ndarray):
                raise GeometryError(
                    f"image `{name}` is not on the grid of the mask, {wrong}, and "
                    "an array has no place to resample it by: give a file, a Volume or a "
                    "SimpleITK image"
                )
            image = _resampled(image, mask, settings.image_interpolation)
            said[name] = (
                f"it was not on the grid of the mask, {wrong}, and was resampled to it by "
                f"{settings.image_interpolation} interpolation"
            )
        elif wrong and (len(images) > 1 or not isinstance(given[name], np.ndarray)):
            raise GeometryError(_refusal(name, wrong, several=len(images) > 1))
        made.append(image)
    return made, said


def _refusal(name: str, wrong: str, *, several: bool) -> str:
    tolerance = "or raise `geometry_tolerance` if the difference is only rounding"
    if several:
        return (
            f"image `{name}` is not on the grid of the mask, {wrong}: resample it with "
            f"{RESAMPLE_IMAGES}, or give a mask of its own; {tolerance}"
        )
    return (
        f"the mask is not on the grid of the image, {wrong}: give the mask of this image, resample "
        f"it to its grid with {RESAMPLE_MASK}, or the image to that of the mask with "
        f"{RESAMPLE_IMAGES}; {tolerance}"
    )


def _resampled(image: Volume, mask: Volume, interpolation: str) -> Volume:
    """The image on the grid of the mask, NaN outside of what it shows."""
    if interpolation not in INTERPOLATORS:
        raise SettingsError(
            f"image_interpolation is {interpolation}, by which no image is resampled to a mask: "
            f"choose one of {', '.join(INTERPOLATORS)} for `resample_images`"
        )
    with memory("to resample an image to the grid of the mask"):
        moving = sitk.Cast(image.to_sitk(), sitk.sitkFloat64)
        interpolator = getattr(sitk, INTERPOLATORS[interpolation])

        found = aside(
            lambda: sitk.Resample(
                moving,
                mask.voxels.shape[::-1],
                sitk.Transform(3, sitk.sitkIdentity),
                interpolator,
                mask.origin_mm[::-1],
                mask.spacing_mm[::-1],
                np.array(mask.direction)[::-1, ::-1].ravel().tolist(),
                math.nan,
                sitk.sitkFloat64,
            )
        )
    placed = from_sitk(found)
    # The very numbers of the mask: on the way through another library they may be rounded.
    step = image.record.with_step(
        "resample",
        f"resampled to the grid of the mask by {interpolation} interpolation",
        interpolation=interpolation,
    )
    return Volume(placed.voxels, *mask.geometry, owner=placed.owner, record=step)

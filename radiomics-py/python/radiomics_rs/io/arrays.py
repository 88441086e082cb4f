"""Files, SimpleITK images and arrays, together, as volumes (z, y, x)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, TypeGuard

import numpy as np
import numpy.typing as npt

from radiomics_rs._arguments import TEXT, real, whole
from radiomics_rs._core import GeometryError, ReadError, RegionError
from radiomics_rs._simpleitk import is_image, sitk
from radiomics_rs.io import clinical, grids, masks, planes
from radiomics_rs.io.errors import NATIVE, Door, heard, refuse
from radiomics_rs.io.files import check_place, expanded, read_decoded
from radiomics_rs.io.protocols import Foreign, taken
from radiomics_rs.io.voxels import SLICE_THICKNESS_MM, Triple, Volume, placed, three_dimensional

#: A path, or several of the slices of one DICOM series; an image of SimpleITK, itk, nibabel,
#: xarray, MONAI or TorchIO; a Volume; an array of NumPy or of another library.
ImageLike: TypeAlias = (
    "str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | sitk.Image | Volume "
    "| npt.NDArray[Any] | Foreign"
)


def volumes(
    image: ImageLike,
    mask: ImageLike,
    spacing_mm: float | Sequence[float] | None,
    labels: Iterable[int] = (),
    *,
    resample_mask: bool = False,
    label_channel: int | None = None,
) -> tuple[Volume, Volume]:
    """Image and mask as volumes; an array takes its geometry from its partner or `spacing_mm`.

    Arguments and errors as of `volumes_on_mask`.
    """
    images, mask_volume = volumes_on_mask(
        {"image": image},
        mask,
        spacing_mm,
        labels,
        resample_mask=resample_mask,
        label_channel=label_channel,
    )
    return images[0], mask_volume


def volumes_on_mask(
    images: Mapping[str, ImageLike],
    mask: ImageLike,
    spacing_mm: float | Sequence[float] | None,
    labels: Iterable[int] | None = (),
    *,
    resample_mask: bool = False,
    label_channel: int | None = None,
    record: bool = False,
    door: Door = NATIVE,
) -> tuple[list[Volume], Volume]:
    """Images and their mask as volumes, the images by what messages call them.

    An array takes the geometry of the mask, or of the first image that has one, or `spacing_mm`
    if all are arrays. With `resample_mask`, a mask on another grid is resampled to that of the
    first image, in which the `labels` (None for all that it holds) must lie; `label_channel` is the
    component of a mask of several. With `record` a label that is lost by that is taken out of the
    mask instead of an error. The `door` is told what may be wrong with files.

    Raises:
        ReadError: a file that cannot be read, or an image that is no single volume of numbers.
        GeometryError: `spacing_mm` missing or superfluous, or a place that no voxels can have.
        RegionError: a label that does not lie in the image.
        TypeError: an object of another kind.
        OSError: a file that cannot be opened.
    """
    if label_channel is not None:
        label_channel = whole("label_channel", label_channel)
    sources = [_open(role, given, door) for role, given in images.items()]
    mask = expanded(mask)
    if clinical.needs_image(mask):
        with heard(door.remark):
            mask = clinical.drawn(mask, [one for one in sources if isinstance(one, Volume)])
    sources.append(_open("mask", mask, door, label_channel))
    located = [s for s in (sources[-1], *sources[:-1]) if isinstance(s, Volume)]
    if located and spacing_mm is not None:
        raise GeometryError(
            f"spacing_mm is {spacing_mm}, but a file or SimpleITK image has a spacing of its own: "
            "give spacing_mm only if image and mask are both arrays"
        )
    if not located and spacing_mm is None:
        raise GeometryError(
            "image and mask are arrays, which have no voxel spacing: "
            "give spacing_mm=(z, y, x) in millimetres"
        )

    def complete(source: Volume | npt.NDArray[Any]) -> Volume:
        if isinstance(source, Volume):
            return source
        if not located:
            return Volume(three_dimensional(source), _spacing(spacing_mm, source.ndim))
        return Volume(three_dimensional(source), *located[0].geometry)

    if resample_mask:
        # Whatever has a place can be resampled: here an array has none yet.
        for one in (0, -1):
            source = sources[one]
            sources[one] = source.with_image() if isinstance(source, Volume) else source
    wanted = None if labels is None else list(labels)
    *image_volumes, mask_volume = map(complete, sources)
    if resample_mask:
        mask_volume = masks.resampled(image_volumes[0], mask_volume, wanted, door, record=record)
    else:
        mask_volume = grids.turned(image_volumes[0], mask_volume)
    image_volumes[1:] = [grids.turned(mask_volume, other) for other in image_volumes[1:]]
    pairs = [planes.in_region(one, mask_volume, wanted, door) for one in image_volumes]
    image_volumes, mask_volume = [one for one, _ in pairs], pairs[0][1]
    return image_volumes, mask_volume


def volume(
    image: ImageLike,
    spacing_mm: float | Sequence[float] | None,
    role: str = "image",
    channel: int | None = None,
) -> Volume:
    """An image, or a mask by itself, as a volume; an array takes its spacing from `spacing_mm`.

    `role` says in messages what it is, `channel` is the component of a mask that has several.
    Raises as `volumes`.
    """
    source = _open(
        role, image, NATIVE, None if channel is None else whole("label_channel", channel)
    )
    if isinstance(source, Volume):
        if spacing_mm is not None:
            raise GeometryError(
                f"spacing_mm is {spacing_mm}, but a file or SimpleITK image has a spacing of its "
                "own: give spacing_mm only with an array"
            )
        return source
    if spacing_mm is None:
        raise GeometryError(
            f"the {role} is an array, which has no voxel spacing: "
            "give spacing_mm=(z, y, x) in millimetres"
        )
    return Volume(three_dimensional(source), _spacing(spacing_mm, source.ndim))


def opened(role: str, path: str, door: Door, channel: int | None = None) -> Volume:
    """The image or mask in a file, as `volumes_on_mask` takes it from its path.

    Not for masks that are drawn on an image. Raises as `volumes_on_mask`.
    """
    found = _open(role, path, door, channel)
    assert isinstance(found, Volume), "what files hold has a place"
    return found


def with_remarks(role: str, given: Any) -> Any:
    """An image of files as a volume that knows what may be wrong with them; others as they are.

    Raises as `volumes_on_mask`.
    """
    if not isinstance(given, str | os.PathLike) and not is_slices(given):
        return given
    said: list[str] = []
    found = _open(role, given, Door(said.append, refuse))
    return replace(found, remarks=tuple(said)) if isinstance(found, Volume) else found


def read(path: str | os.PathLike[str], role: str = "image") -> Volume:
    """The image in a file of any format that SimpleITK reads, or in a folder of one DICOM series.

    `role` says in messages what the file is for. Raises as `read_sitk`, and ReadError for what is
    no single volume of numbers.
    """
    return placed(read_decoded(path, role), f"the {role} {os.fspath(path)}")


def _open(
    role: str, given: ImageLike, door: Door, channel: int | None = None
) -> Volume | npt.NDArray[Any]:
    if is_slices(given):
        return clinical.read([expanded(one) for one in given], role, door)
    if isinstance(given, str | os.PathLike):
        given = expanded(given)
        if clinical.is_dicom(given):
            return clinical.read(given, role, door)
        what, image = f"the {role} {os.fspath(given)}", read_decoded(given, role, door)
    elif is_image(given):
        what, image = f"the {role}", given
        check_place(image, what, door)
    elif isinstance(given, Volume):
        return given
    elif isinstance(getattr(given, "mask", None), Volume):
        return _of_region(role, given)
    else:
        given = taken(given, role, door, channel)
        return given if isinstance(given, Volume) else _array(role, given, channel)
    if channel is not None:
        image = masks.channel_of_image(image, channel, what)
    return placed(image, what)


def is_slices(given: Any) -> TypeGuard[Sequence[str | os.PathLike[str]]]:
    """Whether something is a list of files, which are the slices of one image."""
    return (
        isinstance(given, list | tuple)
        and len(given) > 0
        and all(isinstance(one, str | os.PathLike) for one in given)
    )


def _of_region(role: str, region: Any) -> Volume:
    """The mask of a region; raises RegionError for one that nothing is left of."""
    if region.voxels == 0:
        steps = "; ".join(decision.text for decision in region.record)
        raise RegionError(f"the {role} is a region without voxels: {steps}")
    mask: Volume = region.mask
    return mask


def _array(role: str, given: Any, channel: int | None) -> npt.NDArray[Any]:
    if isinstance(given, np.ma.MaskedArray):
        raise TypeError(
            f"the {role} is a masked array, whose mask would be ignored: "
            "give `.filled(...)` as image and the region as mask"
        )
    if not isinstance(given, np.ndarray):
        raise TypeError(
            f"the {role} is of type {type(given).__name__}: "
            "give a file path, a SimpleITK image, a Volume or a NumPy array of numbers, or an "
            "image of nibabel, itk, xarray, PyTorch or MONAI"
        )
    array: npt.NDArray[Any] = given
    if channel is not None:
        array = masks.channel_of_array(array, channel)
    if array.ndim not in (2, 3):
        raise ReadError(
            f"the {role} has {array.ndim} dimensions, shape {array.shape}: "
            f"give one volume (z, y, x), or (y, x) for a single slice{_part(role, array)}"
        )
    return array


def _part(role: str, array: npt.NDArray[Any]) -> str:
    """Which part of an array of four axes may be meant."""
    if array.ndim != 4:
        return ""
    if role == "mask" and array.shape[0] > array.shape[-1] > 1:
        return ", or label_channel for one component of the last axis"
    # Components come last, and are few; volumes of a series come first.
    place = "..., 0" if array.shape[-1] < array.shape[0] else "0"
    return f", such as `{role.partition(' ')[0]}[{place}]`"


def _spacing(given: Any, dimension: int) -> Triple:
    """Three numbers (z, y, x); whether they make a spacing is for the core to say."""
    try:
        numbers = list(given) if np.ndim(given) else [given] * dimension
        if isinstance(given, TEXT):
            raise TypeError
        numbers = [real("spacing_mm", number) for number in numbers]
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"spacing_mm is {given!r}: give one number or (z, y, x) in millimetres"
        ) from error
    if len(numbers) == 2 and dimension == 2:
        numbers.insert(0, SLICE_THICKNESS_MM)
    if len(numbers) != 3:
        raise GeometryError(
            f"spacing_mm is {given}, of {len(numbers)} numbers for {dimension} dimensions: "
            "give one number or (z, y, x) in millimetres"
        )
    return numbers[0], numbers[1], numbers[2]

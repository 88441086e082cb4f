"""The ways in: images and masks of any kind, each with the record of what was decided."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from radiomics_rs._core import ReadError, SettingsError
from radiomics_rs._simpleitk import sitk
from radiomics_rs.io import clinical, grids, masks, planes
from radiomics_rs.io.arrays import ImageLike, is_slices, read, volume
from radiomics_rs.io.decoded import Decoded
from radiomics_rs.io.errors import NATIVE
from radiomics_rs.io.files import expanded, read_decoded
from radiomics_rs.io.record import Record
from radiomics_rs.io.voxels import Volume, from_sitk, placed

COLOURS = (3, 4)


def read_image(
    path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    series: str | None = None,
    frame: int | str | None = None,
    volume: int | None = None,
    on_tilt: str = "error",
    on_gap: str = "error",
    suv: str | None = None,
    suv_rule: str = "qiba",
) -> Volume:
    """The image in a file of any format, or in a folder with a DICOM series.

    Slices are ordered and measured by their positions alone. What makes no volume is refused:
    missing slices, changing distances, a tilted gantry, two orientations, several series.

    Args:
        path: a file, or a folder, or a list of files, which are the slices of a DICOM series;
            `~` is the user's folder.
        series: which DICOM series, by its UID, of a folder that holds several.
        frame: which frame of a DICOM object, from 0, as an image of two dimensions; "all" for a
            loop, whose frames lie along the first axis.
        volume: which volume, from 0, of a series or object that holds several, such as of several
            times or echoes; the error without it lists them.
        on_tilt: "resample" makes a straight grid of slices that are shifted against each other.
        on_gap: "resample" makes even distances of slices of which some are missing.
        suv: standardised uptake values of a PET: by body weight ("bw"), lean body mass
            (Janmahasatian, "lbm") or body surface ("bsa"); None for values as they are.
        suv_rule: "qiba", the vendor-neutral pathway, or "frame_reference" (docs/suv.md).

    Returns:
        The volume (z, y, x); `record` says what was decided. Colours become grey by BT.601.

    Raises:
        ReadError: a file that is cut off, damaged or of another kind; a folder of several series;
            a PET whose headers no SUV follows from.
        GeometryError: slices that make no volume.
        SettingsError: an argument that does not fit the file.
        OSError: a file that cannot be opened.
    """
    choices = {"series": series, "frame": frame, "volume": volume, "suv": suv}
    listed = [expanded(one) for one in path] if is_slices(path) else None
    place: str | os.PathLike[str] = expanded(path)
    if listed or clinical.is_dicom(place):
        found = clinical.read(
            listed or place,
            "image",
            NATIVE,
            **choices,
            on_tilt=on_tilt,
            on_gap=on_gap,
            suv_rule=suv_rule,
        )
        planes.remark_on_scale(found, os.fspath(listed[0] if listed else place), NATIVE)
        return found
    given = [name for name, value in choices.items() if value is not None]
    if given:
        raise SettingsError(
            f"{given[0]} is {choices[given[0]]!r}, and {os.fspath(place)} is no DICOM: leave it out"
        )
    image = read_decoded(place)
    if isinstance(image, Decoded):
        made, record = placed(image, f"the image {os.fspath(place)}"), Record()
    elif image.GetNumberOfComponentsPerPixel() in COLOURS and image.GetDimension() == 2:
        grey = sitk.GetImageFromArray(planes.grey_of(sitk.GetArrayViewFromImage(image)))
        grey.CopyInformation(image)
        text = "colours became grey by BT.601"
        made, record = from_sitk(grey), Record().with_step("colour", text, rule="BT.601")
    else:
        made, record = placed(image, f"the image {os.fspath(place)}"), Record()
    by = "" if isinstance(image, Decoded) and image.is_ours else "by SimpleITK "
    text = f"read {by}from {os.fspath(place)}"
    step = record.with_step("file", text, name=Path(place).name)
    return Volume(made.voxels, *made.geometry, owner=made.owner, record=step)


def read_mask(
    path: str | os.PathLike[str],
    *,
    image: ImageLike | None = None,
    roi: str | int | Sequence[str | int] | None = None,
    threshold: float = 0.5,
    outside: str = "error",
    resample: bool = False,
    ignore_frame_of_reference: bool = False,
    ignore_references: bool = False,
) -> Any:
    """The mask in a file: NIfTI, NRRD, MetaImage and the like, DICOM SEG or RTSTRUCT.

    Args:
        path: the file.
        image: the image that it belongs to, on whose grid it comes: its axes are turned if they run
            otherwise. Contours need it.
        roi: of a SEG or RTSTRUCT, the name or number of a region, or a list of them; None for all.
        threshold: of a FRACTIONAL SEG, the smallest fraction that counts as inside.
        outside: "ignore" leaves out what lies outside of the image, with a warning.
        resample: whether a mask on another grid is resampled to that of the image, by nearest
            neighbour; the record and a warning say how volumes changed.
        ignore_frame_of_reference: whether a SEG or contours may be of another frame of
            reference than the image, where the same coordinates are other places.
        ignore_references: whether contours may be drawn on another series.

    Returns:
        One Volume: the labels of a file of labels, or 0 and 1 for a region; of several regions
        a dict from name to Volume, as they may overlap. `extract` takes both as its mask.

    Raises:
        ReadError: a file that is cut off, damaged or of another kind.
        GeometryError: a mask that is not on the grid of the image.
        RegionError: a region that does not lie in the image.
        OSError: a file that cannot be opened.
    """
    own = None if image is None else volume(image, None)
    path = expanded(path)
    if clinical.needs_image(path):
        found = clinical.regions(
            path,
            own,
            roi,
            threshold=threshold,
            outside=outside,
            ignore_frame_of_reference=ignore_frame_of_reference,
            ignore_references=ignore_references,
        )
        if own is not None:
            for mask in found.values() if isinstance(found, dict) else (found,):
                planes.check_mask(own, mask.voxels)
        return found
    if roi is not None:
        raise SettingsError(
            f"roi is {roi!r}, and {os.fspath(path)} holds labels without names: leave it out, and "
            "give `label`"
        )
    mask = read_image(path) if clinical.is_dicom(path) else read(path, "mask")
    if own is None:
        return mask
    if not np.issubdtype(mask.voxels.dtype, np.integer) and not resample:
        whole = np.array_equal(mask.voxels, np.round(mask.voxels))
        if not whole:
            raise ReadError(f"cannot read mask {os.fspath(path)}: it holds fractions, not labels")
    if resample and not grids.coincide(own, mask):
        return masks.resampled(own.with_image(), mask.with_image(), None, NATIVE)
    made = grids.align(own, mask)
    planes.check_mask(own, made.voxels)
    return made

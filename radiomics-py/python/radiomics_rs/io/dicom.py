"""DICOM: files and series of them; what SimpleITK leaves out although numbers depend on it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from radiomics_rs._aside import aside
from radiomics_rs._core import GeometryError, ReadError
from radiomics_rs._simpleitk import sitk
from radiomics_rs.io import elements
from radiomics_rs.io.errors import Checked, Door, File, as_utf_8
from radiomics_rs.io.marks import CONTOURS, DOSE, HEAD, SEGMENTATIONS, has_mark
from radiomics_rs.io.quiet import quiet

CLASS, PHOTOMETRIC, MODALITY_TABLE = 0x00080016, 0x00280004, 0x00283000
ROWS, COLUMNS, FRAMES, SAMPLES, BITS = 0x00280010, 0x00280011, 0x00280008, 0x00280002, 0x00280100
DOSE_UNITS, DOSE_OFFSETS, DOSE_SCALING = 0x30040002, 0x3004000C, 0x3004000E
POSITION, ORIENTATION = "0020|0032", "0020|0037"
#: By how much of their distance slices may be off their place, and by how many mm in any case:
#: positions are rounded to a few digits.
UNEVEN, ROUNDING_MM = 0.01, 0.01
#: The tangent of a tilt that counts as none, as directions are rounded, too.
STRAIGHT = 1e-3

Vectors = npt.NDArray[np.float64]


def recognises(head: bytes, name: str) -> bool:
    """Whether a file is a DICOM one."""
    return has_mark(head) or name.lower().endswith((".dcm", ".ima", ".dicom"))


def check(file: File) -> Checked:
    """Check that the pixel data are there, and are those of an image.

    Raises ReadError.
    """
    found = elements.read(file)
    if found is None:
        return Checked()
    held = found.text(CLASS)
    if held == CONTOURS:
        raise file.error("it holds contours (RTSTRUCT), not voxels: draw them into a mask first")
    if held in SEGMENTATIONS:
        raise file.error(
            "it is a DICOM segmentation, whose slices are not read in their places: "
            "convert it to a label map in NRRD or NIfTI, for example with dcmqi or highdicom"
        )
    if found.pixels is None:
        raise file.error("it holds no pixel data")
    if found.pixels[1] != elements.UNDEFINED:
        frames = int((found.numbers(FRAMES) or [1])[0])
        samples = max(found.short(SAMPLES), 1)
        bits = found.short(ROWS) * found.short(COLUMNS) * frames * samples * found.short(BITS)
        file.require(found.pixels[1], (bits + 7) // 8)
    return Checked(lambda image, door: _completed(file, found, image, door))


def _completed(file: File, found: elements.Elements, image: sitk.Image, door: Door) -> sitk.Image:
    """The image with what SimpleITK leaves out."""
    if MODALITY_TABLE in found.values:
        door.remark(
            f"{file.role} {file.name}: its values are stored ones, as its table of values "
            "(Modality LUT Sequence) is not applied"
        )
    if found.text(PHOTOMETRIC) == "MONOCHROME1":
        door.remark(
            f"{file.role} {file.name}: it is stored inverted (MONOCHROME1): high values are dark"
        )
    return _dose(file, found, image, door) if found.text(CLASS) == DOSE else image


def _dose(file: File, found: elements.Elements, image: sitk.Image, door: Door) -> sitk.Image:
    offsets = np.array(found.numbers(DOSE_OFFSETS))
    steps = np.diff(offsets)
    if steps.size and not ((steps > 0).all() and _even(steps)):
        door.misplaced(
            file.error(
                f"the slices of this dose lie at {_some(offsets)} mm (GridFrameOffsetVector), "
                "which is not evenly upwards: resample it to an even grid",
                GeometryError,
            )
        )
    scaling = found.numbers(DOSE_SCALING)
    if len(scaling) != 1 or not scaling[0] > 0:
        raise file.error("it is a dose without a DoseGridScaling above 0, which makes it one")
    if found.text(DOSE_UNITS) != "GY":
        door.remark(
            f"{file.role} {file.name}: its doses are in units of "
            f"{found.text(DOSE_UNITS) or 'none'}, not in Gy"
        )
    if image.GetPixelID() in (sitk.sitkFloat32, sitk.sitkFloat64):
        # A reader that applies the scaling itself gives real numbers.
        return image
    scaled = sitk.Cast(image, sitk.sitkFloat64) * scaling[0]
    for key in image.GetMetaDataKeys():
        scaled.SetMetaData(key, image.GetMetaData(key))
    return scaled


def read_series(folder: str, role: str, door: Door) -> sitk.Image:
    """The image in a folder with the files of one series.

    Raises ReadError if it holds none or several, or a file that is cut off; what is wrong with the
    places of the slices is for the door to say.
    """
    place = as_utf_8(folder)
    with quiet():
        series = sitk.ImageSeriesReader.GetGDCMSeriesIDs(place)
    if len(series) != 1:
        held = f"{len(series)} DICOM series" if series else "no DICOM series"
        raise ReadError(
            f"cannot read {role} {folder}: the folder holds {held}; "
            "give an image file, or a folder with the files of one series"
        )
    _check_files(folder, role)
    reader = sitk.ImageSeriesReader()
    reader.MetaDataDictionaryArrayUpdateOn()
    with quiet():
        names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(place, series[0])
        reader.SetFileNames(names)
        afters = [check(_file(os.fsdecode(name.encode()), role)).after for name in names]
        image = aside(reader.Execute)
    if len(names) > 1:
        _check_places(folder, role, reader, len(names), door)
    if len(names) == 1 and afters[0] is not None:
        return afters[0](image, door)
    return image


def _check_files(folder: str, role: str) -> None:
    """Check all files: one that is cut off would be left out of its series."""
    for path in sorted(Path(folder).iterdir()):
        if path.is_file():
            file = _file(str(path), role)
            with path.open("rb") as stream:
                head = stream.read(HEAD)
            if has_mark(head):
                elements.read(file)


def _file(name: str, role: str) -> File:
    return File(name, role, Path(name).stat().st_size, b"")


def _check_places(folder: str, role: str, reader: Any, n: int, door: Door) -> None:
    def vectors(key: str) -> Vectors | None:
        texts = [reader.GetMetaData(i, key) for i in range(n) if reader.HasMetaDataKey(i, key)]
        try:
            made = np.array([[float(part) for part in text.split("\\")] for text in texts])
        except ValueError:
            return None
        return made if made.ndim == 2 and len(made) == n else None

    positions, orientations = vectors(POSITION), vectors(ORIENTATION)
    if positions is None or orientations is None or orientations.shape[1] != 6:
        door.remark(
            f"{role} {folder}: its slices do not say where they lie, so that their order and "
            "distance are guesses"
        )
        return
    wrong = _misplaced(positions, orientations)
    if wrong is not None:
        door.misplaced(GeometryError(f"cannot read {role} {folder}: {wrong}"))


def _misplaced(positions: Vectors, orientations: Vectors) -> str | None:
    """What is wrong with the places of slices, in the order in which they were read."""
    if np.abs(orientations - orientations[0]).max() > 1e-3:
        return "its slices are turned against each other; keep those of one volume"
    normal = np.cross(orientations[0, :3], orientations[0, 3:])
    away = positions - positions[0]
    heights = away @ normal
    steps = np.diff(heights)
    distance = float(np.median(np.abs(steps)))
    if (np.abs(steps) < UNEVEN * distance).any() or distance == 0:
        return (
            "it has several slices at one place; keep those of one volume, or of one point in time"
        )
    if not _even(steps):
        return (
            f"its slices are {np.abs(steps).min():.4g} to {np.abs(steps).max():.4g} mm apart: "
            "some are missing, or it has to be resampled to even distances"
        )
    drift = float(np.linalg.norm(away[-1] - heights[-1] * normal))
    if drift > max(STRAIGHT * abs(heights[-1]), 2 * ROUNDING_MM):
        angle = np.degrees(np.arctan2(drift, abs(heights[-1])))
        return (
            f"its slices are shifted against each other, as with a gantry that is tilted by "
            f"{angle:.3g} degrees: the volume is sheared, resample it to a straight grid"
        )
    return None


def _even(steps: Vectors) -> bool:
    """Whether slices follow each other in one direction at one distance."""
    distance = float(np.median(steps))
    limit = max(UNEVEN * abs(distance), ROUNDING_MM)
    return bool((np.abs(steps - distance) <= limit).all())


def _some(numbers: Vectors) -> str:
    shown = ", ".join(f"{number:g}" for number in numbers[:5])
    return shown if len(numbers) <= 5 else f"{shown}, ..."

"""Files: the one reader of images for both interfaces.

SimpleITK decodes; a folder that holds one DICOM series is an image, too.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

import SimpleITK as sitk  # noqa: N813

from radiomics_rs._core import RadiomicsError


def read_image(path: str | os.PathLike[str], role: str = "image") -> sitk.Image:
    """The image in a file of any format that SimpleITK reads, or in a folder of one DICOM series.

    `role` says in messages what the file is for. Raises FileNotFoundError, or RadiomicsError
    naming the path and the reason.
    """
    name = os.fsdecode(path)
    if not Path(name).exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
    try:
        return _read_series(name, role) if Path(name).is_dir() else sitk.ReadImage(name)
    except RuntimeError as error:
        raise RadiomicsError(f"cannot read {role} {name}: {reason(error)}") from error


def _read_series(folder: str, role: str) -> sitk.Image:
    series = sitk.ImageSeriesReader.GetGDCMSeriesIDs(folder)
    if len(series) != 1:
        held = f"{len(series)} DICOM series" if series else "no DICOM series"
        raise RadiomicsError(
            f"cannot read {role} {folder}: the folder holds {held}; "
            "give an image file, or a folder with the files of one series"
        )
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(folder, series[0]))
    return reader.Execute()


def write_image(image: sitk.Image, path: str | os.PathLike[str]) -> None:
    """Write an image in the format that the name's ending says.

    Raises RadiomicsError naming the path and the reason.
    """
    name = os.fsdecode(path)
    try:
        sitk.WriteImage(image, name)
    except RuntimeError as error:
        raise RadiomicsError(f"cannot write {name}: {reason(error)}") from error


def reason(error: RuntimeError) -> str:
    """What SimpleITK says, without where in its source it says so."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1].removeprefix("sitk::ERROR: ") if lines else "unknown reason"

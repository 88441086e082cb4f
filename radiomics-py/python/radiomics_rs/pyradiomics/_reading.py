"""Where image and mask come from: files, folders of DICOM slices, SimpleITK images."""

from __future__ import annotations

import logging
import os

import numpy
import SimpleITK as sitk

from radiomics_rs import RadiomicsError, io

logger = logging.getLogger("radiomics.featureextractor")

#: What is noticed while reading is logged: PyRadiomics computes all the same.
_DOOR = io.Door(logger.warning, lambda error: logger.warning("%s", error))


def read(source, what, series=False):
    """The image, or the mask, that `source` is or names; with `series` it may be a folder.

    Raises ValueError, or RuntimeError for a file that cannot be read, as PyRadiomics does.
    """
    if isinstance(source, sitk.Image):
        io.check_place(source, f"the {what}", _DOOR)
        return source
    if isinstance(source, (str, os.PathLike)) and (
        os.path.isfile(source) or (series and os.path.isdir(source))
    ):
        try:
            return io.read_sitk(source, what, _DOOR)
        except RadiomicsError as error:
            if os.path.isfile(source):
                raise RuntimeError(str(error)) from error
            raise ValueError(
                f"Error reading {what} Filepath or SimpleITK object: {error}"
            ) from error
    raise ValueError(f"Error reading {what} Filepath or SimpleITK object{_reason(source)}")


def _reason(source) -> str:
    if isinstance(source, (str, os.PathLike)):
        is_there = os.path.exists(source)
        return f": {os.fspath(source)} {'is no file' if is_there else 'does not exist'}"
    if isinstance(source, numpy.ndarray):
        return ": an array has no geometry, make it an image with SimpleITK.GetImageFromArray"
    return f": got {type(source).__name__}"

"""Maps of a case: an image file for each, and a row of the table with their paths."""

from __future__ import annotations

import collections
import logging
import os

import SimpleITK as sitk

from radiomics_rs import RadiomicsError, io

from .. import _output
from ._batch import Case, of_row
from .segment import attempt, execute

caseLogger = logging.getLogger("radiomics.script")


def extractVoxel(case_idx, case, extractor, **kwargs):
    """Write the maps of a case; the row holds their paths, or the column `error`.

    :param case: dictionary with `Image` and `Mask`, and perhaps `Label` and `Label_channel`
    :param out_dir: folder for ``Case-<case_idx>_<feature>.nrrd`` (the current one)
    :param unix_path: whether paths are written with ``/``
    """
    row = maps(of_row(case_idx, case, f"case {case_idx}"), extractor, kwargs.get("out_dir"))
    if kwargs.get("unix_path", False):
        row = {
            key: value.replace(os.path.sep, "/") if key not in case and _is_path(value) else value
            for key, value in row.items()
        }
    return row


def extractVoxel_parallel(args, logging_config=None, **kwargs):
    """`extractVoxel` of (number, case), in a process of its own; None when interrupted."""
    try:
        return extractVoxel(*args, **kwargs)
    except (KeyboardInterrupt, SystemExit):
        return None


def _is_path(value) -> bool:
    return isinstance(value, str) and value.endswith(".nrrd")


def maps(case: Case, extractor, out_dir=None) -> dict:
    """The row of a case, whose maps are written. A case that fails says why in it."""
    result = collections.OrderedDict(case.row)

    found = attempt(case, lambda: execute(case, extractor, voxelBased=True), result)
    for key, value in ({} if found is None else found).items():
        if isinstance(value, sitk.Image):
            path = os.path.join(out_dir or ".", f"Case-{case.number}_{key}.nrrd")
            try:
                if out_dir is not None:
                    os.makedirs(out_dir, exist_ok=True)
                io.write_image(value, path, compressed=True)
            except (RadiomicsError, OSError) as error:
                caseLogger.error("The results of case %s cannot be written! %s", case.number, error)
                result[_output.ERROR] = f"{_output.NOT_WRITTEN}{error}"
                break
            value = path
        result[key] = value
    return result

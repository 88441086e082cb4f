"""PyRadiomics' test images, if they are on this computer."""

from __future__ import annotations

import os
import tempfile

testCases = (
    "brain1",
    "brain2",
    "breast1",
    "lung1",
    "lung2",
    "test_wavelet_64x64x64",
    "test_wavelet_37x37x37",
)

_URL = "https://github.com/Radiomics/pyradiomics/releases/download/v1.0/"


class TestCaseMissing(ValueError, FileNotFoundError):
    """The files of this test case are not here."""


def _folders(dataDirectory):
    if dataDirectory is not None:
        return [os.fspath(dataDirectory)]
    folders = [os.path.join(tempfile.gettempdir(), "pyradiomics", "data")]
    shared = os.environ.get("RADIOMICS_DATA")
    if shared:
        folders.insert(0, os.path.join(shared, "pyradiomics", "data"))
    return folders


def getTestCase(testCase, dataDirectory=None):
    """Paths of image and mask of a test case.

    It is one of `testCases`, with the suffix ``_2D`` for a one-slice mask. Looked for in
    `dataDirectory`, or else in ``$RADIOMICS_DATA/pyradiomics/data`` and in PyRadiomics' own place,
    the folder pyradiomics/data in the folder for temporary files. Nothing is downloaded:
    `TestCaseMissing` (a ValueError) says which files to fetch, and where to put them.
    """
    name = testCase.lower()
    suffix = ""
    if name.endswith("_2d"):
        name, suffix = name[:-3], "_2D"
    if name not in testCases:
        raise ValueError(f'Testcase "{testCase}" not recognized!')
    files = (f"{name}_image.nrrd", f"{name}_label{suffix}.nrrd")
    folders = _folders(dataDirectory)
    for folder in folders:
        paths = tuple(os.path.join(folder, file) for file in files)
        if all(os.path.isfile(path) for path in paths):
            return paths
    raise TestCaseMissing(
        f"test case {testCase} is not in {' or '.join(folders)}: fetch "
        f"{' and '.join(_URL + file for file in files)} "
        f"and put them into {folders[-1]}"
    )

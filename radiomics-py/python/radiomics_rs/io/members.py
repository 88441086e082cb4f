"""The files that an image is made of: the one that is given, and those that it leads to."""

from __future__ import annotations

import errno
from pathlib import Path

from radiomics_rs._core import RadiomicsError
from radiomics_rs.io import metaimage, nrrd
from radiomics_rs.io.beside import files_beside
from radiomics_rs.io.errors import ODD, File
from radiomics_rs.io.nifti import SUFFIXES

#: Halves of a pair, as their names end.
PAIRS = tuple(suffix for suffix in SUFFIXES if not suffix.startswith(".nii"))
#: Headers in text whose voxels may be in other files.
HEADERS = (*metaimage.ENDINGS, *nrrd.ENDINGS)


def members(path: Path) -> list[Path]:
    """The files whose bytes make an image: of a folder all files in it, in order of their names.

    Of a header all that it names, and both halves of a pair. A header that cannot be read is a
    member by itself: whoever reads the image says what is wrong with it. Raises OSError, also for
    what is neither a file nor a folder, such as a pipe: to read it might never end.
    """
    if path.is_dir():
        return sorted(one for one in path.iterdir() if one.is_file())
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, ODD, str(path))
    name = path.name.lower()
    if name.endswith(PAIRS):
        ending = next(suffix for suffix in PAIRS if name.endswith(suffix))
        stem = str(path)[: -len(ending)]
        either = (Path(stem + one) for suffix in PAIRS for one in (suffix, suffix.upper()))
        return sorted({path, *(one for one in either if one.is_file())})
    if name.endswith(HEADERS):
        return [path, *_named_in(path)]
    return [path]


def _named_in(path: Path) -> list[Path]:
    """The files that a header in text says its voxels are in."""
    file = File(str(path), "image", path.stat().st_size, b"")
    is_nrrd = path.name.lower().endswith(nrrd.ENDINGS)
    try:
        fields, lines, _ = (nrrd if is_nrrd else metaimage).header(file)
        if is_nrrd:
            where = fields.get("data file", fields.get("datafile"))
        else:
            where = fields["ElementDataFile"]
        if where is None or where.upper() == "LOCAL":
            return []
        return [
            Path(one) for one in files_beside(file, where, lines, 3 if is_nrrd else 2, "voxels")
        ]
    except RadiomicsError:
        return []

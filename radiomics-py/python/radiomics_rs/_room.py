"""Room for large results: in memory, or in a temporary file that was found to have it."""

from __future__ import annotations

import errno
import math
import os
import tempfile
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from radiomics_rs._core import OutOfMemoryError
from radiomics_rs.io.errors import RadiomicsWarning

#: Megabytes (10^6 bytes) of a result that are kept in memory if nobody says how many.
DEFAULT_MB = 1000.0
#: Bytes of a file that are allocated between two looks at interrupts.
CHUNK = 1 << 26
#: What systems and file systems say that cannot allocate without writing.
NOT_THERE = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENODEV)


def room(shape: tuple[int, ...], memory_mb: float | None) -> npt.NDArray[np.float64]:
    """An array in memory, or in a file if it takes more than `memory_mb` (1000 if None).

    The file is in the folder for temporary files, nobody else sees it, and it ends with the array.
    It is allocated before it is mapped: a mapped file that finds no room when it is written to ends
    the process.

    Raises OutOfMemoryError, or OSError naming the folder if the file finds no room.
    """
    size = math.prod(shape) * np.dtype(np.float64).itemsize
    most = DEFAULT_MB if memory_mb is None else memory_mb
    if size <= most * 1e6 or size == 0:
        try:
            return np.empty(shape)
        except MemoryError:
            raise OutOfMemoryError(
                f"the maps need {size} bytes of memory, and there are not as many: ask for fewer "
                f"features, or make memory_mb smaller (it is {most:g}), then they are kept in a "
                "temporary file"
            ) from None
    _remark_other_folder()
    with tempfile.TemporaryFile(prefix="radiomics-rs-maps-") as file:
        try:
            _allocate(file, size)
        except OSError as error:
            raise OSError(
                error.errno,
                f"{os.strerror(error.errno or errno.EIO)}: a temporary file of {size} bytes for "
                "the maps has no room there; set TMPDIR to a folder that has, make memory_mb "
                "larger to keep them in memory, or ask for fewer features",
                tempfile.gettempdir(),
            ) from error
        try:
            # The map keeps the file open.
            return np.memmap(file, np.float64, "r+", shape=shape)
        except (OSError, MemoryError):
            raise OutOfMemoryError(
                f"the maps are a temporary file of {size} bytes, and there is no address space to "
                "map it: ask for fewer features, or raise the limit of the process (ulimit -v)"
            ) from None


def _remark_other_folder() -> None:
    """Say so where TMPDIR cannot be used: Python takes another folder without a word."""
    wanted, taken = os.environ.get("TMPDIR"), tempfile.gettempdir()
    if wanted and Path(wanted).resolve() != Path(taken).resolve():
        warnings.warn(
            f"TMPDIR is {wanted}, which is no folder that can be written to: the temporary file "
            f"for the maps is in {taken}; set TMPDIR to a folder that has room",
            RadiomicsWarning,
            stacklevel=4,
        )


def _allocate(file: BinaryIO, size: int) -> None:
    """Have the system set aside `size` bytes of a file, piece by piece."""
    writing = not hasattr(os, "posix_fallocate")
    for begin in range(0, size, CHUNK):
        length = min(CHUNK, size - begin)
        if not writing:
            try:
                os.posix_fallocate(file.fileno(), begin, length)
                continue
            except OSError as error:
                if error.errno not in NOT_THERE:
                    raise
                writing = True
        file.seek(begin)
        file.write(bytes(length))
    file.flush()

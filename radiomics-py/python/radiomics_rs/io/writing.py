"""What is written is whole: beside its place, flushed, looked at, and then put there.

Whatever goes wrong on the way, an older file is left as it was, and nothing half-written is left.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TextIO

from radiomics_rs._aside import aside
from radiomics_rs._core import RadiomicsError, ReadError
from radiomics_rs._simpleitk import sitk
from radiomics_rs.io.errors import as_utf_8
from radiomics_rs.io.files import check_file, expanded, file_name
from radiomics_rs.io.quiet import quiet
from radiomics_rs.io.shortage import is_shortage, memory

#: Bytes with which a disc is asked whether it is full.
MOST_PROBED = 1 << 26


@contextlib.contextmanager
def beside(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A path to write to, whose file takes the place of `path` once the block ends.

    Files that are made beside it come along, such as the voxels of an `.mhd`. Raises OSError naming
    `path`.
    """
    path = expanded(path)
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise _os_error(errno.EISDIR, path)
    if target.exists() and not os.access(target, os.W_OK):
        raise _os_error(errno.EACCES, path)
    if _is_special(target):
        raise ReadError(f"cannot write {os.fspath(path)}: it is a device or a pipe, give a file")
    folder = None
    try:
        folder = _folder_in(target.parent)
        yield folder / target.name
        # The file that was asked for last: it names the others.
        made = sorted(folder.iterdir(), key=lambda file: file.name == target.name)
        for file in made:
            _flush(file)
        if target.exists():
            (folder / target.name).chmod(stat.S_IMODE(target.stat().st_mode))
        for file in made:
            file.replace(target.parent / file.name)
    except OSError as error:
        # Nobody knows the path beside it.
        raise _os_error(error.errno or errno.EIO, path) from error
    finally:
        if folder is not None:
            _remove(folder)


@contextlib.contextmanager
def text_file(path: str | os.PathLike[str], *, append: bool = False) -> Iterator[TextIO]:
    """A text file in UTF-8 that takes the place of `path` once the block ends.

    With `append` it begins with what `path` holds. A device or a pipe is written to as it is.
    Raises OSError naming `path`.
    """
    mode: Literal["a", "w"] = "a" if append else "w"
    path = expanded(path)
    if _is_special(path):
        try:
            with Path(path).open(mode, newline="", encoding="utf-8") as file:
                yield file
        except OSError as error:
            raise _os_error(error.errno or errno.EIO, path) from error
        return
    with beside(path) as place:
        if append and Path(path).exists():
            import shutil

            shutil.copyfile(path, place)
        with place.open(mode, newline="", encoding="utf-8") as file:
            yield file
            file.flush()
            written = file.tell()
        if place.stat().st_size != written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def write_image(
    image: sitk.Image, path: str | os.PathLike[str], *, compressed: bool = False
) -> None:
    """Write an image in the format that the name's ending says.

    Raises OSError if it cannot be written whole, ReadError for a format that cannot hold it, or
    OutOfMemoryError, all naming the path.
    """
    with memory(f"to write {os.fspath(path)}"), beside(path) as place:
        name = file_name(place, "image")
        try:
            with quiet():
                aside(lambda: sitk.WriteImage(image, as_utf_8(name), useCompression=compressed))
        except RuntimeError as error:
            if is_shortage(error):
                raise
            _probe(place.parent, image)
            raise ReadError(
                f"cannot write {os.fspath(path)}: no format with this ending takes "
                f"{image.GetDimension()} dimensions of {image.GetPixelIDTypeAsString()}; "
                "use .nrrd, .nii.gz or .mha"
            ) from error
        # Not every format's writer says that the disc is full.
        try:
            check_file(name, "image")
        except RadiomicsError as error:
            _probe(place.parent, image)
            raise OSError(errno.EIO, os.strerror(errno.EIO)) from error


def _folder_in(place: Path) -> Path:
    """A new folder of our own. `tempfile` would do it, and imports what unpacks archives."""
    while True:
        folder = place / f".radiomics-rs-{os.urandom(6).hex()}"
        # A name that is taken is not taken again.
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            return folder


def _remove(folder: Path) -> None:
    """Remove a folder, which is empty unless something went wrong."""
    try:
        folder.rmdir()
    except OSError:
        import shutil

        shutil.rmtree(folder, ignore_errors=True)


def _flush(file: Path) -> None:
    """Have the system put a file on disc: what a full one refuses is seen here."""
    with file.open("rb+") as stream:
        aside(lambda: os.fsync(stream.fileno()))


def _probe(folder: Path, image: sitk.Image) -> None:
    """Raise what the system says to as many bytes as the image has, up to some."""
    n = image.GetNumberOfPixels() * image.GetSizeOfPixelComponent()
    with (folder / "probe").open("wb") as stream:
        stream.write(bytes(min(n, MOST_PROBED)))
        stream.flush()
        os.fsync(stream.fileno())


def _is_special(path: str | os.PathLike[str]) -> bool:
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _os_error(number: int, path: str | os.PathLike[str]) -> OSError:
    return OSError(number, os.strerror(number), os.fspath(path))

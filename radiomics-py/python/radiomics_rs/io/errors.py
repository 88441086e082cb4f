"""What becomes of what is noticed about an image while it is read, or about its values."""

from __future__ import annotations

import os
import stat
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NamedTuple

import numpy.typing as npt

from radiomics_rs._core import RadiomicsError, ReadError

#: What is said of a path that something else is at, such as a pipe: to read it might never end.
ODD = "it is neither a file nor a folder"


class RadiomicsWarning(UserWarning):
    """Something that may make numbers other than what they are taken for."""


#: Who is told in place of a warning; each thread has its own.
_listener: ContextVar[Callable[[str], object] | None] = ContextVar("listener", default=None)


def warn(text: str) -> None:
    """Warn whoever called the package, not the package itself."""
    told = _listener.get()
    if told is not None:
        told(text)
        return
    level, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("radiomics_rs"):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, RadiomicsWarning, stacklevel=level)


@contextmanager
def heard(tell: Callable[[str], object]) -> Iterator[None]:
    """Work of whose warnings somebody else is told once it has ended."""
    said: list[str] = []
    before = _listener.set(said.append)
    try:
        yield
    finally:
        # It may itself warn.
        _listener.reset(before)
        for text in said:
            tell(text)


def as_utf_8(name: str) -> str:
    """A path as SimpleITK takes it, which is UTF-8 whatever the system's encoding is.

    Raises UnicodeDecodeError if its bytes are not.
    """
    return os.fsencode(name).decode("utf-8")


def refuse(error: RadiomicsError) -> None:
    """Raise the error."""
    raise error


class Door(NamedTuple):
    """How whoever reads takes what is noticed: one for each interface."""

    remark: Callable[[str], object]
    """Told what may be wrong."""
    misplaced: Callable[[RadiomicsError], object]
    """Told what is wrong about where voxels lie, which may raise it."""


NATIVE = Door(warn, refuse)


class Checked(NamedTuple):
    """What the check of a file leaves."""

    after: Callable[[Any, Door], Any] | None = None
    """What is to be done with the image once it is decoded: it is given, and given back."""
    voxels: npt.NDArray[Any] | None = None
    """Its voxels in the order in which they are stored, if they had to be looked at anyway."""
    read: Callable[[], Any] | None = None
    """Gives the image without SimpleITK, where that is as it would read it."""


def check_kind(mode: int, role: str, name: str) -> None:
    """Raise ReadError for what is neither a file nor a folder, by what the system says of it."""
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise ReadError(f"cannot read {role} {name}: {ODD}")


def check_table(path: Path, what: str = "table") -> None:
    """Raise ReadError for a device or a pipe in place of a table, OSError for what is not there."""
    check_kind(path.stat().st_mode, what, str(path))


class File(NamedTuple):
    """A file that is about to be read."""

    name: str
    """Its path, as SimpleITK takes it."""
    role: str
    """What it is read for, such as "image"."""
    size: int
    """Its length in bytes."""
    head: bytes
    """Its first bytes."""

    def error(self, text: str, kind: type[RadiomicsError] = ReadError) -> RadiomicsError:
        """The error that says what is wrong with the file."""
        return kind(f"cannot read {self.role} {self.name}: {text}")

    def require(self, held: int, expected: int, what: str = "its header") -> None:
        """Check that the file holds as many bytes as it should.

        Raises ReadError with both numbers.
        """
        if held < expected:
            raise self.error(
                f"{expected - held} of its bytes are missing: {what} says {expected}, and there "
                f"are {held}; the file is cut off, copy or download it again"
            )

"""Too little memory, in whatever words other libraries have for it, as the error that we have."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np

from radiomics_rs._core import OutOfMemoryError, RadiomicsError

#: What ITK's errors have in them, of images and of anything else.
WORDS = ("Failed to allocate memory", "bad_alloc")


def is_shortage(error: Exception) -> bool:
    """Whether an error says that there is too little memory."""
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error) for word in WORDS)


def require(size: int) -> None:
    """Raise MemoryError if there are not so many bytes."""
    np.empty(size, np.uint8)


@contextlib.contextmanager
def memory(purpose: str, size: int | None = None) -> Iterator[None]:
    """Work that may find too little memory; `purpose` says in messages what it is for.

    `size` is how many bytes it needs, if that is known. Raises OutOfMemoryError.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RadiomicsError) or not is_shortage(error):
            raise
        of = "" if size is None else f" of {size} bytes"
        # NumPy says how much it was.
        said = f" ({error})" if isinstance(error, MemoryError) and str(error) else ""
        raise OutOfMemoryError(
            f"there is too little memory{of} {purpose}{said}: free some, raise the limit of the "
            "process (ulimit -v), or take a smaller image"
        ) from error

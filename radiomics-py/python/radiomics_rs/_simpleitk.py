"""SimpleITK, imported when something of it is first asked for.

To import it takes longer than to read two NIfTI files and compute their features, for which nothing
of it is needed. All of the package but the drop-in takes it from here.
"""

from __future__ import annotations

import importlib
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TypeGuard

    import SimpleITK as sitk  # noqa: N813

_NAME = "SimpleITK"


class _Later:
    """Stands for the module, and imports it for the first name that is asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: int | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            # Whoever looks at what this object is asks for none of it.
            raise AttributeError(name)
        found = getattr(importlib.import_module(_NAME), name)
        self._limit()
        # Found without a detour from now on.
        setattr(self, name, found)
        return found

    def limit(self, threads: int) -> None:
        """Have no filter use more threads, from now on or once it is imported."""
        self._threads = threads
        if is_imported():
            self._limit()

    def _limit(self) -> None:
        with self._lock:
            threads, self._threads = self._threads, None
        if threads is not None:
            module = importlib.import_module(_NAME)
            module.ProcessObject.SetGlobalDefaultNumberOfThreads(threads)


_later = _Later()
if not TYPE_CHECKING:
    sitk = _later


def is_imported() -> bool:
    """Whether anybody has imported it."""
    return _NAME in sys.modules


def is_image(given: Any) -> TypeGuard[sitk.Image]:
    """Whether something is an image of SimpleITK: nothing can be before that is imported."""
    # While another thread imports it, it may have no images yet.
    kind = getattr(sys.modules.get(_NAME), "Image", None)
    return kind is not None and isinstance(given, kind)


def limit_threads(threads: int) -> None:
    """Have SimpleITK use no more threads, from now on or once it is imported."""
    _later.limit(threads)


__all__ = ["is_image", "is_imported", "limit_threads", "sitk"]

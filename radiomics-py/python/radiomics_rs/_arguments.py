"""Arguments of calls: whole numbers, labels and settings in whatever form they are given."""

from __future__ import annotations

import inspect
import math
import operator
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from radiomics_rs import _core
from radiomics_rs._core import RegionError, SettingsError

#: Told how many steps of work are done, and of how many.
Progress: TypeAlias = "Callable[[int, int], object] | None"
SettingsLike: TypeAlias = "_core.Settings | Mapping[str, Any] | str | os.PathLike[str] | None"

#: Whole numbers that the engine takes.
LOWEST, HIGHEST = -(2**63), 2**63 - 1
#: What has members, or reads as a number, and is meant as neither.
TEXT = (str, bytes, bytearray, memoryview)


def settings_of(given: SettingsLike) -> _core.Settings:
    """Settings from whatever stands for them.

    Raises SettingsError, OSError for a file that cannot be opened, or TypeError.
    """
    if given is None:
        return _core.Settings()
    if isinstance(given, _core.Settings):
        return given
    if isinstance(given, Mapping):
        return _core.Settings(**given)
    if isinstance(given, str | os.PathLike):
        return _core.Settings.from_yaml(Path(given).expanduser())
    raise TypeError(
        f"the settings are of type {type(given).__name__}: "
        "give Settings, a mapping, the path of a YAML or JSON document, or None"
    )


def label_of(given: Any, mask: Any = None) -> int:
    """A label, which may be a name if the mask says what its labels are called.

    Raises RegionError for one that no mask can hold, or that it does not name, or TypeError for
    what is no whole number.
    """
    named = names_in(mask)
    if isinstance(given, str) and named:
        if given in named:
            return named[given]
        raise RegionError(
            f"there is no label called {given!r}; known are {', '.join(named)}: give a whole "
            "number, or a name of these"
        )
    try:
        label = operator.index(given)
    except TypeError:
        raise TypeError(
            f"the label is {given!r}: give a whole number, or several of them"
        ) from None
    if not LOWEST <= label <= HIGHEST:
        raise RegionError(f"the label is {label}: labels of a mask are from {LOWEST} to {HIGHEST}")
    return label


def names_in(mask: Any) -> Mapping[str, int]:
    """What a mask says that its labels are called: nothing, but for some volumes."""
    named = getattr(mask, "names", None)
    return named if isinstance(named, dict) else {}


def near(name: object, names: Iterable[str]) -> str:
    """The end of a message about a name that there is not: "; did you mean ...?" or nothing."""
    import difflib

    folded = {one.lower(): one for one in names}
    found = difflib.get_close_matches(str(name).lower(), folded, 1, 0.6)
    return "".join(f"; did you mean {folded[one]!r}?" for one in found)


def whole(name: str, given: Any) -> int:
    """A whole number that is not a label.

    Raises SettingsError for one that is too large, or TypeError for what is none.
    """
    try:
        if isinstance(given, bool):
            # A switch that stands in the place of a number would be one.
            raise TypeError
        number = operator.index(given)
    except TypeError:
        raise TypeError(f"{name} is {given!r}: give a whole number") from None
    if not LOWEST <= number <= HIGHEST:
        raise SettingsError(f"{name} is {number}: give a smaller number")
    return number


def real(name: str, given: Any) -> float:
    """A number that need not be whole.

    A whole number that is too large for a float is infinite. Raises TypeError for what is none,
    such as text that reads as one.
    """
    if not isinstance(given, TEXT):
        try:
            return float(given)
        except OverflowError:
            return math.inf if given > 0 else -math.inf
        except (TypeError, ValueError):
            pass
    raise TypeError(f"{name} is {given!r}: give a number")


def memory_of(memory_mb: Any) -> float | None:
    """Megabytes that work may take, None for what the machine has free.

    Raises SettingsError for none, less or no end of them, or TypeError for what is no number.
    """
    if memory_mb is None:
        return None
    if isinstance(memory_mb, bool):
        raise TypeError(f"memory_mb is {memory_mb!r}: give a number of megabytes, or None")
    number = real("memory_mb", memory_mb)
    if not 0.0 < number < math.inf:
        raise SettingsError(
            f"memory_mb is {number}: give a finite number of megabytes above 0, or None for what "
            "the machine has free"
        )
    return number


def progress_of(given: Any) -> Progress:
    """A function that is told of progress, or None.

    Raises TypeError for what cannot be called, or not with two numbers as far as is known.
    """
    wanted = "give a function of two numbers, those of the steps done and of all steps, or None"
    if given is None:
        return None
    if not callable(given):
        raise TypeError(f"progress is {given!r}: {wanted}")
    told: Progress = given
    try:
        signature = inspect.signature(given)
    except (TypeError, ValueError):
        # What is not written in Python need not say what it takes.
        return told
    try:
        signature.bind(0, 1)
    except TypeError as error:
        raise TypeError(f"progress cannot be called with two numbers ({error}): {wanted}") from None
    return told


def switch(name: str, given: Any) -> bool:
    """A choice of two.

    Raises TypeError for anything but True and False: text such as "no" would be true.
    """
    if isinstance(given, bool | np.bool_):
        return bool(given)
    raise TypeError(f"{name} is {given!r}: give True or False")


def part_of(progress: Progress, place: int, parts: int, together: int = 1) -> Progress:
    """A function that is told of some of several parts, which all have as many steps."""
    if progress is None:
        return None

    def told(done: int, total: int) -> None:
        steps = total // together
        progress(place * steps + done, parts * steps)

    return told

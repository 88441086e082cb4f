"""Columns of one's own: numbers that a function makes of the prepared region."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from radiomics_rs._arguments import real
from radiomics_rs._core import Settings, SettingsError
from radiomics_rs._processes import program_of

ExtrasLike: TypeAlias = "Mapping[str, Extra | Callable[..., Any]] | None"


@dataclass(frozen=True)
class Extra:
    """A function that makes named numbers of a region, and what they are called.

    `rr.Extra(network, columns=["score"], version="2")` as `extra={"deep": ...}` makes the column
    `deep_score`.
    """

    function: Callable[[Any], Mapping[str, float]]
    """Given the region as `rr.prepare` makes it (`Prepared`), or, where images have names, a dict
    from name to region; returns a number for each of `columns`. It is called in a process of its
    own, so it is one that a module has: not a lambda, nor one made within a function."""
    columns: Sequence[str]
    """Names of the numbers, known before any is there."""
    version: str | None = None
    """Which version of the function: with another one cases are computed again. It has to be given
    unless the function has an attribute `version` or `__version__`, which None stands for."""
    margin_mm: float = 0.0
    """How much of the image the function sees round the region, in millimetres, 0 or more."""


@dataclass(frozen=True)
class NamedExtra:
    """An extra as it has been checked."""

    name: str
    function: Callable[[Any], Mapping[str, float]]
    columns: tuple[str, ...]
    version: str
    margin_mm: float

    def headers(self) -> list[str]:
        """The names of its columns in the table."""
        return [f"{self.name}_{column}" for column in self.columns]

    def identity(self) -> dict[str, Any]:
        """What says which numbers they are."""
        return {
            "name": self.name,
            "function": f"{_called(self.function)}",
            "version": self.version,
            "columns": list(self.columns),
            "margin_mm": self.margin_mm,
        }

    def values(self, regions: Any) -> list[float]:
        """Its numbers for a region; raises ValueError for others than those of `columns`."""
        found = self.function(regions)
        if not isinstance(found, Mapping) or set(found) != set(self.columns):
            what = sorted(found) if isinstance(found, Mapping) else type(found).__name__
            raise ValueError(f"it returned {what}: its columns are {', '.join(self.columns)}")
        return [_number(column, found[column]) for column in self.columns]


def _number(column: str, given: Any) -> float:
    value = math.nan if given is None else real(column, given)
    return float(value)


def extras_of(given: ExtrasLike, settings: Settings) -> tuple[NamedExtra, ...]:
    """The extras that an argument stands for; raises SettingsError or TypeError."""
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        raise TypeError(f"extra is {given!r}: give a mapping from names to rr.Extra")
    made = tuple(_extra(name, extra) for name, extra in given.items())
    if made and _has_several(settings):
        raise SettingsError(
            "the settings have several discretisations, and an extra is of a region with one: "
            "leave the extra out, or give one bin_width or bin_number"
        )
    return made


def _extra(name: Any, given: Any) -> NamedExtra:
    if not isinstance(name, str) or not name:
        raise TypeError(f"the name of an extra is {name!r}: give a text")
    if not isinstance(given, Extra):
        if not callable(given):
            raise TypeError(f"extra {name!r} is {given!r}: give rr.Extra(function, columns=[...])")
        given = Extra(given, getattr(given, "columns", ()))
    if not callable(given.function):
        raise TypeError(
            f"extra {name!r} has the function {given.function!r}: give a function of a module, "
            "which takes a region and returns a number for each of `columns`"
        )
    if isinstance(given.columns, str | bytes) or not isinstance(given.columns, Iterable):
        raise TypeError(
            f"extra {name!r} has the columns {given.columns!r}: give a list of names, such as "
            'columns=["mean"]'
        )
    columns = tuple(given.columns)
    if not columns or not all(isinstance(c, str) and c for c in columns):
        raise SettingsError(
            f"extra {name!r} has no columns: give rr.Extra(function, columns=[...]) with the names "
            "of its numbers, as columns are fixed before the first case"
        )
    if len(set(columns)) < len(columns):
        raise SettingsError(f"extra {name!r} has a column twice: give each name once")
    function = given.function
    version = (
        given.version or getattr(function, "version", "") or getattr(function, "__version__", "")
    )
    if not version:
        raise SettingsError(
            f"extra {name!r} has no version: give rr.Extra(..., version=...), so that cases are "
            "computed again when the function has become another one"
        )
    margin_mm = real("margin_mm", given.margin_mm)
    if not 0 <= margin_mm < math.inf:
        raise SettingsError(
            f"extra {name!r} has a margin_mm of {margin_mm:g}: give a finite number of "
            "millimetres, 0 or more"
        )
    extra = NamedExtra(name, function, columns, str(version), margin_mm)
    try:
        program_of(pickle.dumps(function))
    except Exception as error:
        raise SettingsError(
            f"extra {name!r} cannot be handed to another process ({error}): give a function of a "
            "module, or an object of a class of one"
        ) from None
    return extra


def _has_several(settings: Settings) -> bool:
    """Whether settings have several discretisations."""
    edges = settings.bin_edges or ()
    lists = (
        settings.bin_width,
        settings.bin_number,
        edges if edges and isinstance(edges[0], tuple) else (),
    )
    return any(isinstance(of, tuple) and len(of) > 1 for of in lists)


def _called(function: Any) -> str:
    """Module and name of a function, or of the class of an object that is one."""
    of = type(function)
    module = getattr(function, "__module__", None) or of.__module__
    return f"{module}.{getattr(function, '__qualname__', of.__qualname__)}"

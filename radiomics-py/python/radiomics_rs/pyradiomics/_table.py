"""Feature tables: one row per feature, from which ``get<Name>FeatureValue`` is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

_C = TypeVar("_C", bound=type)


class Feature(NamedTuple):
    """One row: the PyRadiomics name and what the feature is."""

    name: str
    doc: str
    #: off by default, still calculated when it is asked for by name
    deprecated: bool = False
    #: why PyRadiomics no longer calculates it (then no value is returned at all)
    removed: str | None = None
    #: name of a method called first, for features that log a remark
    before: str | None = None


def deprecated(func: Callable) -> Callable:
    """Mark a feature method as deprecated: `enableAllFeatures` leaves it out."""
    func._is_deprecated = True
    return func


def _getter(cls: type, row: Feature) -> Callable:
    def getter(self):
        if row.removed is not None:
            raise DeprecationWarning(row.removed)
        if row.before is not None:
            getattr(self, row.before)()
        return self._engineValue(row.name)

    getter.__name__ = f"get{row.name}FeatureValue"
    getter.__qualname__ = f"{cls.__name__}.{getter.__name__}"
    getter.__module__ = cls.__module__
    getter.__doc__ = row.doc
    return deprecated(getter) if row.deprecated or row.removed is not None else getter


def feature_class(rows: Sequence[Feature]) -> Callable[[_C], _C]:
    """Class decorator: one documented getter per row, which `inspect` finds as in PyRadiomics."""

    def add(cls: _C) -> _C:
        cls._rows = {row.name: row for row in rows}
        for row in rows:
            setattr(cls, f"get{row.name}FeatureValue", _getter(cls, row))
        return cls

    return add


def removed(same_as: str, page: str = "removedfeatures.html") -> str:
    """The text PyRadiomics' own deprecation carries, so that log filters on it keep working."""
    return f"{same_as}, see http://pyradiomics.readthedocs.io/en/latest/{page} for more details"

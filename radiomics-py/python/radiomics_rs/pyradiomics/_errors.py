"""Errors of the drop-in. Each is also of the types that PyRadiomics raises in its place."""

from __future__ import annotations

from radiomics_rs import RadiomicsError


class SchemaError(RadiomicsError):
    """The parameters break the schema; message (one a line) and `errors` hold all offences."""

    lead = "Schema validation failed:\n - "
    between = "\n - "

    def __init__(self, errors: list[str]):
        self.errors = list(errors)
        super().__init__(self.lead + self.between.join(self.errors))

    def __reduce__(self):
        return type(self), (self.errors,)


class SchemaTypeError(SchemaError, TypeError):
    """A value is of the wrong type: PyRadiomics finds out later, with a TypeError."""


class SettingError(SchemaError):
    """A setting that was given in a program breaks the schema."""

    lead = ""
    between = "; "


class SettingTypeError(SettingError, SchemaTypeError):
    """A setting that was given in a program is of the wrong type."""


class GridMismatch(RadiomicsError, RuntimeError):
    """Image and mask do not belong together, or are no image and no mask.

    PyRadiomics has an error of SimpleITK for the one half of it, and ValueError for the other.
    """


class RegionLost(RadiomicsError, RuntimeError):
    """The region has gone on the way: PyRadiomics has ITK's RuntimeError."""


class Unmet(RadiomicsError, AssertionError):
    """Something does not hold that PyRadiomics asserts."""

"""The columns of the table: fixed before the first case is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from radiomics_rs._arguments import HIGHEST, LOWEST
from radiomics_rs._core import SettingsError
from radiomics_rs.cohort import dates
from radiomics_rs.cohort.cases import Layout
from radiomics_rs.cohort.extras import NamedExtra
from radiomics_rs.cohort.sources import Source

CASE_ID = "case_id"
#: What is said of each case.
SAID = ("status", "error", "warnings")
#: What is said besides if hashes are asked for, before those of the files.
OF_ALL = ("engine_version", "settings_sha256")
#: Up to this, and down to its negative, a 64-bit float holds each whole number.
EXACT = 2**53
#: Types of cells.
TEXT, WHOLE, REAL, SWITCH = "text", "whole", "real", "switch"


class Columns(NamedTuple):
    """The columns of a table in their order."""

    given: list[str]
    """Those of the cases, in front of which there is `case_id` if they have none."""
    types: list[str]
    """What the cells of these are."""
    hashes: list[str]
    """Those of the hashes, none unless they are asked for."""
    values: list[str]
    """Those of the numbers: features, then extras."""

    @property
    def names(self) -> list[str]:
        """All of them."""
        return [*self.given, *SAID, *self.hashes, *self.values]

    def case_id(self, layout: Layout) -> str:
        """What the column of the cases' names is called."""
        return CASE_ID if layout.case_id is None else self.given[layout.case_id]

    @property
    def cell_types(self) -> list[str]:
        """What the cells of all of them are."""
        said = [TEXT] * (len(SAID) + len(self.hashes))
        return [*self.types, *said, *[REAL] * len(self.values)]


def columns_of(
    source: Source,
    layout: Layout,
    features: Iterable[str],
    extras: Sequence[NamedExtra],
    provenance: bool,
) -> Columns:
    """The columns; raises SettingsError if two were to have the same name."""
    given, types = list(source.names), [_type(cells) for cells in _cells(source)]
    if layout.case_id is not None and any(row[layout.case_id] is None for row in source.rows):
        # What is made in place of a cell is a text.
        types[layout.case_id] = TEXT
    if layout.case_id is None:
        given, types = [CASE_ID, *given], [TEXT, *types]
    hashes: list[str] = []
    if provenance:
        files = [("image", name) for name in layout.images] + [("mask", n) for n in layout.masks]
        hashes = [*OF_ALL, *(_sha256(kind, name) for kind, name in files)]
    own = [header for extra in extras for header in extra.headers()]
    made = Columns(given, types, hashes, [*features, *own])
    seen: set[str] = set()
    for name in made.names:
        if name in seen:
            where = "of the cases" if name in given else "of an extra"
            raise SettingsError(
                f"the column {name!r} {where} is called like another one of the table: rename it"
            )
        seen.add(name)
    return made


def _sha256(kind: str, name: str) -> str:
    return f"{kind}:{name}_sha256" if name else f"{kind}_sha256"


def _cells(source: Source) -> Iterable[list[Any]]:
    for column in range(len(source.names)):
        yield [row[column] for row in source.rows]


def _type(cells: Sequence[Any]) -> str:
    """What all cells of a column are; text holds anything."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {bool}:
        return SWITCH
    if kinds == {int} and all(c is None or LOWEST <= c <= HIGHEST for c in cells):
        return WHOLE
    if kinds and kinds <= {int, float} and not any(map(_is_too_large, cells)):
        return REAL
    return dates.type_of(cells) or TEXT


def _is_too_large(cell: Any) -> bool:
    """Whether a cell is a whole number that a 64-bit float may not hold exactly."""
    return isinstance(cell, int) and abs(cell) > EXACT

"""The cases that a transformer is given: pairs, or a frame whose columns mean what cohorts' do."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from radiomics_rs._core import RadiomicsError, RegionError, SettingsError
from radiomics_rs._work import ORIGINAL
from radiomics_rs.cohort.cases import Layout, case_of, layout_of
from radiomics_rs.cohort.sources import Source
from radiomics_rs.io import read_image, read_mask

KINDS = (
    "give a sequence of (image, mask) or (image, mask, label), or a data frame with the columns "
    "image and mask"
)
#: What stands for an image in memory where a path is looked for.
IN_MEMORY = "in memory"


class Given(NamedTuple):
    """What is to be computed for a row of X."""

    parts: list[tuple[Any, Any]]
    """An image, or images by name, and the mask that is on their grid."""
    label: Any = None
    """None where the transformer says it."""
    roi: str | int | None = None
    label_channel: int | None = None
    problem: str = ""
    """Why nothing can be computed, if that shows already."""

    def image_names(self) -> list[str]:
        """The names of the images, in order."""
        named = [image if isinstance(image, Mapping) else (ORIGINAL,) for image, _ in self.parts]
        return [name for names in named for name in names]


def cases_of(given: Any) -> list[Given]:
    """The cases that an X stands for; raises SettingsError, RadiomicsError or TypeError."""
    if hasattr(given, "columns"):
        cases = _of_frame(given)
    elif isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise TypeError(f"X is of type {type(given).__name__}: {KINDS}")
    else:
        cases = [_of_row(place, row) for place, row in enumerate(given)]
    if not cases:
        raise RadiomicsError(f"X holds no cases: {KINDS}")
    return cases


def read_region(image: Any, mask: Any, roi: str | int) -> tuple[Any, Any]:
    """Images and the one region of a file that has that name or number.

    The first image is read, as regions are drawn on it. Raises as reading does, and RegionError
    for a mask that has no such region, or several.
    """
    several = dict(image) if isinstance(image, Mapping) else {ORIGINAL: image}
    first = next(iter(several))
    if isinstance(several[first], str | os.PathLike):
        several[first] = read_image(several[first])
    try:
        found = read_mask(mask, image=several[first], roi=roi)
    except SettingsError as error:
        # Other cases may have other masks.
        raise RegionError(str(error)) from error
    if isinstance(found, dict):
        raise RegionError(f"{mask} holds {len(found)} regions called {roi!r}: give one by number")
    return several if isinstance(image, Mapping) else several[first], found


def _of_row(place: int, row: Any) -> Given:
    if isinstance(row, list | tuple) or (isinstance(row, np.ndarray) and row.dtype == object):
        if len(row) in (2, 3):
            return _of_pair(*row)
        raise TypeError(f"case {place} of X has {len(row)} members: {KINDS}")
    if isinstance(row, np.ndarray) and row.dtype.kind == "U" and row.shape in ((2,), (3,)):
        # Pairs of paths that have been made an array on the way.
        return _of_pair(*(str(cell) for cell in row))
    raise TypeError(f"case {place} of X is of type {type(row).__name__}: {KINDS}")


def _of_pair(image: Any, mask: Any, label: Any = None) -> Given:
    problems = [f"the image{name} is missing" for name in _missing(image)]
    problems += ["the mask is missing"] if _is_missing(mask) else []
    if isinstance(label, str) and label.strip().isdecimal():
        label = int(label)
    elif _is_missing(label):
        label = None
    elif isinstance(label, float | np.floating) and float(label).is_integer():
        label = int(label)
    return Given([(image, mask)], label, problem="; ".join(problems))


def _missing(image: Any) -> list[str]:
    """What messages add to the word image, for each that is missing."""
    if isinstance(image, Mapping):
        return [f" {name!r}" for name, one in image.items() if _is_missing(one)]
    return [""] if _is_missing(image) else []


def _of_frame(frame: Any) -> list[Given]:
    names = [str(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SettingsError(f"X has the column {twice[0]!r} twice: rename one")
    layout = layout_of(Source(names, [], "", "X"))
    columns = [list(frame[name]) for name in frame.columns]
    return [_of_cells(*one, layout) for one in enumerate(zip(*columns, strict=True))]


def _of_cells(place: int, row: Sequence[Any], layout: Layout) -> Given:
    cells = [_plain(cell) for cell in row]
    files = {*layout.images.values(), *layout.masks.values()}
    texts = [IN_MEMORY if at in files and _in_memory(c) else c for at, c in enumerate(cells)]
    case = case_of(place, texts, layout)
    images = {name: cells[at] for name, at in layout.images.items()}
    masks = {name: cells[at] for name, at in layout.masks.items()}
    problem = case.problem
    if not problem and case.roi is not None and any(map(_in_memory, masks.values())):
        problem = f"the roi is {case.roi!r}, and the mask is in memory: give the path of a file"
    if "" in images:
        parts = [(images[""], masks[""])]
    elif "" in masks:
        parts = [(images, masks[""])]
    else:
        parts = [({name: image}, masks[name]) for name, image in images.items()]
    own = None if layout.label is None else cells[layout.label]
    label = None if own is None and case.roi is None else case.label
    return Given(parts, label, case.roi, case.label_channel, problem)


def _plain(cell: Any) -> Any:
    """A cell as plain Python has it: None for a missing one, paths as text, images as they are."""
    if _is_missing(cell):
        return None
    if isinstance(cell, np.generic):
        return cell.item()
    if isinstance(cell, os.PathLike):
        return os.fspath(cell)
    return cell.strip() if isinstance(cell, str) else cell


def _in_memory(cell: Any) -> bool:
    return cell is not None and not isinstance(cell, str)


def _is_missing(value: Any) -> bool:
    """Whether a value stands for none: None, NaN, an empty text, and pandas' NA and NaT."""
    if value is None or isinstance(value, str):
        return value is None or not value.strip()
    if isinstance(value, float | np.floating):
        return bool(np.isnan(value))
    return type(value).__name__ in ("NAType", "NaTType")

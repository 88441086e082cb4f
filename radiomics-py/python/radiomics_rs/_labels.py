"""Which labels of a mask are wanted, by number or by name."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from radiomics_rs import _core
from radiomics_rs._arguments import TEXT, label_of
from radiomics_rs._core import ReadError, RegionError
from radiomics_rs.io import Volume

#: All labels of a mask.
ALL = "all"

Label: TypeAlias = "int | str"
LabelNames: TypeAlias = "Mapping[str, int] | str | os.PathLike[str] | None"


class Wanted(NamedTuple):
    """Labels that are asked for, before the mask is known."""

    labels: dict[Label, int] | None
    """Each label by what its table is called; None for all of the mask."""
    several: bool
    """Whether there is to be a table for each of several."""
    names: dict[int, str]
    """What labels are called."""

    def of(self, mask: Volume, lost: Iterable[int] = ()) -> dict[Label, int]:
        """The labels by what their tables are called, those that are lost among them.

        Raises RegionError for an empty mask.
        """
        if self.labels is not None:
            return self.labels
        found = sorted({*_core.labels(mask.voxels, mask.geometry), *lost})
        if not found:
            raise RegionError("the mask is empty: it holds no label")
        return {self.names.get(label, label): label for label in found}


def wanted(label: Any, label_names: LabelNames = None) -> Wanted:
    """The labels that an argument asks for.

    Raises RegionError, ReadError for a table of names, or TypeError for what is no label.
    """
    named = names_of(label_names)
    names = {number: name for name, number in named.items()}
    if label is None:
        raise TypeError('the label is None: give a whole number, several of them, or "all"')
    if isinstance(label, str) and label == ALL and ALL not in named:
        return Wanted(None, True, names)
    if isinstance(label, Mapping):
        labels: dict[Label, int] = {_name(name): label_of(label[name]) for name in label}
        pairs = list(labels.items())
    elif _has_members(label):
        numbers = [_number(one, named) for one in label]
        pairs = [(names.get(number, number), number) for number in numbers]
    else:
        number = _number(label, named)
        return Wanted({names.get(number, number): number}, False, names)
    if not pairs:
        raise RegionError("the labels are empty: give at least one label of the mask")
    for place, (_, number) in enumerate(pairs):
        if number in [other for _, other in pairs[:place]]:
            raise RegionError(f"label {number} is given twice: give each label once")
    return Wanted(dict(pairs), True, names)


def wanted_of_texts(texts: Iterable[str], label_names: LabelNames = None) -> Any:
    """What the options of a command ask for, as an argument of `wanted`.

    Each text is a label, a name, `name=label`, "all", or several with commas between them. Raises
    RegionError for what is none of these.
    """
    members = [one.strip() for text in texts for one in text.split(",")]
    if members == [ALL]:
        return ALL
    if ALL in members and ALL not in names_of(label_names):
        raise RegionError(f"the labels are {', '.join(members)}: give `all` by itself")
    pairs = [one.partition("=") for one in members]
    if any(equals for _, equals, _ in pairs):
        return _sound_pairs(pairs)
    return [int(one) if _is_whole(one) else one for one in members] or [1]


def _sound_pairs(pairs: list[tuple[str, str, str]]) -> dict[str, int]:
    """Labels by name; a label without a name is called by its number."""
    named: dict[str, int] = {}
    for name, equals, number in pairs:
        given = number if equals else name
        if not _is_whole(given) or name in named:
            raise RegionError(
                f"--label {name}{equals}{number}: give a name once, and a whole number as its label"
            )
        named[name] = int(given)
    return named


def names_of(given: LabelNames) -> dict[str, int]:
    """Labels by name: from a mapping, or from a table in a file (see `label_names`)."""
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return _sound([(_name(name), label_of(given[name])) for name in given], "the label names")
    if isinstance(given, str | os.PathLike):
        return label_names(given)
    raise TypeError(
        f"label_names is {given!r}: give a mapping from names to labels, or the path of a table"
    )


def label_names(path: str | os.PathLike[str]) -> dict[str, int]:
    """The labels of a mask by name, from a table in a file.

    Args:
        path: a CSV file, or of another ending with tabs between columns. One column holds whole
            numbers, the labels, and the first of the others names; the first line may say what
            the columns are.

    Raises:
        ReadError: a file without such columns, or with a label or a name twice.
        OSError: a file that cannot be opened.
    """
    what = f"the table of label names {os.fspath(path)}"
    try:
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            separator = "," if Path(path).suffix.lower() == ".csv" else "\t"
            lines = [line for line in csv.reader(file, delimiter=separator) if any(line)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ReadError(f"cannot read {what}: it is no table of text ({error})") from None
    rows = lines[1:] or lines
    columns = min(map(len, lines), default=0)
    of_labels = [n for n in range(columns) if all(_is_whole(row[n]) for row in rows)]
    if not of_labels or columns < 2:
        raise ReadError(
            f"cannot read {what}: it needs a column of labels, all of them whole numbers, and one "
            "of names"
        )
    labels = of_labels[0]
    names = 1 if labels == 0 else 0
    if len(lines) > len(rows) and _is_whole(lines[0][labels]):
        rows = lines
    return _sound([(row[names].strip(), label_of(int(row[labels]))) for row in rows], what)


def _sound(pairs: list[tuple[str, int]], what: str) -> dict[str, int]:
    for place, (name, label) in enumerate(pairs):
        if not name:
            raise ReadError(f"{what}: label {label} has an empty name")
        for known, other in pairs[:place]:
            if name == known:
                raise ReadError(f"{what}: labels {other} and {label} are both called {name!r}")
            if label == other:
                raise ReadError(f"{what}: label {label} is called both {known!r} and {name!r}")
    return dict(pairs)


def _number(given: Any, named: Mapping[str, int]) -> int:
    if not isinstance(given, str):
        return label_of(given)
    if given not in named:
        known = f"; known are {', '.join(named)}" if named else ", and there are no `label_names`"
        raise RegionError(
            f"there is no label called {given!r}{known}: give a whole number, or a name of these"
        )
    return named[given]


def _name(given: Any) -> str:
    if not isinstance(given, str):
        raise TypeError(f"the name of a label is {given!r}: give a mapping from str to labels")
    if not given:
        raise RegionError("the name of a label is empty: give each label a name")
    return given


def _has_members(label: Any) -> bool:
    """Whether there are several: text is no label, and an array without axes is a single one."""
    return (
        isinstance(label, Iterable)
        and not isinstance(label, TEXT)
        and getattr(label, "ndim", None) != 0
    )


def _is_whole(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True

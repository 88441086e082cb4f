"""Cases: which images, which mask, which region, and what comes along."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from radiomics_rs._core import ReadError, SettingsError
from radiomics_rs.cohort.dates import text_of
from radiomics_rs.cohort.sources import Source
from radiomics_rs.io import warn

#: The label of a case that says none.
LABEL = 1
#: Columns with a meaning, by their names in lower case; those of PyRadiomics' tables among them.
MEANINGS = {
    "case_id": "case_id",
    "id": "case_id",
    "image": "image",
    "mask": "mask",
    "label": "label",
    "roi": "roi",
    "label_channel": "label_channel",
}
NAMED = ("image", "mask")
#: How much alike two names are of which one may be a slip, from 0 to 1.
NEAR = 0.8
#: What no path has.
NUL = "\0"


class Part(NamedTuple):
    """Images, and the mask that is on their grid; paths as they were given."""

    images: tuple[tuple[str, str], ...]
    mask: str


@dataclass(frozen=True)
class Case:
    """What is to be computed for a row."""

    place: int
    """Of the row, from 0."""
    case_id: str
    parts: tuple[Part, ...] = ()
    label: int = LABEL
    roi: str | int | None = None
    label_channel: int | None = None
    problem: str = ""
    """Why nothing can be computed, if that shows already."""

    def paths(self) -> list[str]:
        """The paths as they were given: part by part the images, then the mask."""
        return [path for part in self.parts for path in (*(p for _, p in part.images), part.mask)]

    def own(self) -> list[Any]:
        """What determines the numbers, apart from settings and what is in files."""
        names = [[name for name, _ in part.images] for part in self.parts]
        return [names, self.label, self.roi, self.label_channel]


class Layout(NamedTuple):
    """Where in a row what is."""

    case_id: int | None
    images: dict[str, int]
    """Columns of images by name; that of a single image is called ""."""
    masks: dict[str, int]
    label: int | None
    roi: int | None
    label_channel: int | None

    @property
    def names(self) -> list[str] | None:
        """The names of the images; None for a single one without a name."""
        return None if "" in self.images else list(self.images)


def layout_of(source: Source) -> Layout:
    """What the columns of a source mean.

    Raises SettingsError, and ReadError for a row that lacks cells: which ones cannot be told, and
    each of those behind them would be taken for the one before.
    """
    if source.short:
        raise ReadError(source.short)
    found: dict[str, int] = {}
    others: list[str] = []
    named: dict[str, dict[str, int]] = {"image": {}, "mask": {}}
    for column, name in enumerate(source.names):
        kind, colon, of = name.partition(":")
        kind = kind.strip().lower()
        if colon and kind in NAMED and of.strip():
            named[kind][of.strip()] = column
            continue
        meaning = MEANINGS.get(name.strip().lower())
        if meaning is None or (
            meaning == "case_id" and name.lower() == "id" and "case_id" in found
        ):
            if meaning is None:
                others.append(name)
            continue
        if meaning in found and source.names[found[meaning]].lower() != "id":
            first = source.names[found[meaning]]
            raise SettingsError(
                f"{source.what} has the columns {first!r} and {name!r}, which mean the same: "
                "rename one"
            )
        found[meaning] = column
    images, masks = _of_kind("image", found, named, source), _of_kind("mask", found, named, source)
    if "" not in masks and (set(masks) != set(images) or "" in images):
        raise SettingsError(
            f"{source.what} has masks for {', '.join(masks)} and images "
            f"{', '.join(images) or 'without names'}: give one column `mask` for all images, or a "
            "column `mask:<name>` for each `image:<name>`"
        )
    missing = {own: own not in found for own in MEANINGS.values()}
    missing |= {"image": "" not in images, "mask": "" not in masks}
    _remark_on(others, [own for own, is_free in missing.items() if is_free], source)
    rest = (found.get(name) for name in ("label", "roi", "label_channel"))
    return Layout(found.get("case_id"), images, masks, *rest)


def _of_kind(
    kind: str, found: dict[str, int], named: dict[str, dict[str, int]], source: Source
) -> dict[str, int]:
    single = {"": found[kind]} if kind in found else {}
    if single and named[kind]:
        raise SettingsError(
            f"{source.what} has a column `{kind}` and one called "
            f"`{kind}:{next(iter(named[kind]))}`: give the one, or a name to each"
        )
    if not single and not named[kind]:
        raise SettingsError(
            f"{source.what} has no column `{kind}`: it has {', '.join(map(repr, source.names))}; "
            f"{_meant(kind, source)}give `{kind}`, or `{kind}:<name>` for several images"
        )
    return single or named[kind]


def _meant(kind: str, source: Source) -> str:
    """Which column may be the one that is missing."""
    for name in source.names:
        if _is_near(name.partition(":")[0], kind):
            return f"did you mean {name!r} to be it? "
    return ""


def _is_near(name: str, own: str) -> bool:
    return bool(difflib.get_close_matches(name.strip().lower(), [own], 1, NEAR))


def _remark_on(others: Iterable[str], free: list[str], source: Source) -> None:
    """Say which columns are carried through that are called nearly as one with a meaning is.

    Only as those that are `free`: beside a column with the meaning it is another thing.
    """
    near = {
        name: next((own for own in free if _is_near(name.partition(":")[0], own)), "")
        for name in others
    }
    said = [f"{name!r}: did you mean `{own}`?" for name, own in near.items() if own]
    if said:
        one = "a column that is" if len(said) == 1 else "columns that are"
        warn(f"{source.what} has {one} only carried through, {'; '.join(said)}")


def cases_of(source: Source, layout: Layout) -> list[Case]:
    """The cases of a source, in the order of its rows; raises SettingsError for equal ids."""
    cases = [case_of(place, row, layout) for place, row in enumerate(source.rows)]
    seen: dict[str, int] = {}
    for case in cases:
        first = seen.setdefault(case.case_id, case.place)
        if first != case.place:
            made = "" if layout.case_id is not None else ", made from image, mask and label"
            raise SettingsError(
                f"{source.what}: {source.where(first)} and {source.where(case.place)} have the "
                f"same case_id {case.case_id!r}{made}: give each case an id of its own"
            )
    return cases


def case_of(place: int, row: Sequence[Any], layout: Layout) -> Case:
    """The case of a row, with the problem that it may have."""

    def cell(column: int | None) -> Any:
        value = None if column is None else row[column]
        value = text_of(value) if isinstance(value, date) else value
        return value.strip() if isinstance(value, str) else value

    images = {name: str(cell(at) or "") for name, at in layout.images.items()}
    masks = {name: str(cell(at) or "") for name, at in layout.masks.items()}
    problems = [f"the column {_column('image', n)} is empty" for n in images if not images[n]]
    problems += [f"the column {_column('mask', n)} is empty" for n in masks if not masks[n]]
    for kind, paths in (("image", images), ("mask", masks)):
        problems += [f"the column {_column(kind, n)} holds a NUL" for n in paths if NUL in paths[n]]
    numbers: dict[str, int | None] = {}
    for name in ("label", "label_channel"):
        given = cell(getattr(layout, name))
        try:
            numbers[name] = whole(given)
        except ValueError:
            numbers[name] = None
            problems.append(f"the {name} is {given!r}: give a whole number")
    roi = _roi(cell(layout.roi))
    if roi is not None and numbers["label"] is not None:
        problems.append(f"there are a label, {numbers['label']}, and a roi, {roi!r}: give one")
    label = LABEL if numbers["label"] is None else numbers["label"]
    case_id = cell(layout.case_id)
    if case_id is None:
        region = cell(layout.roi) or cell(layout.label) or label
        case_id = " ".join([*images.values(), *masks.values(), str(region)])
    return Case(
        place,
        str(case_id),
        _parts(images, masks),
        label,
        roi,
        numbers["label_channel"],
        "; ".join(problems),
    )


def _column(kind: str, name: str) -> str:
    return f"`{kind}:{name}`" if name else f"`{kind}`"


def _parts(images: dict[str, str], masks: dict[str, str]) -> tuple[Part, ...]:
    if "" in masks:
        return (Part(tuple(images.items()), masks[""]),)
    return tuple(Part(((name, images[name]),), masks[name]) for name in images)


def whole(given: Any) -> int | None:
    """A whole number, also as tables with gaps have it, such as 1.0; raises ValueError."""
    if given is None:
        return None
    if isinstance(given, bool):
        raise ValueError(given)
    try:
        return int(given) if not isinstance(given, float) else _of_float(given)
    except ValueError:
        return _of_float(float(given))


def _of_float(number: float) -> int:
    if not number.is_integer():
        raise ValueError(number)
    return int(number)


def _roi(given: Any) -> str | int | None:
    if isinstance(given, float):
        return int(given) if given.is_integer() else str(given)
    if isinstance(given, str) and given.isdecimal():
        return int(given)
    return given if given is None or isinstance(given, int) else str(given)


def resolved(folder: str, path: str) -> str:
    """A path as the system finds it from anywhere."""
    # The system would refuse to look for the folder of such a user.
    whole = path if NUL in path else os.path.expanduser(path)  # noqa: PTH111
    return os.path.normpath(os.path.join(folder, whole))  # noqa: PTH118


def bare(text: str, folder: str, given: Iterable[str]) -> str:
    """A text in which paths are as they were given, as a moved folder has them as well."""
    for path in sorted(given, key=len, reverse=True):
        if path:
            text = text.replace(resolved(folder, path), path)
    # Of the root alone nothing can be told.
    return text.replace(folder + os.sep, "") if os.path.basename(folder) else text  # noqa: PTH119

"""What a feature is: its definition, unit, range and names, and what goes wrong with it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from radiomics_rs import _describe_tables as tables
from radiomics_rs._core import Settings, SettingsError, columns, features
from radiomics_rs._describe_equations import EQUATIONS, SYMBOLS

#: Families of shape and intensity, whose values do not depend on neighbours.
NO_TEXTURE = tuple(tables.DEPENDS)
#: How many names are suggested.
SUGGESTED = 5


@dataclass(frozen=True)
class Description:
    """What there is to say of a feature; `str` is a page about it."""

    family: str
    """Family, in the vocabulary of the IBSI reference values."""
    feature: str
    """Name within the family."""
    column: str
    """How the columns of a table call it, by the settings of the profile `ibsi`."""
    definition: str
    """The equation, or a sentence, in the symbols of the standard."""
    equation: str
    """The same in TeX; `symbols` says what it is made of."""
    undefined: str
    """Where it has an edge value, or none; empty if that is nowhere."""
    unit: str
    """Its unit, "none" for a number without one."""
    range: str
    """Which values it may take."""
    ibsi_id: str
    """IBSI identifier; empty if IBSI does not have it."""
    family_ibsi_id: str
    """IBSI identifier of the family; empty if IBSI does not have it."""
    pyradiomics: str
    """Name in PyRadiomics' tables of the original image; empty if PyRadiomics does not have it."""
    aggregations: tuple[str, ...]
    """How matrices may be aggregated; empty for the region as a whole."""
    depends_on: str
    """What its value depends on, which is what to report with it."""
    pitfalls: tuple[str, ...]
    """What goes wrong with it."""

    @property
    def name(self) -> str:
        """Family and name, as the setting `features` takes it, such as "glcm.contrast"."""
        return f"{self.family}.{self.feature}"

    @property
    def symbols(self) -> dict[str, str]:
        """What the equations of the family are made of: symbols in TeX, and what they are."""
        return dict(SYMBOLS[self.family])

    def to_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {"name": self.name, **asdict(self)}

    def __str__(self) -> str:
        said = {"definition": self.definition, **self._said()}
        width = max(map(len, said)) + 2
        lines = [self.name]
        for title, text in said.items():
            first, *others = text.split("\n")
            if text:
                lines += [
                    f"  {title:{width}}{first}",
                    *(f"  {'':{width}}{line}" for line in others),
                ]
        return "\n".join(lines)

    def _repr_markdown_(self) -> str:
        """What a notebook shows."""
        lines = [f"**{self.name}**: {self.definition}", "", f"$${self.equation}$$", ""]
        for title, text in self._said().items():
            lines += [f"- {title}: {line}" for line in text.split("\n") if line]
        return "\n".join(lines)

    def _said(self) -> dict[str, str]:
        """What there is to say beside the definition, by title."""
        return {
            "edge values": self.undefined,
            "unit": self.unit,
            "range": self.range,
            "column": self.column,
            "IBSI": f"{self.ibsi_id} (family {self.family_ibsi_id})"
            if self.ibsi_id
            else "not in IBSI",
            "PyRadiomics": self.pyradiomics or "not there",
            "aggregations": ", ".join(self.aggregations),
            "depends on": self.depends_on,
            "pitfalls": "\n".join(self.pitfalls),
        }


def describe(name: str) -> Description | list[Description]:
    """What a feature is, by any of its names.

    >>> describe("glcm.contrast").pyradiomics
    'original_glcm_Contrast'

    Args:
        name: family and name ("glcm.contrast"), the name of a column
            ("original_glcm_contrast_3D_avg"), the name of PyRadiomics ("Idmn",
            "original_glcm_Idmn"), an identifier of IBSI ("ACUI"), or a name within a family
            ("contrast"); in large or small letters.

    Returns:
        The description, or a list of them for a name that several families have.

    Raises:
        SettingsError: there is no such feature; the message has those of nearly that name.
        TypeError: what is no text.
    """
    if not isinstance(name, str):
        raise TypeError(f"the name of a feature is {name!r}: give a text")
    found = find(name)
    if not found:
        raise SettingsError(f"there is no feature called {name!r}{_hint(name)}")
    made = [_described(feature) for feature in found]
    return made[0] if len(made) == 1 else made


def find(name: str) -> list[Any]:
    """The features of the catalogue that have a name of any kind; none if no one has."""
    wanted = _plain(name)
    if not wanted:
        return []
    for names in (_full, _short, _ids):
        found = [one for held, one in _plain_names(names) if wanted in held]
        if found:
            return found
    # The name of a column has an image in front and an aggregation behind.
    held = [
        (len(text), one) for texts, one in _plain_names(_full) for text in texts if text in wanted
    ]
    longest = max((length for length, _ in held), default=0)
    return [one for length, one in held if length == longest][:1]


@cache
def _catalogue() -> list[Any]:
    """The catalogue of the engine, which makes a new one each time."""
    return list(features())


def catalogue_names() -> list[str]:
    """All names by which `describe` finds a single feature, for suggestions and completion."""
    return [f"{one['family']}.{one['feature']}" for one in _catalogue()]


def _full(one: Any) -> list[str]:
    """Names with the family."""
    of_class = tables.PYRADIOMICS_CLASS.get(one["family"], "")
    named = one["pyradiomics"]
    return [f"{one['family']}_{one['feature']}", *([f"{of_class}_{named}"] if named else [])]


def _short(one: Any) -> list[str]:
    """Names without the family."""
    return [one["feature"], *([one["pyradiomics"]] if one["pyradiomics"] else [])]


def _ids(one: Any) -> list[str]:
    return [one["ibsi_id"]] if one["ibsi_id"] else []


@cache
def _plain_names(names: Callable[[Any], list[str]]) -> list[tuple[tuple[str, ...], Any]]:
    """Names of a kind without case and separators, with their feature."""
    return [(tuple(map(_plain, names(one))), one) for one in _catalogue()]


def _plain(text: str) -> str:
    """A name without case and separators."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _hint(name: str) -> str:
    """Names that are near to one."""
    of_family = [one["feature"] for one in _catalogue() if one["family"] == name]
    if of_family:
        return f", which is a family: give a feature of it, such as '{name}.{of_family[0]}'"
    known: dict[str, str] = {}
    for one in _catalogue():
        for text in (*_full(one), *_short(one)):
            known.setdefault(_plain(text), f"{one['family']}.{one['feature']}")
    near = difflib.get_close_matches(_plain(name)[:100], known, SUGGESTED, 0.6)
    names = list(dict.fromkeys(known[text] for text in near))
    if not names:
        return ": `radiomics-rs features` lists all"
    return f"; did you mean {' or '.join(names)}?"


def _described(one: Any) -> Description:
    family, feature = one["family"], one["feature"]
    definition, _, undefined = one["summary"].partition("; ")
    of_class, named = tables.PYRADIOMICS_CLASS.get(family, ""), one["pyradiomics"]
    texture = family not in NO_TEXTURE
    pitfalls = [said for _, said in _fitting(tables.PITFALLS, family, feature)]
    return Description(
        family=family,
        feature=feature,
        column=_column(f"{family}.{feature}"),
        definition=definition,
        equation=EQUATIONS[definition],
        undefined=undefined,
        unit=unit_of(family, feature, definition),
        range=_first(tables.RANGES, family, feature),
        ibsi_id=one["ibsi_id"],
        family_ibsi_id=one["family_ibsi_id"],
        pyradiomics=f"original_{of_class}_{named}" if named and of_class else "",
        aggregations=tuple(name for name in one["aggregations"] if name),
        depends_on=tables.DEPENDS.get(family, tables.DEPENDS_OF_TEXTURE),
        pitfalls=(*pitfalls, *(tables.TEXTURE_PITFALL if texture else ())),
    )


@cache
def _column(name: str) -> str:
    """How the columns of a table call a feature."""
    settings = Settings(families=[], features=[name])
    return columns(settings, ["original"])[0].name


def unit_of(family: str, feature: str, definition: str) -> str:
    """The unit of a feature, of which the definition may be the one that says it."""
    last = definition.rpartition(", ")[2]
    if last in tables.SAID:
        return last
    return _first(tables.UNITS, family, feature, tables.NONE)


def _fitting(
    rules: Sequence[tuple[str, str, str]], family: str, feature: str
) -> Iterable[tuple[str, str]]:
    for of, part, said in rules:
        if of in ("", family) and part in feature:
            yield part, said


def _first(
    rules: Sequence[tuple[str, str, str]], family: str, feature: str, default: str = ""
) -> str:
    """What the first rule says that fits."""
    return next((said for _, said in _fitting(rules, family, feature)), default)

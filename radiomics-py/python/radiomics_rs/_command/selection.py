"""Which features a command computes, by their names."""

from __future__ import annotations

from radiomics_rs._arguments import near
from radiomics_rs._core import SettingsError, features
from radiomics_rs._describe import find
from radiomics_rs._describe_tables import PYRADIOMICS_CLASS

FAMILIES = tuple(dict.fromkeys(one["family"] for one in features()))


def selected(names: str) -> tuple[list[str], list[str]]:
    """Families and single features by their names.

    Raises SettingsError for a name that is none, or that several features have.
    """
    families: list[str] = []
    single: list[str] = []
    for name in (one.strip() for one in names.split(",")):
        found = find(name)
        own = f"{found[0]['family']}.{found[0]['feature']}" if found else ""
        if name in FAMILIES:
            families.append(name)
        elif name == own:
            single.append(name)
        elif len(found) > 1:
            several = " or ".join(f"{one['family']}.{one['feature']}" for one in found)
            raise SettingsError(f"--features {name}: give {several}")
        else:
            raise SettingsError(f"--features {name}: {_meant(name, own)}")
    return families, single


def _meant(name: str, own: str) -> str:
    """What is said of a name that is not ours."""
    ours = [family for family, theirs in PYRADIOMICS_CLASS.items() if theirs == name]
    if ours:
        return f"PyRadiomics' {name} is the family {' and '.join(ours)} here"
    if own:
        return f"it is called {own} here"
    listed = "`radiomics-rs features` lists all"
    return f"there is no such family or feature{near(name, FAMILIES)}; {listed}"

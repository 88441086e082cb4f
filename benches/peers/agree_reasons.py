"""Why values differ by more than 10⁻⁶: whose the difference is, why, and where that can be read."""

import re
from typing import NamedTuple

VERSIONS = {
    "PyRadiomics": "3.0.1",
    "MIRP": "2.5.0",
    "pictologics": "0.9.0",
    "Z-Rad": "26.9.0",
    "Nyxus": "0.11.0",
    "SciPy and scikit-image": "1.13, 0.24",
}


class Reason(NamedTuple):
    """Why a package differs, in which values."""

    package: str
    recipe: str
    tags: str
    why: str
    source: str


REASONS = ()


def reason(package, tag, recipe):
    """The first reason that is of this value; None if there is none."""
    for found in REASONS:
        if found.package == package and re.fullmatch(found.recipe, recipe) and re.search(found.tags, tag):
            return found
    return None

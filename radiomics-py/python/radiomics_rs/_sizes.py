"""Sizes of memory as they are typed, and numbers that a page and its command share."""

from __future__ import annotations

import argparse
import math
import re

#: Megabytes (10^6 bytes) of units of memory.
UNITS_MB = {"k": 1e-3, "m": 1.0, "g": 1e3, "t": 1e6}


def memory(given: str) -> float:
    """Megabytes of a size that is typed with a unit."""
    found = re.fullmatch(r"\s*([0-9.]+)\s*([kmgt])b?\s*", given, re.IGNORECASE)
    try:
        number = float(found[1]) * UNITS_MB[found[2].lower()] if found else math.nan
    except ValueError:
        number = math.nan
    if not 0.0 < number < math.inf:
        raise argparse.ArgumentTypeError(
            f"{given!r} is no size: give a number above 0 with its unit, such as 4GB or 500MB"
        )
    return number


def megabytes(given: str) -> float:
    """A limit of memory as it is typed."""
    try:
        number = float(given)
    except ValueError:
        number = math.nan
    if not 0.0 < number < math.inf:
        raise argparse.ArgumentTypeError(
            f"{given!r} is no limit: give a number of megabytes above 0, without a unit, such as "
            "4000"
        )
    return number

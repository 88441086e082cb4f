"""Slips of the pen: the name that was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def suggestion(name: object, known: Iterable[str]) -> str:
    """`` (did you mean 'binWidth'?)`` or nothing."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    # No name is longer, and comparing takes the square of the length.
    near = difflib.get_close_matches(str(name)[:100].lower(), by_lower, n=1, cutoff=0.7)
    return f" (did you mean '{by_lower[near[0]]}'?)" if near else ""

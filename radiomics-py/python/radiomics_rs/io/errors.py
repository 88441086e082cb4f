"""What becomes of what is noticed about an image or its values."""

from __future__ import annotations

import sys
import warnings


class RadiomicsWarning(UserWarning):
    """Something that may make numbers other than what they are taken for."""


def warn(text: str) -> None:
    """Warn whoever called the package, not the package itself."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("radiomics_rs"):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, RadiomicsWarning, stacklevel=level)

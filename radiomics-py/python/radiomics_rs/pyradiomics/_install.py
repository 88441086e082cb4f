"""Standing in for the import name ``radiomics``."""

from __future__ import annotations

import sys
import warnings


def install(*, replace: bool = False) -> bool:
    """Put this package at ``sys.modules['radiomics']``, so that ``import radiomics`` finds it.

    Call it before anything imports the real PyRadiomics. If that has happened, nothing is changed,
    a warning is given and False is returned; ``replace=True`` replaces it for imports from now on
    (objects that other modules already hold stay PyRadiomics' own).
    """
    package = sys.modules[__name__.rpartition(".")[0]]
    present = sys.modules.get("radiomics")
    if present is package:
        return True
    if present is not None and not replace:
        warnings.warn(
            f"PyRadiomics ({getattr(present, '__file__', present)}) is already imported as "
            "'radiomics' and stays: call "
            "install() before the first 'import radiomics', or install(replace=True)",
            RuntimeWarning,
            stacklevel=2,
        )
        return False
    for name in [key for key in sys.modules if key == "radiomics" or key.startswith("radiomics.")]:
        del sys.modules[name]
    sys.modules["radiomics"] = package
    within = f"{package.__name__}."
    for name in [key for key in sys.modules if key.startswith(within)]:
        sys.modules[f"radiomics.{name.removeprefix(within)}"] = sys.modules[name]
    return True

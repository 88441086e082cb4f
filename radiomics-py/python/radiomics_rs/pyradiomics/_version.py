"""The version this package reports as PyRadiomics' own."""

from __future__ import annotations

from radiomics_rs._core import __version__ as _own_version

#: The PyRadiomics release whose calls and numbers are reproduced.
PYRADIOMICS_API = "3.1.0"


#: For example "3.1.0+radiomics.rs.0.1.0": the release reproduced, then (a PEP 440 local version)
#: who reproduced it. Programs that compare versions see 3.1.0; a result table says which engine
#: made it.
__version__ = f"{PYRADIOMICS_API}+radiomics.rs.{_own_version}"

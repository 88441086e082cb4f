"""Radiomic features as standardised by IBSI: image and mask in, a table of features out.

>>> import radiomics_rs as rr
>>> image, mask, spacing_mm = rr.example()
>>> settings = rr.Settings.ibsi_configuration("digital_phantom")
>>> table = rr.extract(image, mask, settings, spacing_mm=spacing_mm)
>>> round(table.to_dict()["original_intensity_statistics_mean"], 2)
2.15

Arrays are (z, y, x), lengths are millimetres. The numbers come from a compiled engine.
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

from radiomics_rs import _interrupts  # noqa: F401 first: it looks after what takes long to import
from radiomics_rs._core import (
    Column,
    GeometryError,
    InternalError,
    OutOfMemoryError,
    RadiomicsError,
    ReadError,
    RegionError,
    Settings,
    SettingsError,
    Verification,
    __version__,
    end_idle_threads,
    example,
    features,
    setting_keys,
)
from radiomics_rs._explain import explain
from radiomics_rs._extract import columns, extract
from radiomics_rs._filter import filter_image
from radiomics_rs._frames import concat
from radiomics_rs._icc import icc
from radiomics_rs._labels import label_names
from radiomics_rs._maps import FeatureMap, FeatureMaps, feature_maps
from radiomics_rs._matrices import TextureMatrix, matrices
from radiomics_rs._normalise import BinWidth, normalise, suggest_bin_width
from radiomics_rs._perturb import Perturbations, Perturbed, perturb
from radiomics_rs._plot import plot_map
from radiomics_rs._plot_region import plot_region
from radiomics_rs._prepare import Prepared, prepare
from radiomics_rs._region import Region, region, rings
from radiomics_rs._reliability import Reliability, ReliabilityTable
from radiomics_rs._tables import LesionSummary, delta, summarise_lesions, to_frame
from radiomics_rs._verify import verify
from radiomics_rs.io import RadiomicsWarning, Volume
from radiomics_rs.table import FeatureRow, FeatureTable, TableWarning

__all__ = [
    "BinWidth",
    "Cohort",
    "Column",
    "Extra",
    "FeatureMap",
    "FeatureMaps",
    "FeatureRow",
    "FeatureTable",
    "GeometryError",
    "InternalError",
    "LesionSummary",
    "OutOfMemoryError",
    "Perturbations",
    "Perturbed",
    "Prepared",
    "RadiomicsError",
    "RadiomicsWarning",
    "ReadError",
    "Region",
    "RegionError",
    "Reliability",
    "ReliabilityTable",
    "Settings",
    "SettingsError",
    "TableWarning",
    "TextureMatrix",
    "Verification",
    "Volume",
    "__version__",
    "cohort_report",
    "columns",
    "concat",
    "delta",
    "example",
    "explain",
    "extract",
    "extract_cohort",
    "feature_maps",
    "features",
    "filter_image",
    "icc",
    "label_names",
    "matrices",
    "normalise",
    "perturb",
    "plot_map",
    "plot_region",
    "prepare",
    "region",
    "rings",
    "setting_keys",
    "suggest_bin_width",
    "summarise_lesions",
    "to_frame",
    "verify",
]

if TYPE_CHECKING:
    from radiomics_rs.cohort import Cohort, Extra, extract_cohort
    from radiomics_rs.cohort.page import cohort_report
    from radiomics_rs.sklearn import RadiomicsExtractor as RadiomicsExtractor

# What needs a package that is not there for everybody, or takes long to import and is not needed
# by everybody.
_LATER = {
    "Cohort": "cohort",
    "Extra": "cohort",
    "RadiomicsExtractor": "sklearn",
    "cohort_report": "cohort.page",
    "extract_cohort": "cohort",
}


def __getattr__(name: str) -> Any:
    """Import what is only imported when it is asked for."""
    if name == "cohort":
        return importlib.import_module("radiomics_rs.cohort")
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f"radiomics_rs.{_LATER[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


# The engine's own table of settings, so that `help(Settings)` cannot fall behind it.
Settings.__doc__ = f"{Settings.__doc__}\n\n" + "\n".join(
    f"{key['name']}: {key['summary']}. Takes {key['takes']}." for key in setting_keys()
)

# Threads are kept from call to call, and no thread survives a fork (which Windows has not).
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=end_idle_threads)

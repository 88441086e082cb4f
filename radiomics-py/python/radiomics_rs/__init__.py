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
    features,
    setting_keys,
)

if TYPE_CHECKING:
    from radiomics_rs import cohort as cohort
    from radiomics_rs import io as io
    from radiomics_rs import table as table
    from radiomics_rs._describe import Description, describe
    from radiomics_rs._doctor import Diagnosis, doctor
    from radiomics_rs._example import Example, example
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
    from radiomics_rs._plot_histogram import plot_histogram
    from radiomics_rs._plot_region import plot_region
    from radiomics_rs._prepare import Prepared, prepare
    from radiomics_rs._region import Region, region, rings
    from radiomics_rs._reliability import Reliability, ReliabilityTable
    from radiomics_rs._tables import LesionSummary, delta, summarise_lesions, to_frame
    from radiomics_rs._verify import verify
    from radiomics_rs.cohort import Cohort, Extra, extract_cohort
    from radiomics_rs.cohort.page import cohort_report
    from radiomics_rs.io import RadiomicsWarning, Volume
    from radiomics_rs.sklearn import RadiomicsExtractor as RadiomicsExtractor
    from radiomics_rs.table import FeatureRow, FeatureTable, TableWarning

__all__ = [
    "BinWidth",
    "Cohort",
    "Column",
    "Description",
    "Diagnosis",
    "Example",
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
    "describe",
    "doctor",
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
    "plot_histogram",
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

#: Where names are that are imported when they are first asked for: what they need takes most of a
#: second to import, and a command that only prints its version needs none of it.
_WHERE = {
    "_describe": ("Description", "describe"),
    "_doctor": ("Diagnosis", "doctor"),
    "_example": ("Example", "example"),
    "_explain": ("explain",),
    "_extract": ("columns", "extract"),
    "_filter": ("filter_image",),
    "_frames": ("concat",),
    "_icc": ("icc",),
    "_labels": ("label_names",),
    "_maps": ("FeatureMap", "FeatureMaps", "feature_maps"),
    "_matrices": ("TextureMatrix", "matrices"),
    "_normalise": ("BinWidth", "normalise", "suggest_bin_width"),
    "_perturb": ("Perturbations", "Perturbed", "perturb"),
    "_plot": ("plot_map",),
    "_plot_histogram": ("plot_histogram",),
    "_plot_region": ("plot_region",),
    "_prepare": ("Prepared", "prepare"),
    "_region": ("Region", "region", "rings"),
    "_reliability": ("Reliability", "ReliabilityTable"),
    "_tables": ("LesionSummary", "delta", "summarise_lesions", "to_frame"),
    "_verify": ("verify",),
    "cohort": ("Cohort", "Extra", "extract_cohort"),
    "cohort.page": ("cohort_report",),
    "io": ("RadiomicsWarning", "Volume"),
    # Needs scikit-learn, which is not there for everybody.
    "sklearn": ("RadiomicsExtractor",),
    "table": ("FeatureRow", "FeatureTable", "TableWarning"),
}
_MODULE_OF = {name: module for module, names in _WHERE.items() for name in names}
_MODULES = ("cohort", "io", "table")


def __getattr__(name: str) -> Any:
    """What is imported when it is first asked for."""
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """What is public."""
    return [*__all__, *_MODULES]


# The engine's own table of settings, so that `help(Settings)` cannot fall behind it.
Settings.__doc__ = f"{Settings.__doc__}\n\n" + "\n".join(
    f"{key['name']}: {key['summary']}. Takes {key['takes']}." for key in setting_keys()
)

# Threads are kept from call to call, and no thread survives a fork (which Windows has not).
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=end_idle_threads)

"""Names that PyRadiomics' modules have because they import them, and that programs take from there.

``from radiomics import logging`` or ``radiomics.featureextractor.getFeatureClasses`` work in
PyRadiomics, so they work here. They are looked up when somebody asks for them.
"""

from __future__ import annotations

import functools
import importlib
import sys
from types import ModuleType

_PACKAGE = __name__.rpartition(".")[0]

_SELF = {name: f"{_PACKAGE}:{name}" for name in ("base", "cMatrices", "cShape", "deprecated")}
_MATRIX_CLASS = {"numpy": "numpy", "base": _SELF["base"], "cMatrices": _SELF["cMatrices"]}
_SHAPE_CLASS = {
    "numpy": "numpy",
    "sitk": "SimpleITK",
    **{name: _SELF[name] for name in ("base", "cShape", "deprecated")},
}
_RANGE = {"range": "builtins:range"}
_PRINT = {"print_function": "__future__:print_function"}
_SCRIPT = {
    "OrderedDict": "collections:OrderedDict",
    "csv": "csv",
    "datetime": "datetime:datetime",
    "logging": "logging",
    "os": "os",
    "radiomics": _PACKAGE,
    "sitk": "SimpleITK",
    "six": "six",
    "threading": "threading",
}

#: {module: {name: module that has it, or module:attribute}}, module names within the package.
IMPORTED = {
    "": {
        **{name: name for name in ("collections", "inspect", "logging", "numpy", "os", "pkgutil")},
        "sys": "sys",
        "tempfile": "tempfile",
        "urllib": "urllib",
    },
    "base": {
        "getProgressReporter": f"{_PACKAGE}:getProgressReporter",
        "imageoperations": f"{_PACKAGE}:imageoperations",
        "inspect": "inspect",
        "logging": "logging",
        "numpy": "numpy",
        "sitk": "SimpleITK",
        "six": "six",
        "traceback": "traceback",
    },
    "featureextractor": {
        **{name: name for name in ("collections", "json", "logging", "os", "pathlib")},
        **{
            name: f"{_PACKAGE}:{name}"
            for name in (
                "generalinfo",
                "getFeatureClasses",
                "getImageTypes",
                "getParameterValidationFiles",
                "imageoperations",
            )
        },
        **_PRINT,
        "chain": "itertools:chain",
        "pykwalify": "pykwalify",
        "sitk": "SimpleITK",
        "six": "six",
    },
    "firstorder": {**_MATRIX_CLASS, **_RANGE, "deprecated": _SELF["deprecated"]},
    "generalinfo": {
        **{name: name for name in ("collections", "logging", "numpy", "pywt", "sys")},
        "radiomics": _PACKAGE,
        "sitk": "SimpleITK",
    },
    "glcm": {**_MATRIX_CLASS, **_RANGE, "deprecated": _SELF["deprecated"]},
    "gldm": {**_MATRIX_CLASS, "deprecated": _SELF["deprecated"]},
    "glrlm": _MATRIX_CLASS,
    "glszm": {**_MATRIX_CLASS, **_RANGE},
    "imageoperations": {
        **_PRINT,
        **_RANGE,
        **{name: name for name in ("logging", "numpy", "pywt", "six")},
        "sitk": "SimpleITK",
    },
    "ngtdm": _MATRIX_CLASS,
    "scripts": {
        **{name: name for name in ("argparse", "csv", "json", "logging", "numpy", "os", "sys")},
        "Manager": "multiprocessing:Manager",
        "Pool": "multiprocessing:Pool",
        "cpu_count": "multiprocessing:cpu_count",
        "partial": "functools:partial",
        "pykwalify": "pykwalify",
        "radiomics": _PACKAGE,
        "six": "six",
        "threading": "threading",
        "yaml": "pykwalify.compat:yaml",
    },
    "scripts.segment": _SCRIPT,
    "scripts.voxel": _SCRIPT,
    "shape": _SHAPE_CLASS,
    "shape2D": _SHAPE_CLASS,
}

#: Submodules that are there when PyRadiomics has imported them along with their package.
_WITH = {"urllib": "urllib.request", "logging": "logging.config", "pykwalify": "pykwalify.core"}


def offer() -> None:
    """Let the package's modules find these names."""
    for place, names in IMPORTED.items():
        module = sys.modules[f"{_PACKAGE}.{place}" if place else _PACKAGE]
        module.__getattr__ = functools.partial(_find, module, names)


def _find(module: ModuleType, names: dict[str, str], name: str):
    if name not in names:
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
    source, _, attribute = names[name].partition(":")
    try:
        found = importlib.import_module(source)
        importlib.import_module(_WITH.get(source, source))
    except ImportError as error:
        raise AttributeError(
            f"module {module.__name__!r} has {name!r} only where {source} is installed"
        ) from error
    return getattr(found, attribute) if attribute else found

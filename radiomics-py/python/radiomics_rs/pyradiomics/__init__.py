"""A drop-in for PyRadiomics on the radiomics-rs engine: the same calls, names and numbers.

Swap one import::

    from radiomics_rs.pyradiomics import featureextractor

or leave scripts as they are and run, before their first ``import radiomics``::

    import radiomics_rs.pyradiomics
    radiomics_rs.pyradiomics.install()

docs/pyradiomics.md says what differs on purpose.
"""

from __future__ import annotations

import logging as _logging

from . import (
    _cmatrices as cMatrices,
)
from . import (
    _cshape as cShape,
)
from . import (
    _imported,
    _registry,
    base,
    featureextractor,
    firstorder,
    generalinfo,
    glcm,
    gldm,
    glrlm,
    glszm,
    imageoperations,
    ngtdm,
    schemas,
    scripts,
    shape,
    shape2D,
)
from ._errors import SchemaError
from ._install import install
from ._progress import _DummyProgressReporter as _DummyProgressReporter
from ._progress import getProgressReporter
from ._registry import feature_classes as getFeatureClasses
from ._registry import image_types as getImageTypes
from ._registry import register_feature_class as registerFeatureClass
from ._table import deprecated
from ._testcases import getTestCase, testCases
from ._version import __version__

__all__ = [
    "SchemaError",
    "__version__",
    "base",
    "cMatrices",
    "cShape",
    "deprecated",
    "featureextractor",
    "firstorder",
    "generalinfo",
    "getFeatureClasses",
    "getImageTypes",
    "getParameterValidationFiles",
    "getProgressReporter",
    "getTestCase",
    "glcm",
    "gldm",
    "glrlm",
    "glszm",
    "handler",
    "imageoperations",
    "install",
    "logger",
    "ngtdm",
    "progressReporter",
    "registerFeatureClass",
    "schemas",
    "scripts",
    "setVerbosity",
    "shape",
    "shape2D",
    "testCases",
]

#: A class such as `tqdm.tqdm`, to see progress at verbosity INFO or DEBUG.
progressReporter = None

#: The dictionary and the list that `getFeatureClasses` and `getImageTypes` hand out.
_featureClasses = _registry._feature_classes
_imageTypes = _registry._image_types

#: Nothing looks at it, in PyRadiomics either.
debugging = True

#: Everything is logged under this name, whatever the package is imported as.
logger = _logging.getLogger("radiomics")
logger.setLevel(_logging.INFO)

#: Prints to stderr, from WARNING unless `setVerbosity` says otherwise.
handler = _logging.StreamHandler()
formatter = _logging.Formatter("%(message)s")
handler.setFormatter(formatter)
handler.setLevel(_logging.WARNING)
logger.addHandler(handler)


def setVerbosity(level):
    """Print messages of this `logging` level and up to stderr: 10 (all) to 60 (none)."""
    handler.setLevel(min(max(level, _logging.DEBUG), 60))
    if handler.level < logger.level:
        logger.setLevel(handler.level)


def getParameterValidationFiles():
    """Paths of the schema of parameter files (kwalify) and of the Python file with its checks."""
    from . import _schema

    return _schema.SCHEMA_FILE, _schema.FUNCTIONS_FILE


_imported.offer()

"""Names of all settings, defaults of the extractor, and suggestions for mistyped names."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterable, Mapping

#: Settings of parameter files (and keywords): the schema in schemas/paramSchema.yaml holds types
#: and ranges.
SETTINGS = [
    "minimumROIDimensions",
    "minimumROISize",
    "geometryTolerance",
    "correctMask",
    "additionalInfo",
    "label",
    "label_channel",
    "binWidth",
    "binCount",
    "normalize",
    "normalizeScale",
    "removeOutliers",
    "resampledPixelSpacing",
    "interpolator",
    "padDistance",
    "distances",
    "force2D",
    "force2Ddimension",
    "resegmentRange",
    "resegmentMode",
    "resegmentShape",
    "preCrop",
    "sigma",
    "start_level",
    "level",
    "wavelet",
    "gradientUseSpacing",
    "lbp2DRadius",
    "lbp2DSamples",
    "lbp2DMethod",
    "lbp3DLevels",
    "lbp3DIcosphereRadius",
    "lbp3DIcosphereSubdivision",
    "voxelArrayShift",
    "symmetricalGLCM",
    "weightingNorm",
    "gldm_a",
]
VOXEL_SETTINGS = ("kernelRadius", "maskedKernel", "initValue", "voxelBatch")
#: set by the extractor itself
_INTERNAL = ("voxelBased",)

_warned: set[str] = set()


def defaults() -> dict:
    """The settings of an extractor that was given none."""
    return {
        "minimumROIDimensions": 2,
        "minimumROISize": None,
        "normalize": False,
        "normalizeScale": 1,
        "removeOutliers": None,
        "resampledPixelSpacing": None,
        "interpolator": "sitkBSpline",
        "preCrop": False,
        "padDistance": 5,
        "distances": [1],
        "force2D": False,
        "force2Ddimension": 0,
        "resegmentRange": None,
        "label": 1,
        "additionalInfo": True,
    }


def suggestion(name: str, known: Iterable[str]) -> str:
    """`` (did you mean 'binWidth'?)`` or nothing."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(str(name).lower(), by_lower, n=1, cutoff=0.7)
    return f" (did you mean '{by_lower[near[0]]}'?)" if near else ""


def warn_unknown(settings: Mapping, logger: logging.Logger) -> None:
    """Log each keyword that no part of the extraction reads, once per process.

    PyRadiomics takes them silently, so a mistyped ``binwidth`` extracts with 25 and nobody notices.
    """
    known = (*SETTINGS, *VOXEL_SETTINGS, *_INTERNAL)
    for name in settings:
        if name not in known and name not in _warned:
            _warned.add(name)
            logger.warning(
                "Setting %r is not known and has no effect%s", name, suggestion(name, known)
            )

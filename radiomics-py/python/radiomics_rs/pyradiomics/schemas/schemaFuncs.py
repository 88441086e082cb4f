"""Checks that the schema names: each takes (value, rule, path) and returns True or raises."""

import radiomics_rs.pyradiomics as _radiomics
from radiomics_rs.pyradiomics._nearest import suggestion as _suggestion
from radiomics_rs.pyradiomics._rules import shown as _shown
from radiomics_rs.pyradiomics._wavelets import WAVELETS as _WAVELETS

_INTERPOLATORS = {
    "sitkNearestNeighbor",
    "sitkLinear",
    "sitkBSpline",
    "sitkGaussian",
    "sitkLabelGaussian",
    "sitkHammingWindowedSinc",
    "sitkCosineWindowedSinc",
    "sitkWelchWindowedSinc",
    "sitkLanczosWindowedSinc",
    "sitkBlackmanWindowedSinc",
}
_WEIGHTINGS = ["euclidean", "manhattan", "infinity", "no_weighting"]


def checkWavelet(value, rule_obj, path):
    """A wavelet by the name PyWavelets gives it."""
    if not isinstance(value, str):
        raise TypeError(f"Wavelet not expected type (str), got {_shown(value)}")
    if value not in _WAVELETS:
        raise ValueError(
            f'Wavelet "{_shown(value)}" not available in pyWavelets '
            f"{list(_WAVELETS)}{_suggestion(value, _WAVELETS)}"
        )
    return True


def checkInterpolator(value, rule_obj, path):
    """A SimpleITK interpolator by name or number, or None."""
    if value is None:
        return True
    if isinstance(value, str):
        if value not in _INTERPOLATORS:
            raise ValueError(
                f'Interpolator value "{_shown(value)}" not valid, possible values: '
                f"{sorted(_INTERPOLATORS)}"
                f"{_suggestion(value, _INTERPOLATORS)}"
            )
    elif isinstance(value, int) and not isinstance(value, bool):
        if value < 1 or value > 10:
            raise ValueError(f"Interpolator value {_shown(value)}, must be in range of [1-10]")
    else:
        raise TypeError(f"Interpolator not expected type (str or int), got {_shown(value)}")
    return True


def checkWeighting(value, rule_obj, path):
    """A norm for the distance weighting, or None."""
    if value is None:
        return True
    if not isinstance(value, str):
        raise TypeError(f"WeightingNorm not expected type (str or None), got {_shown(value)}")
    if value not in _WEIGHTINGS:
        raise ValueError(
            f'WeightingNorm value "{_shown(value)}" not valid, possible values: {_WEIGHTINGS}'
        )
    return True


def checkFeatureClass(value, rule_obj, path):
    """Feature classes that exist, each with None or a list of its features."""
    if value is None:
        raise TypeError("featureClass dictionary cannot be None value")
    classes = _radiomics.getFeatureClasses()
    for name, features in value.items():
        if name not in classes:
            raise ValueError(
                f"Feature Class {_shown(name)} is not recognized. Available feature classes are "
                f"{list(classes)}"
                f"{_suggestion(name, classes)}"
            )
        if features is None:
            continue
        if not isinstance(features, list):
            raise TypeError(f"Value of feature class {name} not expected type (list)")
        names = classes[name].getFeatureNames()
        # By its text: a list in the place of a name is no member of any set.
        unrecognized = {f if isinstance(f, str) else _shown(f) for f in features} - set(names)
        if unrecognized:
            hint = "".join(_suggestion(feature, names) for feature in sorted(unrecognized)[:6])
            raise ValueError(
                f"Feature Class {name} contains unrecognized features: {_shown(unrecognized)}{hint}"
            )
    return True


def checkImageType(value, rule_obj, path):
    """Image types that exist."""
    if value is None:
        raise TypeError("imageType dictionary cannot be None value")
    types = _radiomics.getImageTypes()
    for name in value:
        if name not in types:
            raise ValueError(
                f"Image Type {_shown(name)} is not recognized. Available image types are "
                f"{types}{_suggestion(name, types)}"
            )
    return True

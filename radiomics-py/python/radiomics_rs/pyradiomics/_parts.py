"""Whether the parts of the package are its own: programs put others in their place.

PyRadiomics is customised by subclasses of the extractor, by functions and methods that are
replaced, and by feature classes of one's own. Whoever does that sees each step of an extraction;
all others do not, and their steps are taken together (`_direct`).
"""

from __future__ import annotations

import inspect
import logging
from typing import Any

from . import _registry, base, generalinfo, imageoperations

#: Methods of the extractor that the direct way does not call.
_STEPS = ("computeFeatures", "computeShape", "_computeClass", "_executed", "_featureClass")
_STEPS += ("_featuresOf", "_images", "loadImage")

#: Everything that this module compares with what there is when an extraction begins.
_functions = {
    name: inspect.getattr_static(imageoperations, name) for name in imageoperations.__all__
}
_classes = dict(_registry._feature_classes)
_steps: dict[str, Any] = {}


def _members(cls: type) -> list[tuple[type, dict[str, Any]]]:
    return [(one, dict(vars(one))) for one in cls.__mro__ if one is not object]


_of_classes = {name: _members(cls) for name, cls in _classes.items()}
_of_info = _members(generalinfo.GeneralInfo)
_info, _base = generalinfo.GeneralInfo, base.RadiomicsFeaturesBase

#: {feature class: {feature: whether it is deprecated}}
feature_names = {name: cls.getFeatureNames() for name, cls in _classes.items()}


def keep(extractor: type) -> None:
    """Take the steps of the extractor's class as the package's own."""
    _steps.update({name: getattr(extractor, name) for name in _STEPS})


def are_own(extractor: Any) -> bool:
    """Whether no step of an extraction is one that a program has put in place.

    Those who listen to each step, at the level DEBUG, are shown each step.
    """
    if extractor.stepwise or logging.getLogger("radiomics").isEnabledFor(logging.DEBUG):
        return False
    kind, instance = type(extractor), vars(extractor)
    return (
        all(getattr(kind, name) is step and name not in instance for name, step in _steps.items())
        and all(getattr(imageoperations, name) is own for name, own in _functions.items())
        and generalinfo.GeneralInfo is _info
        and _unchanged(_of_info)
        and all(_is_own(name) for name in extractor.enabledFeatures)
    )


def _is_own(name: str) -> bool:
    """Whether a feature class is the package's own, or none that is known."""
    registered = _registry.feature_classes().get(name)
    if registered is None:
        return not name.startswith("shape")
    return registered is _classes.get(name) and _unchanged(_of_classes[name])


def _unchanged(members: list[tuple[type, dict[str, Any]]]) -> bool:
    return all(vars(cls) == kept for cls, kept in members)

"""Names and default values of all settings, from the engine's table; their values, typed."""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Mapping
from typing import Any

import SimpleITK as sitk

from radiomics_rs import _core

from . import _rules
from ._errors import SettingError, SettingTypeError
from ._nearest import suggestion

_TABLE = {setting["name"]: setting for setting in _core.pyradiomics_settings()}

#: Settings of parameter files (and keywords); the others are of feature maps.
SETTINGS = [name for name, setting in _TABLE.items() if setting["section"] == "setting"]
VOXEL_SETTINGS = tuple(name for name in _TABLE if name not in SETTINGS)
#: set by the extractor itself
_INTERNAL = ("voxelBased", "threads", "doubts", "known", "direct", "partly")


_INTERPOLATORS = {
    number
    for name, number in vars(sitk).items()
    if re.fullmatch(r"sitk(\w*(Linear|BSpline\d?|Gaussian|WindowedSinc)|NearestNeighbor)", name)
    or re.fullmatch(r"sitkBSplineResampler\w*", name)
}


def get(settings: Mapping[str, Any], name: str) -> Any:
    """A setting, or PyRadiomics' default value where it is not given.

    It is typed whoever gave it: feature classes and functions are called by themselves as well.
    None is a value where it is the default, and False for what is either on or off. Raises
    `SettingError` for what breaks the rule of the setting.
    """
    if name not in settings:
        return default(name)
    # An extractor, which is who sets the threads, has typed them.
    value = settings[name] if "threads" in settings else typed(name, settings[name])
    if value is not None or default(name) is None:
        return value
    if _rules.RULES[name].kind == "bool":
        return False
    remedy = f"give {_rules.RULES[name].takes()}, or leave it out for {default(name)!r}"
    raise SettingTypeError([f"{name} is None: {remedy}"])


def default(name: str) -> Any:
    """PyRadiomics' default value."""
    return copy.copy(_TABLE[name]["default"])


def defaults() -> dict[str, Any]:
    """The settings of an extractor that was given none."""
    return {name: default(name) for name, setting in _TABLE.items() if setting["listed"]}


def typed(name: str, value: Any) -> Any:
    """The value of a setting, given in a program, as what its rule says it is.

    Raises `SettingError`.
    """
    return typed_all({name: value})[name]


def typed_all(settings: Mapping[str, Any]) -> dict[str, Any]:
    """All values, given in a program, as what their rules say they are; others are left alone.

    Raises `SettingError` that names each value that breaks a rule.
    """
    offences: list[_rules.Offence] = []
    found = {name: _typed(name, value, offences) for name, value in settings.items()}
    if offences:
        kind = SettingTypeError if any(o.of_type for o in offences) else SettingError
        raise kind([f"{o.name} is {_shown(o.value)}: {o.remedy}" for o in offences])
    return found


def _typed(name: str, value: Any, offences: list[_rules.Offence]) -> Any:
    rule = _rules.RULES.get(name)
    if rule is None:
        return value
    value = _rules.of_code(value, rule)
    # `voxelBatch: -1` is the default, which no file may give, and SimpleITK's own numbers of its
    # interpolators (`SimpleITK.sitkBSpline`) have left the range that files may give them in.
    if type(value) is int and (
        value == _TABLE[name]["default"] or (name == "interpolator" and value in _INTERPOLATORS)
    ):
        return value
    return _rules.check(name, value, rule, name, offences)


def _shown(value: Any) -> str:
    return repr(_rules.shown(value)) if isinstance(value, str) else _rules.shown(value)


def warn_unknown(settings: Mapping, logger: logging.Logger) -> None:
    """Log each keyword that no part of the extraction reads.

    PyRadiomics takes them silently, so a mistyped ``binwidth`` extracts with 25 and nobody notices.
    """
    known = (*SETTINGS, *VOXEL_SETTINGS, *_INTERNAL)
    for name in settings:
        if name not in known:
            logger.warning(
                "Setting %r is not known and has no effect%s", name, suggestion(name, known)
            )

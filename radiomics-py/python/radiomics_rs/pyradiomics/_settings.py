"""Names and default values of all settings, from the engine's table, and slips of the pen."""

from __future__ import annotations

import copy
import difflib
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from radiomics_rs import _core

_TABLE = {setting["name"]: setting for setting in _core.pyradiomics_settings()}

#: Settings of parameter files (and keywords): the schema in schemas/paramSchema.yaml holds types
#: and ranges.
SETTINGS = [name for name, setting in _TABLE.items() if setting["section"] == "setting"]
VOXEL_SETTINGS = tuple(name for name in _TABLE if name not in SETTINGS)
#: set by the extractor itself
_INTERNAL = ("voxelBased", "threads", "doubts")


def get(settings: Mapping[str, Any], name: str) -> Any:
    """A setting, or PyRadiomics' default value where it is not given; None is given."""
    return settings[name] if name in settings else copy.copy(_TABLE[name]["default"])


def defaults() -> dict[str, Any]:
    """The settings of an extractor that was given none."""
    return {name: copy.copy(s["default"]) for name, s in _TABLE.items() if s["listed"]}


def suggestion(name: str, known: Iterable[str]) -> str:
    """`` (did you mean 'binWidth'?)`` or nothing."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(str(name).lower(), by_lower, n=1, cutoff=0.7)
    return f" (did you mean '{by_lower[near[0]]}'?)" if near else ""


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

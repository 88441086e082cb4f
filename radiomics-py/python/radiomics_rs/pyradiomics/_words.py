"""Errors of the engine about settings, in PyRadiomics' words."""

from __future__ import annotations

import collections
import contextlib
import re
from collections.abc import Iterator, Mapping

from radiomics_rs import RadiomicsError, _core


def _single_names() -> dict[str, str]:
    """{our setting: PyRadiomics' setting that alone decides on it}."""
    settings = _core.pyradiomics_settings()
    deciding = collections.Counter(setting["key"] for setting in settings)
    return {s["key"]: s["name"] for s in settings if s["key"] and deciding[s["key"]] == 1}


_NAMES = _single_names()


@contextlib.contextmanager
def theirs(names: Mapping[str, str] | None = None) -> Iterator[None]:
    """Calls of the engine whose errors name PyRadiomics' settings instead of ours.

    `names` are those of a filter and its parameters, which differ from one image type to another.
    """
    try:
        yield
    except RadiomicsError as error:
        known = {**_NAMES, **(names or {})}
        text = re.sub(r"`(\w+)`", lambda name: f"`{known.get(name[1], name[1])}`", str(error))
        if text == str(error):
            raise
        raise type(error)(text) from error


#: Said of extractions with a fixed number of bins.
BIN_COUNT = (
    "Fixed bin Count enabled! However, we recommend using a fixed bin Width. See "
    "http://pyradiomics.readthedocs.io/en/latest/faq.html#radiomics-fixed-bin-width for more "
    "details"
)

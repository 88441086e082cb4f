"""Progress reporting, as `radiomics.progressReporter` and `radiomics.getProgressReporter` do it."""

from __future__ import annotations

import logging
import sys


class _DummyProgressReporter:
    """Stands in for a progress bar when none is set or the verbosity is above INFO."""

    def __init__(self, iterable=None, desc="", total=None):
        self.desc = desc
        self.iterable = iterable
        self.total = total

    def __iter__(self):
        return iter(self.iterable)

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, tb):
        return None

    def update(self, n=1):
        """Do nothing."""


def getProgressReporter(*args, **kwargs):
    """An instance of `progressReporter`, or one that shows nothing.

    The variable holds a class such as `tqdm.tqdm`; it is used at verbosity INFO and DEBUG.
    """
    # The variable is set by users on the package, so it is looked up there at every call.
    package = sys.modules[__name__.rpartition(".")[0]]
    if (
        package.progressReporter is not None
        and logging.NOTSET < package.handler.level <= logging.INFO
    ):
        return package.progressReporter(*args, **kwargs)
    return _DummyProgressReporter(*args, **kwargs)

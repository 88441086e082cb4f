"""Reading and writing without what other libraries print, and without what they leave behind."""

from __future__ import annotations

import contextlib
import locale
import os
import threading
from collections.abc import Iterator

from radiomics_rs._simpleitk import sitk

STANDARD_ERROR = 2

_lock = threading.Lock()
_readers = 0
_displayed = True

_locale_lock = threading.Lock()
_locale_users = 0
_locale = ""


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without ITK's warnings, and without what the libraries of formats print past Python.

    What it would be about is looked at by ourselves. The latter only while no other thread can
    print: standard error is the whole process's.
    """
    with _without_warnings():
        kept = _closed_error() if threading.active_count() == 1 else None
        try:
            yield
        finally:
            if kept is not None:
                os.dup2(kept, STANDARD_ERROR)
                os.close(kept)


def _closed_error() -> int | None:
    """Where standard error led, now that it leads nowhere; None if it is closed."""
    try:
        kept = os.dup(STANDARD_ERROR)
    except OSError:
        return None
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STANDARD_ERROR)
    os.close(nowhere)
    return kept


@contextlib.contextmanager
def _without_warnings() -> Iterator[None]:
    global _readers, _displayed
    with _lock:
        if _readers == 0:
            _displayed = sitk.ProcessObject.GetGlobalWarningDisplay()
            sitk.ProcessObject.GlobalWarningDisplayOff()
        _readers += 1
    try:
        yield
    finally:
        with _lock:
            _readers -= 1
            if _readers == 0:
                sitk.ProcessObject.SetGlobalWarningDisplay(_displayed)


@contextlib.contextmanager
def own_locale() -> Iterator[None]:
    """With the locale of before afterwards.

    ITK's reader of VTK leaves the locale C behind, in which what the process opens as text from
    then on is ASCII. It is the thread that reads that has to ask for this, as it may be the last.
    """
    global _locale_users, _locale
    with _locale_lock:
        if _locale_users == 0:
            _locale = locale.setlocale(locale.LC_ALL)
        _locale_users += 1
    try:
        yield
    finally:
        with _locale_lock:
            _locale_users -= 1
            if _locale_users == 0 and locale.setlocale(locale.LC_ALL) != _locale:
                # One that cannot be set again is none to fail for: the image is read.
                with contextlib.suppress(locale.Error):
                    locale.setlocale(locale.LC_ALL, _locale)

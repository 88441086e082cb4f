"""The command `radiomics-rs`."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from radiomics_rs._command.options import parser as options
from radiomics_rs._command.parsing import say
from radiomics_rs._core import RadiomicsError
from radiomics_rs._interrupts import end, guarded

#: Commands in which only the engine computes, and no function of somebody else.
ENGINE_ALONE = ("batch", "extract", "explain", "filter", "map")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0, 1 error, 2 wrong usage, 130 cancelled."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["pyradiomics"]:
        # Flags, messages and exit codes of its own: those of PyRadiomics' command.
        from radiomics_rs.pyradiomics import scripts

        return scripts.main(given[1:])
    # Importing takes longest of a short command: an interrupt still ends it as it is.
    chosen = options(given[0] if given else None).parse(given)
    if given[:1] == ["batch"]:
        from radiomics_rs._command.ahead import start_workers

        start_workers(chosen)
    module, _, name = chosen.run.partition(":")
    run = getattr(importlib.import_module(module), name)
    return guarded(lambda: _run(run, chosen), _cancelled)


def command() -> NoReturn:
    """The command as a process, which ends with it."""
    if sys.argv[1:2] and sys.argv[1] in ENGINE_ALONE:
        # NumPy starts as many threads as there are cores, which nobody asks for anything here.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    end(main())


def _run(run: Callable[..., int | None], chosen: Any) -> int:
    for stream in (sys.stdout, sys.stderr):
        # A terminal of another encoding shows escapes instead of ending the command.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            code = run(chosen.parser, chosen)
        # What is printed to may be full, or a pipe that nobody reads any more.
        sys.stdout.flush()
    except (RadiomicsError, OSError, TypeError, MemoryError, ImportError) as error:
        if isinstance(error, OSError) and error.filename is None:
            # Files have names: what has none is what is printed to.
            error.filename = "standard output"
            _drop_output()
        say(f"error: {_message(error)}")
        return 1
    return code or 0


def _cancelled() -> None:
    """Say so; what was to be printed may be what the interrupt was about."""
    _drop_output()
    say("cancelled")


def _drop_output() -> None:
    """Python flushes once more on exit, and would complain of what cannot be written."""
    if sys.stdout is not None:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show_warning(
    message: Warning | str, category: type[Warning], *_place: object, **_more: object
) -> None:
    from radiomics_rs.io.errors import RadiomicsWarning

    say(f"warning: {message}" if issubclass(category, RadiomicsWarning) else str(message))


def _message(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, MemoryError):
        return f"memory has run out. {error}".rstrip()
    return str(error)

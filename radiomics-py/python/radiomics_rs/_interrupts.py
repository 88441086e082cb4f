"""How an interrupt ends the commands: a line, and exit code 130, whatever they are at.

Imported first of all, and made of as little as can be: importing what the package is built on takes
longest of what a short command does. A program that imports the package is left alone.
"""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import NoReturn

#: What a shell has for an interrupt.
CANCELLED = 130
STANDARD_ERROR = 2
#: Names of the scripts that run the commands, and of the packages that `python -m` runs.
SCRIPTS = ("radiomics-rs", "pyradiomics")
PACKAGES = ("radiomics_rs", "radiomics")


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End the process, which has nothing to clean up yet."""
    try:
        os.write(STANDARD_ERROR, b"radiomics-rs: cancelled\n")
    finally:
        os._exit(CANCELLED)


def _is_command() -> bool:
    """Whether the process was started as one of the commands."""
    started = (getattr(sys, "argv", None) or [""])[0]
    if started == "-m":
        # The package is imported before its module is found.
        given = sys.orig_argv
        module = given[given.index("-m") + 1] if "-m" in given[:-1] else ""
        return module.partition(".")[0] in PACKAGES
    name, _ = os.path.splitext(os.path.basename(started))  # noqa: PTH119, PTH122 no time for pathlib
    return name.removesuffix("-script") in SCRIPTS


def end(code: int, *, is_own: bool | None = None) -> NoReturn:
    """End the process of a command, or another one that `is_own`.

    To take down what was imported, module by module, takes a tenth of a short command, and nothing
    comes of it. Whoever looks on from inside, or has a thread at work, has it taken down.
    """
    import atexit
    import threading

    alone = threading.active_count() == 1 and not _is_watched()
    own = IS_COMMAND if is_own is None else is_own
    if own and alone and _flushed():
        atexit._run_exitfuncs()
        if _flushed():
            os._exit(code)
    sys.exit(code)


def _is_watched() -> bool:
    """Whether a debugger, or what measures time or coverage, has something left to write."""
    if sys.gettrace() is not None or sys.getprofile() is not None:
        return True
    monitoring = getattr(sys, "monitoring", None)
    return monitoring is not None and any(monitoring.get_tool(n) is not None for n in range(6))


def _flushed() -> bool:
    """Whether all has been printed; what cannot be is for Python to complain of."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            return False
    return True


IS_COMMAND = _is_command()
# Shells let what they start in the background ignore interrupts.
if IS_COMMAND and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    try:  # noqa: SIM105 no time for contextlib
        signal.signal(signal.SIGINT, _leave)
    except ValueError:
        # Another thread than the main one, which is none of the commands.
        pass


def guarded(work: Callable[[], int], cancelled: Callable[[], object]) -> int:
    """The exit code of `work`: its own, or 130 after an interrupt, when `cancelled` is called.

    What comes while the process ends, of which this is the command, changes nothing any more.
    """
    ours = signal.getsignal(signal.SIGINT) is _leave
    try:
        try:
            if ours:
                signal.signal(signal.SIGINT, signal.default_int_handler)
            return work()
        finally:
            if ours:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:
        cancelled()
        if ours:
            _leave_what_is_busy()
    return CANCELLED


def _leave_what_is_busy() -> None:
    """End the process now, where its end would wait for a call that nobody waits for."""
    from radiomics_rs._aside import busy

    if busy():
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError):
                continue
        os._exit(CANCELLED)

"""Calls of other libraries, and of the system, that no interrupt reaches."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

#: Seconds between two looks at interrupts, where a system does not end the waiting for them.
STEP_S = 0.05

T = TypeVar("T")

#: Whether there are interrupts to listen to; a process that another one ends hears of none.
listening = True


class _Ending:
    """Says once that a call has ended.

    An event of `threading` takes locks in Python, and an interrupt between two of its steps comes
    out as a RuntimeError of a lock that is not held.
    """

    def __init__(self) -> None:
        self.is_set = False
        self._lock = threading.Lock()
        self._lock.acquire()

    def set(self) -> None:
        self.is_set = True
        self._lock.release()

    def wait(self, seconds: float = -1) -> bool:
        """Whether it has been said, in so many seconds; -1 for as long as it takes."""
        if not self.is_set:
            self._lock.acquire(timeout=seconds)
        return self.is_set


#: Calls that nobody waits for, each with what says that it has come to its end.
_left: list[tuple[threading.Thread, _Ending]] = []


def aside(call: Callable[[], T]) -> T:
    """What `call` gives or raises, while an interrupt is listened to.

    Python hands interrupts to the main thread, once that is back from whatever it has called. So
    the call is made by another thread. After an interrupt nobody waits for it; it comes to its end
    by itself, and what it gives is lost: it must leave nothing behind.
    """
    if not listening or threading.current_thread() is not threading.main_thread():
        return call()
    given: list[T] = []
    raised: list[BaseException] = []
    ended = _Ending()

    def run() -> None:
        _settle()
        try:
            given.append(call())
        except BaseException as error:
            raised.append(error)
        finally:
            ended.set()

    thread = threading.Thread(target=run, name="radiomics-rs aside", daemon=True)
    try:
        thread.start()
    except RuntimeError as error:
        if isinstance(error.__context__, KeyboardInterrupt):
            # Of the event by which a thread says that it has begun.
            _leave(thread, ended)
            raise KeyboardInterrupt from None
        # No memory for a thread: rather without interrupts than not at all.
        return call()
    except BaseException:
        # It begins, though nobody has seen it begin.
        _leave(thread, ended)
        raise
    try:
        while not ended.wait(STEP_S):
            pass
    except BaseException:
        _leave(thread, ended)
        raise
    # Whoever counts threads finds this one gone.
    thread.join()
    if raised:
        raise raised.pop()
    return given.pop()


def _settle() -> None:
    """Have what this thread needs to report an error of ITK, while there is memory for it.

    The first exception of a thread asks the system for the thread's own data of C++, and where
    that fails, as it does just after an image has not found room, the process is ended.
    """
    if sitk := sys.modules.get("SimpleITK"):
        with contextlib.suppress(RuntimeError):
            sitk.Image([], sitk.sitkUInt8)


def _leave(thread: threading.Thread, ended: _Ending) -> None:
    _left[:] = [*(pair for pair in _left if _runs(*pair)), (thread, ended)]


def _runs(thread: threading.Thread, ended: _Ending) -> bool:
    return thread.is_alive() or not ended.is_set


def busy() -> bool:
    """Whether a call that nobody waits for has not come to its end."""
    return any(_runs(*pair) for pair in _left)


@atexit.register
def _end() -> None:
    """Let no thread come back while the interpreter ends, which would abort the process."""
    if not busy():
        return
    if getattr(sys, "last_type", None) is KeyboardInterrupt and sys.platform != "win32":
        # An interrupt ends the process, and Python would do the same once all has ended.
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    for thread, ended in _left:
        ended.wait()
        if thread.is_alive():
            thread.join()

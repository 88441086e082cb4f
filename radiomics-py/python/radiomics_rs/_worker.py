"""What a process of `_processes.Worker` does."""

from __future__ import annotations

import _thread
import contextlib
import importlib
import os
import pickle
import runpy
import signal
import sys
import traceback
import types
from typing import Any

from radiomics_rs import _aside, _interrupts, _processes

#: How a program's own module is called where it is not to run as a program.
MAIN = "__mp_main__"
STANDARD_INPUT = 0


def main() -> None:
    """Receive what is to be done, and do it until nobody wants more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _aside.listening = False
    _processes.is_worker = True
    # Not one of `threading`, which whoever counts threads would find.
    _thread.start_new_thread(_end_with_parent, ())
    connection = _processes.connection_of(sys.argv[1])
    for module in sys.argv[2:]:
        _import_ahead(module)
    try:
        paths, program = connection.recv()
        job = connection.recv_bytes()
    except EOFError:
        return
    try:
        sys.path[:] = paths
        if program is not None:
            _take_main(program)
        make, argument = pickle.loads(job)
        run = make(argument)
    except BaseException as error:
        connection.send(("broken", _said(error)))
        return
    _work(connection, run)
    _interrupts.end(0, is_own=True)


def _import_ahead(module: str) -> None:
    """Import what will be needed; what cannot be is said once it is."""
    # The current folder, which may have modules of any name, is not where the parent looks.
    sys.path[:] = [path for path in sys.path if path]
    with contextlib.suppress(ImportError):
        importlib.import_module(module)


def _work(connection: Any, run: Any) -> None:
    try:
        connection.send(("ready", None))
        while True:
            for task in connection.recv():
                try:
                    result = run(task)
                except BaseException as error:
                    connection.send(("broken", _said(error)))
                    return
                connection.send(("result", result))
            # What is kept for the end of a while is due where the next one may take long.
            if (pause := getattr(run, "pause", None)) is not None:
                pause()
    except (EOFError, OSError):
        # Nobody wants more; what has been opened is closed by who made it.
        end = getattr(run, "close", None)
        if end is not None:
            end()


def _end_with_parent() -> None:
    """End at once when the process that started this one does, which no signal says."""
    try:
        while os.read(STANDARD_INPUT, 1):
            pass
    except OSError:
        pass
    os._exit(1)


def _take_main(program: str) -> None:
    """Have what the program defines that functions come from, without running it as one."""
    own = types.ModuleType(MAIN)
    own.__dict__.update(runpy.run_path(program, run_name=MAIN))
    sys.modules["__main__"] = sys.modules[MAIN] = own


def _said(error: BaseException) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" ({os.path.basename(place[0].filename)}, line {place[0].lineno})" if place else ""  # noqa: PTH119
    return f"{type(error).__name__}: {' '.join(str(error).split())}{where}"

"""Processes that work for this one, each at tasks one after another, and that may end at any.

They are started anew, not forked: a fork copies the locks of other threads in whatever state they
are. The program that started this one is not run again in them, as `multiprocessing` does, unless a
function of its own is asked for: a program needs no guard to use them.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

#: Seconds that a process may take to end once it has been told to.
PATIENCE_S = 2.0
#: Whether threads have signals that they do not hear, which Windows has not.
HAS_MASKS = hasattr(signal, "pthread_sigmask")
PROGRAM = "from radiomics_rs._worker import main; main()"
#: What processes are told that share the cores: NumPy would start a thread for each core in each.
SHARING = {"OPENBLAS_NUM_THREADS": "1"}
#: How the module of the program that is run is called, and what it is called in a worker.
MAIN = b"__main__"

#: Whether this is such a process itself.
is_worker = False
#: Processes that were started before there was work for them.
_waiting: list[tuple[Connection, subprocess.Popen[bytes]]] = []

T = TypeVar("T")


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def program_of(job: bytes) -> str | None:
    """The file of the program itself, if what is handed over has something that it defines.

    Raises PicklingError where there is none, as in a notebook.
    """
    if MAIN not in job:
        return None
    path: str | None = getattr(sys.modules.get("__main__"), "__file__", None)
    if path is None or not os.path.isfile(path):  # noqa: PTH113
        raise pickle.PicklingError("it is defined in no file")
    return os.path.abspath(path)  # noqa: PTH100 links stay as they are


class EndedError(Exception):
    """The process has ended while it should have worked."""


class BrokenError(Exception):
    """What was to make the process ready, or its work, raised what is no fault of a task."""


class Worker:
    """A process that makes results of tasks, in their order.

    `make(argument)` is called in it first, and gives the function that makes a result of a task.
    """

    def __init__(
        self, make: Callable[[Any], Callable[[Any], Any]], argument: Any, *, is_alone: bool = False
    ) -> None:
        """Start a process; raises OSError, or PicklingError for what cannot be handed over.

        One that is alone has all cores.
        """
        job = pickle.dumps((make, argument))
        program = program_of(job)
        self.connection, self._process = _waiting.pop(0) if _waiting else _start(is_alone=is_alone)
        self._begin(job, program)
        self.is_ready = False

    def _begin(self, job: bytes, program: str | None) -> None:
        with contextlib.suppress(OSError):
            # One that has ended at once is found out when it is listened to.
            self.connection.send((list(sys.path), program))
            self.connection.send_bytes(job)

    def send(self, tasks: list[Any]) -> None:
        """Have tasks done; one that has ended is found out by `receive`."""
        with contextlib.suppress(OSError):
            self.connection.send(tasks)

    def receive(self) -> Any:
        """The next result; None if the process has become ready for its first task.

        Raises EndedError if the process has ended, BrokenError for what its work raised.
        """
        try:
            kind, given = self.connection.recv()
        except (EOFError, OSError):
            raise EndedError(self.how_it_ended()) from None
        if kind == "ready":
            self.is_ready = True
            return None
        if kind == "broken":
            raise BrokenError(given)
        return given

    def how_it_ended(self) -> str:
        """What the system says of the end of the process."""
        try:
            code = self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            return "it closed its connection"
        if code >= 0:
            return f"exit code {code}"
        with contextlib.suppress(ValueError):
            return f"signal {signal.Signals(-code).name}"
        return f"signal {-code}"

    def dismiss(self) -> None:
        """Have the process end by itself, once it has done its tasks."""
        self.connection.close()

    def end(self) -> None:
        """Wait until the process has ended by itself."""
        self.dismiss()
        if self._process.stdin is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(PATIENCE_S)
        self.stop()

    def stop(self) -> None:
        """End the process, whatever it is at."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self.connection.close()
        if self._process.stdin is not None:
            self._process.stdin.close()


def ready(workers: Iterable[Worker], timeout_s: float | None = None) -> list[Worker]:
    """The workers that have something to say, or have ended; empty once the time is over."""
    by_connection = {worker.connection: worker for worker in workers}
    return [by_connection[found] for found in wait(list(by_connection), timeout_s)]  # type: ignore[index, unused-ignore]


def start_ahead(workers: int, module: str) -> None:
    """Start the processes of the next workers, which import a module until there is work for them.

    Of those that cannot be started the first that is needed says why.
    """
    with contextlib.suppress(OSError):
        for _ in range(workers):
            _waiting.append(_start(module, is_alone=workers == 1))


def end_waiting() -> None:
    """End the processes that were started ahead and that nobody has needed."""
    while _waiting:
        connection, process = _waiting.pop()
        connection.close()
        process.kill()
        process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _start(
    module: str | None = None, *, is_alone: bool
) -> tuple[Connection, subprocess.Popen[bytes]]:
    """A process, and the connection to it."""
    ours, theirs = Pipe()
    try:
        return ours, _started(theirs, module, {} if is_alone else SHARING)
    finally:
        # Its end is seen here only if nobody else holds the other end.
        theirs.close()


def _started(theirs: Any, module: str | None, told: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A process that has one end of a connection, and is told what nobody has told it otherwise.

    Its standard input is a pipe that ends with this process: it looks at that.
    """
    command = [sys.executable, "-c", PROGRAM]
    given = [] if module is None else [module]
    environment = {**told, **os.environ}
    if sys.platform == "win32":
        handle = theirs.fileno()
        os.set_handle_inheritable(handle, True)
        info = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})
        return subprocess.Popen(
            [*command, str(handle), *given],
            stdin=subprocess.PIPE,
            env=environment,
            startupinfo=info,
            # Which hears no interrupts.
            creationflags=subprocess.CREATE_NEW_PROCESS_GROUP,
        )
    with _without_interrupts():
        return subprocess.Popen(
            [*command, str(theirs.fileno()), *given],
            stdin=subprocess.PIPE,
            env=environment,
            pass_fds=[theirs.fileno()],
        )


@contextlib.contextmanager
def _without_interrupts() -> Iterator[None]:
    """A process that is started meanwhile hears of none.

    An interrupt reaches all processes of a terminal: the one that started the others ends them.
    """
    if not HAS_MASKS:
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def connection_of(number: str) -> Connection:
    """The other end, in the process that was started."""
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        made: Any = PipeConnection(int(number))
        return made  # type: ignore[no-any-return, unused-ignore]
    return Connection(int(number))

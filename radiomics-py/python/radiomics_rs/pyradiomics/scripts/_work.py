"""Cases one after another, or side by side, each in a process that none but itself can end."""

from __future__ import annotations

import collections
import concurrent.futures
import logging
import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import resource_tracker

import SimpleITK as sitk

from .. import _output
from ._batch import Case

logger = logging.getLogger("radiomics.script")

Run = Callable[[Case], dict]

#: Whether threads have signals that they do not hear, which Windows has not.
_HAS_MASKS = hasattr(signal, "pthread_sigmask")


def results(run: Run, cases: list[Case], workers: int, start: Callable[[], object]) -> Iterator:
    """Rows of the cases in their order, as they are ready; `start` is called in each process."""
    if workers == 1:
        yield from map(run, cases)
        return
    lanes = _Lanes(start)
    if _HAS_MASKS:
        # Whichever thread starts this one listens to interrupts again.
        resource_tracker.ensure_running()
    try:
        with concurrent.futures.ThreadPoolExecutor(workers) as threads:
            waiting = [threads.submit(lanes.run, run, case) for case in cases]
            try:
                for result in waiting:
                    yield result.result()
            except (KeyboardInterrupt, GeneratorExit):
                # Nobody waits for the cases that are at work.
                threads.shutdown(wait=False, cancel_futures=True)
                lanes.stop()
                raise
    finally:
        lanes.end()


class _Lanes:
    """A process for each thread: when one ends, it is known at which case, and the others go on."""

    def __init__(self, start: Callable[[], object]) -> None:
        self._start = start
        self._own = threading.local()
        self._lock = threading.Lock()
        self._all: list[concurrent.futures.ProcessPoolExecutor] = []
        self._stopped = False

    def run(self, run: Run, case: Case) -> dict:
        """The row of a case, extracted in this thread's process."""
        _without_interrupts()
        pool = getattr(self._own, "pool", None)
        if pool is None:
            pool = self._own.pool = self._new()
        try:
            row = pool.submit(run, case)
            if self._stopped:
                # Its process may have started behind the back of who ended the others.
                _terminate(pool)
            return row.result()
        except BrokenProcessPool:
            self._own.pool = None
            if not self._stopped:
                logger.error("Feature extraction of case %s failed! %s", case.number, _ENDED)
            return collections.OrderedDict({**case.row, _output.ERROR: _ENDED})

    def _new(self) -> concurrent.futures.ProcessPoolExecutor:
        # Spawned, not forked: a fork copies the locks of the parent's threads in whatever state
        # they are.
        context = multiprocessing.get_context("spawn")
        pool = concurrent.futures.ProcessPoolExecutor(
            1, mp_context=context, initializer=_start, initargs=(self._start,)
        )
        with self._lock:
            self._all.append(pool)
        return pool

    def stop(self) -> None:
        """End the processes, whatever they are at."""
        self._stopped = True
        with self._lock:
            for pool in self._all:
                _terminate(pool)

    def end(self) -> None:
        """Wait for the processes to end, once no thread starts any.

        Those that were stopped as well: else the end of the interpreter would write to an executor
        that is closing the pipe, and print what came of it.
        """
        for pool in self._all:
            pool.shutdown(cancel_futures=True)


def _without_interrupts() -> None:
    """Leave interrupts to the thread that waits for the rows.

    A process that this one starts hears of none either, in which they would end the imports with
    where they were.
    """
    if _HAS_MASKS:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _terminate(pool: concurrent.futures.ProcessPoolExecutor) -> None:
    # The executor has no public way to them before Python 3.14.
    for process in list((pool._processes or {}).values()):
        process.terminate()


_ENDED = (
    "ProcessError: the process at work on this case has ended, as it does when memory runs out; "
    "try fewer jobs at once (-j), or the case by itself"
)


def _start(start: Callable[[], object]) -> None:
    # An interrupt reaches all processes of a terminal: the one that started the others ends them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # One thread per case: the cases already fill the cores.
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    start()

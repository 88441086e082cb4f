"""Cases one after another, or side by side, each in a process that none but itself can end."""

from __future__ import annotations

import collections
import logging
from collections.abc import Callable, Iterator

import SimpleITK as sitk

from radiomics_rs._processes import EndedError, Worker, ready

from .. import _output
from ._batch import Case

logger = logging.getLogger("radiomics.script")

Run = Callable[[Case], dict]

_ENDED = (
    "ProcessError: the process at work on this case has ended, as it does when memory runs out; "
    "try fewer jobs at once (-j), or the case by itself"
)


def results(run: Run, cases: list[Case], workers: int, start: Callable[[], object]) -> Iterator:
    """Rows of the cases in their order, as they are ready; `start` is called in each process."""
    if workers == 1:
        yield from map(run, cases)
        return
    lanes = _Lanes(run, cases, workers, start)
    try:
        for place in range(len(cases)):
            yield lanes.row(place)
    except BaseException:
        # Nobody waits for the cases that are at work.
        lanes.stop()
        raise
    lanes.end()


class _Lanes:
    """A case at a time for each process: when one ends, it is known at which, the others go on."""

    def __init__(
        self, run: Run, cases: list[Case], workers: int, start: Callable[[], object]
    ) -> None:
        self._job, self._cases = (run, start), cases
        self._waiting = collections.deque(range(len(cases)))
        self._at_work: dict[Worker, int | None] = {}
        self._rows: dict[int, dict] = {}
        self._workers = workers

    def row(self, place: int) -> dict:
        """The row of a case, once it is ready."""
        while place not in self._rows:
            self._hand_out()
            for worker in ready(self._at_work):
                self._listen(worker)
        return self._rows.pop(place)

    def _hand_out(self) -> None:
        while self._waiting:
            idle = [worker for worker, place in self._at_work.items() if place is None]
            if not idle and len(self._at_work) >= self._workers:
                return
            worker = idle[0] if idle else Worker(_made, self._job)
            self._at_work[worker] = self._waiting.popleft()
            worker.send([self._cases[self._at_work[worker]]])

    def _listen(self, worker: Worker) -> None:
        place = self._at_work[worker]
        try:
            row = worker.receive()
        except EndedError:
            worker.stop()
            del self._at_work[worker]
            if place is None:
                return
            case = self._cases[place]
            logger.error("Feature extraction of case %s failed! %s", case.number, _ENDED)
            row = collections.OrderedDict({**case.row, _output.ERROR: _ENDED})
        else:
            if row is None:
                return
            self._at_work[worker] = None
        self._rows[place] = row

    def stop(self) -> None:
        """End the processes, whatever they are at."""
        for worker in self._at_work:
            worker.stop()

    def end(self) -> None:
        """Have the processes end, which have nothing to do."""
        for worker in self._at_work:
            worker.end()


def _made(job: tuple[Run, Callable[[], object]]) -> Run:
    """What makes rows, in a process that has just been started."""
    run, start = job
    # One thread per case: the cases already fill the cores.
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    start()
    return run

"""Cases side by side, each in a process that none but itself can end."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from radiomics_rs import _processes
from radiomics_rs._core import RadiomicsError
from radiomics_rs._processes import BrokenError, EndedError, Worker
from radiomics_rs.cohort.collect import Collector
from radiomics_rs.cohort.waiting import Queue
from radiomics_rs.cohort.work import CaseWork, Outcome, Spec, Task

#: Most cases that are handed to a process at a time, and for how many seconds of work.
MOST_CASES, BATCH_S = 64, 0.2
ENDED = "the process at work on this case has ended ({}), and again when it was alone"
#: How a process ends for which there is too little memory, and what may have ended another one.
OF_MEMORY = ("SIGKILL", "SIGABRT", "SIGBUS")
NO_MEMORY = "; it may need more memory than there is"
BY_EXTRA = "; see whether the function of an extra ends it"


@dataclass
class _Lane:
    """A process with what it is at."""

    worker: Worker
    tasks: list[Task] = field(default_factory=list)
    """What it has been given and not said anything of, the first being at work."""
    mb: float = 0.0
    """Memory that it has been given."""
    began: float = 0.0
    case_s: float = BATCH_S
    """Seconds that a case took lately."""


def compute(spec: Spec, queue: Queue, collector: Collector, jobs: int) -> None:
    """Compute all cases of a queue.

    Raises RadiomicsError if processes cannot work at all, or what `collector` raises. Whatever is
    raised, no process is left.
    """
    run = _Run(spec, queue, collector, jobs)
    try:
        run.work()
    finally:
        run.stop()
        _processes.end_waiting()


class _Run:
    def __init__(self, spec: Spec, queue: Queue, collector: Collector, jobs: int) -> None:
        self._spec, self._queue, self._collector, self._jobs = spec, queue, collector, jobs
        self._lanes: list[_Lane] = []

    def work(self) -> None:
        """Side by side first, then one after another what took its process down."""
        while self._queue.waiting or self._busy():
            self._hand_out()
            self._listen(alone=False)
        while len(self._queue):
            task = self._queue.next_alone()
            lane = self._lanes[0] if self._lanes else self._new()
            self._give(lane, [task], 0.0)
            while lane.tasks:
                self._listen(alone=True)
        for lane in self._lanes:
            lane.worker.dismiss()
        for lane in self._lanes:
            lane.worker.end()
        self._lanes.clear()

    def stop(self) -> None:
        """End all processes, whatever they are at."""
        for lane in self._lanes:
            lane.worker.stop()
        self._lanes.clear()

    def _busy(self) -> bool:
        return any(lane.tasks for lane in self._lanes)

    def _new(self) -> _Lane:
        lane = _Lane(Worker(CaseWork, self._spec, is_alone=self._jobs == 1))
        self._lanes.append(lane)
        return lane

    def _hand_out(self) -> None:
        """Give work to whoever has none."""
        idle = [lane for lane in self._lanes if not lane.tasks]
        while self._queue.waiting and (idle or len(self._lanes) < self._jobs):
            lane = idle.pop() if idle else None
            # Many at a time while there are many, and one at a time in the end.
            share = self._queue.waiting // (2 * self._jobs)
            wanted = BATCH_S / lane.case_s if lane is not None and lane.case_s > 0 else 1
            tasks = self._queue.next(max(1, min(MOST_CASES, share, int(wanted))))
            if not tasks:
                return
            self._give(lane or self._new(), tasks, self._queue.given_mb(tasks))

    def _give(self, lane: _Lane, tasks: list[Task], mb: float) -> None:
        lane.tasks, lane.mb, lane.began = tasks, mb, time.monotonic()
        lane.worker.send(tasks)

    def _listen(self, *, alone: bool) -> None:
        """Wait until a process has something to say, and take it."""
        by_worker = {lane.worker: lane for lane in self._lanes}
        for worker in _processes.ready(by_worker):
            lane = by_worker[worker]
            try:
                outcome = worker.receive()
            except EndedError as error:
                self._ended(lane, str(error), alone=alone)
                continue
            except BrokenError as error:
                raise RadiomicsError(f"cases cannot be computed: {error}") from None
            if outcome is not None:
                self._take(lane, outcome)

    def _take(self, lane: _Lane, outcome: Outcome) -> None:
        task = lane.tasks.pop(0)
        now = time.monotonic()
        lane.case_s, lane.began = 0.5 * (lane.case_s + now - lane.began), now
        if outcome.short:
            self._queue.alone(task.case)
        else:
            self._collector.take(outcome)
        if not lane.tasks:
            self._queue.give_back(lane.mb)

    def _ended(self, lane: _Lane, how: str, *, alone: bool) -> None:
        """A process has ended: what it was at is suspect, what it had been given waits again."""
        lane.worker.stop()
        self._lanes.remove(lane)
        if not lane.worker.is_ready:
            raise RadiomicsError(
                f"a process that was to compute cases has ended before the first one ({how}): see "
                "what it has printed"
            )
        if not lane.tasks:
            return
        suspect, *rest = lane.tasks
        lane.tasks = []
        self._queue.give_back(lane.mb)
        self._queue.again(rest)
        if alone:
            reason = ENDED.format(how)
            if any(signal in how for signal in OF_MEMORY):
                reason += NO_MEMORY
            elif self._spec.extras:
                reason += BY_EXTRA
            self._collector.fail(suspect.case, reason)
        else:
            self._queue.alone(suspect.case)

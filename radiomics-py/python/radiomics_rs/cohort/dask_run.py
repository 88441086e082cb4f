"""Cases as tasks of Dask: one a case, each of which can be run again by whomever.

A worker leaves a mark before it begins a case. Dask runs the tasks of a worker that has ended
again; where there is a mark, the case was at work then, and may be what ended the worker: it is put
off, and tried once more when no other is at work. Tasks that had merely been waiting have no mark.
"""

from __future__ import annotations

import pickle
import shutil
import threading
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from radiomics_rs._core import RadiomicsError, SettingsError
from radiomics_rs.cohort.cases import Case
from radiomics_rs.cohort.collect import Collector
from radiomics_rs.cohort.waiting import Queue
from radiomics_rs.cohort.work import FAILURE, NO_KEY, CaseWork, Outcome, Spec, Task

#: Tasks that are handed out for each thread of a worker: one at work and one to go on with.
AHEAD = 2
ENDED = (
    "the worker of Dask at work on this case has ended, and again when it was alone; it may need "
    "more memory than there is"
)
SPEC = "spec"

_own = threading.local()


def compute(
    client: Any, spec: Spec, left: Iterable[Case], collector: Collector, memory_mb: float | None
) -> None:
    """Compute cases by the workers of a client, each with up to `memory_mb`.

    Raises RadiomicsError if workers cannot work at all, TypeError for what is no client.
    """
    try:
        import distributed
    except ImportError as error:
        raise ImportError("client= needs Dask: `pip install distributed`") from error
    if not isinstance(client, distributed.Client):
        raise TypeError(f"client is of type {type(client).__name__}: give a distributed.Client")
    if client.asynchronous:
        raise SettingsError("the client is asynchronous: give one that is not")
    # Called so, what an end leaves behind is cleared away by the next run.
    marks = Path(spec.records) / f"marks-{uuid.uuid4().hex[:12]}.part"
    marks.mkdir()
    run = _Run(client, marks, Queue(left, spec.folder, 1, None), collector, memory_mb)
    try:
        (marks / SPEC).write_bytes(pickle.dumps(spec))
        run.work(distributed)
    finally:
        client.cancel(list(run.at_work))
        shutil.rmtree(marks, ignore_errors=True)


class _Run:
    def __init__(
        self,
        client: Any,
        marks: Path,
        queue: Queue,
        collector: Collector,
        memory_mb: float | None,
    ) -> None:
        self._client, self._marks = client, marks
        self._queue, self._collector, self._memory_mb = queue, collector, memory_mb
        self.at_work: dict[Any, Task] = {}

    def work(self, distributed: Any) -> None:
        """Side by side first, then one after another what a worker ended at."""
        done = distributed.as_completed([], with_results=False)
        self._hand_out(done)
        for future in done:
            task = self.at_work.pop(future)
            outcome = self._outcome(future, distributed)
            if outcome.short:
                self._queue.alone(task.case)
            else:
                self._collector.take(outcome)
            future.release()
            self._hand_out(done)
        while len(self._queue):
            task = self._queue.next_alone()._replace(memory_mb=self._memory_mb)
            future = self._submit(task, "alone")
            distributed.wait([future])
            outcome = self._outcome(self._end(future), distributed)
            if outcome.short:
                self._collector.fail(task.case, ENDED)
            else:
                self._collector.take(outcome)
            future.release()

    def _hand_out(self, done: Any) -> None:
        """Keep few tasks ahead of the workers, whose number may change."""
        threads = sum(self._client.nthreads().values())
        while self._queue.waiting and len(self.at_work) < max(1, AHEAD * threads):
            (task,) = self._queue.next(1)
            done.add(self._submit(task._replace(memory_mb=self._memory_mb), "beside"))

    def _submit(self, task: Task, how: str) -> Any:
        future = self._client.submit(
            run_task,
            str(self._marks),
            task,
            how,
            key=f"radiomics-rs-{self._marks.stem}-{task.case.place}-{how}",
            pure=False,
            retries=0,
        )
        self.at_work[future] = task
        return future

    def _end(self, future: Any) -> Any:
        del self.at_work[future]
        return future

    def _outcome(self, future: Any, distributed: Any) -> Outcome:
        if future.status == "finished":
            outcome: Outcome = future.result()
            return outcome
        error = future.exception() if future.status == "error" else None
        if isinstance(error, distributed.scheduler.KilledWorker):
            return Outcome(-1, FAILURE, NO_KEY, None, [], short=True)
        said = " ".join(str(error).split()) if error is not None else f"a task is {future.status}"
        kind = f"{type(error).__name__}: " if error is not None else ""
        raise RadiomicsError(f"cases cannot be computed by the workers of Dask: {kind}{said}")


def run_task(marks: str, task: Task, how: str) -> Outcome:
    """Compute a case in a worker, unless one has ended at it; what was done once is told again."""
    place = Path(marks) / f"{task.case.place}-{how}"
    result = place.with_suffix(".done")
    if result.exists():
        outcome: Outcome = pickle.loads(result.read_bytes())
        return outcome
    try:
        place.open("xb").close()
    except FileExistsError:
        return Outcome(task.case.place, FAILURE, NO_KEY, None, [], short=True)
    outcome = _work_of(marks)(task)
    made = place.with_suffix(".made")
    made.write_bytes(pickle.dumps(outcome))
    made.replace(result)
    return outcome


def _work_of(marks: str) -> CaseWork:
    """What computes cases in this thread; a journal is of one thread alone."""
    if getattr(_own, "marks", None) != marks:
        _own.work = CaseWork(pickle.loads((Path(marks) / SPEC).read_bytes()))
        _own.marks = marks
    work: CaseWork = _own.work
    return work

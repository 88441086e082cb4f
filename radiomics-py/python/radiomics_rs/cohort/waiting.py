"""Which case is next: large ones first, as many at a time as memory has room for."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from radiomics_rs._simpleitk import sitk
from radiomics_rs.cohort import keys
from radiomics_rs.cohort.cases import Case, resolved
from radiomics_rs.cohort.shares import Share, scarce
from radiomics_rs.cohort.work import Task
from radiomics_rs.io import nifti
from radiomics_rs.io.quiet import own_locale

MB = 1e6
#: How often voxels are held while they are read, and as the engine has them.
COPIES = 3
#: Least megabytes of a case: a process and what it has imported.
LEAST_MB = 150.0
#: What is next to nothing for the engine to work in.
SCARCE_MB = 32.0


class Sized(NamedTuple):
    """A case, and how large it is."""

    case: Case
    size: int
    """Bytes of its files; 0 if that is not known."""
    image_mb: float
    """What its voxels are thought to take in memory."""


class Queue:
    """The cases that are left, and the memory that those at work have been given."""

    def __init__(
        self, cases: Iterable[Case], folder: str, jobs: int, memory_mb: float | None
    ) -> None:
        """A queue for so many processes, with memory for all of them together."""
        self._memory_mb, self._jobs = memory_mb, jobs
        sized = [_sized(case, folder, memory_mb is not None) for case in cases]
        # Of equal ones the first: the order of the work is that of the table then.
        sized.sort(key=lambda one: (-one.size, one.case.place))
        self._waiting = deque(sized)
        self._alone: deque[Sized] = deque()
        self._used_mb = 0.0
        self._by_place = {one.case.place: one for one in sized}

    def __len__(self) -> int:
        return len(self._waiting) + len(self._alone)

    def too_large(self) -> list[tuple[Case, float]]:
        """Cases that call for more memory than there is for all, with the megabytes, largest first.

        Each of them is the only one at work.
        """
        if self._memory_mb is None:
            return []
        needs = [(one.case, _least_mb(one)) for one in self._by_place.values()]
        found = [(case, need) for case, need in needs if need > self._memory_mb]
        return sorted(found, key=lambda one: (-one[1], one[0].place))

    def scarce(self) -> str:
        """What is to be said if an even share leaves cases next to nothing; else empty."""
        if self._memory_mb is None:
            return ""
        enough = [one for one in self._by_place.values() if _least_mb(one) <= self._memory_mb]
        even = self._memory_mb / self._jobs
        few = [one for one in enough if even - COPIES * one.image_mb >= 0]
        few = [one for one in few if even - LEAST_MB - one.image_mb < SCARCE_MB]
        if not few:
            return ""
        return scarce(self._memory_mb, self._jobs, len(few), len(self._by_place), SCARCE_MB)

    @property
    def waiting(self) -> int:
        """How many cases need not be alone."""
        return len(self._waiting)

    def next(self, most: int) -> list[Task]:
        """Up to `most` tasks for one process; none if there is no room for any."""
        if not self._waiting:
            return []
        need = self._need_mb(self._waiting[0])
        if (
            self._memory_mb is not None
            and self._used_mb > 0
            and (self._used_mb + need > self._memory_mb * (1 + 1e-9))
        ):
            return []
        tasks = [self._task(self._waiting.popleft(), need)]
        # One after another they take the room of one.
        while len(tasks) < most and self._waiting and self._need_mb(self._waiting[0]) <= need:
            tasks.append(self._task(self._waiting.popleft(), need))
        self._used_mb += need if self._memory_mb is not None else 0.0
        return tasks

    def given_mb(self, tasks: list[Task]) -> float:
        """The memory that a batch has been given."""
        return self._need_mb(self._by_place[tasks[0].case.place]) if self._memory_mb else 0.0

    def give_back(self, mb: float) -> None:
        """Have room again once a batch is done."""
        self._used_mb = max(0.0, self._used_mb - mb)

    def again(self, tasks: Iterable[Task]) -> None:
        """Put back what has not been begun."""
        self._waiting.extendleft(self._by_place[task.case.place] for task in reversed([*tasks]))

    def alone(self, case: Case) -> None:
        """Have a case tried again, when no other is at work."""
        self._alone.append(self._by_place[case.place])

    def next_alone(self) -> Task:
        """A case that is to be the only one at work, with all memory."""
        one = self._alone.popleft()
        if self._memory_mb is None:
            return Task(one.case)
        return self._task(one, self._memory_mb)._replace(final=True)

    def _need_mb(self, one: Sized) -> float:
        """What a case is given: an even share, or what its images call for if that is more."""
        if self._memory_mb is None:
            return 0.0
        if _least_mb(one) > self._memory_mb:
            return self._memory_mb
        return min(self._memory_mb, max(self._memory_mb / self._jobs, one.image_mb * COPIES))

    def _task(self, one: Sized, given_mb: float) -> Task:
        if self._memory_mb is None:
            return Task(one.case)
        share = Share(given_mb, LEAST_MB, one.image_mb)
        # What is too little is for the engine to say, with the number of bytes.
        return Task(one.case, share.left_mb, final=given_mb >= self._memory_mb, share=share)


def _least_mb(one: Sized) -> float:
    """What a case cannot do without: its process and voxels, and what is made of them."""
    return max(LEAST_MB + one.image_mb, one.image_mb * COPIES)


def _sized(case: Case, folder: str, with_memory: bool) -> Sized:
    size, held = 0, 0.0
    # What cannot be computed need not be looked at.
    for given in case.paths() if not case.problem else ():
        path = resolved(folder, given)
        try:
            own = keys.size_of(path)
        except OSError:
            continue
        size += own
        if with_memory:
            held += max(float(own), _voxel_bytes(path))
    return Sized(case, size, held / MB)


def _voxel_bytes(path: str) -> float:
    """Bytes of the voxels by the header of a file; 0 if it cannot be told."""
    try:
        own = nifti.held(path)
    except OSError:
        return 0.0
    if own is not None:
        return float(own)
    reader = sitk.ImageFileReader()
    try:
        reader.SetFileName(path)
        with own_locale():
            reader.ReadImageInformation()
        voxels = math.prod(reader.GetSize()) * reader.GetNumberOfComponents()
        return float(voxels * _bytes_of(reader.GetPixelID()))
    except (RuntimeError, TypeError, ValueError):
        return 0.0


def _bytes_of(pixel: int) -> int:
    if pixel == sitk.sitkUnknown:
        return 1
    return int(sitk.Image([1, 1, 1], pixel).GetSizeOfPixelComponent())

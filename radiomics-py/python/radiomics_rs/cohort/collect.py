"""What has become of the cases so far, and what is left to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from radiomics_rs.cohort import keys
from radiomics_rs.cohort.cases import Case, resolved
from radiomics_rs.cohort.records import FAILED, Journal, Place
from radiomics_rs.cohort.work import FAILURE, NO_KEY, OK, Outcome, failure

#: Told how many cases are done, how many there are, and how many have failed.
Tell = Callable[[int, int, int], object]
#: Most bytes that are hashed here, to spare processes that would find nothing to do.
MOST_HASHED = 1 << 26


class Collector:
    """The outcomes of a run, case by case; the results themselves stay on disc."""

    def __init__(
        self,
        cases: list[Case],
        index: dict[str, Place],
        remembered: keys.Remembered,
        failed: Journal,
        tell: Tell,
    ) -> None:
        """Nothing has become of any case yet; `index` is what there is of earlier runs."""
        self.cases = cases
        self.keys: list[str] = [NO_KEY] * len(cases)
        self.places: list[Place | None] = [None] * len(cases)
        self.computed = self.failures = self.kept = 0
        self._index, self._remembered, self._failed = index, remembered, failed
        self._tell = tell

    @classmethod
    def of(cls, cases: list[Case], index: dict[str, Place], folder: Path, tell: Tell) -> Collector:
        """A collector that keeps hashes and failures in the folder of the records."""
        remembered = keys.Remembered(folder)
        return cls(cases, index, remembered, Journal(folder, FAILED), tell)

    @property
    def done(self) -> int:
        """How many cases need nothing more."""
        return self.computed + self.failures + self.kept

    def resume(self, common: str, folder: str) -> list[Case]:
        """Take what there is already; returns the cases that are left."""
        left = []
        budget = MOST_HASHED if self._index else 0
        for case in self.cases:
            key = None
            if self._index and not case.problem:
                key, cost = self._key(case, common, folder, budget)
                budget -= cost
            place = None if key is None else self._index.get(key)
            if key is None or place is None:
                left.append(case)
                continue
            self.keys[case.place], self.places[case.place] = key, place
            self.kept += 1
        self.tell()
        return left

    def _key(self, case: Case, common: str, folder: str, budget: int) -> tuple[str | None, int]:
        """The key of a case, if it takes little reading, and how many bytes that was."""
        digests, cost = [], 0
        for given in case.paths():
            path = resolved(folder, given)
            digest = self._remembered.of(path)
            if digest is None:
                try:
                    # A folder says nothing of how much is in it.
                    size = keys.size_of(path)
                    if cost + size > budget:
                        return None, cost
                    found = keys.hashed(path)
                except OSError:
                    return None, cost
                digest, cost = found.digest, cost + size
                self._see([(path, found.digest, found.stamps)] if found.settled else [])
            digests.append(digest)
        return keys.key_of(common, case.own(), digests, case.paths()), cost

    def _see(self, seen: Iterable[tuple[str, str, list[keys.Stamp]]]) -> None:
        for path, digest, stamps in seen:
            self._remembered.add(path, digest, stamps)

    def take(self, outcome: Outcome) -> None:
        """Take what has become of a case."""
        place = outcome.record
        if place is None:
            place = self._index[outcome.key]
            self.kept += 1
        elif outcome.status == OK:
            self.computed += 1
        else:
            self.failures += 1
        self.keys[outcome.case], self.places[outcome.case] = outcome.key, place
        self._see(outcome.seen)
        self.tell()

    def fail(self, case: Case, reason: str) -> None:
        """Say of a case that nothing came of it, as its process has ended."""
        place = self._failed.add(NO_KEY, failure(case, reason))
        self.take(Outcome(case.place, FAILURE, NO_KEY, place, []))

    def tell(self) -> None:
        """Say how far the run is."""
        self._tell(self.done, len(self.cases), self.failures)

    def close(self) -> None:
        """Have hashes and failures on disc."""
        self._remembered.close()
        self._failed.close()

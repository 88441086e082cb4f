"""One case, from its files to its record; in whatever process."""

from __future__ import annotations

import math
import os
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from radiomics_rs import _core
from radiomics_rs._core import OutOfMemoryError, RadiomicsError, Settings
from radiomics_rs._labels import wanted
from radiomics_rs._prepare import prepare
from radiomics_rs._simpleitk import limit_threads
from radiomics_rs._work import FILE, ORIGINAL, OnMask, Work, role_of
from radiomics_rs.cohort import keys
from radiomics_rs.cohort.cases import Case, Part, bare, resolved
from radiomics_rs.cohort.extras import NamedExtra
from radiomics_rs.cohort.lines import one_line
from radiomics_rs.cohort.reading import Volumes, Wanted
from radiomics_rs.cohort.records import DONE, FAILED, KEY, SYNC_S, Journal, Place
from radiomics_rs.cohort.shares import Share, of_machine
from radiomics_rs.cohort.stability import Found, Stability, kept, perturbed, seed_of
from radiomics_rs.io import RadiomicsWarning, Volume, clinical, read_mask
from radiomics_rs.io.errors import heard

#: States of a case.
OK, FAILURE = "ok", "failed"
#: What has no key, as its files cannot be read.
NO_KEY = "-" * KEY
#: Paths whose hashes a process has at hand.
MOST_LATELY = 16


@dataclass(frozen=True)
class Options:
    """How cases are computed, apart from the settings."""

    resample_mask: bool = False
    resample_images: bool = False


@dataclass(frozen=True)
class Spec:
    """What a process has to know to compute cases."""

    settings: str
    """As JSON."""
    options: Options
    extras: tuple[NamedExtra, ...]
    common: str
    """Digest of what all cases have in common."""
    features: tuple[str, ...]
    """Names of the features, which are columns of the table."""
    folder: str
    """Where relative paths begin."""
    records: str
    """The folder of the records."""
    stability: Stability | None = None
    """How each case is perturbed."""
    version: str = _core.__version__
    """Of the engine; processes on other machines may have another one."""
    threads: int = 1
    """Of the engine; 0 for all cores."""
    sync_s: float = SYNC_S
    done: frozenset[str] = field(default=frozenset())
    """Keys of what is done already."""


class Task(NamedTuple):
    """A case that is to be computed, and the memory that it may take."""

    case: Case
    memory_mb: float | None = None
    final: bool = True
    """Whether it fails for good if it finds too little memory."""
    share: Share | None = None
    """What that memory is left of."""


class Outcome(NamedTuple):
    """What became of a task."""

    case: int
    """Place of the case."""
    status: str
    key: str
    record: Place | None
    """Where its record is; None if there was one before."""
    seen: list[tuple[str, str, list[keys.Stamp]]]
    """Paths with their hashes, of files that can be known by their stamps from now on."""
    short: bool = False
    """Whether it is to be tried again with more memory."""


class CaseWork:
    """Computes cases, and writes their records."""

    def __init__(self, spec: Spec) -> None:
        """Made in the process that is to compute, which it sets up."""
        if spec.version != _core.__version__:
            raise RadiomicsError(
                f"a worker has version {_core.__version__} of radiomics-rs, and the run was begun "
                f"with {spec.version}: install the same everywhere"
            )
        self._spec = spec
        self._process = os.getpid()
        self._lately: dict[str, keys.Hashed] = {}
        self._volumes = Volumes()
        self._part: Part | None = None
        self._settings = Settings.from_json(spec.settings)
        self._done = Journal(Path(spec.records), DONE, sync_s=spec.sync_s)
        self._failed = Journal(Path(spec.records), FAILED, sync_s=math.inf)
        if spec.threads == 1:
            limit_threads(1)
        # They are collected, not printed.
        warnings.simplefilter("ignore", RadiomicsWarning)

    def __call__(self, task: Task) -> Outcome:
        """Compute a case; raises OSError if its record cannot be written."""
        case, began = task.case, time.perf_counter()
        self._part = None
        found: list[tuple[str, str, keys.Hashed]] = []
        key = NO_KEY
        try:
            if case.problem:
                raise RadiomicsError(case.problem)
            found = self._hashes(case)
            digests = [own.digest for *_, own in found]
            key = keys.key_of(self._spec.common, case.own(), digests, case.paths())
            seen = [(path, own.digest, own.stamps) for _, path, own in found if own.settled]
            if key in self._spec.done:
                return Outcome(case.place, OK, key, None, seen)
            record = self._record(task, found)
            changed = [given for given, _, own in found if not keys.is_as_it_was(own.stamps)]
            if changed:
                self._volumes.forget()
                raise RadiomicsError(f"{changed[0]} has been changed while it was read")
        except BaseException as error:
            # A panic of the engine, or the end that a function of one's own calls for, is no
            # Exception; the other cases go on all the same.
            if isinstance(error, OutOfMemoryError | MemoryError) and not task.final:
                return Outcome(case.place, FAILURE, key, None, [], short=True)
            record = {"error": self._error(error, task)}
        record["sha256"] = [own.digest for *_, own in found]
        record["seconds"] = round(time.perf_counter() - began, 6)
        if "error" in record:
            return Outcome(case.place, FAILURE, key, self._failed.add(key, record), [])
        return Outcome(case.place, OK, key, self._done.add(key, record), seen)

    def pause(self) -> None:
        """Have the records of cases that are done on disc."""
        self._done.sync()

    def close(self) -> None:
        """Have all records on disc."""
        self._done.close()
        self._failed.close()

    def _hashes(self, case: Case) -> list[tuple[str, str, keys.Hashed]]:
        """Each path as given, as the system finds it, and its hash."""
        paths = [(given, resolved(self._spec.folder, given)) for given in case.paths()]
        return [(given, path, self._hashed(path)) for given, path in paths]

    def _hashed(self, path: str) -> keys.Hashed:
        """The hash of a path: several regions of an image come one after another."""
        known = self._lately.get(path)
        if known is None or not known.settled or not keys.is_as_it_was(known.stamps):
            known = keys.hashed(path)
            self._lately.pop(path, None)
            if len(self._lately) >= MOST_LATELY:
                del self._lately[next(iter(self._lately))]
            self._lately[path] = known
        return known

    def _record(self, task: Task, hashes: Sequence[tuple[str, str, keys.Hashed]]) -> dict[str, Any]:
        case, work = task.case, self._work(task)
        names: list[str] = []
        values: list[float] = []
        said: list[list[str]] = []
        steps: dict[str, Any] = {}
        again: list[list[Found]] = []
        seed = seed_of(case.own(), [own.digest for *_, own in hashes])
        self._volumes.begin((path, own.digest) for _, path, own in hashes)
        of_path = {given: own.digest for given, _, own in hashes}
        for part in case.parts:
            self._part = part
            remarks: list[str] = []
            read = work.read(*self._open(part, case, of_path, remarks))
            table = work.tables(read)
            names += table.keys()
            of_part = [*table.values(), *self._extra_values(part, read, case.label, task)]
            values += of_part
            first = next(iter(read.images))
            # What was said of a mask by itself is of its table already.
            of_mask = {one.message for one in table.warnings if one.code == FILE}
            said += [[FILE, first, text] for text in remarks if text not in of_mask]
            said += [[one.code, one.image, one.message] for one in table.warnings]
            taken = {name: one.record for name, one in read.images.items() if len(one.record)}
            steps |= {name: record.to_list() for name, record in taken.items()}
            if self._spec.stability is not None:
                again.append([*self._again(task, part, read, seed, len(of_part))])
        if tuple(names) != self._spec.features:
            raise _core.InternalError(f"the features are {names}, and others were announced")
        record: dict[str, Any] = {"values": values, "warnings": said}
        if steps:
            record["steps"] = steps
        if self._spec.stability is not None:
            record["perturbed"] = kept(seed, self._spec.stability, again)
        return record

    def _again(
        self, task: Task, part: Part, read: OnMask, seed: int, n_values: int
    ) -> Iterator[Found]:
        """The numbers of a part of a case with each perturbation."""
        stability = self._spec.stability
        assert stability is not None, "nobody asks for perturbations that there are not"
        # In a perturbed mask the region has the label 1.
        work = self._work(task)._replace(wanted=wanted(1), label_channel=None)

        def compute(made: OnMask) -> tuple[list[float], list[str]]:
            table = work.tables(made)
            own = self._extra_values(part, made, 1, task)
            return [*table.values(), *own], [one.code for one in table.warnings]

        limits = {"label": task.case.label, "threads": work.threads, "memory_mb": work.memory_mb}
        return perturbed(stability, read, self._settings, seed, limits, compute, n_values)

    def _open(
        self, part: Part, case: Case, digests: Mapping[str, str], remarks: list[str]
    ) -> tuple[dict[str, Any], Any]:
        """Images by the names that rows give them, and the mask: read unless it needs the image."""

        def read(role: str, given: str, channel: int | None = None) -> Volume:
            path = resolved(self._spec.folder, given)
            return self._volumes.read(Wanted(role, path, digests[given], channel), remarks)

        named = {name or ORIGINAL: path for name, path in part.images}
        images: dict[str, Any] = {n: read(role_of(n, named), path) for n, path in named.items()}
        mask: Any = resolved(self._spec.folder, part.mask)
        if case.roi is None:
            drawn = clinical.needs_image(mask)
            return images, mask if drawn else read("mask", part.mask, case.label_channel)
        with heard(remarks.append):
            mask = read_mask(mask, image=next(iter(images.values())), roi=case.roi)
        if isinstance(mask, dict):
            raise RadiomicsError(
                f"{part.mask} holds {len(mask)} regions called {case.roi!r}: give one by its number"
            )
        return images, mask

    def _work(self, task: Task) -> Work:
        options = self._spec.options
        return Work(
            settings=self._settings,
            wanted=wanted(task.case.label),
            record=False,
            threads=self._spec.threads,
            resample_mask=options.resample_mask,
            resample_images=options.resample_images,
            label_channel=task.case.label_channel,
            strict=False,
            memory_mb=task.memory_mb,
            progress=None,
        )

    def _extra_values(self, part: Part, read: OnMask, label: int, task: Task) -> list[float]:
        values: list[float] = []
        for extra in self._spec.extras:
            regions = {
                name: prepare(
                    image,
                    read.mask,
                    self._settings,
                    label=label,
                    margin_mm=extra.margin_mm,
                    threads=self._spec.threads,
                    memory_mb=task.memory_mb,
                )
                for name, image in read.on_mask.items()
            }
            single = [name for name, _ in part.images] == [""]
            try:
                values += extra.values(regions[ORIGINAL] if single else regions)
                if os.getpid() != self._process:
                    # The function has forked: this one has no records of its own to write.
                    os._exit(1)
            except BaseException as error:
                raise RadiomicsError(f"extra {extra.name!r}: {_message(error)}") from error
        return values

    def _error(self, error: BaseException, task: Task) -> str:
        """A line that names file and reason, the same wherever the folder of the cases is."""
        case, text = task.case, _message(error)
        if isinstance(error, OutOfMemoryError) and task.share is not None:
            text = task.share.explained(text)
        elif isinstance(error, OutOfMemoryError) and task.memory_mb is None:
            text = of_machine(text, alone=self._spec.threads != 1)
        text = one_line(bare(text, self._spec.folder, case.paths()))
        if any(path and path in text for path in case.paths()):
            return text
        # Of several masks the one at which it was.
        return _of(case if self._part is None else replace(case, parts=(self._part,)), text)


def failure(case: Case, reason: str) -> dict[str, Any]:
    """The record of a case that nothing can be said of but why."""
    return {"error": _of(case, reason), "sha256": [], "seconds": None}


def _of(case: Case, reason: str) -> str:
    paths = ", ".join(path for path in case.paths() if path)
    return f"{paths}: {reason}" if paths else reason


def _message(error: BaseException) -> str:
    """What an error says, in one line; of what is no error of ours its name as well."""
    text = " ".join(str(error).split())
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, RadiomicsError) and not isinstance(error, _core.InternalError):
        return text
    return f"{type(error).__name__}: {text}"

"""What a case is made of, and what is said of one that has run."""

from __future__ import annotations

import dataclasses
import linecache
import math
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

import odd
import radiomics_rs as rr

#: Voxels that anything is done with in a moment, and those that no machine has memory for.
LITTLE, BEYOND = 1e4, 1e11
#: What an error of the native calls may be.
NATIVE = (rr.RadiomicsError,)
#: With arguments that are Python's objects, their type may be at fault as well.
TYPED = (rr.RadiomicsError, TypeError)
#: PyRadiomics raises these, and so does the drop-in.
DROP_IN = (rr.RadiomicsError, TypeError, ValueError, RuntimeError, NotImplementedError)


@dataclasses.dataclass(frozen=True)
class Step:
    """A call."""

    door: str
    """The call's name."""
    call: Callable[[], Any]
    expected: tuple[type[Exception], ...] = NATIVE
    """The classes that its errors may be of."""


@dataclasses.dataclass(frozen=True)
class Case:
    """Calls with the same random arguments."""

    text: str
    """The arguments, for people."""
    steps: Iterator[Step]
    """The calls, each made when the one before has ended."""


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something that should not happen."""

    kind: str
    door: str
    text: str


class UnequalError(Exception):
    """What should be the same is not."""


def laborious(shape: Iterable[int], spacing: Any, new: Any) -> bool:
    """Whether resampling makes so many voxels that the work rightly takes its time.

    More than that do not fit into any memory, and are refused.
    """
    try:
        given = np.broadcast_to(np.asarray(spacing, float), 3)
        wanted = np.broadcast_to(np.array(new, float), 3)
    except (TypeError, ValueError, OverflowError):
        return False
    with np.errstate(all="ignore"):
        # Null and 0 keep an axis.
        ratio = np.where(np.isnan(wanted) | (wanted == 0), 1, given / wanted)
        return bool(LITTLE < np.prod(np.ceil(np.array(list(shape)) * ratio)) < BEYOND)


def run(case: Case) -> tuple[dict[str, str], list[Finding], dict[str, float]]:
    """What came of each call, what is wrong with it, and the seconds it took."""
    outcomes, findings, seconds = {}, [], {}
    for step in case.steps:
        start = time.perf_counter()
        try:
            result = step.call()
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic is no Exception
            outcomes[step.door] = type(error).__name__
            findings += judged(step, error)
        else:
            outcomes[step.door] = "value"
            findings += [Finding("value", step.door, text) for text in infinite(result)]
        seconds[step.door] = time.perf_counter() - start
    return outcomes, findings, seconds


def judged(step: Step, error: BaseException) -> Iterator[Finding]:
    """The finding that an exception is, if it is one."""
    inner = frames(error.__traceback__)[-1].filename
    if inner == odd.__file__:  # what the object that was given raised
        return
    text = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    text += f" ({place(error.__traceback__)})"
    if any(isinstance(one, rr.InternalError) for one in chain(error)):
        yield Finding("panic", step.door, text)
    elif isinstance(error, UnequalError):
        yield Finding("unequal", step.door, text)
    elif isinstance(error, MemoryError) and not isinstance(error, step.expected):
        yield Finding("memory", step.door, text)
    elif not isinstance(error, step.expected):
        yield Finding("exception", step.door, text)
    elif not isinstance(error, rr.RadiomicsError) and not raised_by_us(error.__traceback__):
        yield Finding("foreign", step.door, text)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and those that it was raised in place of."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def frames(trace: TracebackType | None) -> list[traceback.FrameSummary]:
    """The frames of a traceback, the innermost one last."""
    return traceback.extract_tb(trace)


def place(trace: TracebackType | None) -> str:
    """Where it was raised."""
    inner = [f"{f.filename.rsplit('radiomics_rs/', 1)[-1]}:{f.lineno}" for f in frames(trace)]
    return " < ".join(reversed(inner[-3:]))


def raised_by_us(trace: TracebackType | None) -> bool:
    """Whether we raised it on purpose, and did not merely stumble."""
    last = frames(trace)[-1]
    number = last.lineno or 0
    # A `raise` of several lines.
    line = "".join(linecache.getline(last.filename, n) for n in range(number - 2, number + 1))
    # The engine has no frames: what it raises has the frame of the call, which may be ours here.
    if Path(last.filename).parent == Path(__file__).parent:
        return True
    return "radiomics_rs" in last.filename and ("raise " in line or "_core." in line)


def infinite(result: Any) -> Iterator[str]:
    """The features that are infinite, of a table."""
    if isinstance(result, rr.FeatureTable):
        found = [row.column for row in result if math.isinf(row.value)]
        if found:
            yield f"{len(found)} values are infinite, the first one {found[0]}"


def same_settings(settings: rr.Settings) -> None:
    """Check that settings read what they write."""
    again = {
        "to_yaml": rr.Settings.from_yaml(settings.to_yaml()),
        "to_json": rr.Settings.from_json(settings.to_json()),
        "to_dict": rr.Settings(**settings.to_dict()),
    }
    for name, other in again.items():
        if other != settings or hash(other) != hash(settings):
            before, after = settings.to_dict(), other.to_dict()
            keys = [key for key in before if repr(before[key]) != repr(after[key])]
            texts = [f"{key} {before[key]!r} as {after[key]!r}" for key in keys]
            raise UnequalError(f"{name} is read otherwise: {texts}")
    repr(settings)

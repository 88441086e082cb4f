"""What a command begins before it has imported what it is built on."""

from __future__ import annotations

import os
from typing import Any

#: What a process that computes cases is built on.
WORK = "radiomics_rs.cohort.work"


def start_workers(chosen: Any) -> None:
    """Start the processes of a new run of `batch`: they take as long to begin as this one.

    One that goes on may have nothing left to compute, and of a table of another kind nobody knows
    how many cases it has.
    """
    cases, jobs = chosen.cases, chosen.jobs
    is_new = not os.path.exists(f"{chosen.out}.records")  # noqa: PTH110 no time for pathlib
    if not is_new or not cases.lower().endswith(".csv") or not os.path.isfile(cases):  # noqa: PTH113
        return
    from radiomics_rs import _processes

    most = _processes.cores() if jobs is None else jobs
    _processes.start_ahead(min(most, _lines(cases, most + 1) - 1), WORK)


def _lines(path: str, most: int) -> int:
    """How many lines a file has, or `most`, if it has more."""
    try:
        with open(path, "rb") as stream:  # noqa: PTH123
            return sum(1 for _ in zip(stream, range(most), strict=False))
    except OSError:
        return 0

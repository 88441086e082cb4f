"""Seconds from an interrupt until the process has ended, of long jobs and of the commands.

usage: python3 benches/stopping.py [--repeat N] [JOB...]

Prints a table in Markdown. Each job is interrupted at another time after it began each time. To be
run by a Python that has radiomics-rs, on an otherwise idle machine; JOB is part of a job's name.
With the variable RADIOMICS_DATA, `verify` takes the images in the folder that it names.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "radiomics-py" / "tests"))

import jobs

#: Seconds after the beginning of a job at which it is interrupted, one after the other.
AFTER_S = (0.3, 0.5, 0.8, 1.3, 2.1)
#: What no job may take.
LIMIT_S = 0.2


def main() -> int:
    """Print the table; 1 if a median is above the limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=len(AFTER_S), metavar="N", help="default: 5")
    parser.add_argument("jobs", nargs="*", metavar="JOB", help="default: all")
    chosen = parser.parse_args()
    print("| job | median s | largest s | exit code |\n|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        jobs.files(folder)
        rows = [
            row(name, interrupt, chosen.repeat, folder)
            for name, interrupt in interrupts().items()
            if not chosen.jobs or any(part in name for part in chosen.jobs)
        ]
    print(f"\n{sum(one > LIMIT_S for one in rows)} of {len(rows)} medians are above {LIMIT_S} s")
    return int(any(one > LIMIT_S for one in rows))


def interrupts() -> dict[str, Callable[[float, Path], jobs.End]]:
    """What interrupts each job, by its name."""

    def of_job(job: jobs.Job) -> Callable[[float, Path], jobs.End]:
        return lambda after_s, folder: jobs.interrupt_job(job, after_s, folder)

    def of_command(arguments: list[str]) -> Callable[[float, Path], jobs.End]:
        return lambda after_s, folder: jobs.interrupt_command(arguments, after_s, folder)

    commands = {f"radiomics-rs {name}": of_command(a) for name, a in jobs.COMMANDS.items()}
    return {job.name: of_job(job) for job in jobs.JOBS} | commands


def row(
    name: str, interrupt: Callable[[float, Path], jobs.End], repeat: int, folder: Path
) -> float:
    """Print the row of a job; returns the median of the seconds."""
    ends = [interrupt(AFTER_S[n % len(AFTER_S)], folder) for n in range(repeat)]
    # What ended by itself was not interrupted.
    ends = [end for end in ends if end.code != 0]
    if not ends:
        print(f"| {name} | ended before | | |", flush=True)
        return 0.0
    seconds = [end.seconds for end in ends]
    codes = ", ".join(sorted({str(end.code) for end in ends}))
    middle = statistics.median(seconds)
    print(f"| {name} | {middle:.2f} | {max(seconds):.2f} | {codes} |", flush=True)
    return middle


if __name__ == "__main__":
    sys.exit(main())

"""Seconds from an interrupt until the process has ended, of long jobs and of the commands.

usage: python3 benches/stopping.py [--repeat N] [JOB...]

Prints a table in Markdown: the time until KeyboardInterrupt was raised, for calls, and until the
process had ended. The first row is a process that only sleeps: what the interpreter itself takes to
end, with all that is imported. Each job is interrupted at another time after it began each time.
Exit code 1 if a job takes 0.2 s longer than that.

To be run by a Python that has radiomics-rs, on an otherwise idle machine; JOB is part of a job's
name. With the variable RADIOMICS_DATA, `verify` takes the images in the folder that it names.
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
SLEEPING = jobs.Job("sleeping", "import time", "time.sleep(60)")
#: What no job may take longer than that.
LIMIT_S = 0.2


def main() -> int:
    """Print the table; 1 if a job takes too long."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=len(AFTER_S), metavar="N", help="default: 5")
    parser.add_argument("jobs", nargs="*", metavar="JOB", help="default: all")
    chosen = parser.parse_args()
    print("| job | raised, median s | ended, median s | ended, largest s | exit code |")
    print("|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        jobs.files(folder)
        floor = row("sleeping", of_job(SLEEPING), chosen.repeat, folder)
        rows = [
            row(name, interrupt, chosen.repeat, folder) - floor
            for name, interrupt in interrupts().items()
            if not chosen.jobs or any(part in name for part in chosen.jobs)
        ]
    slow = sum(seconds > LIMIT_S for seconds in rows)
    print(f"\n{slow} of {len(rows)} jobs take {LIMIT_S} s longer than sleeping")
    return int(slow > 0)


Interrupt = Callable[[float, Path], jobs.End]


def of_job(job: jobs.Job) -> Interrupt:
    """What interrupts a call."""
    return lambda after_s, folder: jobs.interrupt_job(job, after_s, folder)


def of_command(arguments: list[str]) -> Interrupt:
    """What interrupts a command."""
    return lambda after_s, folder: jobs.interrupt_command(arguments, after_s, folder)


def interrupts() -> dict[str, Interrupt]:
    """What interrupts each job, by its name."""
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
        print(f"| {name} | ended before | | | |", flush=True)
        return 0.0
    seconds = [end.seconds for end in ends]
    codes = ", ".join(sorted({str(end.code) for end in ends}))
    raised = f"{statistics.median(end.raised for end in ends):.2f}".replace("nan", "")
    middle = statistics.median(seconds)
    print(f"| {name} | {raised} | {middle:.2f} | {max(seconds):.2f} | {codes} |", flush=True)
    return middle


if __name__ == "__main__":
    sys.exit(main())

"""Random parameter files, settings or contours, in search of what no input may cause.

    python benches/fuzz/run.py {files,settings,contours} --seconds 1800 --seed N
    python benches/fuzz/run.py {files,settings,contours} --seed N --case K

A finding is a panic, a death of the process, a case that takes too long, running out of memory, an
exception of a class that is not documented, or one that nobody raised on purpose; settings that
are not read as they were written, and values that are infinite. Each is printed with the command
that runs its case again. A case depends on seed and number alone. Exits with 1 if there is one.
"""

from __future__ import annotations

import argparse
import collections
import sys
import time
from typing import Any

from process import DeadError, LateError, Process

#: What is printed of each kind of finding at each place.
SHOWN = 5


def main() -> int:
    """Run cases until the time is over."""
    chosen = arguments()
    counts: collections.Counter[str] = collections.Counter()
    findings: collections.Counter[str] = collections.Counter()
    end = time.monotonic() + chosen.seconds
    number = chosen.first if chosen.case is None else chosen.case
    process = Process(chosen.what, chosen.seed, chosen.memory_mb, chosen.limit)
    try:
        while time.monotonic() < end and counts["cases"] != chosen.cases:
            found, answer = one(process, number)
            counts["cases"] += 1
            for door, outcome in answer.get("outcomes", {}).items():
                counts[f"{door}: {outcome}"] += 1
            if chosen.case is not None:
                print(f"{answer['text']}\n{answer.get('outcomes')}\n{answer.get('seconds')}")
            for finding in found:
                show(finding, findings, chosen, number)
            if chosen.case is not None:
                break
            number += 1
    except KeyboardInterrupt:
        pass
    finally:
        process.end()
    print(f"{chosen.what}, seed {chosen.seed}, {counts.pop('cases')} cases up to {number - 1}")
    for name, count in sorted(counts.items()):
        print(f"  {count:8} {name}")
    print(f"{sum(findings.values())} findings")
    for name, count in findings.most_common():
        print(f"  {count:8} {name}")
    return 1 if findings else 0


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", choices=["files", "settings", "contours"])
    parser.add_argument("--seconds", type=float, default=60, metavar="S")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--case", type=int, metavar="K", help="run this one alone, and show it")
    parser.add_argument("--cases", type=int, metavar="N", help="stop after so many")
    parser.add_argument("--first", type=int, default=0, metavar="K", help="begin with this one")
    parser.add_argument("--limit", type=float, default=10, metavar="S", help="seconds of a case")
    parser.add_argument("--memory-mb", type=int, default=4096, metavar="MB", help="address space")
    return parser.parse_args()


def one(process: Process, number: int) -> tuple[list[dict[str, str]], dict[str, Any]]:
    """The findings of a case, and all that the process says of it."""
    answer: dict[str, Any] = {"text": ""}
    try:
        answer = process.ask(number)
        answer |= process.answer()
    except DeadError as error:
        kind = "memory" if "memory allocation" in str(error) else "abort"
        return [{"kind": kind, "door": "process", "text": str(error)}], answer
    except LateError as error:
        return [{"kind": "slow", "door": "process", "text": str(error)}], answer
    findings = answer["findings"]
    if any(finding["kind"] == "panic" for finding in findings):
        places = process.panics()
        for finding in findings:
            finding["text"] += f" ({', '.join(sorted(set(places)))})" * (finding["kind"] == "panic")
    return findings, answer


def show(
    finding: dict[str, str], seen: collections.Counter[str], chosen: argparse.Namespace, number: int
) -> None:
    """Print a finding, if there were not too many of its kind."""
    # Where it is, without the numbers.
    words = finding["text"].split("(")[-1] if "(" in finding["text"] else finding["text"]
    kind = f"{finding['kind']} {finding['door']} {' '.join(words.split())[:110]}"
    seen[kind] += 1
    if seen[kind] <= SHOWN:
        again = f"python benches/fuzz/run.py {chosen.what} --seed {chosen.seed} --case {number}"
        print(f"{finding['kind']}, {finding['door']}: {finding['text']}\n  {again}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

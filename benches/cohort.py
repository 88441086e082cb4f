"""What the machinery of cohorts costs: time a case, memory, and how soon a run goes on.

usage: python benches/cohort.py [--cases 10000] [--jobs 2] [--folder DIR]

Makes synthetic cases of a few voxels, in each hundred of them an image that is cut off. Computes
some in a plain loop of `rr.extract` (a tenth of them) and all as a cohort, and calls that once more.
The exit code is 1 if a broken case is not reported, or one beside it lost. Memory is read from /proc
(Linux).
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import SimpleITK as sitk

import radiomics_rs as rr

SETTINGS = {"bin_width": 10}
SHAPE = (6, 10, 10)
#: One image in so many is broken.
EACH = 100


def make(folder: Path, n: int) -> list[dict[str, str]]:
    """Cases of noise, all with the same mask; the last image of each hundred ends half way."""
    rng = np.random.default_rng(0)
    mask = np.zeros(SHAPE, np.uint8)
    mask[1:5, 1:9, 1:9] = 1
    sitk.WriteImage(sitk.GetImageFromArray(mask), str(folder / "mask.nii"))
    header = (folder / "mask.nii").read_bytes()[:352]
    cases = []
    for k in range(n):
        # The header of the mask fits, as both are bytes.
        voxels = rng.integers(0, 100, SHAPE).astype(np.uint8)
        data = header + voxels.tobytes()
        (folder / f"i{k}.nii").write_bytes(data[: len(data) // 2] if is_broken(k) else data)
        (folder / f"m{k}.nii").write_bytes(header + mask.tobytes())
        cases.append({"case_id": f"c{k}", "image": f"i{k}.nii", "mask": f"m{k}.nii"})
    return cases


def is_broken(k: int) -> bool:
    """Whether the image of this case ends half way."""
    return k % EACH == EACH - 1


def memory_mb() -> tuple[float, float]:
    """Resident megabytes of this process, and of all that it started."""
    own = os.getpid()
    mine = children = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except OSError:
            continue
        if "VmRSS" not in fields:
            continue
        rss = int(fields["VmRSS"].split()[0]) * 1024 / 1e6
        if int(fields["Pid"]) == own:
            mine = rss
        elif int(fields["PPid"]) == own:
            children += rss
    return mine, children


def processor_s() -> float:
    """Seconds that processors were at work for this process, and for those that it has ended."""
    return sum(os.times()[:4])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--folder", help="where the cases are made (default: a temporary folder)")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore", rr.RadiomicsWarning)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        os.chdir(folder)
        good = measure(make(Path(folder), chosen.cases), chosen.jobs)
        os.chdir("/")
    sys.exit(not good)


def measure(cases: list[dict[str, str]], jobs: int) -> bool:
    """Prints what was measured; whether each broken case was reported and no other one."""
    n = len(cases)
    loop_busy_ms = loop(
        [case for k, case in enumerate(cases[: max(1, n // 10)]) if not is_broken(k)]
    )
    broken = sum(map(is_broken, range(n)))
    busy = processor_s()
    whole, seen = cohort(f"cohort, {jobs} processes", cases, jobs, n - broken)
    busy_ms = (processor_s() - busy) / n * 1e3
    print(f"  {busy_ms:.2f} ms of processors a case, all in all: {busy_ms - loop_busy_ms:+.2f}")
    for tenth, (mine, theirs) in sorted(seen.items()):
        print(f"  memory after {tenth} tenths: {mine:.0f} MB, processes together {theirs:.0f} MB")
    good = reported(cases)
    again, _ = cohort("called again", cases, jobs, 0)
    print(f"  {again / whole:.3f} of the run")
    # Files that were changed in the last seconds are read again, whatever their times say.
    time.sleep(4)
    changed = [k for k in range(0, n, 2) if not is_broken(k)]
    for k in changed:
        path = Path(cases[k]["image"])
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 128]))
    cohort("half of the images changed", cases, jobs, len(changed))
    return good and reported(cases)


def loop(cases: list[dict[str, str]]) -> float:
    """Milliseconds of processors a case in a plain loop."""
    began, busy = time.perf_counter(), processor_s()
    for case in cases:
        rr.extract(case["image"], case["mask"], SETTINGS, threads=1)
    loop_ms = (time.perf_counter() - began) / len(cases) * 1e3
    busy_ms = (processor_s() - busy) / len(cases) * 1e3
    print(f"plain loop: {loop_ms:.2f} ms a case, {busy_ms:.2f} of processors")
    return busy_ms


def cohort(
    what: str, cases: list[dict[str, str]], jobs: int, expected: int
) -> tuple[float, dict[int, tuple[float, float]]]:
    """Seconds of a run by the clock, and memory after each tenth of it."""
    seen: dict[int, tuple[float, float]] = {}
    times: list[float] = []

    def progress(done: int, total: int) -> None:
        times.append(time.perf_counter())
        if 10 * done // total not in seen:
            seen[10 * done // total] = memory_mb()

    n = len(cases)
    began = time.perf_counter()
    made = rr.extract_cohort(cases, SETTINGS, out="t.csv", jobs=jobs, progress=progress)
    seconds = time.perf_counter() - began
    assert made.computed == expected, made
    first = times[0] - began
    print(f"{what}: {seconds:.2f} s, {seconds / n * 1e3:.3f} ms a case; began after {first:.2f} s")
    return seconds, seen


def reported(cases: list[dict[str, str]]) -> bool:
    """Whether the table has a row of each case, and a reason in those of the broken ones alone."""
    with Path("t.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    good = [row["case_id"] for row in rows] == [case["case_id"] for case in cases]
    for k, row in enumerate(rows):
        good &= (row["status"] == "failed") == is_broken(k) == bool(row["error"])
    failures = [row["error"] for row in rows if row["status"] == "failed"]
    print(f"  {len(rows)} rows, {len(failures)} with a reason; as expected: {good}")
    print(f"  the first reason: {failures[:1]}")
    return good


if __name__ == "__main__":
    main()

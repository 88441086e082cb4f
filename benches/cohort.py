"""What the machinery of cohorts costs: time a case, memory, and how soon a run goes on.

usage: python benches/cohort.py [--cases 10000] [--jobs 2] [--folder DIR]

Makes synthetic cases of a few voxels, computes them once in a plain loop of `rr.extract` (a tenth of
them) and once as a cohort, and calls that once more. Memory is read from /proc (Linux).
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import SimpleITK as sitk

import radiomics_rs as rr

SETTINGS = {"bin_width": 10}
SHAPE = (6, 10, 10)


def make(folder: Path, n: int) -> list[dict[str, str]]:
    """Cases of noise, all with the same mask."""
    rng = np.random.default_rng(0)
    mask = np.zeros(SHAPE, np.uint8)
    mask[1:5, 1:9, 1:9] = 1
    sitk.WriteImage(sitk.GetImageFromArray(mask), str(folder / "mask.nii"))
    header = (folder / "mask.nii").read_bytes()[:352]
    cases = []
    for k in range(n):
        # The header of the mask fits, as both are bytes.
        voxels = rng.integers(0, 100, SHAPE).astype(np.uint8)
        (folder / f"i{k}.nii").write_bytes(header + voxels.tobytes())
        (folder / f"m{k}.nii").write_bytes(header + mask.tobytes())
        cases.append({"case_id": f"c{k}", "image": f"i{k}.nii", "mask": f"m{k}.nii"})
    return cases


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
        measure(make(Path(folder), chosen.cases), chosen.jobs)
        os.chdir("/")


def measure(cases: list[dict[str, str]], jobs: int) -> None:
    n = len(cases)
    some = cases[: max(1, n // 10)]
    began, busy = time.perf_counter(), processor_s()
    for case in some:
        rr.extract(case["image"], case["mask"], SETTINGS, threads=1)
    loop_ms = (time.perf_counter() - began) / len(some) * 1e3
    loop_busy_ms = (processor_s() - busy) / len(some) * 1e3
    print(f"plain loop: {loop_ms:.2f} ms a case, {loop_busy_ms:.2f} of processors")

    seen: dict[int, tuple[float, float]] = {}
    times: list[float] = []

    def progress(done: int, total: int) -> None:
        times.append(time.perf_counter())
        if 10 * done // total not in seen:
            seen[10 * done // total] = memory_mb()

    def run(what: str, expected: int) -> float:
        times.clear()
        seen.clear()
        began = time.perf_counter()
        made = rr.extract_cohort(cases, SETTINGS, out="t.csv", jobs=jobs, progress=progress)
        seconds = time.perf_counter() - began
        assert made.computed == expected, made
        first = times[0] - began
        print(f"{what}: {seconds:.2f} s, {seconds / n * 1e3:.3f} ms a case; began after {first:.2f} s")
        return seconds

    busy = processor_s()
    whole = run(f"cohort, {jobs} processes", n)
    busy_ms = (processor_s() - busy) / n * 1e3
    print(f"  {busy_ms:.2f} ms of processors a case, all in all: {busy_ms - loop_busy_ms:+.2f}")
    for tenth in (1, 9):
        mine, theirs = seen.get(tenth, (0.0, 0.0))
        print(f"  memory after {tenth} tenths: {mine:.0f} MB, processes together {theirs:.0f} MB")
    again = run("called again", 0)
    print(f"  {again / whole:.3f} of the run")
    time.sleep(4)
    for k in range(0, n, 2):
        path = Path(cases[k]["image"])
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 128]))
    run("half of the images changed", (n + 1) // 2)


if __name__ == "__main__":
    main()

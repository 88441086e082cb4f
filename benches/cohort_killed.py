"""A cohort whose run is killed several times at random moments, beside one that is left alone.

usage: python benches/cohort_killed.py DATA/sts [--kills 5] [--jobs 2] [--seed 0]

Original, Laplacians of Gaussian and wavelets of all cases of the folder. Prints whether the tables are
the same, how many cases were computed in all, and processor time (of all processes, also of those that
were killed) beside that of the run left alone and of a finished run called again. Linux.
"""

from __future__ import annotations

import argparse
import ctypes
import csv
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SETTINGS = """\
profile: pyradiomics
bin_number: 32
filters: [original, {laplacian_of_gaussian: {sigma_mm: [2, 4], method: recursive}}, {separable_wavelet:
  {wavelet: coif1, subband: [LLL, LLH, LHL, LHH, HLL, HLH, HHL, HHH], decomposition: repeated, boundary: periodic}}]
"""
#: Children of a process that ends become ours, so that their time is counted.
PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    folder = chosen.data.resolve()
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        measure(cases_of(folder), chosen)
        os.chdir("/")


def cases_of(folder: Path) -> int:
    masks = sorted(folder.glob("*_mask.nii.gz"))
    with Path("cases.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["case_id", "image", "mask"])
        for mask in masks:
            writer.writerow([mask.name[:-12], str(mask).replace("_mask.", "_image."), mask])
    Path("settings.yaml").write_text(SETTINGS)
    return len(masks)


def measure(n: int, chosen: argparse.Namespace) -> None:
    alone = run("alone.csv", chosen.jobs)
    print(f"left alone: {told(alone)}; {n} cases")
    rng = random.Random(chosen.seed)
    moments = sorted(rng.sample(range(1, n), chosen.kills))
    total = (0.0, 0.0)
    for moment in moments:
        spent = run("killed.csv", chosen.jobs, until=moment, delay_s=rng.random() * 0.5)
        total = (total[0] + spent[0], total[1] + spent[1])
        table = Path("killed.csv").exists()
        print(f"  killed after {moment} records and a little: {kept('killed.csv')} kept, table: {table}")
    last = run("killed.csv", chosen.jobs)
    total = (total[0] + last[0], total[1] + last[1])
    same = Path("killed.csv").read_bytes() == Path("alone.csv").read_bytes()
    print(f"killed {len(moments)} times: {told(total)}, {total[0] / alone[0]:.2f} of the run left alone")
    print(f"tables are the same: {same}; records: {kept('killed.csv')}")
    again = run("killed.csv", chosen.jobs)
    print(f"called again: {told(again)}, {again[0] / alone[0]:.3f} of the run left alone")


def run(out: str, jobs: int, until: int | None = None, delay_s: float = 0.0) -> tuple[float, float]:
    """Processor time and time by the clock of a run, killed once there are so many records."""
    before, began = busy(), time.perf_counter()
    command = [sys.executable, "-m", "radiomics_rs", "batch", "cases.csv", "--settings", "settings.yaml"]
    command += ["--out", out, "-j", str(jobs)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if until is None:
        if process.wait():
            sys.exit(f"{' '.join(command)}: exit code {process.returncode}")
    else:
        while kept(out) < until and process.poll() is None:
            time.sleep(0.02)
        time.sleep(delay_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
    # What it had started ends with it, and is ours now.
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    return busy() - before, time.perf_counter() - began


def kept(out: str) -> int:
    """Lines in the journals of cases that are done."""
    return sum(path.read_bytes().count(b"\n") for path in Path(f"{out}.records").glob("done-*.jsonl"))


def busy() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def told(spent: tuple[float, float]) -> str:
    return f"{spent[0]:.1f} s of processors, {spent[1]:.1f} s by the clock"


if __name__ == "__main__":
    main()

"""A cohort by one command, and by PyRadiomics' command: processor time, and how far values are apart.

usage: python benches/peers/cohort.py DATA/sts --pyradiomics PYTHON [--every 7] [--jobs 2]

Original, Laplacians of Gaussian of 2 and 4 mm and wavelets, 32 bins, of the images and masks in the
folder. We compute all cases, then each N-th, as PyRadiomics does, for which all are a matter of an hour.
Processor time (user and system, all processes) is what a shared machine does not change much.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import radiomics_rs as rr

PARAMETERS = """\
imageType:
  Original: {}
  LoG: {sigma: [2.0, 4.0]}
  Wavelet: {}
setting:
  binCount: 32
"""
CLASSES = {
    "morphology": "shape",
    "intensity_statistics": "firstorder",
    "intensity_histogram": "firstorder",
    "ngldm": "gldm",
}
IMAGES = {"log-2mm-recursive": "log-sigma-2-0-mm-3D", "log-4mm-recursive": "log-sigma-4-0-mm-3D"}
ONE_THREAD = {
    name: "1"
    for name in (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS",
    )
}
#: Values below this are as good as zero: what is left of a sum that cancels.
FLOOR = 1e-9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--pyradiomics", help="the Python of an environment with PyRadiomics 3.0.1")
    parser.add_argument("--every", type=int, default=7, help="which cases PyRadiomics computes")
    parser.add_argument("--jobs", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        measure(chosen)
        os.chdir("/")


def measure(chosen: argparse.Namespace) -> None:
    cases = cases_of(chosen.data.resolve())
    some = cases[:: chosen.every]
    Path("Params.yaml").write_text(PARAMETERS)
    settings = rr.Settings.from_pyradiomics("Params.yaml")
    Path("settings.yaml").write_text(settings.to_yaml())
    ours = {}
    for name, part in (("all", cases), ("some", some)):
        write(Path(f"{name}.csv"), part)
        command = ["-m", "radiomics_rs", "batch", f"{name}.csv", "--settings", "settings.yaml"]
        ours[name] = timed([*command, "--out", f"ours_{name}.csv", "-j", str(chosen.jobs)])
        print_time(f"radiomics-rs batch, {len(part)} cases, -j {chosen.jobs}", ours[name], len(part))
    if chosen.pyradiomics is None:
        return
    script = str(Path(chosen.pyradiomics).with_name("pyradiomics"))
    command = [script, "some.csv", "-o", "theirs.csv", "-f", "csv"]
    command += ["--param", "Params.yaml", "--jobs", str(chosen.jobs), "--verbosity", "1"]
    theirs = timed(command, chosen.pyradiomics)
    print_time(f"PyRadiomics, {len(some)} of them, -j {chosen.jobs}", theirs, len(some))
    print(f"of the same {len(some)} cases: {theirs[0] / ours['some'][0]:.1f} times the processor time")
    a_case = theirs[0] / len(some) / (ours["all"][0] / len(cases))
    print(f"a case of ours among all {len(cases)}: {a_case:.1f} times")
    compare(settings, read("ours_some.csv"), read("theirs.csv"))


def cases_of(folder: Path) -> list[dict[str, str]]:
    """The images of the folder that have a mask, in the order of their names."""
    masks = sorted(folder.glob("*_mask.nii.gz"))
    return [
        {
            "ID": mask.name.removesuffix("_mask.nii.gz"),
            "Image": str(mask).replace("_mask.", "_image."),
            "Mask": str(mask),
        }
        for mask in masks
    ]


def timed(arguments: list[str], python: str = sys.executable) -> tuple[float, float]:
    """Processor time and time by the clock of a command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([python, *arguments], capture_output=True, text=True, env=environment(python))
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}: {done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return busy, time.perf_counter() - began


def environment(python: str) -> dict[str, str]:
    env = {**os.environ, **ONE_THREAD}
    if python != sys.executable:
        env.pop("PYTHONPATH", None)
    return env


def print_time(what: str, seconds: tuple[float, float], cases: int) -> None:
    busy, clock = seconds
    print(f"{what}: {busy:.1f} s of processors ({busy / cases:.3f} a case), {clock:.1f} s by the clock")
    sys.stdout.flush()


def compare(settings: rr.Settings, ours: dict[str, dict], theirs: dict[str, dict]) -> None:
    """Print how far values are apart at most, and how many are."""
    apart = []
    lacking = 0
    for column in rr.columns(settings):
        name = theirs_of(column)
        for case, row in ours.items():
            if name not in theirs[case]:
                lacking += 1
                continue
            a, b = float(row[column.name]), float(theirs[case][name])
            if math.isnan(a) and math.isnan(b):
                continue
            scale = max(abs(a), abs(b))
            apart.append((abs(a - b) / scale if scale > FLOOR else 0.0, case, name, a, b))
    apart.sort(key=lambda one: -one[0] if not math.isnan(one[0]) else -math.inf)
    print(f"{len(apart)} values compared, {lacking} lacking; more than 1e-6 apart:", end=" ")
    print(sum(not one[0] <= 1e-6 for one in apart))
    for one in apart[:5]:
        print("  ", *one)


def theirs_of(column) -> str:
    """The name of a column in PyRadiomics' table."""
    image = IMAGES.get(column.image, column.image)
    if image.startswith("wavelet"):
        image = "-".join((image.split("-")[0], image.split("-")[2]))
    return f"{image}_{CLASSES.get(column.family, column.family)}_{column.pyradiomics}"


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def read(path: str) -> dict[str, dict]:
    with Path(path).open(newline="") as file:
        return {row["ID"]: row for row in csv.DictReader(file)}


if __name__ == "__main__":
    main()

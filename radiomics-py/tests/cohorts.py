"""What the tests of cohorts share: tiny cases on disc, tables, and functions for columns."""

from __future__ import annotations

import csv
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from radiomics_rs.cohort import local_run
from radiomics_rs.cohort.work import CaseWork

SETTINGS = {"families": ["intensity_statistics"]}
MEAN = "original_intensity_statistics_mean"


def alone_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder, where cases are computed without other processes."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(local_run, "compute", compute_here)
    monkeypatch.setenv("COHORT_LOG", str(folder / "log.txt"))
    return folder


def make(folder: Path, n: int) -> list[dict[str, str]]:
    """Images of noise with masks in a folder, and their cases."""
    rng = np.random.default_rng(3)
    mask = np.zeros((4, 6, 6), np.uint8)
    mask[1:3, 1:5, 1:5] = 1
    cases = []
    for k in range(n):
        voxels = rng.integers(0, 100, mask.shape).astype(np.int16)
        write(folder / f"i{k}.nii.gz", voxels)
        write(folder / f"m{k}.nii.gz", mask)
        cases.append(
            {"case_id": f"c{k}", "image": f"i{k}.nii.gz", "mask": f"m{k}.nii.gz", "site": f"s{k}"}
        )
    return cases


def write(path: Path, voxels: np.ndarray, spacing: float = 1.0) -> None:
    image = sitk.GetImageFromArray(voxels)
    image.SetSpacing((spacing, spacing, spacing))
    sitk.WriteImage(image, str(path))


def change(folder: Path, name: str) -> None:
    """Add 1 to one voxel of the region."""
    voxels = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / name)))
    voxels[1, 1, 1] += 1
    write(folder / name, voxels)


def write_cases(path: Path, cases: list[dict[str, str]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(cases[0]))
        writer.writeheader()
        writer.writerows(cases)
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with Path(path).open(newline="") as file:
        return list(csv.DictReader(file))


def compute_here(spec, queue, collector, _jobs: int) -> None:
    """In place of `local_run.compute`, for tests of anything but processes."""
    work = CaseWork(spec)
    while queue.waiting:
        for task in queue.next(1):
            outcome = work(task)
            queue.give_back(queue.given_mb([task]))
            if outcome.short:
                queue.alone(task.case)
            else:
                collector.take(outcome)
    while len(queue):
        collector.take(work(queue.next_alone()))
    work.close()


def logged(_region: rr.Prepared) -> dict[str, float]:
    """Leaves a line a call in the file that the environment names."""
    with open(os.environ["COHORT_LOG"], "a") as file:  # noqa: PTH123
        file.write(f"{float(_region.image.voxels.sum())!r}\n")
    time.sleep(float(os.environ.get("COHORT_SLEEP", "0")))
    return {"sum": float(_region.image.voxels.sum())}


def ends(region: rr.Prepared) -> dict[str, float]:
    """Ends its process at the case whose box is brighter than the environment says."""
    mean = float(region.image.voxels.mean())
    with open(os.environ["COHORT_LOG"], "a") as file:  # noqa: PTH123
        file.write(f"{mean!r}\n")
    if mean > 1000:
        os.kill(os.getpid(), signal.SIGKILL)
    if mean > 500:
        os._exit(3)
    if mean > 300:
        raise SystemExit("out")
    return {"mean": mean}


def forks(region: rr.Prepared) -> dict[str, float]:
    """Comes back twice."""
    os.fork()
    return {"mean": float(region.image.voxels.mean())}


def says_odd_text(_region: rr.Prepared) -> dict[str, float]:
    raise ValueError("no text: \udcff")


def says_too_much(_region: rr.Prepared) -> dict[str, float]:
    raise ValueError("a\0b\nc\x1b[31m\x9f " + "x" * 100_000)


def says_too_much_later(region: rr.Prepared) -> dict[str, float]:
    """Fails from its second call in a process on: for whatever has been perturbed."""
    if os.environ["COHORT_CALLED"]:
        says_too_much(region)
    os.environ["COHORT_CALLED"] = "1"
    return {"mean": 1.0}


class Callable:
    """An object that is called like a function."""

    def __call__(self, region: rr.Prepared) -> dict[str, float]:
        """As `logged`."""
        return logged(region)


def names_wrong(_region: rr.Prepared) -> dict[str, float]:
    return {"other": 1.0}


def of_images(regions: dict[str, rr.Prepared]) -> dict[str, float]:
    return {"difference": float(regions["b"].image.voxels.sum() - regions["a"].image.voxels.sum())}

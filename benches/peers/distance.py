"""Rings in millimetres beside SciPy's exact transform and SimpleITK's Maurer map, on one thread.

usage: taskset -c 0 python benches/peers/distance.py LABELS [LABEL] [RUNS]

LABELS is a file of labels, such as labels.nii.gz of the abdominal CT. All have the same work: which
voxels outside of the label are at most 10 mm away. Others are given the box of the label and 10 mm
round it, as ours takes it by itself. Prints medians, ratios, and whether the voxels are equal.
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np
import radiomics_rs as rr
import SimpleITK as sitk
from scipy import ndimage

REACH_MM = 10.0


def main() -> None:
    """Run all three in turn."""
    labels = sitk.ReadImage(sys.argv[1])
    label = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 9
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    organ = rr.region(labels, label)
    spacing = labels.GetSpacing()[::-1]
    voxels = sitk.GetArrayFromImage(labels) == label
    box = tuple(
        slice(max(side.start - int(REACH_MM / step) - 1, 0), side.stop + int(REACH_MM / step) + 1)
        for side, step in zip(organ.bounding_box, spacing, strict=True)
    )

    def ours() -> np.ndarray:
        return organ.ring(0, REACH_MM).mask.voxels[box] > 0

    def scipy() -> np.ndarray:
        inside = voxels[box]
        near = ndimage.distance_transform_edt(~inside, sampling=spacing) <= REACH_MM
        return near & ~inside

    def maurer() -> np.ndarray:
        inside = voxels[box]
        image = sitk.GetImageFromArray(inside.astype(np.uint8))
        image.SetSpacing(spacing[::-1])
        distance = sitk.SignedMaurerDistanceMap(image, False, False, True)
        return (sitk.GetArrayViewFromImage(distance) <= REACH_MM) & ~inside

    times: dict[str, list[float]] = {}
    made = {}
    for _ in range(runs):
        for work in (ours, scipy, maurer):
            start = time.perf_counter()
            made[work.__name__] = work()
            times.setdefault(work.__name__, []).append(time.perf_counter() - start)
    least = statistics.median(times["ours"])
    for name, taken in times.items():
        median = statistics.median(taken)
        differ = int((made[name] != made["ours"]).sum())
        print(f"{name:8} {1e3 * median:9.2f} ms  {median / least:6.2f} x ours  {differ} voxels differ")


if __name__ == "__main__":
    main()

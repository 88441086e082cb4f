"""Several masks of one image in one call beside a call each, from files and from memory, one thread.

usage: python benches/masks.py IMAGE MASK [--masks 30] [--repeat 3]

The masks are the one given, grown or shrunk by its own shifts of a voxel. Prints the profile, the entries of the
setting `filters` (2: with Laplacians of the whole image), and least times in seconds.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import SimpleITK as sitk

import radiomics_rs as rr


#: A filter that looks at the whole image, at five scales.
LAPLACIANS = {"laplacian_of_gaussian": {"sigma_mm": [1, 2, 3, 4, 5], "method": "recursive"}}
VARIANTS = (
    ("ibsi", ["original"]),
    ("pyradiomics", ["original"]),
    ("pyradiomics", ["original", LAPLACIANS]),
)


def shifted(path: str, folder: Path, n: int) -> list[str]:
    """Files of masks that differ by their rim."""
    mask = sitk.ReadImage(path)
    voxels = sitk.GetArrayFromImage(mask) > 0
    shifts = [s for s in itertools.product((-1, 0, 1), repeat=3) if any(s)]
    paths = []
    for k in range(n):
        other = np.roll(voxels, shifts[k % len(shifts)], (0, 1, 2))
        made = voxels | other if k % 2 else voxels & other
        made = sitk.GetImageFromArray(made.astype(np.uint8))
        made.CopyInformation(mask)
        paths.append(str(folder / f"{k}.nii.gz"))
        sitk.WriteImage(made, paths[-1])
    return paths


def least(run: Callable[[], object], repeat: int) -> float:
    """The least time of some runs."""
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return min(times)


def each_alone(extract: Callable[..., object], image: object, masks: list[object]) -> None:
    """A call for each mask."""
    for mask in masks:
        extract(image, mask)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image")
    parser.add_argument("mask")
    parser.add_argument("--masks", type=int, default=30)
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        paths = shifted(chosen.mask, Path(folder), chosen.masks)
        read = rr.io.read_image(chosen.image), [rr.io.read_mask(path) for path in paths]
        for profile, filters in VARIANTS:
            settings = rr.Settings(profile=profile, bin_width=25)
            extract = partial(rr.extract, settings=settings, filters=filters, threads=1)
            for what, image, masks in (("files", chosen.image, paths), ("memory", *read)):
                one = least(partial(extract, image, masks), chosen.repeat)
                each = least(partial(each_alone, extract, image, masks), chosen.repeat)
                print(
                    f"{profile:12} {len(filters)} {what:7} one call {one:.3f}, a call each {each:.3f}, "
                    f"ratio {one / each:.2f}"
                )


if __name__ == "__main__":
    main()

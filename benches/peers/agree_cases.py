"""The cases that packages are compared on: real regions, each written as an image and a mask of its own.

PET (SUV) and T1-weighted MR of sarcomas, and the organs of an abdominal CT. What differs between packages before
any feature is computed is given to all of them alike: voxels, spacing, the lower end of the bins, their width.
"""

import csv
import json
import math
from pathlib import Path

import numpy as np
import SimpleITK as sitk

#: Regions of more voxels are left out where packages take minutes for them.
LARGEST = 30_000
#: An organ of fewer voxels says little of texture.
SMALLEST = 200
MARGIN = 12


def make(data, folder):
    """Write the cases that are not there yet, and the list of them."""
    target = Path(folder) / "cases"
    target.mkdir(parents=True, exist_ok=True)
    cases = [case for case in (*_sarcomas(Path(data), target), *_organs(Path(data), target)) if case]
    (target / "cases.json").write_text(json.dumps(cases, indent=1), encoding="utf-8")
    return cases


def _sarcomas(data, target):
    for mask_path in sorted((data / "sts").glob("STS_*_mask.nii.gz")):
        name = mask_path.name.removesuffix("_mask.nii.gz")
        image = sitk.ReadImage(str(mask_path).replace("_mask", "_image"))
        yield _written(name, image, sitk.ReadImage(str(mask_path)) > 0, target)


def _organs(data, target):
    folder = data / "abdomen_ct"
    image, labels = (sitk.ReadImage(str(folder / f"{part}.nii.gz")) for part in ("image", "labels"))
    with (folder / "labels.csv").open(encoding="utf-8") as file:
        names = {int(row["label"]): row["structure"] for row in csv.DictReader(file)}
    for label, name in names.items():
        yield _written(f"CT_{name}", image, labels == label, target)


def _written(name, image, mask, target):
    """The case as a row of the list; None if the region is too small or too large."""
    region = sitk.GetArrayViewFromImage(mask) > 0
    count = int(region.sum())
    if not SMALLEST <= count <= LARGEST:
        return None
    box = [
        (max(0, int(at.min()) - MARGIN), min(n, int(at.max()) + MARGIN + 1))
        for at, n in zip(np.nonzero(region), region.shape, strict=True)
    ]
    # NumPy's axes are (z, y, x), SimpleITK's (x, y, z).
    (z, zz), (y, yy), (x, xx) = box
    image, mask = image[x:xx, y:yy, z:zz], mask[x:xx, y:yy, z:zz]
    files = [str(target / f"{name}_{part}.nii.gz") for part in ("image", "mask", "levels", "ones")]
    values = sitk.GetArrayViewFromImage(image)[sitk.GetArrayViewFromImage(mask) > 0]
    width, lowest = _bins(float(values.min()), float(values.max()))
    highest = lowest + width * (math.floor((float(values.max()) - lowest) / width) + 1)
    if not all(Path(file).exists() for file in files):
        _write(image, mask, width, lowest, files)
    keys = ("image", "mask", "levels", "ones")
    return {
        "name": name,
        "voxels": count,
        "width": width,
        "lowest": lowest,
        "highest": highest,
        **dict(zip(keys, files, strict=True)),
    }


def _bins(lowest, highest):
    """A width that 32-bit floats hold, for 20 to 40 bins, and the multiple of it that they begin at."""
    width = 2.0 ** round(math.log2((highest - lowest) / 28))
    return width, math.floor(lowest / width) * width


def _write(image, mask, width, lowest, files):
    sitk.WriteImage(image, files[0])
    sitk.WriteImage(sitk.Cast(mask, sitk.sitkUInt8), files[1])
    # The same grey levels as whole numbers, on voxels of 1 mm, for packages that have no bins and no spacing.
    voxels = sitk.GetArrayFromImage(image).astype(float)
    levels = sitk.GetImageFromArray(np.maximum(np.floor((voxels - lowest) / width) + 1, 1).astype(np.int16))
    ones = sitk.GetImageFromArray(sitk.GetArrayFromImage(mask).astype(np.uint8))
    sitk.WriteImage(levels, files[2])
    sitk.WriteImage(ones, files[3])

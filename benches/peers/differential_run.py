"""Runs random cases through what is imported as `radiomics`: PyRadiomics, or us with VARIANT=radiomics.

    python differential_run.py FOLDER FIRST COUNT

PyRadiomics makes the cases that are not there yet: both sides read the same arrays.
"""

import json
import logging
import math
import os
import sys
import warnings
from pathlib import Path

import numpy as np

if os.environ.get("VARIANT") == "radiomics":
    import radiomics_rs.pyradiomics

    radiomics_rs.pyradiomics.install()

import SimpleITK as sitk  # noqa: E402,N813
from radiomics import featureextractor  # noqa: E402

logging.getLogger("radiomics").setLevel(logging.CRITICAL)
warnings.simplefilter("ignore")
np.seterr(all="ignore")


def main():
    folder, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    found = {}
    for seed in range(first, first + count):
        case = load(folder, seed)
        found[seed] = values(case)
    print(json.dumps(found))


def load(folder, seed):
    path = folder / f"{seed}.npz"
    if not path.exists():
        import differential_cases

        case = differential_cases.case(seed)
        rest = json.dumps({"geometry": case["geometry"], "params": case["params"]})
        np.savez(path, voxels=case["voxels"], labels=case["labels"], rest=rest)
    with np.load(path) as data:
        return {"voxels": data["voxels"], "labels": data["labels"], **json.loads(str(data["rest"]))}


def values(case):
    """Every feature, or the type and the text of the error."""
    image, mask = (sitk.GetImageFromArray(case[name]) for name in ("voxels", "labels"))
    for one in (image, mask):
        one.SetSpacing(case["geometry"]["spacing"])
        one.SetOrigin(case["geometry"]["origin"])
        if "direction" in case["geometry"]:
            one.SetDirection(case["geometry"]["direction"])
    try:
        # A copy: PyRadiomics multiplies in place.
        result = featureextractor.RadiomicsFeatureExtractor(case["params"]).execute(sitk.Image(image), mask)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"}
    return {key: plain(value) for key, value in result.items() if not key.startswith("diagnostics_")}


def plain(value):
    number = complex(np.asarray(value).ravel()[0])
    if number.imag:
        return "complex"
    return repr(number.real) if not math.isfinite(number.real) else number.real


if __name__ == "__main__":
    main()

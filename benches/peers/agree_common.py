"""What the scripts of agree.py share: which cases there are, and values that are kept as they come."""

import json
import math
import sys
from pathlib import Path

#: What PyRadiomics is asked for besides the image as it is.
IMAGE_TYPES = {
    "Original": {},
    "LoG": {"sigma": [2.0, 4.0]},
    "Wavelet": {"wavelet": "coif1", "level": 1},
    "Square": {},
    "SquareRoot": {},
    "Logarithm": {},
    "Exponential": {},
    "Gradient": {},
}
CLASSES = ["firstorder", "shape", "glcm", "glrlm", "glszm", "gldm", "ngtdm"]
#: Regions whose filtered images are compared too, and that are interpolated, are no larger.
FEW_VOXELS = 2_000


def parameters(case, kind):
    """PyRadiomics' parameters for a case."""
    setting = {"binWidth": case["width"], "additionalInfo": False}
    if kind == "interpolated":
        setting |= {"resampledPixelSpacing": [2, 2, 2], "interpolator": "sitkBSpline"}
    types = IMAGE_TYPES if kind == "filtered" else {"Original": {}}
    return {"imageType": types, "featureClass": {name: [] for name in CLASSES}, "setting": setting}


def run(compute, recipes):
    """`compute(case, recipe)` for all cases that the file of results has not got yet.

    The script's arguments are the list of cases and the file. A case that fails is kept with its error.
    """
    listed, out = (Path(argument) for argument in sys.argv[1:3])
    # The smallest first: what is stopped half way has compared the most.
    cases = sorted(json.loads(listed.read_text(encoding="utf-8")), key=lambda case: case["voxels"])
    done = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}
    for recipe in recipes:
        for case in cases:
            key = f"{recipe}|{case['name']}"
            if key in done or (recipe.endswith(("filtered", "interpolated")) and case["voxels"] > FEW_VOXELS):
                continue
            try:
                done[key] = plain(compute(case, recipe))
            except Exception as error:  # noqa: BLE001, whatever another package raises
                done[key] = {"error": f"{type(error).__name__}: {error}"[:300]}
            # What is stopped while it writes has lost nothing.
            part = out.with_suffix(".part")
            part.write_text(json.dumps(done), encoding="utf-8")
            part.replace(out)


def plain(values):
    """Names and floats, without what is no number."""
    found = {}
    for name, value in values.items():
        try:
            number = float(value)
        except (TypeError, ValueError):
            continue
        # JSON has no infinities and no NaN.
        found[str(name)] = number if math.isfinite(number) else None
    return found

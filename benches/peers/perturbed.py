"""Thirty perturbed extractions beside one of PyRadiomics, in processor time of one thread.

usage: python benches/peers/perturbed.py DATA [--pyradiomics PYTHON] [--repeat 3]

The CT phantom on its own grid (case A of run.py): five rotations, two shifts and noise three times, each
image then extracted. Image and mask are in memory.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

PERTURBATIONS = {"rotations": [-20, -10, 0, 10, 20], "translations": [0.25, 0.75], "noise": 3}
#: Moran's I and Geary's C, which the other packages do not compute.
SPATIAL = ("N365", "NPT7")
FILES = ("ibsi1/ct_phantom/image.nii.gz", "ibsi1/ct_phantom/mask.nii.gz")
THEIRS = """
import json, logging, sys, time
import SimpleITK as sitk
from radiomics import featureextractor
logging.getLogger("radiomics").setLevel(logging.CRITICAL)
image, mask = map(sitk.ReadImage, sys.argv[1:3])
extractor = featureextractor.RadiomicsFeatureExtractor({"setting": {"binWidth": 25}})
seconds = []
for _ in range(int(sys.argv[3])):
    began = time.process_time()
    found = extractor.execute(image, mask)
    seconds.append(time.process_time() - began)
print(json.dumps([seconds, sum(not name.startswith("diagnostics") for name in found)]))
"""
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"),
    "1",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--pyradiomics", help="the Python of an environment with PyRadiomics 3.0.1")
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    paths = [str(chosen.data / name) for name in FILES]
    ours(paths, chosen.repeat)
    if chosen.pyradiomics is not None:
        command = [chosen.pyradiomics, "-c", THEIRS, *paths, str(chosen.repeat)]
        env = {**os.environ, **ONE_THREAD}
        env.pop("PYTHONPATH", None)
        done = subprocess.run(command, capture_output=True, text=True, env=env)
        if done.returncode:
            sys.exit(done.stderr)
        seconds, values = json.loads(done.stdout.splitlines()[-1])
        told("PyRadiomics, one extraction", seconds, values)


def ours(paths: list[str], repeat: int) -> None:
    import radiomics_rs as rr

    image, mask = rr.io.read_image(paths[0]), rr.io.read_mask(paths[1])
    features = [
        f"{row['family']}.{row['feature']}"
        for row in rr.features()
        if row["ibsi_id"] and row["family"] != "local_intensity" and row["ibsi_id"] not in SPATIAL
    ]
    merged = {"bin_width": 25, "features": features, "aggregations": ["3D_merged", "3D"]}
    kinds = {
        "profile pyradiomics": rr.Settings(profile="pyradiomics"),
        "IBSI, all families of case A": rr.Settings(**merged, intensity_rounding="nearest"),
    }
    for what, given in kinds.items():
        seconds, values = [], 0
        for _ in range(repeat):
            began, values = time.process_time(), 0
            made = rr.perturb(image, mask, given, threads=1, margin_mm=0, **PERTURBATIONS)
            for one in made:
                values += len(rr.extract(one.image, one.mask, given, threads=1))
            seconds.append(time.process_time() - began)
        told(f"{len(made)} perturbed extractions, {what}", seconds, values)


def told(what: str, seconds: list[float], values: int) -> None:
    print(f"{what}: {min(seconds):.2f} s of processor at least ({values} values), {len(seconds)} repeats")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

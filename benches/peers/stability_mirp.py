"""ICC of features under the same perturbations, ours and MIRP's, of five cases of the STS cohort.

usage: python benches/peers/stability_mirp.py DATA/sts --mirp PYTHON

Rotations of the grid in its plane, a shift of a quarter of a voxel, and regions grown and shrunk by a tenth, on
voxels of 2 mm. Columns are matched by their values without perturbations, which both compute alike.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

CASES = ("STS_008_MR_T1", "STS_019_MR_T1", "STS_026_PET", "STS_033_PET", "STS_040_PET")
ROTATIONS, TRANSLATION, VOLUMES = [-12.0, 12.0], 0.25, [-0.1, 0.1]
FAMILIES = ["morphology", "intensity_statistics", "intensity_histogram", "glcm", "glrlm", "glszm"]
FAMILIES += ["gldzm", "ngtdm", "ngldm"]
SETTINGS = {
    "resample_spacing_mm": 2,
    "image_interpolation": "linear",
    "bin_number": 32,
    "families": FAMILIES,
    "aggregations": ["3D_merged", "3D"],
}
THEIRS = """
import json, logging, sys, warnings
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
from mirp import extract_features
given = json.loads(sys.argv[1])
common = dict(
    write_features=False, export_features=True, new_spacing=2.0, spline_order=1,
    anti_aliasing=False, base_discretisation_method="fixed_bin_number", base_discretisation_n_bins=32,
    base_feature_families=["morphological", "statistics", "intensity_histogram", "glcm", "glrlm", "glszm", "gldzm",
                           "ngtdm", "ngldm"],
    glcm_spatial_method="3d_volume_merge", glrlm_spatial_method="3d_volume_merge",
)
again = dict(
    perturbation_rotation_angles=given["rotations"], perturbation_translation_fraction=given["translation"],
    perturbation_roi_adapt_type="fraction", perturbation_roi_adapt_size=given["volumes"],
)
rows = []
for case, image, mask in given["cases"]:
    for more in ({}, again):
        modality = "mr" if "_MR_" in case else "pt"
        for frame in extract_features(image=image, mask=mask, image_modality=modality, **common, **more):
            for _, row in frame.iterrows():
                name = "original" if not more else [float(row[k]) for k in
                                                    ("image_rotation_angle", "image_mask_adapt_size")]
                values = {k: float(v) for k, v in row.items() if isinstance(v, float) and not k.startswith("image_")}
                rows.append([case, name, values])
print(json.dumps(rows))
"""
#: How far values of a matched column may be apart, relative to their size.
ALIKE = 1e-4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--mirp", required=True, help="the Python of an environment with MIRP 2.7")
    chosen = parser.parse_args()
    cases = [[case, *(str(chosen.data / f"{case}_{kind}.nii.gz") for kind in ("image", "mask"))] for case in CASES]
    theirs = of_mirp(cases, chosen.mirp)
    compare(of_us(cases), theirs)


def of_mirp(cases: list[list[str]], python: str) -> dict[tuple[str, str], dict[str, float]]:
    given = {"cases": cases, "rotations": ROTATIONS, "translation": TRANSLATION, "volumes": VOLUMES}
    with tempfile.TemporaryDirectory() as folder:
        command = [python, "-c", THEIRS, json.dumps(given)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder, env={})
    if done.returncode:
        sys.exit(done.stderr)
    return {(case, str(name)): values for case, name, values in json.loads(done.stdout.splitlines()[-1])}


def of_us(cases: list[list[str]]) -> dict[tuple[str, str], dict[str, float]]:
    import radiomics_rs as rr

    made = {}
    settings = rr.Settings(**SETTINGS)
    for case, image, mask in cases:
        made[case, "original"] = rr.extract(image, mask, settings).to_dict()
        for rotation in ROTATIONS:
            for volume in VOLUMES:
                words = {"rotations": rotation, "translations": TRANSLATION, "volume": volume}
                one = rr.perturb(image, mask, settings, **words)[0]
                made[case, str([rotation, volume])] = rr.extract(one.image, one.mask, settings).to_dict()
    return made


def compare(ours: dict, theirs: dict) -> None:
    import radiomics_rs as rr

    if set(ours) != set(theirs):
        sys.exit(f"perturbations are others: {sorted(set(ours) ^ set(theirs))[:4]}")
    names = matched(ours, theirs)
    keys = [key for key in ours if key[1] != "original"]
    subjects, raters = zip(*keys, strict=True)
    icc = {}
    for who, tables in (("ours", ours), ("theirs", theirs)):
        column = 0 if who == "ours" else 1
        values = {pair[0]: [tables[key][pair[column]] for key in keys] for pair in names}
        icc[who] = rr.icc(values, subjects=subjects, raters=raters)
    apart = []
    for name, their_name in names:
        a, b = icc["ours"][name].icc_2_1, icc["theirs"][name].icc_2_1
        if not (math.isnan(a) and math.isnan(b)):
            apart.append((abs(a - b), name, their_name, a, b))
    apart.sort(key=lambda one: -one[0] if one[0] == one[0] else -math.inf)
    within = sum(one[0] <= 0.05 for one in apart)
    print(f"{len(names)} features matched by value, {len(apart)} with an ICC(2,1): {within} within 0.05")
    for gap, name, their_name, a, b in apart[:25]:
        print(f"  {gap:.3f}  {name} ({their_name}): ours {a:.3f}, MIRP {b:.3f}")


def matched(ours: dict, theirs: dict) -> list[tuple[str, str]]:
    """Columns that have the same values without perturbations."""
    cases = [key for key in ours if key[1] == "original"]
    left = {name: [theirs[key][name] for key in cases] for name in theirs[cases[0]]}
    found, lacking = [], []
    for name in ours[cases[0]]:
        mine = [ours[key][name] for key in cases]
        gaps = {
            other: max(abs(a - b) / max(abs(a), abs(b), 1e-12) for a, b in zip(mine, values, strict=True))
            for other, values in left.items()
        }
        best = min(gaps, key=lambda other: gaps[other] if gaps[other] == gaps[other] else math.inf)
        if gaps[best] <= ALIKE:
            found.append((name, best))
            del left[best]
        else:
            lacking.append((name, best, gaps[best]))
    print(f"{len(lacking)} of ours have no column of MIRP's with the same values, such as:")
    for name, best, gap in lacking[:60]:
        print(f"  {name}: nearest {best}, {gap:.2g} apart")
    return found


if __name__ == "__main__":
    main()

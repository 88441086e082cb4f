"""ICC of features under the same perturbations, ours and MIRP's, of five cases of the STS cohort.

usage: python benches/peers/stability_mirp.py DATA/sts --mirp PYTHON [--draws 8] [--kept FILE]

Rotations of the grid in its plane, a shift of a quarter of a voxel, and regions grown and shrunk by a tenth, on
voxels of 2 mm. What the two packages mean by the same words is made the same: MIRP turns about the middle of the
image, we about that of the region, so that images are cut until both are one place; MIRP shifts along the axes of the
image, we along those of the turned grid, so that our shift is turned back. Turned and shifted, all values are the
same. Which voxels of the outermost layer a region gains or loses is chance in both: each change of volume is drawn
several times, and each draw is a rater. Tags of features come from DATA/ibsi1/reference_values.csv.

The exit code is 1 if a feature differs without a change of volume, or in its ICC by more than 0.05, and nothing here
says why.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import agree_names
import agree_ours
import agree_reasons
import numpy as np
import SimpleITK as sitk

import radiomics_rs as rr

#: Their regions do not reach the border of the image, where a mask is 0 for MIRP and goes on for us, to half a voxel.
CASES = ("STS_008_MR_T1", "STS_019_MR_T1", "STS_033_PET", "STS_036_PET", "STS_040_PET")
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
import numpy as np
from mirp import extract_features
given = json.loads(sys.argv[1])
generator, draw = np.random.default_rng, 0
# MIRP's random numbers depend on the mask alone; with the number of the draw as well they are others each time.
np.random.default_rng = lambda seed: generator([draw, seed])
common = dict(
    write_features=False, export_features=True, new_spacing=2.0, spline_order=1,
    anti_aliasing=False, base_discretisation_method="fixed_bin_number", base_discretisation_n_bins=32,
    base_feature_families=["morphological", "statistics", "intensity_histogram", "glcm", "glrlm", "glszm", "gldzm",
                           "ngtdm", "ngldm"],
    glcm_spatial_method="3d_volume_merge", glrlm_spatial_method="3d_volume_merge",
)
turned = dict(
    perturbation_rotation_angles=given["rotations"], perturbation_translation_fraction=given["translation"],
)
resized = dict(
    perturbation_roi_adapt_type="fraction", perturbation_roi_adapt_size=given["volumes"], **turned,
)
rows = []
for case, image, mask in given["cases"]:
    modality = "mr" if "_MR_" in case else "pt"
    for draw, more in [(-1, {}), (-1, turned), *((draw, resized) for draw in range(given["draws"]))]:
        draw = max(draw, 0)
        for frame in extract_features(image=image, mask=mask, image_modality=modality, **common, **more):
            for _, row in frame.iterrows():
                name = [float(row[k]) for k in ("image_rotation_angle", "image_mask_adapt_size") if k in row]
                name = [0.0 if not more else name[0], name[1] if more is resized else 0.0, draw]
                values = {k: float(v) for k, v in row.items() if isinstance(v, float) and not k.startswith("image_")}
                rows.append([case, name, values])
print(json.dumps(rows))
"""
#: How far values without perturbations may be apart, relative to their size: MIRP computes in 32 bits.
ALIKE = 1e-4
#: How far an ICC may be from the other one.
CLOSE = 0.05
#: How many of the largest differences are printed.
SHOWN = 25
#: Why values differ without a change of volume, by tags.
UNLIKE = (
    (agree_reasons.MESH, "faces of cubes with two corners: scikit-image connects or parts them cube by cube, we part them"),
    (r"^morph_(moran_i|geary_c)$", "MIRP estimates it of samples of 100 voxels, we count all pairs"),
)
#: Why the ICC differs.
APART = (
    (
        r"^morph_vol_dens_aabb$",
        "chance: a single voxel moves a side of the box. Our draws 0 to 7 give 0.513, 8 to 15 give 0.465, each alone 0.33 to 0.47. "
        "Besides, MIRP's mesh of a ragged surface holds more (by 1 % of the MR, 0.3 % of the PET): with its volumes ours are 0.491 "
        "and 0.442",
    ),
)
#: Values by tag, of a case and (rotation, change of volume, draw).
Tables = dict[tuple[str, tuple[float, float, int]], dict[str, float]]
PLAIN = 0.0, 0.0, 0


def main() -> None:
    """Computes both, or takes MIRP's values from where they were kept, and compares them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--mirp", required=True, help="the Python of an environment with MIRP 2.5")
    parser.add_argument("--draws", type=int, default=8, help="of each change of volume")
    parser.add_argument("--kept", type=Path, help="MIRP's values, computed if it is not there")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore", rr.RadiomicsWarning)
    with tempfile.TemporaryDirectory() as folder:
        cases = [centred(chosen.data, case, Path(folder)) for case in CASES]
        tags = agree_ours.tags(chosen.data.parent / "ibsi1" / "reference_values.csv")
        ours = of_us(cases, tags, chosen.draws)
        if chosen.kept is None or not chosen.kept.exists():
            rows = of_mirp(cases, chosen.draws, chosen.mirp, folder)
            if chosen.kept is not None:
                chosen.kept.write_text(json.dumps(rows), encoding="utf-8")
        else:
            rows = json.loads(chosen.kept.read_text(encoding="utf-8"))
    sys.exit(not compare(ours, {(case, tuple(name)): tagged(values) for case, name, values in rows}))


def centred(data: Path, case: str, folder: Path) -> list[str]:
    """The case, and its image and mask, cut so that the middle of the region is that of the image."""
    image, mask = (sitk.ReadImage(str(data / f"{case}_{kind}.nii.gz")) for kind in ("image", "mask"))
    inside = np.argwhere(sitk.GetArrayViewFromImage(mask) > 0)[:, ::-1]
    low, high = inside.min(0), np.array(mask.GetSize()) - 1 - inside.max(0)
    margin = np.minimum(low, high)
    assert margin.min() > 0, f"{case}: the region reaches to the border of the image"
    files = [str(folder / f"{case}_{kind}.nii.gz") for kind in ("image", "mask")]
    for whole, file in zip((image, mask), files, strict=True):
        part = sitk.Crop(whole, (low - margin).tolist(), (high - margin).tolist())
        sitk.WriteImage(part, file)
    return [case, *files]


def of_mirp(cases: list[list[str]], draws: int, python: str, folder: str) -> list[list]:
    """Case, perturbation and values by MIRP's names."""
    given = {"cases": cases, "rotations": ROTATIONS, "translation": TRANSLATION, "volumes": VOLUMES}
    given["draws"] = draws
    command = ["nice", "-n", "10", python, "-c", THEIRS, json.dumps(given)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def tagged(values: dict[str, float]) -> dict[str, float]:
    """MIRP's values by the tags of IBSI's compliance sheet."""
    found = {agree_names.mirp(name, None): value for name, value in values.items()}
    return {tag: value for tag, value in found.items() if tag is not None}


def of_us(cases: list[list[str]], names: dict[tuple, str], draws: int) -> Tables:
    """Our values by tags."""

    def values(image, mask) -> dict[str, float]:
        found = {}
        for row in rr.extract(image, mask, settings, label=1, threads=1):
            parameter = agree_ours.PARAMETERS[row.family, row.feature]
            tag = names.get((row.family, row.aggregation, row.ibsi_id, parameter))
            if tag is not None:
                found[tag] = row.value
        return found

    made = {}
    settings = rr.Settings(**SETTINGS)
    for case, image, mask in cases:
        made[case, PLAIN] = values(image, mask)
        for rotation in ROTATIONS:
            words = {"rotations": rotation, "translations": [shift_along_turned_axes(rotation)]}
            for volume in (0.0, *VOLUMES):
                for draw in range(draws if volume else 1):
                    one = rr.perturb(image, mask, settings, volume=volume, seed=draw, **words)[0]
                    made[case, (rotation, volume, draw)] = values(one.image, one.mask)
    return made


def shift_along_turned_axes(rotation: float) -> tuple[float, float, float]:
    """(z, y, x) along the axes of the turned grid for a shift along those of the image, to whole voxels."""
    c, s = math.cos(math.radians(rotation)), math.sin(math.radians(rotation))
    return TRANSLATION, TRANSLATION * (c - s) % 1, TRANSLATION * (c + s) % 1


def compare(ours: Tables, theirs: Tables) -> bool:
    """Prints what differs; whether all of that is explained."""
    if set(ours) != set(theirs):
        sys.exit(f"perturbations are others: {sorted(set(ours) ^ set(theirs))[:4]}")
    tags = sorted(set.intersection(*map(set, ours.values()), *map(set, theirs.values())))
    print(f"{len(tags)} features that both have")
    good = True
    for tag, gap in unlike(ours, theirs, tags):
        why = reason(UNLIKE, tag)
        good &= why is not None
        print(f"  without a change of volume {gap:.2g} apart: {tag}: {why or 'NOT EXPLAINED'}")
    apart = gaps(ours, theirs, tags)
    within = sum(gap <= CLOSE for gap, *_ in apart)
    print(f"{len(apart)} have an ICC(2,1): {within} within {CLOSE}")
    for gap, tag, a, b in [one for k, one in enumerate(apart) if k < SHOWN or not one[0] <= CLOSE]:
        why = "" if gap <= CLOSE else reason(APART, tag)
        good &= why is not None
        print(f"  {gap:.3f}  {tag}: ours {a:.3f}, MIRP {b:.3f}  {'NOT EXPLAINED' if why is None else why}")
    return good


def reason(reasons: tuple[tuple[str, str], ...], tag: str) -> str | None:
    """The reason of this tag; None if there is none."""
    return next((why for tags, why in reasons if re.search(tags, tag)), None)


def unlike(ours: Tables, theirs: Tables, tags: list[str]) -> list[tuple[str, float]]:
    """Features whose values without a change of volume differ, and by which share at most."""
    plain = [key for key in ours if not key[1][1]]
    found = []
    for tag in tags:
        pairs = [(ours[key][tag], theirs[key][tag]) for key in plain]
        gap = max(abs(a - b) / max(abs(a), abs(b), 1e-12) for a, b in pairs)
        if not gap <= ALIKE:
            found.append((tag, gap))
    return found


def gaps(ours: Tables, theirs: Tables, tags: list[str]) -> list[tuple[float, str, float, float]]:
    """How far the ICC of each feature is apart, the largest first, and both."""
    keys = [key for key in ours if key[1][1]]
    subjects, raters = [key[0] for key in keys], [str(key[1]) for key in keys]
    icc = [
        rr.icc({tag: [table[key][tag] for key in keys] for tag in tags}, subjects=subjects, raters=raters)
        for table in (ours, theirs)
    ]
    found = []
    for tag in tags:
        a, b = (one[tag].icc_2_1 for one in icc)
        if not (math.isnan(a) and math.isnan(b)):
            found.append((abs(a - b), tag, a, b))
    return sorted(found, key=lambda one: -one[0] if one[0] == one[0] else -math.inf)


if __name__ == "__main__":
    main()

"""Our values under the names that the others use: the tags of IBSI's compliance sheet, and PyRadiomics'."""

import csv
import logging
import warnings
from pathlib import Path

import agree_common
import SimpleITK as sitk

import radiomics_rs as rr
from radiomics_rs.pyradiomics import featureextractor

logging.getLogger("radiomics").setLevel(logging.CRITICAL)
AGGREGATIONS = ["2D_avg", "2D_slice_merged", "2.5D_dir_merged", "2.5D_merged", "3D_avg", "3D_merged", "3D"]
PARAMETERS = {(f["family"], f["feature"]): f["ibsi_parameter_id"] for f in rr.features()}


def tags(reference):
    """{(family, aggregation, identifiers): tag}, from IBSI's reference values."""
    with Path(reference).open(encoding="utf-8") as file:
        return {
            (r["family"], r["aggregation"], r["ibsi_feature_id"], r["ibsi_parameter_id"]): r["tag"]
            for r in csv.DictReader(file)
        }


def settings(case, recipe):
    base = {"aggregations": AGGREGATIONS, "feature_set": "ibsi"}
    if recipe == "levels":
        return rr.Settings(bin_number=None, ivh_bin_number=None, **base)
    more = {"resample_spacing_mm": 2, "image_interpolation": "linear"} if recipe == "interpolated" else {}
    range_ = [case["lowest"], case["highest"]]
    return rr.Settings(bin_width=case["width"], resegment_range=range_, **base, **more)


def standard(case, recipe, names):
    files = (case["levels"], case["ones"]) if recipe == "levels" else (case["image"], case["mask"])
    table = rr.extract(*files, settings(case, recipe), label=1, threads=1)
    found = {}
    for row in table:
        key = row.family, row.aggregation, row.ibsi_id, PARAMETERS[row.family, row.feature]
        if key in names:
            found[names[key]] = row.value
    return found


def drop_in(case, recipe):
    extractor = featureextractor.RadiomicsFeatureExtractor(agree_common.parameters(case, recipe))
    extractor.threads = 1
    return extractor.execute(sitk.ReadImage(case["image"]), sitk.ReadImage(case["mask"]))


def compute(names):
    def one(case, recipe):
        kind, recipe = recipe.split(" ")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rr.RadiomicsWarning)
            return standard(case, recipe, names) if kind == "ibsi" else drop_in(case, recipe)

    return one


RECIPES = (
    "ibsi native",
    "ibsi levels",
    "pyradiomics native",
    "ibsi interpolated",
    "pyradiomics filtered",
    "pyradiomics interpolated",
)

if __name__ == "__main__":
    import sys

    agree_common.run(compute(tags(sys.argv[3])), RECIPES)

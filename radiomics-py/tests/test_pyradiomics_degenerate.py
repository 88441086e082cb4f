"""oracle: PyRadiomics' own values of sparse, thin and flat regions.

benches/peers/degenerate_values.py has written them into data/pyradiomics_degenerate.csv.
"""

import csv
import math
from pathlib import Path

import pytest
import SimpleITK as sitk

import degenerate_regions as degenerate
import radiomics_rs as rr
from pyradiomics_golden import deviation
from radiomics_rs.pyradiomics.featureextractor import RadiomicsFeatureExtractor

FILE = Path(__file__).parent / "data" / "pyradiomics_degenerate.csv"
#: PyRadiomics' classes of families that have another name.
CLASS = {
    "morphology": "shape",
    "intensity_statistics": "firstorder",
    "intensity_histogram": "firstorder",
    "ngldm": "gldm",
}
REGIONS = degenerate.regions()


def _expected():
    found = {name: {} for name in REGIONS}
    with FILE.open(newline="") as file:
        for row in csv.DictReader(file):
            found[row["region"]][row["feature"]] = float(row["value"])
    return found


EXPECTED = _expected()


def _pair(name):
    voxels, labels, spacing, _ = REGIONS[name]
    pair = [sitk.GetImageFromArray(array) for array in (voxels, labels)]
    for image in pair:
        image.SetSpacing(spacing)
    return pair


def _parameters(name):
    classes = dict.fromkeys(degenerate.CLASSES)
    return {"setting": {**degenerate.SETTING, **REGIONS[name][3]}, "featureClass": classes}


def _differences(name, found):
    """What differs by more than 1e-9, {feature: (PyRadiomics' value, ours)}."""
    return {
        feature: (theirs, found.get(feature))
        for feature, theirs in EXPECTED[name].items()
        if not _agree(theirs, found.get(feature, math.inf))
    }


def _agree(theirs, ours):
    if math.isnan(theirs) or math.isnan(ours):
        return math.isnan(theirs) and math.isnan(ours)
    return deviation(float(ours), theirs) <= 1e-9


@pytest.mark.parametrize("name", REGIONS)
def test_the_drop_in(name):
    assert len(EXPECTED[name]) == 107
    found = RadiomicsFeatureExtractor(_parameters(name)).execute(*_pair(name))
    assert _differences(name, found) == {}


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
@pytest.mark.parametrize("name", REGIONS)
def test_the_profile(name):
    settings = rr.Settings.from_pyradiomics(_parameters(name))
    names = {(row["family"], row["feature"]): row["pyradiomics"] for row in rr.features()}
    table = rr.extract(*_pair(name), settings)
    found = {}
    for row in table:
        family, feature = CLASS.get(row.family, row.family), names[row.family, row.feature]
        # With `force2D` some have two aggregations, of which PyRadiomics has the first.
        found.setdefault(f"original_{family}_{feature}", row.value)
    assert _differences(name, found) == {}

"""Against the reference values of IBSI 1, through the Python door."""

import pytest

import radiomics_rs as rr
from conftest import PHANTOM_REFERENCE, disagreements, references


def test_digital_phantom(phantom, configuration):
    image, mask, spacing_mm = phantom
    table = rr.extract(image, mask, configuration, spacing_mm=spacing_mm)
    rows = references(PHANTOM_REFERENCE, "digital_phantom")
    assert len(rows) == 482
    assert disagreements(table, rows) == []


@pytest.mark.parametrize("name", ["A", "B", "C", "D", "E"])
def test_ct_phantom(data, name):
    ct = data / "ibsi1" / "ct_phantom"
    settings = rr.Settings.ibsi_configuration(name)
    table = rr.extract(ct / "image.nii.gz", ct / "mask.nii.gz", settings)
    rows = references(data / "ibsi1" / "reference_values.csv", f"ct_{name}")
    assert len(rows) >= 18 + 23 + 50
    assert disagreements(table, rows) == []

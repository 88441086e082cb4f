"""The table of features and the catalogue."""

import csv
import json
import math
import subprocess
import sys

import numpy as np
import pytest

import radiomics_rs as rr

FIELDS = ["image", "family", "feature", "ibsi_id", "aggregation", "value", "status"]


@pytest.fixture
def table(phantom, configuration):
    image, mask, spacing_mm = phantom
    return rr.extract(image, mask, configuration, spacing_mm=spacing_mm)


@pytest.fixture
def undefined(phantom):
    """Features of a region of mean 0, some of which are undefined."""
    _, mask, _ = phantom
    image = np.where(np.arange(80).reshape(mask.shape) % 2, 1.0, -1.0)
    mask[:] = 1
    table = rr.extract(image, mask, spacing_mm=1)
    assert any(math.isnan(row.value) for row in table)
    return table


def test_every_form_holds_the_same(table):
    records = table.records()
    assert list(records[0]) == FIELDS
    assert len(table) == len(records) == len(table.to_dict())
    assert [row.value for row in table] == [record["value"] for record in records]
    assert list(table.to_dict()) == [row.column for row in table]
    frame = table.to_pandas()
    assert list(frame.columns) == FIELDS
    assert frame["value"].tolist() == list(table.to_dict().values())
    assert table[0].column == "original_" + "_".join((table[0].family, table[0].feature))
    assert len(table[1:3]) == 2


def test_table_follows_the_catalogue(table):
    expected = [
        (feature["family"], aggregation)
        for feature in rr.features()
        if feature["ibsi_id"]  # the default set of features is IBSI's
        for aggregation in feature["aggregations"]
    ]
    assert sorted(expected) == sorted((row.family, row.aggregation) for row in table)


def test_undefined_values_are_kept(undefined):
    missing = [row for row in undefined if math.isnan(row.value)]
    assert {row.status for row in missing} == {"undefined"}
    assert {row.status for row in undefined if row not in missing} == {"ok"}


def test_csv_keeps_every_bit(undefined, tmp_path):
    path = tmp_path / "table.csv"
    undefined.to_csv(path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == FIELDS
    for row, record in zip(rows, undefined.records(), strict=True):
        np.testing.assert_equal({**row, "value": float(row["value"])}, record)


def test_json_is_strict(undefined, tmp_path):
    path = tmp_path / "table.json"
    undefined.to_json(path)

    def refuse(constant):
        raise AssertionError(constant)

    rows = json.loads(path.read_text(), parse_constant=refuse)
    for row, record in zip(rows, undefined.records(), strict=True):
        value = None if math.isnan(record["value"]) else record["value"]
        assert row == {**record, "value": value}


def test_text(table):
    lines = str(table).splitlines()
    assert len(lines) == len(table) + 1
    assert lines[0].split() == FIELDS
    assert repr(table).endswith(f"[{len(table)} features]")
    assert len(repr(table).splitlines()) == 23
    assert repr(table[:0]).endswith("[0 features]")


def test_pandas_missing_is_said():
    code = (
        "import sys; sys.modules['pandas'] = None\n"
        "from radiomics_rs import FeatureTable\n"
        "try: FeatureTable([]).to_pandas()\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install pandas" in done.stdout


def test_features_can_be_selected(phantom):
    image, mask, _ = phantom
    settings = rr.Settings(families=["intensity_statistics"], features=["glcm.contrast"])
    table = rr.extract(image, mask, settings, spacing_mm=1)
    assert {row.family for row in table} == {"intensity_statistics", "glcm"}
    assert {row.feature for row in table if row.family == "glcm"} == {"contrast"}


def test_catalogue():
    features = rr.features()
    keys = ["family", "family_ibsi_id", "feature", "ibsi_id", "ibsi_parameter_id"]
    keys += ["pyradiomics", "summary"]
    assert all(list(feature) == [*keys, "aggregations"] for feature in features)
    names = {(feature["family"], feature["feature"]) for feature in features}
    assert len(names) == len(features)


def test_example_is_new_each_time():
    image, mask, spacing_mm = rr.example()
    assert image.shape == mask.shape == (4, 4, 5)
    assert int((mask == 1).sum()) == 74
    assert spacing_mm == (2.0, 2.0, 2.0)
    image[:] = 0
    assert rr.example()[0].max() == 9


def test_documented_example():
    import doctest

    assert doctest.testmod(rr).failed == 0

"""oracle: the values, keys, order and diagnostics that PyRadiomics itself gave."""

import json

import numpy as np
import pytest

import pyradiomics_golden as golden

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not golden.FOLDER.is_dir(), reason=golden.REASON),
]

NAMES = golden.names() if golden.FOLDER.is_dir() else []
#: Settings that the golden files say are in effect, and versions and hashes of another computer.
CONFIGURATION = "diagnostics_Configuration_Settings"


@pytest.fixture(scope="module", params=NAMES)
def case(request):
    expected = golden.load(request.param)
    return expected, golden.execute(expected)


def test_every_value_is_within_1e_6(case):
    expected, result = case
    found = golden.deviations(expected, result)
    outside = {key: value for key, value in found.items() if not value <= 1e-6}
    assert not outside


def test_keys_and_their_order_are_the_same(case):
    expected, result = case
    assert [key for key in result if not key.startswith("diagnostics_")] == list(
        expected["features"]
    )


def test_diagnostics_are_equal(case):
    expected, result = case
    found = {key: result[key] for key in expected["diagnostics"]}
    # JSON has no tuples, a result has no lists.
    assert not any(isinstance(value, list) for value in found.values())
    assert json.loads(json.dumps(found)) == expected["diagnostics"]


def test_no_diagnostics_are_added(case):
    expected, result = case
    static = ("_Versions_", "_Configuration_", "_Hash")
    keys = [key for key in result if key.startswith("diagnostics_")]
    assert {key for key in keys if not any(part in key for part in static)} == set(
        expected["diagnostics"]
    )
    assert len([key for key in keys if any(part in key for part in static)]) == 9


def test_effective_settings_are_equal(case):
    expected, result = case
    assert result[CONFIGURATION] == expected["effective_settings"]


def test_values_are_floats_and_go_into_json(case):
    _, result = case
    for key, value in result.items():
        if not key.startswith("diagnostics_"):
            assert isinstance(value, float)
            assert isinstance(value, np.float64)
            assert value.item() == value.tolist() == float(value)
    json.dumps(result)

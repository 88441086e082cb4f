"""No number moves, in Python or through C, unless the changelog names it.

The table, and what to do when one moves on purpose, are those of
`radiomics-core/tests/mechanics_drift.rs`.
"""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest

import drift
import radiomics_rs as rr
from c_library import F64, I16, U8, Extraction, library, viewed

CASES = drift.cases()
TABLE = drift.table()
WAY_OUT = "radiomics-core/tests/mechanics_drift.rs says what to do if they are meant to"


def test_the_table_has_these_cases_and_no_others():
    assert list(TABLE) == [(case.name, label) for case in CASES for label in case.labels]
    assert sum(map(len, TABLE.values())) > 2000


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_value_has_moved_in_python(case):
    with warnings.catch_warnings():
        # Small regions are what they are on purpose.
        warnings.simplefilter("ignore", rr.RadiomicsWarning)
        tables = rr.extract(
            case.image, case.mask, case.settings, label=case.labels, spacing_mm=case.spacing_mm
        )
    assert list(tables) == case.labels
    for label, table in tables.items():
        values = [row.value for row in table]
        found = drift.moved(TABLE[case.name, label], [row.column for row in table], values)
        assert not found, "\n".join([f"{case.name}, label {label}:", *found, WAY_OUT])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_value_has_moved_in_c(case):
    c = library()
    dtype = F64 if case.image.dtype == np.float64 else I16
    image, mask = viewed(case.image, dtype, case.spacing_mm), viewed(case.mask, U8, case.spacing_mm)
    columns = [column.name for column in rr.columns(case.settings)]
    for label in case.labels:
        with Extraction(c, image, mask, case.settings, label) as extraction:
            found = drift.moved(TABLE[case.name, label], columns, extraction.values())
        assert not found, "\n".join([f"{case.name}, label {label}:", *found, WAY_OUT])


@pytest.mark.parametrize(
    ("name", "part", "key", "value"),
    [
        ("splines and z-scores", "settings", "normalise_scale", 100 * (1 + 1e-12)),
        ("profile ibsi", "image", "spacing_mm", [3 * (1 + 1e-12), 1.25, 1.5]),
    ],
)
def test_a_constant_that_is_off_by_1e_12_is_seen(name, part, key, value):
    recipe = json.loads((drift.FOLDER / "cases.json").read_text(encoding="utf-8"))[name]
    recipe[part][key] = value
    case = drift.case(name, recipe)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rr.RadiomicsWarning)
        table = rr.extract(
            case.image, case.mask, case.settings, label=1, spacing_mm=case.spacing_mm
        )
    values = [row.value for row in table]
    found = drift.moved(TABLE[name, 1], [row.column for row in table], values)
    assert len(found) > 20


def test_the_last_digit_counts():
    """The guard itself: a change by one part in 10¹² is seen, and the table is not just close."""
    [case] = [case for case in CASES if case.name == "phantom"]
    expected = TABLE[case.name, 1]
    columns, values = [row[0] for row in expected], [row[2] for row in expected]
    assert drift.moved(expected, columns, values) == []
    at = columns.index("original_intensity_statistics_mean")
    changed = [*values[:at], values[at] * (1 + 1e-12), *values[at + 1 :]]
    assert [line.split(":")[0] for line in drift.moved(expected, columns, changed)] == [columns[at]]

"""Columns are known before values, and are the ones that values come with."""

import copy
import math
import pickle

import numpy as np
import pytest

import radiomics_rs as rr
from radiomics_rs import _core

SETTINGS = {
    "one": {"bin_number": 4},
    "planes": {"bin_number": 4, "aggregations": ["2D_avg", "2.5D_merged", "3D_avg", "3D"]},
    "several": {"bin_number": [4, 6], "filters": ["original", "square"]},
    "pyradiomics": {"profile": "pyradiomics", "bin_width": 1},
    "named": {"features": ["glcm.contrast", "morphology.volume", "intensity_histogram.mode"]},
}


def names(columns):
    return [column.name for column in columns]


@pytest.mark.parametrize("key", SETTINGS)
def test_a_table_has_the_columns_that_were_foretold(phantom, key):
    image, mask, spacing_mm = phantom
    settings = rr.Settings(**SETTINGS[key])
    table = rr.extract(image, mask, settings, spacing_mm=spacing_mm)
    columns = rr.columns(settings)
    assert names(columns) == table.keys()
    for column, row in zip(columns, table, strict=True):
        assert (column.image, column.family, column.feature) == (row.image, row.family, row.feature)
        assert (column.ibsi_id, column.aggregation) == (row.ibsi_id, row.aggregation)
        assert column.discretisation == row.discretisation


def test_several_images_and_filters(phantom):
    image, mask, spacing_mm = phantom
    images = {"arterial": image, "portal": image + 1}
    settings = {"bin_number": 4}
    table = rr.extract(images, mask, settings, filters="square", spacing_mm=spacing_mm)
    assert names(rr.columns(settings, images, filters="square")) == table.keys()


def test_maps_have_columns_too(phantom):
    image, mask, spacing_mm = phantom
    settings = rr.Settings(bin_number=4, families=["ngtdm"], aggregations=["2D_avg", "3D"])
    maps = rr.feature_maps(image, mask, settings=settings, spacing_mm=spacing_mm)
    assert list(maps.maps) == rr.columns(settings)


def test_a_column_is_a_value_like_any_other():
    column = rr.columns({"bin_number": [4, 6], "features": ["glcm.contrast"]})[1]
    assert column.discretisation == "bin_number_6"
    assert column.pyradiomics == "Contrast"
    for same in (pickle.loads(pickle.dumps(column)), copy.copy(column)):
        assert (same, hash(same), same.name) == (column, hash(column), column.name)
    assert column != rr.columns({"bin_number": 6, "features": ["glcm.contrast"]})[0]
    with pytest.raises(AttributeError):
        column.image = "other"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("original", "gclm", "contrast"), "did you mean `glcm`"),
        (("original", "glcm", "contrst"), "no feature `contrst`"),
        (("original", "glcm", "contrast", "4D"), "no aggregation `4D`"),
    ],
)
def test_a_column_of_nothing_is_refused(given, message):
    with pytest.raises(rr.RadiomicsError, match=message):
        rr.Column(*given)


def test_values_by_name(phantom):
    image, mask, spacing_mm = phantom
    table = rr.extract(image, mask, {"bin_number": 4}, spacing_mm=spacing_mm)
    name = "original_glcm_contrast_3D_avg"
    assert table[name] == dict(table)[name] == table.to_dict()[name]
    assert name in table
    assert "nothing" not in table
    assert table[0] in table
    assert table.keys() == [row.column for row in table]
    assert list(zip(table.keys(), table.values(), strict=True)) == table.items()
    with pytest.raises(KeyError, match="did you mean 'original_glcm_contrast_3D_avg'"):
        table["original_glcm_contrst_3D_avg"]


def test_equal_tables(phantom):
    image, mask, spacing_mm = phantom

    def table(offset):
        flat = np.full_like(image, 7) + offset
        return rr.extract(flat, mask, {"bin_number": 4}, spacing_mm=spacing_mm)

    one = table(0)
    assert any(math.isnan(value) for value in one.values())
    assert one == table(0)
    assert hash(one) == hash(table(0))
    assert one != table(1)
    assert one != one[1:]
    assert one != "table"


def test_why_a_value_is_undefined():
    # Two voxels at opposite corners: nobody has a neighbour.
    image = np.zeros((3, 3, 3))
    mask = np.zeros((3, 3, 3), "uint8")
    mask[0, 0, 0] = mask[2, 2, 2] = 1
    table = rr.extract(image, mask, {"bin_number": 4}, spacing_mm=1.0)
    reasons = {row.column: row.reason for row in table}
    assert reasons["original_glcm_contrast_3D_avg"] == "nothing_counted"
    assert reasons["original_intensity_statistics_coefficient_of_variation"] == "not_defined"
    assert reasons["original_intensity_statistics_mean"] == ""
    assert all(bool(row.reason) == (row.status == "undefined") for row in table)


def test_a_notebook_shows_a_table(phantom):
    image, mask, spacing_mm = phantom
    text = rr.extract({"<b>": image}, mask, spacing_mm=spacing_mm)._repr_html_()
    assert text.startswith("<table><thead><tr><th>image</th>")
    assert "&lt;b&gt;" in text
    assert "<b>" not in text
    assert text.count("<tr>") == 1 + 20 + 1


def test_a_mistake_of_the_engine_is_an_exception_like_any_other():
    with pytest.raises(rr.InternalError, match="please report it: level 3 of 2") as caught:
        _core._fail("level 3 of 2")
    assert isinstance(caught.value, rr.RadiomicsError)
    # The threads are as good as before.
    image, mask, spacing_mm = rr.example()
    assert len(rr.extract(image, mask, spacing_mm=spacing_mm, threads=1))

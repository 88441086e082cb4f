"""Several images on one mask: other grids, differences between them; several lesions as one."""

import math

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr

SETTINGS = {"families": ["morphology", "intensity_statistics"], "bin_width": 10}
pytestmark = pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")


@pytest.fixture
def phases():
    first = np.random.default_rng(5).integers(1, 100, (5, 6, 7)).astype(float)
    mask = np.zeros(first.shape, np.uint8)
    mask[1:4, 1:5, 1:6] = 1
    return {"arterial": first, "portal": 2 * first + 3}, mask


def test_differences(phases):
    images, mask = phases
    table = rr.extract(images, mask, SETTINGS, spacing_mm=1)
    change = rr.delta(table, before="arterial", after="portal")
    before, after = (rr.extract(one, mask, SETTINGS, spacing_mm=1) for one in images.values())
    assert len(change) == len(before)
    for row, one, other in zip(change, before, after, strict=True):
        assert row.column == one.column.replace("original", "delta-arterial-portal", 1)
        np.testing.assert_equal(row.value, other.value - one.value)
    mean = "delta-arterial-portal_intensity_statistics_mean"
    assert change[mean] == pytest.approx(before["original_intensity_statistics_mean"] + 3)
    ratio = rr.delta(before=before, after=after, kind="ratio")
    assert ratio["ratio-original_intensity_statistics_variance"] == pytest.approx(4)
    assert ratio["ratio-original_morphology_volume"] == 1


def test_differences_that_are_none(phases):
    images, mask = phases
    table = rr.extract(images, mask, SETTINGS, spacing_mm=1)
    with pytest.raises(rr.SettingsError, match="'late', and the table has the images arterial"):
        rr.delta(table, before="arterial", after="late")
    with pytest.raises(rr.SettingsError, match="kind is 'sum'"):
        rr.delta(table, before="arterial", after="portal", kind="sum")
    with pytest.raises(rr.SettingsError, match="give the table it is of"):
        rr.delta(before="arterial", after="portal")
    flat = rr.extract(np.zeros((5, 6, 7)), mask, SETTINGS, spacing_mm=1)
    ratio = rr.delta(before=flat, after=flat, kind="ratio")
    row = next(row for row in ratio if row.feature == "mean")
    assert math.isnan(row.value)
    assert (row.status, row.reason) == ("undefined", "not_defined")


def test_filters_are_matched(phases):
    images, mask = phases
    filters = ["original", "square"]
    table = rr.extract(images, mask, SETTINGS, spacing_mm=1, filters=filters)
    change = rr.delta(table, before="arterial", after="portal")
    held = list(dict.fromkeys(row.image for row in change))
    assert held == ["delta-arterial-portal", "delta-arterial-portal-square"]


def test_an_image_on_another_grid(phases):
    images, mask = phases
    finer = sitk.GetImageFromArray(images["portal"])
    coarser = sitk.Resample(finer, (14, 12, 10), outputSpacing=(0.5, 0.5, 0.5))
    placed = sitk.GetImageFromArray(mask)
    given = {"arterial": sitk.GetImageFromArray(images["arterial"]), "portal": coarser}
    with pytest.raises(
        rr.GeometryError, match=r"`portal` is not .* size \[5, 6, 7\] and .*`resample_images=True`"
    ):
        rr.extract(given, placed, SETTINGS)
    table = rr.extract(given, placed, SETTINGS, resample_images=True)
    assert [w.code for w in table.warnings if w.image == "portal"] == ["resampled"]
    # Every second voxel of the finer grid is one of the mask's: nothing is between voxels.
    by_hand = rr.extract(sitk.GetImageFromArray(images["portal"]), placed, SETTINGS)
    for row in by_hand:
        name = row.column.replace("original", "portal", 1)
        np.testing.assert_allclose(table[name], row.value, rtol=1e-9)


def test_lesions(phases):
    images, _ = phases
    mask = np.zeros((5, 6, 7), np.uint8)
    mask[:2, :3, :4] = 1
    mask[2:5, 1:6, 1:6] = 2
    mask[0, 5, 6] = 3
    image = images["arterial"]
    tables = rr.extract(image, mask, SETTINGS, label="all", on_error="record", spacing_mm=(2, 1, 1))
    found = rr.summarise_lesions(tables)
    assert (found.count, found.largest) == (3, 2)
    assert found.volumes_mm3 == {1: 48.0, 2: 150.0}
    means = [image[mask == label].mean() for label in (1, 2)]
    expected = (48 * means[0] + 150 * means[1]) / 198
    assert found.table["original_intensity_statistics_mean"] == pytest.approx(expected)
    with pytest.warns(rr.RadiomicsWarning, match="1 of 3 lesions have no volume .*: 3"):
        rr.summarise_lesions(tables)
    for wrong in (5, [tables[1]], {1: 2}):
        with pytest.raises(TypeError, match="the table"):
            rr.summarise_lesions(wrong)
        with pytest.raises(TypeError, match="the table"):
            rr.to_frame(wrong)
    with pytest.raises(rr.RegionError, match="no lesions"):
        rr.summarise_lesions({})
    with pytest.raises(rr.RegionError, match="none of the 1 lesions"):
        rr.summarise_lesions({3: tables[3]})
    alone = rr.extract(image, mask, {"families": ["intensity_statistics"]}, spacing_mm=1, label=2)
    with pytest.raises(rr.SettingsError, match="extract the family morphology"):
        rr.summarise_lesions({2: alone})

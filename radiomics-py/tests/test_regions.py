"""Regions in millimetres against all pairs of voxels, and what is said of them."""

import json

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from radiomics_rs import io

pytestmark = pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
CASES = ("blob_anisotropic", "sphere12_3mm", "sphere15_anisotropic")


def voxels(path):
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path)))


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_every_voxel_of_the_reference(data, case):
    folder = data / "clinical" / "rims" / case
    expected = json.loads((folder / "expected.json").read_text())
    tumour = rr.region(folder / "region.nii.gz", name="tumour")
    assert tumour.voxels == expected["region_voxels"]
    own = io.read(folder / "region.nii.gz")
    named = expected["labels"]
    labels = io.read(data / named if (data / named).is_file() else folder / named)
    assert labels.voxels.shape == own.voxels.shape
    organ = rr.region(labels, expected["organ"], name="liver")
    vessels = rr.region(labels, expected["minus"], name="vessels")
    for ring in expected["rings"]:
        bounds = ring["from_mm"], ring["to_mm"]
        whole = tumour.ring(*bounds)
        assert whole.voxels == ring["voxels_in_ring"]
        inside = whole.within(organ)
        assert inside.voxels == ring["voxels_ring_in_organ"]
        found = inside.minus(vessels)
        assert found.voxels == ring["voxels_result"]
        np.testing.assert_array_equal(found.mask.voxels, voxels(folder / ring["file"]) > 0)
        other = tumour.ring(*bounds, distance="surface").within(organ).minus(vessels)
        assert other.voxels == ring["alternative_distance_to_region_surface_result"]
    made = {"dilate": tumour.dilate, "erode": tumour.erode, "shell_inside": tumour.shell_inside}
    for operation in expected.get("operations", []):
        found = made[operation["operation"]](operation["mm"])
        assert found.voxels == operation["voxels"]
        np.testing.assert_array_equal(found.mask.voxels, voxels(folder / operation["file"]) > 0)


@pytest.fixture
def labels():
    made = np.zeros((7, 9, 12), np.uint8)
    made[1:6, 1:8, 1:11] = 5
    made[3, 4, 3:5] = 1
    made[3, 4, 8] = 2
    return made


def test_a_rim_is_a_mask(labels):
    image = np.random.default_rng(2).normal(size=labels.shape)
    tumour = rr.region(labels, 1, spacing_mm=2, name="tumour")
    liver = rr.region(labels, [1, 2, 5], spacing_mm=2, name="liver")
    rim = tumour.ring(0, 4).within(liver).minus(rr.region(labels, 2, spacing_mm=2))
    expected = rr.extract(image, rim.mask.voxels, spacing_mm=2)
    assert rr.extract(image, rim) == expected
    assert [step.step for step in rim.record] == ["region", "ring", "within", "minus"]
    assert rim.record["ring"].values["voxels"] == tumour.ring(0, 4).voxels
    assert rim.bounding_box == (slice(1, 6), slice(2, 7), slice(1, 7))
    assert rim.bounding_box_mm == (10, 10, 12)


def test_rings_that_share(labels):
    lesions = [rr.region(labels, label, spacing_mm=2) for label in (1, 2)]
    shared = rr.rings(lesions, 0, 6)
    both = shared[0].mask.voxels + shared[1].mask.voxels
    assert both.max() == 1
    alone = [lesion.ring(0, 6) for lesion in lesions]
    whole = alone[0].union(alone[1]).minus(*lesions)
    np.testing.assert_array_equal(both, whole.mask.voxels)
    assert shared[0].record["ring"].values["shared"] > 0
    apart = rr.rings(lesions, 0, 6, share=None)
    for ring, own in zip(apart, alone, strict=True):
        np.testing.assert_array_equal(ring.mask.voxels, own.mask.voxels)
    with pytest.raises(rr.SettingsError, match="share is 'first': give 'nearest', or None"):
        rr.rings(lesions, 0, 6, share="first")


def test_components(labels):
    both = rr.region(labels, [1, 2], spacing_mm=2)
    found = both.components()
    assert [one.voxels for one in found] == [2, 1]
    assert both.largest().voxels == 2
    assert both.largest().volume_mm3 == 16


def test_what_nothing_is_left_of(labels):
    tumour, other = (rr.region(labels, label, spacing_mm=2) for label in (1, 2))
    nothing = tumour.within(other)
    assert (nothing.voxels, nothing.bounding_box) == (0, None)
    with pytest.raises(rr.RegionError, match=r"without voxels: .*which cut off 2 of 2 voxels"):
        rr.extract(np.ones(labels.shape), nothing)
    with pytest.raises(rr.RegionError, match="is empty"):
        nothing.largest()


def test_what_is_no_region(labels):
    with pytest.raises(rr.RegionError, match="label 4"):
        rr.region(labels, 4, spacing_mm=1)
    with pytest.raises(rr.GeometryError, match="the mask is an array"):
        rr.region(labels)
    with pytest.raises(rr.RegionError, match="labels are empty"):
        rr.region(labels, [], spacing_mm=1)
    tumour = rr.region(labels, 1, spacing_mm=2)
    for wrong in (-1, float("nan"), float("inf")):
        with pytest.raises(rr.SettingsError, match="mm"):
            tumour.dilate(wrong)
    with pytest.raises(TypeError, match="mm"):
        tumour.erode("a bit")
    with pytest.raises(rr.SettingsError, match="to_mm"):
        tumour.ring(5, 5)
    with pytest.raises(rr.RadiomicsError, match="there is no distance `edge`"):
        tumour.ring(0, 5, distance="edge")
    with pytest.raises(rr.SettingsError, match="`neighbours` is 8"):
        tumour.components(8)
    elsewhere = rr.region(labels, 5, spacing_mm=1, name="liver")
    with pytest.raises(rr.GeometryError, match=r"the spacing .* of the liver is"):
        tumour.within(elsewhere)

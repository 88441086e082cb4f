"""The region as features see it, intensities made comparable, widths of bins."""

import json

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from radiomics_rs import io
from test_cli import run

SETTINGS = {"resample_spacing_mm": 1.5, "bin_width": 10, "resegment_range": [10, 90]}
pytestmark = pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")


@pytest.fixture
def case():
    image = np.random.default_rng(8).normal(50, 20, (8, 9, 10))
    mask = np.zeros(image.shape, np.uint8)
    mask[2:6, 2:7, 2:8] = 1
    return image, mask


def test_features_of_what_is_prepared_are_those_of_the_image(case):
    for margin in (0, 3.5):
        region = rr.prepare(*case, SETTINGS, spacing_mm=(2, 1, 1), margin_mm=margin)
        families = ["intensity_statistics", "intensity_histogram"]
        # Bins begin at the end of the range, so it is needed again.
        own = {**SETTINGS, "families": families, "resample_spacing_mm": None}
        again = rr.extract(region.image, region.mask, own)
        expected = rr.extract(*case, {**SETTINGS, "families": families}, spacing_mm=(2, 1, 1))
        assert again.to_dict() == expected.to_dict()
        inside = region.mask.voxels > 0
        assert (region.levels.voxels[inside] >= 1).all()
        assert (region.levels.voxels[~inside] == 0).all()


def test_files_and_dictionaries(case, tmp_path):
    region = rr.prepare(*case, SETTINGS, spacing_mm=(2, 1, 1), margin_mm=1)
    names = [path.name for path in region.save(tmp_path / "new")]
    assert names == [f"{n}.nii.gz" for n in ("image", "mask", "morphological_mask", "levels")]
    read = io.read(tmp_path / "new" / "image.nii.gz")
    np.testing.assert_array_equal(read.voxels, region.image.voxels)
    np.testing.assert_allclose(read.origin_mm, region.image.origin_mm, atol=1e-5)
    held = region.to_dict()
    assert held["image"].shape == (1, *region.image.voxels.shape[::-1])
    assert held["label"].sum() == region.mask.voxels.sum()
    x, y, z = region.to_sitk()["image"].TransformIndexToPhysicalPoint((1, 2, 1))
    np.testing.assert_allclose(region.affine() @ [1, 2, 1, 1], [x, y, z, 1], atol=1e-9)
    # MONAI's x grows to the right, and y to the front.
    found = held["image_meta_dict"]["affine"] @ [1, 2, 1, 1]
    np.testing.assert_allclose(found, [-x, -y, z, 1], atol=1e-9)
    assert rr.prepare(*case, {"resample_spacing_mm": 1.5}, spacing_mm=1).levels is not None


def test_margins_that_are_none(case):
    with pytest.raises(rr.SettingsError, match="margin_mm"):
        rr.prepare(*case, SETTINGS, spacing_mm=1, margin_mm=-1)
    with pytest.raises(TypeError, match="margin_mm"):
        rr.prepare(*case, SETTINGS, spacing_mm=1, margin_mm="wide")


def test_normalised(case):
    image, mask = case
    scores = rr.normalise(image, reference=mask, spacing_mm=1)
    inside = scores.voxels[mask > 0]
    np.testing.assert_allclose([inside.mean(), inside.std()], [0, 1], atol=1e-12)
    assert scores.record["normalise"].values["voxels"] == int(mask.sum())
    whole = rr.normalise(image, "range", spacing_mm=1).voxels
    assert (whole.min(), whole.max()) == (0, 1)
    held = rr.normalise(image, "percentiles", percentiles=(5, 95), spacing_mm=1).voxels
    np.testing.assert_allclose(np.percentile(held, [5, 95]), [0, 1], atol=1e-12)
    placed = sitk.GetImageFromArray(image)
    placed.SetSpacing((1, 2, 3))
    assert rr.normalise(placed).spacing_mm == (3, 2, 1)


def test_what_cannot_be_normalised(case):
    image, mask = case
    for arguments, error, said in [
        ({"method": "l2"}, rr.SettingsError, "method is 'l2'"),
        ({"reference": mask, "label": 4}, rr.RegionError, "label 4 of the reference"),
        ({"method": "percentiles", "percentiles": (99, 1)}, rr.SettingsError, "ascending"),
    ]:
        with pytest.raises(error, match=said):
            rr.normalise(image, **arguments, spacing_mm=1)
    elsewhere = io.Volume(mask, (1, 1, 1), (0, 0, 100))
    with pytest.raises(rr.GeometryError, match=r"reference is not on the grid.*origin"):
        rr.normalise(io.Volume(image, (1, 1, 1)), reference=elsewhere)
    with pytest.raises(TypeError, match="percentiles is 5"):
        rr.normalise(image, "percentiles", percentiles=5, spacing_mm=1)
    with pytest.raises(rr.RegionError, match="nothing to scale by"):
        rr.normalise(np.ones_like(image), spacing_mm=1)
    image[0, 0, 0] = np.nan
    with pytest.raises(rr.RegionError, match="1 voxel of the whole image is NaN"):
        rr.normalise(image, spacing_mm=1)


def test_a_width_for_a_cohort():
    mask = np.ones((1, 1, 3), np.uint8)
    cases = [
        (sitk.GetImageFromArray(np.array([[[0.0, 1.0, top]]])), sitk.GetImageFromArray(mask))
        for top in (900.0, 1000.0, 1600.0)
    ]
    found = rr.suggest_bin_width(cases)
    assert found.width == 25
    assert found.ranges == ((0, 900), (0, 1000), (0, 1600))
    assert found.levels == (37, 41, 65)
    assert found.outside == 0
    for settings in ({}, {"bin_anchor": "multiple_of_width"}, {"resegment_range": [-60, 5000]}):
        chosen = {**settings, "bin_width": 25}
        found = rr.suggest_bin_width(cases, chosen)
        made = [rr.prepare(*case, {**chosen, "bin_width": found.width}) for case in cases]
        assert found.levels == tuple(int(one.levels.voxels.max()) for one in made)
    with pytest.raises(TypeError, match="a case is a pair"):
        rr.suggest_bin_width([(cases[0][0],)])
    with pytest.raises(rr.RegionError, match="none of the 0 cases"):
        rr.suggest_bin_width([])
    with pytest.raises(rr.SettingsError, match="levels is"):
        rr.suggest_bin_width(cases, levels=(128, 16))


def test_what_is_done_is_explained(case, tmp_path):
    image, mask = (io.Volume(voxels, (2, 1, 1)) for voxels in case)
    record = rr.explain(image, mask, SETTINGS)
    assert record["region"].values["voxels"] == int(case[1].sum())
    region = rr.prepare(image, mask, SETTINGS)
    assert record["prepared"].values["spacing_mm"] == [1.5, 1.5, 1.5]
    assert record["resegmented"].values["voxels"] == int(region.mask.voxels.sum())
    assert record["levels"].values["highest"] == int(region.levels.voxels.max())
    paths = [tmp_path / "image.nrrd", tmp_path / "mask.nrrd"]
    for volume, path in zip((image, mask), paths, strict=True):
        sitk.WriteImage(volume.to_sitk(), str(path))
    options = [f"--set={key}={value}" for key, value in SETTINGS.items()]
    done = run("explain", *paths, *options, "--format", "json")
    assert json.loads(done.stdout) == record.to_list()

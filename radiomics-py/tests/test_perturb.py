"""Perturbed images and masks: one interpolation, streams of their own, sizes, errors."""

import numpy as np
import pytest

import radiomics_rs as rr

pytestmark = pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
SPACING = (2.0, 1.0, 1.0)
SETTINGS = {
    "resample_spacing_mm": 1.25,
    "image_interpolation": "cubic_spline",
    "intensity_rounding": "nearest",
    "bin_width": 10,
    "families": ["intensity_statistics", "morphology", "glcm"],
}


@pytest.fixture(scope="module")
def case():
    """A ball in noise of standard deviation 10, on voxels that are no cubes."""
    z, y, x = np.indices((24, 30, 32))
    apart = (2 * (z - 12.0)) ** 2 + (y - 15.0) ** 2 + (x - 16.0) ** 2
    image = np.where(apart < 100, 60, -20) + np.random.default_rng(4).normal(0, 10, apart.shape)
    return image.round().astype(np.int16), (apart < 81).astype(np.uint8)


def perturb(case, **changes):
    return rr.perturb(*case, SETTINGS, spacing_mm=SPACING, **changes)


def same(one, other):
    pairs = ((one.image, other.image), (one.mask, other.mask))
    return all(np.array_equal(a.voxels, b.voxels) and a.geometry == b.geometry for a, b in pairs)


def test_without_a_change_features_are_those_of_the_image(case):
    (one,) = perturb(case)
    assert one.name == "original"
    found = rr.extract(one.image, one.mask, SETTINGS).to_dict()
    expected = rr.extract(*case, SETTINGS, spacing_mm=SPACING).to_dict()
    assert found == pytest.approx(expected, rel=1e-8, nan_ok=True)


def test_the_engine_interpolates_no_more(case):
    one = perturb(case, rotations=[9.0], translations=[0.25])[0]
    assert one.image.spacing_mm == (1.25,) * 3
    as_it_is = rr.extract(one.image, one.mask, {**SETTINGS, "resample_spacing_mm": None})
    assert rr.extract(one.image, one.mask, SETTINGS).to_dict() == as_it_is.to_dict()


def test_every_combination_has_a_name(case):
    found = perturb(case, rotations=[-13, 7], translations=[(0, 0.5, 0.5)], noise=2, volume=0.1)
    assert found.names == [
        f"rotation_{angle}_translation_0_0.5_0.5_noise_{n}_volume_0.1"
        for angle in (-13, 7)
        for n in (1, 2)
    ]
    assert len(found) == 4
    assert found[1:3].names == found.names[1:3]
    assert found["rotation_7_translation_0_0.5_0.5_noise_1_volume_0.1"].name == found.names[2]
    with pytest.raises(KeyError, match="did you mean 'rotation_7_"):
        found["rotation_7_translation_0_0.5_0.5_noise_1"]


def test_a_perturbation_does_not_depend_on_the_others(case):
    alone = perturb(case, noise=1, volume=[0.1], contour=1, seed=5)[0]
    among = perturb(case, rotations=[3, 0], noise=3, volume=[-0.1, 0.1], contour=2, seed=5)
    assert same(alone, among[alone.name])
    assert same(alone, perturb(case, noise=1, volume=[0.1], contour=1, seed=5, threads=1)[0])
    assert not same(alone, perturb(case, noise=1, volume=[0.1], contour=1, seed=6)[0])
    other = among["noise_2_volume_0.1_contour_1"]
    assert not np.array_equal(alone.image.voxels, other.image.voxels)
    assert not np.array_equal(alone.mask.voxels, other.mask.voxels)


def test_rotation_moves_little_of_what_is_round(case):
    plain = rr.extract(*case, SETTINGS, spacing_mm=SPACING)
    for one in perturb(case, rotations=[-20, 45, (10, -25, 30)]):
        found = rr.extract(one.image, one.mask, SETTINGS)
        for name in ("original_intensity_statistics_mean", "original_morphology_volume"):
            assert found[name] == pytest.approx(plain[name], rel=0.03)
        direction = np.array(one.image.direction)
        np.testing.assert_allclose(direction @ direction.T, np.eye(3), atol=1e-12)
        assert one.mask.geometry == one.image.geometry


def test_noise_has_the_level_of_the_image(case):
    (one,) = perturb(case, noise=1)
    assert one.record["perturb"].values["noise_level"] == pytest.approx(10, rel=0.1)
    (other,) = perturb(case, noise=1, noise_level=3.0)
    assert other.record["perturb"].values["noise_level"] == 3
    settings = {"bin_width": 10}
    bare = rr.perturb(*case, settings, spacing_mm=SPACING)[0].image.voxels
    loud = rr.perturb(*case, settings, spacing_mm=SPACING, noise=1, noise_level=3.0)[0].image.voxels
    assert (loud - bare).std() == pytest.approx(3, rel=0.05)
    assert (loud - bare).mean() == pytest.approx(0, abs=0.1)


def test_sizes_are_those_asked_for(case):
    found = perturb(case, volume=[-0.2, 0.1, 0.5])
    for share, one in zip((-0.2, 0.1, 0.5), found, strict=True):
        values = one.record["perturb"].values
        assert values["voxels"] / values["voxels_interpolated"] - 1 == pytest.approx(
            share, abs=2e-3
        )
        assert values["voxels"] == one.mask.voxels.sum()
    before = perturb(case)[0].mask.voxels.sum()
    smaller, larger = (
        one.mask.voxels.sum() for one in perturb(case, volume=[-5, 2], volume_by="distance")
    )
    assert smaller == np.ceil(0.8 * before)
    assert larger > 1.3 * before
    (least,) = perturb(case, volume=-2, volume_by="distance", minimum_volume=0)
    assert 0 < least.mask.voxels.sum() < 0.7 * before


def test_contours_are_drawn_anew(case):
    drawn = [one.mask.voxels for one in perturb(case, contour=6)]
    plain = perturb(case)[0].mask.voxels
    for one in drawn:
        assert 0 < (one != plain).sum() < plain.sum()
    assert len({one.tobytes() for one in drawn}) > 2


def test_a_single_slice_stays_one(case):
    mask = case[1].copy()
    mask[np.arange(24) != 12] = 0
    settings = {**SETTINGS, "keep_single_slices": True, "families": ["intensity_statistics"]}
    one = rr.perturb(
        case[0], mask, settings, spacing_mm=SPACING, rotations=[8], volume=[0.2], noise=1, contour=1
    )[0]
    assert one.mask.voxels.any(axis=(1, 2)).sum() == 1
    assert one.image.spacing_mm == (2.0, 1.25, 1.25)
    assert len(rr.extract(one.image, one.mask, settings)) > 0
    with pytest.raises(rr.SettingsError, match="single slice, which turns in its plane"):
        rr.perturb(case[0], mask, settings, spacing_mm=SPACING, rotations=[(0, 5, 0)])[0]


def test_records_are_added_to_those_of_the_image(case):
    (one,) = perturb(case, rotations=[5], volume=[0.1], seed=2)
    assert str(one.record).startswith("perturb: rotation_5_volume_0.1, seed 2; ")
    assert one.image.record["perturb"] == one.record["perturb"]
    assert one.mask.record["perturb"].values["seed"] == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rotations": [400]}, "`rotation_deg` is .400.0, 0.0, 0.0.: give degrees"),
        ({"translations": [1.0]}, "`translation` is .*from 0 to below 1"),
        ({"volume": [-1]}, "`volume` is -1: give a share"),
        ({"volume_by": "mm"}, "volume_by is 'mm': give one of fraction, distance"),
        ({"rotations": [5, 5.0]}, "'rotation_5' is given twice"),
        ({"rotations": []}, "rotations is empty"),
        ({"rotations": [(1, 2)]}, r"rotations has \(1, 2\): give 1 or 3"),
        ({"rotations": [np.nan]}, "rotations has nan: give finite numbers"),
        ({"noise": -1}, "noise is -1: give a number of repetitions"),
        ({"seed": -1}, "seed is -1: give a whole number from 0 on"),
    ],
)
def test_what_cannot_be_used(case, change, message):
    with pytest.raises(rr.SettingsError, match=message):
        perturb(case, **change)


def test_what_cannot_be_computed(case):
    for change, message in (
        ({"noise": 1, "noise_level": -2.0}, "`noise_level` is -2"),
        ({"minimum_volume": 2}, "`minimum_volume` is 2"),
        ({"margin_mm": -1}, "`margin_mm` is -1"),
    ):
        with pytest.raises(rr.SettingsError, match=message):
            perturb(case, **change)[0]
    with pytest.raises(rr.SettingsError, match="normalise the image first"):
        rr.perturb(*case, {"normalise": True}, spacing_mm=SPACING)[0]
    with pytest.raises(rr.RegionError, match="label 4 is not in the mask"):
        perturb(case, label=4)[0]
    with pytest.raises(TypeError, match="rotations is 'a': give a number"):
        perturb(case, rotations="a")
    with pytest.raises(TypeError, match=r"noise is 1\.5"):
        perturb(case, noise=1.5)

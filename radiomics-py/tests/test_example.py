"""The examples: the same on every machine, and what they are said to be."""

import hashlib

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from commands import refused, run
from radiomics_rs import _liver

CT = ("arterial", "portal", "delayed")


@pytest.fixture(scope="module")
def liver():
    return rr.example("liver")


def digest(array):
    """Of the values, whatever the order of bytes."""
    return hashlib.sha256(
        np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"))
    ).hexdigest()[:16]


DIGESTS = {
    "arterial": "1cfa71c1e7223440",
    "portal": "4a8f9d6b4953b05d",
    "delayed": "aded18b19ddf3d6f",
    "mr": "af425a72108c8fc4",
    "pet": "4cbef1137f796bc2",
    "ultrasound": "2baba7c9af8d9830",
    "mask": "fdf5866e6e350716",
    "ultrasound_mask": "b7118a862df5906c",
}


@pytest.mark.parametrize("name", DIGESTS)
def test_voxels_are_those_of_every_machine(liver, name):
    volumes = {**liver.images, "mask": liver.mask, "ultrasound_mask": liver.ultrasound_mask}
    assert digest(volumes[name].voxels) == DIGESTS[name]


def test_every_image_has_a_digest(liver):
    assert set(DIGESTS) == {*liver.images, "mask", "ultrasound_mask"}


def mean(liver, image, label):
    inside = liver.mask.voxels == liver.labels[label]
    return float(liver.images[image].voxels[inside].mean())


def test_the_tumour_is_bright_and_washes_out(liver):
    over_liver = [mean(liver, phase, "tumour") - mean(liver, phase, "liver") for phase in CT]
    assert over_liver[0] > 20
    assert over_liver[2] < -10
    # The rim is what is brighter than both of them late.
    assert mean(liver, "delayed", "rim") > mean(liver, "delayed", "liver") + 10
    assert mean(liver, "mr", "tumour") < mean(liver, "mr", "liver") / 2
    assert mean(liver, "pet", "tumour") > 2 * mean(liver, "pet", "liver")


@pytest.mark.parametrize(
    ("label", "low", "high"), [("fat", -110, -80), ("muscle", 40, 75), ("aorta", 90, 350)]
)
@pytest.mark.parametrize("phase", CT)
def test_tissues_have_their_hounsfield_units(liver, phase, label, low, high):
    assert low < mean(liver, phase, label) < high


def test_regions_lie_where_they_should(liver):
    whole = rr.region(liver.mask, ["liver", "vessels", "tumour", "rim"])
    assert next(iter(whole.components())).voxels > 0.99 * whole.voxels
    tumour = rr.region(liver.mask, "tumour")
    assert len(tumour.components()) == 1
    # Round the tumour there is its rim, and nothing else but where it lies at the edge.
    ring = tumour.ring(0, 3)
    assert ring.within(rr.region(liver.mask, "rim")).voxels > 0.8 * ring.voxels
    # The patient's right is where x is small, the back where y is large.
    middle = {
        n: np.argwhere(liver.mask.voxels == liver.labels[n]).mean(axis=0) for n in liver.labels
    }
    assert middle["liver"][2] + 20 < middle["bone"][2] < middle["aorta"][2]
    assert middle["bone"][1] > middle["aorta"][1] > middle["liver"][1]


def test_noise_is_nearly_normal():
    found = _liver.noise((64, 64, 64), 5)
    assert abs(found.mean()) < 1
    assert abs(found.std() - _liver.NOISE_SD) < 1
    along = found.reshape(-1)
    # Neighbours have nothing to do with each other, nor do seeds.
    other = _liver.noise((64, 64, 64), 6).reshape(-1)
    for pair in ((along[1:], along[:-1]), (along, other)):
        assert abs(np.corrcoef(*pair)[0, 1]) < 0.01


def test_averages_are_those_of_boxes():
    array = np.random.default_rng(2).integers(-50, 50, (4, 5, 6))
    padded = np.pad(array, ((0, 0), (1, 1), (2, 2)), mode="edge")
    boxes = np.lib.stride_tricks.sliding_window_view(padded, (1, 3, 5))
    found = _liver.averaged(array, (1, 3, 5))
    # Each axis is rounded down by itself, which takes less than one from either.
    exact = boxes.mean(axis=(3, 4, 5))
    assert ((found <= exact) & (found > exact - 2)).all()


def test_labels_go_by_name(liver):
    settings = {"bin_width": 25, "families": ["intensity_statistics"]}
    tables = rr.extract(liver.phases, liver.mask, settings, label=["tumour", "rim"])
    assert list(tables) == ["tumour", "rim"]
    single = rr.extract(liver.images["portal"], liver.mask, settings, label=2)
    assert (
        single["original_intensity_statistics_mean"]
        == (tables["tumour"]["portal_intensity_statistics_mean"])
    )
    with pytest.raises(rr.RegionError, match="no label called 'tumor'; known are liver, tumour"):
        rr.extract(liver.images["portal"], liver.mask, settings, label="tumor")
    assert rr.region(liver.mask, "tumour").voxels == int((liver.mask.voxels == 2).sum())


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_all_features_are_defined(liver):
    for name in liver.images:
        profile = "ibsi_2d" if name == "ultrasound" else "ibsi"
        settings = rr.Settings(profile=profile, bin_number=32)
        table = rr.extract(liver.images[name], liver.mask_of(name), settings, label="tumour")
        assert {row.status for row in table} == {"ok"}, name


def test_an_example_that_does_not_exist(liver):
    with pytest.raises(rr.SettingsError, match="one of ibsi, liver; did you mean 'liver'"):
        rr.example("lever")
    with pytest.raises(rr.SettingsError, match="no image of the example called 'CT'"):
        liver.mask_of("CT")


def test_examples_are_new_each_time(liver):
    other = rr.example("liver")
    other.mask.voxels[:] = 0
    assert liver.mask.voxels.any()
    assert rr.example("ibsi")[0].shape == rr.example()[0].shape == (4, 4, 5)


def test_files(liver, tmp_path):
    folder = tmp_path / "new" / "liver"
    done = run("example", folder)
    assert "9 files written" in done.stdout
    for name, volume in liver.images.items():
        read = sitk.ReadImage(folder / f"{name}.nii.gz")
        np.testing.assert_array_equal(sitk.GetArrayViewFromImage(read), volume.voxels)
        assert read.GetSpacing()[::-1] == volume.spacing_mm
    # The command that is printed runs.
    line = next(line for line in done.stdout.splitlines() if line.startswith("try: "))
    words = line.removeprefix("try: radiomics-rs ").split()
    out = tmp_path / "out.csv"
    run(*words, "--out", out)
    assert out.read_text(encoding="utf-8").count("\n") == 175


def test_command(tmp_path):
    out = tmp_path / "out.csv"
    run("extract", "--example", "liver", "--label", "tumour,rim", "--out", out)
    assert out.read_text(encoding="utf-8").count("\nrim,") == 174
    assert run("extract", "--example", "ibsi").stdout == run("extract", "--example").stdout
    assert "no label called 'tumor'" in refused("extract", "--example=liver", "--label=tumor")
    assert "invalid choice: 'lever'" in refused("extract", "--example=lever", code=2)

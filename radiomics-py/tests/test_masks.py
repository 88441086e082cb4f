"""Masks that are not on the image's grid, or hold several labels a voxel."""

import logging

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from commands import refused, run
from conftest import csv_of, same
from radiomics_rs.pyradiomics import featureextractor

SHAPE = (8, 16, 16)
SETTINGS = rr.Settings(bin_width=25, families=["intensity_statistics", "morphology"])
VOLUME = "original_morphology_volume_voxel_counting"


@pytest.fixture
def labels():
    labels = np.zeros(SHAPE, np.uint8)
    labels[1:7, 4:12, 4:12] = 1
    return labels


@pytest.fixture
def image():
    return sitk.GetImageFromArray(np.random.default_rng(0).normal(40, 20, SHAPE).astype("f4"))


def test_a_cropped_mask_is_resampled(image, labels, tmp_path):
    mask = sitk.GetImageFromArray(labels)
    cropped = mask[2:14, 2:14, 1:7]
    expected = rr.extract(image, mask, SETTINGS)
    with pytest.raises(rr.GeometryError, match="resample_mask=True"):
        rr.extract(image, cropped, SETTINGS)
    assert same(expected, rr.extract(image, cropped, SETTINGS, resample_mask=True))
    assert same(expected, rr.extract(image, mask, SETTINGS, resample_mask=True))
    several = rr.extract({"a": image, "b": image}, cropped, SETTINGS, resample_mask=True)
    assert len(several) > len(expected)
    maps = rr.feature_maps(image, cropped, ["intensity_statistics.mean"], resample_mask=True)
    assert maps.region.sum() == 384
    found = rr.matrices(
        image, cropped, {"bin_number": 8, "families": ["ngtdm"]}, resample_mask=True
    )
    assert sum(m.values.sum() > 0 for m in found) == 1
    files = tmp_path / "image.nrrd", tmp_path / "mask.nrrd"
    for part, file in zip((image, cropped), files, strict=True):
        sitk.WriteImage(part, str(file))
    done = run("extract", *files, "--resample-mask", "--set", "bin_width=25",
               "--set", "families=[intensity_statistics, morphology]")  # fmt: skip
    assert done.stdout == csv_of(expected)
    done = run("map", *files, "--resample-mask", "--features", "ngtdm.contrast", "--out", tmp_path)
    assert "1 maps of 384 voxels" in done.stdout


def test_resampling_is_that_of_pyradiomics(image, labels):
    """A mask of half the spacing, turned about z, by nearest neighbour."""
    fine = sitk.GetImageFromArray(np.kron(labels, np.ones((2, 2, 2), np.uint8)))
    fine.SetSpacing((0.5, 0.5, 0.5))
    fine.SetOrigin((0.3, -0.3, 0.1))
    fine.SetDirection((np.cos(0.2), -np.sin(0.2), 0, np.sin(0.2), np.cos(0.2), 0, 0, 0, 1))
    extractor = featureextractor.RadiomicsFeatureExtractor(correctMask=True)
    theirs = extractor.execute(image, fine)
    ours = rr.extract(image, fine, SETTINGS, resample_mask=True)
    assert ours[VOLUME] == float(theirs["original_shape_VoxelVolume"])
    mean = float(theirs["original_firstorder_Mean"])
    assert ours["original_intensity_statistics_mean"] == pytest.approx(mean, rel=1e-12)


def test_what_cannot_be_resampled(image, labels):
    away = sitk.GetImageFromArray(labels)
    away.SetOrigin((6, 0, 0))
    with pytest.raises(
        rr.RegionError, match=r"label 1 .* is not inside of the image: .* \[8, 16, 16\]"
    ):
        rr.extract(image, away, SETTINGS, resample_mask=True)
    fine = sitk.GetImageFromArray((np.indices((1, 1, 2))[2] + 1).astype(np.uint8))
    fine.SetSpacing((0.25, 0.25, 0.25))
    fine.SetOrigin((4.4, 4.4, 4.4))
    with pytest.raises(rr.RegionError, match="label 1 of the mask has no voxel left"):
        rr.extract(image, fine, SETTINGS, resample_mask=True)
    array = sitk.GetArrayFromImage(image)
    with pytest.raises(rr.GeometryError, match="an array has no place"):
        rr.extract(array, labels[1:], SETTINGS, spacing_mm=1, resample_mask=True)
    with pytest.raises(rr.GeometryError, match="the mask has 2 dimensions and the image 3"):
        rr.extract(image, sitk.GetImageFromArray(labels[3]), SETTINGS, resample_mask=True)
    expected = rr.extract(array, labels, SETTINGS, spacing_mm=1)
    assert same(expected, rr.extract(array, labels, SETTINGS, spacing_mm=1, resample_mask=True))


def test_a_component_of_a_mask(image, labels, tmp_path):
    mask = sitk.GetImageFromArray(labels)
    layers = sitk.Compose([mask, 1 - mask])
    with pytest.raises(
        rr.ReadError, match="2 components per voxel: choose one with label_channel, 0 to 1"
    ):
        rr.extract(image, layers, SETTINGS)
    for channel, voxels in ((0, 384), (1, labels.size - 384)):
        assert rr.extract(image, layers, SETTINGS, label_channel=channel)[VOLUME] == voxels
        stack = np.stack([labels, 1 - labels], -1)
        assert rr.extract(image, stack, SETTINGS, label_channel=channel)[VOLUME] == voxels
    assert rr.extract(image, mask, SETTINGS, label_channel=0)[VOLUME] == 384
    for bad in (2, -1):
        with pytest.raises(rr.ReadError, match=f"label_channel is {bad}, and the mask has 2 comp"):
            rr.extract(image, layers, SETTINGS, label_channel=bad)
    with pytest.raises(rr.ReadError, match="label_channel is 1, and the mask has 1 component"):
        rr.extract(image, mask, SETTINGS, label_channel=1)
    with pytest.raises(TypeError, match="label_channel is 'one'"):
        rr.extract(image, layers, SETTINGS, label_channel="one")
    files = tmp_path / "image.nrrd", tmp_path / "layers.nrrd"
    for part, file in zip((image, layers), files, strict=True):
        sitk.WriteImage(part, str(file))
    expected = rr.extract(*files, SETTINGS, label_channel=1)
    settings = ("--set", "bin_width=25", "--set", "families=[intensity_statistics, morphology]")
    assert run("extract", *files, "--label-channel", 1, *settings).stdout == csv_of(expected)
    assert "label_channel is 5" in refused("extract", *files, "--label-channel", 5)


def test_labels_below_0_are_labels(image, labels):
    mask = sitk.GetImageFromArray(-labels.astype("i2"))
    assert rr.extract(image, mask, SETTINGS, label=-1)[VOLUME] == 384
    with pytest.raises(rr.RegionError, match="label 1 is not in the mask; it holds -1"):
        rr.extract(image, mask, SETTINGS)


@pytest.mark.parametrize(
    ("scale", "kind", "text"),
    [
        (0.7, "f4", "up to 0.7, are between whole numbers"),
        (1.9, "f4", "such as 1.9, at 384 voxels: they are cut off"),
        (-1, "i2", r"Label (1) not present in mask. Choose from [-1]"),
    ],
)
def test_the_drop_in_says_what_it_cuts_off(image, labels, scale, kind, text, caplog):
    mask = sitk.GetImageFromArray(labels.astype(kind) * np.dtype(kind).type(scale))
    extractor = featureextractor.RadiomicsFeatureExtractor()
    with caplog.at_level(logging.WARNING, "radiomics"):
        failure = None
        try:
            extractor.execute(image, mask)
        except ValueError as error:
            failure = error
    assert text in (caplog.text if failure is None else str(failure))


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"label": 2**63}, rr.RegionError, "the label is 9223372036854775808"),
        ({"label": -(2**64)}, rr.RegionError, "the label is -184"),
        ({"label": b"1"}, TypeError, "the label is b'1'"),
        ({"label": []}, rr.RegionError, "the labels are empty"),
        ({"spacing_mm": "222"}, TypeError, "spacing_mm is '222'"),
        ({"spacing_mm": b"222"}, TypeError, "spacing_mm is b'222'"),
        ({"spacing_mm": ("2", "2", "2")}, TypeError, "spacing_mm is"),
        ({"threads": 2**70}, rr.SettingsError, "threads is 118"),
        ({"threads": "2"}, TypeError, "threads is '2'"),
    ],
)
def test_arguments_that_read_as_something_else(labels, options, kind, message):
    with pytest.raises(kind, match=message):
        rr.extract(labels, labels, SETTINGS, **{"spacing_mm": 1, **options})


def test_numbers_of_maps(labels):
    for options, message in (({"outside": "3"}, "outside"), ({"radius": "1"}, "radius")):
        with pytest.raises(TypeError, match=message):
            rr.feature_maps(labels, labels, ["ngtdm"], spacing_mm=1, **options)
    with pytest.raises(rr.SettingsError, match="radius is 118"):
        rr.feature_maps(labels, labels, ["ngtdm"], spacing_mm=1, radius=2**70)


def test_a_label_that_no_mask_holds_on_the_command_line(phantom_files):
    stderr = refused("extract", *phantom_files, "--label", "99999999999999999999")
    assert stderr.startswith("radiomics-rs: error: the label is 99999999999999999999: labels of a")


def test_every_error_has_a_kind(labels):
    kinds = {rr.ReadError, rr.GeometryError, rr.RegionError, rr.SettingsError, rr.InternalError}
    assert all(issubclass(kind, rr.RadiomicsError) for kind in kinds)
    cases = [
        ({"image": np.zeros(3)}, rr.ReadError),
        ({"spacing_mm": 0}, rr.GeometryError),
        ({"mask": labels[1:]}, rr.GeometryError),
        ({"label": 9}, rr.RegionError),
        ({"mask": labels * 0}, rr.RegionError),
        ({"image": np.full(SHAPE, np.nan)}, rr.RegionError),
        ({"settings": {"bin_width": -1}}, rr.SettingsError),
        ({"settings": {"bin_edges": [500, 600]}}, rr.SettingsError),
        ({"filters": "sqare"}, rr.SettingsError),
        ({"image": {"a": labels}, "label": [1, 9]}, rr.RegionError),
    ]
    for change, kind in cases:
        given = {"image": labels, "mask": labels, "settings": SETTINGS, "spacing_mm": 1, **change}
        with pytest.raises(rr.RadiomicsError) as caught:
            rr.extract(**given)
        assert type(caught.value) is kind, change

"""Segmentations and masks of hospitals, voxel for voxel, and grids that run otherwise."""

import json

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from conftest import csv_of
from radiomics_rs import cli, io

pydicom = pytest.importorskip("pydicom")
pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:pydicom")
SEGMENTS = ("fractional", "labelmap_sparse", "liver_binary", "overlapping_five")


def image_of(data, case):
    """The image that a segmentation is of."""
    clinical = data / "clinical" / "seg"
    places = {
        "abdomen_labelmap31": data / "abdomen_ct" / "dicom",
        "liver_binary": clinical / "overlapping_five" / "image",
    }
    return io.read_image(places.get(case, clinical / case / "image"))


def on_grid(path, image):
    """The voxels of a reference in the axes of an image."""
    return io.read_mask(path, image=image).voxels


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
@pytest.mark.parametrize("case", SEGMENTS)
def test_segmentations(data, case):
    folder = data / "clinical" / "seg" / case
    expected = json.loads((folder / "expected.json").read_text())
    image = image_of(data, case)
    found = io.read_mask(folder / "seg.dcm", image=image)
    # The background is no segment.
    segments = [segment for segment in expected["segments"] if segment["segment"] > 0]
    for segment, (label, mask) in zip(segments, found.items(), strict=True):
        number = segment["segment"]
        assert label == segment["label"] or str(number) in label
        assert mask.voxels.sum() == segment["highdicom_voxels"]
        reference = folder / f"expected_{number}.nii.gz"
        if reference.is_file():
            np.testing.assert_array_equal(mask.voxels > 0, on_grid(reference, image) > 0)
        one = io.read_mask(folder / "seg.dcm", image=image, roi=number)
        np.testing.assert_array_equal(one.voxels, mask.voxels)


def test_voxels_outside_of_the_image(data):
    path = data / "clinical" / "seg" / "overlap_same_position" / "seg.dcm"
    image = image_of(data, "overlap_same_position")
    with pytest.raises(rr.RegionError, match=r"16 .*\b4 "):
        io.read_mask(path, image=image)
    with pytest.warns(rr.RadiomicsWarning, match=r"16 .*\b4 "):
        found = io.read_mask(path, image=image, outside="ignore")
    assert len(found) == 2


@pytest.mark.slow
def test_structures_of_the_abdomen(data):
    image = image_of(data, "abdomen_labelmap31")
    labels = io.read_mask(data / "abdomen_ct" / "dicom_labels.nii.gz", image=image)
    assert labels.record["turned"].values["axes"] == ["z", "-y", "x"]
    held = [int(label) for label in np.unique(labels.voxels) if label]
    folder = data / "clinical" / "seg" / "abdomen_labelmap31"
    found = io.read_mask(next(folder.glob("*.dcm")), image=image)
    assert len(found) == len(held) == 31
    for label, mask in zip(held, found.values(), strict=True):
        np.testing.assert_array_equal(mask.voxels > 0, labels.voxels == label)


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_paths_of_objects_are_masks(data):
    folder = data / "clinical" / "seg"
    settings = {"families": ["intensity_statistics"]}
    series, liver = folder / "overlapping_five" / "image", folder / "liver_binary" / "seg.dcm"
    table = rr.extract(series, liver, settings)
    image = io.read_image(series)
    mask = next(iter(io.read_mask(liver, image=image).values()))
    assert table == rr.extract(image, mask, settings)
    with pytest.raises(rr.ReadError, match=r"holds 5 regions, GREEN, .*io\.read_mask"):
        rr.extract(series, folder / "overlapping_five" / "seg.dcm", settings)
    stack = io.read_mask(folder / "overlapping_five" / "seg.dcm", image=image)
    assert list(rr.extract(image, stack, settings)) == list(stack)
    with pytest.raises(rr.ReadError, match="drawn on an image"):
        rr.extract(np.zeros((3, 512, 512)), liver, settings, spacing_mm=1)


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_contours_are_masks(data):
    folder = data / "clinical" / "rtstruct" / "sts025_pet"
    expected = json.loads((folder / "expected.json").read_text())
    series = next(place for place in folder.iterdir() if place.is_dir())
    path = next(p for p in folder.rglob("*.dcm") if _is_structures(p))
    image = io.read_image(series)
    name, reference = next(iter(expected["rois"].items()))
    mask = io.read_mask(path, image=image, roi=name)
    wanted = on_grid(folder / reference["file"], image)
    np.testing.assert_array_equal(mask.voxels[wanted < 2], wanted[wanted < 2])
    table = rr.extract(series, path, {"families": ["intensity_statistics"]})
    assert table == rr.extract(image, mask, {"families": ["intensity_statistics"]})
    with pytest.raises(rr.ReadError, match="drawn on an image: give image="):
        io.read_mask(path)


def _is_structures(path):
    return pydicom.dcmread(path, stop_before_pixels=True).Modality == "RTSTRUCT"


def test_segments_that_are_none(data):
    path = data / "clinical" / "seg" / "overlapping_five" / "seg.dcm"
    assert io.list_segments(path)[0].label == "GREEN"
    for wrong in ("BLACK", 9):
        with pytest.raises(rr.SettingsError, match="GREEN"):
            io.read_mask(path, roi=wrong)
    with pytest.raises(rr.SettingsError, match="threshold"):
        io.read_mask(path, threshold=2)


def test_a_segmentation_that_is_cut_off(data, tmp_path):
    whole = (data / "clinical" / "seg" / "overlapping_five" / "seg.dcm").read_bytes()
    (tmp_path / "cut.dcm").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(rr.ReadError, match=r"missing|cut off|damaged"):
        io.read_mask(tmp_path / "cut.dcm")


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
def test_what_we_write_by_highdicom_comes_back(data, kind, tmp_path):
    highdicom = pytest.importorskip("highdicom")
    folder = data / "clinical" / "seg" / "overlapping_five" / "image"
    sources = [pydicom.dcmread(path) for path in sorted(folder.glob("*.dcm"))]
    for one in sources:
        one.SpecificCharacterSet = "ISO_IR 192"
    sources.sort(key=lambda one: float(one.ImagePositionPatient[2]))
    image = io.read_image(folder)
    mask = np.zeros(image.voxels.shape, np.uint8)
    mask[0, 100:140, 200:260] = 1
    mask[2, 50:60, 70:75] = 1
    code = highdicom.sr.CodedConcept("10200004", "SCT", "Liver")
    made = highdicom.seg.Segmentation(
        source_images=sources,
        pixel_array=mask,
        segmentation_type=kind,
        segment_descriptions=[
            highdicom.seg.SegmentDescription(1, "liver", code, code, "MANUAL"),
        ],
        series_instance_uid=highdicom.UID(),
        series_number=2,
        sop_instance_uid=highdicom.UID(),
        instance_number=1,
        manufacturer="radiomics-rs",
        manufacturer_model_name="test",
        software_versions="1",
        device_serial_number="1",
    )
    made.save_as(tmp_path / "seg.dcm")
    found = io.read_mask(tmp_path / "seg.dcm", image=image, roi="liver")
    np.testing.assert_array_equal(found.voxels, mask)


def turned(volume, order, flips):
    """The same voxels in other axes, as a SimpleITK image."""
    image = sitk.PermuteAxes(volume.to_sitk(), order)
    return sitk.Flip(image, flips, False)


@pytest.mark.parametrize(
    ("order", "flips"),
    [((0, 1, 2), (False, True, False)), ((2, 0, 1), (True, False, True)), ((1, 0, 2), (True,) * 3)],
)
def test_axes_that_run_otherwise(order, flips):
    generator = np.random.default_rng(4)
    image = io.Volume(generator.normal(size=(5, 6, 7)), (3, 1, 2), (10, -20, 30))
    mask = io.Volume((generator.random((5, 6, 7)) > 0.3).astype(np.uint8), *image.geometry)
    expected = rr.extract(image, mask)
    other = turned(mask, order, flips)
    assert rr.extract(image, other) == expected
    tumour = rr.region(other).ring(0, 2)
    assert rr.extract(image, tumour) == rr.extract(image, rr.region(mask).ring(0, 2))


def test_grids_that_differ(tmp_path):
    image = io.Volume(np.zeros((4, 5, 6)), (3, 1, 2))
    near = io.Volume(np.ones((4, 5, 6), np.uint8), (3, 1, 2), (0, 0, 0.5))
    sitk.WriteImage(near.to_sitk(), str(tmp_path / "near.nrrd"))
    with pytest.raises(rr.GeometryError, match=r"origin.*0\.5 mm.*resample_mask"):
        io.read_mask(tmp_path / "near.nrrd", image=image)
    coarse = io.Volume(np.ones((2, 5, 6), np.uint8), (6, 1, 2), (1.5, 0, 0))
    sitk.WriteImage(coarse.to_sitk(), str(tmp_path / "coarse.nrrd"))
    with pytest.raises(rr.GeometryError, match=r"size.*spacing"):
        io.read_mask(tmp_path / "coarse.nrrd", image=image)
    found = io.read_mask(tmp_path / "coarse.nrrd", image=image, resample=True)
    assert found.voxels.shape == image.voxels.shape
    assert found.record["resampled"].values["volumes"]["1"]["change"] == pytest.approx(0)


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_masks_are_resampled_to_whatever_has_a_place():
    settings = {"families": ["intensity_statistics"]}
    image = io.Volume(np.random.default_rng(7).normal(size=(6, 6, 6)), (1, 1, 1), (5, 6, 7))
    whole = np.zeros((6, 6, 6), np.uint8)
    whole[1:5, 1:5, 1:5] = 1
    mask = io.Volume(whole, *image.geometry)
    expected = rr.extract(image, mask, settings)
    cropped = mask.to_sitk()[1:5, 1:5, 1:5]
    given = {
        "cropped": cropped,
        "turned": sitk.Flip(cropped, (True, False, True), False),
        "permuted": sitk.PermuteAxes(cropped, (2, 0, 1)),
        "region": rr.region(cropped),
    }
    for name, other in given.items():
        for of in (image, image.to_sitk()):
            assert rr.extract(of, other, settings, resample_mask=True) == expected, name
    with pytest.raises(rr.GeometryError, match="an array has no place to resample it by"):
        rr.extract(image.voxels, whole[1:], settings, spacing_mm=1, resample_mask=True)


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_a_mask_is_resampled_to_a_series(data):
    folder = data / "clinical" / "seg" / "overlapping_five" / "image"
    image = io.read_image(folder)
    mask = np.zeros(image.voxels.shape, np.uint8)
    mask[:, 100:140, 200:260] = 1
    cropped = io.Volume(mask, *image.geometry).to_sitk()[190:270, 90:150, :]
    settings = {"families": ["intensity_statistics"]}
    found = rr.extract(folder, cropped, settings, resample_mask=True)
    assert found == rr.extract(image, mask, settings)


def test_what_resampling_does_to_a_volume_is_said():
    fine = np.zeros((12, 12, 12), np.uint8)
    fine[2:5, 2:5, 2:5] = 1
    mask = io.Volume(fine, (1, 1, 1))
    image = io.Volume(np.random.default_rng(1).normal(size=(6, 6, 6)), (2, 2, 2))
    settings = {"families": ["intensity_statistics"]}
    with pytest.warns(rr.RadiomicsWarning, match=r"volume of label 1 by .*from 27 to 64 mm³"):
        rr.extract(image, mask, settings, resample_mask=True)
    with pytest.raises(rr.RadiomicsError, match="volume of label 1 by"):
        rr.extract(image, mask, settings, resample_mask=True, strict=True)


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_a_label_that_resampling_loses_is_recorded():
    fine = np.zeros((12, 12, 12), np.uint8)
    fine[1, 1, 1] = 1
    fine[6:10, 6:10, 6:10] = 2
    fine[11, :4] = 3
    mask = io.Volume(fine, (1, 1, 1), (-0.5, -0.5, 0.5))
    image = io.Volume(np.random.default_rng(1).normal(size=(6, 6, 6)), (2, 2, 2))
    settings = {"families": ["intensity_statistics"]}
    given = {"settings": settings, "label": [1, 2, 3], "resample_mask": True}
    with pytest.raises(rr.RegionError, match=r"label [13]"):
        rr.extract(image, mask, **given)
    found = rr.extract(image, mask, **given, on_error="record")
    expected = rr.extract(image, mask, settings, label=2, resample_mask=True)
    assert found[2] == expected
    for label, reason in ((1, "no voxel left"), (3, "not inside of the image")):
        assert np.isnan(found[label].values()).all()
        assert all(f"label {label}" in row.reason and reason in row.reason for row in found[label])
    assert found[2].warnings == expected.warnings
    every = rr.extract(image, mask, **{**given, "label": "all"}, on_error="record")
    assert list(every) == [1, 2, 3]


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_every_image_of_a_call_is_turned():
    rng = np.random.default_rng(3)
    first = io.Volume(rng.normal(size=(5, 6, 7)), (1, 2, 3))
    second = io.Volume(rng.normal(size=(5, 6, 7)), (1, 2, 3))
    mask = io.Volume(np.ones((5, 6, 7), np.uint8), (1, 2, 3))
    settings = {"families": ["intensity_statistics"]}
    expected = rr.extract({"a": first, "b": second}, mask, settings)
    other = sitk.PermuteAxes(sitk.Flip(second.to_sitk(), (True, False, True), False), (2, 0, 1))
    assert rr.extract({"a": first, "b": other}, mask, settings) == expected


def test_another_frame_of_reference_is_refused(data, tmp_path):
    folder = data / "clinical" / "seg" / "overlapping_five"
    image = io.read_image(folder / "image")
    seg = pydicom.dcmread(folder / "seg.dcm")
    seg.FrameOfReferenceUID = "1.2.3"
    seg.save_as(tmp_path / "seg.dcm")
    with pytest.raises(rr.GeometryError, match=r"in frame of reference 1\.2\.3, and the image"):
        io.read_mask(tmp_path / "seg.dcm", image=image)
    found = io.read_mask(tmp_path / "seg.dcm", image=image, ignore_frame_of_reference=True)
    expected = io.read_mask(folder / "seg.dcm", image=image)
    for name, mask in expected.items():
        np.testing.assert_array_equal(found[name].voxels, mask.voxels)
        assert mask.record["frame_of_reference"].text == "that of the image"


def test_a_series_in_two_frames_of_reference_is_refused(data, tmp_path):
    for place, path in enumerate(sorted((data / "clinical/series/ct_five_slices").rglob("*.dcm"))):
        one = pydicom.dcmread(path)
        one.FrameOfReferenceUID = "1.2.3" if place else "1.2.4"
        one.save_as(tmp_path / path.name)
    with pytest.raises(rr.GeometryError, match=r"2 frames of reference \(1\.2\.3, 1\.2\.4\)"):
        io.read_image(tmp_path)
    (row,) = io.scan(tmp_path)
    assert row.state.startswith("its slices lie in 2 frames of reference")


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_commands_take_regions_by_name(data, tmp_path, capsys):
    folder = data / "clinical" / "seg" / "overlapping_five"
    image, seg = str(folder / "image"), str(folder / "seg.dcm")
    found = io.read_mask(seg, image=io.read_image(image))
    first, second = list(found)[:2]
    shape = ["--set", "families=[intensity_statistics]"]
    expected = rr.extract(image, found[first], {"families": ["intensity_statistics"]})
    assert cli.main(["extract", image, seg, *shape, "--roi", first]) == 0
    assert capsys.readouterr().out == csv_of(expected)
    out = str(tmp_path / "out.csv")
    assert (
        cli.main(["extract", image, seg, *shape, "--roi", first, "--roi", "2", "--out", out]) == 0
    )
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert len(lines) == 1 + 2 * len(expected)
    assert {line.split(",")[0] for line in lines[1:]} == {first, second}
    assert cli.main(["extract", image, seg, *shape, "--roi", "all", "--out", out]) == 0
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 1 + len(found) * len(expected)
    assert cli.main(["explain", image, seg, "--roi", first]) == 0
    assert "region" in capsys.readouterr().out
    for wrong, said in (
        (["explain", image, seg, "--roi", "all"], f"are {len(found)} regions: give the name"),
        (["extract", image, seg, "--roi", first, "--label", "2"], "give one of the two"),
        (["extract", image, seg, "--roi", "liverr"], "has no segment 'liverr'"),
        (["extract", image, seg, "--roi", first, "--roi", first], "give each region once"),
        (["extract", image, seg], "with --roi on the command line"),
    ):
        assert cli.main(wrong) == 1
        assert said in capsys.readouterr().err

"""Series and objects from hospitals: sound ones as other readers have them, others refused."""

import csv
import hashlib
import json
import shutil
import types

import numpy as np
import pytest

import radiomics_rs as rr
from radiomics_rs import io
from radiomics_rs.io import stacks

pydicom = pytest.importorskip("pydicom")
pytest.importorskip("pydicom.encaps")
pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:pydicom")
#: What messages name, of the cases that are refused.
REFUSED = {
    "series/ct_scout_gap": ("gap", "202.5 mm"),
    "series/enhanced_without_positions": ("plane position", "missing", "frame="),
    "series/gap_ct_tilted": ("gap", "0.75"),
    "series/mixed_directory": ("(MR, 7 files)", "(CT, 5 files)", "(CT, 4 files)"),
    "series/tilted_ct": ("tilt", "14 degrees"),
    "series/two_orientations_mr": ("orientation",),
}
SOUND = {
    "series/ct_duplicate_slice": [""],
    "series/ct_five_slices": [""],
    "series/encodings_mr": ["*.dcm"],
    "series/enhanced_ct": [""],
    "series/legacy_enhanced_ct": ["single", "multi"],
    "series/oblique_nonsquare_ct": [""],
}


def same_place(found, expected):
    """Whether a volume has the voxels of a reference, which may have the slice axis reversed."""
    size, spacing = expected["size_xyz"], expected["spacing_mm"]
    assert list(found.voxels.shape[::-1]) == size
    np.testing.assert_allclose(found.spacing_mm[::-1], spacing, atol=1e-4)
    direction = np.array(found.direction)[::-1, ::-1]
    voxels, origin = found.voxels, np.array(found.origin_mm[::-1])
    if not np.allclose(direction.ravel(), expected["direction"], atol=1e-4):
        voxels = voxels[::-1]
        origin = origin + direction[:, 2] * (size[2] - 1) * spacing[2]
        direction = direction * [1, 1, -1]
    np.testing.assert_allclose(direction.ravel(), expected["direction"], atol=1e-4)
    np.testing.assert_allclose(origin, expected["origin_mm"], atol=1e-3)
    assert (voxels.min(), voxels.max()) == (expected["min"], expected["max"])
    flat = np.ascontiguousarray(voxels, dtype="<f8")
    assert hashlib.sha256(flat.tobytes()).hexdigest() == expected["sha256_f64_zyx"]


def listed(data):
    with (data / "clinical" / "cases.csv").open() as file:
        return [row["case"] for row in csv.DictReader(file)]


def test_every_case_is_tested(data):
    cases = {case for case in listed(data) if case.startswith("series/")}
    assert cases == {*REFUSED, *SOUND}


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
@pytest.mark.parametrize("case", SOUND)
def test_sound_series(data, case):
    folder = data / "clinical" / case
    expected = json.loads((folder / "expected.json").read_text())
    geometry = expected.get("geometry") or expected["geometry_if_ok"]
    for part in SOUND[case]:
        paths = sorted(folder.glob(part)) if "*" in part else [folder / part]
        for path in paths:
            same_place(io.read_image(path), geometry)


@pytest.mark.parametrize("case", REFUSED)
def test_refused_series(data, case):
    with pytest.raises((rr.ReadError, rr.GeometryError)) as error:
        io.read_image(data / "clinical" / case)
    for named in REFUSED[case]:
        assert named in str(error.value)


def test_a_series_is_chosen(data):
    folder = data / "clinical" / "series" / "mixed_directory"
    uid = "1.3.6.1.4.1.5962.1.1.0.0.0.1194734704.16302.0.6"
    found = io.read_image(folder, series=uid)
    assert found.voxels.shape[0] == 5
    assert found.record["series"].values["series"] == uid
    assert len(found.record["series"].values["sop_instances"]) == 5
    with pytest.raises(rr.ReadError, match=r"there is no series 1\.2; it holds"):
        io.read_image(folder, series="1.2")


def test_a_copy_is_left_out_and_said(data):
    with pytest.warns(rr.RadiomicsWarning, match=r"left out: .*\.dcm"):
        found = io.read_image(data / "clinical" / "series" / "ct_duplicate_slice")
    assert len(found.record["repeated"].values["files"]) == 1


def test_uids_that_are_empty(data):
    found = io.read_image(data / "abdomen_ct" / "dicom")
    assert "SeriesInstanceUID is empty" in found.record["series"].text
    assert all(found.record["series"].values["sop_instances"])
    labels = io.read_mask(data / "abdomen_ct" / "dicom_labels.nii.gz", image=found)
    assert labels.voxels.shape == found.voxels.shape


def test_spacing_is_that_of_positions(series):
    found = io.read_image(series([0, 3, 6]))
    assert found.spacing_mm == (3, 2, 1)
    assert found.voxels.dtype == np.int16
    np.testing.assert_array_equal(found.voxels[:, 0, 0], [-1024, -724, -424])
    assert "from their positions" in found.record["spacing"].text


def test_a_gap_is_resampled_if_asked(series):
    folder = series([0, 3, 9, 12])
    with pytest.raises(rr.GeometryError, match=r"a gap of 6 mm, .* 3 mm apart.*1 slices are miss"):
        io.read_image(folder)
    found = io.read_image(folder, on_gap="resample")
    np.testing.assert_allclose(found.voxels[:, 0, 0] + 1024, [0, 300, 600, 900, 1200])
    assert found.record["gap"].text.startswith("resampled to 5 slices")


def test_slices_that_are_there_stay_when_a_gap_is_filled():
    heights = np.array([0.0, 1.0, 2.0, 4.0])
    stack = stacks.Stack([], heights, 1.0, np.eye(3), np.zeros(2), False)
    voxels = np.array([0, 1, np.inf, 3.0])[:, np.newaxis, np.newaxis]
    found = stacks.evened(voxels, stack)[:, 0, 0]
    np.testing.assert_array_equal(found, [0, 1, np.inf, np.inf, 3])


def test_files_without_uid_are_told_apart(series):
    def change(place, one):
        del one.SeriesInstanceUID
        one.StudyInstanceUID = f"1.2.{place % 2}"

    folder = series([0, 0, 3, 3], change=change)
    with pytest.raises(
        rr.ReadError, match=r"2 DICOM series: without UID: study 1\.2\.[01], CT \(CT, 2"
    ):
        io.read_image(folder)
    found = io.read_image(folder, series="without UID: study 1.2.1, CT")
    assert found.spacing_mm[0] == 3
    assert found.record["series"].values["series"] == ""


def test_a_tilt_is_resampled_if_asked(series):
    folder = series([0, 2, 4], shift=1.0)
    with pytest.raises(rr.GeometryError, match=r"by 2 mm each, as by a gantry tilt of 45 degrees"):
        io.read_image(folder)
    found = io.read_image(folder, on_tilt="resample")
    # Rows are 2 mm apart, and each slice lies a row further: its first row has moved in.
    assert np.isnan(found.voxels[1, 0]).all()
    np.testing.assert_allclose(found.voxels[1, 1:, 0], 200 - 1024)
    assert "45 degrees" in found.record["tilt"].text


def test_rescale_of_each_slice(series):
    def change(place, one):
        one.RescaleSlope, one.RescaleIntercept = 0.5 * (place + 1), 0

    found = io.read_image(series([0, 1], change=change))
    np.testing.assert_array_equal(found.voxels[:, 0, 1], [0.5, 101])


def test_volumes_of_a_series(series):
    def change(place, one):
        one.TemporalPositionIdentifier = place // 2 + 1
        one.RescaleIntercept = place

    folder = series([0, 1, 0, 1], change=change)
    with pytest.raises(rr.ReadError, match=r"2 volumes \(0: 2 frames, 1; 1: 2 frames, 2\)"):
        io.read_image(folder)
    np.testing.assert_array_equal(io.read_image(folder, volume=1).voxels[:, 0, 0], [2, 103])
    with pytest.raises(rr.ReadError, match="there is no volume 2"):
        io.read_image(folder, volume=2)


def test_volumes_that_two_marks_tell_apart(series):
    def change(place, one):
        one.TemporalPositionIdentifier = place // 4 + 1
        one.EchoNumbers = place // 2 % 2 + 1
        one.RescaleIntercept = place

    folder = series([0, 1] * 4, change=change)
    listed = r"4 volumes \(0: 2 frames, 1, 1; 1: 2 frames, 1, 2; 2: 2 frames, 2, 1; 3: "
    with pytest.raises(rr.ReadError, match=listed):
        io.read_image(folder)
    np.testing.assert_array_equal(io.read_image(folder, volume=2).voxels[:, 0, 0], [4, 105])


def test_stacks_that_abut(series):
    def change(place, one):
        one.StackID = "low" if place < 2 else "high"

    folder = series([0, 1, 2, 3, 4], change=change)
    with pytest.raises(rr.ReadError, match=r"2 volumes \(0: 3 frames, high; 1: 2 frames, low\)"):
        io.read_image(folder)
    assert io.read_image(folder, volume=0).voxels.shape[0] == 3


def test_stacks_of_a_slice_each_are_none(series):
    def change(place, one):
        one.StackID = str(place)

    assert io.read_image(series([0, 1, 2], change=change)).voxels.shape[0] == 3


def test_compressed_frames_with_factors_of_their_own(data, tmp_path):
    (path,) = (data / "clinical" / "series" / "enhanced_ct").glob("*.dcm")
    one = pydicom.dcmread(path)
    stored = one.pixel_array.astype(float)
    for place, group in enumerate(one.PerFrameFunctionalGroupsSequence):
        group.PixelValueTransformationSequence = [pydicom.dataset.Dataset()]
        group.PixelValueTransformationSequence[0].RescaleSlope = place + 1
        group.PixelValueTransformationSequence[0].RescaleIntercept = -place
    one.compress(pydicom.uid.RLELossless)
    one.save_as(tmp_path / "rle.dcm")
    found = io.read_image(tmp_path / "rle.dcm")
    ends = [
        (found.voxels[[0, -1]], (stored * factor - (factor - 1))[order])
        for order in ([0, -1], [-1, 0])
        for factor in [np.arange(1, len(stored) + 1)[:, None, None]]
    ]
    # The first frame may be the lowest slice, or the highest.
    assert any(np.array_equal(ours, theirs) for ours, theirs in ends)


def test_bits_that_do_not_count(series):
    def change(_place, one):
        one.PixelData = np.full((4, 6), 0xF001).astype("<u2").tobytes()

    assert (io.read_image(series([0], change=change)).voxels == 1 - 1024).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda _, one: delattr(one, "ImagePositionPatient"), "plane position"),
        (lambda n, one: setattr(one, "Rows", 4 - 2 * n), "differ in size"),
        (lambda _, one: setattr(one, "PixelData", b"\0" * 20), "bytes are missing"),
        (lambda _, one: delattr(one, "PixelData"), "decoder|pixel data"),
    ],
)
def test_slices_that_make_no_volume(series, change, said):
    with pytest.raises((rr.ReadError, rr.GeometryError), match=said):
        io.read_image(series([0, 1], change=change))


@pytest.mark.parametrize(
    ("syntax", "said"),
    [
        (pydicom.uid.RLELossless, r"its pixel data \(RLE Lossless\) are damaged"),
        (pydicom.uid.MPEG2MPML, r"no decoder for its pixel data \(MPEG2 Main .*\): convert it"),
    ],
)
def test_pixel_data_that_nobody_decodes(series, syntax, said):
    def change(_, one):
        one.file_meta.TransferSyntaxUID = syntax
        one.PixelData = pydicom.encaps.encapsulate([b"no slice"])

    with pytest.raises(rr.ReadError, match=said):
        io.read_image(series([0, 1], change=change))


def test_a_decoder_that_is_missing(series, monkeypatch):
    def change(_, one):
        one.file_meta.TransferSyntaxUID = pydicom.uid.RLELossless
        one.PixelData = pydicom.encaps.encapsulate([b"no slice"])

    decoder = types.SimpleNamespace(is_available=False, missing_dependencies=["x - requires y"])
    monkeypatch.setattr("pydicom.pixels.get_decoder", lambda _: decoder)
    said = r"no decoder for its pixel data \(RLE .*install pylibjpeg .* could use x - requires y"
    with pytest.raises(rr.ReadError, match=said):
        io.read_image(series([0, 1], change=change))


def test_different_slices_at_one_place(series):
    with pytest.raises(rr.GeometryError, match="2 slices with different voxels lie at"):
        io.read_image(
            series([0, 1, 1, 2], change=lambda n, one: setattr(one, "RescaleIntercept", n))
        )


def test_files_that_are_none(series, tmp_path):
    folder = series([0, 1])
    (folder / "readme.txt").write_text("no image")
    assert io.read_image(folder).voxels.shape[0] == 2
    with pytest.raises(rr.SettingsError, match="on_gap is 'fill'"):
        io.read_image(folder, on_gap="fill")
    (tmp_path / "empty").mkdir()
    with pytest.raises(rr.ReadError, match="no DICOM file"):
        io.read_image(tmp_path / "empty")
    cut = (folder / "9.dcm").read_bytes()[:-10]
    (folder / "9.dcm").write_bytes(cut)
    with pytest.raises(rr.ReadError, match="cut off"):
        io.read_image(folder)


def test_extraction_takes_folders(series):
    folder = series([0, 1, 2, 3])
    found = io.read_image(folder)
    mask = np.zeros(found.voxels.shape, np.uint8)
    mask[1:3, 1:3, 1:5] = 1
    settings = {"families": ["intensity_statistics"]}
    table = rr.extract(folder, mask, settings)
    assert table == rr.extract(found, mask, settings)
    assert table == rr.extract(found.voxels, mask, settings, spacing_mm=(1, 2, 1))


def test_scan(series, data, tmp_path):
    series([0, 1, 2])
    series([0, 3, 9, 12], folder="gap")
    shutil.copy(data / "clinical" / "seg" / "liver_binary" / "seg.dcm", tmp_path / "liver.dcm")
    (tmp_path / "cut.nii.gz").write_bytes(b"\x1f\x8b cut")
    (tmp_path / "notes.txt").write_text("nothing")
    (tmp_path / "dangling.dcm").symlink_to(tmp_path / "gone.dcm")
    found = io.scan(tmp_path)
    assert found.ignored == 1
    rows = {row.path.rpartition("/")[2]: row for row in found}
    assert set(rows) == {"series", "gap", "liver.dcm", "cut.nii.gz"}
    assert (rows["series"].files, rows["series"].modality, rows["series"].state) == (
        3,
        "CT",
        "sound",
    )
    assert rows["gap"].state.startswith("a gap of 6 mm")
    assert rows["liver.dcm"].kind == "segmentation"
    assert rows["liver.dcm"].refers_to
    assert rows["cut.nii.gz"].state != "sound"
    assert list(found.to_pandas()["uid"])[-1] == "1.2.3"
    assert "1 other files" in str(found)
    with pytest.raises(NotADirectoryError):
        io.scan(tmp_path / "notes.txt")


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_ultrasound(data):
    folder = data / "clinical" / "us2d"
    expected = json.loads((folder / "frames_ybr_jpeg" / "expected.json").read_text())
    path = folder / "frames_ybr_jpeg" / "1.dcm"
    for frame, mean in zip(
        expected["frames_listed"], expected["luma601_mean_per_frame"], strict=True
    ):
        found = io.read_image(path, frame=frame)
        assert found.voxels.shape == (1, expected["rows"], expected["cols"])
        assert abs(found.voxels.mean() - mean) < expected["tolerance_mean"]
        spacing = expected["spacing_mm_from_region"]
        np.testing.assert_allclose(found.spacing_mm[1:], [spacing, spacing])
    assert io.read_image(path, frame="all").voxels.shape[0] == 30
    with pytest.raises(rr.ReadError, match="a loop of 30 frames: choose one with frame=0 to 29"):
        io.read_image(path)
    with pytest.raises(rr.ReadError, match="no frame 30"):
        io.read_image(path, frame=30)


def test_ultrasound_without_spacing(data):
    folder = data / "clinical" / "us2d" / "jpeg2000_rct"
    expected = json.loads((folder / "expected.json").read_text())
    with pytest.warns(rr.RadiomicsWarning, match="no spacing: lengths are in pixels"):
        found = io.read_image(next(folder.glob("*.dcm")))
    weights = np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(found.voxels.sum(), weights @ expected["rgb_sum"], rtol=1e-12)

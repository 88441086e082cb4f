"""Structure sets (RTSTRUCT) become masks: voxel for voxel as in the reference, or an error."""

from __future__ import annotations

import dataclasses
import json
import warnings

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk  # noqa: N813
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

import radiomics_rs as rr
from radiomics_rs import io
from radiomics_rs.io.contours import list_rois, read_rtstruct
from radiomics_rs.io.structures import STRUCTURES

GRID = io.Volume(np.zeros((4, 8, 9), np.int16), (3.0, 1.0, 2.0), (10.0, -4.0, 5.0))
CASES = [
    "clinical_ten_rois",
    "other_frame_of_reference",
    "ring_oblique_plastimatch",
    "ring_rt_utils",
    "sts025_ct",
    "sts025_pet",
]


def volume(path):
    """The image in a file or a folder."""
    return io.from_sitk(io.read_sitk(path))


def voxels(path):
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path)))


def in_series(image, **values):
    """The image as if it came from a DICOM series."""
    return dataclasses.replace(image, record=io.Record().with_step("series", "", **values))


def square(low, high, slice_=1.0):
    """Points (x, y, z) in mm of a square, in voxels of `GRID`."""
    corners = [(low, low), (low, high), (high, high), (high, low)]
    return [(5 + 2 * x, y - 4, 10 + 3 * slice_) for y, x in corners]


def text(points):
    return "\\".join(f"{value:.10g}" for point in points for value in point).encode()


@pytest.fixture
def written(tmp_path):
    """Writes a structure set of {(number, name): [points, bytes or (type, points)]}."""

    def write(rois, syntax=ImplicitVRLittleEndian, frame="1.2.3", series="", images=()):
        dataset = Dataset()
        dataset.SOPClassUID, dataset.SOPInstanceUID = STRUCTURES, "1.2.3.4"
        dataset.StructureSetROISequence = []
        dataset.ROIContourSequence = []
        if series:
            of_series, study, of_frame = Dataset(), Dataset(), Dataset()
            of_series.SeriesInstanceUID = series
            of_series.ContourImageSequence = [referenced(uid) for uid in images]
            study.RTReferencedSeriesSequence = [of_series]
            of_frame.FrameOfReferenceUID, of_frame.RTReferencedStudySequence = frame, [study]
            dataset.ReferencedFrameOfReferenceSequence = [of_frame]
        for (number, name), contours in rois.items():
            roi, drawn = Dataset(), Dataset()
            roi.ROINumber, roi.ROIName, roi.ReferencedFrameOfReferenceUID = number, name, frame
            drawn.ReferencedROINumber = number
            drawn.ContourSequence = [item(contour) for contour in contours]
            dataset.StructureSetROISequence.append(roi)
            dataset.ROIContourSequence.append(drawn)
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = syntax
        dataset.file_meta.MediaStorageSOPClassUID = STRUCTURES
        path = tmp_path / "structures.dcm"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset.save_as(path, enforce_file_format=True)
        return path

    return write


def referenced(uid):
    found = Dataset()
    found.ReferencedSOPInstanceUID = uid
    return found


def item(contour):
    kind, points = contour if isinstance(contour, tuple) else ("CLOSED_PLANAR", contour)
    data = points if isinstance(points, bytes) else text(points)
    found = Dataset()
    found.ContourGeometricType = kind
    value = data + b" " * (len(data) % 2)
    tag = pydicom.tag.Tag("ContourData")
    found[tag] = pydicom.dataelem.RawDataElement(tag, "DS", len(value), value, 0, True, True)
    return found


@pytest.mark.parametrize("case", CASES)
def test_clinical_cases(data, case):
    """Every case of the clinical data, voxel for voxel; a centre on a line is not judged there."""
    folder = data / "clinical" / "rtstruct" / case
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    place = data / "clinical" / expected["image"] if "image" in expected else folder / "image"
    image = volume(place if place.is_dir() else folder / "grid.nii.gz")
    if expected["expect"].startswith("error"):
        series = {"frame_of_reference": "1.3.6.1.4"}
        with pytest.raises(rr.GeometryError, match=r"1\.2\.3\.4\.5.* 1\.3\.6\.1\.4"):
            read_rtstruct(folder / "rtstruct.dcm", in_series(image, **series))
        return
    rois = expected.get("rois") or {expected["roi"]: {"file": "expected_ring.nii.gz", **expected}}
    masks = read_rtstruct(folder / "rtstruct.dcm", image)
    for name, about in rois.items():
        wanted = voxels(folder / about["file"])
        judged = wanted != 2
        mask = masks[name]
        assert judged.sum() + about["undecided"] == wanted.size
        np.testing.assert_array_equal(mask.voxels[judged], wanted[judged])
        assert mask.voxels[~judged].all()
        values = mask.record["contours"].values
        assert values["on_line"] == about["undecided"]
        assert values["drawn"] == about["contours"]
        assert mask.geometry == image.geometry
    if (folder / "source_mask.nii.gz").exists():
        # What the contours were made of.
        source = voxels(folder / "source_mask.nii.gz")
        np.testing.assert_array_equal(masks[expected["roi"]].voxels, source)


def test_roi_without_contours(data):
    folder = data / "clinical" / "rtstruct" / "clinical_ten_rois"
    image = volume(folder / "grid.nii.gz")
    with pytest.raises(rr.RegionError, match="ROI 2 'Areola' has no contour"):
        read_rtstruct(folder / "rtstruct.dcm", image, "Areola")
    rois = {roi["name"]: roi["contours"] for roi in list_rois(folder / "rtstruct.dcm")}
    assert (len(rois), rois["Areola"], rois["Lt Lung"]) == (10, 0, 165)
    masks = read_rtstruct(folder / "rtstruct.dcm", image)
    assert set(masks) == set(rois) - {"Areola"}


@pytest.mark.filterwarnings("ignore:ROI 1:radiomics_rs.RadiomicsWarning")
@pytest.mark.parametrize("name", ["dicom", "image.nii.gz"])
def test_ibsi_phantom(data, name):
    """The CT phantom of IBSI 1: its structure set is its mask."""
    folder = data / "ibsi1" / "ct_phantom"
    image, wanted = volume(folder / name), volume(folder / "mask.nii.gz")
    mask = read_rtstruct(folder / "rtstruct.dcm", image, "GTV-1")
    assert mask.voxels.sum() == 125256
    placed = sitk.Resample(wanted.to_sitk(), mask.to_sitk(), interpolator=sitk.sitkNearestNeighbor)
    np.testing.assert_array_equal(mask.voxels, sitk.GetArrayFromImage(placed))


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian])
def test_drawn(written, syntax):
    hole = ("CLOSEDPLANAR_XOR", square(3.5, 4.5))
    path = written({(7, "GTV"): [square(1.5, 6.5), hole]}, syntax)
    mask = read_rtstruct(path, GRID, 7)
    wanted = np.zeros(GRID.voxels.shape, np.uint8)
    wanted[1, 2:7, 2:7] = 1
    wanted[1, 4, 4] = 0
    np.testing.assert_array_equal(mask.voxels, wanted)
    assert mask.record["contours"].values["voxels"] == 24
    json.dumps(mask.record.to_list())
    assert list_rois(path) == [
        {
            "number": 7,
            "name": "GTV",
            "contours": 2,
            "geometric_types": {"CLOSED_PLANAR": 1, "CLOSEDPLANAR_XOR": 1},
            "frame_of_reference": "1.2.3",
        }
    ]


def test_choice(written):
    line = ("OPEN_PLANAR", square(1.5, 6.5)[:2])
    rois = {(n, name): [square(1.5, 6.5)] for n, name in ((1, "GTV"), (2, "GTV"), (3, "liver"))}
    path = written({**rois, (4, "path"): [line], (5, "both"): [line, square(1.5, 2.5)]})
    with pytest.raises(rr.RegionError, match="2 ROIs are called 'GTV': give roi=1 or 2"):
        read_rtstruct(path, GRID, "GTV")
    with pytest.raises(
        rr.RegionError, match=r"no ROI 'Liver'; did you mean 'liver'\? It has: 1 'G"
    ):
        read_rtstruct(path, GRID, "Liver")
    with pytest.raises(rr.RegionError, match="ROI 4 'path' holds 1 of type OPEN_PLANAR"):
        read_rtstruct(path, GRID, ["path"])
    with pytest.raises(rr.SettingsError, match="roi names ROI 3 'liver' twice"):
        read_rtstruct(path, GRID, ["liver", 3])
    with pytest.raises(rr.SettingsError, match="empty list"):
        read_rtstruct(path, GRID, [])
    for wrong in (True, 1.5, [None]):
        with pytest.raises(TypeError):
            read_rtstruct(path, GRID, wrong)
    with pytest.raises(TypeError, match="give a Volume"):
        read_rtstruct(path, "image.nii")
    assert list(read_rtstruct(path, GRID, [3, 1])) == ["liver", "GTV"]
    with pytest.warns(io.RadiomicsWarning) as warned:
        masks = read_rtstruct(path, GRID)
    assert list(masks) == ["GTV (1)", "GTV (2)", "liver", "both"]
    said = [str(one.message) for one in warned]
    assert len(said) == 2
    assert "ROI 4 'path'" in said[0]
    assert "ROI 5 'both'" in said[1]
    assert masks["both"].record["contours"].values["not_filled"] == {"OPEN_PLANAR": 1}


@pytest.mark.parametrize(
    ("contour", "name", "message"),
    [
        (square(1.5, 9.5), "outside", r"1 \(2\) of 2 contours leave the image"),
        (square(1.5, 2.5, 4), "outside", r"1 \(2\) of 2 contours leave the image"),
        (square(1.5, 2.5, 1.4), "between", r"1 \(2\) of 2 contours lie farther than 0.3 mm"),
    ],
)
def test_contours_elsewhere(written, contour, name, message):
    path = written({(1, "GTV"): [square(1.5, 6.5, 2), contour]})
    with pytest.raises(rr.GeometryError, match=message):
        read_rtstruct(path, GRID, 1)
    with pytest.warns(io.RadiomicsWarning, match=message):
        mask = read_rtstruct(path, GRID, 1, **{name: "ignore"})
    assert mask.record["contours"].values[name] == 1
    with pytest.raises(rr.SettingsError, match=f"{name} is 'drop'"):
        read_rtstruct(path, GRID, 1, **{name: "drop"})


def test_tolerance(written):
    path = written({(1, "GTV"): [square(1.5, 6.5, 1.4)]})
    assert read_rtstruct(path, GRID, 1, slice_tolerance=0.41).voxels[1].sum() == 25
    with pytest.raises(rr.SettingsError, match="slice_tolerance"):
        read_rtstruct(path, GRID, 1, slice_tolerance=0.6)


def test_doubts_are_said(written):
    eight = square(1.5, 6.5)
    eight[0], eight[1] = eight[1], eight[0]
    path = written({(1, "GTV"): [eight, square(1.5, 2.5)[:2], square(1.5, 2.5, 3)]})
    with pytest.warns(io.RadiomicsWarning) as warned:
        mask = read_rtstruct(path, GRID, 1)
    said = "\n".join(str(one.message) for one in warned)
    assert "1 (1) contours cross themselves or each other" in said
    assert "1 (2) contours have fewer than three points" in said
    assert "1 (2) slices (counted from 0) within its range have no contour" in said
    values = mask.record["contours"].values
    assert (values["crossing"], values["degenerate"], values["gaps"]) == (1, 1, 1)
    with pytest.warns(io.RadiomicsWarning, match="the mask is empty"):
        read_rtstruct(written({(1, "GTV"): [square(1.6, 1.9)]}), GRID, 1)


def test_frame_of_reference(written):
    path = written({(1, "GTV"): [square(1.5, 6.5)]})
    same, other = (in_series(GRID, frame_of_reference=uid) for uid in ("1.2.3", "1.2.4"))
    assert read_rtstruct(path, same, 1).record["frame_of_reference"].text == "that of the image"
    with pytest.raises(rr.GeometryError, match=r"reference 1\.2\.3, and the image lies in 1\.2\.4"):
        read_rtstruct(path, other, 1)
    record = read_rtstruct(path, other, 1, ignore_frame_of_reference=True).record
    assert record["frame_of_reference"].values["ignored"]
    assert "the image names none" in str(read_rtstruct(path, GRID, 1).record)


def test_references(written):
    path = written({(1, "GTV"): [square(1.5, 6.5)]}, series="1.5", images=["1.5.1", "1.5.2"])
    drawn_on = in_series(GRID, series="1.5", sop_instances=["1.5.2", "1.5.3"])
    known = read_rtstruct(path, drawn_on, 1).record["references"]
    assert known.values == {"named": 2, "known": 1, "ignored": False}
    with pytest.warns(io.RadiomicsWarning, match="though the series is the same"):
        read_rtstruct(path, in_series(GRID, series="1.5", sop_instances=["1.7"]), 1)
    other = in_series(GRID, series="1.6", sop_instances=["1.6.1"])
    with pytest.raises(rr.GeometryError, match=r"drawn on series 1\.5, .* image is of series 1\.6"):
        read_rtstruct(path, other, 1)
    read_rtstruct(path, other, 1, ignore_references=True)


@pytest.mark.parametrize(
    ("coordinates", "message"),
    [
        (b"1\\2\\3\\4\\5", "contour 2 of ROI 1 'GTV' of .*it has 5 numbers"),
        (b"1\\2\\three", 'contour 2 of ROI 1 .*"three" among its coordinates is no finite'),
        (b"1\\2\\nan", '"nan" among its coordinates'),
        (b"1\\2\\1e400", '"1e400" among its coordinates'),
        (b"1\\\\3", '"" among its coordinates'),
        (b"1\\2\\3\\\xff\\5\\6", "among its coordinates"),
        (b"1\\2\\1e30", "point 1 of contour 2 lies at"),
    ],
)
def test_coordinates_that_are_none(written, coordinates, message):
    path = written({(1, "GTV"): [square(1.5, 6.5), coordinates]})
    with pytest.raises(rr.RadiomicsError, match=message):
        read_rtstruct(path, GRID, 1)


def test_spaces_and_signs_are_numbers(written):
    points = text(square(1.5, 6.5)).replace(b"\\", b" \\ +").replace(b"+-", b"-")
    assert read_rtstruct(written({(1, "GTV"): [points]}), GRID, 1).voxels.sum() == 25


def test_files_that_are_none(written, tmp_path):
    path = written({(1, "GTV"): [square(1.5, 6.5)]})
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    with pytest.raises(rr.ReadError, match="bytes are missing"):
        list_rois(path)
    for content, message in (
        (b"", "empty"),
        (b"contours" * 100, "no DICOM file"),
        (whole.replace(STRUCTURES.encode(), b"1.2.840.10008.5.1.4.1.1.481.5"), "but is RT Plan"),
    ):
        path.write_bytes(content)
        with pytest.raises(rr.ReadError, match=message):
            list_rois(path)
    with pytest.raises(FileNotFoundError):
        list_rois(tmp_path / "none.dcm")
    with pytest.raises(rr.RegionError, match="none of its ROIs"):
        read_rtstruct(written({(1, "GTV"): []}), GRID)

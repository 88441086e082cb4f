"""What is said of masks of hospitals while they are read is in the tables, once, of its region."""

import csv
import json
import warnings
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from radiomics_rs.cli import main
from radiomics_rs.io import arrays
from test_contours import GRID, square, written  # noqa: F401

SETTINGS = {"families": ["intensity_statistics"]}


@pytest.fixture
def here(tmp_path, monkeypatch, written):  # noqa: F811
    """An image, and regions of which the first one's contours cross."""
    monkeypatch.chdir(tmp_path)
    eight = square(1.5, 6.5)
    eight[0], eight[1] = eight[1], eight[0]
    path = written({(1, "GTV"): [eight], (2, "lung"): [square(1.5, 6.5)]})
    rng = np.random.default_rng(0)
    values = rng.integers(0, 99, GRID.voxels.shape).astype(np.int16)
    image = rr.io.Volume(values, *GRID.geometry).to_sitk()
    sitk.WriteImage(image, "image.nii.gz")
    return path.name


def written_codes(*rois):
    """Each label with whether its rows have what was said of files."""
    chosen = [word for roi in rois for word in ("--roi", roi)]
    out = ["--out", "t.csv", "--write-warnings", "--set", "families=[intensity_statistics]"]
    assert main(["extract", "image.nii.gz", "structures.dcm", *chosen, *out]) == 0
    with open("t.csv", newline="") as file:  # noqa: PTH123
        rows = list(csv.DictReader(file))
    return {(row.get("label", ""), "file" in row["warnings"].split(";")) for row in rows}


@pytest.mark.parametrize(
    ("rois", "codes"),
    [
        (["GTV"], {("", True)}),
        (["lung"], {("", False)}),
        (["GTV", "lung"], {("GTV", True), ("lung", False)}),
        (["all"], {("GTV", True), ("lung", False)}),
    ],
)
def test_the_command_writes_them(here, rois, codes, capsys):
    assert written_codes(*rois) == codes
    said = capsys.readouterr().err
    assert said.count("contours cross") == any(is_said for _, is_said in codes)


def test_the_command_is_strict_about_them(here, capsys):
    words = ["extract", "image.nii.gz", here, "--roi", "GTV", "--strict", "--out", "t.csv"]
    assert main(words) == 1
    assert "error: image `original`, label 1: ROI 1 'GTV'" in capsys.readouterr().err


def test_tables_of_volumes_hold_them(here):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        masks = rr.io.read_mask(here, image="image.nii.gz")
        tables = rr.extract("image.nii.gz", masks, SETTINGS)
    assert sum("contours cross" in str(one.message) for one in said) == 1
    held = {name: [one.code for one in tables[name].warnings] for name in masks}
    assert ["file" in held[name] for name in ("GTV", "lung")] == [True, False]


def test_what_is_said_of_an_image_is_in_the_tables_of_all_its_masks(here, monkeypatch):
    def opened(role, given, door, *more):
        if role == "image" and isinstance(given, str):
            door.remark("it looks odd")
        return as_it_is(role, given, door, *more)

    as_it_is = arrays._open
    mask = rr.io.read_mask(here, image=GRID, roi="lung")
    monkeypatch.setattr(arrays, "_open", opened)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        tables = rr.extract("image.nii.gz", [mask, mask], SETTINGS)
    assert sum("it looks odd" in str(one.message) for one in said) == 1
    assert all("it looks odd" in [one.message for one in t.warnings] for t in tables.values())


def test_a_cohort_has_them_once(here):
    case = {"image": "image.nii.gz", "mask": here, "roi": "GTV"}
    rr.extract_cohort([case], SETTINGS, out="t.jsonl", jobs=1)
    told = json.loads(Path("t.jsonl.run.json").read_text())["cases"][0]
    assert [one["code"] for one in told["warnings"]].count("file") == 1

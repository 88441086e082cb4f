"""What makes values doubtful is told: in the table, as a warning, in files, or as an error."""

import csv
import json

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from radiomics_rs.cli import main

SETTINGS = rr.Settings(bin_number=32, families=["intensity_statistics", "glcm"])


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 1000, (12, 12, 12)).astype("i2")


def box(last):
    mask = np.zeros((12, 12, 12), "u1")
    mask[2:last, 2:last, 2:last] = 1
    return mask


def test_a_plain_region_has_none(image, recwarn):
    table = rr.extract(image, box(10), SETTINGS, spacing_mm=1)
    assert table.warnings == ()
    assert not recwarn


def test_a_small_region_is_told_once_and_for_its_label(image):
    mask = box(10)
    mask[10, 10, 8:11] = 7
    with pytest.warns(rr.RadiomicsWarning) as told:
        tables = rr.extract(image, mask, SETTINGS, label=[1, 7], spacing_mm=1)
    assert tables[1].warnings == ()
    assert [w.code for w in tables[7].warnings if w.code == "small_region"] == ["small_region"]
    assert {w.label for w in tables[7].warnings} == {7}
    assert [str(w.message) for w in told] == [str(w) for w in tables[7].warnings]
    assert {w.filename for w in told} == {__file__}


def test_strict_makes_an_error_of_it(image):
    mask = np.zeros((12, 12, 12), "u1")
    mask[4, 4, 4:7] = 1
    with pytest.raises(rr.RadiomicsError, match=r"label 1: .*3 voxels"):
        rr.extract(image, mask, SETTINGS, spacing_mm=1, strict=True)
    assert len(rr.extract(image, box(10), SETTINGS, spacing_mm=1, strict=True)) > 0


def test_levels_are_those_of_one_image(image):
    flat = np.where(image > 500, 1, 0).astype("i2")
    with pytest.warns(rr.RadiomicsWarning, match="2 grey levels"):
        table = rr.extract({"a": image, "b": flat}, box(10), SETTINGS, spacing_mm=1)
    assert [(w.code, w.image) for w in table.warnings] == [("few_levels", "b")]


@pytest.fixture
def files(tmp_path, image):
    flat = sitk.GetImageFromArray(np.where(image > 500, 1, 0).astype("i2"))
    sitk.WriteImage(flat, str(tmp_path / "image.nii.gz"))
    sitk.WriteImage(sitk.GetImageFromArray(box(10)), str(tmp_path / "mask.nii.gz"))
    return ["extract", str(tmp_path / "image.nii.gz"), str(tmp_path / "mask.nii.gz")]


def test_the_command_writes_them(tmp_path, files, capsys):
    for name in ("table.csv", "table.json"):
        out = str(tmp_path / name)
        assert main([*files, "--out", out, "--write-warnings", "--set", "families=[glcm]"]) == 0
        assert "warning: image `original`, label 1: " in capsys.readouterr().err
    with (tmp_path / "table.csv").open(newline="") as file:
        assert {row["warnings"] for row in csv.DictReader(file)} == {"few_levels"}
    held = json.loads((tmp_path / "table.json").read_text())
    assert [warning["code"] for warning in held["warnings"]] == ["few_levels"]
    assert len(held["features"]) > 0


def test_the_command_is_strict(tmp_path, files, capsys):
    out = tmp_path / "table.csv"
    assert main([*files, "--out", str(out), "--strict"]) == 1
    assert not out.exists()
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "error: image `original`, label 1: " in told

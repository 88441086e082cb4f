"""Which labels are computed, what they are called, and what becomes of those that cannot be."""

import json
import math

import numpy as np
import pytest

import radiomics_rs as rr
from commands import run

FIRST_ORDER = {"families": ["intensity_statistics"], "bin_width": 10}


@pytest.fixture
def three():
    """Two labels that can be computed and one of a single voxel."""
    image = np.random.default_rng(3).integers(0, 100, (6, 7, 8))
    mask = np.zeros(image.shape, np.uint8)
    mask[1:4, 1:4, 1:4] = 2
    mask[4:, 4:, 4:] = 5
    mask[0, 0, 0] = 9
    return image, mask


def extract(three, **arguments):
    return rr.extract(*three, FIRST_ORDER, spacing_mm=1, **arguments)


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_a_label_that_fails_keeps_its_rows(three):
    tables = extract(three, label="all", on_error="record")
    assert list(tables) == [2, 5, 9]
    columns = [column.name for column in rr.columns(FIRST_ORDER)]
    for label, table in tables.items():
        assert table.keys() == columns
        if label == 9:
            assert {row.status for row in table} == {"failed"}
            assert all(math.isnan(row.value) for row in table)
            assert table[0].reason.startswith("failed: the region has 1 voxel")
            assert [warning.code for warning in table.warnings] == ["failed"]
            assert table.records()[0]["reason"] == table[0].reason
        else:
            assert table == extract(three, label=label)


@pytest.mark.parametrize("order", [("sound", "wrong"), ("wrong", "sound")])
@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_an_image_that_fails_leaves_the_others(three, order):
    """Of several images, a label may fail in one alone."""
    sound, mask = three
    wrong = sound.astype(float)
    wrong[2, 2, 2] = math.nan
    images = {name: {"sound": sound.astype(float), "wrong": wrong}[name] for name in order}
    tables = rr.extract(
        images, mask, FIRST_ORDER, spacing_mm=1, label=[2, 5], on_error="record", filters="square"
    )
    for label, table in tables.items():
        for row in table:
            is_failed = row.image.startswith("wrong")
            assert (row.status == "failed") == is_failed, (label, row.name)
            assert row.reason.startswith("failed: ") == is_failed


def test_a_label_that_fails_fails_the_call(three):
    with pytest.raises(rr.RegionError, match=r"label 9: the region has 1 voxel"):
        extract(three, label="all")
    with pytest.raises(rr.SettingsError, match=r"on_error is 'skip': give one of raise, record"):
        extract(three, label="all", on_error="skip")


def test_what_is_no_fault_of_a_region_fails_the_call(three):
    image, mask = three
    with pytest.raises(rr.SettingsError):
        rr.extract(image, mask, {"bin_width": -1}, label="all", on_error="record", spacing_mm=1)
    with pytest.raises(rr.RadiomicsError):
        rr.extract(
            image, mask[:, :, :-1], FIRST_ORDER, label="all", on_error="record", spacing_mm=1
        )


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_names(three, tmp_path):
    named = extract(three, label={"liver": 5, "spleen": 2})
    assert list(named) == ["liver", "spleen"]
    assert named["liver"] == extract(three, label=5)
    table = tmp_path / "names.csv"
    table.write_text("label,structure\n2,spleen\n5,liver\n9,stone\n")
    assert rr.label_names(table) == {"spleen": 2, "liver": 5, "stone": 9}
    of_table = extract(three, label="all", label_names=table, on_error="record")
    assert list(of_table) == ["spleen", "liver", "stone"]
    assert extract(three, label="liver", label_names=table) == named["liver"]
    with pytest.raises(rr.RegionError, match=r"no label called 'heart'; known are spleen, liver"):
        extract(three, label=["heart"], label_names=table)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("label,structure\n", "column of labels"),
        ("1,a\n1,b\n", "label 1 is called both 'a' and 'b'"),
        ("1,a\n2,a\n", "labels 1 and 2 are both called 'a'"),
        ("1\n2\n", "column of labels"),
    ],
)
def test_tables_of_names_that_are_none(tmp_path, text, said):
    path = tmp_path / "names.csv"
    path.write_text(text)
    with pytest.raises(rr.ReadError, match=said):
        rr.label_names(path)


@pytest.mark.parametrize("label", [[], {}, None, "liver", [1.5], {"a": "b"}, {1: 2}, [5, 5]])
def test_labels_that_are_none(three, label):
    with pytest.raises((rr.RegionError, TypeError)):
        extract(three, label=label)


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_masks_that_overlap(three):
    image, mask = three
    one, other = (mask == 2).astype(np.uint8), ((mask == 2) | (mask == 5)).astype(np.uint8)
    masks = {"tumour": one, "both": other}
    tables = rr.extract(image, masks, FIRST_ORDER, spacing_mm=1)
    for name, of_name in masks.items():
        assert tables[name] == rr.extract(image, of_name, FIRST_ORDER, spacing_mm=1)
    assert list(rr.extract(image, [one, other], FIRST_ORDER, spacing_mm=1)) == [0, 1]
    assert all("mask 'tumour': " in one.message for one in tables["tumour"].warnings)
    with pytest.raises(rr.RegionError, match="several masks and several labels"):
        rr.extract(image, masks, FIRST_ORDER, label=[1, 2], spacing_mm=1)
    with pytest.raises(rr.RegionError, match=r"mask 'none': .*empty"):
        rr.extract(image, {"none": np.zeros_like(one)}, FIRST_ORDER, spacing_mm=1)


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_frames(three):
    tables = extract(three, label={"liver": 5, "spleen": 2})
    frame = rr.to_frame(tables)
    assert list(frame["label"].unique()) == ["liver", "spleen"]
    assert len(frame) == 2 * len(tables["liver"])
    wide = rr.to_frame(tables, wide=True)
    assert wide.loc["liver"].to_dict() == tables["liver"].to_dict()


def command(*arguments):
    return run("extract", *arguments, check=False)


def test_command(three, tmp_path, data):
    image, mask = (data / "abdomen_ct" / name for name in ("image.nii.gz", "labels.nii.gz"))
    out = tmp_path / "all.json"
    settings = tmp_path / "settings.yaml"
    settings.write_text(json.dumps(FIRST_ORDER))
    names = data / "abdomen_ct" / "labels.csv"
    common = (image, mask, "--settings", settings, "--label-names", names, "--out", out)
    done = command(*common, "--label", "all", "--on-error", "record")
    assert done.returncode == 0, done.stderr
    records = json.loads(out.read_text())
    held = list(dict.fromkeys(record["label"] for record in records))
    assert len(held) == 41
    failed = {record["label"] for record in records if record["status"] == "failed"}
    assert len(failed) == 1
    done = command(*common, "--label", "spleen,5", "--label", "2")
    assert done.returncode == 0, done.stderr
    held = dict.fromkeys(record["label"] for record in json.loads(out.read_text()))
    assert list(held) == ["spleen", "liver", "kidney_right"]
    for wrong, said in [("all,5", "give `all` by itself"), ("a=b", "a whole number as its label")]:
        done = command(*common, "--label", wrong)
        assert done.returncode == 1
        assert said in done.stderr

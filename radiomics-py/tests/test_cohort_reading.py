"""Rows of one image in a cohort: it is read once, and nothing else is different for that."""

from pathlib import Path

import numpy as np
import pytest

import radiomics_rs as rr
from cohorts import MEAN, SETTINGS, change, compute_here, make, rows, write
from radiomics_rs.cohort import local_run, reading

pytestmark = pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")


@pytest.fixture
def seen(tmp_path, monkeypatch):
    """The files that are read, by their names, one of which is said to be odd."""
    names: list[str] = []
    opened = reading.opened

    def logged(role, path, door, channel=None):
        names.append(Path(path).name)
        if names[-1] == "i0.nii.gz":
            door.remark("it is odd")
        return opened(role, path, door, channel)

    monkeypatch.setattr(reading, "opened", logged)
    monkeypatch.setattr(local_run, "compute", compute_here)
    monkeypatch.chdir(tmp_path)
    return names


def labelled(folder):
    """Three labels of the first image, and one of another."""
    cases = make(folder, 2)
    labels = np.zeros((4, 6, 6), np.uint8)
    for label in (1, 2, 3):
        labels[:, 2 * label - 2 : 2 * label] = label
    write(folder / "m0.nii.gz", labels)
    return [{**cases[0], "case_id": f"l{k}", "label": k} for k in (1, 2, 3)] + [cases[1]]


def test_labels_of_an_image_read_it_once(seen, tmp_path):
    cases = labelled(tmp_path)
    found = rows(rr.extract_cohort(cases, SETTINGS, out="t.csv").out)
    assert sorted(seen) == ["i0.nii.gz", "i1.nii.gz", "m0.nii.gz", "m1.nii.gz"]
    for row, case in zip(found, cases, strict=True):
        label = case.get("label", 1)
        wanted = rr.extract(case["image"], case["mask"], SETTINGS, label=label)
        assert float(row[MEAN]) == wanted[MEAN]
    assert len({row[MEAN] for row in found}) == 4
    # Each says what is wrong with the file that it shares.
    assert ["file" in row["warnings"].split(";") for row in found] == [True] * 3 + [False]


def test_a_file_that_was_changed_is_read_again(seen, tmp_path, monkeypatch):
    cases = labelled(tmp_path)[:3]
    before = rr.extract(cases[1]["image"], cases[1]["mask"], SETTINGS, label=2)[MEAN]
    logged = reading.opened

    def changed(role, path, door, channel=None):
        found = logged(role, path, door, channel)
        if seen == ["i0.nii.gz", "m0.nii.gz"]:
            voxels = found.voxels.copy()
            write(tmp_path / "m0.nii.gz", voxels)
            change(tmp_path, "i0.nii.gz")
            values = rr.io.read_image("i0.nii.gz").voxels.astype(np.int16)
            write(tmp_path / "i0.nii.gz", values + 7)
        return found

    monkeypatch.setattr(reading, "opened", changed)
    found = rows(rr.extract_cohort(cases, SETTINGS, out="t.csv").out)
    assert [row["status"] for row in found] == ["failed", "ok", "ok"]
    assert "has been changed while it was read" in found[0]["error"]
    assert seen == ["i0.nii.gz", "m0.nii.gz"] * 2
    assert float(found[1][MEAN]) == pytest.approx(before + 7)


@pytest.mark.parametrize("digest", ["digest {}", "one for all"])
def test_no_more_than_one_case_is_held(tmp_path, digest):
    make(tmp_path, 3)
    volumes = reading.Volumes()
    for k in range(3):
        file = str(tmp_path / f"i{k}.nii.gz"), digest.format(k)
        volumes.begin([file])
        assert len(volumes._kept) == 0
        volumes.read(reading.Wanted("image", *file), [])
        assert len(volumes._kept) == 1
    volumes.begin([file])
    assert len(volumes._kept) == 1

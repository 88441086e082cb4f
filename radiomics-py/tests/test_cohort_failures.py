"""mechanics: cases that fail by themselves, with a reason, and run again once they are repaired."""

import os
import re
import warnings

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import cohorts
import radiomics_rs as rr
from cohorts import SETTINGS, rows
from radiomics_rs.cli import main
from radiomics_rs.cohort import waiting
from radiomics_rs.cohort.cases import cases_of, layout_of
from radiomics_rs.cohort.sources import source_of
from radiomics_rs.cohort.waiting import Queue

pytestmark = pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")


def cut(folder, k):
    data = (folder / f"i{k}.nii.gz").read_bytes()
    (folder / f"i{k}.nii.gz").write_bytes(data[: len(data) // 2])


def empty(folder, k):
    (folder / f"i{k}.nii.gz").write_bytes(b"")


def missing(folder, k):
    (folder / f"m{k}.nii.gz").unlink()


def a_text(folder, k):
    (folder / f"i{k}.nii.gz").write_text("see the other disc")


def a_folder(folder, k):
    (folder / f"i{k}.nii.gz").unlink()
    (folder / f"i{k}.nii.gz").mkdir()


def no_region(folder, k):
    cohorts.write(folder / f"m{k}.nii.gz", np.zeros((4, 6, 6), np.uint8))


def other_grid(folder, k):
    cohorts.write(folder / f"m{k}.nii.gz", np.ones((4, 6, 6), np.uint8), 2.0)


def nan(folder, k):
    cohorts.write(folder / f"i{k}.nii.gz", np.full((4, 6, 6), np.nan, np.float32))


def one_voxel(folder, k):
    mask = np.zeros((4, 6, 6), np.uint8)
    mask[2, 3, 3] = 1
    cohorts.write(folder / f"m{k}.nii.gz", mask)


def other_label(folder, k):
    mask = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / f"m{k}.nii.gz")))
    cohorts.write(folder / f"m{k}.nii.gz", mask * 7)


def no_mask(folder, k):
    mask = np.full((4, 6, 6), 0.5, np.float32)
    cohorts.write(folder / f"m{k}.nii.gz", mask)


DAMAGE = {
    cut: "i{}.nii.gz: ",
    empty: "i{}.nii.gz: it is empty, of 0 bytes",
    missing: "m{}.nii.gz: No such file or directory",
    a_text: "i{}.nii.gz: ",
    a_folder: "i{}.nii.gz",
    no_region: "m{}.nii.gz: ",
    other_grid: "m{}.nii.gz: ",
    nan: "i{}.nii.gz",
    one_voxel: "m{}.nii.gz: ",
    other_label: "label",
    no_mask: "m{}.nii.gz",
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The current folder, where cases are computed without other processes."""
    return cohorts.alone_in(tmp_path, monkeypatch)


def test_damage_is_of_its_case_alone_and_repaired_by_itself(here):
    n = 2 * len(DAMAGE)
    settings = {"families": ["intensity_statistics", "glcm"], "bin_width": 10}
    cases = cohorts.make(here, n)
    rr.extract_cohort(cases, settings, out="sound.csv")
    sound = (here / "sound.csv").read_bytes()
    kept = {path.name: path.read_bytes() for path in here.glob("*.nii.gz")}
    wanted = {}
    for place, (damage, text) in enumerate(DAMAGE.items()):
        damage(here, 2 * place)
        wanted[2 * place] = text.format(2 * place)
    made = rr.extract_cohort(cases, settings, out="t.csv")
    assert made.failed == len(DAMAGE)
    for k, (row, expected) in enumerate(zip(rows("t.csv"), rows("sound.csv"), strict=True)):
        if k in wanted:
            assert row["status"] == "failed", row
            assert wanted[k] in row["error"]
            assert "\n" not in row["error"]
            assert row["case_id"][1:] in row["error"]
            assert {row[name] for name in list(row)[7:]} == {"NaN"}
        else:
            assert row == expected
    for name, data in kept.items():
        if (here / name).is_dir():
            (here / name).rmdir()
        if not (here / name).exists() or (here / name).read_bytes() != data:
            (here / name).write_bytes(data)
    made = rr.extract_cohort(cases, settings, out="t.csv")
    assert (made.computed, made.kept, made.failed) == (len(DAMAGE), n - len(DAMAGE), 0)
    assert (here / "t.csv").read_bytes() == sound


@pytest.mark.parametrize(
    ("cells", "error"),
    [
        ({"label": "one"}, "i0.nii.gz, m0.nii.gz: the label is 'one': give a whole number"),
        ({"label": "1.5"}, "the label is '1.5': give a whole number"),
        ({"label": "9"}, "i0.nii.gz, m0.nii.gz: label 9"),
        ({"label": "1", "roi": "gtv"}, "there are a label, 1, and a roi, 'gtv': give one"),
        ({"roi": "gtv"}, "m0.nii.gz holds labels without names"),
        ({"mask": ""}, "i0.nii.gz: the column `mask` is empty"),
    ],
)
def test_cells_that_cannot_be(here, cells, error):
    (case,) = cohorts.make(here, 1)
    rr.extract_cohort([{**case, **cells}], SETTINGS, out="t.csv")
    (row,) = rows("t.csv")
    assert row["status"] == "failed"
    assert error in row["error"]


def test_large_cases_come_first_and_memory_bounds_what_is_at_work(here, monkeypatch):
    # As if processes took nothing, which 5 MB are not enough for.
    monkeypatch.setattr(waiting, "LEAST_MB", 0.0)
    cases = cohorts.make(here, 4)
    for k, side in ((1, 40), (2, 80)):
        voxels = np.random.default_rng(k).integers(0, 100, (side, side, side)).astype(np.int16)
        cohorts.write(here / f"i{k}.nii.gz", voxels)
    source = source_of(cases)
    made = cases_of(source, layout_of(source))
    sizes = {k: sum((here / f"{kind}{k}.nii.gz").stat().st_size for kind in "im") for k in (0, 3)}
    small = sorted(sizes, key=lambda k: (-sizes[k], k))
    queue = Queue(made, source.folder, 2, None)
    assert [task.case.place for _ in range(4) for task in queue.next(1)] == [2, 1, *small]
    # 80³ voxels of 2 bytes are 1.024 MB, three times as much is more than half of 5 MB.
    queue = Queue(made, source.folder, 2, 5.0)
    first = queue.next(8)
    assert [task.case.place for task in first] == [2, 1, *small]
    queue = Queue(made, source.folder, 2, 5.0)
    (first,) = queue.next(1)
    assert queue.next(1) == []
    queue.give_back(queue.given_mb([first]))
    assert [task.case.place for task in queue.next(1)] == [1]
    assert [task.case.place for task in queue.next(1)] == small[:1]


def test_a_case_that_finds_too_little_memory_is_tried_alone(here, monkeypatch):
    cases = cohorts.make(here, 3)
    voxels = np.random.default_rng(1).integers(0, 100, (60, 60, 60)).astype(np.int16)
    cohorts.write(here / "i1.nii.gz", voxels)
    cohorts.write(here / "m1.nii.gz", np.ones((60, 60, 60), np.uint8))
    alone, put_off = [], Queue.alone
    monkeypatch.setattr(Queue, "alone", lambda self, c: alone.append(c.place) or put_off(self, c))
    made = rr.extract_cohort(cases, SETTINGS, out="t.csv", jobs=2, memory_mb=302)
    assert (made.computed, made.failed) == (3, 0)
    assert alone == [1]
    settings = {**SETTINGS, "resample_spacing_mm": 0.2}
    made = rr.extract_cohort(cases[1:2], settings, out="t.csv", jobs=2, memory_mb=302)
    assert made.failed == 1
    assert "MB are left of the " in rows("t.csv")[0]["error"]


def test_memory_that_is_less_than_a_case_calls_for_is_said(here):
    cases = cohorts.make(here, 3)
    cohorts.write(here / "i1.nii.gz", np.zeros((60, 60, 60), np.int16))
    with pytest.warns(rr.RadiomicsWarning, match="^100 MB are") as said:
        made = rr.extract_cohort(cases, SETTINGS, out="t.csv", jobs=2, memory_mb=100)
    assert "case 'c1' calls for about 150 MB" in str(said[0].message)
    assert "2 more cases call for more: each of these is computed with no other" in str(
        said[0].message
    )
    assert (made.computed, made.failed) == (2, 1)
    # The same with enough says nothing, and one that is done takes none.
    with warnings.catch_warnings():
        warnings.simplefilter("error", rr.RadiomicsWarning)
        rr.extract_cohort(cases, SETTINGS, out="more.csv", jobs=2, memory_mb=400)
        rr.extract_cohort(cases[::2], SETTINGS, out="t.csv", jobs=2, memory_mb=100)
    source = source_of(cases)
    queue = Queue(cases_of(source, layout_of(source)), source.folder, 2, 100.0)
    (first,) = queue.next(1)
    assert queue.next(1) == []
    queue.give_back(queue.given_mb([first]))
    assert len(queue.next(1)) == 1


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_characters_that_no_text_has(here, ending):
    if ending == "parquet":
        pytest.importorskip("pyarrow")
    path = cohorts.write_cases(here / "cases.csv", cohorts.make(here, 1))
    own = {"own": rr.Extra(cohorts.says_odd_text, columns=["mean"], version="1")}
    out = here / f"t.{ending}"
    made = rr.extract_cohort(path, cohorts.SETTINGS, out=out, jobs=1, extra=own)
    assert made.failed == 1
    assert rb"\udcff" in out.read_bytes()
    made = rr.extract_cohort(
        [{"image": "no\udcff.nii", "mask": "m0.nii.gz"}], cohorts.SETTINGS, out=out, jobs=1
    )
    assert made.failed == 1


def test_tables_that_would_replace_the_cases(here):
    path = cohorts.write_cases(here / "cases.csv", cohorts.make(here, 1))
    before = path.read_bytes()
    with pytest.raises(rr.SettingsError, match="which holds the cases: give another name"):
        rr.extract_cohort(path, cohorts.SETTINGS, out=path)
    assert path.read_bytes() == before
    with pytest.raises(rr.SettingsError, match=r"there is no folder .*nowhere: make it"):
        rr.extract_cohort(path, cohorts.SETTINGS, out=here / "nowhere" / "t.csv")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_devices_and_pipes_are_no_tables(here, ending):
    pipe = here / f"cases.{ending}"
    os.mkfifo(pipe)
    for given in (pipe, "/dev/zero"):
        with pytest.raises(rr.ReadError, match=rf"{given}: it is neither a file nor a folder"):
            rr.extract_cohort(given, SETTINGS, out="t.csv")
    with pytest.raises(rr.ReadError, match="it is neither a file nor a folder"):
        rr.cohort_report(pipe, out="page.html")
    with pytest.raises(rr.ReadError, match=r"list of perturbations .*neither a file nor a folder"):
        rr.extract_cohort(cohorts.make(here, 1), SETTINGS, out="t.csv", stability="/dev/zero")
    assert main(["batch", "/dev/zero", "--out", "t.csv"]) == 1
    assert not list(here.glob("t.csv*"))


@pytest.mark.parametrize("name", ["t.csv.run.json", "t.stability.csv"])
def test_what_cannot_be_replaced_is_named(here, name):
    """And not what was to be put in its place, which is nobody's but ours."""
    (here / name).mkdir()
    stability = [{"noise": 2, "seed": 1}] if "stability" in name else None
    with pytest.raises(OSError, match=re.escape(name)) as found:
        rr.extract_cohort(cohorts.make(here, 1), SETTINGS, out=here / "t.csv", stability=stability)
    assert str(found.value.filename) == str(here / name)

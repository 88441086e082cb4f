"""mechanics: cases that fail by themselves, with a reason, and run again once they are repaired."""

import functools
import json
import math
import os
import subprocess
import sys
import warnings

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import cohorts
import radiomics_rs as rr
from cohorts import SETTINGS, rows
from radiomics_rs.cohort import local_run, waiting
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
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(local_run, "compute", cohorts.compute_here)
    monkeypatch.setenv("COHORT_LOG", str(tmp_path / "log.txt"))
    return tmp_path


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


def test_columns_of_ones_own(here):
    cases = cohorts.make(here, 2)
    deep = rr.Extra(cohorts.logged, columns=["sum"], version="1")
    made = rr.extract_cohort(cases, SETTINGS, out="t.csv", extra={"deep": deep})
    assert made.columns[-1] == "deep_sum"
    for case, row in zip(cases, rows("t.csv"), strict=True):
        region = rr.prepare(case["image"], case["mask"], SETTINGS)
        assert float(row["deep_sum"]) == region.image.voxels.sum()
    told = json.loads((here / "t.csv.run.json").read_text())
    assert told["extras"][0] == {
        "name": "deep",
        "function": "cohorts.logged",
        "version": "1",
        "columns": ["sum"],
        "margin_mm": 0.0,
    }
    assert rr.extract_cohort(cases, SETTINGS, out="t.csv", extra={"deep": deep}).kept == 2
    newer = rr.Extra(cohorts.logged, columns=["sum"], version="2")
    assert rr.extract_cohort(cases, SETTINGS, out="t.csv", extra={"deep": newer}).computed == 2


def test_columns_of_ones_own_of_several_images(here):
    cohorts.make(here, 2)
    case = {"image:a": "i0.nii.gz", "image:b": "i1.nii.gz", "mask": "m0.nii.gz"}
    own = {"d": rr.Extra(cohorts.of_images, columns=["difference"], version="1")}
    rr.extract_cohort([case], SETTINGS, out="t.csv", extra=own)
    boxes = [rr.prepare(f"i{k}.nii.gz", "m0.nii.gz", SETTINGS).image.voxels.sum() for k in (0, 1)]
    assert float(rows("t.csv")[0]["d_difference"]) == boxes[1] - boxes[0]
    case = {"image:a": "i0.nii.gz", "mask:a": "m0.nii.gz", "image:b": "x", "mask:b": "y"}
    with pytest.raises(rr.SettingsError, match="each image has a mask of its own"):
        rr.extract_cohort([case], SETTINGS, out="t.csv", extra=own)


def test_what_a_function_says_wrong_is_of_its_case(here):
    cases = cohorts.make(here, 1)
    own = {"own": rr.Extra(cohorts.names_wrong, columns=["mean"], version="1")}
    rr.extract_cohort(cases, SETTINGS, out="t.csv", extra=own)
    (row,) = rows("t.csv")
    assert row["error"] == (
        "i0.nii.gz, m0.nii.gz: extra 'own': ValueError: it returned ['other']: its columns are mean"
    )
    assert {row["own_mean"], row[cohorts.MEAN]} == {"NaN"}


def test_what_a_function_says_is_a_line_of_sensible_length(here, monkeypatch):
    monkeypatch.setenv("COHORT_CALLED", "")
    cases = cohorts.make(here, 1)
    own = {"own": rr.Extra(cohorts.says_too_much, columns=["mean"], version="1")}
    again = {"stability": [{"rotations": [0, 5]}], "perturbed": True}
    rr.extract_cohort(cases, SETTINGS, out="t.csv", extra=own)
    (row,) = rows("t.csv")
    begin = r"i0.nii.gz, m0.nii.gz: extra 'own': ValueError: a\x00b c\x1b[31m\x9f xxx"
    assert row["error"].startswith(begin)
    assert row["error"].endswith("x... (99037 more characters)")
    assert row["error"].isprintable()
    own = {"own": rr.Extra(cohorts.says_too_much_later, columns=["mean"], version="1")}
    rr.extract_cohort(cases, SETTINGS, out="a.csv", extra=own, **again)
    assert rows("a.csv")[0]["status"] == "ok"
    errors = [row["error"] for row in rows("a.perturbed.csv")]
    assert all(1000 < len(error) < 1100 and error.isprintable() for error in errors)


def test_functions_of_any_kind(here):
    cases = cohorts.make(here, 1)
    for function in (functools.partial(cohorts.logged), cohorts.Callable()):
        own = {"own": rr.Extra(function, columns=["sum"], version="1")}
        assert rr.extract_cohort(cases, SETTINGS, out="t.csv", extra=own).failed == 0


@pytest.mark.parametrize(
    ("extra", "error"),
    [
        (rr.Extra(cohorts.logged, columns=[], version="1"), "has no columns"),
        (cohorts.logged, "has no columns"),
        (rr.Extra(cohorts.logged, columns=["sum"]), "has no version"),
        (rr.Extra(lambda _: {}, columns=["sum"], version="1"), "handed to another process"),
        (rr.Extra(cohorts.logged, columns=["a", "a"], version="1"), "a column twice"),
        (rr.Extra(cohorts.logged, columns=["a"], version="1", margin_mm=-1), "margin_mm of -1"),
        (rr.Extra(cohorts.logged, ["a"], "1", margin_mm=math.inf), "margin_mm of inf: give"),
        (rr.Extra(cohorts.logged, ["a"], "1", margin_mm=math.nan), "margin_mm of nan: give"),
        (rr.Extra(3, columns=["a"], version="1"), "'own' has the function 3: give a function"),
        (rr.Extra(cohorts.logged, "mean", "1"), "'own' has the columns 'mean': give a list"),
        (rr.Extra(cohorts.logged, 3, "1"), "'own' has the columns 3: give a list"),
    ],
)
def test_functions_that_are_refused(here, extra, error):
    kind = TypeError if " has the " in error else rr.SettingsError
    with pytest.raises(kind, match=error):
        rr.extract_cohort(cohorts.make(here, 1), SETTINGS, out="t.csv", extra={"own": extra})
    assert not (here / "t.csv").exists()


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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_function_that_forks_leaves_one_process(tmp_path):
    cases = cohorts.make(tmp_path, 2)
    path = cohorts.write_cases(tmp_path / "cases.csv", cases)
    own = {"own": rr.Extra(cohorts.forks, columns=["mean"], version="1")}
    made = rr.extract_cohort(path, cohorts.SETTINGS, out=tmp_path / "t.csv", jobs=1, extra=own)
    assert (made.computed, made.failed) == (2, 0)


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


@pytest.mark.skipif(os.name == "nt", reason="this system has no SIGKILL")
def test_a_process_that_ends_takes_its_case_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COHORT_LOG", str(tmp_path / "log.txt"))
    cases = cohorts.make(tmp_path, 6)
    for k, value in ((1, 600), (3, 2000), (4, 400)):
        cohorts.write(tmp_path / f"i{k}.nii.gz", np.full((4, 6, 6), value, np.int16))
    own = {"own": rr.Extra(cohorts.ends, columns=["mean"], version="1")}
    made = rr.extract_cohort(cases, SETTINGS, out="t.csv", extra=own, jobs=2)
    assert (made.computed, made.failed) == (3, 3)
    errors = [row["error"] for row in rows("t.csv")]
    ended = "the process at work on this case has ended ({}), and again when it was alone"
    assert errors[1].startswith(f"i1.nii.gz, m1.nii.gz: {ended.format('exit code 3')}")
    assert errors[3].startswith(f"i3.nii.gz, m3.nii.gz: {ended.format('signal SIGKILL')}")
    assert errors[4] == "i4.nii.gz, m4.nii.gz: extra 'own': SystemExit: out"
    assert [errors[k] for k in (0, 2, 5)] == ["", "", ""]
    # One try alone and no more.
    tries = (tmp_path / "log.txt").read_text().split()
    assert (tries.count("600.0"), tries.count("2000.0"), tries.count("400.0")) == (2, 2, 1)
    assert len(tries) == 2 + 2 + 1 + 3
    broken = {"own": rr.Extra(_Broken(), columns=["mean"], version="1")}
    with pytest.raises(rr.RadiomicsError, match=r"cases cannot be computed: .*there_is_none"):
        rr.extract_cohort(cases, SETTINGS, out="t.csv", extra=broken, jobs=1)
    assert (tmp_path / "t.csv").exists()


PROGRAM = """
import radiomics_rs as rr

def mean(region):
    return {"mean": float(region.image.voxels.mean())}

own = {"own": rr.Extra(mean, columns=["mean"], version="1")}
"""
CALL = 'print(rr.extract_cohort("cases.csv", out="t.csv", extra=own, jobs=1))'


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (f'if __name__ == "__main__":\n    {CALL}', "1 cases, 1 computed, 0 kept, 0 failed"),
        (CALL, 'put the call behind `if __name__ == "__main__":`'),
        (None, "cannot be handed to another process (it is defined in no file)"),
    ],
)
def test_functions_of_the_program_itself(tmp_path, call, said):
    cohorts.write_cases(tmp_path / "cases.csv", cohorts.make(tmp_path, 1))
    (tmp_path / "program.py").write_text(f"{PROGRAM}\n{call or CALL}\n")
    command = [sys.executable, "program.py" if call else "-c"]
    command += [] if call else [PROGRAM + CALL]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert said in done.stdout + done.stderr


class _Broken:
    """What can be handed over, and not be taken."""

    def __call__(self, _region):
        return {"mean": 0.0}

    def __reduce__(self):
        return __import__, ("there_is_none",)

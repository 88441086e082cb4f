"""mechanics: columns of functions of one's own, and what becomes of those that fail or end."""

import functools
import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest

import cohorts
import radiomics_rs as rr
from cohorts import SETTINGS, rows

pytestmark = pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The current folder, where cases are computed without other processes."""
    return cohorts.alone_in(tmp_path, monkeypatch)


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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_function_that_forks_leaves_one_process(tmp_path):
    cases = cohorts.make(tmp_path, 2)
    path = cohorts.write_cases(tmp_path / "cases.csv", cases)
    own = {"own": rr.Extra(cohorts.forks, columns=["mean"], version="1")}
    made = rr.extract_cohort(path, cohorts.SETTINGS, out=tmp_path / "t.csv", jobs=1, extra=own)
    assert (made.computed, made.failed) == (2, 0)


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

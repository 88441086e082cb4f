"""mechanics: runs that end anywhere, and go on from there by the content of files."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import cohorts
import radiomics_rs as rr
from cohorts import SETTINGS, rows
from radiomics_rs import _bar
from radiomics_rs.cohort import keys, local_run

pytestmark = pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
OWN = {"own": rr.Extra(cohorts.logged, columns=["sum"], version="1")}
#: A run as a program that can be killed; its functions are those of a module.
PROGRAM = """
import cohorts, radiomics_rs as rr
own = {"own": rr.Extra(cohorts.logged, columns=["sum"], version="1")}
rr.extract_cohort("cases.csv", cohorts.SETTINGS, out="t.csv", extra=own, jobs=2)
"""
needs_signals = pytest.mark.skipif(os.name == "nt", reason="signals of Windows are others")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COHORT_LOG", str(tmp_path / "log.txt"))
    return tmp_path


@pytest.fixture
def here(folder, monkeypatch):
    """The same, and cases are computed without other processes."""
    monkeypatch.setattr(local_run, "compute", cohorts.compute_here)
    return folder


def computed(folder) -> list[str]:
    log = folder / "log.txt"
    return log.read_text().split() if log.exists() else []


def run(cases="cases.csv", **more):
    return rr.extract_cohort(cases, **{"settings": SETTINGS, "out": "t.csv", **more})


def begun(command, log, n, sleep_s):
    """A process that has computed `n` cases, as far as the log says."""
    paths = [str(Path(cohorts.__file__).parent), *sys.path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "COHORT_SLEEP": str(sleep_s)}
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
        # Shells let what they start in the background ignore interrupts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while len(computed(log.parent)) < n and process.poll() is None:
        time.sleep(0.01)
    return process


@needs_signals
def test_a_killed_run_goes_on_and_computes_nothing_twice(folder, monkeypatch):
    n = 16
    cohorts.write_cases(folder / "cases.csv", cohorts.make(folder, n))
    rng = random.Random(5)
    for until in (3, 8):
        process = begun([sys.executable, "-c", PROGRAM], folder / "log.txt", until, 0.05)
        time.sleep(rng.random() * 0.1)
        process.kill()
        process.communicate()
        assert not (folder / "t.csv").exists()
        # Those that it had started end with it.
        time.sleep(0.2)
        n_logged = len(computed(folder))
        time.sleep(0.2)
        assert len(computed(folder)) == n_logged
    before = len(computed(folder))
    monkeypatch.setattr(local_run, "compute", cohorts.compute_here)
    left = run(extra=OWN)
    assert left.kept >= before - 2 * 2
    assert left.kept + left.computed == n
    # Two processes have one case in flight each when they are killed.
    assert n <= len(computed(folder)) <= n + 2 * 2
    again = run(extra=OWN)
    assert (again.computed, again.kept) == (0, n)
    whole = (folder / "t.csv").read_bytes()
    run(extra=OWN, out="whole.csv")
    assert (folder / "whole.csv").read_bytes() == whole


@needs_signals
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_ends_within_a_second(folder, monkeypatch, number, code):
    cohorts.write_cases(folder / "cases.csv", cohorts.make(folder, 6))
    (folder / "sitecustomize.py").write_text(SLOW)
    command = [sys.executable, "-m", "radiomics_rs", "batch", "cases.csv", "--out", "t.csv"]
    command += ["--set", "families=[intensity_statistics]", "-j", "2"]
    sys.path.insert(0, str(folder))
    try:
        process = begun(command, folder / "log.txt", 6, 0)
    finally:
        sys.path.remove(str(folder))
    os.killpg(process.pid, number)
    began = time.monotonic()
    _, said = process.communicate(timeout=50)
    assert time.monotonic() - began < 1.0
    assert process.returncode == code
    assert said == ("radiomics-rs: cancelled: 4 of 6 cases are kept, the same call goes on\n")
    assert not (folder / "t.csv").exists()
    monkeypatch.setattr(local_run, "compute", cohorts.compute_here)
    made = run()
    assert (made.kept, made.computed) == (4, 2)


#: Four cases are quick, and the others take for ever.
SLOW = """
import os, time
from radiomics_rs.cohort import work
record = work.CaseWork._record
def slow(self, task, *more):
    with open(os.environ["COHORT_LOG"], "a") as file:
        file.write("case\\n")
    time.sleep(60 if task.case.case_id in ("c2", "c5") else 0)
    return record(self, task, *more)
work.CaseWork._record = slow
"""


def test_a_table_is_left_as_it_is_if_nothing_is_new(here):
    cases = cohorts.make(here, 2)
    made = run(cases)
    files = made.out, made.run
    before = [(path.stat().st_mtime_ns, path.read_bytes()) for path in files]
    run(cases)
    assert [(path.stat().st_mtime_ns, path.read_bytes()) for path in files] == before
    made.out.write_bytes(before[0][1][:-9])
    run(cases)
    assert made.out.read_bytes() == before[0][1]
    made.run.unlink()
    run(cases)
    assert json.loads(made.run.read_text())["counts"]["kept"] == 2
    run([{**case, "site": "x"} for case in cases])
    assert [row["site"] for row in rows("t.csv")] == ["x", "x"]


def test_a_second_run_is_refused(here, monkeypatch):
    cases = cohorts.make(here, 2)

    def compute(spec, queue, collector, jobs):
        with pytest.raises(rr.SettingsError, match=r"another run is writing .*t\.csv"):
            run(cases)
        cohorts.compute_here(spec, queue, collector, jobs)

    monkeypatch.setattr(local_run, "compute", compute)
    assert run(cases).computed == 2
    assert run(cases).kept == 2


def test_content_decides(here):
    case_file = cohorts.write_cases(here / "cases.csv", cohorts.make(here, 3))
    run(extra=OWN)
    table = (here / "t.csv").read_bytes()
    for path in here.glob("*.nii.gz"):
        os.utime(path)
    assert run(extra=OWN).kept == 3
    moved = here / "moved"
    moved.mkdir()
    for path in [*here.glob("*.nii.gz"), *here.glob("t.csv*"), case_file]:
        shutil.move(path, moved)
    made = run(moved / "cases.csv", extra=OWN, out=moved / "t.csv")
    assert (made.kept, made.computed) == (3, 0)
    assert (moved / "t.csv").read_bytes() == table
    cohorts.change(moved, "i1.nii.gz")
    made = run(moved / "cases.csv", extra=OWN, out=moved / "t.csv")
    assert (made.kept, made.computed) == (2, 1)
    assert len(computed(here)) == 4
    lines, old = (moved / "t.csv").read_bytes().splitlines(), table.splitlines()
    assert [a == b for a, b in zip(lines, old, strict=True)] == [True, True, False, True]


def test_settings_label_and_options_decide(here):
    cases = cohorts.make(here, 2)
    run(cases)
    assert run(cases, settings={**SETTINGS, "bin_width": 7}).computed == 2
    assert run(cases, resample_mask=True).computed == 2
    assert run([{**case, "label": "1"} for case in cases]).kept == 2
    assert run([{**case, "site": "other", "case_id": case["case_id"] * 2} for case in cases]).kept
    assert [row["site"] for row in rows("t.csv")] == ["other", "other"]
    # What was computed once is there still.
    assert run(cases).kept == 2


def test_failed_cases_run_again_and_leave_nothing_behind(here):
    cases = cohorts.make(here, 2)
    (here / "i1.nii.gz").unlink()
    for _ in range(3):
        made = run(cases)
        assert made.failed == 1
    assert len(list((here / "t.csv.records").glob("failed-*"))) == 1
    names = {path.name for path in here.iterdir() if path.suffix != ".gz"}
    assert names == {"t.csv", "t.csv.run.json", "t.csv.records"}


@pytest.mark.parametrize("cut", [1, 40, -1])
def test_torn_and_damaged_records_are_computed_again(here, cut):
    cases = cohorts.make(here, 3)
    run(cases)
    table = (here / "t.csv").read_bytes()
    (journal,) = (here / "t.csv.records").glob("done-*")
    data = journal.read_bytes()
    if cut > 0:
        journal.write_bytes(data[:-cut])
    else:
        place = data.index(b"values") + 20
        journal.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    made = run(cases)
    assert (made.kept, made.computed) == (2, 1)
    assert (here / "t.csv").read_bytes() == table


def test_hashes_are_remembered_of_files_that_were_left_alone(here, monkeypatch):
    cases = cohorts.make(here, 2)
    run(cases)
    hashed = keys.hashed
    read = []
    monkeypatch.setattr(keys, "hashed", lambda path: read.append(path) or hashed(path))
    run(cases)
    assert len(read) == 4, "files this new may be written again within one tick of the clock"
    monkeypatch.setattr(keys, "SETTLED_S", -1.0)
    run(cases)
    assert len(read) == 8
    run(cases)
    assert len(read) == 8
    cohorts.change(here, "i1.nii.gz")
    assert run(cases).computed == 1
    assert {Path(path).name for path in read[8:]} == {"i1.nii.gz", "m1.nii.gz"}
    # Of the same size and time, and another file all the same.
    path = here / "i0.nii.gz"
    before = path.stat()
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert run(cases).failed == 1


def test_all_files_of_an_image_count(tmp_path):
    def digest(path):
        return keys.hashed(str(path)).digest

    series = tmp_path / "series"
    series.mkdir()
    for name, data in (("b.dcm", b"1"), ("a.dcm", b"2")):
        (series / name).write_bytes(data)
    first = digest(series)
    (series / "b.dcm").rename(series / "c.dcm")
    assert digest(series) == first
    (series / "d.dcm").write_bytes(b"3")
    assert digest(series) != first
    headers = {
        "i.mhd": "ObjectType = Image\nNDims = 3\nDimSize = 1 1 1\nElementDataFile = data\n",
        "i.nhdr": "NRRD0004\ntype: short\ndata file: data\n\n",
        "n.hdr": "header",
    }
    for name, text in headers.items():
        (tmp_path / name).write_text(text)
        data = tmp_path / ("n.img" if name == "n.hdr" else "data")
        found = set()
        for content in (b"ab", b"ac"):
            data.write_bytes(content)
            found.add(digest(tmp_path / name))
        assert len(found) == 2, name


def test_lines_where_there_is_no_terminal(monkeypatch):
    said, clock = [], iter([0.0, 1.0, 12.0, 13.0, 30.0])
    monkeypatch.setattr(_bar.time, "monotonic", lambda: next(clock))
    with _bar.CaseBar(None, said.append) as bar:
        for done, failed in ((40, 0), (41, 0), (46, 1), (47, 1), (70, 2)):
            bar(done, 100, failed)
    assert said == [
        "46 of 100 cases, 1 failed, 0.5 cases/s, about 108 s left",
        "70 of 100 cases, 2 failed, 1 cases/s, about 30 s left",
    ]


def test_the_command(here, capsys):
    from radiomics_rs import cli

    cohorts.write_cases(here / "cases.csv", cohorts.make(here, 2))
    command = ["batch", "cases.csv", "--set", "families=[intensity_statistics]", "--out", "t.csv"]
    assert cli.main([*command, "--strict", "--memory", "2GB", "-j", "1"]) == 0
    assert capsys.readouterr().out == "2 cases, 2 computed, 0 kept, 0 failed: t.csv\n"
    (here / "i0.nii.gz").unlink()
    assert cli.main(command) == 0
    assert cli.main([*command, "--strict"]) == 1
    said = capsys.readouterr()
    assert said.err.splitlines()[-1] == (
        "radiomics-rs: 1 of 2 cases failed: see the column `error`"
    )
    assert json.loads((here / "t.csv.run.json").read_text())["counts"]["failed"] == 1
    for size in ("4", "0GB", "many"):
        with pytest.raises(SystemExit):
            cli.main([*command, "--memory", size])
    assert cli.main(["batch", "nowhere.csv", "--out", "t.csv"]) == 1

"""mechanics: processes that are started before there is work for them."""

import os
import subprocess
import sys
from argparse import Namespace

import pytest

import cohorts
from radiomics_rs import _processes
from radiomics_rs._command import ahead
from radiomics_rs._processes import Worker


class Doubled:
    """Doubles numbers, and says in which process."""

    def __init__(self, factor):
        self._factor = factor

    def __call__(self, task):
        return os.getpid(), self._factor * task, "colorsys" in sys.modules


@pytest.fixture
def waiting():
    yield _processes._waiting
    _processes.end_waiting()


def results(worker, tasks):
    worker.send(tasks)
    answers = [worker.receive() for _ in range(1 + len(tasks))]
    return [answer for answer in answers if answer is not None]


def test_a_worker_takes_a_process_that_waits(waiting):
    _processes.start_ahead(2, "colorsys")
    started = [process for _, process in waiting]
    workers = [Worker(Doubled, 2) for _ in range(3)]
    try:
        assert not waiting
        (pid, doubled, has_imported), (again, *_) = results(workers[0], [21, 1])
        assert (pid, doubled, has_imported) == (started[0].pid, 42, True)
        assert again == pid
        [(new, _, has_imported)] = results(workers[2], [1])
        assert new not in [process.pid for process in started]
        assert not has_imported
    finally:
        for worker in workers:
            worker.end()
    assert [process.returncode for process in started] == [0, 0]


def test_a_module_that_is_not_there_changes_nothing(waiting):
    _processes.start_ahead(1, "there.is.none")
    worker = Worker(Doubled, 2)
    try:
        assert results(worker, [4])[0][1] == 8
    finally:
        worker.end()


def test_those_that_nobody_needs_are_ended(waiting):
    _processes.start_ahead(2, ahead.WORK)
    started = [process for _, process in waiting]
    _processes.end_waiting()
    assert not waiting
    assert all(process.returncode is not None for process in started)


@pytest.mark.parametrize(
    ("lines", "jobs", "expected"),
    [(5, 3, 3), (3, 4, 2), (1, 4, 0), (0, 4, 0), (5, 0, 0), (5, -2, 0)],
)
def test_as_many_as_there_are_cases_and_jobs(tmp_path, monkeypatch, lines, jobs, expected):
    started = []
    monkeypatch.setattr(_processes, "start_ahead", lambda n, _: started.append(max(0, n)))
    cases = tmp_path / "cases.csv"
    cases.write_text("image,mask\n" * lines)
    chosen = Namespace(cases=str(cases), jobs=jobs, out=str(tmp_path / "t.csv"))
    ahead.start_workers(chosen)
    assert started == [expected]
    (tmp_path / "t.csv.records").mkdir()
    ahead.start_workers(chosen)
    ahead.start_workers(Namespace(cases=str(tmp_path), jobs=jobs, out="u.csv"))
    ahead.start_workers(Namespace(cases=str(tmp_path / "none.csv"), jobs=jobs, out="u.csv"))
    assert started == [expected], "a run that goes on, a folder, and no file"


def test_a_run_is_the_same_with_them(tmp_path):
    cases = cohorts.write_cases(tmp_path / "cases.csv", cohorts.make(tmp_path, 3))
    (tmp_path / "settings.yaml").write_text("families: [intensity_statistics]\n")
    # A module of the current folder is not one of those that a process imports.
    (tmp_path / "numpy.py").write_text("raise RuntimeError('not this one')\n")
    command = [
        sys.executable,
        "-c",
        "from radiomics_rs.cli import command; command()",
        "batch",
        cases.name,
    ]
    command += ["--settings", "settings.yaml", "-j", "2", "--out"]
    env = {**os.environ, "PYTHONSAFEPATH": "1"}
    for out in ("one.csv", "two.csv"):
        done = subprocess.run(
            [*command, out], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()

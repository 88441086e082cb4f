"""mechanics: cases as tasks of Dask, whose workers may end at any."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import cohorts
import radiomics_rs as rr
from cohorts import SETTINGS, rows

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dask")
    os.environ["COHORT_LOG"] = str(folder / "log.txt")
    paths = [os.path.dirname(cohorts.__file__), os.environ.get("PYTHONPATH", "")]  # noqa: PTH120
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=None,
            local_directory=str(folder),
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client
    os.environ["PYTHONPATH"] = paths[1]


def test_the_table_is_that_of_processes(client, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cases = cohorts.make(tmp_path, 6)
    (tmp_path / "i4.nii.gz").write_bytes(b"")
    rr.extract_cohort(cases, SETTINGS, out="local.csv", jobs=1)
    made = rr.extract_cohort(cases, SETTINGS, out="t.csv", client=client)
    assert (made.computed, made.failed) == (5, 1)
    assert (tmp_path / "t.csv").read_bytes() == (tmp_path / "local.csv").read_bytes()
    made = rr.extract_cohort(cases, SETTINGS, out="t.csv", client=client)
    assert (made.computed, made.kept, made.failed) == (0, 5, 1)
    # Who computed it does not matter.
    assert rr.extract_cohort(cases, SETTINGS, out="t.csv", jobs=1).kept == 5
    assert not list((tmp_path / "t.csv.records").glob("*.part"))


@pytest.mark.skipif(os.name == "nt", reason="this system has no SIGKILL")
def test_a_case_that_ends_workers_fails_and_those_behind_it_do_not(client, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cases = cohorts.make(tmp_path, 8)
    cohorts.write(tmp_path / "i0.nii.gz", np.full((4, 6, 6), 2000, np.int16))
    own = {"own": rr.Extra(cohorts.ends, columns=["mean"], version="1")}
    made = rr.extract_cohort(cases, SETTINGS, out="t.csv", client=client, extra=own)
    assert (made.computed, made.failed) == (7, 1)
    errors = [row["error"] for row in rows("t.csv")]
    assert errors[0].startswith("i0.nii.gz, m0.nii.gz: the worker of Dask at work on this case")
    assert not any(errors[1:])
    with open(os.environ["COHORT_LOG"]) as file:  # noqa: PTH123
        assert file.read().split().count("2000.0") == 2


def test_what_is_no_client(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TypeError, match=r"give a distributed\.Client"):
        rr.extract_cohort(cohorts.make(tmp_path, 1), SETTINGS, out="t.csv", client=3)


def test_the_guide_runs_as_printed(tmp_path):
    page = Path(__file__).parents[2] / "docs" / "guides" / "cluster.md"
    block = re.search(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.S)[1]
    cohorts.write_cases(tmp_path / "cases.csv", cohorts.make(tmp_path, 3))
    (tmp_path / "settings.yaml").write_text("families: [intensity_statistics]")
    (tmp_path / "program.py").write_text(block)
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("3 cases, 3 computed, 0 kept, 0 failed: ")

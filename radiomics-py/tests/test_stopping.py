"""An interrupt ends every call and every command at once, and says so in a line."""

import sys
import threading

import numpy as np
import pytest

import radiomics_rs as rr
from radiomics_rs import _aside

if sys.platform == "win32":
    pytest.skip("interrupts of Windows are others", allow_module_level=True)

import jobs

#: Seconds from the interrupt to the end of the process. The engine itself takes 0.1 at most; the
#: rest is the end of an interpreter on a machine on which much else runs.
LIMIT_S = 0.5
#: How often a job is tried: what else runs on a machine is not what is to be tested.
TRIES = 3


def ends_in_time(interrupt) -> jobs.End:
    """The end of the first of several tries that was in time, or of the fastest."""
    ends = []
    for _ in range(TRIES):
        ends.append(interrupt())
        if ends[-1].seconds < LIMIT_S:
            break
    end = min(ends, key=lambda end: end.seconds)
    assert end.seconds < LIMIT_S, ends
    return end


@pytest.mark.parametrize("job", jobs.JOBS, ids=lambda job: job.name)
def test_calls(job, tmp_path):
    end = ends_in_time(lambda: jobs.interrupt_job(job, 0.3, tmp_path))
    assert end.code == jobs.BY_SIGNAL
    assert end.text.rstrip().endswith("KeyboardInterrupt")
    assert not list(tmp_path.glob(".radiomics-rs-*"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("commands")
    jobs.files(folder)
    return folder


@pytest.mark.parametrize("name", jobs.COMMANDS)
@pytest.mark.parametrize(
    "after_s", [0.02, 0.6, *(pytest.param(s, marks=pytest.mark.nightly) for s in (0.2, 1.2))]
)
def test_commands(name, after_s, folder):
    """While it imports, reads and computes: one line and 130, and nothing written unsaid."""

    def interrupt():
        # One that was faster than its interrupt has left what it wrote.
        for path in (folder / "out").iterdir():
            path.unlink()
        return jobs.interrupt_command(jobs.COMMANDS[name], after_s, folder)

    end = ends_in_time(interrupt)
    if end.code == 0:
        pytest.skip("the command was faster")
    assert end.code == jobs.CANCELLED
    lines = [line for line in end.text.splitlines() if "GLCM is symmetrical" not in line]
    assert len(lines) == 1, end.text
    assert "cancelled" in lines[0].lower()
    # A batch keeps the cases that were ready, and says so.
    written = [path.name for path in (folder / "out").iterdir()]
    assert written == (["table.txt"] if "cases are written" in lines[0] else [])


CALLS = {
    "extract": lambda image, mask, **how: rr.extract(image, mask, {"bin_number": 16}, **how),
    "filter_image": lambda image, _mask, **how: rr.filter_image(
        image, {"gabor": {"sigma_mm": 2, "lambda_mm": 4, "delta_theta": 0.4}}, **how
    ),
    "feature_maps": lambda image, mask, **how: rr.feature_maps(
        image, mask, ["glcm"], 2, {"bin_number": 16}, **how
    ),
}


@pytest.fixture
def arrays():
    image = np.random.default_rng(3).normal(100, 20, (30, 30, 30))
    mask = np.zeros(image.shape, np.uint8)
    mask[3:27, 3:27, 3:27] = 1
    return image, mask


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", CALLS)
def test_progress(name, threads, arrays):
    calls = []
    CALLS[name](*arrays, spacing_mm=1, threads=threads, progress=lambda *call: calls.append(call))
    done, totals = zip(*calls, strict=True)
    assert set(totals) == {totals[0]}
    assert (done[0], done[-1]) == (0, totals[0])
    assert list(done) == sorted(done)


@pytest.mark.parametrize("name", CALLS)
def test_what_progress_raises_ends_the_work(name, arrays):
    calls = []

    def stop(done, total):
        calls.append(done)
        if len(calls) == 2:
            raise LookupError(f"{done} of {total} are enough")

    with pytest.raises(LookupError, match="are enough"):
        CALLS[name](*arrays, spacing_mm=1, progress=stop)
    assert len(calls) == 2


@pytest.mark.parametrize("name", CALLS)
def test_progress_that_is_no_function(name, arrays):
    with pytest.raises(TypeError, match="progress is 5: give a function"):
        CALLS[name](*arrays, spacing_mm=1, progress=5)


def test_a_call_whose_thread_has_just_begun_is_not_forgotten(monkeypatch):
    """An interrupt may come while the thread begins: the interpreter must still wait for it."""
    go_on = threading.Event()

    class Begun(threading.Thread):
        def start(self):
            super().start()
            raise KeyboardInterrupt

    monkeypatch.setattr(_aside.threading, "Thread", Begun)
    with pytest.raises(KeyboardInterrupt):
        _aside.aside(go_on.wait)
    assert _aside.busy()
    go_on.set()
    for thread, _ in _aside._left:
        thread.join()
    assert not _aside.busy()

"""Threads are kept from call to call, and end before the process forks."""

import multiprocessing
import os
import subprocess
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import radiomics_rs as rr
from conftest import same
from radiomics_rs._core import end_idle_threads

TASKS = Path("/proc/self/task")
counts_threads = pytest.mark.skipif(not TASKS.is_dir(), reason="no list of threads to count")
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


def running():
    return len(list(TASKS.iterdir()))


def settled(expected=None):
    """The number of threads once it has stayed the same, and is among the expected, or after 5 s.

    A thread that has ended and been joined is listed for a moment more.
    """
    deadline = time.monotonic() + 5
    count, same = running(), 0
    while same < 20 and time.monotonic() < deadline:
        time.sleep(0.002)
        last, count = count, running()
        same = same + 1 if count == last and (expected is None or count in expected) else 0
    return count


def assert_threads(least, most):
    assert settled(range(least, most + 1)) in range(least, most + 1)


def without_kept():
    """The number of threads that are not ours."""
    end_idle_threads()
    return settled()


def extract(phantom, threads=1):
    image, mask, spacing = phantom
    return rr.extract(image, mask, spacing_mm=spacing, threads=threads)


@counts_threads
def test_calls_take_the_threads_of_the_last_one(phantom):
    before = without_kept()
    for _ in range(5):
        extract(phantom)
    assert_threads(before + 1, before + 1)
    extract(phantom, threads=2)
    assert_threads(before, before + 3)
    end_idle_threads()
    assert_threads(before, before)


@counts_threads
def test_no_more_threads_are_kept_than_twice_the_machine_has(phantom):
    before = without_kept()
    for threads in (1, 2, 64, 3, 500):
        extract(phantom, threads)
    assert_threads(before, before + 2 * os.cpu_count())
    end_idle_threads()


def test_concurrent_calls_have_threads_of_their_own(phantom):
    expected = extract(phantom)
    with ThreadPoolExecutor(4) as executor:
        tables = list(executor.map(lambda n: extract(phantom, 1 + n % 2), range(40)))
    assert all(same(expected, table) for table in tables)


def mean(phantom):
    return extract(phantom).to_dict()["original_intensity_statistics_mean"]


@forks
def test_a_forked_process_starts_its_own(phantom):
    expected = mean(phantom)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(mean, [phantom] * 4) == [expected] * 4
    assert mean(phantom) == expected


@forks
@counts_threads
def test_forking_ends_the_threads_that_are_kept(phantom):
    before = without_kept()
    extract(phantom)
    assert_threads(before + 1, before + 1)
    child = os.fork()
    if child == 0:
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert_threads(before, before)


@forks
@counts_threads
@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python warns of threads since 3.12")
def test_forking_after_a_call_does_not_warn(phantom):
    if without_kept() > 1:
        pytest.skip("threads of other libraries run")
    extract(phantom)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        child = os.fork()
        if child == 0:
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


FORKED = """
import os, warnings
warnings.simplefilter("ignore")
import radiomics_rs as rr

children = []

def fork(done, total):
    if not children:
        child = os.fork()
        children.append(child)

image, mask, spacing_mm = rr.example()
rr.extract(image, mask, {"bin_width": 1}, spacing_mm=spacing_mm, progress=fork)
_, status = os.waitpid(children[0], 0)
print("parent", os.waitstatus_to_exitcode(status))
"""


@forks
def test_a_process_that_progress_forks_does_not_wait_for_threads_it_has_not():
    done = subprocess.run(
        [sys.executable, "-c", FORKED], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "parent 1\n")
    assert "`progress` has forked this process" in done.stderr

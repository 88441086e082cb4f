"""Memory that is not there is an error, and never the end of the process."""

import errno
import os
import subprocess
import sys
import tempfile

import numpy as np
import pytest

import radiomics_rs as rr
from radiomics_rs import _room

FINE = {"resample_spacing_mm": 0.02, "families": ["intensity_statistics"]}
CALLS = {
    "extract": lambda *pair, **how: rr.extract(*pair, FINE, **how),
    "filter_image": lambda image, _mask, **how: rr.filter_image(image, "square", **how),
    "matrices": lambda *pair, **how: rr.matrices(*pair, {**FINE, "families": ["glcm"]}, **how),
    "feature_maps": lambda *pair, **how: rr.feature_maps(
        *pair, ["glcm.contrast"], settings=FINE, **how
    ),
}
#: What is asked for, of how many there are, and what to do.
WORDS = r"needs [\d.,]+ [kMGT]?i?B?(ytes)? ?.*of memory, and .* left( of .*)?: \w+"


@pytest.fixture
def pair():
    image = np.random.default_rng(0).random((6, 7, 8))
    return image, np.ones(image.shape, np.uint8)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("memory_mb", [0, -1.5, float("nan"), float("inf")])
def test_a_limit_that_is_none(name, memory_mb, pair):
    with pytest.raises(rr.SettingsError, match=f"memory_mb is {float(memory_mb)}: give a finite"):
        CALLS[name](*pair, spacing_mm=1, memory_mb=memory_mb)


@pytest.mark.parametrize("name", CALLS)
def test_a_limit_that_is_no_number(name, pair):
    with pytest.raises(TypeError, match="memory_mb is '8': give a number"):
        CALLS[name](*pair, spacing_mm=1, memory_mb="8")


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("argument", ["memory_mb", "threads"])
def test_a_switch_is_no_number(name, argument, pair):
    with pytest.raises(TypeError, match=f"{argument} is True: give a"):
        CALLS[name](*pair, spacing_mm=1, **{argument: True})


@pytest.mark.parametrize("strict", ["no", 1, None])
def test_strict_is_a_switch(strict, pair):
    with pytest.raises(TypeError, match=f"strict is {strict!r}: give True or False"):
        rr.extract(*pair, spacing_mm=1, strict=strict)


@pytest.mark.parametrize("name", ["extract", "filter_image", "feature_maps"])
def test_progress_takes_two_numbers(name, pair):
    for wrong in (lambda: None, lambda one: None, lambda one, two, three: None):
        with pytest.raises(TypeError, match="progress cannot be called with two numbers"):
            CALLS[name](*pair, spacing_mm=1, progress=wrong)
    told = []
    small = pair[0] * 100
    rr.filter_image(small, "square", spacing_mm=1, progress=lambda *steps: told.append(steps))
    assert told[-1] == (1, 1)


@pytest.mark.parametrize("name", CALLS)
def test_work_that_needs_more_than_the_limit(name, pair):
    if name == "filter_image":
        pair = (np.broadcast_to(np.uint8(1), (200, 200, 200)), None)
    with pytest.raises(rr.OutOfMemoryError, match=WORDS) as raised:
        CALLS[name](*pair, spacing_mm=1, memory_mb=2)
    assert isinstance(raised.value, rr.RadiomicsError)
    assert isinstance(raised.value, ValueError)
    assert " left of the 2.0 MB that `memory_mb` allows: " in str(raised.value)


def test_a_limit_changes_no_number(pair):
    settings = {"bin_number": 8}
    free = rr.extract(*pair, settings, spacing_mm=1)
    limited = rr.extract(*pair, settings, spacing_mm=1, memory_mb=500)
    assert free == limited


#: Arrays of 60 voxels, and of 1024³ that take no memory.
BEGIN = """
import resource, sys
import numpy as np
import radiomics_rs as rr
from radiomics_rs.pyradiomics import featureextractor
few, ones = np.random.default_rng(0).random((3, 4, 5)), np.ones((3, 4, 5), "u1")
vast, far = np.broadcast_to(np.uint8(7), (1024,) * 3), np.broadcast_to(np.uint8(1), (1024,) * 3)
resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit}))
try:
    {call}
except (rr.OutOfMemoryError, rr.SettingsError) as error:
    print(type(error).__name__, error)
else:
    print("done")
"""
IS = "'families': ['intensity_statistics']"
HUNGRY = {
    "resampled to 0.003 mm": "rr.extract(few, ones, "
    f"{{'bin_number': 8, 'resample_spacing_mm': 0.003, {IS}}}, spacing_mm=1)",
    "resampled along one axis": "rr.extract(few, ones, "
    "{'resample_spacing_mm': [1e-6, None, None], 'families': ['morphology']}, spacing_mm=1)",
    "50 mm to 0.5 mm": "rr.extract(np.random.default_rng(0).random((7, 8, 9)), "
    f"np.ones((7, 8, 9)), {{'resample_spacing_mm': 0.5, {IS}}}, spacing_mm=50)",
    "maps, resampled": "rr.feature_maps(few, ones, ['glcm'], 1, "
    "{'resample_spacing_mm': 0.003}, spacing_mm=1)",
    "matrices, resampled": "rr.matrices(few, ones, "
    "{'resample_spacing_mm': 0.003, 'families': ['glcm']}, spacing_mm=1)",
    "square of 1024³": "rr.filter_image(vast, 'square', spacing_mm=1)",
    "simoncelli of 1024³": "rr.filter_image(vast, {'simoncelli': {'level': 1}}, spacing_mm=1)",
    "features of 1024³": f"rr.extract(vast, far, {{'filters': ['square'], {IS}}}, spacing_mm=1)",
    "gabor on 8 voxels": "rr.extract(few[:2, :2, :2], ones[:2, :2, :2], "
    "filters={'gabor': {'sigma_mm': 32, 'lambda_mm': 9, 'gamma': 0.5, 'delta_theta': 0.1}}, "
    "spacing_mm=0.1)",
}


@pytest.mark.parametrize("limit_gb", [1.5, pytest.param(3, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("name", HUNGRY)
def test_no_limit_of_the_system_ends_the_process(name, limit_gb):
    pytest.importorskip("resource")
    program = BEGIN.format(limit=int(limit_gb * 2**30), call=HUNGRY[name])
    done = run(program)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    # The smallest jobs do fit.
    assert done.stdout.startswith(("OutOfMemoryError", "SettingsError", "done"))


def run(program, **environment):
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


def test_a_folder_for_temporary_files_that_is_none(tmp_path):
    program = "from radiomics_rs import _room; _room.room((2, 1 << 10), 0.001)"
    missing = tmp_path / "missing"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(missing)},
    )
    assert done.returncode == 0
    assert f"RadiomicsWarning: TMPDIR is {missing}, which is no folder" in done.stderr
    assert run(program, TMPDIR=str(tmp_path)).stderr == ""


def test_room_in_memory_and_in_a_file():
    assert not isinstance(_room.room((2, 1 << 10), None), np.memmap)
    values = _room.room((2, 1 << 10), 0.001)
    assert isinstance(values, np.memmap)
    assert values.shape == (2, 1 << 10)
    values[:] = 1.5
    assert values.sum() == 1.5 * (2 << 10)
    assert _room.room((3, 0), 1e-9).shape == (3, 0)


@pytest.mark.parametrize("number", [None, *_room.NOT_THERE])
def test_files_have_room_before_they_are_mapped(number, monkeypatch):
    """Whatever the file system can do: allocate, or only be written to."""
    monkeypatch.setattr(_room, "CHUNK", 1 << 16)
    if number is not None:

        def refused(*_where):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "posix_fallocate", refused, raising=False)
    size = (5 << 16) + 800
    with tempfile.TemporaryFile() as file:
        _room._allocate(file, size)
        state = os.fstat(file.fileno())
    assert state.st_size == size
    if sys.platform == "linux":
        assert state.st_blocks * 512 >= size


FULL = r"No space left on device: a temporary file of 16384 bytes .* set TMPDIR .* memory_mb larger"


def test_a_full_disc(monkeypatch):
    def refused(*_where):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", refused, raising=False)
    with pytest.raises(OSError, match=FULL) as raised:
        _room.room((2, 1 << 10), 0.001)
    assert raised.value.filename == tempfile.gettempdir()
    assert raised.value.errno == errno.ENOSPC


MAPS = """
import numpy as np
import radiomics_rs as rr
image, mask = np.random.default_rng(0).random((40,) * 3), np.ones((40,) * 3, "u1")
{limit}
try:
    rr.feature_maps(image, mask, ["glcm"], 1, {{"bin_number": 8}}, spacing_mm=1, memory_mb={mb})
except OSError as error:
    print(error)
"""


def test_a_file_that_may_not_be_so_large():
    pytest.importorskip("resource")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))"
    done = run(MAPS.format(limit=limit, mb=9))
    assert done.returncode == 0, done.stderr
    assert "bytes for the maps has no room there; set TMPDIR" in done.stdout


def test_a_small_file_system():
    """Containers mostly have 64 MB there."""
    place = "/dev/shm"
    if not os.path.ismount(place):
        pytest.skip(f"{place} is no file system of its own")
    space = os.statvfs(place)
    free = space.f_bavail * space.f_frsize
    if free > 1 << 30:
        pytest.skip(f"{place} is not small")
    program = MAPS.format(limit="from radiomics_rs._room import room", mb=9).replace(
        "rr.feature_maps(", f"room((2, {free // 8}), 1); (lambda *_, **__: None)("
    )
    done = run(program, TMPDIR=place)
    assert done.returncode == 0, done.stderr
    assert f"No space left on device: a temporary file of {free // 8 * 16} bytes" in done.stdout
    assert f"'{place}'" in done.stdout


READING = """
import resource
import numpy as np
import SimpleITK as sitk
import radiomics_rs as rr
from radiomics_rs import io
image = sitk.GetImageFromArray(np.random.default_rng(0).integers(0, 99, (200,) * 3, np.int32))
names = [f"{folder}/image{ending}" for ending in (".nii", ".nii.gz", ".nrrd", ".mha", ".tif")]
for name in names:
    io.write_image(image, name)
rr.extract(*rr.example()[:2], spacing_mm=1)
taken = 4096 * int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (taken + (20 << 20),) * 2)
for name in names:
    try:
        io.read_sitk(name)
    except rr.OutOfMemoryError as error:
        print(error)
try:
    rr.filter_image(image, "square")
except rr.OutOfMemoryError:
    print("filter")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the memory that is taken")
def test_images_for_which_there_is_too_little_memory(tmp_path):
    done = run(READING.replace("{folder}", str(tmp_path)))
    assert done.returncode == 0, done.stderr
    *lines, last = done.stdout.splitlines()
    assert len(lines) == 5
    for line in lines:
        assert line.startswith("there is too little memory to read image ")
        assert "free some" in line
    assert last == "filter"


#: The most memory that a process had, in bytes, before and after work on thousands of grey levels.
LEVELS = """
import numpy as np
import radiomics_rs as rr
def peak():
    line, = (line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
    return 1024 * int(line.split()[1])
image = np.random.default_rng(0).uniform(0, 200, (120,) * 3)
ones = np.ones(image.shape, "u1")
rr.extract(image[:9, :9, :9], ones[:9, :9, :9], {{"bin_width": 9}}, spacing_mm=1)
before = peak()
try:
    settings = {{"bin_width": 0.05, "families": {families}}}
    rr.extract(image, ones, settings, spacing_mm=1, memory_mb={limit})
except rr.OutOfMemoryError as error:
    print("OutOfMemoryError", error)
else:
    print("done")
print(before, peak())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the memory that is taken")
@pytest.mark.parametrize("limit", [100, 200, 400])
def test_tables_of_grey_levels_keep_to_the_limit(limit):
    families = ["glcm", "glrlm", "glszm", "gldzm", "ngldm", "ngtdm"]
    done = run(LEVELS.format(limit=limit, families=families))
    assert done.returncode == 0, done.stderr
    said, peaks = done.stdout.splitlines()
    assert said.startswith(("OutOfMemoryError a texture matrix of so many grey levels", "done"))
    before, after = map(int, peaks.split())
    assert after - before < 1.5e6 * limit

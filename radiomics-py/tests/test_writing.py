"""What is written is whole, or the older file is left as it was."""

import csv
import errno
import json
import os
import signal
import stat
import subprocess
import sys

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from commands import refused, run
from conftest import csv_of
from radiomics_rs import io

resource = pytest.importorskip("resource")

IMAGE = sitk.GetImageFromArray(np.random.default_rng(0).normal(size=(20, 30, 40)))


@pytest.fixture
def small_files():
    """Files of this process end at 100,000 bytes, as if the disc were full."""
    before, ignored = (
        resource.getrlimit(resource.RLIMIT_FSIZE),
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
    )
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)


@pytest.fixture
def table(phantom, configuration):
    image, mask, spacing_mm = phantom
    return rr.extract(image, mask, configuration, spacing_mm=spacing_mm)


SUFFIXES = [".nrrd", ".nii.gz", ".nii", ".mha", ".mhd", ".nhdr", ".hdr"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_images_take_the_place_of_older_ones(tmp_path, suffix):
    path = tmp_path / f"image{suffix}"
    for image in (IMAGE * 2, IMAGE):
        io.write_image(image, path)
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(io.read_sitk(path)), sitk.GetArrayFromImage(IMAGE)
    )
    assert all(file.name.startswith("image.") for file in tmp_path.iterdir())
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_full_disc_leaves_the_older_image(tmp_path, suffix, small_files):
    path = tmp_path / f"image{suffix}"
    io.write_image(IMAGE[:5, :5, :5], path)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(OSError, match=f"image{suffix}") as caught:
        io.write_image(IMAGE, path)
    assert caught.value.errno == errno.EFBIG
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.parametrize("name", ["table.csv", "table.json"])
def test_a_full_disc_leaves_the_older_table(tmp_path, name, table, small_files):
    path = tmp_path / name
    write = table.to_csv if name.endswith("csv") else table.to_json
    rows = rr.FeatureTable([*table] * 20)
    write(path)
    before = path.read_bytes()
    with pytest.raises(OSError, match=name):
        (rows.to_csv if name.endswith("csv") else rows.to_json)(path)
    assert path.read_bytes() == before
    assert [*tmp_path.iterdir()] == [path]


def test_a_full_disc_and_maps(tmp_path, oblique, small_files):
    maps = rr.feature_maps(*oblique, ["intensity_statistics.mean"], label=7)
    (path,) = maps.write(tmp_path)
    big = rr.FeatureMaps(
        maps.maps, (30, 30, 30), (1, 1, 1), (0, 0, 0), io.IDENTITY,
        np.arange(27000), np.random.default_rng(0).normal(size=(1, 27000)),
    )  # fmt: skip
    before = path.read_bytes()
    for suffix in (".nrrd", ".nii.gz"):
        with pytest.raises(OSError, match="mean"):
            big.write(tmp_path, suffix)
    assert path.read_bytes() == before
    assert [*tmp_path.iterdir()] == [path]


def test_a_folder_in_the_place_of_a_file(tmp_path, table, phantom_files):
    for name in ("a.csv", "a.json", "a.nrrd"):
        (tmp_path / name).mkdir()
    for write, name in ((table.to_csv, "a.csv"), (table.to_json, "a.json")):
        with pytest.raises(IsADirectoryError, match=name):
            write(tmp_path / name)
    stderr = refused("extract", *phantom_files, "--out", tmp_path / "a.csv")
    assert stderr.endswith(f"radiomics-rs: error: {tmp_path / 'a.csv'}: Is a directory\n")
    stderr = refused("filter", phantom_files[0], "square", "--out", tmp_path / "a.nrrd")
    assert stderr == f"radiomics-rs: error: {tmp_path / 'a.nrrd'}: Is a directory\n"
    (tmp_path / "file").touch()
    stderr = refused("map", *phantom_files, "--features", "ngtdm", "--out", tmp_path / "file")
    assert "File exists" in stderr
    assert stderr.count("\n") == 1


def test_a_link_stays_a_link_and_modes_stay(tmp_path, table):
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    table.to_csv(real)
    real.chmod(0o640)
    link.symlink_to(real)
    table.to_csv(link)
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_formats_that_cannot_hold_an_image(tmp_path):
    for name in ("image.xyz", "image", "image.png"):
        with pytest.raises(rr.ReadError, match=r"cannot write .*use \.nrrd") as caught:
            io.write_image(IMAGE, tmp_path / name)
        assert "sitk" not in str(caught.value)
    assert [*tmp_path.iterdir()] == []


def test_devices_are_written_to(table):
    table.to_csv(os.devnull)
    with pytest.raises(rr.ReadError, match="device"):
        io.write_image(IMAGE, os.devnull)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")  # noqa: PTH110
def test_a_full_device(table, phantom_files, tmp_path):
    link = tmp_path / "full.csv"
    link.symlink_to("/dev/full")
    with pytest.raises(OSError, match=r"full\.csv"):
        table.to_csv(link)
    stderr = refused("extract", *phantom_files, "--out", link)
    assert stderr.endswith(f"radiomics-rs: error: {link}: No space left on device\n")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes it")
@pytest.mark.parametrize(
    ("redirection", "reason"),
    [
        (">&-", "standard output: Bad file descriptor"),
        ("> /dev/full", "standard output: No space left on device"),
    ],
)
def test_standard_output_that_takes_nothing(redirection, reason):
    command = f'"{sys.executable}" -m radiomics_rs features --format csv {redirection}'
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert done.stderr == f"radiomics-rs: error: {reason}\n"
    assert done.returncode == 1
    quiet = subprocess.run(f"{command} 2>&-", shell=True, capture_output=True, text=True)
    assert (quiet.returncode, quiet.stdout) == (1, "")


def test_tables_of_several_labels(tmp_path, oblique):
    files = tmp_path / "image.nrrd", tmp_path / "mask.nrrd"
    for part, file in zip(oblique, files, strict=True):
        sitk.WriteImage(part, str(file))
    tables = rr.extract(*files, label=[7, 1])
    for name in ("out.csv", "out.json"):
        done = run("extract", *files, "--label", 7, "--label", 1, "--out", tmp_path / name)
        assert done.stdout == f"348 features of 2 labels written to {tmp_path / name}\n"
    expected = [(n, row.feature, row.value) for n, t in tables.items() for row in t]
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = [(int(r["label"]), r["feature"], float(r["value"])) for r in csv.DictReader(file)]
    assert rows == expected
    rows = json.loads((tmp_path / "out.json").read_text())
    assert [(r["label"], r["feature"], r["value"]) for r in rows] == expected
    printed = run("extract", *files, "--label", 7, "--label", 1).stdout
    assert printed == csv_of(tables)


OPTIONS = [
    ("extract", "--out", "a.csv"),
    ("extract", "--settings", "a.yaml"),
    ("extract", "--profile", "ibsi"),
    ("extract", "--threads", "1"),
    ("extract", "--label-channel", "0"),
    ("map", "--label", "1"),
    ("map", "--radius", "1"),
    ("map", "--out", "maps"),
    ("filter", "--out", "a.nrrd"),
    ("verify", "--data", "."),
]


@pytest.mark.parametrize(("command", "option", "value"), OPTIONS)
def test_an_option_given_twice_is_refused(command, option, value):
    inputs = {"filter": ["a", "square"], "verify": []}.get(command, ["a", "b"])
    stderr = refused(command, *inputs, option, value, option, value, code=2)
    assert f"{option} is given twice" in stderr.splitlines()[-1]


def test_a_setting_or_label_given_twice_is_refused():
    stderr = refused("extract", "--example", "--set", "bin_width=1", "--set", "bin_width=2", code=2)
    assert "--set bin_width is given twice" in stderr
    stderr = refused("extract", "--example", "--label", 1, "--label", 1)
    assert "label 1 is given twice" in stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a shell sets the limit")
@pytest.mark.parametrize(
    "command",
    [
        ["map", "--features", "ngtdm", "--format", "nii", "--out", "out"],
        ["extract", "--out", "out.json"],
        ["pyradiomics", "-m", "voxel", "-od", "out", "-s", "binWidth:10", "-o", "o.csv"],
        ["pyradiomics", "-o", "out.csv", "-f", "csv"],
    ],
)
def test_a_full_disc_ends_every_command(tmp_path, command):
    """No file of the machine may be longer than 2 kB: what is written ends there."""
    rng = np.random.default_rng(0)
    voxels, labels = rng.normal(100, 30, (8, 20, 20)).astype("f4"), np.zeros((8, 20, 20), "u1")
    labels[1:7, 3:17, 3:17] = 1
    for array, name in ((voxels, "image.nrrd"), (labels, "mask.nrrd")):
        sitk.WriteImage(sitk.GetImageFromArray(array), str(tmp_path / name))
    line = [
        sys.executable,
        "-m",
        "radiomics_rs",
        command[0],
        "image.nrrd",
        "mask.nrrd",
        *command[1:],
    ]
    shell = "ulimit -f 2; " + " ".join(line)
    done = subprocess.run(["bash", "-c", shell], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode not in (0, -signal.SIGXFSZ), done.stderr
    assert "Traceback" not in done.stderr
    assert "out" in done.stderr.strip().splitlines()[-1] or "File too large" in done.stderr
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    # The short table that says which case failed finds its place.
    assert {path.name for path in left} <= {"image.nrrd", "mask.nrrd", "o.csv"}

"""The command, as a process of its own."""

import csv
import io
import json
import subprocess
import sys

import pytest

import radiomics_rs as rr
from commands import refused, run, start
from conftest import csv_of


def test_example_prints_a_table(phantom, configuration):
    image, mask, spacing_mm = phantom
    table = rr.extract(image, mask, configuration, spacing_mm=spacing_mm)
    assert run("extract", "--example").stdout == csv_of(table)


def test_version():
    assert start("--version").stdout == f"radiomics-rs {rr.__version__}\n"


def test_module_is_the_command():
    command = [sys.executable, "-m", "radiomics_rs", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"radiomics-rs {rr.__version__}\n"


@pytest.fixture
def files(oblique, tmp_path):
    import SimpleITK as sitk  # noqa: N813

    names = tmp_path / "image.nii.gz", tmp_path / "mask.nii.gz"
    for part, name in zip(oblique, names, strict=True):
        sitk.WriteImage(part, name)
    return names


def test_out(files, tmp_path):
    settings = tmp_path / "settings.yaml"
    settings.write_text("bin_number: 16\n")
    options = ("--settings", settings, "--set", "distances=[1, 2]", "--label", 7, "--threads", 2)
    table = rr.extract(*files, rr.Settings(bin_number=16, distances=[1, 2]), label=7)
    for name in ("out.csv", "out.json"):
        done = run("extract", *files, *options, "--out", tmp_path / name)
        assert f"{len(table)} features written" in done.stdout
    with (tmp_path / "out.csv").open(newline="") as file:
        assert [float(row["value"]) for row in csv.DictReader(file)] == [r.value for r in table]
    rows = json.loads((tmp_path / "out.json").read_text())
    assert [row["value"] for row in rows] == [r.value for r in table]


def test_several_discretisations(files, tmp_path):
    out = tmp_path / "out.csv"
    run("extract", *files, "--set", "bin_number=[8, 16]", "--out", out)
    with out.open(newline="") as file:
        found = [(row["discretisation"], float(row["value"])) for row in csv.DictReader(file)]
    table = rr.extract(*files, {"bin_number": [8, 16]})
    assert found == [(row.discretisation, row.value) for row in table]


def test_profile(files):
    assert run("extract", *files, "--profile", "ibsi").stdout == run("extract", *files).stdout


@pytest.mark.parametrize("profile", ["ibsi", "pyradiomics"])
def test_settings_are_a_file_to_start_from(files, tmp_path, profile):
    text = run("settings", "--profile", profile).stdout
    assert text == rr.Settings.template(profile)
    assert rr.Settings.from_yaml(text) == rr.Settings(profile=profile)
    path = tmp_path / "settings.yaml"
    path.write_text(text, encoding="utf-8")
    table = rr.extract(*files, rr.Settings(profile=profile))
    assert run("extract", *files, "--settings", path).stdout == csv_of(table)


@pytest.mark.parametrize("form", ["table", "csv", "json", "markdown"])
def test_features(form):
    text = run("features", "--format", form).stdout
    features = rr.features()
    if form == "json":
        assert json.loads(text) == features
    else:
        lines = text.splitlines()
        assert len(lines) == len(features) + (2 if form == "markdown" else 1)
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [row["feature"] for row in rows] == [feature["feature"] for feature in features]
    if form == "markdown":
        bars = {line.replace("\\|", "").count("|") for line in text.splitlines()}
        assert len(bars) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["absent.nii", "absent.nii"], "absent.nii: No such file or directory"),
        (["--example", "--label", "3"], "label 3 is not in the mask; it holds 1"),
        (["--example", "--set", "binWidth=3"], "did you mean `bin_width`?"),
        (["--example", "--set", "bin_width=-3"], "`bin_width` is -3"),
        (["--example", "--profile", "ibis"], "did you mean `ibsi`?"),
        (["--example", "--settings", "absent.yaml"], "absent.yaml: No such file or directory"),
        (["--example", "--out", "/no/such/folder/x.csv"], "/no/such/folder/x.csv"),
    ],
)
def test_errors_are_one_line(options, message):
    *before, last = refused("extract", *options).splitlines()
    assert last.startswith("radiomics-rs: error: ")
    assert message in last
    assert all(line.startswith("radiomics-rs: warning: ") for line in before)


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["frobnicate"],
        ["extract"],
        ["extract", "only-an-image"],
        ["extract", "a", "b", "--example"],
        ["extract", "--example", "--out", "table.xls"],
        ["extract", "--example", "--set", "bin_width"],
        ["extract", "--example", "--threads", "many"],
        ["extract", "--example", "--profile", "ibsi", "--settings", "x.yaml"],
        ["features", "--format", "xml"],
    ],
)
def test_wrong_usage(options):
    assert "usage: radiomics-rs" in refused(*options, code=2)


def test_a_label_without_a_name():
    assert "no label called 'liver'" in refused("extract", "--example", "--label", "liver")


def test_closed_pipe():
    command = [sys.executable, "-m", "radiomics_rs", "features", "--format", "json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    stderr = process.stderr.read()
    process.stderr.close()
    # Part of the output is lost, and whoever counts on it should know.
    assert process.wait() == 1
    assert stderr == b"radiomics-rs: error: standard output: Broken pipe\n"


CASES = {
    "lung CT": ("ibsi1/ct_phantom/image.nii.gz", "ibsi1/ct_phantom/mask.nii.gz", 1),
    "liver": ("abdomen_ct/image.nii.gz", "abdomen_ct/labels.nii.gz", 5),
    "sarcoma PET": ("sts/STS_001_PET_image.nii.gz", "sts/STS_001_PET_mask.nii.gz", 1),
}


@pytest.mark.parametrize("case", CASES)
def test_real_images(data, case):
    image, mask, label = CASES[case]
    done = run("extract", data / image, data / mask, "--label", label)
    # The default aggregations are those in three dimensions with a matrix each.
    table = rr.extract(data / image, data / mask, label=label)
    assert done.stdout == csv_of(table)
    # Families that IBSI does not have are computed on request.
    standard = {feature["family"] for feature in rr.features() if feature["family_ibsi_id"]}
    assert {row.family for row in table} == standard
    assert {row.status for row in table} == {"ok"}


@pytest.mark.parametrize("given", ["5MB", "0", "nan", "inf", "-3"])
def test_a_limit_of_memory_that_is_none(given):
    done = run("extract", "--example", f"--memory-mb={given}", check=False)
    assert done.returncode == 2
    last = done.stderr.splitlines()[-1]
    assert f"argument --memory-mb: '{given}' is no limit: give a number of megabytes" in last

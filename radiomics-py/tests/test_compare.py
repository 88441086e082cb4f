"""Two tables, value by value, of whatever layout they are."""

import csv
import json
import math

import pytest

import radiomics_rs as rr
from commands import refused, run
from radiomics_rs._compare import compare, deviation, family_of
from radiomics_rs._writers import write
from radiomics_rs.table import sheet_of


@pytest.fixture
def table(phantom):
    image, mask, spacing_mm = phantom
    return rr.extract(
        image, mask, rr.Settings(profile="pyradiomics", bin_width=1), spacing_mm=spacing_mm
    )


def changed(table, column, by):
    rows = [
        row._replace(value=row.value * (1 + by)) if row.column == column else row for row in table
    ]
    return rr.FeatureTable(rows)


COLUMN = "original_glcm_contrast_3D_avg"


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("ending", ["csv", "tsv", "json", "jsonl", "parquet"])
def test_layouts_and_kinds_agree(table, tmp_path, wide, ending):
    if ending == "parquet":
        pytest.importorskip("pyarrow")
    first, second = tmp_path / "first.csv", tmp_path / f"second.{ending}"
    table.to_csv(first)
    write(sheet_of({None: changed(table, COLUMN, 1e-3)}, wide=wide), second)
    found = compare(first, second, tolerance=1e-6)
    assert len(found.deviations) == len(table)
    assert [column for _, column in found.above] == [COLUMN]
    (worst,) = [row for row in found.families() if row["family"] == "glcm"]
    assert worst["worst"] == pytest.approx(1e-3, rel=1e-2)
    assert (worst["of"], worst["above"]) == (COLUMN, 1)
    assert not compare(first, second, tolerance=2e-3).above


def as_pyradiomics(table, path, name="image.nrrd"):
    """A table as the command of PyRadiomics writes it."""
    classes = {"morphology": "shape", "intensity_statistics": "firstorder", "ngldm": "gldm"}
    classes["intensity_histogram"] = "firstorder"
    columns = rr.columns(rr.Settings(profile="pyradiomics"))
    row = {"Image": name, "Mask": "mask.nrrd", "diagnostics_Versions_PyRadiomics": "v3.1.0"}
    for column, value in zip(columns, table.values(), strict=True):
        of_class = classes.get(column.family, column.family)
        row[f"original_{of_class}_{column.pyradiomics}"] = value
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)
    return row


def test_pyradiomics_layout(table, tmp_path):
    first, second = tmp_path / "ours.csv", tmp_path / "theirs.csv"
    table.to_csv(first)
    as_pyradiomics(changed(table, COLUMN, 1e-3), second)
    found = compare(first, second, tolerance=1e-6)
    assert len(found.deviations) == len(table)
    assert [column for _, column in found.above] == [COLUMN]
    # Two tables of PyRadiomics have its names.
    third = tmp_path / "third.csv"
    as_pyradiomics(table, third)
    found = compare(second, third, tolerance=1e-6)
    assert [column for _, column in found.above] == ["original_glcm_Contrast"]
    assert {family_of(column) for _, column in found.deviations} >= {"glcm", "ngldm", "morphology"}


def test_the_drop_ins_own_table(phantom_files, table, tmp_path):
    """What `radiomics-rs pyradiomics` writes, of the same case and the same settings."""
    ours, theirs = tmp_path / "ours.csv", tmp_path / "theirs.csv"
    parameters = tmp_path / "settings.yaml"
    parameters.write_text("setting: {binWidth: 1}\n")
    run("pyradiomics", *phantom_files, "-p", parameters, "-o", theirs, "-f", "csv")
    settings = rr.Settings.from_pyradiomics(parameters)
    rr.extract(*phantom_files, settings).to_csv(ours)
    found = compare(ours, theirs)
    assert len(found.deviations) > 90
    assert not found.above


def test_cases_are_told_apart(table, tmp_path):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    write(sheet_of({1: table, 2: changed(table, COLUMN, 0.5)}, wide=True), first)
    write(sheet_of({2: table, 1: table}), second)
    found = compare(first, second)
    assert found.above == [("2", COLUMN)]
    assert f"{COLUMN} (2)" in str(found)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (1.0, 1.0, 0.0),
        (0.0, -0.0, 0.0),
        (math.nan, math.nan, 0.0),
        (math.inf, math.inf, 0.0),
        (1.0, math.nan, math.inf),
        (math.inf, -math.inf, math.inf),
        (1.0, 2.0, 0.5),
        (0.0, 1e-300, 1.0),
    ],
)
def test_deviations(one, other, expected):
    assert deviation(one, other) == expected
    assert deviation(other, one) == expected


def test_command(table, tmp_path):
    first, second, fewer = (tmp_path / f"{name}.csv" for name in ("first", "second", "fewer"))
    table.to_csv(first)
    changed(table, COLUMN, 1e-3).to_csv(second)
    table[5:].to_csv(fewer)
    assert "of them differ" in run("compare", first, first).stdout
    done = run("compare", first, second, check=False)
    assert done.returncode == 1
    assert f"{len(table)} values compared, 1 of them differ by more than 1e-09" in done.stdout
    assert run("compare", first, second, "--tolerance", "0.01").returncode == 0
    assert "5 values are in the first table alone: " in run("compare", first, fewer).stdout
    held = json.loads(run("compare", first, second, "--format", "json", check=False).stdout)
    assert (held["compared"], held["above"]) == (len(table), 1)


def test_what_is_no_table(table, tmp_path):
    good = tmp_path / "good.csv"
    table.to_csv(good)
    wrong = {
        "empty.csv": ("", "it has no rows"),
        "other.csv": ("a,b\n1,2\n", "no column is a feature; it has a, b"),
        "bytes.csv": (b"\xff\xfe\x00", "it is damaged, or no table"),
        "half.json": ('{"features": [', "it is damaged, or no table"),
        "object.json": ("{}", "it is damaged, or no table"),
    }
    for name, (text, message) in wrong.items():
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        assert message in refused("compare", good, path), name
    other = tmp_path / "one.csv"
    other.write_text("original_glcm_nothing\n3\n")
    assert "have no value in common: the first has" in refused("compare", good, other)
    assert "absent.csv: No such file" in refused("compare", good, tmp_path / "absent.csv")
    assert "tolerance is -1" in refused("compare", good, good, "--tolerance=-1")

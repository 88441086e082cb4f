"""mechanics: cases in whatever form, and columns that are known before any is computed."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

import cohorts
import radiomics_rs as rr
from cohorts import MEAN, SETTINGS, rows
from radiomics_rs.cohort import local_run

pytestmark = pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
SAID = ["status", "error", "warnings"]
FEATURES = [column.name for column in rr.columns(SETTINGS)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, where cases are computed without other processes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(local_run, "compute", cohorts.compute_here)
    return tmp_path


def run(cases, **more):
    more = {"settings": SETTINGS, "out": "t.csv", "jobs": 1, **more}
    return rr.extract_cohort(cases, **more)


def text(path="t.csv"):
    with open(path) as file:  # noqa: PTH123
        return file.read()


def test_rows_are_what_extract_gives(folder):
    cases = cohorts.make(folder, 3)
    made = run(cases)
    assert (made.cases, made.computed, made.kept, made.failed) == (3, 3, 0, 0)
    assert list(made.columns) == ["case_id", "image", "mask", "site", *SAID, *FEATURES]
    for case, row in zip(cases, rows(made.out), strict=True):
        table = rr.extract(case["image"], case["mask"], SETTINGS)
        assert row["case_id"] == case["case_id"]
        assert row["site"] == case["site"]
        assert (row["status"], row["error"]) == ("ok", "")
        assert row["warnings"] == ";".join(dict.fromkeys(w.code for w in table.warnings))
        assert [row[name] for name in FEATURES] == [repr(value) for value in table.values()]


@pytest.mark.parametrize("bad", [[0], [2], [0, 1, 2]])
def test_columns_are_the_same_whatever_fails(folder, bad):
    cases = cohorts.make(folder, 3)
    for k in bad:
        (folder / f"i{k}.nii.gz").unlink()
    made = run(cases)
    assert made.failed == len(bad)
    assert list(rows("t.csv")[0]) == ["case_id", "image", "mask", "site", *SAID, *FEATURES]
    assert [row["status"] for row in rows("t.csv")] == [
        "failed" if k in bad else "ok" for k in range(3)
    ]
    failed = rows("t.csv")[bad[0]]
    assert {failed[name] for name in FEATURES} == {"NaN"}
    assert failed["error"] == f"i{bad[0]}.nii.gz: No such file or directory"


def test_order_and_processes_change_nothing(folder, monkeypatch):
    cases = cohorts.make(folder, 4)
    (folder / "i1.nii.gz").write_bytes(b"")
    run(cases[::-1], out="back.csv")
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    run(cases, out="one.csv", jobs=1)
    run(cases, out="two.csv", jobs=2)
    assert text("one.csv") == text("two.csv")
    assert rows("back.csv")[::-1] == rows("one.csv")


def test_nothing_of_where_and_when_is_in_the_table(folder):
    cases = cohorts.make(folder, 2)
    (folder / "i1.nii.gz").unlink()
    run(cohorts.write_cases(folder / "cases.csv", cases))
    assert str(folder) not in text()
    told = json.loads(text("t.csv.run.json"))
    assert told["settings"]["families"] == SETTINGS["families"]
    assert told["counts"] == {"cases": 2, "computed": 1, "kept": 0, "failed": 1}
    assert [case["status"] for case in told["cases"]] == ["ok", "failed"]
    assert told["cases"][0]["files"][0]["path"] == str(folder / "i0.nii.gz")
    assert len(told["cases"][0]["files"][1]["sha256"]) == 64
    assert told["versions"]["radiomics-rs"] == rr.__version__


def test_hashes_are_columns_if_asked_for(folder):
    import hashlib

    cases = cohorts.make(folder, 2)
    (folder / "m1.nii.gz").unlink()
    run(cases, provenance=True)
    first, second = rows("t.csv")
    for kind in ("image", "mask"):
        data = (folder / first[kind]).read_bytes()
        assert first[f"{kind}_sha256"] == hashlib.sha256(data).hexdigest()
    assert first["engine_version"] == rr.__version__
    assert first["settings_sha256"] == second["settings_sha256"]
    assert second["mask_sha256"] == ""
    old = first["settings_sha256"]
    run(cases, provenance=True, settings={**SETTINGS, "bin_width": 3})
    assert rows("t.csv")[0]["settings_sha256"] != old


@pytest.mark.parametrize("kind", ["csv", "semicolon", "parquet", "pandas", "polars"])
def test_forms_of_cases(folder, kind):
    cases = [{**case, "age": 41.5 + k} for k, case in enumerate(cohorts.make(folder, 2))]
    cases[1]["site"] = ""
    run(cases, out="expected.csv")
    if kind in ("csv", "semicolon"):
        path = cohorts.write_cases(folder / "cases.csv", cases)
        if kind == "semicolon":
            path.write_text("﻿sep=;\n" + path.read_text().replace(",", ";"), encoding="utf-8")
        given = path
    else:
        frames = pytest.importorskip("pandas" if kind == "parquet" else kind)
        given = frames.DataFrame(cases)
        if kind == "parquet":
            pytest.importorskip("pyarrow")
            given.to_parquet("cases.parquet")
            given = "cases.parquet"
    run(given)
    assert text() == text("expected.csv")


def test_paths_are_relative_to_the_file_of_cases(folder, monkeypatch):
    (folder / "deep").mkdir()
    path = cohorts.write_cases(folder / "deep" / "cases.csv", cohorts.make(folder / "deep", 1))
    assert run(path).failed == 0


def test_tables_of_pyradiomics(folder):
    cohorts.make(folder, 2)
    (folder / "cases.csv").write_text(
        "ID,Image,Mask,Label,Label_channel\na,i0.nii.gz,m0.nii.gz,1.0,\nb,i1.nii.gz,m1.nii.gz,,\n"
    )
    made = run("cases.csv")
    assert made.failed == 0
    assert made.columns[:5] == ("ID", "Image", "Mask", "Label", "Label_channel")
    assert [row["ID"] for row in rows("t.csv")] == ["a", "b"]


def test_ids_are_made_of_image_mask_and_region(folder):
    (case,) = cohorts.make(folder, 1)
    mask = np.zeros((4, 6, 6), np.uint8)
    mask[1:3, 1:5, 1:3], mask[1:3, 1:5, 3:5] = 1, 2
    cohorts.write(folder / "m0.nii.gz", mask)
    del case["case_id"]
    made = run([{**case, "label": 1}, {**case, "label": 2}])
    assert made.columns[0] == "case_id"
    assert [row["case_id"] for row in rows("t.csv")] == [
        "i0.nii.gz m0.nii.gz 1",
        "i0.nii.gz m0.nii.gz 2",
    ]
    assert rows("t.csv")[0][MEAN] != rows("t.csv")[1][MEAN]
    run([{**case, "case_id": None}, {**case, "case_id": "mine", "label": 2}])
    assert [row["case_id"] for row in rows("t.csv")] == ["i0.nii.gz m0.nii.gz 1", "mine"]
    with pytest.raises(rr.SettingsError, match="row 1 and row 2 have the same case_id"):
        run([case, case])


@pytest.mark.parametrize(
    ("columns", "error"),
    [
        ({"picture": "i"}, "no column `image`: it has 'case_id', 'mask', 'site', 'picture'"),
        ({"image": "i", "IMAGE": "j"}, "'image' and 'IMAGE', which mean the same"),
        ({"image": "i", "image:a": "j"}, "a column `image` and one called `image:a`"),
        ({"image:a": "i", "mask:b": "m"}, "a column `mask` and one called `mask:b`"),
        ({"image": "i", "status": "x"}, "the column 'status' of the cases"),
        ({"image": "i", MEAN: "x"}, f"the column '{MEAN}' of the cases"),
    ],
)
def test_columns_that_cannot_be(folder, columns, error):
    (case,) = cohorts.make(folder, 1)
    del case["image"]
    with pytest.raises(rr.SettingsError, match=error.replace("`", "`")):
        run([{**case, **columns}])
    assert not (folder / "t.csv.records").exists()


@pytest.mark.parametrize(
    ("given", "kind", "error"),
    [
        (3, TypeError, "give a .csv or .parquet file"),
        ([3], TypeError, "case 1 is of type int"),
        ([{"image": np.zeros((2, 2)), "mask": "m"}], TypeError, "in memory, of type ndarray"),
        ([], rr.ReadError, "holds no cases"),
        ("empty.csv", rr.ReadError, "empty.csv holds no cases"),
        ("long.csv", rr.ReadError, "line 2 has 3 cells and the header 2"),
        ("latin.csv", rr.ReadError, "line 2 is no UTF-8"),
        ("nowhere.csv", FileNotFoundError, "nowhere.csv"),
    ],
)
def test_cases_that_are_none(folder, given, kind, error):
    (folder / "empty.csv").write_text("image,mask\n")
    (folder / "long.csv").write_text("image,mask\na,b,c\n")
    (folder / "latin.csv").write_bytes(b"image,mask\n\xe4,b\n")
    with pytest.raises(kind, match=error):
        run(given)


def test_several_images(folder):
    cohorts.make(folder, 2)
    case = {"case_id": "x", "image:a": "i0.nii.gz", "image:b": "i1.nii.gz", "mask": "m0.nii.gz"}
    run([case])
    (row,) = rows("t.csv")
    together = rr.extract({"a": "i0.nii.gz", "b": "i1.nii.gz"}, "m0.nii.gz", SETTINGS)
    assert list(row)[7:] == together.keys()
    assert list(row.values())[7:] == [repr(value) for value in together.values()]
    # A mask for each image, on a grid of its own.
    voxels = np.arange(5**3, dtype=np.int16).reshape(5, 5, 5)
    cohorts.write(folder / "i1.nii.gz", voxels, 2.0)
    cohorts.write(folder / "m1.nii.gz", (voxels % 3 == 0).astype(np.uint8), 2.0)
    run([{**case, "mask": ""}, {**case, "case_id": "y"}], out="u.csv")
    assert [row["status"] for row in rows("u.csv")] == ["failed", "failed"]
    apart = {**case, "mask:a": "m0.nii.gz", "mask:b": "m1.nii.gz"}
    del apart["mask"]
    run([apart])
    (row,) = rows("t.csv")
    alone = rr.extract("i1.nii.gz", "m1.nii.gz", SETTINGS)[MEAN]
    assert row["b_intensity_statistics_mean"] == repr(alone)
    assert row["a_intensity_statistics_mean"] == repr(together["a_intensity_statistics_mean"])


def test_types_of_tables(folder):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    cases = cohorts.make(folder, 3)
    (folder / "i2.nii.gz").unlink()
    for k, case in enumerate(cases):
        case |= {"age": 40 + k, "score": k / 3, "known": k > 0}
    run(cases)
    run(cases, out="t.parquet")
    run(cases, out="t.jsonl")
    frame = pandas.read_parquet("t.parquet")
    assert list(frame.columns) == list(rows("t.csv")[0])
    assert frame["age"].tolist() == [40, 41, 42]
    assert frame["known"].dtype == bool
    assert [repr(v) for v in frame[MEAN][:2]] == [row[MEAN] for row in rows("t.csv")[:2]]
    assert np.isnan(frame[MEAN][2])
    lines = [json.loads(line) for line in text("t.jsonl").splitlines()]
    assert [line[MEAN] for line in lines] == [*frame[MEAN][:2], None]
    assert [line["score"] for line in lines] == [0.0, 1 / 3, 2 / 3]
    (folder / "f.csv").mkdir()
    with pytest.raises(rr.SettingsError, match=r"out is f\.csv, a folder"):
        run(cases, out="f.csv")
    with pytest.raises(rr.SettingsError, match=r"must end in \.csv, \.parquet, \.jsonl"):
        run(cases, out="t.xlsx")


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ([2**70, 1], True),
        ([2**64 - 1, None], True),
        ([-(2**63) - 1, 0], True),
        ([2**63 - 1, -(2**63)], False),
        ([2**53 + 1, 0.5], True),
        ([2**70, math.inf], True),
        ([2**53, -0.5], False),
        ([math.inf, -math.inf], False),
        ([math.inf, 1], False),
        ([True, 2], True),
    ],
)
def test_numbers_that_are_carried(folder, cells, text):
    parquet = pytest.importorskip("pyarrow.parquet")
    both = zip(cohorts.make(folder, 2), cells, strict=True)
    cases = [{**case, "own": cell} for case, cell in both]
    for out in ("t.csv", "t.jsonl", "t.parquet"):
        assert run(cases, out=out).failed == 0
    assert [row["own"] for row in rows("t.csv")] == ["" if c is None else str(c) for c in cells]
    held = parquet.read_table("t.parquet")["own"].to_pylist()
    assert held == [str(c) if text and c is not None else c for c in cells]
    lines = [json.loads(line) for line in Path("t.jsonl").read_text().splitlines()]
    assert [line["own"] for line in lines] == [
        str(c) if isinstance(c, float) and math.isinf(c) else c for c in cells
    ]


def test_numbers_of_a_csv_file_are_text(folder):
    parquet = pytest.importorskip("pyarrow.parquet")
    cases = [{**case, "age": "41"} for case in cohorts.make(folder, 1)]
    path = cohorts.write_cases(folder / "cases.csv", cases)
    run(path, out="t.jsonl")
    run(path, out="t.parquet")
    assert json.loads(text("t.jsonl"))["age"] == "41"
    assert parquet.read_table("t.parquet")["age"].to_pylist() == ["41"]


def test_regions_of_hospitals(folder, data):
    seg = data / "clinical" / "seg" / "overlapping_five"
    structures = data / "clinical" / "rtstruct" / "sts025_pet"
    series = next(place for place in structures.iterdir() if place.is_dir())
    expected = json.loads((structures / "expected.json").read_text())
    name = next(iter(expected["rois"]))
    first, second = [segment.label for segment in rr.io.list_segments(seg / "seg.dcm")][:2]
    contours = next(path for path in structures.glob("*.dcm") if path.parent != series)
    cases = [
        {"image": seg / "image", "mask": seg / "seg.dcm", "roi": first},
        {"image": seg / "image", "mask": seg / "seg.dcm", "roi": 2},
        {"image": seg / "image", "mask": seg / "seg.dcm", "roi": "nothing"},
        {"image": series, "mask": contours, "roi": name},
    ]
    run(cases, provenance=True)
    found = rows("t.csv")
    for row, roi in zip(found[:2], (first, second), strict=True):
        image = rr.io.read_image(seg / "image")
        mask = rr.io.read_mask(seg / "seg.dcm", image=image, roi=roi)
        assert row[MEAN] == repr(rr.extract(image, mask, SETTINGS)[MEAN])
    assert "has no segment 'nothing'" in found[2]["error"]
    image = rr.io.read_image(series)
    mask = rr.io.read_mask(contours, image=image, roi=name)
    assert found[3][MEAN] == repr(rr.extract(image, mask, SETTINGS)[MEAN])
    assert run(cases).kept == 3
    told = json.loads(text("t.csv.run.json"))
    assert told["cases"][0]["steps"]["original"][0]["step"]


GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "cohort.md"
OWN = """
def brightness(region):
    inside = region.image.voxels[region.mask.voxels > 0]
    return {"mean": inside.mean(), "top": inside.max()}
"""


def test_the_guide_runs_as_printed(folder, monkeypatch, capsys):
    cases = cohorts.make(folder, 3)
    (folder / "i1.nii.gz").unlink()
    cohorts.write_cases(folder / "cases.csv", cases)
    (folder / "settings.yaml").write_text("families: [intensity_statistics]")
    (folder / "i2.nii.gz").rename("a.nii.gz")
    mask = np.zeros((4, 6, 6), np.uint8)
    mask[1:3, 1:5, 1:3], mask[1:3, 1:5, 3:5] = 1, 2
    cohorts.write(folder / "a_mask.nii.gz", mask)
    (folder / "i2.nii.gz").write_bytes((folder / "a.nii.gz").read_bytes())
    (folder / "my_features.py").write_text(OWN)
    monkeypatch.syspath_prepend(str(folder))
    names = {}
    for block in re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S):
        exec(compile(block, str(GUIDE), "exec"), names)
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("3 cases, 2 computed, 0 kept, 1 failed: ")
    assert said[-1] == "('deep_mean', 'deep_top')"
    assert len(rows("own.csv")) == 3
    means = [json.loads(line)[MEAN] for line in text("regions.jsonl").splitlines()]
    assert means[0] != means[1]

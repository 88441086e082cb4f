"""Reports of a verification say what the verification says."""

import csv
import html.parser
import json
import re

import numpy as np
import pytest

import radiomics_rs as rr
from commands import refused, run
from conftest import DATA
from radiomics_rs._compliance import DATA_SETS
from radiomics_rs._compliance_tags import STEMS, tag
from radiomics_rs._conformance import write_report

VERIFICATION = rr.verify()
RECORDS = VERIFICATION.records()


def test_json(tmp_path):
    path = tmp_path / "report.json"
    write_report(VERIFICATION, path)
    report = json.loads(path.read_text(encoding="utf-8"))
    assert report["values"] == RECORDS
    assert report["families"] == VERIFICATION.summary()
    assert report["checked"] == report["inside"] == len(RECORDS) == 482
    assert report["software"]["radiomics-rs"] == rr.__version__
    assert report["machine"]["instruction set"] in ("AVX-512", "AVX2", "SSE2", "baseline")
    assert report["own"] is None


class Cells(html.parser.HTMLParser):
    """The rows of all tables of a page."""

    def __init__(self):
        """Nothing read yet."""
        super().__init__()
        self.rows, self.open = [], False

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.rows.append([])
        self.open = tag in ("td", "th")

    def handle_endtag(self, tag):
        self.open = False

    def handle_data(self, data):
        if self.open:
            self.rows[-1].append(data)


def test_html_and_markdown_hold_every_value(tmp_path):
    for kind in ("html", "md"):
        path = tmp_path / f"report.{kind}"
        write_report(VERIFICATION, path)
        text = path.read_text(encoding="utf-8")
        assert "482 of 482" in text
        if kind == "html":
            cells = Cells()
            cells.feed(text)
            rows = cells.rows
            assert not re.search(r"https?://", text), "nothing is loaded from elsewhere"
        else:
            rows = [re.split(r" \| |\| | \|", line)[1:-1] for line in text.splitlines()]
        values = [row for row in rows if row and row[-1] in ("yes", "no")]
        assert [float(row[-2]) for row in values] == [record["value"] for record in RECORDS]


def test_sheet_equals_the_verification(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    path = tmp_path / "sheet.xlsx"
    write_report(VERIFICATION, path)
    [sheet] = openpyxl.load_workbook(path).worksheets
    head, *rows = sheet.iter_rows(values_only=True)
    rows = [dict(zip(head, row, strict=True)) for row in rows]
    # A workbook holds 16 digits of a number, one less than a float has.
    expected = pytest.approx([record["value"] for record in RECORDS], rel=1e-15, abs=0)
    assert [row["your_result"] for row in rows] == expected
    assert [row["benchmark_value"] for row in rows] == [r["reference"] for r in RECORDS]
    assert all(row["inside"] is True for row in rows)
    assert len({row["tag"] for row in rows}) == 482


def test_a_form_is_filled_and_all_else_stays(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    path = tmp_path / "form.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["data_set", "tag", "your_result", "consensus"])
    book.active.append(["digital phantom", "cm_contrast_3D_comb", None, "very strong"])
    book.active.append(["config. A", "cm_contrast_2D_avg", "by hand", "strong"])
    book.create_sheet("notes").append(["ours"])
    book.save(path)
    write_report(VERIFICATION, path)
    sheet, notes = openpyxl.load_workbook(path).worksheets
    _, filled, kept = sheet.iter_rows(values_only=True)
    [contrast] = [
        record["value"]
        for record in RECORDS
        if (record["ibsi_id"], record["aggregation"]) == ("ACUI", "3D_merged")
    ]
    assert filled[:2] + filled[3:] == ("digital phantom", "cm_contrast_3D_comb", "very strong")
    assert filled[2] == pytest.approx(contrast, rel=1e-15)
    # There is no CT phantom in this verification.
    assert kept == ("config. A", "cm_contrast_2D_avg", "by hand", "strong")
    assert notes["A1"].value == "ours"
    del book["Sheet"]
    book.save(path)
    with pytest.raises(rr.ReadError, match="no sheet of it has the columns"):
        write_report(VERIFICATION, path)


def test_tags_are_those_of_the_standard():
    path = DATA / "ibsi1" / "reference_values.csv"
    if not path.exists():
        pytest.skip(f"no reference values at {path}: set RADIOMICS_DATA")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1804
    for row in rows:
        assert tag(row["family"], row["feature_name"], row["aggregation"]) == row["tag"]
    assert sum(map(len, STEMS.values())) == 169
    assert {row["dataset"] for row in rows} == set(DATA_SETS)


def _table(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def test_own_data(tmp_path):
    rng = np.random.default_rng(3)
    truth = rng.normal(0, 1, (20, 2))
    off = truth[:, 1] + rng.normal(0, 2, 20)
    head = ["case", "same", "noisy", "site"]
    ours = _table(
        tmp_path / "ours.csv",
        [head, *([f"c{i}", a, b, "x"] for i, (a, b) in enumerate(truth))],
    )
    # In another order, with a case more.
    other = [
        [f"c{i}", a + 1e-9, b, "x"] for i, (a, b) in enumerate(zip(truth[:, 0], off, strict=True))
    ]
    theirs = _table(tmp_path / "theirs.csv", [head, ["more", 1, 1, "x"], *reversed(other)])
    path = tmp_path / "report.json"
    write_report(VERIFICATION, path, own=(ours, theirs))
    own = json.loads(path.read_text(encoding="utf-8"))["own"]
    assert own["cases"] == 20
    classes = {feature["feature"]: feature["class"] for feature in own["features"]}
    assert classes == {"same": "excellent", "noisy": "poor"}
    assert own["classes"] == {"excellent": 1, "poor": 1}
    with pytest.raises(rr.ReadError, match="0 cases and"):
        write_report(
            VERIFICATION,
            path,
            own=(ours, _table(tmp_path / "none.csv", [["case", "same"], ["z", 1]])),
        )
    with pytest.raises(rr.SettingsError, match="no place for tables"):
        write_report(VERIFICATION, tmp_path / "sheet.xlsx", own=(ours, theirs))


def test_command(tmp_path):
    path = tmp_path / "report.html"
    assert "482 of 482" in run("verify", "--report", path).stdout
    assert "482 of 482" in path.read_text(encoding="utf-8")
    stderr = refused("verify", "--report", tmp_path / "report.pdf")
    assert "ends in none of .html, .md, .json, .xlsx" in stderr

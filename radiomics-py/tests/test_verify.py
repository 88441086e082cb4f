"""The proof as users see it."""

import csv
import io
import json

import pytest

import radiomics_rs as rr
from commands import run

KEYS = ["dataset", "family", "aggregation", "feature", "ibsi_id", "reference", "tolerance"]


def test_digital_phantom():
    found = rr.verify()
    assert len(found) == 482
    assert found.all_inside
    assert [list(record) for record in found.records()[:1]] == [[*KEYS, "value", "inside"]]
    assert sum(family["inside"] for family in found.summary()) == 482


@pytest.mark.slow
def test_ct_phantom(data):
    found = rr.verify(data)
    assert len(found) == 1803 + 33 + 323
    assert [record for record in found.records() if not record["inside"]] == []


def test_formats():
    found = rr.verify()
    assert json.loads(found.to_text("json")) == found.records()
    rows = list(csv.DictReader(io.StringIO(found.to_text("csv"))))
    assert [float(row["value"]) for row in rows] == [r["value"] for r in found.records()]
    assert found.to_text("markdown").startswith("# Validation")
    assert "482 of 482" in str(found)
    with pytest.raises(rr.RadiomicsError, match="no format `yaml`"):
        found.to_text("yaml")


def test_folder_without_the_phantom(tmp_path):
    with pytest.raises(rr.RadiomicsError, match="holds no CT phantom"):
        rr.verify(tmp_path)


def test_command(tmp_path):
    out = tmp_path / "checks.json"
    done = run("verify", "--format", "json", "--out", out)
    assert "482 of 482 published values" in done.stdout
    assert len(json.loads(out.read_text())) == 482

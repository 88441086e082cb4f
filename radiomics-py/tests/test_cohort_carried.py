"""mechanics: columns of the cases' own go through to every kind of table as what they are."""

import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

import cohorts
import radiomics_rs as rr
from cohorts import SETTINGS, rows
from radiomics_rs.cohort import local_run

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
pd = pytest.importorskip("pandas")

DAY, NOON = date(2024, 2, 29), datetime(2024, 2, 29, 12, 30)
SPRING = datetime(2024, 3, 31, 12, tzinfo=ZoneInfo("Europe/Berlin"))
EAST = SPRING.astimezone(timezone(timedelta(hours=5, minutes=30)))
WEST = SPRING.astimezone(timezone(-timedelta(hours=3, minutes=30)))
ODD = NOON.replace(tzinfo=timezone(timedelta(seconds=3208)))
FINE = pd.Timestamp("2024-02-29T12:30:00.000000001")
IN_US, TEXT = pa.timestamp("us"), pa.string()
#: Cells, the type in Parquet, and what JSON has of the first one, which is its text in CSV.
CARRIED = {
    "days": ([DAY, None], pa.date32(), "2024-02-29"),
    "times": ([NOON, None], IN_US, "2024-02-29T12:30:00"),
    "zone": ([SPRING, None], pa.timestamp("us", tz="Europe/Berlin"), "2024-03-31T12:00:00+02:00"),
    "east": ([EAST, EAST], pa.timestamp("us", tz="+05:30"), "2024-03-31T15:30:00+05:30"),
    "west": ([WEST, WEST], pa.timestamp("us", tz="-03:30"), "2024-03-31T06:30:00-03:30"),
    "utc": (
        [NOON.replace(tzinfo=timezone.utc), None],
        pa.timestamp("us", tz="UTC"),
        "2024-02-29T12:30:00+00:00",
    ),
    "offset of seconds": ([ODD, None], TEXT, "2024-02-29T12:30:00+00:53:28"),
    "zones": ([SPRING, EAST], TEXT, "2024-03-31T12:00:00+02:00"),
    "some with a zone": ([NOON, SPRING], TEXT, "2024-02-29T12:30:00"),
    "days and times": ([DAY, NOON], TEXT, "2024-02-29"),
    "a time and a text": ([NOON, "soon"], TEXT, "2024-02-29T12:30:00"),
    "pandas": ([pd.Timestamp(NOON), pd.NaT], IN_US, "2024-02-29T12:30:00"),
    "nanoseconds": ([FINE, pd.NaT], pa.timestamp("ns"), "2024-02-29T12:30:00.000000001"),
    "numpy": ([np.datetime64(NOON, "ns"), np.datetime64("NaT")], IN_US, "2024-02-29T12:30:00"),
    "numpy's days": ([np.datetime64(DAY, "D"), None], pa.date32(), "2024-02-29"),
    "durations": ([timedelta(days=1), np.timedelta64(1, "h")], TEXT, "1 day, 0:00:00"),
    "far": ([datetime(1, 1, 1), datetime(9999, 1, 1)], IN_US, "0001-01-01T00:00:00"),
    "switches": ([True, None], pa.bool_(), True),
    "numpy's switches": ([np.bool_(True), pd.NA], pa.bool_(), True),
    "whole numbers": ([np.int64(3), pd.NA], pa.int64(), 3),
    "decimals": ([Decimal("1.50"), Decimal("2")], TEXT, "1.50"),
    "nothing": ([None, None], TEXT, None),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(local_run, "compute", cohorts.compute_here)
    return tmp_path


def check(cases, kind, text):
    """Each kind of table, of a run and of one that goes on from its records."""
    for out in ("t.csv", "t.jsonl", "t.parquet"):
        assert rr.extract_cohort(cases, SETTINGS, out=out).failed == 0
        before = Path(out).read_bytes()
        # It is written anew from the records.
        Path(out).unlink()
        assert rr.extract_cohort(cases, SETTINGS, out=out).computed == 0
        assert Path(out).read_bytes() == before
    assert rows("t.csv")[0]["own"] == ("" if text is None else str(text))
    assert json.loads(Path("t.jsonl").read_text().splitlines()[0])["own"] == text
    found = pq.read_table("t.parquet")["own"]
    assert found.type == kind
    return found


@pytest.mark.parametrize("name", CARRIED)
def test_cells_of_mappings(folder, name):
    cells, kind, text = CARRIED[name]
    cases = [{**c, "own": o} for c, o in zip(cohorts.make(folder, 2), cells, strict=True)]
    held = check(cases, kind, text)
    if kind not in (TEXT, pa.timestamp("ns")):
        assert held[0].as_py() == (NOON if name == "numpy" else cells[0])


@pytest.mark.parametrize(
    ("values", "kind", "text"),
    [
        (lambda: pd.Series([NOON, None], dtype="datetime64[ns]"), IN_US, "2024-02-29T12:30:00"),
        (
            lambda: pd.Series([NOON, None]).dt.tz_localize("Europe/Berlin"),
            pa.timestamp("us", tz="Europe/Berlin"),
            "2024-02-29T12:30:00+01:00",
        ),
        (lambda: pd.Series([1, None], dtype="Int64"), pa.int64(), 1),
        (lambda: pd.Series([True, None], dtype="boolean"), pa.bool_(), True),
        (lambda: pd.Series(["a", None], dtype="category"), TEXT, "a"),
        (lambda: pd.Series([2, 1], dtype="category"), pa.int64(), 2),
        (lambda: pd.Series([DAY, None], dtype=object), pa.date32(), "2024-02-29"),
    ],
)
def test_columns_of_frames_and_of_parquet(folder, values, kind, text):
    frame = pd.DataFrame(cohorts.make(folder, 2))
    frame["own"] = values()
    check(frame, kind, text)
    frame.to_parquet("cases.parquet")
    check("cases.parquet", kind, text)


@pytest.mark.parametrize(
    ("ids", "first"),
    [([NOON, SPRING], NOON.isoformat()), ([NOON, None], NOON.isoformat()), ([7, None], "7")],
)
def test_ids_that_are_times_or_have_gaps(folder, ids, first):
    both = zip(cohorts.make(folder, 2), ids, strict=True)
    rr.extract_cohort([{**c, "case_id": name} for c, name in both], SETTINGS, out="t.parquet")
    held = pq.read_table("t.parquet")["case_id"]
    assert (held.type, held[0].as_py()) == (TEXT, first)
    told = json.loads(Path("t.parquet.run.json").read_text())["cases"]
    assert told[0]["case_id"] == first


def test_a_time_is_no_label(folder):
    (case,) = cohorts.make(folder, 1)
    rr.extract_cohort([{**case, "label": NOON}], SETTINGS, out="t.csv")
    assert "the label is '2024-02-29T12:30:00': give a whole number" in rows("t.csv")[0]["error"]

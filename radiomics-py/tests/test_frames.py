"""Frames of many tables, and changes between their rows; the guide about them runs as printed."""

import math
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

import radiomics_rs as rr

pd = pytest.importorskip("pandas")
pytestmark = pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
PAGE = Path(__file__).parents[2] / "docs" / "guides" / "tables.md"
SETTINGS = {"features": ["intensity_statistics.mean", "intensity_statistics.variance"]}
MEAN, VARIANCE = (f"original_intensity_statistics_{name}" for name in ("mean", "variance"))


def table(mean, settings=SETTINGS, labels=1):
    image = np.full((4, 5, 6), float(mean))
    image[:, ::2] += 1
    mask = np.ones(image.shape, np.uint8)
    mask[2:] = labels if isinstance(labels, int) else 2
    label = 1 if isinstance(labels, int) else [1, 2]
    return rr.extract(image, mask, settings, label=label, spacing_mm=1)


def frame(*rows):
    return pd.DataFrame(rows, columns=["patient", "visit", "age", "x", "y"])


def test_one_row():
    one = table(10)
    row = one.to_wide()
    assert row.shape == (1, 2)
    assert row.iloc[0].to_dict() == one.to_dict()
    named = one.to_wide({"case_id": "a", "label": 3})
    assert named.columns.tolist() == ["case_id", "label", MEAN, VARIANCE]
    assert named.loc[0, "label"] == 3
    with pytest.raises(rr.SettingsError, match=f"ids has '{MEAN}', which is a feature"):
        one.to_wide({MEAN: 1})


def test_many_rows():
    tables = {"a": table(10), "b": table(20)}
    long = rr.concat(tables)
    assert long.columns.tolist() == ["case_id", *tables["a"].to_pandas().columns]
    assert long["case_id"].tolist() == ["a", "a", "b", "b"]
    assert long["value"].tolist() == [v for one in tables.values() for v in one.values()]
    wide = rr.concat(tables, names="patient", wide=True)
    assert wide.columns.tolist() == ["patient", MEAN, VARIANCE]
    assert wide[MEAN].tolist() == [one[MEAN] for one in tables.values()]
    listed = rr.concat(list(tables.values()), wide=True)
    assert listed["case_id"].tolist() == [0, 1]
    other = rr.concat({**tables, "c": table(5, {"features": ["glcm.contrast"]})}, wide=True)
    assert math.isnan(other.loc[2, MEAN])
    assert math.isnan(other.iloc[0, -1])
    assert not math.isnan(other.iloc[2, -1])
    assert rr.concat({}).empty


def test_keys_of_several_parts():
    nested = {"a": table(10, labels=(1, 2)), "b": table(20, labels=(1, 2))}
    wide = rr.concat(nested, wide=True)
    assert wide[["case_id", "label"]].to_numpy().tolist() == [
        ["a", 1],
        ["a", 2],
        ["b", 1],
        ["b", 2],
    ]
    flat = {(case, label): one for case, of in nested.items() for label, one in of.items()}
    pd.testing.assert_frame_equal(rr.concat(flat, wide=True), wide)
    named = rr.concat(nested, names=("patient", "lesion"))
    assert named.columns.tolist()[:2] == ["patient", "lesion"]
    clinical = pd.DataFrame({"patient": ["b", "a"], "age": [61, 54]})
    assert named.merge(clinical, on="patient")["age"].tolist() == [54] * 4 + [61] * 4


@pytest.mark.parametrize(
    ("tables", "names", "error", "says"),
    [
        ("one", None, TypeError, "single table: give a mapping or a list, or use to_wide"),
        ({"a": 3}, None, TypeError, "the table of 'a' is of type int"),
        (5, None, TypeError, "the tables are of type int"),
        (
            {"a": "one"},
            ["case", "label"],
            rr.SettingsError,
            "names are case, label, and keys have 1",
        ),
        ({"a": "one"}, [], rr.SettingsError, "names are none, and keys have 1 part"),
        ({"a": "one"}, "value", rr.SettingsError, "names has 'value', which is another column"),
        ({("a", 1): "one"}, ["b", "b"], rr.SettingsError, "names has 'b', which is another"),
        ({("a", 1, 2): "one"}, None, rr.SettingsError, "keys have 3 parts: give names"),
        ({"a": "one", ("a", 2): "one"}, None, rr.SettingsError, "keys have 1 and 2 parts"),
    ],
)
def test_what_cannot_be_put_together(tables, names, error, says):
    def filled(given):
        if isinstance(given, dict):
            return {key: filled(value) for key, value in given.items()}
        return table(10) if given == "one" else given

    with pytest.raises(error, match=says):
        rr.concat(filled(tables), names=names)


def test_changes_between_visits():
    given = frame(
        ("b", 1, 60, 1.0, 0.0),
        ("a", 2, 50, 9.0, 4.0),
        ("a", 1, 50, 3.0, np.nan),
        ("b", 2, 61, 5.0, 2.0),
    )
    found = rr.delta(given, before=1, after=2, by="visit", on="patient")
    assert found.columns.tolist() == ["patient", "delta-1-2-age", "delta-1-2-x", "delta-1-2-y"]
    assert found["patient"].tolist() == ["b", "a"]
    assert found["delta-1-2-x"].tolist() == [4.0, 6.0]
    assert found["delta-1-2-y"].tolist()[0] == 2.0
    assert math.isnan(found["delta-1-2-y"][1])
    ratio = rr.delta(given, before=1, after=2, by="visit", on=["patient"], kind="ratio")
    assert ratio["ratio-1-2-x"].tolist() == [5.0, 3.0]
    assert ratio["ratio-1-2-y"].isna().all()
    first, second = (given[given["visit"] == visit] for visit in (1, 2))
    frames = rr.delta(before=first, after=second, on="patient")
    assert frames["delta-x"].tolist() == [4.0, 6.0]
    assert frames["patient"].tolist() == ["b", "a"]


def test_in_the_table_of_a_cohort_only_features_are_compared():
    given = frame(("a", 1, 50, 3.0, 1), ("a", 2, 51, 9.0, 4))
    for place, name in enumerate(("status", "error", "warnings")):
        given.insert(3 + place, name, "")
    given.insert(6, "image_sha256", 5)
    found = rr.delta(given, before=1, after=2, by="visit", on="patient")
    assert found.columns.tolist() == ["patient", "delta-1-2-x", "delta-1-2-y"]


def test_keys_on_one_side_alone():
    given = frame(*(("p", visit, 50, float(visit), 1) for visit in (1, 2)), ("q", 2, 1, 1.0, 1))
    with pytest.warns(rr.RadiomicsWarning, match="1 of 2 keys are on one side alone .*: q$"):
        found = rr.delta(given, before=1, after=2, by="visit", on="patient")
    assert found["patient"].tolist() == ["p"]
    keys = rr.delta(given[:2], before=1, after=2, by="visit", on=["patient", "y"])
    assert keys.columns.tolist() == ["patient", "y", "delta-1-2-age", "delta-1-2-x"]


def of_cohort(*patients, failed=()):
    """The table of two visits of patients, of whom some have failed at the second one."""
    given = frame(*((p, visit, 50, 1.0 * visit, 2.0) for p in patients for visit in (1, 2)))
    gone = given["patient"].isin(failed) & (given["visit"] == 2)
    given.loc[gone, ["x", "y"]] = np.nan
    for place, name in enumerate(("status", "error", "warnings")):
        given.insert(3 + place, name, np.where(gone, "failed", "ok") if place == 0 else "")
    return given


def test_visits_that_failed():
    given = of_cohort("a", "b", "c", failed=["b"])
    says = r"1 of 3 pairs are NaN, as a side of theirs has failed or has no value: b$"
    with pytest.warns(rr.RadiomicsWarning, match=says):
        found = rr.delta(given, before=1, after=2, by="visit", on="patient")
    assert found["delta-1-2-x"].isna().tolist() == [False, True, False]
    sides = {side: given[given["visit"] == k] for side, k in (("before", 1), ("after", 2))}
    with pytest.warns(rr.RadiomicsWarning, match=says):
        rr.delta(**sides, on="patient")
    with pytest.warns(rr.RadiomicsWarning, match=r"1 of 3 pairs .*: \('b', 50\)$"):
        rr.delta(given, before=1, after=2, by="visit", on=["patient", "age"])
    plain = given.drop(columns=["status", "error", "warnings"])
    with pytest.warns(rr.RadiomicsWarning, match=says):
        rr.delta(plain.drop(columns="age"), before=1, after=2, by="visit", on="patient")
    many = of_cohort(*"abcdefgh", failed=[*"abcdefg"])
    with pytest.warns(rr.RadiomicsWarning, match="7 of 8 pairs .*: a, b, c, d, e and 2 more$"):
        rr.delta(many, before=1, after=2, by="visit", on="patient")
    images = many.rename(columns={"x": "one_x", "y": "two_x"})
    with pytest.warns(rr.RadiomicsWarning, match=r"7 of 16 pairs .*: a, b, .* and 2 more$"):
        rr.delta(images, before="one", after="two", on="patient")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rr.delta(of_cohort("a", "b"), before=1, after=2, by="visit", on="patient")


def test_changes_between_images_of_a_frame():
    given = pd.DataFrame(
        {"case_id": ["u", "v"], "a_x": [1.0, 2], "b_x": [4.0, 4], "a-square_x": [1.0, 1]},
        index=[7, 9],
    )
    given["b-square_x"] = [0.0, np.nan]
    given["a_y"] = 1.0
    found = rr.delta(given, before="a", after="b", on="case_id")
    assert found.columns.tolist() == ["case_id", "delta-a-b_x", "delta-a-b-square_x"]
    assert found.index.tolist() == [7, 9]
    assert found["delta-a-b_x"].tolist() == [3.0, 2.0]
    assert found["delta-a-b-square_x"].tolist()[0] == -1.0


def test_frames_of_tables_and_tables_agree():
    phases = {"a": np.arange(120.0).reshape(4, 5, 6), "b": np.arange(120.0).reshape(4, 5, 6) * 2}
    one = rr.extract(phases, np.ones((4, 5, 6), np.uint8), SETTINGS, spacing_mm=1)
    wanted = rr.delta(one, before="a", after="b")
    found = rr.delta(one.to_wide(), before="a", after="b")
    assert found.iloc[0].to_dict() == wanted.to_dict()


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"on": None}, rr.SettingsError, "on is missing"),
        ({"on": "case"}, rr.SettingsError, "on is 'case', and the frame has the columns patient"),
        ({"by": "time"}, rr.SettingsError, "by is 'time', and the frame has"),
        ({"before": 3}, rr.SettingsError, "before is 3, and the column 'visit' has 1, 2"),
        ({"kind": "sum"}, rr.SettingsError, "kind is 'sum'"),
        ({"by": None}, rr.SettingsError, "before is 1, and no column begins with 1_"),
        ({"on": "x"}, rr.RegionError, "no row before has the same x as one after"),
        ({"table": "twice"}, rr.SettingsError, "before has two rows of patient 'a'"),
        ({"table": "none"}, rr.SettingsError, "1 rows of after lack a key, of patient"),
        ({"table": "text"}, rr.RegionError, "no feature in common"),
        ({"table": "columns"}, rr.SettingsError, "table has the column 'x' twice"),
        ({"table": None, "before": "frame", "after": 2}, rr.SettingsError, "by is 'visit'"),
        ({"table": None, "before": "frame", "by": None}, TypeError, "after is of type int"),
    ],
)
def test_what_cannot_be_compared(change, error, says):
    given = frame(("a", 1, 50, 3.0, 1), ("a", 2, 51, 9.0, 4))
    kinds = {
        "frame": given,
        "twice": frame(*[("a", 1, 50, 3.0, 1)] * 2, ("a", 2, 51, 9.0, 4)),
        "none": frame(("a", 1, 50, 3.0, 1), (None, 2, 51, 9.0, 4)),
        "text": given[["patient", "visit"]],
        "columns": given.rename(columns={"y": "x"}),
    }
    arguments = {"table": given, "before": 1, "after": 2, "by": "visit", "on": "patient", **change}
    filled = {k: kinds.get(v, v) if isinstance(v, str) else v for k, v in arguments.items()}
    with pytest.raises(error, match=says):
        rr.delta(**filled)


def test_tables_take_no_columns():
    with pytest.raises(rr.SettingsError, match="on is 'patient', which is for data frames"):
        rr.delta(before=table(1), after=table(2), on="patient")


def test_the_guide_runs():
    pytest.importorskip("sklearn")
    names: dict = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S):
        exec(compile(block, str(PAGE), "exec"), names)
        if "joined" in names and "change" not in names:
            assert names["row"].shape == (1, 2 + len(names["table"]))
            assert len(names["long"]) == 6 * len(names["table"])
            assert names["joined"]["age"].tolist() == [61, 61, 54, 54, 70, 70]
        if "change" in names and "first" not in names:
            one, other = (names["tables"]["p2", visit][MEAN] for visit in ("first", "second"))
            column = f"relative-first-second-{MEAN}"
            assert names["change"][column][1] == pytest.approx((other - one) / one)
    assert names["wash_in"][f"delta-arterial-portal{MEAN.removeprefix('original')}"][0] == (
        pytest.approx(40)
    )
    assert names["search"].best_params_["radiomicsextractor__settings"] == names["choices"][0]
    assert names["search"].best_score_ == 1.0

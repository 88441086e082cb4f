"""Intraclass correlation from Python: pingouin's values, forms of tables, errors."""

import csv
import math
import time

import numpy as np
import pandas as pd
import pytest

import radiomics_rs as rr

#: Shrout & Fleiss, Psychological Bulletin 1979, 86: 420-428, table 2: six cases, four judges.
RATINGS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
KINDS = {"ICC(1,1)": "icc_1_1", "ICC(2,1)": "icc_2_1", "ICC(3,1)": "icc_3_1"}


@pytest.fixture
def columns():
    rows = [
        (f"P{case}", judge, x) for case, row in enumerate(RATINGS) for judge, x in enumerate(row)
    ]
    case, judge, rating = zip(*rows, strict=True)
    return {"case": case, "judge": judge, "rating": rating}


def of(found):
    return [round(x, 2) for x in (found.icc_1_1, found.icc_2_1, found.icc_3_1)]


def test_example_of_shrout_and_fleiss(columns):
    found = rr.icc(columns, subjects="case", raters="judge")["rating"]
    assert of(found) == [0.17, 0.29, 0.71]
    assert (found.n, found.k) == (6, 4)
    assert found.icc_2_1_low < found.icc_2_1 < found.icc_2_1_high


def test_reference_table(data):
    folder = data / "clinical" / "icc"
    if not folder.is_dir():
        pytest.skip("no table of intraclass correlations")
    frame = pd.read_csv(folder / "table.csv")
    found = rr.icc(frame, subjects="case", raters="perturbation")
    assert len(found) == 20
    with (folder / "point_estimates_formula.csv").open() as file:
        for row in csv.DictReader(file):
            one = found[row["feature"]]
            assert (one.n, one.k) == (int(row["n"]), int(row["k"]))
            for name, value in zip(("icc11", "icc21", "icc31"), KINDS.values(), strict=True):
                expected = float(row[name] or "nan")
                assert getattr(one, value) == pytest.approx(expected, abs=1e-9, nan_ok=True)
    with (folder / "expected.csv").open() as file:
        for row in csv.DictReader(file):
            one, kind = found[row["feature"]], KINDS[row["type"]]
            bounds = [getattr(one, f"{kind}_{end}") for end in ("low", "high")]
            if row["F"] == "inf":
                # pingouin has no bounds where F is infinite; ours are the limits.
                assert bounds[0] <= getattr(one, kind) <= bounds[1]
                continue
            expected = [float(row[end] or "nan") for end in ("ci_low", "ci_high")]
            assert bounds == pytest.approx(expected, abs=1e-6, nan_ok=True)


def test_forms_of_a_table(columns):
    expected = rr.icc(columns, subjects="case", raters="judge")
    frame = pd.DataFrame(columns)
    shuffled = frame.sample(frac=1, random_state=1)
    for table in (frame, frame.set_index(["case", "judge"]), frame.convert_dtypes()):
        assert [*rr.icc(table, subjects="case", raters="judge")] == [*expected]
    again = rr.icc(shuffled, subjects="case", raters="judge")["rating"]
    assert again[1:] == pytest.approx(expected["rating"][1:], abs=1e-12)
    names = rr.icc({"rating": columns["rating"]}, subjects=columns["case"], raters=columns["judge"])
    assert [*names] == [*expected]
    polars = pytest.importorskip("polars")
    found = rr.icc(polars.DataFrame(columns), subjects="case", raters="judge")
    assert [*found] == [*expected]


def test_tables_of_extractions(phantom):
    image, mask, spacing = phantom
    settings = rr.Settings(families=["intensity_statistics"])
    tables = {
        (case, noise): rr.extract(image * case + noise, mask, settings, spacing_mm=spacing)
        for case in (1.0, 2.0, 5.0)
        for noise in (0.0, 0.1, 0.2)
    }
    found = rr.icc(tables)
    assert found.keys() == next(iter(tables.values())).keys()
    mean = found["original_intensity_statistics_mean"]
    assert mean.icc_3_1 == pytest.approx(1)
    assert 0.99 < mean.icc_2_1 < 1


def test_missing_values_leave_cases_out(columns):
    values = [float(x) for x in columns["rating"]]
    values[5] = math.nan
    table = {**columns, "rating": values, "none": [None, *values[1:]]}
    found = rr.icc(table, subjects="case", raters="judge")
    assert (found["rating"].n, found["none"].n) == (5, 4)
    few = {name: column[:-1] for name, column in columns.items()}
    assert rr.icc(few, subjects="case", raters="judge")["rating"].n == 5
    assert len(rr.icc(table, subjects="case", raters="judge", features=["none"])) == 1


def test_constant_feature_is_undefined(columns):
    found = rr.icc({**columns, "same": [2.5] * 24}, subjects="case", raters="judge")["same"]
    assert all(math.isnan(x) for x in found[1:10])
    assert found.n == 6


def test_columns_of_text_are_named(columns):
    with pytest.warns(rr.RadiomicsWarning, match="left out: 'version'"):
        rr.icc({**columns, "version": ["a"] * 24}, subjects="case", raters="judge")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"subjects": "cases"}, "subjects is 'cases', and .* did you mean 'case'"),
        ({"raters": "q"}, "raters is 'q', .*it has 'case', 'judge', 'rating'"),
        ({"raters": None}, "raters is missing"),
        ({"features": ["ratings"]}, "features is 'ratings', .*did you mean 'rating'"),
        ({"features": ["case"]}, "no numbers are in 'case'"),
        ({"confidence": 95}, "`confidence` is 95: it must be between 0 and 1"),
        ({"raters": ["a"] * 24}, "rows 0 and 1 .* case `P0` and rater `a`: give each"),
        ({"subjects": ["a"] * 24, "raters": range(24)}, "1 case.s., and at least 2 are needed"),
        ({"subjects": range(24), "raters": ["a"] * 24}, "1 rater.s., and at least 2 are needed"),
        ({"subjects": range(24), "raters": range(23)}, "24 cases and 23 raters"),
        ({"subjects": range(23), "raters": range(23)}, "24 values and there are 23 subjects"),
        ({"subjects": [*range(23), None]}, "subjects has no name in row 23"),
        ({"subjects": [pd.NA, *range(23)]}, "subjects has no name in row 0"),
        ({"raters": [math.nan] * 24}, "raters has no name in row 0"),
    ],
)
def test_what_cannot_be_used(columns, change, message):
    with pytest.raises(rr.SettingsError, match=message):
        rr.icc(columns, **{"subjects": "case", "raters": "judge", **change})


def test_kinds_of_arguments(columns, phantom):
    with pytest.raises(TypeError, match="the table is of type list"):
        rr.icc([1, 2])
    with pytest.raises(TypeError, match="subjects is 5"):
        rr.icc(columns, subjects=5, raters="judge")
    with pytest.raises(TypeError, match="features is 'rating'"):
        rr.icc(columns, subjects="case", raters="judge", features="rating")
    table = rr.extract(*phantom[:2], spacing_mm=phantom[2])
    with pytest.raises(TypeError, match="is no pair"):
        rr.icc({"a": table})
    with pytest.raises(rr.SettingsError, match="leave the arguments out"):
        rr.icc({("a", "b"): table}, subjects="case")


def test_result(columns, tmp_path):
    found = rr.icc({**columns, "twice": columns["rating"]}, subjects="case", raters="judge")
    assert found.keys() == ["rating", "twice"]
    assert found[1].feature == "twice"
    assert found[:1].keys() == ["rating"]
    with pytest.raises(KeyError, match="did you mean 'rating'"):
        found["ratings"]
    frame = found.to_pandas()
    assert [*frame.columns] == [*rr.Reliability._fields]
    found.to_csv(tmp_path / "icc.csv")
    assert pd.read_csv(tmp_path / "icc.csv").equals(frame)
    assert "[2 features]" in repr(found)


def test_a_thousand_features_take_less_than_a_second():
    rng = np.random.default_rng(3)
    cases, raters = np.divmod(np.arange(50 * 30), 30)
    values = rng.normal(size=(1000, 50, 1)) + rng.normal(scale=0.3, size=(1000, 50, 30))
    table = {f"f{n}": column for n, column in enumerate(values.reshape(1000, -1))}
    times = []
    for _ in range(3):
        start = time.perf_counter()
        found = rr.icc(table, subjects=cases, raters=raters)
        times.append(time.perf_counter() - start)
    assert min(times) < 1
    assert 0.8 < np.median([one.icc_2_1 for one in found]) < 0.97

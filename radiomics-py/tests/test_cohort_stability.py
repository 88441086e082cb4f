"""Cohorts with perturbations: the values are those of `perturb` and `extract`, the ICC `icc`'s."""

import csv
import json
import math

import numpy as np
import pytest

import cohorts
import radiomics_rs as rr
from cohorts import compute_here, make, rows, write, write_cases
from radiomics_rs.cli import main
from radiomics_rs.cohort import local_run

pytestmark = pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
SETTINGS = {"families": ["intensity_statistics", "morphology"], "intensity_rounding": "nearest"}
WORDS = {"rotations": [0, 20], "volume": [-0.2, 0.2], "noise": 1}
NAMES = [f"{turn}noise_1_volume_{size}" for turn in ("", "rotation_20_") for size in (-0.2, 0.2)]
FEATURES = [column.name for column in rr.columns(SETTINGS)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Cases in the current folder, which are computed without other processes."""
    monkeypatch.setattr(local_run, "compute", compute_here)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COHORT_LOG", str(tmp_path / "log.txt"))
    return tmp_path


def run(cases, stability, out="t.csv", **more):
    given = {"settings": SETTINGS, "stability": stability, **more}
    return rr.extract_cohort(cases, out=out, **given)


def told(out="t.csv"):
    with open(f"{out}.run.json") as file:  # noqa: PTH123
        return json.load(file)


def numbers(row, names=FEATURES):
    return [float(row[name]) for name in names]


def test_values_are_those_of_perturb_and_extract(folder):
    cases = make(folder, 3)
    made = run(cases, [{**WORDS, "seed": 7}], perturbed=True)
    assert made.perturbed == folder / "t.perturbed.csv"
    found = rows(made.perturbed)
    assert [(row["case_id"], row["status"]) for row in found[::4]] == [
        (f"c{k}", "ok") for k in range(3)
    ]
    seeds = [case["perturbed"]["seed"] for case in told()["cases"]]
    assert len({*seeds}) == 3
    for k, case in enumerate(cases):
        ours = rr.perturb(case["image"], case["mask"], SETTINGS, **WORDS, seed=7 + seeds[k])
        assert ours.names == [row["perturbation"] for row in found[4 * k : 4 * k + 4]] == NAMES
        for one, row in zip(ours, found[4 * k : 4 * k + 4], strict=True):
            np.testing.assert_array_equal(
                numbers(row), rr.extract(one.image, one.mask, SETTINGS).values()
            )


def test_the_table_of_stability_is_that_of_icc(folder):
    made = run(make(folder, 4), WORDS, perturbed=True)
    found = rows(made.perturbed)
    columns = {name: [float(row[name]) for row in found] for name in FEATURES}
    wanted = rr.icc(
        columns,
        subjects=[row["case_id"] for row in found],
        raters=[row["perturbation"] for row in found],
    )
    assert rows(made.stability) == [
        {**{name: cell(value) for name, value in one.items()}, "dropped": str(4 - one["n"])}
        for one in wanted.records()
    ]
    mean = wanted[cohorts.MEAN]
    assert (mean.n, mean.k) == (4, 4)
    assert 0.2 < mean.icc_2_1 < 1.0


def cell(value):
    return "NaN" if value != value else str(value)


def test_the_table_is_the_one_without(folder):
    cases = make(folder, 3)
    made = run(cases, WORDS)
    assert run(cases, None, "plain.csv").out.read_bytes() == made.out.read_bytes()
    assert not (folder / "t.perturbed.csv").exists()
    assert not (folder / "plain.stability.csv").exists()


def test_what_is_done_is_not_done_again(folder):
    cases = make(folder, 3)
    first = run(cases, WORDS)
    kept = first.stability.read_bytes()
    assert (first.computed, first.kept) == (3, 0)
    again = run(cases, WORDS)
    assert (again.computed, again.kept) == (0, 3)
    # Tables that are not there are made of the records.
    first.stability.unlink()
    made = run(cases, WORDS, perturbed=True)
    assert (made.computed, made.stability.read_bytes()) == (0, kept)
    assert len(rows(made.perturbed)) == 12
    # Other perturbations are other numbers; the first ones are still there.
    assert run(cases, {**WORDS, "seed": 1}).computed == 3
    assert first.stability.read_bytes() != kept
    assert run(cases, WORDS).computed == 0
    assert first.stability.read_bytes() == kept


def test_another_perturbation_moves_no_other_value(folder):
    cases = make(folder, 2)
    two = rows(run(cases, {"noise": 2}, perturbed=True).perturbed)
    more = [{"volume": [0.3]}, {"noise": 3}]
    all_of_them = rows(run(cases, more, "more.csv", perturbed=True).perturbed)
    by_name = {(row["case_id"], row["perturbation"]): row for row in all_of_them}
    assert len(by_name) == 8
    assert [by_name[row["case_id"], row["perturbation"]] for row in two] == two
    assert two[0] != two[1]


def test_a_perturbation_that_fails_drops_its_case(folder):
    cases = make(folder, 4)
    single = np.zeros((4, 6, 6), np.uint8)
    single[2, 1:5, 1:5] = 1
    write(folder / "m1.nii.gz", single)
    (folder / "i3.nii.gz").write_bytes(b"")
    words = [{"volume": 0.5, "volume_by": "distance"}, {"rotations": [5, 10]}]
    made = run(cases, words, perturbed=True)
    assert [row["status"] for row in rows(made.out)] == ["ok", "ok", "ok", "failed"]
    found = {(row["case_id"], row["perturbation"]): row for row in rows(made.perturbed)}
    bad = found["c1", "volume_0.5mm"]
    assert bad["status"] == "failed"
    assert "single slice" in bad["error"]
    assert all(map(math.isnan, numbers(bad)))
    assert found["c1", "rotation_5"]["status"] == found["c0", "volume_0.5mm"]["status"] == "ok"
    assert found["c3", "rotation_5"]["error"] == rows(made.out)[3]["error"]
    mean = {row["feature"]: row for row in rows(made.stability)}[cohorts.MEAN]
    assert (mean["n"], mean["k"], mean["dropped"]) == ("2", "3", "2")
    # The page and whoever looks find the reason.
    assert [*told()["cases"][1]["perturbed"]["errors"]] == ["volume_0.5mm"]


def test_one_case_has_no_icc(folder):
    cases = make(folder, 2)
    (folder / "i1.nii.gz").write_bytes(b"")
    found = rows(run(cases, WORDS).stability)
    assert [row["feature"] for row in found] == FEATURES
    assert {row["icc_2_1"] for row in found} == {"NaN"}
    assert {(row["n"], row["k"], row["dropped"]) for row in found} == {("1", "4", "1")}


def test_images_by_name_share_the_mask_of_the_first(folder):
    cases = make(folder, 2)
    both = [
        {"image:a": case["image"], "image:b": other["image"], "mask": case["mask"]}
        for case, other in zip(cases, cases[::-1], strict=True)
    ]
    words = {"contour": 2, "volume": 0.3}
    found = rows(run(both, words, perturbed=True).perturbed)
    seed = told()["cases"][0]["perturbed"]["seed"]
    case, other = cases
    one = rr.perturb(case["image"], case["mask"], SETTINGS, **words, seed=seed)[1]
    two = rr.perturb(other["image"], case["mask"], SETTINGS, **words, seed=seed)[1]
    wanted = rr.extract({"a": one.image, "b": two.image}, one.mask, SETTINGS)
    assert numbers(found[1], wanted.keys()) == pytest.approx(wanted.values(), rel=0, nan_ok=True)
    assert found[1]["perturbation"] == one.name == "volume_0.3_contour_2"


def test_each_image_may_have_its_own_mask(folder):
    cases = make(folder, 2)
    own = {f"{kind}:{n}": c[kind] for n, c in zip("ab", cases, strict=True) for kind in PAIR}
    found = rows(run([own], {"rotations": [5, 9]}, perturbed=True).perturbed)
    for name, case in zip("ab", cases, strict=True):
        one = rr.perturb(case["image"], case["mask"], SETTINGS, rotations=5)[0]
        wanted = rr.extract({name: one.image}, one.mask, SETTINGS)
        np.testing.assert_array_equal(numbers(found[0], wanted.keys()), wanted.values())


PAIR = ("image", "mask")


def test_columns_of_ones_own_are_perturbed(folder):
    own = {"own": rr.Extra(cohorts.logged, columns=["sum"], version="1")}
    made = run(make(folder, 3), {"volume": [-0.3, 0.4]}, extra=own, perturbed=True)
    found = rows(made.perturbed)
    sums = [float(row["own_sum"]) for row in found]
    logged = (folder / "log.txt").read_text().split()
    assert [*map(float, logged)][1:3] == sums[:2]
    assert rows(made.stability)[-1]["feature"] == "own_sum"
    assert rows(made.stability)[-1]["n"] == "3"


def test_labels_are_those_of_the_cases(folder):
    (case,) = make(folder, 1)
    mask = np.ones((4, 6, 6), np.uint8)
    mask[:, :, 3:] = 2
    write(folder / "two.nii.gz", mask)
    cases = [{**case, "case_id": f"l{k}", "mask": "two.nii.gz", "label": k} for k in (1, 2)]
    found = rows(run(cases, {"noise": 2}, perturbed=True).perturbed)
    seed = told()["cases"][1]["perturbed"]["seed"]
    one = rr.perturb(case["image"], "two.nii.gz", SETTINGS, label=2, noise=2, seed=seed)[0]
    wanted = rr.extract(one.image, one.mask, SETTINGS).values()
    assert numbers(found[2]) == pytest.approx(wanted, rel=0, nan_ok=True)


@pytest.mark.parametrize(
    ("stability", "said"),
    [
        ([{"rotation": [1, 2]}], "entry 1 has 'rotation'.*did you mean 'rotations'"),
        ([{"noise": 2}, {"threads": 2}], "entry 2 has 'threads'"),
        ([{"noise": 2}, {"noise": 3}], "'noise_1' twice"),
        ([{"noise": 1}], "has 1 perturbations: give two"),
        ([], "has 0 perturbations"),
        ([{"noise": 2, "noise_level": -1}], "noise_level"),
        ([{"noise": 2, "margin_mm": -1}], "margin_mm"),
        ([{"volume": [0, -1.5]}], "volume"),
        ([{"translations": [0, 1.5]}], "translation"),
        ([{"volume": [1, 2], "volume_by": "mass"}], "entry 1: volume_by is 'mass'"),
    ],
)
def test_what_cannot_be_is_said_before_the_first_case(folder, stability, said):
    with pytest.raises(rr.SettingsError, match=said):
        run(make(folder, 1), stability)
    assert not (folder / "t.csv.records").exists()


@pytest.mark.parametrize("stability", [3, "\0", [3], b"noise"])
def test_arguments_of_another_kind(folder, stability):
    with pytest.raises((TypeError, OSError, ValueError)):
        run(make(folder, 1), stability)


def test_settings_that_need_the_whole_image_are_refused(folder):
    with pytest.raises(rr.SettingsError, match="normalise the image first"):
        run(make(folder, 1), WORDS, settings={**SETTINGS, "normalise": True})
    with pytest.raises(rr.SettingsError, match=r"perturbed is True.*give `stability`"):
        run(make(folder, 1), None, perturbed=True)


def test_the_cases_are_not_overwritten(folder):
    write_cases(folder / "t.stability.csv", make(folder, 2))
    before = (folder / "t.stability.csv").read_bytes()
    with pytest.raises(rr.SettingsError, match=r"t\.stability\.csv is written, which holds"):
        run("t.stability.csv", WORDS)
    assert (folder / "t.stability.csv").read_bytes() == before


def test_the_command_and_its_page(folder, capsys):
    write_cases(folder / "cases.csv", make(folder, 3))
    (folder / "words.yaml").write_text("- {noise: 2}\n- rotations: [10, 20]\n")
    command = ["batch", "cases.csv", "--out", "t.csv", "--stability", "words.yaml", "--perturbed"]
    command += ["--set", "families=[intensity_statistics]"]
    assert main(command) == 0
    out = capsys.readouterr().out
    assert "stability: t.stability.csv\nperturbed values: t.perturbed.csv\n" in out
    assert len(rows("t.perturbed.csv")) == 12
    # The page finds the table that was made with that of the cases, and no other one.
    assert main(["report", "t.csv", "--out", "t.html"]) == 0
    mean = next(row for row in rows("t.stability.csv") if row["feature"] == cohorts.MEAN)
    page = (folder / "t.html").read_text()
    assert f">{float(mean['icc_2_1']):.3f}</td>" in page
    assert "No stability of features was given" not in page
    with open("t.stability.csv", "a", newline="") as file:  # noqa: PTH123
        csv.writer(file).writerow(["more", *[0.5] * 12])
    assert main(["report", "t.csv", "--out", "t.html"]) == 0
    page = (folder / "t.html").read_text()
    assert "t.stability.csv is there, and was not made with this table" in page
    (folder / "words.yaml").write_text("- {noise: 2, noise: 3}\n")
    assert main(command) == 1
    assert "cannot read words.yaml as YAML" in capsys.readouterr().err


@pytest.mark.parametrize("ending", [".jsonl", ".parquet"])
def test_other_kinds_of_tables(folder, ending):
    if ending == ".parquet":
        pytest.importorskip("pyarrow")
    cases = make(folder, 3)
    made = run(cases, WORDS, f"t{ending}", perturbed=True)
    assert made.stability.name == f"t.stability{ending}"
    assert rr.cohort_report(made, out="t.html")
    assert "Stability of" in (folder / "t.html").read_text()
    if ending == ".jsonl":
        found = [json.loads(line) for line in made.perturbed.read_text().splitlines()]
        assert [row["perturbation"] for row in found] == 3 * NAMES


def test_processes_give_the_same(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cases = make(tmp_path, 4)
    made = [run(cases, WORDS, f"t{jobs}.csv", jobs=jobs, perturbed=True) for jobs in (1, 2)]
    for kind in ("out", "stability", "perturbed"):
        one, two = (getattr(of, kind).read_bytes() for of in made)
        assert one == two


@pytest.mark.parametrize("broken", [False, True])
def test_a_table_of_all_values_is_one_for_icc(folder, broken):
    pandas = pytest.importorskip("pandas")
    cases = make(folder, 5)
    if broken:
        cases[4]["mask"] = "none.nii.gz"
    made = run(cases, WORDS, perturbed=True, provenance=True)
    # Empty cells are read as numbers.
    frame = pandas.read_csv(made.perturbed).assign(warnings=math.nan)
    found = rr.icc(frame, subjects="case_id", raters="perturbation")
    assert found.keys() == FEATURES
    assert {row.n for row in found} == {4 if broken else 5}
    of_index = frame.set_index(["case_id", "perturbation"])
    assert rr.icc(of_index, subjects="case_id", raters="perturbation").keys() == FEATURES


def test_columns_in_front_of_the_features_are_none(folder):
    pandas = pytest.importorskip("pandas")
    cases = [{**case, "age": 50 + k} for k, case in enumerate(make(folder, 4))]
    frame = pandas.read_csv(run(cases, WORDS, provenance=True).out)
    both = pandas.concat([frame.assign(scan=1), frame.assign(scan=2)])
    found = rr.icc(both, subjects="case_id", raters="scan")
    assert found.keys() == FEATURES


@pytest.mark.parametrize("name", ["ID", "Case_ID", "case_id", None])
def test_cases_are_called_alike_in_all_tables(folder, name):
    cases = make(folder, 2)
    for case in cases:
        given = case.pop("case_id")
        case |= {} if name is None else {name: given}
    made = run(cases, WORDS, perturbed=True)
    column = name or "case_id"
    assert [row[column] for row in rows(made.out)] == [
        row[column] for row in rows(made.perturbed)[:: len(NAMES)]
    ]
    assert list(rows(made.perturbed)[0])[:2] == [column, "perturbation"]

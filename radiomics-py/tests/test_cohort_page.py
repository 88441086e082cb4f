"""The page about a cohort: what it says is so, it stands alone, and nothing in it is run."""

import base64
import hashlib
import html
import json
import re
import warnings

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from cohorts import SETTINGS, compute_here, make, rows, write, write_cases
from radiomics_rs.cli import main
from radiomics_rs.cohort import local_run

TEXT = {"families": ["intensity_statistics", "morphology"]}
FEATURES = [column.name for column in rr.columns(TEXT)]


@pytest.fixture
def cohort(tmp_path, monkeypatch):
    """Twelve cases: the third has no region, the fifth is brighter than all others."""
    monkeypatch.setattr(local_run, "compute", compute_here)
    cases = make(tmp_path, 12)
    write(tmp_path / "m2.nii.gz", np.zeros((4, 6, 6), np.uint8))
    bright = sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / "i4.nii.gz"))) + 5000
    write(tmp_path / "i4.nii.gz", bright.astype(np.int16))
    cases[7]["case_id"] = "<script>alert('7')</script>"
    return rr.extract_cohort(
        write_cases(tmp_path / "cases.csv", cases), TEXT, out=tmp_path / "t.csv"
    )


def page_of(table, **more):
    """The text of the page."""
    out = (table.out if hasattr(table, "out") else table).with_suffix(".html")
    assert rr.cohort_report(table, out=out, **more) == out
    return out.read_text(encoding="utf-8")


def part(page, anchor):
    """The lines of text of a part of the page, cells with bars between them."""
    found = re.search(rf'<section><h2 id="{anchor}">.*?</section>', page, re.S)[0]
    lines = re.sub(r"</tr>|</p>|</li>|</figcaption>|</caption>", "\n", found).replace("<wbr>", "")
    lines = re.sub(r"</t[dh]><t[dh][^>]*>", " | ", lines)
    return [html.unescape(re.sub(r"<[^>]*>", "", line)) for line in lines.splitlines()]


def test_it_says_what_became_of_cases(cohort):
    page = page_of(cohort)
    lines = part(page, "cases")
    assert [line.split(" | ")[:2] for line in lines if line.startswith("c")][:5] == [
        ["case", "status"],
        ["c0", "ok"],
        ["c1", "ok"],
        ["c2", "failed"],
        ["c3", "ok"],
    ]
    failed = [line for line in part(page, "failures") if line.endswith("| 1 | c2")]
    assert len(failed) == 1
    reason = failed[0].split(" | ")[0]
    assert reason in rows(cohort.out)[2]["error"]
    assert "m2.nii.gz" not in reason
    assert "t.csv" in page
    assert str(cohort.out.parent) not in page


def test_reasons_that_differ_in_numbers_are_one(cohort, tmp_path):
    table = rows(cohort.out)
    for place, label in ((5, 3), (6, 14)):
        table[place] |= {"status": "failed", "error": f"i{place}.nii.gz: no label {label} here"}
    write_cases(cohort.out, table)
    lines = part(page_of(cohort), "failures")
    assert "no label 3 here | 2 | c5, c6" in lines


def test_outliers_have_the_name_of_their_case(cohort):
    mean = "original_intensity_statistics_mean"
    values = np.array([float(row[mean]) for row in rows(cohort.out) if row["status"] == "ok"])
    middle = np.median(values)
    z = (values - middle) / (1.4826 * np.median(np.abs(values - middle)))
    assert np.abs(z).max() > 100
    wanted = f"c4 | {mean} | {values.max():.4g} | {middle:.4g} | {np.abs(z).max():.1f}"
    page = page_of(cohort)
    assert wanted in part(page, "outliers")
    others = np.sort(values)[:-1]
    row = next(line for line in part(page, "features") if line.startswith(mean))
    assert row.split(" | ")[2:] == [
        "11",
        f"{others.min():.4g}",
        f"{middle:.4g}",
        f"{values.max():.4g}",
        "1",
        "c4",
    ]
    # All masks are the same one.
    constant = next(line for line in part(page, "features") if "are constant" in line)
    assert "original_morphology_volume" in constant
    assert mean not in constant


def test_it_stands_alone(cohort):
    page = page_of(cohort, stability={"original_intensity_statistics_mean": 0.8})
    assert not re.findall(r"https?:|//[a-z]|url\(|@import", re.sub(r"base64,[^\"]*", "", page))
    for source in re.findall(r'(?:src|href)="([^"]*)"', page):
        assert source.startswith(("data:image/png;base64,", "#"))
    for anchor in re.findall(r'href="#([^"]*)"', page):
        assert f'id="{anchor}"' in page
    assert all(re.findall(r'<img [^>]*alt="([^"]*)"', page))
    assert page.count("<table>") == page.count("<caption>")


def test_nothing_in_it_is_run(cohort):
    page = page_of(cohort)
    assert "&lt;script&gt;alert(&#x27;7&#x27;)&lt;/script&gt;" in page
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert f"script-src 'sha256-{digest}'" in html.unescape(policy)
    assert policy.startswith("default-src &#x27;none&#x27;")


def test_masks_are_drawn(cohort, tmp_path):
    (tmp_path / "i4.nii.gz").unlink()
    page = page_of(cohort, overlays=3)
    figures = [line for line in part(page, "masks") if ": " in line][1:]
    # The one with outliers comes first, and its image has gone.
    assert figures[0].startswith("c4: cannot be shown: i4.nii.gz: No such file")
    assert "slice 2 of 4 from below, with 16 of the 32 voxels" in figures[1]
    assert len(figures) == 3
    sources = re.findall(r'src="data:image/png;base64,([^"]*)" alt="[^"]*outline', page)
    assert len(sources) == 2
    (tmp_path / "seen.png").write_bytes(base64.b64decode(sources[0]))
    seen = sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / "seen.png")))
    orange = (seen == (255, 170, 0)).all(axis=2)
    # Six voxels are 240 pixels: the outline of voxels 1 to 4 goes round pixels 40 to 199.
    assert seen.shape == (240, 240, 3)
    held = np.argwhere(orange)
    assert held.min(axis=0).tolist() == [40, 40]
    assert held.max(axis=0).tolist() == [200, 200]
    assert not orange[45:195, 45:195].any()
    assert len(np.unique(seen[~orange][:, 0])) > 10
    assert "None was asked for" in page_of(cohort, overlays=0)


def test_the_patients_right_is_at_the_left(tmp_path, monkeypatch):
    """A slice whose columns run to the patient's right is turned, and so is its outline."""
    monkeypatch.setattr(local_run, "compute", compute_here)
    voxels, mask = np.zeros((3, 8, 8), np.int16), np.zeros((3, 8, 8), np.uint8)
    voxels[:, 0, 0] = 9
    mask[1, 0:2, 0:3] = 1
    for name, array in (("i.nii.gz", voxels), ("m.nii.gz", mask)):
        image = sitk.GetImageFromArray(array)
        image.SetDirection((-1, 0, 0, 0, -1, 0, 0, 0, 1))
        sitk.WriteImage(image, str(tmp_path / name))
    case = {"image": str(tmp_path / "i.nii.gz"), "mask": str(tmp_path / "m.nii.gz")}
    made = rr.extract_cohort([case], SETTINGS, out=tmp_path / "t.csv")
    (source,) = re.findall(r'src="data:image/png;base64,([^"]*)"', page_of(made))
    (tmp_path / "seen.png").write_bytes(base64.b64decode(source))
    seen = sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / "seen.png")))
    # First row and column lie at the back and at the left, so below and at the right.
    assert seen[-15, -15].tolist() == [255, 255, 255]
    orange = np.argwhere((seen == (255, 170, 0)).all(axis=2))
    assert orange.min(axis=0).tolist() == [180, 150]


def test_masks_are_drawn_as_the_run_has_read_them(tmp_path, monkeypatch):
    monkeypatch.setattr(local_run, "compute", compute_here)
    make(tmp_path, 1)
    whole = sitk.ReadImage(str(tmp_path / "m0.nii.gz"))
    sitk.WriteImage(whole[1:, 1:, 1:], str(tmp_path / "cropped.nii.gz"))
    images = {f"image:{name}": str(tmp_path / "i0.nii.gz") for name in ("first", "second")}
    case = {**images, "mask": str(tmp_path / "cropped.nii.gz")}
    made = rr.extract_cohort([case], SETTINGS, out=tmp_path / "t.csv", resample_mask=True)
    wanted = ": image first, slice 2 of 4 from below, with 16 of the 32 voxels"
    assert wanted in part(page_of(made), "masks")[1]
    made.run.unlink()
    shown = part(page_of(made), "masks")[1]
    assert re.search("cannot be shown: .* is not on the grid of the (image|mask)", shown)


def test_kinds_of_tables_are_the_same(cohort, tmp_path):
    table = rows(cohort.out)
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frame = pandas.read_csv(cohort.out)
    frame.to_parquet(tmp_path / "p.parquet")
    names = list(table[0])
    first = names.index("warnings") + 1
    with (tmp_path / "l.jsonl").open("w") as file:
        for row in table:
            numbers = {n: None if row[n] == "NaN" else float(row[n]) for n in names[first:]}
            file.write(json.dumps({**row, **numbers}) + "\n")
    wanted = part(page_of(cohort), "features")
    assert part(page_of(tmp_path / "p.parquet"), "features") == wanted
    assert part(page_of(tmp_path / "l.jsonl"), "features") == wanted
    rr.cohort_report(frame, out=tmp_path / "f.html")
    assert part((tmp_path / "f.html").read_text(encoding="utf-8"), "features") == wanted


def test_a_table_that_was_changed(cohort):
    assert "has been changed since its run" not in page_of(cohort)
    cohort.out.write_text(cohort.out.read_text().replace("s0", "north"))
    assert "has been changed since its run" in page_of(cohort)
    cohort.run.unlink()
    page = page_of(cohort)
    assert "has been changed" not in page
    assert any("no report of the run" in line for line in part(page, "made"))


def test_stability(cohort, tmp_path):
    mean, skewness = (f"original_intensity_statistics_{n}" for n in ("mean", "skewness"))
    given = {mean: (0.95, 0.91, 0.97), skewness: 0.4, "other": 0.2}
    wanted = part(page_of(cohort, stability=given), "stability")
    assert f"{mean} | 0.950 | 0.910 | 0.970 | excellent" in wanted
    assert any(line.startswith(f"{skewness} | 0.400 | ") for line in wanted)
    assert "1 that are not in the table: other" in wanted
    lines = [f"{name},{','.join(map(str, np.atleast_1d(v)))}" for name, v in given.items()]
    path = tmp_path / "icc.csv"
    path.write_text("\n".join(["feature,icc_2_1,icc_2_1_low,icc_2_1_high", *lines]) + "\n")
    assert part(page_of(cohort, stability=path), "stability") == wanted

    class Records:
        """What has `records`, as the result of `icc` has."""

        def records(self):
            named = ((name, np.atleast_1d(v).tolist()) for name, v in given.items())
            keys = ("icc_2_1", "icc_2_1_low", "icc_2_1_high")
            return [
                {"feature": name, "icc_1_1": 0.1, **dict(zip(keys, v, strict=False))}
                for name, v in named
            ]

    assert part(page_of(cohort, stability=Records()), "stability") == wanted
    as_table = {name: {"icc": np.atleast_1d(v)[0]} for name, v in given.items()}
    assert f"{mean} | 0.950 | \N{EN DASH} | \N{EN DASH} | excellent" in part(
        page_of(cohort, stability=as_table), "stability"
    )


def test_stability_of_another_table(cohort, tmp_path, capsys):
    # What computes cases, here in this process, has turned warnings off.
    warnings.simplefilter("always", rr.RadiomicsWarning)
    names = [f"other_{k}" for k in range(30)]
    path = tmp_path / "icc.csv"
    out = tmp_path / "made.html"
    command = ["report", str(cohort.out), "--out", str(out), "--stability", str(path)]
    for shared, says in (
        ([], "none of the 30 features of the stability is in t.csv: it has 'other_0', the table"),
        (["original_intensity_statistics_mean"], "1 of the 31 features of the stability is in"),
        (FEATURES[:20], "20 of the 50 features of the stability are in"),
        (FEATURES[:-1], ""),
    ):
        path.write_text("\n".join(["feature,icc", *(f"{name},0.9" for name in [*names, *shared])]))
        assert main(command) == 0
        said = capsys.readouterr().err
        assert (says in said) if says else "features of the stability" not in said
        assert out.exists()
    # Few features on purpose are no other table.
    path.write_text(f"feature,icc\n{FEATURES[0]},0.9")
    assert main(command) == 0
    assert "features of the stability" not in capsys.readouterr().err


@pytest.mark.parametrize("status", ["", "done", "OK", "1"])
def test_a_status_that_is_none_is_not_computed(cohort, status):
    table = rows(cohort.out)
    table[5] |= {"status": status}
    write_cases(cohort.out, table)
    page = page_of(cohort)
    said = repr(status) if status else "empty"
    assert f"its status is {said}, neither ok nor failed | 1 | c5" in part(page, "failures")
    assert "c5 | failed" in " ".join(part(page, "cases"))


def test_command(cohort, tmp_path, capsys):
    out = tmp_path / "made.html"
    assert main(["report", str(cohort.out), "--out", str(out), "--overlays", "0"]) == 0
    assert "written to" in capsys.readouterr().out
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert main(["report", str(tmp_path / "none.csv"), "--out", str(out)]) == 1
    assert "none.csv: No such file" in capsys.readouterr().err


def test_few_cases(cohort):
    write_cases(cohort.out, rows(cohort.out)[:4])
    page = page_of(cohort)
    assert any("fewer than 5 cases" in line for line in part(page, "outliers"))
    assert any("fewer than 5 cases" in line for line in part(page, "correlation"))


def test_no_case_was_computed(cohort):
    table = [{**row, "status": "failed", "error": "gone"} for row in rows(cohort.out)]
    write_cases(cohort.out, table)
    page = page_of(cohort)
    assert "gone | 12 | c0, c1, c2, c3, c4 and 7 more" in " ".join(part(page, "failures"))
    assert part(page, "masks")[0].endswith("No case was computed.")
    assert any("undefined in every case" in line for line in part(page, "features"))


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"out": "page.pdf"}, rr.SettingsError, r"page\.pdf: the name of the page must end"),
        ({"overlays": 101}, rr.SettingsError, "overlays is 101: give a number from 0 to 100"),
        ({"overlays": "all"}, TypeError, "overlays is 'all'"),
        ({"stability": 0.9}, TypeError, "stability is of type float"),
        ({"stability": {"a": "high"}}, rr.SettingsError, "stability of 'a' is 'high'"),
        ({"stability": {"a": 1.5}}, rr.SettingsError, "ICC of 'a' is 1.5"),
        ({"stability": {"a": (1, 2)}}, rr.SettingsError, "'a' has 2 numbers"),
        ({"stability": [{"name": "a"}]}, rr.SettingsError, "has the columns name: give"),
        (
            {"stability": [{"feature": "a", "icc": 1}] * 2},
            rr.SettingsError,
            "has the feature 'a' twice",
        ),
    ],
)
def test_wrong_arguments(cohort, tmp_path, change, error, says):
    with pytest.raises(error, match=says):
        rr.cohort_report(cohort, **{"out": tmp_path / "p.html", **change})
    assert not (tmp_path / "p.html").exists()


def test_wrong_tables(cohort, tmp_path):
    out = tmp_path / "p.html"
    with pytest.raises(rr.ReadError, match=r"cases\.csv is no table of a cohort: it lacks"):
        rr.cohort_report(tmp_path / "cases.csv", out=out)
    with pytest.raises(rr.ReadError, match=r"t\.txt: give the path of"):
        rr.cohort_report(tmp_path / "t.txt", out=out)
    with pytest.raises(TypeError, match="of type int"):
        rr.cohort_report(3, out=out)
    lines = cohort.out.read_text().splitlines()
    cohort.out.write_text("\n".join([f"{lines[0]},group", *(f"{line},a" for line in lines[1:])]))
    with pytest.raises(rr.ReadError, match="line 2 has 'a' in the column 'group'"):
        rr.cohort_report(cohort, out=out)
    cohort.run.write_text("[")
    with pytest.raises(rr.ReadError, match=r"run\.json: it is no report"):
        rr.cohort_report(cohort, out=out)
    (tmp_path / "t.jsonl").write_text("3\n")
    with pytest.raises(rr.ReadError, match="line 1 is no JSON object"):
        rr.cohort_report(tmp_path / "t.jsonl", out=out)

"""mechanics: rows of cases that are odd, and what is said of them."""

import json
import os
import signal
import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import cohorts
import radiomics_rs as rr
from cohorts import SETTINGS, rows
from radiomics_rs import cli
from radiomics_rs.cohort import local_run, shares


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The current folder, where cases are computed without other processes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(local_run, "compute", cohorts.compute_here)
    return tmp_path


@contextmanager
def within(seconds):
    """Work that fails if it takes longer, as what waits for a pipe does."""

    def late(*_):
        raise TimeoutError(f"it takes more than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture
def run():
    return lambda cases, **options: rr.extract_cohort(
        cases, SETTINGS, **{"out": "t.csv", **options}
    )


def test_what_is_doubtful_about_a_drawn_mask_is_a_warning_of_the_table(here, data, run):
    place = data / "clinical" / "rtstruct" / "sts025_pet"
    image, mask = str(place / "image"), str(place / "rtstruct.dcm")
    with pytest.warns(rr.RadiomicsWarning, match="look whether the mask lies right") as said:
        table = rr.extract(image, mask, SETTINGS)
    assert len(said) == 1
    (doubt,) = table.warnings
    assert (doubt.code, doubt.image) == ("file", "original")
    assert "names 15 images" in doubt.message
    with pytest.raises(rr.RadiomicsError, match="names 15 images"):
        rr.extract(image, mask, SETTINGS, strict=True)
    case = {"image": image, "mask": mask}
    with warnings.catch_warnings():
        warnings.simplefilter("error", rr.RadiomicsWarning)
        run([{**case, "roi": None}, {**case, "roi": "GTV_Mass_PET"}])
    assert [row["warnings"] for row in rows("t.csv")] == ["file", "file"]
    # A mask that is read by itself warns as it did.
    with pytest.warns(rr.RadiomicsWarning, match="names 15 images"):
        rr.io.read_mask(mask, image=rr.io.read_image(image), roi="GTV_Mass_PET")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such files")
@pytest.mark.parametrize("ending", [".nii", ".nrrd", ".mhd", ".hdr", ".dcm", ""])
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_is_no_file_is_not_waited_for(here, run, ending, kind):
    cases = cohorts.make(here, 3)
    odd = f"odd{ending}"
    os.mkfifo(odd) if kind == "pipe" else Path(odd).symlink_to("/dev/zero")
    cases[0]["image"] = cases[1]["mask"] = odd
    with within(20):
        made = run(cases, memory_mb=4000)
        assert (made.computed, made.failed) == (1, 2)
        # The third is there: what is known is looked at, too.
        assert run(cases).kept == 1
        for error in (row["error"] for row in rows("t.csv")[:2]):
            assert error == f"{odd}: it is neither a file nor a folder"
        for read in (rr.io.read_image, rr.io.read_mask, rr.io.list_rois, rr.io.list_segments):
            with pytest.raises(rr.ReadError, match="it is neither a file nor a folder"):
                read(odd)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_nul_in_a_path_is_of_its_row(here, run, ending):
    if ending == "parquet":
        pytest.importorskip("pyarrow")
    cases = cohorts.make(here, 4)
    cases[0]["image"] = "i\0.nii.gz"
    cases[1]["mask"] = "~m\0"
    cases[2]["site"] = "s\0"
    made = run(cases, out=f"t.{ending}", memory_mb=4000)
    assert (made.computed, made.failed) == (2, 2)
    run(cases)
    errors = [row["error"] for row in rows("t.csv")]
    assert "the column `image` holds a NUL" in errors[0]
    assert "the column `mask` holds a NUL" in errors[1]
    named = {"image:a": "i1.nii.gz", "image:b": "\0", "mask": "m1.nii.gz"}
    run([named], out="named.csv")
    assert "the column `image:b` holds a NUL" in rows("named.csv")[0]["error"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a,i0,m\n"b,i1,m\nc,i2,m\n', 3),
        ('"a,i0,m\nb,i1,m', 2),
        ('a,i0,m\nb,i1,"m', 3),
        # The quote of another cell would be taken for its end.
        ('"a,i0,m\n"b",i1,m\nc,i2,m\n', 2),
        ('a,i0,m\n"b\nb",i1,"m\nc,"i2",m\n', 4),
        ('"a,i0,m\n' + "b,i1,m\n" * 30000, 2),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_quote_without_an_end_is_refused(here, run, text, line, end):
    Path("cases.csv").write_text(f"case_id,image,mask\n{text}", newline=end)
    with pytest.raises(rr.ReadError, match=f"the quote that begins in line {line} has no end"):
        run("cases.csv")


def test_quotes_that_end(here, run):
    cohorts.make(here, 3)
    lines = [
        "case_id,image,mask,note",
        '"a ""1""",i0.nii.gz,"m0.nii.gz","two',
        'lines, and ""more"""',
        'b,i1.nii.gz,"m1.nii.gz" ,5" wide',
        'c,i2.nii.gz,m2.nii.gz,"last"',
    ]
    Path("cases.csv").write_text("\n".join(lines))
    made = run("cases.csv")
    assert (made.cases, made.failed) == (3, 0)
    assert [row["case_id"] for row in rows("t.csv")] == ['a "1"', "b", "c"]


def test_rows_that_are_too_short_are_refused(here, run):
    cohorts.make(here, 1)
    for row, cells in (("i0.nii.gz,m0.nii.gz", 2), ("i0.nii.gz,m0.nii.gz,1", 3)):
        Path("cases.csv").write_text(f"image,mask,label,age\ni0.nii.gz,m0.nii.gz,1,7\n{row}\n")
        with pytest.raises(rr.ReadError, match=f"line 3 has {cells} cells and the header 4; leave"):
            run("cases.csv")
    # What ends with a separator has a cell more, which has no name.
    Path("cases.csv").write_text("image,mask,\n\ni0.nii.gz,m0.nii.gz\n")
    assert run("cases.csv").computed == 1


def test_the_form_of_a_file_decides(here, run):
    cases = cohorts.make(here, 2)
    run(cases)
    Path("i0.nii.gz").rename("patient.0.nii.gz")
    cases[0]["image"] = "patient.0.nii.gz"
    assert run(cases).kept == 2
    Path("m1.nii.gz").rename("m1.NII.GZ")
    cases[1]["mask"] = "m1.NII.GZ"
    assert run(cases).kept == 2
    for k, ending in enumerate((".nrrd", ".mha")):
        Path(f"q{k}{ending}").write_bytes(Path("patient.0.nii.gz").read_bytes())
        renamed = [{**cases[0], "image": f"q{k}{ending}"}]
        (again, fresh) = (run(renamed), run(renamed, out=f"fresh{k}.csv"))
        assert (again.kept, again.failed) == (fresh.kept, fresh.failed) == (0, 1)
        assert rows("t.csv") == rows(f"fresh{k}.csv")
    assert run(cases).kept == 2


def test_an_index_with_a_name_is_a_column(here, run):
    pandas = pytest.importorskip("pandas")
    cases = cohorts.make(here, 2)
    columns = {name: [case[name] for case in cases] for name in ("image", "mask")}
    frame = pandas.DataFrame(columns, index=pandas.Index(["pat1", "pat2"], name="case_id"))
    run(frame)
    assert [row["case_id"] for row in rows("t.csv")] == ["pat1", "pat2"]
    levels = pandas.MultiIndex.from_tuples([("n", 1), ("s", 2)], names=["site", None])
    run(pandas.DataFrame(columns, index=levels))
    assert [row["site"] for row in rows("t.csv")] == ["n", "s"]
    # One without a name, or with that of a column, says nothing new.
    run(pandas.DataFrame({"case_id": ["a", "b"], **columns}, index=frame.index))
    assert [row["case_id"] for row in rows("t.csv")] == ["a", "b"]
    run(pandas.DataFrame(columns))
    assert next(iter(rows("t.csv")[0])) == "case_id"


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("lable", "label"),
        ("labels", "label"),
        ("rois", "roi"),
        ("caseid", "case_id"),
        ("label_chanel", "label_channel"),
    ],
)
def test_columns_whose_names_are_nearly_ours(here, run, name, own):
    cases = [{"image": c["image"], "mask": c["mask"], name: "1"} for c in cohorts.make(here, 2)]
    with pytest.warns(rr.RadiomicsWarning, match=f"{name}.*: did you mean `{own}`") as said:
        run(cases)
    assert len(said) == 1
    assert {row[name] for row in rows("t.csv")} == {"1"}


def test_columns_that_are_missing_and_what_is_none(here, run):
    (case,) = cohorts.make(here, 1)
    for name, own in (("images", "image"), ("mask_", "mask"), ("Imge", "image")):
        renamed = {(name if key == own else key): cell for key, cell in case.items()}
        with pytest.raises(rr.SettingsError, match=f"no column `{own}`.*did you mean '{name}'"):
            run([renamed])
    with pytest.warns(rr.RadiomicsWarning, match="'imge:b': did you mean `image`"):
        run([{"case_id": "a", "image:a": case["image"], "imge:b": "x", "mask": case["mask"]}])
    with warnings.catch_warnings():
        warnings.simplefilter("error", rr.RadiomicsWarning)
        more = {"Label": 1, "labels": 1, "age": 3, "stage": 2, "image2": "x", "task": "y"}
        run([{**case, **more}])


def test_too_little_memory_is_told_by_what_was_given(here, run):
    cases = cohorts.make(here, 3)
    cohorts.write(here / "i1.nii.gz", np.zeros((60, 60, 60), np.int16))
    cohorts.write(here / "m1.nii.gz", np.ones((60, 60, 60), np.uint8))
    settings = {**SETTINGS, "resample_spacing_mm": 0.2}
    with pytest.warns(rr.RadiomicsWarning, match="^200 MB") as said:
        rr.extract_cohort(cases, settings, out="t.csv", jobs=2, memory_mb=200)
    (said,) = said
    assert "for 2 jobs are 100 MB for each, which leave less than 32 MB" in str(said.message)
    assert str(said.message).endswith("give more memory, or fewer jobs")
    assert [row["status"] for row in rows("t.csv")] == ["ok", "failed", "ok"]
    error = rows("t.csv")[1]["error"]
    assert (
        "are left of the 200 MB given (`--memory`, `memory_mb`), of which the process takes 150 MB "
        "and the images 0.6 MB: give more memory; otherwise choose a larger" in error
    )
    with pytest.warns(rr.RadiomicsWarning, match=r"^170 MB .* of all cases"):
        rr.extract_cohort(cases[:2], settings, out="one.csv", jobs=1, memory_mb=170)
    with warnings.catch_warnings():
        warnings.simplefilter("error", rr.RadiomicsWarning)
        rr.extract_cohort(cases, settings, out="more.csv", jobs=2, memory_mb=1000)


def test_fewer_jobs_come_before_other_numbers():
    text = "the mask needs 5 GB of memory, and 1 GB are left: choose a larger x"
    assert shares.of_machine(text, alone=True) == text
    assert shares.of_machine(text, alone=False) == (
        "the mask needs 5 GB of memory, and 1 GB are left: give fewer jobs (`-j`, `jobs`), which "
        "share it; otherwise choose a larger x"
    )


def test_advice_is_of_what_there_is(here, run, data):
    cases = cohorts.make(here, 2)
    run([{**cases[0], "roi": "gtv"}])
    assert rows("t.csv")[0]["error"].endswith("leave it out, and give `label`")
    seg = data / "clinical" / "seg" / "overlapping_five"
    run([{"image": seg / "image", "mask": seg / "seg.dcm"}])
    assert rows("t.csv")[0]["error"].endswith("or in the column `roi` of a table of cases")
    cohorts.write(here / "i1.nii.gz", np.ones((4, 6, 6), np.int16), 2.0)
    run(cases[1:])
    assert "`resample_mask=True` (`--resample-mask`)" in rows("t.csv")[0]["error"]
    assert "`resample_images=True` (`batch --resample-images`)" in rows("t.csv")[0]["error"]


def test_of_several_masks_the_empty_one_is_named(here, run):
    cohorts.make(here, 2)
    cohorts.write(here / "m1.nii.gz", np.zeros((4, 6, 6), np.uint8))
    run([{f"{kind}:{n}": f"{kind[0]}{n}.nii.gz" for n in (0, 1) for kind in ("image", "mask")}])
    assert rows("t.csv")[0]["error"].startswith("i1.nii.gz, m1.nii.gz: the mask is empty")


def test_the_folder_of_the_user(here, run, monkeypatch):
    (case,) = cohorts.make(here, 1)
    (here / "home").mkdir()
    Path("i0.nii.gz").rename("home/i0.nii.gz")
    monkeypatch.setenv("HOME", str(here / "home"))
    monkeypatch.setenv("USERPROFILE", str(here / "home"))
    assert run([{**case, "image": "~/i0.nii.gz"}]).computed == 1


def test_parameters_of_pyradiomics_are_settings_of_the_command(here, capsys):
    cohorts.write_cases(here / "cases.csv", cohorts.make(here, 1))
    parameters = {"setting": {"binWidth": 10}, "featureClass": {"firstorder": ["Mean"]}}
    Path("p.yaml").write_text(json.dumps(parameters))
    command = ["batch", "cases.csv", "--settings", "p.yaml", "--out", "t.csv", "-j", "1"]
    assert cli.main(command) == 0
    rr.extract_cohort("cases.csv", rr.Settings.from_pyradiomics(Path("p.yaml")), out="same.csv")
    assert Path("t.csv").read_bytes() == Path("same.csv").read_bytes()
    assert cli.main([*command, "--set", "bin_width=25"]) == 0
    parameters["setting"]["label"] = 2
    Path("p.yaml").write_text(json.dumps(parameters))
    assert cli.main(command) == 1
    assert "`label` is 2, and a label is of a case" in capsys.readouterr().err
    Path("p.yaml").write_text("binwidth: 3")
    assert cli.main(command) == 1
    assert "bin_width" in capsys.readouterr().err


def test_images_are_resampled_by_the_command(here):
    cases = cohorts.make(here, 1)
    voxels = np.random.default_rng(0).integers(0, 100, (8, 12, 12)).astype(np.int16)
    cohorts.write(here / "i0.nii.gz", voxels, 0.5)
    cohorts.write_cases(here / "cases.csv", cases)
    command = ["batch", "cases.csv", "--out", "t.csv", "-j", "1"]
    command += ["--set", "families=[intensity_statistics]"]
    assert cli.main([*command, "--strict"]) == 1
    assert cli.main([*command, "--strict", "--resample-images"]) == 0
    assert "resampled" in rows("t.csv")[0]["warnings"]

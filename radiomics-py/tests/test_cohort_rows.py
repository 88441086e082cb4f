"""mechanics: rows of cases that are odd, and what is said of them."""

import os
import signal
import warnings
from contextlib import contextmanager

import pytest

import cohorts
import radiomics_rs as rr
from cohorts import SETTINGS, rows
from radiomics_rs.cohort import local_run


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
    os.mkfifo(odd) if kind == "pipe" else os.symlink("/dev/zero", odd)
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

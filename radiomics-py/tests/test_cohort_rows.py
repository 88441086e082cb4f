"""mechanics: rows of cases that are odd, and what is said of them."""

import warnings

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

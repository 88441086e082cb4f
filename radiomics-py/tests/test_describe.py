"""What features are said to be: names, units, and ranges that values keep."""

import json
import math
import re

import numpy as np
import pytest

import radiomics_rs as rr
from commands import refused, run
from radiomics_rs import _core
from radiomics_rs._describe import find

ALL = [f"{one['family']}.{one['feature']}" for one in rr.features()]


def test_every_feature_has_a_page():
    for name in ALL:
        page = rr.describe(name)
        assert page.name == name
        assert page.column.startswith("original_")
        assert all((page.definition, page.unit, page.range, page.depends_on)), name
        assert str(page).startswith(f"{name}\n  definition")
        assert json.loads(json.dumps(page.to_dict()))["column"] == page.column


def test_every_name_finds_its_feature():
    """IBSI's identifiers, PyRadiomics' names with their class, and columns with what is round."""
    for one in rr.features():
        names = [f"{one['family']}_{one['feature']}", f"ORIGINAL_{one['family']}_{one['feature']}"]
        page = rr.describe(f"{one['family']}.{one['feature']}")
        names += [page.pyradiomics, page.pyradiomics.removeprefix("original_")]
        names += [page.column, page.column.replace("original", "log-2mm-3D")]
        for name in filter(None, names):
            assert [(f["family"], f["feature"]) for f in find(name)] == [
                (one["family"], one["feature"])
            ], name
        if one["ibsi_id"]:
            assert (one["family"], one["feature"]) in [
                (f["family"], f["feature"]) for f in find(one["ibsi_id"])
            ]


def test_names_of_pyradiomics_are_known():
    """All that the drop-in computes, by class and name."""
    known = [row for row in rr.features() if row["pyradiomics"]]
    assert len(known) > 90
    of_family = {name: of for of, names in _core.pyradiomics_classes().items() for name in names}
    for row in known:
        (found,) = find(f"original_{of_family[row['family']]}_{row['pyradiomics']}")
        assert found["pyradiomics"] == row["pyradiomics"]


def test_names_that_several_have():
    pages = rr.describe("contrast")
    assert [page.name for page in pages] == ["glcm.contrast", "ngtdm.contrast"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("contrst", "did you mean glcm.contrast or ngtdm.contrast?"),
        ("Idmnn", "glcm.normalised_inverse_difference_moment"),
        ("qqqqqqqq", "`radiomics-rs features` lists all"),
        ("", "`radiomics-rs features` lists all"),
    ],
)
def test_names_that_nobody_has(name, hint):
    with pytest.raises(rr.SettingsError, match="there is no feature called") as caught:
        rr.describe(name)
    assert hint in str(caught.value)
    assert hint in refused("describe", name)


def test_a_family_is_no_feature():
    with pytest.raises(rr.SettingsError, match=r"'glcm', which is a family: give .* 'glcm\.joint_"):
        rr.describe("glcm")


def test_what_is_no_name():
    with pytest.raises(TypeError, match="the name of a feature is 3"):
        rr.describe(3)


def test_command():
    assert run("describe", "ACUI").stdout == f"{rr.describe('glcm.contrast')}\n"
    pages = json.loads(run("describe", "contrast", "VJGA", "--format", "json").stdout)
    assert [page["name"] for page in pages] == [
        "glcm.contrast",
        "ngtdm.contrast",
        "local_intensity.local_intensity_peak",
    ]


def bounds(text, ng, n):
    """The least and the greatest value that a range in words allows."""
    first = re.split(r"[;,]", text)[0]
    if first == "any number":
        return -math.inf, math.inf
    low, to, high = first.partition(" to ")
    if not to:
        number = re.search(r"[\u2212-]?\d+", first)[0]
        if first == number:
            return float(number), float(number)
        return float(number.replace("\u2212", "-")), math.inf
    found = []
    for side in (low, high):
        code = side.replace("about ", "").replace("above ", "").replace("mostly ", "")
        code = code.replace("\u2212", "-").replace("·", "*").replace("²", "**2").replace("⁶", "**6")
        code = re.sub(r"log₂ (\(.*?\)|\w+)", r"math.log2(\1)", code)
        found.append(float(eval(code, {"math": math, "Ng": ng, "N": n})))
    slack = 0.1 if "about" in first else 0
    return found[0] - slack, found[1] + slack


SCENES = ("tumour", "rim", "vessels", "noise", "chess")


def scenes():
    """Regions of different kinds: an organ, a tumour, a thin rim, noise and a board of chess."""
    liver = rr.example("liver")
    for image, label in (("portal", "tumour"), ("pet", "rim"), ("arterial", "vessels")):
        yield liver.images[image].voxels, liver.mask.voxels == liver.labels[label], (3, 2, 2)
    rng = np.random.default_rng(5)
    noise = rng.integers(-50, 50, (7, 8, 9))
    yield noise, np.ones(noise.shape, bool), (1, 1, 1)
    chess = np.indices((5, 6, 7)).sum(axis=0) % 2
    yield 100 * chess, np.ones(chess.shape, bool), (1, 2, 3)


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
@pytest.mark.parametrize("scene", range(len(SCENES)), ids=SCENES)
def test_values_are_in_their_ranges(scene):
    image, mask, spacing_mm = list(scenes())[scene]
    ng = 16
    for families in ({}, {"feature_set": "pyradiomics"}):
        settings = rr.Settings(bin_number=ng, **families)
        table = rr.extract(image, mask, settings, spacing_mm=spacing_mm)
        for row in table:
            if math.isnan(row.value):
                continue
            text = rr.describe(f"{row.family}.{row.feature}").range
            low, high = bounds(text, ng, int(mask.sum()))
            assert low - 1e-9 <= row.value <= high + 1e-9, (row.column, row.value, text)


UNITS = {
    "morphology.volume": "mm³",
    "morphology.sphericity": "none",
    "morphology.surface_to_volume_ratio": "mm⁻¹",
    "intensity_statistics.variance": "(unit of the image)²",
    "intensity_statistics.total_energy": "(unit of the image)² · mm³",
    "glcm.inverse_variance": "grey level⁻²",
    "glcm.joint_entropy": "bit",
}


@pytest.mark.parametrize("name", UNITS)
def test_units(name):
    assert rr.describe(name).unit == UNITS[name]


@pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
def test_units_follow_lengths_and_intensities():
    """Twice the length, or twice the intensity, changes a value as its unit says."""
    liver = rr.example("liver")
    image = np.abs(liver.images["portal"].voxels.astype(float)) + 10
    mask = liver.mask.voxels == 2
    # As many bins as before: grey levels do not change.
    settings = rr.Settings(bin_number=16, feature_set="pyradiomics")
    plain = rr.extract(image, mask, settings, spacing_mm=(3, 2, 2))
    longer = rr.extract(image, mask, settings, spacing_mm=(6, 4, 4))
    brighter = rr.extract(2 * image, mask, settings, spacing_mm=(3, 2, 2))
    lengths = {"mm³": 3, "mm²": 2, "mm": 1, "mm⁻¹": -1}
    intensities = {"unit of the image": 1, "(unit of the image)²": 2}
    for row in plain:
        unit = rr.describe(f"{row.family}.{row.feature}").unit
        of_intensity, _, of_length = unit.partition(" · ")
        power = lengths.get(of_length or unit, 0)
        if row.family != "local_intensity":
            assert longer[row.column] == pytest.approx(2**power * row.value, rel=1e-6), row.column
        power = intensities.get(of_intensity, 0)
        assert brighter[row.column] == pytest.approx(2**power * row.value, rel=1e-6), row.column

"""Equations in TeX are what the engine computes: nearly all are computed as they stand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.polynomial import legendre

import radiomics_rs as rr
import tex
from radiomics_rs._describe_equations import EQUATIONS, SYMBOLS

pytestmark = pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")
#: Whose symbols are made by what no few lines compute: meshes, hulls, outlines, boxes, ellipsoids.
WORDS = {
    "morphology": {
        *("volume", "surface_area", "volume_density_ombb", "area_density_ombb"),
        *("volume_density_mvee", "area_density_mvee"),
        *("volume_density_convex_hull", "area_density_convex_hull", "maximum_3d_diameter"),
        *("maximum_2d_diameter_slice", "maximum_2d_diameter_column", "maximum_2d_diameter_row"),
    },
    "morphology_2d": {"mesh_surface", "perimeter", "maximum_diameter"},
}
RADIUS_MM = 10 * (3 / (4 * math.pi)) ** (1 / 3)
LEVELS = 21


#: Equations by family and feature.
OF = {
    (one["family"], one["feature"]): EQUATIONS.get(one["summary"].partition("; ")[0], "")
    for one in rr.features()
}


def test_every_definition_has_an_equation_and_no_other_has():
    definitions = {one["summary"].partition("; ")[0] for one in rr.features()}
    assert set(EQUATIONS) == definitions
    assert set(SYMBOLS) == {family for family, _ in OF}


def test_descriptions_have_them():
    told = rr.describe("glcm.contrast")
    assert told.equation == OF["glcm", "contrast"] == told.to_dict()["equation"]
    assert told.symbols["p_{ij}"].startswith("share of pairs of neighbours")
    assert "$$\\sum_{i, j} (i - j)^2 p_{ij}$$\n" in told._repr_markdown_()
    assert "- PyRadiomics: original_glcm_Contrast\n" in told._repr_markdown_()


class Scene:
    """An image, the voxels of its region, and their grey levels."""

    def __init__(self, image, inside, spacing_mm, settings):
        self.image, self.inside, self.spacing_mm = image.astype(float), inside, spacing_mm
        self.settings = settings.replace(
            aggregations=["3D_merged", "3D"],
            feature_set="pyradiomics",
            features=[f"{one['family']}.{one['feature']}" for one in rr.features()],
        )
        self.x = self.image[inside]
        self.places = np.argwhere(inside) * np.array(spacing_mm)

    def table(self, families):
        settings = self.settings.replace(
            features=[name for name in self.settings.features if name.partition(".")[0] in families]
        )
        return rr.extract(
            self.image, self.inside.astype(np.uint8), settings, spacing_mm=self.spacing_mm
        )

    def matrix(self, family):
        """The sum of the matrices of all directions, how many there are, and its two indices."""
        made = rr.matrices(
            self.image,
            self.inside.astype(np.uint8),
            self.settings.replace(features=None, feature_set="ibsi", families=[family]),
            spacing_mm=self.spacing_mm,
        )
        dense = [one.dense() for one in made]
        shape = np.max([one.shape for one in dense], axis=0)
        total = sum(
            np.pad(one, [(0, n - m) for n, m in zip(shape, one.shape, strict=True)])
            for one in dense
        )
        return total, len(dense)

    def levels(self):
        prepared = rr.prepare(
            self.image,
            self.inside.astype(np.uint8),
            self.settings,
            spacing_mm=self.spacing_mm,
        )
        return prepared.levels.voxels[prepared.mask.voxels > 0].astype(int)


def phantom():
    image, mask, spacing_mm = rr.example()
    return Scene(image, mask > 0, spacing_mm, rr.Settings.ibsi_configuration("digital_phantom"))


def noise():
    rng = np.random.default_rng(3)
    image = rng.normal(50, 20, (5, 7, 8))
    image += 8 * np.arange(8)
    inside = rng.random(image.shape) < 0.8
    settings = rr.Settings(bin_number=7, ivh_bin_number=LEVELS)
    return Scene(image, inside, (2.5, 1.5, 1.0), settings)


SCENES = {"phantom": phantom, "noise": noise}


@pytest.fixture(scope="module", params=SCENES)
def scene(request):
    return SCENES[request.param]()


def statistics(x, symbols):
    """Symbols of a sample, along the index k."""
    symbols.put("x_k", x, "k")
    for q in (10, 25, 50, 75, 90):
        symbols.put(f"P_{{{q}}}", np.percentile(x, q))
    p10, p90 = np.percentile(x, [10, 90])
    middle = x[(x >= p10) & (x <= p90)]
    symbols.put("x_r", middle, "r")
    for name, number in {
        "N": x.size,
        "N_r": middle.size,
        "\\mu": x.mean(),
        "\\sigma": x.std(),
    }.items():
        symbols.put(name, number)


def middle_of(scene):
    """The axis of the index r."""
    p10, p90 = np.percentile(scene.x, [10, 90])
    return np.arange(np.sum((scene.x >= p10) & (scene.x <= p90)))


def of_intensity_statistics(scene):
    symbols = tex.Symbols(k=np.arange(scene.x.size), r=middle_of(scene))
    statistics(scene.x, symbols)
    symbols.put("v", np.prod(scene.spacing_mm))
    return symbols


def of_intensity_histogram(scene):
    x = scene.levels()
    counts = np.bincount(x)[1:]
    p10, p90 = np.percentile(x, [10, 90])
    symbols = tex.Symbols(
        k=np.arange(x.size),
        r=np.arange(np.sum((x >= p10) & (x <= p90))),
        i=np.arange(1, counts.size + 1),
    )
    statistics(x, symbols)
    symbols.put("n_i", counts, "i")
    symbols.put("p_i", counts / x.size, "i")
    symbols.put("g_i", np.gradient(counts.astype(float)), "i")
    return symbols


def of_intensity_volume_histogram(scene):
    low, high = scene.x.min(), scene.x.max()
    if scene.settings.ivh_bin_number is None:
        levels, x = np.arange(low, high + 1), scene.x
    else:
        levels = np.arange(1, LEVELS + 1)
        x = np.minimum(np.floor(LEVELS * (scene.x - low) / (high - low)) + 1, LEVELS)
    share = np.array([np.mean(x >= level) for level in levels])
    place = (levels - levels[0]) / (levels[-1] - levels[0])
    symbols = tex.Symbols(l=levels, m=levels[:-1])
    symbols.put("t_l", levels, "l")
    for name, values in {"\\nu": share, "\\gamma": place}.items():
        symbols.put(f"{name}_l", values, "l")
        symbols.put(f"{name}_m", values[:-1], "m")
        symbols.put(f"{name}_{{m+1}}", values[1:], "m")
    for name in (
        "volume_fraction_at_10_intensity",
        "volume_fraction_at_90_intensity",
        "intensity_at_10_volume",
        "intensity_at_90_volume",
    ):
        equation = OF["intensity_volume_histogram", name]
        symbols.put(equation.partition(" = ")[0], tex.value(equation, symbols))
    return symbols


def of_local_intensity(scene):
    every = np.indices(scene.image.shape).reshape(3, -1).T * np.array(scene.spacing_mm)
    near = np.linalg.norm(scene.places[:, None] - every, axis=2) <= RADIUS_MM
    symbols = tex.Symbols(k=np.arange(scene.x.size))
    symbols.put("x_k", scene.x, "k")
    symbols.put("\\bar{x}_k", near @ scene.image.ravel() / near.sum(axis=1), "k")
    return symbols


def of_glcm(scene):
    counts, _ = scene.matrix("glcm")
    p = counts / counts.sum()
    n = len(p)
    i = np.arange(1, n + 1)
    symbols = tex.Symbols(i=i, j=i, k=np.arange(n), l=np.arange(2, 2 * n + 1))
    symbols.put("p_{ij}", p, "ij")
    symbols.put("p_{i}", p.sum(axis=1), "i")
    symbols.put("p_{j}", p.sum(axis=0), "j")
    difference, total = np.abs(np.subtract.outer(i, i)), np.add.outer(i, i)
    symbols.put("p_{i-j,k}", [p[difference == k].sum() for k in range(n)], "k")
    symbols.put("p_{i+j,l}", [p[total == k].sum() for k in range(2, 2 * n + 1)], "l")
    for axis, name in enumerate("ij"):
        share = p.sum(axis=1 - axis)
        mean = share @ i
        symbols.put(f"\\mu_{name}", mean)
        symbols.put(f"\\sigma_{name}", math.sqrt(share @ (i - mean) ** 2))
        symbols.put(f"H_{name}", -np.sum(share * tex.log2(share)))
    symbols.put("N_g", n)
    symbols.put("\\varepsilon", np.finfo(float).eps)
    symbols.known["\\varsigma_2"] = lambda m: np.linalg.svd(np.squeeze(m), compute_uv=False)[1]
    return symbols


def of_counts(family):
    def made(scene):
        counts, directions = scene.matrix(family)
        shape = counts.shape
        symbols = tex.Symbols(i=np.arange(1, shape[0] + 1), j=np.arange(1, shape[1] + 1))
        symbols.put("s_{ij}", counts, "ij")
        symbols.put("p_{ij}", counts / counts.sum(), "ij")
        symbols.put("N_s", counts.sum())
        symbols.put("N_v", scene.x.size * directions)
        return symbols

    return made


def of_ngtdm(scene):
    (found,) = rr.matrices(
        scene.image,
        scene.inside.astype(np.uint8),
        scene.settings.replace(features=None, feature_set="ibsi", families=["ngtdm"]),
        spacing_mm=scene.spacing_mm,
    )
    levels, numbers = found.levels, found.columns.astype(float)
    symbols = tex.Symbols(i=levels, j=levels)
    for name in "ij":
        symbols.put(f"p_{name}", numbers / numbers.sum(), name)
        symbols.put(f"s_{name}", found.values, name)
    symbols.put("N", numbers.sum())
    symbols.put("N_{gp}", len(levels))
    return symbols


def of_morphology(scene):
    each = np.arange(scene.x.size)
    symbols = tex.Symbols(k=each, l=each, m=each, **{"\\nu": np.arange(21)})
    own = scene.table(["morphology"]).to_dict()
    symbols.put("V", own["original_morphology_volume"])
    symbols.put("A", own["original_morphology_surface_area"])
    for name in "kl":
        symbols.put(f"x_{name}", scene.x, name)
        symbols.put(f"\\vec{{r}}_{name}", scene.places, name, vector=True)
    symbols.put("\\vec{r}_m", scene.places, "m", vector=True)
    for name, number in {
        "N": scene.x.size,
        "N_m": scene.x.size,
        "\\mu": scene.x.mean(),
        "v": np.prod(scene.spacing_mm),
    }.items():
        symbols.put(name, number)
    sides = np.ptp(scene.places, axis=0) + scene.spacing_mm
    for name, side in zip("zyx", sides, strict=True):
        symbols.put(f"d_{name}", side)
    axes(scene.places, symbols)
    symbols.known["L_{\\nu}"] = lambda x: np.reshape(
        [legendre.legval(float(np.squeeze(x)), np.eye(21)[n]) for n in range(21)],
        symbols.known["\\nu"].shape,
    )
    return symbols


def axes(places, symbols):
    """Variances along the principal axes, the largest first."""
    variances = np.linalg.eigvalsh(np.cov(places.T))[::-1]
    for number, variance in enumerate(variances, 1):
        symbols.put(f"\\lambda_{number}", variance)


FAMILIES = {
    "morphology": of_morphology,
    "local_intensity": of_local_intensity,
    "intensity_statistics": of_intensity_statistics,
    "intensity_histogram": of_intensity_histogram,
    "intensity_volume_histogram": of_intensity_volume_histogram,
    "glcm": of_glcm,
    **{family: of_counts(family) for family in ("glrlm", "glszm", "gldzm", "ngldm")},
    "ngtdm": of_ngtdm,
}


def compared(family, table, symbols):
    """How many features of a family are as their equations say; fails for one that is not."""
    rows = [row for row in table if row.family == family]
    wanted = [row for row in rows if row.feature not in WORDS.get(family, ())]
    for row in wanted:
        found = tex.value(OF[family, row.feature], symbols)
        assert found == pytest.approx(row.value, rel=1e-9, abs=1e-12), row.column
    return len(rows), len(wanted)


@pytest.mark.parametrize("family", FAMILIES)
def test_equations(family, scene):
    rows, wanted = compared(family, scene.table([family]), FAMILIES[family](scene))
    listed = [one for one in rr.features() if one["family"] == family]
    assert rows == len(listed)
    assert wanted == len(listed) - len(WORDS.get(family, ()))


def test_equations_of_an_outline():
    inside = np.zeros((1, 9, 12), np.uint8)
    inside[0, 2:6, 3:11] = inside[0, 6, 5:8] = 1
    table = rr.extract(
        100.0 * inside, inside, {"families": ["morphology_2d"]}, spacing_mm=(3, 2, 1.5)
    )
    symbols = tex.Symbols()
    symbols.put("A", table["original_morphology_2d_mesh_surface"])
    symbols.put("P", table["original_morphology_2d_perimeter"])
    symbols.put("N", inside.sum())
    symbols.put("v", 2 * 1.5)
    axes(np.argwhere(inside[0]) * np.array([2, 1.5]), symbols)
    rows, wanted = compared("morphology_2d", table, symbols)
    assert (rows, wanted) == (10, 7)


def test_a_wrong_equation_is_found():
    symbols = of_counts("glszm")(phantom())
    table = phantom().table(["glszm"])
    value = table["original_glszm_small_zone_emphasis_3D"]
    assert tex.value(r"\sum_{i, j} \frac{p_{ij}}{j^2}", symbols) == pytest.approx(value, rel=1e-9)
    for wrong in (r"\sum_{i, j} \frac{p_{ij}}{i^2}", r"\sum_{i, j} \frac{p_{ij}}{j}"):
        assert tex.value(wrong, symbols) != pytest.approx(value, rel=1e-3)


@pytest.mark.parametrize(
    ("text", "expected"),
    {
        r"2 + 3 \cdot 4 / 2 - 1": 7,
        r"-\sum_{i} i^2": -14,
        r"\sum_{i} \left(\sum_{j} (i + j)\right)^2": 155,
        r"\max_{i \ne j} (i - j)": 2,
        r"\arg\min_{i} (i - 2)^2": 2,
        r"a + b,\quad a = b^{3/2},\quad b = \sqrt{16}": 12,
        r"\frac{1}{2} \lvert -3 \rvert": 1.5,
    }.items(),
)
def test_the_reader_of_equations(text, expected):
    assert tex.value(text, tex.Symbols(i=[1, 2, 3], j=[1, 2])) == pytest.approx(expected)


@pytest.mark.parametrize("text", [r"\foo", "x_q", r"\sum_{i} i)", "(1"])
def test_what_the_reader_does_not_know_fails(text):
    with pytest.raises(AssertionError):
        tex.value(text, tex.Symbols(i=[1, 2]))


#: Signs, and numbers that every reader knows.
KNOWN = {
    *(
        "\\alpha",
        "\\beta",
        "\\frac",
        "\\sum",
        "\\sqrt",
        "\\log",
        "\\max",
        "\\min",
        "\\arg",
        "\\exp",
    ),
    *("\\pi", "\\quad", "\\left", "\\right", "\\lvert", "\\rvert", "\\lVert", "\\rVert", "\\ne"),
    *("\\ge", "\\le", "\\cdot", "\\times", "\\mathrm", "\\hat"),
}


@pytest.mark.parametrize("family", SYMBOLS)
def test_every_greek_letter_is_explained(family):
    listed = {token for symbol, _ in SYMBOLS[family] for token in tex.TOKEN.findall(symbol)}
    for (of, feature), equation in OF.items():
        if of == family:
            used = {token for token in tex.TOKEN.findall(equation) if token.startswith("\\")}
            defined = {token for token in used if f"\\quad {token}" in equation}
            assert used <= KNOWN | listed | defined, feature

"""The script of docs/guides/hcc-study.md runs, on a cohort of noise, and the guide quotes it."""

import importlib
import importlib.util
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

WANTED = ("sklearn", "combatlearn", "lifelines", "pandas")
MISSING = [name for name in WANTED if importlib.util.find_spec(name) is None]
GUIDES = Path(__file__).parents[2] / "docs" / "guides"
needs_packages = pytest.mark.skipif(
    bool(MISSING),
    reason=f"the guide of a study needs {', '.join(MISSING)}: install "
    "docs/guides/hcc-study-requirements.txt",
)
pytestmark = pytest.mark.filterwarnings("ignore")
#: What the study imports is beside it.
SCRIPTS = ("hcc_study", "hcc_model", "hcc_figures", "hcc_report")
PATIENTS = 16
LAST = f"P{PATIENTS - 1:02}"
FEATURES = ("morphology.volume", "intensity_statistics.maximum", "intensity_statistics.mean")


@pytest.fixture(scope="module")
def study():
    """The script as a module, with one thread for linear algebra, as it runs itself."""
    from threadpoolctl import threadpool_limits

    sys.path.insert(0, str(GUIDES))
    module = importlib.import_module("hcc_study")
    module.MODALITIES = {
        name: replace(modality, features=FEATURES) for name, modality in module.MODALITIES.items()
    }
    with threadpool_limits(1):
        yield module
    sys.path.remove(str(GUIDES))
    for name in SCRIPTS:
        del sys.modules[name]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Balls of noise, brighter in PET with metastases; the last patient has no MR."""
    folder = tmp_path_factory.mktemp("cohort")
    rng = np.random.default_rng(5)
    z, y, x = np.indices((10, 12, 12)) - 5.5
    lines = ["patient,lung_metastasis"]
    for k in range(PATIENTS):
        sick = k % 2
        lines.append(f"P{k:02},{sick}")
        mask = (z**2 + y**2 + x**2 < rng.uniform(2.6, 3.4) ** 2).astype(np.uint8)
        for name, level in (("PET", 3 + 2 * sick), ("MR_T1", 300)):
            if name == "MR_T1" and k == PATIENTS - 1:
                continue
            voxels = rng.normal(level, level / 6, mask.shape).astype(np.float32)
            for what, array in (("image", voxels), ("mask", mask)):
                image = sitk.GetImageFromArray(array)
                image.SetSpacing((4.0 + k // 2 % 2, 4.0 + k // 2 % 2, 4.0))
                sitk.WriteImage(image, str(folder / f"P{k:02}_{name}_{what}.nii.gz"))
    (folder / "outcomes.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@needs_packages
def test_images_become_a_table(study, folder, tmp_path):
    patients, y, site = study.cohort(folder)
    assert list(site.unique()) == ["4.0 mm", "5.0 mm"]
    regions = study.write_regions(folder, tmp_path, patients, moved={"P00", "P01", "P02"})
    features, failed = study.extract(regions, tmp_path, jobs=1)
    # Three regions of the tumour and of its rim for those whose contours moved.
    assert len(regions) == PATIENTS * 4 - 1 + 3 * 8
    said = "the column `image` is empty; the column `mask` is empty"
    assert failed == [f"{LAST} MR tumour drawn: {said}"]
    assert {c.split(".")[1] for c in features} == {"tumour", "rim"}
    assert not [c for c in features if c.startswith("PET.rim.original_morphology")]
    drawn = features.xs("drawn", level="contour").loc[patients]
    assert drawn.loc[LAST].isna().sum() == sum(c.startswith("MR.") for c in features)
    volume = [
        features.loc[("P00", contour), study.VOLUME] for contour in ("shrunk", "drawn", "grown")
    ]
    assert volume == sorted(volume)
    # What was put into the images comes out of nested folds, and out of a single measure.
    once = {"repeats": 1, "seed": 1, "folds": 3}
    found = study.out_of_fold(study.Lasso(site, folds=2), drawn, y, site, **once)
    assert found.risk.notna().all(axis=None)
    assert study.auc(y, found.risk, seed=1)[0] > 0.9
    alone = study.out_of_fold(study.by_one(study.SUV_MAX), drawn, y, site, **once)
    assert study.auc(y, alone.risk, seed=1)[0] > 0.9


@needs_packages
def test_of_noise_a_leak_makes_a_model_and_nested_folds_make_none(study):
    import pandas as pd
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(2)
    names = [f"{m}.tumour.original_{k}" for m in ("PET", "MR") for k in range(40)]
    x = pd.DataFrame(rng.normal(size=(32, 80)), [f"P{k}" for k in range(32)], names)
    y = pd.Series(np.arange(32) % 2, x.index)
    site = pd.Series(np.where(np.arange(32) % 4 < 2, "a", "b"), x.index)
    model = study.Lasso(site, folds=2, strengths=(0.2, 0.8))
    leaky = study.with_leak(model, x, y, site, repeats=1, seed=1)
    nested = study.out_of_fold(model, x, y, site, repeats=1, seed=1, folds=3)
    of_leak, low, high = study.auc(y, leaky.risk, seed=1)
    assert of_leak == pytest.approx(roc_auc_score(y, leaky.risk[0]))
    assert low < of_leak < high
    assert of_leak > 0.75
    assert study.auc(y, nested.risk, seed=1)[0] < 0.7


@needs_packages
def test_a_feature_is_stable_if_contours_agree_on_it(study):
    import pandas as pd

    rng = np.random.default_rng(4)
    patients, contours = [f"P{k}" for k in range(12)], ["drawn", "grown", "shrunk"]
    rows = pd.MultiIndex.from_product([patients, contours], names=["patient", "contour"])
    own = np.repeat(rng.normal(size=12), 3)
    noise = rng.normal(size=36)
    table = pd.DataFrame({"same": own + noise / 50, "noise": noise, "flat": 1.0}, rows)
    # A patient whose contour was not moved says nothing.
    table.loc[("P99", "drawn"), :] = 1.0
    found = study.stability(table)
    assert found["same"] > 0.99
    assert found["noise"] < 0.5
    assert "flat" not in found


@needs_packages
def test_risks_that_are_right_have_the_benefit_of_the_prevalence(study):
    pytest.importorskip("dcurves")
    import pandas as pd

    y = pd.Series([1, 1, 0, 0, 0, 1, 0, 0, 0, 0])
    right, useless = 0.01 + 0.98 * y, y * 0 + y.mean()
    curve = study.net_benefit(y, {"right": right, "useless": useless})
    assert curve["right"].to_numpy() == pytest.approx(y.mean())
    assert curve["none"].to_numpy() == pytest.approx(0)
    rng = np.random.default_rng(3)
    risk = pd.Series(rng.uniform(0.05, 0.95, 4000))
    drawn = (rng.uniform(size=4000) < risk).astype(int)
    found = study.calibration(drawn, risk)
    assert found["slope"] == pytest.approx(1, abs=0.1)
    assert found["intercept"] == pytest.approx(0, abs=0.1)


@needs_packages
def test_times(study):
    from lifelines.datasets import load_gbsg2

    said, times = study.survival(load_gbsg2()[:150], 1, draws=20, folds=3, penalties=(0.03, 0.1))
    c_index, low, high = said["c_index"]
    assert low < c_index < high
    assert c_index > 0.6
    events = times.groupby("group", observed=True)["cens"].mean()
    assert events["low"] < events["high"]


@needs_packages
def test_a_feature_that_says_what_another_one_says_is_left_out(study):
    import pandas as pd

    rng = np.random.default_rng(1)
    first = rng.normal(size=30)
    x = pd.DataFrame(
        {"first": first, "same": np.exp(first), "flat": 1.0, "own": rng.normal(size=30)}
    )
    redundancy = sys.modules["hcc_model"].Redundancy()
    assert list(redundancy.fit_transform(x)) == ["first", "own"]


def test_the_recipe_for_a_liver_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("p01").mkdir()
    z, y, x = np.indices((20, 40, 40)) - 14
    labels = np.zeros(z.shape, np.uint8)
    labels[2:18, 3:37, 3:37] = 5
    labels[z**2 + y**2 + x**2 < 16] = 3
    labels[10:14, 25:30, 10:20] = 52
    sitk.WriteImage(sitk.GetImageFromArray(labels), "p01/labels.nii.gz")
    for phase in ("arterial", "portal"):
        voxels = np.random.default_rng(0).normal(80, 20, labels.shape).astype(np.float32)
        sitk.WriteImage(sitk.GetImageFromArray(voxels), f"p01/{phase}.nii.gz")
    block, *_ = re.findall(
        r"```python\n(.*?)```", (GUIDES / "hcc-study.md").read_text(encoding="utf-8"), re.S
    )
    names = {}
    exec(block, names)
    inside = labels[names["rim"].mask.voxels > 0]
    assert set(inside) == {5}
    header, row = Path("hcc.csv").read_text(encoding="utf-8").splitlines()
    assert "portal_glcm_contrast_3D_avg" in header.split(",")
    assert ",ok," in row


def test_the_guide_says_what_the_script_printed():
    guide = (GUIDES / "hcc-study.md").read_text(encoding="utf-8")
    printed = (GUIDES / "hcc-study" / "results.txt").read_text(encoding="utf-8").splitlines()
    quoted = [
        line
        for block in re.findall(r"```text\n(.*?)```", guide, re.S)
        for line in block.splitlines()
    ]
    assert len(quoted) > 20
    assert [line for line in quoted if line not in printed] == []
    # In sentences, too, but for the figure of another study.
    values = set(re.findall(r"\b0\.\d{3}\b", guide)) - {"0.984", "0.002"}
    assert [value for value in values if value not in "\n".join(printed)] == []
    pictures = re.findall(r"\]\((hcc-study/\w+\.png)\)", guide)
    assert pictures
    assert all((GUIDES / picture).stat().st_size <= 60_000 for picture in pictures)

"""Features as a step of scikit-learn: the same numbers, and it behaves as scikit-learn asks."""

import copy
import pickle
import subprocess
import sys

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from cohorts import make

pytest.importorskip("sklearn", "1.6")
pytestmark = pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")

from sklearn.base import clone  # noqa: E402 after the skip
from sklearn.exceptions import NotFittedError  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils import estimator_checks  # noqa: E402

SETTINGS = {"families": ["intensity_statistics"]}
#: Checks of scikit-learn that call no `fit`, or only look at parameters. All others fit matrices of
#: numbers or text, and a row of numbers is no image with a mask; `check_estimator` leaves them out
#: by itself, as the tags say that X is no matrix.
CHECKS = (
    "check_estimator_cloneable",
    "check_estimator_tags_renamed",
    "check_valid_tag_types",
    "check_estimator_repr",
    "check_no_attributes_set_in_init",
    "check_get_params_invariance",
    "check_set_params",
    "check_parameters_default_constructible",
    "check_do_not_raise_errors_in_init_or_set_param",
    "check_mixin_order",
)


@pytest.fixture
def cases(tmp_path, monkeypatch):
    """Six pairs of paths, relative to the current folder."""
    monkeypatch.chdir(tmp_path)
    return [(case["image"], case["mask"]) for case in make(tmp_path, 6)]


def extractor(**more):
    return rr.RadiomicsExtractor(**{"settings": SETTINGS, **more})


def wanted(cases, settings=SETTINGS):
    return np.array([rr.extract(*case, settings).values() for case in cases])


@pytest.mark.parametrize("check", [c for c in CHECKS if hasattr(estimator_checks, c)])
def test_checks_of_scikit_learn(check):
    getattr(estimator_checks, check)("RadiomicsExtractor", rr.RadiomicsExtractor())


@pytest.mark.filterwarnings("ignore:Can't test estimator")
def test_no_check_that_scikit_learn_runs_fails():
    found = estimator_checks.check_estimator(rr.RadiomicsExtractor(), on_fail=None)
    assert found
    assert [one["check_name"] for one in found if one["status"] == "failed"] == []


@pytest.mark.parametrize("n_jobs", [None, 2, -1])
def test_the_values_are_those_of_extract(cases, n_jobs):
    made = extractor(n_jobs=n_jobs)
    found = made.fit_transform(cases)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, wanted(cases))
    names = [column.name for column in rr.columns(SETTINGS)]
    assert made.get_feature_names_out().tolist() == names
    np.testing.assert_array_equal(made.transform(cases[3:4]), found[3:4])


def test_kinds_of_cases(cases):
    pandas = pytest.importorskip("pandas")
    found = wanted(cases)
    frame = pandas.DataFrame(cases, columns=["Image", "mask"], index=list("abcdef"))
    for given in (np.array(cases), np.array(cases, dtype=object), frame, tuple(cases)):
        np.testing.assert_array_equal(extractor().fit_transform(given), found)
    arrays = [tuple(rr.io.read_image(path).voxels for path in case) for case in cases]
    by_array = extractor(spacing_mm=1).fit_transform(arrays)
    np.testing.assert_array_equal(by_array, found)


def test_labels(cases):
    pandas = pytest.importorskip("pandas")
    settings = {"features": ["intensity_statistics.mean"]}
    image, mask = (rr.io.read_image(path).voxels.copy() for path in cases[0])
    mask[1:3, 0, :3] = 5
    made = extractor(spacing_mm=1, label=5, settings=settings)
    found = made.fit_transform([(image, mask), (image, mask, 1), (image, mask, None)])
    means = [image[mask == label].mean() for label in (5, 1, 5)]
    np.testing.assert_allclose(found[:, 0], means)
    assert means[0] != means[1]
    frame = pandas.DataFrame(cases[:2], columns=["image", "mask"])
    frame["label"] = [1.0, np.nan]
    with pytest.raises(rr.RegionError, match="case 1: label 5 is not in the mask"):
        extractor(label=5).fit_transform(frame)
    np.testing.assert_array_equal(extractor().fit_transform(frame), wanted(cases[:2]))


def test_several_images(cases):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {"image:a": ["i0.nii.gz"], "image:b": ["i1.nii.gz"], "mask": ["m0.nii.gz"]}
    )
    made = extractor().fit(frame)
    table = rr.extract({"a": "i0.nii.gz", "b": "i1.nii.gz"}, "m0.nii.gz", SETTINGS)
    assert made.get_feature_names_out().tolist() == table.keys()
    np.testing.assert_array_equal(made.transform(frame), [table.values()])
    with pytest.raises(rr.SettingsError, match=r"case 0 has the images \['original'\]"):
        made.transform(cases)


def test_frames_come_out(cases):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(cases, columns=["image", "mask"], index=list("abcdef"))
    found = extractor().set_output(transform="pandas").fit_transform(frame)
    assert found.index.tolist() == list("abcdef")
    assert found.columns.tolist() == [column.name for column in rr.columns(SETTINGS)]
    np.testing.assert_array_equal(found.to_numpy(), wanted(cases))


def test_clones_and_pickles(cases):
    settings = rr.Settings(**SETTINGS)
    made = extractor(settings=settings, n_jobs=2).fit(cases)
    copy = clone(made)
    assert copy.get_params() == made.get_params()
    with pytest.raises(NotFittedError):
        copy.transform(cases)
    with pytest.raises(NotFittedError):
        copy.get_feature_names_out()
    again = pickle.loads(pickle.dumps(made))
    np.testing.assert_array_equal(again.transform(cases), made.transform(cases))


def test_a_search_over_settings(cases):
    many = cases * 4
    y = np.array([0, 1] * 12)
    grid = [{"features": ["morphology.volume"]}, SETTINGS]
    pipeline = make_pipeline(extractor(), StandardScaler(), LogisticRegression())
    search = GridSearchCV(pipeline, {"radiomicsextractor__settings": grid}, cv=3)
    search.fit(many, y)
    scores = search.cv_results_["mean_test_score"]
    # All masks are the same one, so that volume tells nothing; intensities tell the six apart.
    assert scores[0] == pytest.approx(0.5)
    assert scores[1] > 0.9
    assert search.best_params_["radiomicsextractor__settings"] == grid[1]
    assert search.predict(many[:2]).tolist() == [0, 1]


def test_cases_that_fail(cases):
    broken = [*cases[:2], ("none.nii.gz", "m0.nii.gz"), ("i0.nii.gz", "i0.nii.gz")]
    with pytest.raises(FileNotFoundError, match=r"none\.nii\.gz"):
        extractor().fit_transform(broken[:3])
    with pytest.warns(rr.RadiomicsWarning, match=r"case 2 is NaN: .*none\.nii\.gz"):
        found = extractor(on_error="nan", n_jobs=2).fit_transform(broken[:3])
    np.testing.assert_array_equal(found[:2], wanted(cases[:2]))
    assert np.isnan(found[2]).all()


@pytest.mark.parametrize("missing", [None, float("nan"), np.float32("nan"), ""])
@pytest.mark.parametrize("framed", [False, True])
@pytest.mark.parametrize("column", [0, 1])
def test_paths_that_are_missing(cases, missing, framed, column):
    pandas = pytest.importorskip("pandas")
    given = [list(case) for case in cases[:2]]
    given[1][column] = missing
    given = pandas.DataFrame(given, columns=["image", "mask"]) if framed else given
    with pytest.raises(rr.RadiomicsError, match=f"case 1: the .*{('image', 'mask')[column]}"):
        extractor().fit_transform(given)
    with pytest.warns(rr.RadiomicsWarning, match="case 1 is NaN: the "):
        found = extractor(on_error="nan").fit_transform(given)
    np.testing.assert_array_equal(found[0], wanted(cases[:1])[0])
    assert np.isnan(found[1]).all()


def test_a_missing_file_is_named_with_its_case(cases):
    broken = [*cases[:2], ("none.nii.gz", "m0.nii.gz")]
    with pytest.raises(FileNotFoundError, match=r"case 2: .*none\.nii\.gz") as caught:
        extractor().fit_transform(broken)
    assert caught.value.filename == "none.nii.gz"


def two_regions(source, path):
    """A file of contours with one region more: "upper", some of the slices of the only one."""
    found = pydicom.dcmread(source)
    for sequence in (found.StructureSetROISequence, found.ROIContourSequence):
        sequence.append(copy.deepcopy(sequence[0]))
    found.StructureSetROISequence[1].ROINumber = 2
    found.StructureSetROISequence[1].ROIName = "upper"
    found.ROIContourSequence[1].ReferencedROINumber = 2
    found.ROIContourSequence[1].ContourSequence = found.ROIContourSequence[0].ContourSequence[:8]
    found.save_as(path)


def test_regions_by_name(data, tmp_path):
    pandas = pytest.importorskip("pandas")
    folder = data / "clinical" / "rtstruct" / "sts025_pet"
    two_regions(folder / "rtstruct.dcm", tmp_path / "two.dcm")
    image = rr.io.read_image(folder / "image")
    masks = rr.io.read_mask(tmp_path / "two.dcm", image=image)
    row = {"image": folder / "image", "mask": str(tmp_path / "two.dcm")}
    frame = pandas.DataFrame([{**row, "ROI": name} for name in ("upper", "GTV_Mass_PET", "2")])
    found = extractor().fit_transform(frame)
    names = ("upper", "GTV_Mass_PET", "upper")
    np.testing.assert_array_equal(found, wanted([(image, masks[name]) for name in names]))
    assert (found[0] != found[1]).any()
    with pytest.raises(rr.RegionError, match=r"case 0: .* it has no ROI 'Heart'"):
        extractor().fit_transform(frame.assign(ROI="Heart"))


def test_regions_that_cannot_be(cases):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(cases[:2], columns=["image", "mask"])
    for change, says in (
        ({"roi": [None, "liver"]}, "case 1: roi is 'liver', and m1.nii.gz holds labels"),
        ({"roi": [None, "liver"], "label": [1, 2]}, "case 1: there are a label, 2, and a roi"),
        ({"label": [1, "two"]}, "case 1: the label is 'two': give a whole number"),
        ({"label_channel": [0, 1.5]}, "case 1: the label_channel is 1.5: give a whole number"),
    ):
        with pytest.warns(rr.RadiomicsWarning, match=says.replace("case 1", "case 1 is NaN")):
            found = extractor(on_error="nan").fit_transform(frame.assign(**change))
        assert np.isnan(found[1]).all()
        assert np.isfinite(found[0]).all()
    for twice in (frame.assign(Label=1, label=1), frame.set_axis(["mask", "mask"], axis=1)):
        with pytest.raises(rr.SettingsError, match="X has the column"):
            extractor().fit(twice)


def test_components_of_a_mask(cases, tmp_path):
    pandas = pytest.importorskip("pandas")
    mask = sitk.ReadImage(cases[0][1])
    sitk.WriteImage(sitk.Compose(mask * 0, mask), str(tmp_path / "both.nrrd"))
    frame = pandas.DataFrame([{"image": cases[0][0], "mask": "both.nrrd", "label_channel": 1}])
    np.testing.assert_array_equal(extractor().fit_transform(frame), wanted(cases[:1]))


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_masks_by_image(cases, library):
    frames = pytest.importorskip(library)
    row = {"image:a": "i0.nii.gz", "image:b": "i1.nii.gz", "mask:a": "m0.nii.gz"}
    made = extractor().fit(frames.DataFrame([{**row, "mask:b": "m1.nii.gz"}]))
    assert made.get_feature_names_out().tolist() == [
        column.name for column in rr.columns(SETTINGS, ["a", "b"])
    ]
    found = made.transform(frames.DataFrame([{**row, "mask:b": "m1.nii.gz"}]))
    np.testing.assert_array_equal(found, wanted(cases[:2]).reshape(1, -1))
    with pytest.raises(rr.SettingsError, match="X has masks for a and images a, b"):
        extractor().fit(frames.DataFrame([row]))


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"on_error": "skip"}, rr.SettingsError, "on_error is 'skip'"),
        ({"n_jobs": 0}, rr.SettingsError, "n_jobs is 0: give a number above 0"),
        ({"n_jobs": 1.5}, TypeError, "n_jobs is 1.5"),
        ({"label": "one"}, TypeError, "the label is 'one'"),
        ({"resample_mask": "no"}, TypeError, "resample_mask is 'no'"),
        ({"settings": {"families": ["shape3"]}}, rr.SettingsError, "shape3"),
        ({"settings": 3}, TypeError, "settings are of type int"),
    ],
)
def test_wrong_parameters(cases, change, error, says):
    made = extractor(**change)
    with pytest.raises(error, match=says):
        made.fit(cases)


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ([], rr.RadiomicsError, "X holds no cases"),
        ("i0.nii.gz", TypeError, "X is of type str"),
        (["i0.nii.gz"], TypeError, "case 0 of X is of type str"),
        ([("i0.nii.gz",)], TypeError, "case 0 of X has 1 members"),
        (np.zeros((3, 2)), TypeError, "case 0 of X is of type ndarray"),
        (5, TypeError, "X is of type int"),
    ],
)
def test_what_is_no_case(given, error, says):
    with pytest.raises(error, match=says):
        extractor().fit(given)


def test_frames_without_their_columns():
    pandas = pytest.importorskip("pandas")
    with pytest.raises(rr.SettingsError, match="X has no column `mask`: it has"):
        extractor().fit(pandas.DataFrame({"image": ["a"], "segmentation": ["b"]}))


def test_it_is_not_imported_unasked():
    code = (
        "import sys, radiomics_rs as rr; assert 'sklearn' not in sys.modules;"
        "sys.modules['sklearn'] = None\n"
        "try: rr.RadiomicsExtractor\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install radiomics-rs[sklearn]" in done.stdout
    with pytest.raises(AttributeError, match="no attribute 'Extractor'"):
        _ = rr.Extractor

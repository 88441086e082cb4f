"""mechanics: the feature classes by themselves, the module's members, and `install`."""

import gc
import inspect
import subprocess
import sys
import textwrap
import weakref

import numpy as np
import pytest
import SimpleITK as sitk

import pyradiomics_golden as golden
from radiomics_rs import pyradiomics
from radiomics_rs.pyradiomics import _cmatrices, gldm, imageoperations

CLASSES = pyradiomics.getFeatureClasses()
#: features (deprecated ones) of each class of PyRadiomics
COUNTS = {
    "firstorder": (19, 1),
    "glcm": (28, 4),
    "gldm": (16, 2),
    "glrlm": (16, 0),
    "glszm": (16, 0),
    "ngtdm": (5, 0),
    "shape": (17, 3),
    "shape2D": (10, 1),
}


def test_classes_and_features():
    counts = {
        name: (len(cls.getFeatureNames()), sum(cls.getFeatureNames().values()))
        for name, cls in CLASSES.items()
    }
    assert counts == COUNTS


@pytest.mark.parametrize("name", CLASSES)
def test_every_feature_has_a_method_with_a_docstring(name):
    cls = CLASSES[name]
    assert cls.__doc__
    # Sorted as method names are, so `MeanAbsoluteDeviation` comes before `Mean`.
    names = [f"get{feature}FeatureValue" for feature in cls.getFeatureNames()]
    assert names == sorted(names)
    for feature in cls.getFeatureNames():
        method = getattr(cls, f"get{feature}FeatureValue")
        assert inspect.isfunction(method)
        assert method.__name__ == f"get{feature}FeatureValue"
        assert method.__qualname__ == f"{cls.__name__}.{method.__name__}"
        assert len(method.__doc__) > 5


@pytest.mark.parametrize("name", [name for name in CLASSES if name != "shape2D"])
def test_arrays_of_a_class_go_with_it(name, phantom_images):
    # Without a search for cycles, between which a batch would fill the memory.
    gc.disable()
    try:
        one = CLASSES[name](*phantom_images, binWidth=1)
        one.execute()
        gone = weakref.ref(one)
        del one
        assert gone() is None
    finally:
        gc.enable()


def test_coefficients_know_no_more_than_was_looked_up_while_their_class_was_there(phantom_images):
    glcm = pyradiomics.glcm.RadiomicsGLCM(*phantom_images, binWidth=1)
    coefficients = glcm.coefficients
    assert coefficients["Ng"] == 6
    del glcm
    assert coefficients["Ng"] == 6
    with pytest.raises(KeyError, match="feature class of these coefficients is gone"):
        coefficients["px"]


def test_feature_class_directly(phantom_images):
    glcm = pyradiomics.glcm.RadiomicsGLCM(*phantom_images, binWidth=1)
    assert glcm.enabledFeatures == {}
    glcm.enableFeatureByName("Contrast")
    glcm.enableFeatureByName("JointEnergy", False)
    assert list(glcm.execute()) == ["Contrast"]
    assert glcm.featureValues["Contrast"] == glcm.getContrastFeatureValue()
    with pytest.raises(LookupError, match=r"Feature not found: Kontrast .*'Contrast'"):
        glcm.enableFeatureByName("Kontrast")
    glcm.disableAllFeatures()
    assert glcm.featureValues == {}
    assert len(glcm.execute()) == 24
    with pytest.raises(DeprecationWarning, match="equal to GLCM - Difference Average"):
        glcm.getDissimilarityFeatureValue()


def test_missing_image_or_voxel_mode(phantom_images):
    with pytest.raises(ValueError, match="Missing input image or mask"):
        pyradiomics.firstorder.RadiomicsFirstOrder(phantom_images[0], None)
    with pytest.raises(NotImplementedError, match="not available in voxel-based mode"):
        pyradiomics.shape.RadiomicsShape(*phantom_images, voxelBased=True)


def test_deprecated_features_are_calculated_by_name(phantom_images, caplog):
    firstorder = pyradiomics.firstorder.RadiomicsFirstOrder(*phantom_images)
    firstorder.enableFeatureByName("StandardDeviation")
    firstorder.enableFeatureByName("Variance")
    result = firstorder.execute()
    assert result["StandardDeviation"] == pytest.approx(result["Variance"] ** 0.5, rel=1e-15)
    assert "StandardDeviation is deprecated, use with caution!" in caplog.text


def levels(image):
    """A 2D slice as images, discretised with bins of 1 below its minimum."""
    array = np.array(image, dtype="int16")
    return sitk.GetImageFromArray(array), sitk.GetImageFromArray((array > 0).astype("uint8"))


def test_matrices_that_pyradiomics_documents():
    # The slice and the matrices of PyRadiomics' documentation of GLRLM, GLSZM and GLDM.
    image, mask = levels(
        [
            [5, 2, 5, 4, 4],
            [3, 3, 3, 1, 3],
            [2, 1, 1, 1, 3],
            [4, 2, 2, 2, 3],
            [3, 5, 3, 3, 2],
        ]
    )
    runs = pyradiomics.glrlm.RadiomicsGLRLM(image, mask, binWidth=1).P_glrlm[0]
    # directions (1, 1), (1, 0), (1, -1), (0, 1)
    assert runs[:, :3, 3].tolist() == [[1, 0, 1], [3, 0, 1], [4, 1, 1], [1, 1, 0], [3, 0, 0]]
    zones = pyradiomics.glszm.RadiomicsGLSZM(image, mask, binWidth=1)
    assert zones.P_glszm[0].tolist() == [
        [0, 0, 0, 1, 0],
        [1, 0, 0, 0, 1],
        [1, 0, 1, 0, 1],
        [1, 1, 0, 0, 0],
        [3, 0, 0, 0, 0],
    ]
    dependences = pyradiomics.gldm.RadiomicsGLDM(image, mask, binWidth=1)
    assert dependences.P_gldm[0].tolist() == [
        [0, 1, 2, 1],
        [1, 2, 3, 0],
        [1, 4, 4, 0],
        [1, 2, 0, 0],
        [3, 0, 0, 0],
    ]
    assert dependences.coefficients["jvector"].tolist() == [1, 2, 3, 4]
    assert dependences.coefficients["Ng"] == 5


def test_glcm_that_pyradiomics_documents():
    image, mask = levels(
        [
            [1, 2, 5, 2, 3],
            [3, 2, 1, 3, 1],
            [1, 3, 5, 5, 2],
            [1, 1, 1, 1, 2],
            [1, 2, 4, 3, 5],
        ]
    )
    pairs = pyradiomics.glcm.RadiomicsGLCM(image, mask, binWidth=1).P_glcm[0]
    documented = np.array(
        [[6, 4, 3, 0, 0], [4, 0, 2, 1, 3], [3, 2, 0, 1, 2], [0, 1, 1, 0, 0], [0, 3, 2, 0, 2]]
    )
    # direction (0, 1); the matrix is normalised
    assert pairs[:, :, 3] == pytest.approx(documented / documented.sum(), rel=1e-15)


def test_ngtdm_that_pyradiomics_documents():
    image, mask = levels([[1, 2, 5, 2], [3, 5, 1, 3], [1, 3, 5, 5], [3, 1, 1, 1]])
    ngtdm = pyradiomics.ngtdm.RadiomicsNGTDM(image, mask, binWidth=1)
    rows = ngtdm.P_ngtdm[0]
    assert rows[:, 0].tolist() == [6, 2, 4, 4]
    assert rows[:, 1] == pytest.approx([13.35, 2, 0.6 + 0.6 + 0.5 + 4 / 3, 10.075])
    assert rows[:, 2].tolist() == [1, 2, 3, 5]
    assert ngtdm.coefficients["p_i"][0].tolist() == [0.375, 0.125, 0.25, 0.25]


@pytest.mark.parametrize("force2D", [False, True])
@pytest.mark.parametrize("name", ["glcm", "glrlm", "glszm", "gldm", "ngtdm"])
def test_matrix_and_feature_agree(phantom_images, name, force2D):
    # One feature of each class, from the NumPy matrix and from the engine.
    settings = {"binWidth": 1, "force2D": force2D}
    texture = CLASSES[name](*phantom_images, **settings)
    texture._initCalculation()
    P, of = getattr(texture, f"P_{name}"), texture.coefficients
    ours, feature = {
        "glcm": lambda: ((of["i"] - of["j"])[..., None] ** 2 * P[0], "Contrast"),
        "glrlm": lambda: (of["pr"][0] * of["jvector"][:, None] ** 2 / of["Nr"], "LongRunEmphasis"),
        "glszm": lambda: (of["ps"][0] * of["jvector"] ** 2 / of["Nz"], "LargeAreaEmphasis"),
        "gldm": lambda: (of["pd"][0] * of["jvector"] ** 2 / of["Nz"], "LargeDependenceEmphasis"),
        "ngtdm": lambda: (of["p_i"] * of["s_i"], "Coarseness"),
    }[name]()
    value = ours.sum() / (P.shape[-1] if name in ("glcm", "glrlm") else 1)
    value = 1 / value if name == "ngtdm" else value
    assert getattr(texture, f"get{feature}FeatureValue")() == pytest.approx(value, rel=1e-12)


def test_angles_have_pyradiomics_order():
    angles = _cmatrices.generate_angles((9, 9, 9), [1])
    assert angles[:4].tolist() == [[1, 1, 1], [1, 1, 0], [1, 1, -1], [1, 0, 1]]
    assert len(angles) == 13
    assert len(_cmatrices.generate_angles((9, 9, 9), [2])) == 49
    assert len(_cmatrices.generate_angles((1, 9, 9), [1])) == 4
    assert len(_cmatrices.generate_angles((9, 9, 9), [1], True, True, 1)) == 8
    with pytest.raises(RuntimeError, match="Error getting angle count"):
        _cmatrices.generate_angles((3, 3, 3), [3])


def test_bin_edges():
    assert list(imageoperations.getBinEdges(np.array([54, 166]), binWidth=25)) == list(
        range(50, 201, 25)
    )
    assert imageoperations.getBinEdges([0, 1], binCount=2).tolist() == [0, 0.5, 2]
    # 8-bit values do not overflow
    assert imageoperations.getBinEdges(np.array([250, 255], dtype="uint8"))[-1] == 300
    binned, _ = imageoperations.binImage(
        np.array([[1, 30], [55, 7]]), np.array([[1, 1], [1, 0]]) == 1
    )
    assert binned.tolist() == [[1, 2], [3, 0]]


def test_bin_count_of_single_precision():
    # PyRadiomics 3.0.1 with NumPy 1.26 computes edges in double precision and rounds them: the
    # second value lies on its edge only once that is rounded, the third below its edge only if it
    # is not computed in single precision.
    steps = np.array([[[-324.544921875, -157.8101806640625, 8.924571990966797, 509.12881]]])
    steps = steps.astype("float32")
    levels, _ = imageoperations.binImage(steps, steps == steps, binCount=35)
    assert levels.tolist() == [[[1, 8, 14, 35]]]
    everywhere = sitk.GetImageFromArray(np.ones(steps.shape, "uint8"))
    texture = gldm.RadiomicsGLDM(sitk.GetImageFromArray(steps), everywhere, binCount=35)
    expected = (levels**2).mean()
    assert texture.getHighGrayLevelEmphasisFeatureValue() == pytest.approx(expected, rel=1e-12)


def test_module_members():
    assert pyradiomics.getImageTypes() == [
        *["Exponential", "Gradient", "LBP2D", "LBP3D", "LoG", "Logarithm", "Original"],
        *["Square", "SquareRoot", "Wavelet"],
    ]
    assert pyradiomics.__version__.startswith("3.")
    assert pyradiomics.logger.name == "radiomics"
    for path in pyradiomics.getParameterValidationFiles():
        assert golden.Path(path).is_file()


def test_verbosity(monkeypatch):
    handler, logger = pyradiomics.handler, pyradiomics.logger
    monkeypatch.setattr(handler, "level", handler.level)
    monkeypatch.setattr(logger, "level", logger.level)
    pyradiomics.setVerbosity(70)
    assert handler.level == 60
    pyradiomics.setVerbosity(1)
    assert (handler.level, logger.level) == (10, 10)


def test_progress_reporter(monkeypatch):
    class Bar:
        def __init__(self, iterable=None, desc="", total=None):
            self.desc = desc

    assert not isinstance(pyradiomics.getProgressReporter([1], desc="x"), Bar)
    monkeypatch.setattr(pyradiomics, "progressReporter", Bar)
    monkeypatch.setattr(pyradiomics.handler, "level", 20)
    assert pyradiomics.getProgressReporter([1], desc="x").desc == "x"
    monkeypatch.setattr(pyradiomics.handler, "level", 30)
    with pyradiomics.getProgressReporter([1, 2]) as silent:
        assert list(silent) == [1, 2]
        silent.update(1)


def test_test_cases(tmp_path):
    with pytest.raises(ValueError, match='Testcase "brain9" not recognized!'):
        pyradiomics.getTestCase("brain9")
    with pytest.raises(ValueError, match=r"brain1_image.nrrd and .*brain1_label_2D.nrrd"):
        pyradiomics.getTestCase("brain1_2D", tmp_path)
    for name in ("breast1_image.nrrd", "breast1_label.nrrd"):
        (tmp_path / name).touch()
    assert pyradiomics.getTestCase("Breast1", tmp_path)[1] == str(tmp_path / "breast1_label.nrrd")


def run(code):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    ).stdout.split()


def test_install():
    assert run(
        """
        import radiomics_rs.pyradiomics
        assert radiomics_rs.pyradiomics.install() and radiomics_rs.pyradiomics.install()
        import radiomics, radiomics.featureextractor as one
        from radiomics import featureextractor as two, glcm, imageoperations
        from radiomics.glcm import RadiomicsGLCM
        assert radiomics is radiomics_rs.pyradiomics and one is two
        print(glcm.RadiomicsGLCM is RadiomicsGLCM)
        """
    ) == ["True"]


def test_install_leaves_an_imported_pyradiomics_alone():
    assert run(
        """
        import sys, types, warnings
        real = sys.modules["radiomics"] = types.ModuleType("radiomics")
        sys.modules["radiomics.glcm"] = types.ModuleType("radiomics.glcm")
        import radiomics_rs.pyradiomics as ours
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            print(ours.install(), len(caught), sys.modules["radiomics"] is real)
        print(ours.install(replace=True), sys.modules["radiomics.glcm"] is ours.glcm)
        """
    ) == ["False", "1", "True", "True", "True"]

"""mechanics: one schema for all settings, whichever way they are given, and what it says."""

import io
import time

import numpy as np
import pytest
import SimpleITK as sitk

import radiomics_rs as rr
from radiomics_rs.pyradiomics import SchemaError, _rules, _schema, _settings, imageoperations
from radiomics_rs.pyradiomics.featureextractor import RadiomicsFeatureExtractor

SCHEMA = _schema.load_yaml(open(_schema.SCHEMA_FILE, encoding="utf-8"))["mapping"]  # noqa: SIM115, PTH123


def images():
    voxels = np.random.default_rng(0).normal(40, 20, (8, 12, 12)).astype("float32")
    labels = np.zeros(voxels.shape, "uint8")
    labels[2:7, 3:9, 3:9] = 1
    return sitk.GetImageFromArray(voxels), sitk.GetImageFromArray(labels)


def as_in_the_file(rule):
    """A rule as the schema file writes it."""
    one = {"type": rule.kind}
    limits = {"min": rule.least, "max": rule.most, "min-ex": rule.above}
    limits = {key: limit for key, limit in limits.items() if limit is not None}
    one |= {"range": limits} if limits else {}
    one |= {"enum": list(rule.choices)} if rule.choices else {}
    one |= {"func": rule.function} if rule.function else {}
    return {"seq": [one]} if rule.listed else one


@pytest.mark.parametrize(
    ("section", "rules"), [("setting", _rules.SETTING), ("voxelSetting", _rules.VOXEL_SETTING)]
)
def test_rules_are_those_of_the_schema_file(section, rules):
    in_file = SCHEMA[section]["mapping"]
    assert {name: as_in_the_file(rule) for name, rule in rules.items()} == in_file


def test_every_setting_has_a_rule():
    assert sorted(_rules.SETTING) == sorted(_settings.SETTINGS)
    assert sorted(_rules.VOXEL_SETTING) == sorted(_settings.VOXEL_SETTINGS)


def given(name, value, way):
    """The features with a setting that is given by keyword, afterwards or to the image type."""
    extractor = RadiomicsFeatureExtractor(**({name: value} if way == "keyword" else {}))
    if way == "settings":
        extractor.settings[name] = value
    elif way == "image type":
        extractor.enabledImagetypes = {"Original": {name: value}}
    extractor.addProvenance(False)
    extractor.enabledFeatures = {"firstorder": ["Entropy"], "glcm": ["Contrast"]}
    return dict(extractor.execute(*images()))


WAYS = ("keyword", "settings", "image type")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("binWidth", "12.5", 12.5),
        ("binWidth", " 1e1 ", 10),
        ("binWidth", np.float32(12.5), 12.5),
        ("binCount", np.int16(7), 7),
        ("binCount", 7.0, 7),
        ("binCount", None, None),
        ("force2D", np.True_, True),
        ("force2D", 1, True),
        ("distances", (1, 2), [1, 2]),
        ("distances", np.array([1, 2]), [1, 2]),
        ("distances", range(1, 3), [1, 2]),
    ],
)
def test_what_a_value_plainly_means(name, value, meant, way):
    assert given(name, value, way) == given(name, meant, "keyword")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("name", "value", "kind", "text"),
    [
        ("normalize", "false", TypeError, "normalize is 'false': give True or False"),
        ("force2D", "no", TypeError, "force2D is 'no': give True or False"),
        ("force2D", 2, TypeError, "force2D is 2: give True or False"),
        ("binCount", 32.7, TypeError, r"binCount is 32\.7: give a whole number above 0"),
        ("binCount", "32", TypeError, "binCount is '32': give a whole number above 0"),
        ("binCount", True, TypeError, "binCount is True: give a whole number above 0"),
        ("binCount", 0, ValueError, "binCount is 0: give a whole number above 0"),
        ("binWidth", "wide", TypeError, "binWidth is 'wide': give a number above 0"),
        ("binWidth", True, TypeError, "binWidth is True: give a number above 0"),
        ("binWidth", 0, ValueError, "binWidth is 0: give a number above 0"),
        ("binWidth", np.nan, ValueError, "binWidth is nan: give a number above 0"),
        ("binWidth", "inf", ValueError, "binWidth is 'inf': give a number above 0"),
        ("binWidth", None, TypeError, "binWidth is None: give a number above 0"),
        ("distances", 1, TypeError, "distances is 1: give a list of whole numbers above 0"),
        ("distances", "1,2", TypeError, "distances is '1,2': give a list of whole numbers above 0"),
        ("distances", [1, 0], ValueError, "distances/1 is 0: give a whole number above 0"),
        ("distances", [1, None], TypeError, "distances/1 is None: give a whole number above 0"),
        ("force2Ddimension", 3, ValueError, "force2Ddimension is 3: give a whole number from 0 to"),
        ("gldm_a", -1, ValueError, "gldm_a is -1: give a whole number of at least 0"),
        ("weightingNorm", "chebyshev", ValueError, 'WeightingNorm value "chebyshev" not valid'),
    ],
)
def test_what_is_refused(name, value, kind, text, way):
    with pytest.raises(kind, match=f"^{text}") as caught:
        given(name, value, way)
    assert isinstance(caught.value, ValueError | TypeError)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("geometryTolerance", float("nan")),
        ("geometryTolerance", -1),
        ("resampledPixelSpacing", 2),
        ("resampledPixelSpacing", "2,2,2"),
        ("resampledPixelSpacing", [2, 2, -2]),
        ("minimumROIDimensions", "2"),
        ("interpolator", "sitkFoo"),
        ("resegmentRange", [float("nan"), 1]),
        ("label", 1.5),
        ("label", "1"),
        ("label", 2**70),
        ("sigma", 1.0),
    ],
)
def test_keywords_are_refused_at_once(name, value):
    with pytest.raises((ValueError, TypeError), match=f"(?i){name}") as caught:
        RadiomicsFeatureExtractor(**{name: value})
    assert len(str(caught.value).splitlines()) == 1


def test_interpolators_by_the_numbers_of_simpleitk():
    settings = {"resampledPixelSpacing": [1.5, 1.5, 1.5], "additionalInfo": False}
    found = []
    for interpolator in ("sitkBSpline", sitk.sitkBSpline, 3, "sitkLinear", sitk.sitkLinear):
        extractor = RadiomicsFeatureExtractor(interpolator=interpolator, **settings)
        extractor.enabledFeatures = {"firstorder": ["Mean"]}
        found.append(extractor.execute(*images())["original_firstorder_Mean"])
    assert found[0] == found[1] == found[2] != found[3] == found[4]
    for number in (0, 99, -1):
        with pytest.raises(ValueError, match="Interpolator value"):
            RadiomicsFeatureExtractor(interpolator=number)


def test_all_offences_of_a_call_are_named():
    with pytest.raises(SchemaError, match=r"binWidth is 0: .*; label is 'a': ") as caught:
        RadiomicsFeatureExtractor(binWidth=0, label="a")
    assert len(caught.value.errors) == 2
    assert isinstance(caught.value, rr.RadiomicsError)


def test_functions_and_classes_by_themselves_pass_the_schema():
    image, mask = images()
    with pytest.raises(TypeError, match=r"^binWidth is 'a': give"):
        imageoperations.getBinEdges([1, 2], binWidth="a")
    assert list(imageoperations.getBinEdges([1, 2], binWidth="2")) == [0, 2, 4]
    with pytest.raises(TypeError, match=r"^minimumROIDimensions is '2'"):
        imageoperations.checkMask(image, mask, minimumROIDimensions="2")
    with pytest.raises(TypeError, match=r"^resampledPixelSpacing is 2: give a list"):
        imageoperations.resampleImage(image, mask, resampledPixelSpacing=2)
    with pytest.raises(ValueError, match=r"^level is 20 and start_level 0: together they are at m"):
        next(imageoperations.getWaveletImage(image, mask, level=20))


@pytest.mark.parametrize(("text", "value"), [("nan", np.nan), ("'nan'", np.nan), ("'-1e3'", -1000)])
def test_numbers_as_text_in_a_file(tmp_path, text, value):
    path = tmp_path / "v.yaml"
    path.write_text(f"setting: {{binWidth: '0.5'}}\nvoxelSetting: {{initValue: {text}}}\n")
    settings = RadiomicsFeatureExtractor(str(path)).settings
    assert settings["binWidth"] == 0.5
    assert settings["initValue"] == value or np.isnan(settings["initValue"] + value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("voxelSetting: {initValue: abc}", "'abc' is not of type 'float'. Path: '/voxelSetting/i"),
        ("setting: {binWidth: .nan}", "which is no number"),
        ("setting: {force2D: 1}", "'1' is not of type 'bool'"),
        ("setting: {label: 1.0}", "'1.0' is not of type 'int'"),
        ("setting: {label: 99999999999999999999}", "greater than max limit"),
        ("setting: {sigma: [1, [2]]}", "Path: '/setting/sigma/1'"),
        ("featureClass: [1]", "'[1]' is not a dict"),
        ("featureClass: {firstorder: [[Mean]]}", "contains unrecognized features"),
        ("featureClass: {firstorder: Mean}", "not expected type (list)"),
        ("imageType: 5", "'5' is not a dict"),
        ("imageType: {LoG: [1]}", "Value path: '/imageType/LoG'"),
        ("- 1", "is not a dict"),
        ("{[1]: 2}", "was not defined"),
        ("setting: {binWidth: 5", "line 1, column 22"),
        ("setting:\n  binWidth: !!python/name:os.system x", "line 2, column 13"),
        ("\x00", "cannot read the parameters"),
        ("[" * 5000, "line 1 nests more than 32"),
        ("a: &a [*a]\nsetting: {sigma: *a}", "'a' was not defined"),
    ],
)
def test_files_that_are_refused(tmp_path, text, message):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    began = time.monotonic()
    with pytest.raises((ValueError, TypeError)) as caught:
        RadiomicsFeatureExtractor(str(path))
    assert message in str(caught.value)
    assert len(str(caught.value)) < 500
    assert time.monotonic() - began < 5


def test_aliases_that_grow_are_not_written_out():
    bomb = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    for name, before in zip("bcdefgh", "abcdefg", strict=True):
        bomb += f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    with pytest.raises(SchemaError) as caught:
        _schema.validate(_schema.load_yaml(io.StringIO(f"{bomb}setting: {{sigma: *h, label: *h}}")))
    assert len(str(caught.value)) < 3000


@pytest.mark.parametrize(
    "text", ["%YAML 1.9\n---\na: 1", "a: 2001-99-99", f"a: {'1' * 5000}", "\0"]
)
def test_what_the_reader_falls_over(text):
    with pytest.raises(ValueError, match=r"^cannot read the parameters as YAML: "):
        _schema.load_yaml(io.StringIO(text))


def test_errors_of_the_engine_are_in_pyradiomics_words():
    # What no schema knows: how far a filter of this image can look.
    extractor = RadiomicsFeatureExtractor(additionalInfo=False)
    extractor.enabledFeatures = {"firstorder": ["Mean"]}
    extractor.enabledImagetypes = {"LBP2D": {"lbp2DSamples": 10**6}}
    with pytest.raises(rr.RadiomicsError, match="`LBP2D`: `lbp2DSamples` is 1000000"):
        extractor.execute(*images())
    extractor.enabledImagetypes = {"LBP3D": {"lbp3DIcosphereSubdivision": 9}}
    with pytest.raises(rr.RadiomicsError, match="`LBP3D`: `lbp3DIcosphereSubdivision` is 9"):
        extractor.execute(*images())


def test_laplacian_of_a_slice():
    image, mask = (part[:, :, 4] for part in images())
    extractor = RadiomicsFeatureExtractor(additionalInfo=False)
    extractor.enabledFeatures = {"firstorder": ["Mean"]}
    extractor.enabledImagetypes = {"LoG": {"sigma": [1.5]}}
    response = sitk.GetArrayFromImage(sitk.LaplacianRecursiveGaussian(image, 1.5, True))
    expected = response[sitk.GetArrayFromImage(mask) == 1].mean(dtype="float64")
    result = extractor.execute(image, mask)
    assert result["log-sigma-1-5-mm-3D_firstorder_Mean"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("value", [0, 5, 40, 1e6])
def test_entropies_of_a_flat_region(value):
    image, mask = images()
    extractor = RadiomicsFeatureExtractor(additionalInfo=False)
    result = extractor.execute(image * 0 + value, mask)
    entropies = {key: number for key, number in result.items() if key.endswith("Entropy")}
    # PyRadiomics' sum over p = 1: log2(1 + 2.2e-16), with a minus.
    of_one = -np.log2(1 + np.spacing(1))
    for name in ("firstorder", "glcm_Joint", "glcm_Sum", "glcm_Difference"):
        assert entropies[f"original_{name}{'_' if name == 'firstorder' else ''}Entropy"] == of_one
    assert of_one == pytest.approx(-3.2e-16, rel=1e-2)

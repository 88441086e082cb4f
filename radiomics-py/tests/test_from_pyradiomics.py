"""PyRadiomics' parameters as the engine's own settings."""

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import pyradiomics_golden as golden
import radiomics_rs as rr
from radiomics_rs import _core
from radiomics_rs.pyradiomics import getParameterValidationFiles

FILE = """\
imageType:
  Original: {}
  LoG: {sigma: [1, 2.5]}
featureClass:
  shape:
  glcm: [Contrast, MCC]
setting:
  binWidth: 10
  label: 3
  resegmentRange: [3, -3]
  resegmentMode: sigma
"""


def test_a_path_a_text_and_a_mapping_are_the_same(tmp_path):
    path = tmp_path / "Params.yaml"
    path.write_text(FILE)
    mapping = {
        "imageType": {"Original": {}, "LoG": {"sigma": [1, 2.5]}},
        "featureClass": {"shape": None, "glcm": ["Contrast", "MCC"]},
        "setting": {
            "binWidth": 10,
            "label": 3,
            "resegmentRange": [3, -3],
            "resegmentMode": "sigma",
        },
    }
    settings = rr.Settings.from_pyradiomics(path)
    for source in (str(path), FILE, mapping):
        assert rr.Settings.from_pyradiomics(source) == settings
        found, images, label = _core.pyradiomics_parameters(source)
        assert found == settings
        assert images == ["original", "log-sigma-1-mm-3D", "log-sigma-2-5-mm-3D"]
        assert label == 3
    assert (settings.bin_width, settings.bin_anchor) == (10, "multiple_of_width")
    assert (settings.resegment_range, settings.resegment_unit) == ((-3, 3), "sigma")
    assert settings.families == ("morphology",)
    assert settings.features == ("glcm.contrast", "glcm.maximal_correlation_coefficient")
    assert settings.filters[0] == "original"
    assert len(settings.filters) == 3


def test_errors_are_in_their_words(tmp_path):
    path = tmp_path / "Params.yaml"
    path.write_text("setting: {binWidth: -5}")
    with pytest.raises(rr.RadiomicsError, match=r"Params\.yaml: .*`binWidth` is -5"):
        rr.Settings.from_pyradiomics(path)
    with pytest.raises(rr.RadiomicsError, match="did you mean `setting`"):
        rr.Settings.from_pyradiomics({"settings": {}})
    with pytest.raises(rr.RadiomicsError, match="`correctMask` of the PyRadiomics"):
        rr.Settings.from_pyradiomics({"setting": {"correctMask": True}})
    with pytest.raises(FileNotFoundError, match=r"absent\.yaml"):
        rr.Settings.from_pyradiomics("absent.yaml")
    with pytest.raises(TypeError, match="an object of type object"):
        rr.Settings.from_pyradiomics({"setting": {"label": object()}})
    with pytest.raises(TypeError, match="give a path"):
        rr.Settings.from_pyradiomics(3)


def test_names_are_those_of_the_schema():
    schema, _ = getParameterValidationFiles()
    sections = YAML(typ="safe").load(Path(schema))["mapping"]
    found = {section: [] for section in ("setting", "voxelSetting")}
    for setting in _core.pyradiomics_settings():
        found[setting["section"]].append(setting["name"])
    for section, names in found.items():
        assert sorted(names) == sorted(sections[section]["mapping"])


def test_defaults_are_those_of_an_extractor_of_pyradiomics():
    listed = [(s["name"], s["default"]) for s in _core.pyradiomics_settings() if s["listed"]]
    assert listed == [
        ("minimumROIDimensions", 2),
        ("minimumROISize", None),
        ("normalize", False),
        ("normalizeScale", 1),
        ("removeOutliers", None),
        ("resampledPixelSpacing", None),
        ("interpolator", "sitkBSpline"),
        ("preCrop", False),
        ("padDistance", 5),
        ("distances", [1]),
        ("force2D", False),
        ("force2Ddimension", 0),
        ("resegmentRange", None),
        ("label", 1),
        ("additionalInfo", True),
    ]


def test_settings_and_classes_have_keys_and_families():
    keys = {key["name"] for key in rr.setting_keys()}
    assert {s["key"] for s in _core.pyradiomics_settings()} - {None} <= keys
    families = {feature["family"] for feature in rr.features()}
    classes = _core.pyradiomics_classes()
    assert {family for names in classes.values() for family in names} <= families
    assert classes["firstorder"] == ["intensity_statistics", "intensity_histogram"]


def by_their_names(table, images):
    """Values by PyRadiomics' names; `images` are its names of those that the filters make."""
    classes = {f: name for name, families in _core.pyradiomics_classes().items() for f in families}
    names = {(f["family"], f["feature"]): f["pyradiomics"] for f in rr.features()}
    shape = ("shape", "shape2D")
    ours = dict.fromkeys(row.image for row in table if classes[row.family] not in shape)
    theirs = {"original": "original", **dict(zip(ours, images, strict=True))}
    found = {}
    for row in table:
        name = names[row.family, row.feature]
        # Of two aggregations, PyRadiomics has the first.
        found.setdefault(f"{theirs[row.image]}_{classes[row.family]}_{name}", row.value)
    return found


@pytest.mark.slow
@pytest.mark.skipif(not golden.FOLDER.is_dir(), reason=golden.REASON)
@pytest.mark.parametrize(
    "name",
    [
        "brain1_01_default",
        "brain1_02_binCount32",
        "brain1_04_normalize",
        "brain1_05_force2D_dim0",
        "brain1_05d_slice_shape2D",
        "brain1_06d_resegment_sigma",
        "brain1_07_dist123_euclidean",
        "brain1_08_Logarithm",
        "brain1_10_resample111_bspline",
        "breast1_07_dist123_no_weighting",
        "breast1_08e_LBP3D",
        "prostate_03_resample_log_wavelet",
    ],
)
def test_both_ways_give_the_same_numbers(name, tmp_path):
    expected = golden.load(name)
    path = tmp_path / "Params.json"
    path.write_text(json.dumps(expected["params"]))
    settings, images, _ = _core.pyradiomics_parameters(path)
    assert settings == rr.Settings.from_pyradiomics(expected["params"])
    table = rr.extract(*golden.files(expected), settings, label=expected["label"])
    native = by_their_names(table, images)
    drop_in = golden.execute(expected)
    features = [key for key in drop_in if not key.startswith("diagnostics_")]
    assert set(features) == set(native)
    found = {key: golden.deviation(native[key], drop_in[key]) for key in features}
    # MCC: see docs/pyradiomics.md.
    outside = {k: d for k, d in found.items() if not d <= (1e-6 if k.endswith("_MCC") else 1e-9)}
    assert not outside

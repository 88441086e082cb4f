"""PyRadiomics' parameters as the engine's own settings."""

import pytest

import radiomics_rs as rr
from radiomics_rs import _core
from radiomics_rs.pyradiomics import _settings

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


def test_names_and_defaults_are_those_of_the_drop_in():
    settings = _core.pyradiomics_settings()
    names = [s["name"] for s in settings if s["section"] == "setting"]
    assert sorted(names) == sorted(_settings.SETTINGS)
    of_maps = [s["name"] for s in settings if s["section"] == "voxelSetting"]
    assert tuple(of_maps) == tuple(_settings.VOXEL_SETTINGS)
    listed = {s["name"]: s["default"] for s in settings if s["listed"]}
    assert list(listed.items()) == list(_settings.defaults().items())


def test_settings_and_classes_have_keys_and_families():
    keys = {key["name"] for key in rr.setting_keys()}
    assert {s["key"] for s in _core.pyradiomics_settings()} - {None} <= keys
    families = {feature["family"] for feature in rr.features()}
    classes = _core.pyradiomics_classes()
    assert {family for names in classes.values() for family in names} <= families
    assert classes["firstorder"] == ["intensity_statistics", "intensity_histogram"]

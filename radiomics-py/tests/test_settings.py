"""Settings: frozen, validated by the core, and the same in every form."""

import copy
import json
import pickle

import numpy as np
import pytest

import radiomics_rs as rr

NAMES = ["digital_phantom", "A", "B", "C", "D", "E"]


def test_attributes_are_the_keys():
    settings = rr.Settings(bin_width=25, resegment_range=(-500, 400))
    assert settings.bin_width == 25
    assert settings.bin_number is None
    assert settings.resegment_range == (-500, 400)
    assert settings.image_interpolation == "linear"
    keys = [key["name"] for key in rr.setting_keys()]
    assert keys == ["profile", *settings.to_dict()]
    assert set(keys[1:]) <= set(dir(settings))
    for name in keys[1:]:
        getattr(settings, name)
    with pytest.raises(AttributeError, match="binWidth"):
        _ = settings.binWidth


def test_frozen():
    settings = rr.Settings()
    with pytest.raises(AttributeError, match=r"replace\(bin_width=\.\.\.\)"):
        settings.bin_width = 3
    with pytest.raises(AttributeError, match="cannot be changed"):
        del settings.bin_width
    with pytest.raises(AttributeError):
        settings.new_name = 3
    settings.to_dict()["distances"].append(5)
    assert settings.distances == (1,)


def test_replace():
    settings = rr.Settings(bin_number=64, distances=[1, 2])
    replaced = settings.replace(bin_width=25)
    assert (replaced.bin_width, replaced.bin_number) == (25, None)
    assert replaced.distances == (1, 2)
    assert settings.bin_number == 64
    assert replaced.replace(profile="ibsi") == rr.Settings()
    assert settings.replace_yaml("bin_width: 25") == replaced
    assert settings.replace() == settings


@pytest.mark.parametrize("name", NAMES)
def test_every_form_comes_back_the_same(name, tmp_path):
    settings = rr.Settings.ibsi_configuration(name)
    yaml, text = tmp_path / "s.yaml", tmp_path / "s.json"
    yaml.write_text(settings.to_yaml())
    text.write_text(settings.to_json())
    forms = [
        rr.Settings(**settings.to_dict()),
        rr.Settings.from_yaml(settings.to_yaml()),
        rr.Settings.from_yaml(settings.to_json()),
        rr.Settings.from_json(settings.to_json()),
        rr.Settings.from_yaml(yaml),
        rr.Settings.from_yaml(str(yaml)),
        rr.Settings.from_json(text),
        pickle.loads(pickle.dumps(settings)),
        copy.deepcopy(settings),
        eval(repr(settings), {"Settings": rr.Settings}),
    ]
    for form in forms:
        assert form == settings
        assert hash(form) == hash(settings)
    assert json.loads(settings.to_json()) == settings.to_dict()


def test_equality_and_hash():
    assert rr.Settings(bin_width=25) == rr.Settings(bin_width=25.0)
    assert len({rr.Settings(bin_width=25), rr.Settings(bin_width=25.0), rr.Settings()}) == 2
    assert rr.Settings() != rr.Settings(bin_width=25)
    assert rr.Settings() != 3
    assert len({rr.Settings.ibsi_configuration(name) for name in NAMES}) == len(NAMES)


def test_repr_shows_what_differs():
    assert repr(rr.Settings()) == "Settings()"
    settings = rr.Settings(bin_width=25, resegment_range=[-500, 400])
    assert repr(settings) == "Settings(resegment_range=(-500.0, 400.0), bin_width=25.0)"
    assert repr(rr.Settings(bin_number=None)) == "Settings(bin_number=None)"
    assert repr(rr.Settings(profile="pyradiomics")) == "Settings(profile='pyradiomics')"
    settings = rr.Settings(profile="pyradiomics", bin_width=10)
    assert repr(settings) == "Settings(profile='pyradiomics', bin_width=10.0)"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"profile": "pyradiomics"},
        {"profile": "pyradiomics", "bin_number": 32, "mesh_faces": "inside_apart"},
        {"profile": "pyradiomics", "bin_width": None, "filter_crop_voxels": 9},
        {"bin_edges": [[0, 1, 2], [0, 2]], "ivh_bin_width": 2.5},
        {"bin_width": 25, "bin_anchor": "multiple_of_width", "resample_spacing_mm": [None, 2, 2]},
        {"normalise": True, "normalise_clip": 3, "features": ["glcm.contrast"], "families": []},
        {"filters": [{"mean": {"support_voxels": 5}}], "distance_weighting": "euclidean"},
    ],
)
def test_repr_makes_the_settings_again(given):
    settings = rr.Settings(**given)
    assert eval(repr(settings), {"Settings": rr.Settings}) == settings


def test_values_of_numpy_and_tuples():
    settings = rr.Settings(
        bin_width=np.float32(25),
        distances=np.array([1, 2]),
        resample_spacing_mm=(np.float64(2), None, 2),
        ngldm_alpha=np.int16(1),
        families=("glcm", np.str_("intensity_histogram")),
    )
    assert settings == rr.Settings(
        bin_width=25,
        distances=[1, 2],
        resample_spacing_mm=[2.0, None, 2.0],
        ngldm_alpha=1,
        families=["glcm", "intensity_histogram"],
    )


def test_infinite_ends_of_a_range_are_open():
    inf = float("inf")
    assert rr.Settings(resegment_range=(-inf, 400)).resegment_range == (None, 400)
    assert rr.Settings(resegment_range=(-500, np.inf)).resegment_range == (-500, None)
    assert rr.Settings().replace(resegment_range=[-inf, inf]).resegment_range == (None, None)


SELF = []
SELF.append(SELF)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"binWidth": 25}, rr.RadiomicsError, "no setting `binWidth`; did you mean `bin_width`"),
        ({"bin_width": -1}, rr.RadiomicsError, "`bin_width` is -1"),
        ({"bin_width": "wide"}, rr.RadiomicsError, "it takes a number above 0"),
        ({"bin_width": float("nan")}, rr.RadiomicsError, "NaN"),
        ({"bin_width": float("inf")}, rr.RadiomicsError, "inf"),
        ({"bin_width": 10**400}, rr.RadiomicsError, "1000"),
        ({"bin_width": 25, "bin_number": 32}, rr.RadiomicsError, "give only one of them"),
        ({"bin_number": 2.5}, rr.RadiomicsError, "a whole number"),
        ({"resegment_range": (400, -500)}, rr.RadiomicsError, "resegment_range"),
        ({"resegment_range": (float("inf"), 3)}, rr.RadiomicsError, "inf"),
        ({"image_interpolation": "liner"}, rr.RadiomicsError, "did you mean `linear`?"),
        ({"profile": "ibis"}, rr.RadiomicsError, "did you mean `ibsi`?"),
        ({"bin_width": object()}, TypeError, "`bin_width` holds an object of type object"),
        ({"families": {"glcm"}}, TypeError, "`families` holds an object of type set"),
        ({"bin_edges": SELF}, TypeError, "`bin_edges` holds an object of type list"),
    ],
)
def test_refusals(given, error, message):
    for make in (rr.Settings, rr.Settings().replace):
        with pytest.raises(error) as caught:
            make(**given)
        assert message in str(caught.value)


def test_templates():
    assert rr.Settings.from_yaml(rr.Settings.template()) == rr.Settings()
    text = rr.Settings.template("pyradiomics")
    assert rr.Settings.from_yaml(text) == rr.Settings(profile="pyradiomics")
    for key in rr.setting_keys():
        assert f"\n{key['name']}: " in text
    with pytest.raises(rr.RadiomicsError, match="did you mean `ibsi`"):
        rr.Settings.template("ibis")


def test_refused_documents(tmp_path):
    with pytest.raises(rr.RadiomicsError, match="cannot be read as YAML"):
        rr.Settings.from_yaml("a: [")
    with pytest.raises(rr.RadiomicsError, match="cannot be read as JSON"):
        rr.Settings.from_json("bin_width: 3")
    with pytest.raises(rr.RadiomicsError, match="configuration `F`: choose digital_phantom, A, "):
        rr.Settings.ibsi_configuration("F")
    # A number with underscores is a text, in a document as in Python.
    for given in ("bin_width: 25_0", "{bin_width: '25_0'}"):
        with pytest.raises(rr.SettingsError, match='`bin_width` is "25_0": it takes a number'):
            rr.Settings.from_yaml(given)
    with pytest.raises(rr.SettingsError, match='`bin_width` is "25_0": it takes a number'):
        rr.Settings(bin_width="25_0")
    with pytest.raises(rr.SettingsError, match="read them with `from_pyradiomics`"):
        rr.Settings.from_yaml("setting: {binWidth: 5}")
    with pytest.raises(FileNotFoundError, match=r"absent\.yaml"):
        rr.Settings.from_yaml(str(tmp_path / "absent.yaml"))
    with pytest.raises(TypeError, match="give a path or a document"):
        rr.Settings.from_yaml(25)
    with pytest.raises(TypeError):
        rr.Settings(25)


def test_docstring_lists_every_key():
    for key in rr.setting_keys():
        assert key["name"] in rr.Settings.__doc__


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"normalise_scale": 2}, "`normalise_scale` is 2: it does nothing without `normalise"),
        ({"normalise_clip": 3.5}, "`normalise_clip` is 3.5: it does nothing without"),
        ({"resegment_unit": "sigma"}, "without `resegment_range`: give that as well"),
        ({"filter_crop_voxels": 3}, "without `filter_crop: when_interpolated` or `always`"),
        ({"bin_anchor": "multiple_of_width"}, "without `bin_width`: give that as well"),
    ],
)
def test_an_option_needs_what_it_belongs_to(given, message):
    for make in (rr.Settings, rr.Settings().replace):
        with pytest.raises(rr.RadiomicsError) as caught:
            make(**given)
        assert message in str(caught.value)


def test_what_is_taken_away_takes_its_options_along():
    given = {
        "normalise": True,
        "normalise_scale": 100,
        "resegment_range": (-3, 3),
        "resegment_unit": "sigma",
        "filter_crop": "always",
        "filter_crop_voxels": 3,
    }
    settings = rr.Settings(**given)
    assert pickle.loads(pickle.dumps(settings)) == settings
    off = settings.replace(normalise=False, resegment_range=None, filter_crop="never")
    assert off == rr.Settings()
    assert rr.Settings(**off.to_dict()) == off

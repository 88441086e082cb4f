"""mechanics: the extractor's calls, as programs written for PyRadiomics make them."""

import collections
import logging
import pathlib
import pickle

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_rs import pyradiomics
from radiomics_rs.pyradiomics import _schema, _wavelets, featureextractor
from radiomics_rs.pyradiomics.featureextractor import RadiomicsFeatureExtractor


def test_defaults():
    extractor = RadiomicsFeatureExtractor()
    assert extractor.enabledImagetypes == {"Original": {}}
    classes = ["firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm", "shape"]
    assert list(extractor.enabledFeatures) == classes
    assert extractor.settings["minimumROIDimensions"] == 2
    assert "binWidth" not in extractor.settings


def test_parameters_without_classes_enable_shape2d_too():
    assert "shape2D" in RadiomicsFeatureExtractor({"setting": {}}).enabledFeatures


@pytest.mark.parametrize("kind", [str, pathlib.Path])
def test_a_yaml_file(tmp_path, kind):
    path = tmp_path / "Params.yaml"
    path.write_text(
        "setting:\n  binWidth: 10 # ten\n  label: 2\nfeatureClass:\n  glcm:\n  firstorder: [Mean]\n"
        "imageType:\n  Original: {binWidth: 5}\n  LoG: {sigma: [1, 1.0]}\n"
        "voxelSetting:\n  initValue: 0\n"
    )
    extractor = RadiomicsFeatureExtractor(kind(path), binWidth=20)
    assert extractor.settings["binWidth"] == 20
    assert extractor.settings["label"] == 2
    assert extractor.settings["initValue"] == 0
    assert extractor.enabledFeatures == {"glcm": None, "firstorder": ["Mean"]}
    # `sigma: 1` and `sigma: 1.0` make different names, so their types must survive.
    assert [type(sigma) for sigma in extractor.enabledImagetypes["LoG"]["sigma"]] == [int, float]


def test_load_params_replaces_everything(tmp_path):
    extractor = RadiomicsFeatureExtractor(binWidth=20)
    extractor.loadJSONParams('{"setting": {"label": 3}, "featureClass": {"glrlm": []}}')
    assert "binWidth" not in extractor.settings
    assert extractor.settings["label"] == 3
    assert extractor.enabledFeatures == {"glrlm": []}
    path = tmp_path / "params.json"
    path.write_text('{"imageType": {"Original": {}}}')
    extractor.loadParams(str(path))
    assert extractor.settings["label"] == 1


def test_wavelets_are_those_of_pywavelets():
    pywt = pytest.importorskip("pywt")
    assert set(_wavelets.WAVELETS) == set(pywt.wavelist())


def test_pykwalify_reads_the_schema_alike():
    core = pytest.importorskip("pykwalify.core")
    schema, functions = pyradiomics.getParameterValidationFiles()
    for params in (
        {"setting": {"binWidth": 25, "interpolator": None}, "imageType": {"LoG": {"sigma": [1]}}},
        {"setting": {"binwidth": 25}},
        {"featureClass": {"glcm": ["NoSuch"]}},
        {"voxelSetting": {"kernelRadius": 0}},
        {"setting": None},
    ):
        outcomes = []
        for validate in (
            _schema.validate,
            core.Core(source_data=params, schema_files=[schema], extensions=[functions]).validate,
        ):
            try:
                validate(*([params] if validate is _schema.validate else []))
                outcomes.append(None)
            except Exception as error:
                outcomes.append(type(error).__name__)
        assert outcomes[0] == outcomes[1]


def test_yaml_is_version_1_2(tmp_path):
    path = tmp_path / "Params.yaml"
    path.write_text("setting:\n  force2D: yes\n")
    with pytest.raises(pyradiomics.SchemaError, match="'yes' is not of type 'bool'"):
        RadiomicsFeatureExtractor(str(path))


def test_a_key_given_twice_keeps_its_last_value(tmp_path, caplog):
    path = tmp_path / "Params.yaml"
    path.write_text("setting:\n  binWidth: 5\n  binWidth: 6\n")
    assert RadiomicsFeatureExtractor(str(path)).settings["binWidth"] == 6
    assert "given twice" in caplog.text


def test_a_missing_parameter_file():
    with pytest.raises(OSError, match="does not exist"):
        RadiomicsFeatureExtractor("nowhere.yaml")


def test_enabling_and_disabling():
    extractor = RadiomicsFeatureExtractor()
    extractor.disableAllFeatures()
    extractor.enableFeatureClassByName("glcm")
    extractor.enableFeaturesByName(firstorder=["Mean"])
    extractor.enableFeatureClassByName("glcm", enabled=False)
    assert extractor.enabledFeatures == {"firstorder": ["Mean"]}
    extractor.enableAllFeatures()
    assert "shape2D" in extractor.enabledFeatures
    extractor.disableAllImageTypes()
    extractor.enableImageTypeByName("LoG", customArgs={"sigma": [1.0]})
    extractor.enableImageTypes(Original={})
    assert extractor.enabledImagetypes == {"LoG": {"sigma": [1.0]}, "Original": {}}
    extractor.enableImageTypeByName("LoG", enabled=False)
    assert extractor.enabledImagetypes == {"Original": {}}
    extractor.enableAllImageTypes()
    assert list(extractor.enabledImagetypes)[1:] == [
        name for name in pyradiomics.getImageTypes() if name != "Original"
    ]


def test_unknown_names_are_logged_with_a_suggestion(caplog):
    extractor = RadiomicsFeatureExtractor()
    extractor.enableImageTypeByName("Wavelets")
    extractor.enableFeatureClassByName("glcmm")
    assert "Wavelets is not recognized (did you mean 'Wavelet'?)" in caplog.text
    assert "glcmm is not recognized (did you mean 'glcm'?)" in caplog.text


def test_each_extractor_warns_of_unknown_keywords(caplog):
    RadiomicsFeatureExtractor(binwidth=5, binWidth=25)
    RadiomicsFeatureExtractor(binWidth=5)
    RadiomicsFeatureExtractor(binwidth=5)
    messages = [record.message for record in caplog.records if "binwidth" in record.message]
    warnings = [message for message in messages if "no effect" in message]
    assert (
        warnings
        == ["Setting 'binwidth' is not known and has no effect (did you mean 'binWidth'?)"] * 2
    )


def test_execute_takes_images_and_paths(phantom_images, phantom_files):
    extractor = RadiomicsFeatureExtractor(binWidth=1)
    extractor.disableAllFeatures()
    extractor.enableFeaturesByName(firstorder=["Mean", "Maximum"])
    from_images = extractor.execute(*phantom_images)
    assert isinstance(from_images, collections.OrderedDict)
    assert len(from_images) == 24
    assert extractor.execute(*phantom_files) == from_images
    extractor.addProvenance(False)
    assert list(extractor.execute(*phantom_images)) == [
        "original_firstorder_Mean",
        "original_firstorder_Maximum",
    ]


def test_execute_does_not_change_the_settings(phantom_images):
    extractor = RadiomicsFeatureExtractor(additionalInfo=False)
    before = dict(extractor.settings)
    voxels = sitk.GetArrayFromImage(phantom_images[0])
    extractor.enabledFeatures = {"firstorder": ["Mean"]}
    extractor.execute(*phantom_images, label=1)
    assert extractor.settings == before
    assert np.array_equal(sitk.GetArrayFromImage(phantom_images[0]), voxels)


def test_settings_may_be_changed_afterwards(phantom_images):
    extractor = RadiomicsFeatureExtractor(additionalInfo=False)
    extractor.enabledFeatures = {"firstorder": ["Energy"]}
    plain = extractor.execute(*phantom_images)["original_firstorder_Energy"]
    extractor.settings["voxelArrayShift"] = 1000
    assert extractor.execute(*phantom_images)["original_firstorder_Energy"] > plain


def test_settings_of_an_image_type_override_the_others(phantom_images):
    extractor = RadiomicsFeatureExtractor(additionalInfo=False, binWidth=1)
    extractor.enabledFeatures = {"firstorder": ["Entropy"]}
    fine = extractor.execute(*phantom_images)["original_firstorder_Entropy"]
    extractor.enableImageTypes(Original={"binWidth": 100})
    assert extractor.execute(*phantom_images)["original_firstorder_Entropy"] < fine


def test_pickle(phantom_images):
    extractor = RadiomicsFeatureExtractor(binWidth=1)
    extractor.enabledFeatures = {"firstorder": ["Mean"]}
    again = pickle.loads(pickle.dumps(extractor))
    assert vars(again) == vars(extractor)
    assert again.execute(*phantom_images) == extractor.execute(*phantom_images)


def test_subclass(phantom_images):
    class Doubling(RadiomicsFeatureExtractor):
        def computeFeatures(self, image, mask, imageTypeName, **kwargs):
            values = super().computeFeatures(image, mask, imageTypeName, **kwargs)
            return {key: 2 * value for key, value in values.items()}

    extractor = Doubling(additionalInfo=False)
    extractor.enabledFeatures = {"firstorder": ["Maximum"]}
    assert extractor.execute(*phantom_images) == {"original_firstorder_Maximum": 12.0}


def test_a_class_of_ones_own(phantom_images, monkeypatch):
    class RadiomicsParity(pyradiomics.base.RadiomicsFeaturesBase):
        """Even or odd."""

        def _initCalculation(self, voxelCoordinates=None):
            self.levels = self._applyBinning(self.imageArray)[self.maskArray]

        def getEvenFeatureValue(self):
            """How many levels are even."""
            return np.sum(self.levels % 2 == 0)

        def getFailingFeatureValue(self):
            """Fails."""
            raise RuntimeError("no luck")

    monkeypatch.setitem(pyradiomics.getFeatureClasses(), "parity", None)
    pyradiomics.registerFeatureClass("parity", RadiomicsParity)
    extractor = RadiomicsFeatureExtractor({"featureClass": {"parity": []}}, binWidth=1)
    extractor.settings["additionalInfo"] = False
    result = extractor.execute(*phantom_images)
    assert result["original_parity_Even"] == 16 + 7  # fours and sixes
    assert np.isnan(result["original_parity_Failing"])


def test_geometry_tolerance_ends_with_the_extraction(phantom_images):
    image, mask = phantom_images
    moved = sitk.Image(mask)
    moved.SetOrigin([0.5 + mm for mm in mask.GetOrigin()])
    tolerant = RadiomicsFeatureExtractor(geometryTolerance=2.0, additionalInfo=False)
    tolerant.enabledFeatures = {"firstorder": ["Mean"]}
    before = sitk.ProcessObject.GetGlobalDefaultCoordinateTolerance()
    tolerant.execute(image, moved)
    assert sitk.ProcessObject.GetGlobalDefaultCoordinateTolerance() == before
    strict = RadiomicsFeatureExtractor()
    with pytest.raises(ValueError, match="geometryTolerance"):
        strict.execute(image, moved)


def test_a_dicom_folder_that_is_none(tmp_path, phantom_images):
    with pytest.raises(ValueError, match="no DICOM series"):
        RadiomicsFeatureExtractor().execute(str(tmp_path), phantom_images[1])


def test_loggers_have_pyradiomics_names():
    assert featureextractor.logger.name == "radiomics.featureextractor"
    image = sitk.GetImageFromArray(np.arange(27, dtype="int16").reshape(3, 3, 3))
    mask = sitk.GetImageFromArray(np.ones((3, 3, 3), dtype="uint8"))
    assert pyradiomics.glcm.RadiomicsGLCM(image, mask).logger.name == "radiomics.glcm"
    assert logging.getLogger("radiomics").handlers

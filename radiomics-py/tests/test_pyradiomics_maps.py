"""oracle: the maps that PyRadiomics itself made, and its way to make them."""

import json

import numpy as np
import pytest
import SimpleITK as sitk

import pyradiomics_golden as golden
from radiomics_rs import pyradiomics
from radiomics_rs.pyradiomics import featureextractor, registerFeatureClass

FILES = sorted(golden.FOLDER.glob("*voxel*.npz")) if golden.FOLDER.is_dir() else []
RELATIVE = 1e-9
#: What differs from 0 by less is 0: PyRadiomics adds 2.2e-16 to probabilities in logarithms, and
#: its sums of moments about the mean do not quite cancel.
ABSOLUTE = 1e-12


@pytest.mark.skipif(not FILES, reason=golden.REASON)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_voxel_is_that_of_pyradiomics(file):
    case = json.loads(file.with_suffix(".npz.json").read_text(encoding="utf-8"))
    extractor = featureextractor.RadiomicsFeatureExtractor(case["params"], additionalInfo=False)
    image, mask = (str(golden.FOLDER.parents[1] / case[key]) for key in ("image", "mask"))
    result = extractor.execute(image, mask, label=case["label"], voxelBased=True)
    with np.load(file) as expected:
        assert sorted(result) == sorted(expected)
        for name, map_ in result.items():
            found, wanted = sitk.GetArrayFromImage(map_), expected[name]
            assert found.shape == wanted.shape
            # NaN must be where PyRadiomics has it.
            np.testing.assert_allclose(found, wanted, rtol=RELATIVE, atol=ABSOLUTE, err_msg=name)
    assert map_.GetSize() == tuple(case["map_size_xyz"])
    for got, key in (("Origin", "origin"), ("Spacing", "spacing"), ("Direction", "direction")):
        np.testing.assert_allclose(getattr(map_, f"Get{got}")(), case[f"map_{key}"], rtol=1e-12)


def extractor(**settings):
    made = featureextractor.RadiomicsFeatureExtractor(binWidth=1, **settings)
    made.enabledFeatures = {"firstorder": ["Mean"], "glcm": [], "shape": []}
    return made


def test_maps_are_images_without_shape(phantom_images):
    result = extractor(initValue=-5).execute(*phantom_images, voxelBased=True)
    maps = {key: value for key, value in result.items() if not key.startswith("diagnostics_")}
    assert len(maps) == 25
    assert not any("shape" in key for key in maps)
    region = sitk.GetArrayFromImage(phantom_images[1]) == 1
    mean = sitk.GetArrayFromImage(maps["original_firstorder_Mean"])
    # The phantom's region fills its image, so that there is no room for a border.
    assert mean.shape == region.shape
    assert (mean[~region] == -5).all()
    assert (mean[region] >= 1).all()


def test_coefficient_and_average_have_a_value_in_every_window(phantom_images):
    """PyRadiomics leaves holes in both, whose size depends on voxelBatch."""
    made = extractor(voxelBatch=7)
    made.enabledFeatures = {"glcm": ["MCC", "JointAverage"]}
    result = made.execute(*phantom_images, voxelBased=True)
    region = sitk.GetArrayFromImage(phantom_images[1]) == 1
    for name in ("MCC", "JointAverage"):
        values = sitk.GetArrayFromImage(result[f"original_glcm_{name}"])[region]
        assert np.isfinite(values).all()
        assert (values > 0).all()


def test_the_batch_changes_nothing(phantom_images):
    one, other = (
        extractor(voxelBatch=batch).execute(*phantom_images, voxelBased=True) for batch in (3, -1)
    )
    for name in one:
        if not name.startswith("diagnostics_"):
            same = [sitk.GetArrayFromImage(result[name]) for result in (one, other)]
            np.testing.assert_array_equal(*same)


def test_a_class_of_its_own(phantom_images):
    glcm = pyradiomics.glcm.RadiomicsGLCM(*phantom_images, voxelBased=True, binWidth=1)
    glcm.enableFeatureByName("Contrast")
    assert list(glcm.execute()) == ["Contrast"]
    assert isinstance(glcm.featureValues["Contrast"], sitk.Image)


def test_a_plugin_gets_batches_of_voxels(phantom_images, monkeypatch):
    batches = []

    class RadiomicsPlace(pyradiomics.base.RadiomicsFeaturesBase):
        """Where a voxel is."""

        def _initCalculation(self, voxelCoordinates=None):
            batches.append(voxelCoordinates.shape[1])
            self.voxels = voxelCoordinates

        def getRowFeatureValue(self):
            """Row of a voxel."""
            return self.voxels[1]

    monkeypatch.setitem(pyradiomics.getFeatureClasses(), "place", None)
    registerFeatureClass("place", RadiomicsPlace)
    made = extractor(voxelBatch=30, additionalInfo=False)
    made.enabledFeatures = {"place": []}
    result = made.execute(*phantom_images, voxelBased=True)
    region = sitk.GetArrayFromImage(phantom_images[1]) == 1
    assert batches == [30, 30, 14]
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(result["original_place_Row"])[region], np.where(region)[1]
    )


def test_two_dimensions(phantom_images):
    image, mask = (part[:, :, 1] for part in phantom_images)
    made = extractor(additionalInfo=False)
    made.enabledFeatures = {"glcm": ["Contrast"], "firstorder": ["Mean"]}
    result = made.execute(image, mask, voxelBased=True)
    assert {map_.GetDimension() for map_ in result.values()} == {2}

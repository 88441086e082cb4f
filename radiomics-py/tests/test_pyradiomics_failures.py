"""oracle: bad and edge input, as PyRadiomics answers it (exception type and message).

Where PyRadiomics crashes or returns nonsense, an error of ours that says what is wrong.
"""

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_rs import RadiomicsError
from radiomics_rs.pyradiomics import SchemaError
from radiomics_rs.pyradiomics.featureextractor import RadiomicsFeatureExtractor

ALL = {"firstorder": [], "glcm": []}


def case(shape=(6, 7, 8), region=None):
    """An image of three grey levels per slice, a mask of ones in `region`."""
    voxels = np.random.default_rng(1).integers(0, 200, shape).astype("int16")
    labels = np.zeros(shape, dtype="uint8")
    labels[(slice(1, 4),) * len(shape) if region is None else region] = 1
    return sitk.GetImageFromArray(voxels), sitk.GetImageFromArray(labels)


def execute(image, mask, params=None, **call):
    params = {"featureClass": ALL, **(params or {})}
    return RadiomicsFeatureExtractor(params).execute(image, mask, **call)


def features(result):
    return [key for key in result if not key.startswith("diagnostics_")]


def test_empty_mask():
    image, mask = case()
    with pytest.raises(ValueError, match=r"^No labels found in this mask \(i.e. nothing"):
        execute(image, mask * 0)


def test_label_missing():
    with pytest.raises(ValueError, match=r"^Label \(7\) not present in mask. Choose from \[1\]$"):
        execute(*case(), label=7)


def test_label_background():
    with pytest.raises(RuntimeError, match="Label 0 is the background label"):
        execute(*case(), label=0)


def test_label_as_text():
    with pytest.raises(TypeError, match=r"^label is '1': give a whole number above 0$"):
        execute(*case(), label="1")


@pytest.mark.parametrize("setting", [{}, {"minimumROIDimensions": 1}])
def test_one_voxel(setting):
    with pytest.raises(ValueError, match=r"^mask only contains 1 segmented voxel!"):
        execute(*case(region=(1, 2, 3)), {"setting": setting})


def test_a_line():
    image, mask = case(region=(1, 2, slice(1, 6)))
    with pytest.raises(ValueError, match=r"dimensions \(number of dimensions 1, minimum requir"):
        execute(image, mask)
    assert len(features(execute(image, mask, {"setting": {"minimumROIDimensions": 1}}))) == 42


def test_one_slice():
    image, mask = case(region=(1, slice(1, 5), slice(1, 5)))
    assert len(features(execute(image, mask))) == 42
    with pytest.raises(ValueError, match=r"\(number of dimensions 2, minimum required 3\)"):
        execute(image, mask, {"setting": {"minimumROIDimensions": 3}})


def test_region_too_small():
    with pytest.raises(ValueError, match=r"too small \(minimum size: 27, ROI size: 27"):
        execute(*case(), {"setting": {"minimumROISize": 27}})
    assert execute(*case(), {"setting": {"minimumROISize": 26}})


def test_size_differs():
    image, mask = case()
    # PyRadiomics' type, which is SimpleITK's, and that of a mismatch of the grids.
    both = r"8 x 7 x 6 voxels .* mask 8 x 7 x 5\. .*enable correctMask"
    for kind in (RuntimeError, ValueError):
        with pytest.raises(kind, match=both):
            execute(image, mask[:, :, :5])
    assert features(execute(image, mask[:, :, :5], {"setting": {"correctMask": True}}))


@pytest.mark.parametrize("change", ["direction", "spacing", "origin"])
def test_geometry_differs(change):
    image, mask = case()
    if change == "direction":
        mask.SetDirection((1, 0, 0, 0, -1, 0, 0, 0, 1))
    elif change == "spacing":
        mask.SetSpacing((1, 1, 1.1))
    else:
        mask.SetOrigin((1, 0, 0))
    both = rf"^Image/Mask geometry mismatch: the {change} .*correctMask.*increase geometryTolerance"
    with pytest.raises(ValueError, match=both):
        execute(image, mask)


def test_origin_differs_and_is_corrected(caplog):
    image, mask = case()
    mask.SetOrigin((1, 0, 0))
    result = execute(image, mask, {"setting": {"correctMask": True}})
    assert "Image/Mask geometry mismatch, attempting to correct Mask" in caplog.text
    assert result["diagnostics_Mask-corrected_BoundingBox"] == (2, 1, 1, 3, 3, 3)
    assert features(execute(image, mask, {"setting": {"geometryTolerance": 2.0}}))


def test_mask_outside_the_image():
    image, mask = case()
    mask.SetOrigin((1000, 0, 0))
    with pytest.raises(ValueError, match=r"^Bounding box of ROI is larger than image space:"):
        execute(image, mask, {"setting": {"correctMask": True}})


def test_two_dimensional_input(caplog):
    image, mask = case(shape=(7, 8))
    shapes = {"featureClass": {"shape": [], "firstorder": []}}
    assert len(features(execute(image, mask, shapes))) == 18
    assert "Shape features are only available 3D input" in caplog.text


def test_two_dimensional_mask():
    image, _ = case()
    _, mask = case(shape=(7, 8))
    with pytest.raises(RuntimeError, match=r"^the image has 3 dimensions and the mask 2: give b"):
        execute(image, mask)


def test_shape2d_needs_one_slice(caplog):
    shape2d = {"featureClass": {"shape2D": []}}
    assert features(execute(*case(), shape2d)) == []
    assert "parameter force2D must be set to True to enable shape2D extraction" in caplog.text
    with pytest.raises(ValueError, match="Size of the mask in dimension 0 is more than 1, cannot"):
        execute(*case(), {**shape2d, "setting": {"force2D": True}})


@pytest.mark.parametrize("value", [1.0, 1.4])
def test_float_mask(value):
    image, mask = case()
    mask = sitk.Cast(mask, sitk.sitkFloat32) * value
    assert len(features(execute(image, mask))) == 42


def test_second_label():
    image, mask = case()
    assert features(execute(image, mask * 2, label=2)) == features(execute(image, mask))


def test_vector_image():
    image, mask = case()
    with pytest.raises(RuntimeError, match=r"^the image has 2 components per voxel.*take one of"):
        RadiomicsFeatureExtractor(additionalInfo=False).execute(sitk.Compose(image, image), mask)


def test_vector_mask():
    image, mask = case()
    both = sitk.Compose(mask * 0, mask)
    assert features(execute(image, both, label_channel=1))
    with pytest.raises(
        AssertionError, match=r"^Mask 5 requested, but segmentation object only co"
    ) as caught:
        execute(image, both, label_channel=5)
    assert isinstance(caught.value, RadiomicsError)


def test_nan_in_the_region():
    image, mask = case()
    voxels = sitk.GetArrayFromImage(image).astype("float32")
    voxels[2, 2, 2] = np.nan
    with pytest.raises(ValueError, match="NaN or infinity in the image"):
        execute(sitk.GetImageFromArray(voxels), mask)
    # Outside the region it does no harm.
    voxels[2, 2, 2], voxels[0, 0, 0] = 1, np.nan
    assert features(execute(sitk.GetImageFromArray(voxels), mask))


def test_files_missing():
    image, mask = case()
    with pytest.raises(ValueError, match=r"^Error reading image Filepath or SimpleITK object"):
        execute("nowhere.nrrd", mask)
    with pytest.raises(ValueError, match=r"^Error reading mask Filepath or SimpleITK object"):
        execute(image, "nowhere.nrrd")
    with pytest.raises(ValueError, match=r"SimpleITK.GetImageFromArray"):
        execute(np.zeros((3, 3, 3)), mask)


def test_constant_image():
    image, mask = case()
    result = execute(image * 0 + 5, mask)
    assert result["original_glcm_Correlation"] == 1
    assert result["original_glcm_MCC"] == 1
    assert result["original_firstorder_Kurtosis"] == 0
    with pytest.raises(ValueError, match="without variation was normalised"):
        execute(image * 0 + 5, mask, {"setting": {"normalize": True}})


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"binWidth": 0}, "less than or equals to min limit"),
        ({"binWidth": -1}, "less than or equals to min limit"),
        ({"binCount": 0}, "less than or equals to min limit"),
        ({"binwidth": 5}, "Key 'binwidth' was not defined. Path: '/setting'.*'binWidth'"),
        ({"resegmentMode": "percent"}, "Enum 'percent' does not exist. Path: '/setting/res"),
        ({"distances": [0]}, "Path: '/setting/distances/0'"),
        ({"force2Ddimension": 3}, "greater than max limit '2'"),
        ({"label": True}, "not of type 'int'"),
        ({"binWidth": "wide"}, "'wide' is not of type 'float'"),
        ({"distances": 1}, "not a list"),
        (None, "Value 'None' is not a dict. Value path: '/setting'"),
    ],
)
def test_settings_that_break_the_schema(setting, message):
    with pytest.raises(SchemaError, match=message):
        RadiomicsFeatureExtractor({"setting": setting})


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"imageType": {"Laplacian": {}}}, "^Image Type Laplacian is not recognized. Available"),
        ({"featureClass": {"gldzm": []}}, "^Feature Class gldzm is not recognized. Available"),
        ({"featureClass": {"glcm": ["NoSuch"]}}, "contains unrecognized features: {'NoSuch'}"),
        ({"setting": {"interpolator": "sitkFoo"}}, '^Interpolator value "sitkFoo" not valid, po'),
        ({"setting": {"weightingNorm": "chebyshev"}}, '^WeightingNorm value "chebyshev" not val'),
        ({"setting": {"wavelet": "foo"}}, '^Wavelet "foo" not available in pyWavelets'),
    ],
)
def test_names_that_do_not_exist(params, message):
    with pytest.raises(ValueError, match=message):
        RadiomicsFeatureExtractor(params)


def test_all_offences_are_named_at_once():
    with pytest.raises(SchemaError) as caught:
        RadiomicsFeatureExtractor({"setting": {"binWidth": 0, "force2D": 1}, "sitting": {}})
    assert len(caught.value.errors) == 3


def test_bins_that_cannot_be():
    with pytest.raises(ValueError, match="binWidth 1e-07 divides grey levels") as caught:
        execute(*case(), {"setting": {"binWidth": 1e-7}})
    assert isinstance(caught.value, MemoryError)
    with pytest.raises(ValueError, match=r"^binWidth 1e\+308 is too large"):
        execute(*case(), {"setting": {"binWidth": 1e308}})
    with pytest.raises(TypeError, match=r"^binCount is '32': give a whole number above 0$"):
        RadiomicsFeatureExtractor(binCount="32")


def test_bin_width_and_bin_count(caplog):
    both = {"setting": {"binWidth": 25, "binCount": 4}}
    result = execute(*case(), both)
    assert "Fixed bin Count enabled!" in caplog.text
    assert features(result)


@pytest.mark.parametrize("name", ["Homogeneity1", "Dissimilarity", "SumVariance"])
def test_removed_features(name, caplog):
    result = execute(*case(), {"featureClass": {"glcm": [name]}})
    assert features(result) == []
    assert f"Feature {name} is deprecated, use with caution!" in caplog.text


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"resegmentRange": [1000, 2000]}, r"\(retained 0 voxel\(s\)\)! Cannot extract features"),
        ({"resegmentRange": [1, 2, 3]}, "^Length 3 is not allowed for resegmentRange$"),
    ],
)
def test_resegmentation(setting, message):
    with pytest.raises(ValueError, match=message):
        execute(*case(), {"setting": setting})


@pytest.mark.parametrize("distances", [[100], []])
def test_distances_beyond_the_region(distances):
    with pytest.raises(RuntimeError, match=r"^Error getting angle count"):
        execute(*case(), {"setting": {"distances": distances}})


def test_resampling():
    two = {"setting": {"resampledPixelSpacing": [2, 2]}}
    with pytest.raises(
        AssertionError, match=r"^Wrong dimensionality \(2-D\) of resampledPixel"
    ) as caught:
        execute(*case(), two)
    assert isinstance(caught.value, RadiomicsError)
    far = {"setting": {"resampledPixelSpacing": [200, 200, 200]}}
    with pytest.raises(RuntimeError, match=r"^label 1 has no voxel left .* \[200, 200, 200\]"):
        execute(*case(), far)
    same = features(execute(*case(), {"setting": {"resampledPixelSpacing": [0, 0, 0]}}))
    assert same == features(execute(*case()))
    off = {"setting": {"resampledPixelSpacing": [2, 2, 2], "interpolator": None}}
    assert "diagnostics_Image-interpolated_Size" not in execute(*case(), off)


@pytest.mark.parametrize("stepwise", [False, True])
def test_equal_samples_have_no_kurtosis_and_the_error_says_so(stepwise):
    voxels = np.zeros((12, 12, 90), "int16")
    # Splines see far: what is flat has to be so for some way.
    voxels[:, :, 45:] = np.random.default_rng(0).integers(0, 100, (12, 12, 45))
    mask = np.zeros(voxels.shape, "uint8")
    mask[2:10, 2:10, 2:80] = 1
    extractor = RadiomicsFeatureExtractor(binWidth=0.5)
    extractor.stepwise = stepwise
    extractor.enableImageTypes(LBP3D={})
    with pytest.raises(RadiomicsError, match=r"^image lbp-3D-k: .* leave out LBP3D, or such"):
        extractor.execute(sitk.GetImageFromArray(voxels), sitk.GetImageFromArray(mask))

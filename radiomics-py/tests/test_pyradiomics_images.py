"""mechanics: the short cuts around ITK give what ITK gives."""

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_rs.pyradiomics import generalinfo, imageoperations


def ball(shape, dtype="uint8", label=3):
    """A mask with a lump of one label, a voxel of another, and a hole."""
    labels = np.zeros(shape, dtype=dtype)
    labels[tuple(slice(1, n - 2) for n in shape)] = label
    labels[tuple(n // 2 for n in shape)] = 0
    labels[(0,) * len(shape)] = 1
    return sitk.GetImageFromArray(labels)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint32", "int64", "float32", "float64"])
@pytest.mark.parametrize("shape", [(5, 6, 7), (8, 9)])
def test_hash(dtype, shape):
    image = ball(shape, dtype)
    assert generalinfo._hash(image) == sitk.Hash(image)
    part = image[1:4, 1:5] if len(shape) == 2 else image[1:4, 1:5, 2:]
    assert generalinfo._hash(part) == sitk.Hash(part)


@pytest.mark.parametrize("shape", [(5, 6, 7), (8, 9)])
def test_bounding_box(shape):
    mask = ball(shape)
    statistics = sitk.LabelStatisticsImageFilter()
    statistics.Execute(mask, mask)
    box, corrected = imageoperations.checkMask(mask, mask, label=3)
    assert tuple(box) == statistics.GetBoundingBox(3)
    assert corrected is None
    with pytest.raises(ValueError, match="too small"):
        imageoperations.checkMask(mask, mask, label=3, minimumROISize=statistics.GetCount(3))
    # A grid that is a little off is the same, by ITK's tolerance.
    moved = sitk.Image(mask)
    moved.SetOrigin([1e-9] * len(shape))
    assert tuple(imageoperations.checkMask(moved, mask, label=3)[0]) == tuple(box)
    with pytest.raises(ValueError, match=r"^Label \(4\) not present in mask$"):
        imageoperations.checkMask(mask, mask, label=4)


def test_mask_elements():
    mask = ball((5, 6, 7))
    info = generalinfo.GeneralInfo()
    info.addMaskElements(mask, mask, 3)
    shape = sitk.LabelShapeStatisticsImageFilter()
    shape.Execute(mask)
    found = info.getGeneralInfo()
    key = "diagnostics_Mask-original_"
    assert found[f"{key}BoundingBox"] == shape.GetBoundingBox(3)
    assert found[f"{key}VoxelNum"] == shape.GetNumberOfPixels(3)
    assert found[f"{key}CenterOfMass"] == pytest.approx(shape.GetCentroid(3), rel=1e-14)
    assert found[f"{key}VolumeNum"] == 1
    assert found[f"{key}Mean"] == 3


def test_normalising_leaves_the_image_alone():
    image = sitk.GetImageFromArray(np.arange(27, dtype="float64").reshape(3, 3, 3))
    before = sitk.GetArrayFromImage(image)
    normalised = imageoperations.normalizeImage(image, normalizeScale=10, removeOutliers=1)
    assert np.array_equal(sitk.GetArrayFromImage(image), before)
    values = sitk.GetArrayFromImage(normalised)
    assert (values.min(), values.max()) == (-10, 10)

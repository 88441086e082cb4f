"""invariants: what is filtered in a box round the region is what the whole image gives."""

import itertools

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_rs.pyradiomics import _wavelets, imageoperations
from radiomics_rs.pyradiomics.featureextractor import RadiomicsFeatureExtractor


def case(corner, dtype, shape=(41, 44, 47)):
    """An image, and a mask of a few voxels whose box begins at `corner`."""
    rng = np.random.default_rng(3)
    image = sitk.GetImageFromArray(rng.normal(0, 300, shape).astype(dtype))
    labels = np.zeros(shape, "uint8")
    labels[tuple(slice(c, c + 4) for c in corner)] = rng.random((4, 4, 4)) < 0.8
    mask = sitk.GetImageFromArray(labels)
    for one in (image, mask):
        one.SetSpacing((0.7, 0.9, 2.1))
        one.SetOrigin((-11.3, 5.77, 100.1))
        one.SetDirection((0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, 1))
    return image, mask


TYPES = {
    "Wavelet": {},
    "Wavelet of two levels": {"wavelet": "haar", "level": 2},
    "Wavelet that begins later": {"wavelet": "bior1.3", "start_level": 1},
    "Wavelet of slices": {"force2D": True, "force2Ddimension": 1},
    "Gradient": {},
    "LBP3D": {"lbp3DIcosphereSubdivision": 0},
}


@pytest.mark.parametrize("dtype", ["int16", "float32", "float64"])
@pytest.mark.parametrize("corner", [(18, 20, 21), (0, 20, 42), (2, 40, 3)])
@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("parted", [False, True])
def test_the_same_bits_as_of_the_whole_image(parted, name, corner, dtype):
    image, mask = case(corner, dtype)
    settings, kind = TYPES[name], name.partition(" ")[0]
    box, _ = imageoperations.checkMask(image, mask)
    make = getattr(imageoperations, f"get{kind}Image")
    whole = [
        (key, *imageoperations.cropToTumorMask(made, mask, box, padDistance=1))
        for made, key, _ in make(image, mask, **settings)
    ]
    extractor = RadiomicsFeatureExtractor(minimumROIDimensions=1)
    region = (image, mask, box, 1)
    boxed = list(extractor._images(kind, settings, region, {"partly": parted}))
    assert [key for key, *_ in whole] == [key for *_, key, _ in boxed]
    for (_, expected, part), (found, of_mask, _, _) in zip(whole, boxed, strict=True):
        for one, other in ((expected, found), (part, of_mask)):
            assert one.GetPixelID() == other.GetPixelID()
            for get in ("GetOrigin", "GetSpacing", "GetDirection", "GetSize"):
                assert getattr(one, get)() == getattr(other, get)()
            assert np.array_equal(*map(sitk.GetArrayFromImage, (one, other)))


def test_no_more_is_filtered_than_the_box(monkeypatch):
    image, mask = case((18, 20, 21), "int16")
    sizes = []
    from radiomics_rs.pyradiomics import _engine

    def filtered(image, *rest, **more):
        sizes.append(image.GetSize())
        return original(image, *rest, **more)

    original = _engine.filtered
    monkeypatch.setattr(_engine, "filtered", filtered)
    extractor = RadiomicsFeatureExtractor(additionalInfo=False, binCount=4)
    extractor.enabledFeatures = {"firstorder": ["Mean"]}
    extractor.enabledImagetypes = {"Wavelet": {}, "Gradient": {}}
    extractor.stepwise = True
    extractor.execute(image, mask)
    # Six taps look three voxels far to either side.
    assert sizes == [(10, 10, 10), (10, 10, 10), (6, 6, 6)]


def test_a_type_that_a_program_puts_in_place_sees_the_whole_image(monkeypatch):
    image, mask = case((18, 20, 21), "int16")

    def getWaveletImage(inputImage, inputMask, **kwargs):
        assert inputImage.GetSize() == image.GetSize()
        yield inputImage, "mine", kwargs

    monkeypatch.setattr(imageoperations, "getWaveletImage", getWaveletImage)
    extractor = RadiomicsFeatureExtractor(additionalInfo=False)
    extractor.enabledFeatures = {"firstorder": ["Mean"]}
    extractor.enabledImagetypes = {"Wavelet": {}}
    assert list(extractor.execute(image, mask)) == ["mine_firstorder_Mean"]


@pytest.mark.parametrize("wavelet", [w for w, taps in _wavelets.TAPS.items() if taps])
def test_lengths_of_filters_are_the_engines(wavelet):
    # The response to a single voxel is as long as the filter.
    line = np.zeros((1, 4, 260), "float64")
    line[0, 0, 130] = 1
    found = imageoperations.getWaveletImage(
        sitk.GetImageFromArray(line), None, wavelet=wavelet, force2D=True
    )
    touched = [np.flatnonzero(sitk.GetArrayFromImage(made).any((0, 1))) for made, *_ in found]
    furthest = max(abs(int(at) - 130) for at in itertools.chain(*touched))
    assert furthest <= _wavelets.TAPS[wavelet] // 2


def test_continuous_wavelets_are_refused():
    image, mask = case((1, 1, 1), "int16", (6, 7, 8))
    with pytest.raises(ValueError, match=r"^wavelet is 'morl': give a discrete one"):
        next(imageoperations.getWaveletImage(image, mask, wavelet="morl"))

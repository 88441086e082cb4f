"""Histograms of regions, and that pictures do not depend on how an image is stored."""

import math

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from radiomics_rs._plot_histogram import bars

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")

WIDTH = {"bin_width": 10, "families": ["intensity_statistics"]}


@pytest.fixture
def region():
    """Intensities 0 to 99, each in ten voxels, in a box with a margin."""
    image = np.full((12, 12, 14), 500, np.int16)
    image[1:11, 1:11, 2:12] = np.repeat(np.arange(100), 10).reshape(10, 10, 10)
    mask = np.zeros(image.shape, np.uint8)
    mask[1:11, 1:11, 2:12] = 1
    return image, mask


def drawn(ax):
    """Heights and edges of each histogram."""
    return [patch.get_data()[:2] for patch in ax.patches]


@pytest.mark.parametrize("bins", [{"bin_width": 10}, {"bin_number": 10}])
def test_bars_are_the_bins(region, bins):
    ax = rr.plot_histogram(*region, bins, spacing_mm=1)
    ((counts, edges),) = drawn(ax)
    np.testing.assert_array_equal(counts, [100] * 10)
    # Bins begin half way between intensities: 9.5, 19.5 and so on.
    np.testing.assert_allclose(edges[1:-1], np.arange(9.5, 99, 10))
    assert edges[0] <= 0
    assert edges[-1] >= 99
    assert ax.get_title() == "10 grey levels"
    assert ax.get_ylabel() == "voxels"
    plt.close(ax.figure)


def test_empty_bins_are_seen(region):
    image, mask = region
    image[(image > 39) & (image < 60)] = 0
    ((counts, edges),) = drawn(rr.plot_histogram(image, mask, WIDTH, spacing_mm=1))
    np.testing.assert_array_equal(counts[4:6], [0, 0])
    assert counts.sum() == (mask > 0).sum()
    assert (np.diff(edges) > 0).all()


def test_one_grey_level(region):
    image, mask = region
    image[mask > 0] = 7
    ((counts, edges),) = drawn(rr.plot_histogram(image, mask, WIDTH, spacing_mm=1))
    assert counts.tolist() == [1000]
    assert edges[0] < 7 < edges[1]


def test_without_bins(region):
    settings = {"bin_width": None, "bin_number": None, "families": ["intensity_statistics"]}
    image, mask = region
    prepared = rr.prepare(image.astype(float) - 0.5, mask, settings, spacing_mm=1)
    edges, counts, levels = bars(prepared)
    assert (levels, counts.sum(), len(edges)) == (0, 1000, 65)


def test_several_images_and_labels():
    liver = rr.example("liver")
    ax = rr.plot_histogram(liver.phases, liver.mask, WIDTH, label=["tumour", 4], density=True)
    found = drawn(ax)
    assert len(found) == 6
    assert all(heights.sum() == pytest.approx(1) for heights, _ in found)
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts[:2] == ["arterial, tumour", "arterial, label 4"]
    assert ax.get_ylabel() == "share of voxels"
    plt.close(ax.figure)


def test_what_is_refused(region):
    with pytest.raises(rr.RegionError, match="nothing to draw"):
        rr.plot_histogram(*region, WIDTH, label=[], spacing_mm=1)
    with pytest.raises(rr.RegionError, match="label 9"):
        rr.plot_histogram(*region, WIDTH, label=9, spacing_mm=1)
    with pytest.raises(TypeError, match="density is 'yes'"):
        rr.plot_histogram(*region, WIDTH, density="yes", spacing_mm=1)


@pytest.fixture(scope="module")
def scene():
    """A slab of the liver with its tumour, as SimpleITK images that can be turned."""
    liver = rr.example("liver")
    return liver.images["portal"].to_sitk()[:, :, 16:24], liver.mask.to_sitk()[:, :, 16:24]


def as_seen(ax):
    """The first picture as it is on the paper, from the top left."""
    picture = np.asarray(ax.get_images()[0].get_array())
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    picture = picture[:, ::-1] if left > right else picture
    return picture[::-1] if bottom < top else picture


def turned(image, axes):
    """The same voxels at the same places, stored in another order."""
    flipped = sitk.Flip(image, axes, False)
    assert flipped.TransformIndexToPhysicalPoint((0, 0, 0)) != image.GetOrigin()
    return flipped


FLIPS = [(True, False, False), (False, True, False), (False, False, True), (True, True, True)]


@pytest.mark.parametrize("axes", FLIPS)
def test_a_flipped_image_is_the_same_picture(scene, axes):
    image, mask = scene
    plain = rr.plot_region(image, mask, label=2)
    other = rr.plot_region(turned(image, axes), turned(mask, axes), label=2)
    np.testing.assert_array_equal(as_seen(other), as_seen(plain))
    # And it is not the same because nothing is turned.
    assert not np.array_equal(as_seen(plain), as_seen(plain)[:, ::-1])
    plt.close("all")


@pytest.mark.parametrize("axes", FLIPS)
def test_a_map_of_a_flipped_image_is_the_same_picture(scene, axes):
    settings = {"bin_width": 25}
    pictures = []
    for image, mask in (scene, [turned(one, axes) for one in scene]):
        maps = rr.feature_maps(
            image, mask, ["intensity_statistics.mean"], 1, settings, label=2, in_plane=True
        )
        ax = rr.plot_map(maps, "intensity_statistics.mean", image)
        below, above = ax.get_images()
        assert below.get_array().shape != above.get_array().shape
        pictures.append(as_seen(ax))
    np.testing.assert_array_equal(*pictures)
    plt.close("all")


def test_an_oblique_image_is_seen_by_its_nearest_axes(scene):
    """Turned by 20 degrees in its plane, and upside down: the patient's right stays left."""
    image, mask = (sitk.Image(one) for one in scene)
    plain = as_seen(rr.plot_region(image, mask, label=2))
    c, s = math.cos(math.radians(20)), math.sin(math.radians(20))
    for turn in ((c, -s, 0, s, c, 0, 0, 0, 1), (-c, s, 0, -s, -c, 0, 0, 0, 1)):
        for one in (image, mask):
            one.SetDirection(turn)
        seen = as_seen(rr.plot_region(image, mask, label=2))
        np.testing.assert_array_equal(seen, plain if turn[0] > 0 else plain[::-1, ::-1])
    plt.close("all")


def test_maps_go_by_short_names(scene):
    maps = rr.feature_maps(*scene, ["glcm.contrast", "glcm.joint_entropy"], 1, label=2)
    (name,) = [one for one in maps if "contrast" in one]
    np.testing.assert_array_equal(maps["glcm.contrast"], maps[name])
    with pytest.raises(KeyError, match=r"no map 'glcm.contrst', of 2"):
        maps["glcm.contrst"]

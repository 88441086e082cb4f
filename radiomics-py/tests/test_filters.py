"""Filters from Python and on the command line."""

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from radiomics_rs import cli

MEAN = {"mean": {"support_voxels": 3}}
#: Spacing (z, y, x) of the test image.
SPACING = (3.0, 2.0, 1.0)


@pytest.fixture
def image():
    return np.random.default_rng(5).normal(40, 10, (7, 8, 9)).astype(np.float32)


@pytest.fixture
def mask():
    mask = np.zeros((7, 8, 9), np.uint8)
    mask[2:5, 2:6, 3:7] = 1
    return mask


def sitk_image(array):
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(SPACING[::-1])
    image.SetOrigin((1.0, 2.0, 3.0))
    return image


def test_mean_of_a_neighbourhood(image):
    response = rr.filter_image(image, MEAN, spacing_mm=SPACING)
    assert response.dtype == np.float64
    assert response.shape == image.shape
    neighbourhood = image[2:5, 3:6, 4:7].astype(np.float64)
    assert response[3, 4, 5] == pytest.approx(neighbourhood.mean(), rel=1e-12)


def test_an_image_of_simpleitk_keeps_its_place(image, tmp_path):
    given = sitk_image(image)
    response = rr.filter_image(given, MEAN)
    assert response.GetSpacing() == given.GetSpacing()
    assert response.GetOrigin() == given.GetOrigin()
    expected = rr.filter_image(image, MEAN, spacing_mm=SPACING)
    assert np.array_equal(sitk.GetArrayFromImage(response), expected)
    path = tmp_path / "image.nrrd"
    sitk.WriteImage(given, str(path))
    assert np.array_equal(sitk.GetArrayFromImage(rr.filter_image(path, MEAN)), expected)


def test_two_dimensions_stay_two(image):
    response = rr.filter_image(
        image[0], {"mean": {"support_voxels": 3, "dimensions": "2D"}}, spacing_mm=1
    )
    assert response.shape == image[0].shape
    flat = rr.filter_image(sitk.GetImageFromArray(image[0]), "square")
    assert flat.GetDimension() == 2


def test_threads_change_nothing(image):
    log = {"laplacian_of_gaussian": {"sigma_mm": 2}}
    one, four = (rr.filter_image(image, log, spacing_mm=1, threads=n) for n in (1, 4))
    assert np.array_equal(one, four)


def test_features_of_a_response_are_those_of_the_filtered_image(image, mask):
    settings = rr.Settings(bin_number=8, families=["intensity_statistics", "glcm"])
    filters = ["original", MEAN, {"laplacian_of_gaussian": {"sigma_mm": [1, 2]}}]
    table = rr.extract(image, mask, settings, filters=filters, spacing_mm=SPACING)
    names = list(dict.fromkeys(row.image for row in table))
    assert names == ["original", "mean-3-3D", "log-1mm-3D", "log-2mm-3D"]
    for name, single in zip(
        names,
        ["original", MEAN, *({"laplacian_of_gaussian": {"sigma_mm": sigma}} for sigma in (1, 2))],
        strict=True,
    ):
        response = rr.filter_image(image, single, spacing_mm=SPACING)
        alone = rr.extract(response, mask, settings, spacing_mm=SPACING)
        found = {row.column.removeprefix(name): row.value for row in table if row.image == name}
        expected = {row.column.removeprefix("original"): row.value for row in alone}
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_shape_is_computed_once(image, mask):
    table = rr.extract(image, mask, filters=[MEAN, "square"], spacing_mm=SPACING)
    assert [row.image for row in table if row.feature == "volume"] == ["original"]
    assert {row.image for row in table if row.family == "glcm"} == {"mean-3-3D", "square"}


def test_settings_hold_filters():
    settings = rr.Settings(filters=["original", {"mean": {"support_voxels": [3, 5]}}])
    assert len(settings.filters) == 3
    assert rr.Settings.from_yaml(settings.to_yaml()) == settings
    assert rr.Settings(filters="square").filters == ("square",)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("sqare", "no filter `sqare`; did you mean `square`"),
        ("mean", "`support_voxels` is missing: it takes a whole number"),
        ({"mean": {"support_voxels": 4}}, "`support_voxels` is 4"),
        ({"mean": {"size": 3}}, "`mean` has no parameter `size`; it takes support_voxels"),
        ({"laplacian_of_gaussian": {"sigma_mm": -1}}, "`sigma_mm` is -1"),
        ({"laws": {"kernels": "L5Q5"}}, "`kernels` is Q5"),
        ({"separable_wavelet": {"wavelet": "db99", "subband": "LLH"}}, "db99"),
        ({"separable_wavelet": {"wavelet": "db3", "subband": "LXH"}}, "LXH"),
        ({"simoncelli": {"level": 0}}, "`level` is 0"),
        ({"mean": {"support_voxels": [3, 5]}}, "stands for 2 filters"),
        ({"simoncelli": {"boundary": "miror"}}, "did you mean `mirror`"),
        (5, "5 is no filter"),
    ],
)
def test_bad_filters_are_named(image, wrong, words):
    with pytest.raises(rr.RadiomicsError, match=words):
        rr.filter_image(image, wrong, spacing_mm=1)


def test_a_filter_given_twice_and_none_at_all(image, mask):
    with pytest.raises(rr.RadiomicsError, match="given twice"):
        rr.extract(image, mask, filters=["square", "square"], spacing_mm=1)
    with pytest.raises(rr.RadiomicsError, match="at least one filter"):
        rr.extract(image, mask, filters=[], spacing_mm=1)


def test_arrays_need_a_spacing_and_images_have_one(image):
    with pytest.raises(rr.RadiomicsError, match="give spacing_mm"):
        rr.filter_image(image, MEAN)
    with pytest.raises(rr.RadiomicsError, match="a spacing of its own"):
        rr.filter_image(sitk_image(image), MEAN, spacing_mm=1)


def test_nan_beside_the_region_is_an_error_when_a_filter_meets_it(image, mask):
    image[1, 3, 4] = np.nan
    settings = rr.Settings(families=["intensity_statistics"])
    assert len(rr.extract(image, mask, settings, spacing_mm=1)) == 18
    with pytest.raises(rr.RadiomicsError, match="NaN or infinite"):
        rr.extract(image, mask, settings, filters=[MEAN], spacing_mm=1)


def test_command_line(image, mask, tmp_path, capsys):
    files = [str(tmp_path / name) for name in ("image.nrrd", "mask.nrrd")]
    for path, array in zip(files, (image, mask), strict=True):
        sitk.WriteImage(sitk_image(array), path)
    out = tmp_path / "response.nii.gz"
    assert cli.main(["filter", files[0], "mean: {support_voxels: 3}", "--out", str(out)]) == 0
    found = sitk.GetArrayFromImage(sitk.ReadImage(str(out)))
    assert np.array_equal(found, rr.filter_image(image, MEAN, spacing_mm=SPACING))
    table = tmp_path / "table.csv"
    arguments = ["--filter", "square", "--filter", "mean: {support_voxels: [3, 5]}"]
    arguments += ["--set", "families=[intensity_statistics]", "--out", str(table)]
    assert cli.main(["extract", *files, *arguments]) == 0
    text = table.read_text()
    assert "square" in text
    assert "mean-5-3D" in text
    assert cli.main(["filter", files[0], "mean: {support_voxels: 4}", "--out", str(out)]) == 1
    assert "`support_voxels` is 4" in capsys.readouterr().err


def test_images_of_any_kind_keep_their_place(image, tmp_path):
    """A Volume, or an image of another library, becomes a Volume; files become images."""
    expected = rr.filter_image(image, MEAN, spacing_mm=SPACING)
    volume = rr.Volume(image, SPACING, (1.0, 2.0, 3.0))
    found = rr.filter_image(volume, MEAN)
    np.testing.assert_array_equal(found.voxels, expected)
    assert found.geometry == volume.geometry

    # An array of another library stays an array, of numbers of NumPy.
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            return image

    np.testing.assert_array_equal(rr.filter_image(Tensor(), MEAN, spacing_mm=SPACING), expected)


def test_a_folder_of_dicom_becomes_an_image(data):
    folder = data / "clinical" / "seg" / "overlapping_five" / "image"
    read = rr.io.read_image(folder)
    found = rr.filter_image(folder, "square")
    assert found.GetSpacing()[::-1] == pytest.approx(read.spacing_mm)
    square = read.voxels.astype(float) ** 2
    # The filter scales to the range of the image.
    expected = square / np.abs(square).max() * np.abs(read.voxels).max()
    np.testing.assert_allclose(sitk.GetArrayFromImage(found), expected, rtol=1e-9)

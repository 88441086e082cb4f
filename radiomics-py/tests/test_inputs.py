"""The same region gives the same bits, whatever holds it."""

import threading
import time

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from conftest import same
from radiomics_rs.io import from_sitk

NATIVE = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
NATIVE += ["float32", "float64"]


def arrays(image, mask):
    return sitk.GetArrayFromImage(image), sitk.GetArrayFromImage(mask)


@pytest.mark.parametrize("label", [1, 7])
def test_paths_sitk_images_and_arrays_agree(oblique, tmp_path, label):
    image, mask = oblique
    files = tmp_path / "image.nii.gz", tmp_path / "mask.mha"
    for part, file in zip(oblique, files, strict=True):
        sitk.WriteImage(part, file)
    expected = rr.extract(image, mask, label=label)
    voxels, labels = arrays(image, mask)
    # NIfTI keeps the directions in 32 bits.
    settings = rr.Settings(geometry_tolerance=1e-3)
    assert same(expected, rr.extract(str(files[0]), files[1], settings, label=label))
    assert same(expected, rr.extract(files[0], labels, label=label))
    assert same(expected, rr.extract(image, labels, label=label))
    assert same(expected, rr.extract(voxels, mask, label=label))
    assert same(expected, rr.extract(voxels, labels, label=label, spacing_mm=(2.5, 1.125, 0.75)))


def test_labels_are_told_apart(oblique):
    image, mask = oblique
    assert not same(rr.extract(image, mask, label=1), rr.extract(image, mask, label=7))


def test_axes_are_turned_once(oblique):
    """The centre of a voxel is where SimpleITK says, with its coordinates reversed."""
    image, _ = oblique
    volume = from_sitk(image)
    assert volume.voxels.shape == (6, 9, 11)
    assert volume.spacing_mm == (2.5, 1.125, 0.75)
    k, j, i = 3, 1, 4
    expected = image.TransformIndexToPhysicalPoint((i, j, k))[::-1]
    scaled = np.multiply(volume.spacing_mm, (k, j, i))
    position = np.add(volume.origin_mm, np.array(volume.direction) @ scaled)
    np.testing.assert_allclose(position, expected, rtol=1e-12)
    assert volume.voxels[k, j, i] == image[i, j, k]


def test_resampling_follows_the_axes(oblique):
    """Spacing by axis: turned axes would keep another one."""
    image, mask = oblique
    settings = rr.Settings(resample_spacing_mm=(2.5, None, None), bin_number=8)
    plain = rr.Settings(bin_number=8)
    assert same(rr.extract(image, mask, settings), rr.extract(image, mask, plain))
    other = rr.Settings(resample_spacing_mm=(None, None, 2.5), bin_number=8)
    assert not same(rr.extract(image, mask, other), rr.extract(image, mask, plain))


@pytest.mark.parametrize("dtype", NATIVE)
def test_every_dtype(phantom, configuration, dtype):
    image, mask, spacing_mm = phantom
    expected = rr.extract(image, mask, configuration, spacing_mm=spacing_mm)
    given = image.astype(dtype), mask.astype(dtype)
    assert same(expected, rr.extract(*given, configuration, spacing_mm=spacing_mm))


def test_boolean_mask_and_image(phantom, configuration):
    image, mask, spacing_mm = phantom
    expected = rr.extract(image, mask, configuration, spacing_mm=spacing_mm)
    assert same(expected, rr.extract(image, mask == 1, configuration, spacing_mm=spacing_mm))
    flat = rr.extract(mask == 1, mask, configuration, spacing_mm=2)
    assert flat.to_dict()["original_intensity_statistics_mean"] == 1


def layouts(array):
    """The same voxels in memory of many shapes."""
    roomy = np.zeros(tuple(2 * n for n in array.shape), array.dtype)
    roomy[::2, ::2, ::2] = array
    packed = np.zeros(array.shape, [("other", "u1"), ("voxel", array.dtype)])
    packed["voxel"] = array
    read_only = array.copy()
    read_only.flags.writeable = False
    return {
        "fortran": np.asfortranarray(array),
        "every second voxel": roomy[::2, ::2, ::2],
        "flipped": array[::-1, ::-1, ::-1].copy()[::-1, ::-1, ::-1],
        "flipped in x": array[:, :, ::-1].copy()[:, :, ::-1],
        "transposed": array.transpose(2, 0, 1).copy().transpose(1, 2, 0),
        "field of a packed record": packed["voxel"],
        "read-only": read_only,
    }


@pytest.mark.parametrize("layout", layouts(np.zeros((1, 1, 1))))
def test_every_layout(phantom, configuration, layout):
    image, mask, spacing_mm = phantom
    expected = rr.extract(image, mask, configuration, spacing_mm=spacing_mm)
    for dtype in ("int16", "float64"):
        given = layouts(image.astype(dtype))[layout], layouts(mask)[layout]
        assert same(expected, rr.extract(*given, configuration, spacing_mm=spacing_mm))


def test_broadcast_array(phantom):
    image, mask, _ = phantom
    repeated = np.broadcast_to(image[0], image.shape)
    assert same(
        rr.extract(repeated, mask, spacing_mm=1), rr.extract(repeated.copy(), mask, spacing_mm=1)
    )


def test_one_slice(phantom):
    image, mask, _ = phantom
    expected = rr.extract(image[:1], mask[:1], spacing_mm=(1, 2, 3))
    assert same(expected, rr.extract(image[0], mask[0], spacing_mm=(2, 3)))
    assert same(expected, rr.extract(image[0], mask[0], spacing_mm=(1, 2, 3)))
    pair = [sitk.GetImageFromArray(part[0]) for part in (image, mask)]
    for part in pair:
        part.SetSpacing((3, 2))
        part.SetDirection((0, 1, -1, 0))
    assert same(expected, rr.extract(*pair))
    assert from_sitk(pair[0]).direction == ((1, 0, 0), (0, 0, -1), (0, 1, 0))
    assert same(expected, rr.extract(pair[0], mask[0]))


def test_one_number_of_spacing_is_isotropic(phantom):
    image, mask, _ = phantom
    one = rr.extract(image, mask, spacing_mm=np.float32(2))
    assert same(one, rr.extract(image, mask, spacing_mm=np.array([2, 2, 2])))


def test_fourth_dimension_of_one(phantom):
    image, mask, _ = phantom
    four = sitk.JoinSeries([sitk.GetImageFromArray(image)])
    assert four.GetDimension() == 4
    assert same(rr.extract(four, mask), rr.extract(image, mask, spacing_mm=1))


def test_settings_of_every_kind(phantom, tmp_path):
    image, mask, _ = phantom
    expected = rr.extract(image, mask, rr.Settings(bin_width=2), spacing_mm=1)
    yaml, json = tmp_path / "settings.yaml", tmp_path / "settings.json"
    yaml.write_text("bin_width: 2\n")
    json.write_text('{"bin_width": 2}')
    for settings in ({"bin_width": 2}, yaml, str(yaml), json):
        assert same(expected, rr.extract(image, mask, settings, spacing_mm=1))


def test_inputs_are_not_written(phantom):
    image, mask, _ = phantom
    before = image.copy(), mask.copy()
    rr.extract(image, mask, spacing_mm=1)
    np.testing.assert_array_equal(image, before[0])
    np.testing.assert_array_equal(mask, before[1])


def large():
    rng = np.random.default_rng(1)
    return rng.normal(size=(60, 200, 200)), np.ones((60, 200, 200), np.uint8)


def test_same_bits_for_any_number_of_threads(phantom):
    image, mask = large()
    image, mask = image[:20, :50, :50], mask[:20, :50, :50]
    one = rr.extract(image, mask, spacing_mm=1, threads=1)
    assert same(one, rr.extract(image, mask, spacing_mm=1, threads=4))


def test_other_threads_run_meanwhile():
    """A thread counts on while another one extracts: the interpreter lock is free."""
    image, mask = large()
    ticks: list[float] = []
    done = threading.Event()

    def count():
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    counter = threading.Thread(target=count)
    counter.start()
    try:
        start = time.perf_counter()
        rr.extract(image, mask, spacing_mm=1, threads=1)
        end = time.perf_counter()
    finally:
        done.set()
        counter.join()
    # With the lock held, not one tick would fall in the middle of the computation.
    third = (end - start) / 3
    assert sum(start + third < tick < end - third for tick in ticks) >= 5


def test_two_extractions_at_once(phantom, configuration):
    image, mask, spacing_mm = phantom
    expected = rr.extract(image, mask, configuration, spacing_mm=spacing_mm)
    results = []

    def work():
        for _ in range(20):
            results.append(rr.extract(image, mask, configuration, spacing_mm=spacing_mm))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(results) == 40
    assert all(same(expected, result) for result in results)

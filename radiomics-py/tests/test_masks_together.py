"""Several masks in one call share responses of filters, and have the bits that each has alone."""

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from radiomics_rs import _core

FAR = {"laplacian_of_gaussian": {"sigma_mm": 2, "method": "recursive"}}
SETTINGS = {
    "families": ["intensity_statistics", "glcm"],
    "bin_number": 8,
    "filters": ["original", FAR, {"mean": {"support_voxels": 3}}],
}

pytestmark = pytest.mark.filterwarnings("ignore::radiomics_rs.RadiomicsWarning")


@pytest.fixture
def image():
    return np.random.default_rng(3).integers(0, 999, (12, 20, 24)).astype(np.int16)


@pytest.fixture
def masks(image):
    """Boxes that overlap, in arrays of a byte a voxel."""
    made = {}
    for name, first in [("one", 2), ("two", 4), ("three", 6)]:
        made[name] = np.zeros(image.shape, np.uint8)
        made[name][2:9, first : first + 8, 3:15] = 1
    return made


@pytest.fixture
def calls(monkeypatch):
    """How many masks each call of the engine has."""
    seen = []
    real = _core.extract

    def extract(images, masks, *rest, **options):
        seen.append(len(masks))
        return real(images, masks, *rest, **options)

    monkeypatch.setattr(_core, "extract", extract)
    return seen


def hexed(table):
    return {name: float(value).hex() for name, value in table.items()}


@pytest.mark.parametrize("more", [{}, {"normalise": True}, {"resample_spacing_mm": 1.5}])
def test_bits_are_those_of_each_alone(image, masks, calls, more):
    settings = {**SETTINGS, **more}
    tables = rr.extract({"a": image, "b": image + 7}, masks, settings, spacing_mm=1)
    assert list(tables) == list(masks)
    assert calls == [3]
    for name, mask in masks.items():
        alone = rr.extract({"a": image, "b": image + 7}, mask, settings, spacing_mm=1)
        assert hexed(tables[name]) == hexed(alone)


def test_masks_go_together_if_they_share_something_and_as_many_as_a_response_has_room_for(
    image, masks, calls
):
    rr.extract(image, masks, SETTINGS | {"filters": ["original"]}, spacing_mm=1)
    assert calls == [1, 1, 1]
    calls.clear()
    rr.extract(image, masks, SETTINGS | {"filters": ["original"], "normalise": True}, spacing_mm=1)
    assert calls == [3]
    calls.clear()
    rr.extract(image, [mask.astype(np.int32) for mask in masks.values()], SETTINGS, spacing_mm=1)
    assert calls == [2, 1]


def test_progress_is_of_all_masks(image, masks, calls):
    for settings, expected in [(SETTINGS, [2, 1]), (SETTINGS | {"filters": ["original"]}, [1] * 3)]:
        calls.clear()
        told: list[tuple[int, int]] = []

        def tell(done, total, told=told):
            told.append((done, total))

        given = [mask.astype(np.int32) for mask in masks.values()]
        rr.extract(image, given, settings, spacing_mm=1, progress=tell)
        assert calls == expected
        (total,) = {of for _, of in told}
        assert told[0] == (0, total)
        assert told[-1] == (total, total)
        assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_the_first_mask_that_fails_is_named(image, masks):
    masks["two"][:] = 0
    masks["two"][1, 1, 1] = 1
    with pytest.raises(rr.RegionError, match=r"^mask 'two': the region has 1 voxel"):
        rr.extract(image, masks, SETTINGS, spacing_mm=1)
    with pytest.raises(
        rr.RegionError, match=r"^mask 1: image `b`, label 1: the region has 1 voxel"
    ):
        rr.extract({"b": image, "a": image}, [*masks.values()], SETTINGS, spacing_mm=1)
    with pytest.raises(rr.RegionError, match=r"^mask 'one': label 2 "):
        rr.extract(image, masks, SETTINGS, label=2, spacing_mm=1)
    tables = rr.extract(image, masks, SETTINGS, spacing_mm=1, on_error="record")
    status = {name: {row.status for row in table} for name, table in tables.items()}
    assert status["two"] == {"failed"}
    assert "failed" not in status["one"] | status["three"]
    (said,) = tables["two"].warnings
    assert said.code == "failed"
    assert said.message.startswith("mask 'two': the region has 1 voxel")
    with pytest.raises(rr.GeometryError, match=r"^mask 'other': "):
        rr.extract(image, masks | {"other": np.ones((2, 2, 2), np.uint8)}, SETTINGS, spacing_mm=1)


def test_images_that_are_resampled_to_each_mask_are_not_shared(image, masks, calls):
    given = sitk.GetImageFromArray(image.astype(np.float32))
    coarse = sitk.GetImageFromArray(masks["two"][::2, ::2, ::2].copy())
    coarse.SetSpacing((2, 2, 2))
    of = {name: sitk.GetImageFromArray(mask) for name, mask in masks.items()} | {"coarse": coarse}
    tables = rr.extract(given, of, SETTINGS, resample_images=True)
    assert calls == [3, 1]
    for name, mask in of.items():
        alone = rr.extract(given, mask, SETTINGS, resample_images=True)
        assert hexed(tables[name]) == hexed(alone)


def test_a_strict_call_names_the_mask(image, masks):
    masks["two"][:] = 0
    masks["two"][3, 3, 3:6] = 1
    with pytest.raises(rr.RadiomicsError, match=r"^mask 'two': "):
        rr.extract(image, masks, SETTINGS, spacing_mm=1, strict=True)

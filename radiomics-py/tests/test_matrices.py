"""invariants: the engine's texture matrices are those of the definition."""

import numpy as np
import pytest

import plain_cmatrices
import radiomics_rs as rr
from radiomics_rs.pyradiomics import cMatrices


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("plane", [{}, {"force2D": True}, {"force2D": True, "force2Ddimension": 1}])
@pytest.mark.parametrize("distances", [[1], [1, 2]])
def test_every_matrix_equals_the_plain_one(seed, plane, distances):
    random = np.random.default_rng(seed)
    shape = random.integers(1, 7, 3)
    shape[random.integers(3)] = 5
    image = random.integers(1, 4, shape)
    mask = random.random(shape) < (0.7 if seed else 0.08)
    compare(image, mask, plane, distances)


@pytest.mark.parametrize("seed", range(3))
def test_every_matrix_of_a_slice(seed):
    random = np.random.default_rng(seed)
    image = random.integers(1, 5, (6, 7))
    compare(image, random.random((6, 7)) < 0.6, {}, [1, 2])


def compare(image, mask, plane, distances):
    levels, size = 4, max(image.shape)
    arguments = {
        "calculate_glcm": (distances, levels),
        "calculate_glrlm": (levels, size),
        "calculate_glszm": (levels, image.size),
        "calculate_gldm": (distances, levels, 1),
        "calculate_ngtdm": (distances, levels),
    }
    for name, rest in arguments.items():
        try:
            expected = getattr(plain_cmatrices, name)(image, mask, *rest, **plane)
        except RuntimeError as error:
            with pytest.raises(RuntimeError, match=str(error)):
                getattr(cMatrices, name)(image, mask, *rest, **plane)
            continue
        found = getattr(cMatrices, name)(image, mask, *rest, **plane)
        pairs = (
            [(found, expected)]
            if isinstance(found, np.ndarray)
            else zip(found, expected, strict=True)
        )
        for ours, plain in pairs:
            assert (ours.shape, ours.dtype) == (plain.shape, plain.dtype), name
            # NGTDM sums differences in whole numbers, the plain one as fractions.
            np.testing.assert_allclose(ours, plain, rtol=1e-14, atol=0, err_msg=name)


def test_levels_beyond_the_table_are_refused():
    image = np.full((2, 2, 2), 70_000)
    with pytest.raises(ValueError, match="highest grey level is 70000"):
        cMatrices.calculate_glszm(image, image > 0, 70_000, 8)


def test_matrices_of_the_phantom(phantom, configuration):
    image, mask, spacing_mm = phantom
    found = rr.matrices(
        image, mask, configuration.replace(families=["glszm"]), spacing_mm=spacing_mm
    )
    assert [m.slice for m in found] == [0, 1, 2, 3, None]
    volume = found[-1]
    assert (volume.family, volume.offset) == ("glszm", None)
    assert (volume.levels[0], volume.columns[0], volume.values[0]) == (1, 50, 1.0)
    dense = volume.dense()
    assert dense.shape == (6, 50)
    assert dense[0, 49] == 1
    assert dense.sum() == volume.values.sum()


def test_directions_of_the_phantom(phantom, configuration):
    image, mask, spacing_mm = phantom
    settings = configuration.replace(families=["glcm", "glrlm"], aggregations=["3D_avg"])
    found = rr.matrices(image, mask, settings, spacing_mm=spacing_mm)
    assert len(found) == 26
    assert len({m.offset for m in found if m.family == "glcm"}) == 13
    symmetric = found[0].dense()
    np.testing.assert_array_equal(symmetric, symmetric.T)

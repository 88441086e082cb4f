"""Outliers, rank correlations and groups of features of a cohort, against others' and by hand."""

import numpy as np
import pytest

from radiomics_rs.cohort.page.statistics import (
    clusters,
    ranks,
    representative,
    spearman,
    spread,
)


def test_spread_by_hand():
    values = np.array(
        [[1.0, 5, 0, np.nan], [2, 5, 0, np.nan], [3, 5, 0, np.inf], [4, 5, 7, np.nan]]
    )
    values = np.vstack([values, [100.0, 5, np.nan, np.nan], [np.nan, 5, 0, np.nan]])
    found = spread(values)
    assert found.defined.tolist() == [5, 6, 5, 0]
    assert found.median.tolist()[:3] == [3, 5, 0]
    # |1..4, 100 - 3| = 2, 1, 0, 1, 97: the median is 1.
    assert found.z[4, 0] == pytest.approx(97 / 1.4826)
    assert found.outlying.sum() == 1
    assert found.constant.tolist() == [False, True, False, False]
    assert found.flat.tolist() == [False, False, True, False]
    assert np.isnan(found.z[:, 1:]).all()


def test_spread_of_nothing():
    found = spread(np.empty((0, 3)))
    assert found.z.shape == (0, 3)
    assert not found.constant.any()
    assert found.defined.tolist() == [0, 0, 0]
    # Values so large that their distances are infinite are no error.
    assert spread(np.array([[1e308], [-1e308], [0], [1], [2], [3.0]])).defined.tolist() == [6]


def test_ranks_by_hand():
    values = np.array([[3.0, 1], [1, 1], [3, 1], [2, 1]])
    assert ranks(values).T.tolist() == [[2.5, 0, 2.5, 1], [1.5, 1.5, 1.5, 1.5]]


def test_correlations_are_those_of_pandas():
    pandas = pytest.importorskip("pandas")
    rng = np.random.default_rng(2)
    values = rng.normal(size=(40, 12)) + 2 * rng.normal(size=(40, 1))
    values[:, 3] = np.rint(values[:, 3])
    values[rng.random(40) < 0.3, 4] = np.nan
    values[rng.random(40) < 0.2, 5] = np.nan
    values[4:, 6] = np.nan
    values[:, 7] = 1
    found = spearman(values)
    wanted = pandas.DataFrame(values).corr("spearman", min_periods=5).to_numpy()
    np.testing.assert_allclose(found, wanted, atol=1e-12)
    assert np.isnan(found[6]).all()
    assert np.isnan(found[7]).all()


def test_groups_are_those_of_scipy():
    hierarchy = pytest.importorskip("scipy.cluster.hierarchy")
    distance = pytest.importorskip("scipy.spatial.distance")
    for seed in range(20):
        rng = np.random.default_rng(seed)
        parents = rng.normal(size=(30, 8))
        values = parents[:, rng.integers(0, 8, 60)] + 0.2 * rng.normal(size=(30, 60))
        found = spearman(values)
        away = 1 - np.abs(found)
        np.fill_diagonal(away, 0)
        tree = hierarchy.complete(distance.squareform(away, checks=False))
        labels = hierarchy.fcluster(tree, 0.1 + 1e-12, "distance")
        wanted = sorted(np.flatnonzero(labels == k).tolist() for k in np.unique(labels))
        assert clusters(found) == wanted
        assert max(map(len, wanted)) > 2


def test_every_two_of_a_group_are_together():
    # A chain: its ends are not correlated, so it is no single group.
    chain = np.array([[1, 0.95, 0.5], [0.95, 1, 0.92], [0.5, 0.92, 1]])
    assert clusters(chain) == [[0, 1], [2]]
    # The sign does not matter, the limit itself counts, and what is unknown is apart.
    pair = np.array([[1, -0.9, np.nan], [-0.9, 1, 0.89], [np.nan, 0.89, np.nan]])
    assert clusters(pair) == [[0, 1], [2]]
    assert clusters(np.ones((5, 5))) == [[0, 1, 2, 3, 4]]
    assert clusters(np.empty((0, 0))) == []


def test_representatives():
    found = np.array([[1, 0.9, 0.9], [0.9, 1, 0.99], [0.9, 0.99, 1]])
    assert representative([0, 1, 2], found) == 1
    assert representative([0, 1, 2], found, np.array([0.8, 0.3, np.nan])) == 0
    assert representative([0, 1, 2], found, np.full(3, np.nan)) == 1

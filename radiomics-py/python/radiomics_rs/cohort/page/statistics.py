"""What is said of features over the cases: their spread, outliers, correlations, clusters."""

from __future__ import annotations

import warnings
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Matrix: TypeAlias = "npt.NDArray[np.float64]"

#: What makes the median absolute deviation of normal values their standard deviation.
SCALE = 1.4826
#: Robust z beyond which a value is an outlier.
OUTLYING = 5.0
#: Correlation from which on two features belong together.
TOGETHER = 0.9
#: Fewest cases of which outliers or correlations are told.
LEAST = 5


class Spread(NamedTuple):
    """The distribution of each feature, and how far values are from its middle."""

    defined: npt.NDArray[np.intp]
    """How many cases have a finite value, of each feature as the arrays below."""
    low: Matrix
    median: Matrix
    high: Matrix
    constant: npt.NDArray[np.bool_]
    """Whether all defined values are the same one."""
    flat: npt.NDArray[np.bool_]
    """Whether more than half of the values are the same, though not all: no z can be told."""
    z: Matrix
    """Robust z, cases by features; NaN where there is none."""

    @property
    def outlying(self) -> npt.NDArray[np.bool_]:
        """Cases by features."""
        return np.abs(self.z) > OUTLYING


def spread(values: Matrix) -> Spread:
    """The spread of features; `values` are cases by features, and what is not finite is left out.

    The robust z of a value is (x - median) / (1.4826 MAD), and NaN where the MAD is 0 or fewer than
    5 cases are defined.
    """
    finite = np.where(np.isfinite(values), values, np.nan)
    defined = np.isfinite(values).sum(axis=0)
    with warnings.catch_warnings(), np.errstate(invalid="ignore", over="ignore"):
        # Features that no case has are NaN.
        warnings.simplefilter("ignore", RuntimeWarning)
        if not len(finite):
            finite = np.full((1, values.shape[1]), np.nan)
        low, high = np.nanmin(finite, axis=0), np.nanmax(finite, axis=0)
        median = np.nanmedian(finite, axis=0)
        away = finite - median
        mad = np.nanmedian(np.abs(away), axis=0)
        constant = (defined > 0) & (low == high)
        told = (mad > 0) & (defined >= LEAST)
        z = np.where(told, away / np.where(told, SCALE * mad, 1.0), np.nan)
    flat = (defined >= LEAST) & ~constant & (mad == 0)
    return Spread(defined, low, median, high, constant, flat, z[: len(values)])


def ranks(values: Matrix) -> Matrix:
    """Ranks along the first axis, those of equal values being their mean."""
    order = np.argsort(values, axis=0, kind="stable")
    ordered = np.take_along_axis(values, order, axis=0)
    n = len(values)
    place = np.arange(n, dtype=np.float64)[:, None]
    begins = np.ones(values.shape, dtype=bool)
    begins[1:] = ordered[1:] != ordered[:-1]
    ends = np.ones(values.shape, dtype=bool)
    ends[:-1] = begins[1:]
    first = np.maximum.accumulate(np.where(begins, place, 0.0), axis=0)
    last = np.minimum.accumulate(np.where(ends, place, float(n))[::-1], axis=0)[::-1]
    made = np.empty(values.shape)
    np.put_along_axis(made, order, (first + last) / 2, axis=0)
    return made


def spearman(values: Matrix) -> Matrix:
    """Rank correlations of all pairs of features, each over the cases in which both are finite.

    NaN for pairs of fewer than 5 such cases, or of which one is constant there. Features that are
    finite in the same cases are looked at together.
    """
    finite = np.isfinite(values)
    found = np.full((values.shape[1],) * 2, np.nan)
    patterns, of = np.unique(finite, axis=1, return_inverse=True)
    groups = [np.flatnonzero(of.ravel() == k) for k in range(patterns.shape[1])]
    for a, one in enumerate(groups):
        for b, other in enumerate(groups[: a + 1]):
            both = patterns[:, a] & patterns[:, b]
            if both.sum() < LEAST:
                continue
            left = _standardised(values[np.ix_(both, one)])
            right = left if a == b else _standardised(values[np.ix_(both, other)])
            product = left.T @ right
            found[np.ix_(one, other)] = product
            found[np.ix_(other, one)] = product.T
    np.clip(found, -1.0, 1.0, out=found)
    return found


def _standardised(values: Matrix) -> Matrix:
    """Ranks of mean 0 and length 1; NaN for a constant."""
    made = ranks(values)
    made -= made.mean(axis=0)
    length = np.sqrt((made**2).sum(axis=0))
    return made / np.where(length > 0, length, np.nan)


def clusters(correlation: Matrix, together: float = TOGETHER) -> list[list[int]]:
    """Groups of features, every two of which are correlated by `together` at least, up to sign.

    Hierarchical clustering by complete linkage, cut there; by the chain of nearest neighbours
    (Murtagh, The Computer Journal 1983, 26: 354-359). Pairs without a correlation are apart.

    Returns:
        Places of the features, in ascending order, of groups in the order of their first one; a
        feature on its own is a group of one.
    """
    n = len(correlation)
    away = 1.0 - np.nan_to_num(np.abs(correlation), nan=-np.inf)
    np.fill_diagonal(away, np.inf)
    limit = 1.0 - together + 1e-12
    members: dict[int, list[int]] = {k: [k] for k in range(n)}
    waiting = np.ones(n, dtype=bool)
    chain: list[int] = []
    while waiting.any():
        if not chain:
            chain.append(int(waiting.argmax()))
        tip = chain[-1]
        nearest = int(away[tip].argmin())
        if len(chain) > 1 and away[tip, chain[-2]] <= away[tip, nearest]:
            nearest = chain[-2]
        if away[tip, nearest] > limit:
            # Distances only grow from here: nothing will be joined to this one any more.
            waiting[tip] = False
            away[tip, :] = away[:, tip] = np.inf
            chain.pop()
        elif len(chain) > 1 and nearest == chain[-2]:
            kept, gone = sorted(chain[-2:])
            del chain[-2:]
            members[kept] += members.pop(gone)
            away[kept] = np.maximum(away[kept], away[gone])
            away[:, kept] = away[kept]
            away[gone, :] = away[:, gone] = np.inf
            away[kept, kept] = np.inf
            waiting[gone] = False
        else:
            chain.append(nearest)
    return sorted(sorted(group) for group in members.values())


def representative(group: list[int], correlation: Matrix, score: Matrix | None = None) -> int:
    """The feature that stands for a group.

    It is the one with the highest score, such as a stability, or, where none of the group has
    one, the one that is correlated most with all others; of equals the first.
    """
    if score is not None and np.isfinite(score[group]).any():
        return group[int(np.nanargmax(score[group]))]
    part = np.nan_to_num(np.abs(correlation[np.ix_(group, group)]), nan=0.0)
    # Rounded, so that the last digits of a sum do not choose among equals.
    return group[int(np.round(part.sum(axis=0), 9).argmax())]

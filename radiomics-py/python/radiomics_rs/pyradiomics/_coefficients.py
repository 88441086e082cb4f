"""The matrices as PyRadiomics' feature classes show them, and the coefficients drawn from them."""

from __future__ import annotations

import weakref

import numpy

from . import _cmatrices, _settings

_EPS = numpy.spacing(1)


class Coefficients(dict):
    """Filled when a coefficient is looked up: the features do not need them, plug-ins may."""

    def __init__(self, owner):
        super().__init__()
        # The owner has these: were it held by them, its arrays would stay in memory until Python
        # looks for cycles.
        self._reference = weakref.ref(owner)

    @property
    def _owner(self):
        owner = self._reference()
        if owner is None:
            raise KeyError("the feature class of these coefficients is gone: keep it")
        return owner

    def __missing__(self, key):
        owner = self._owner
        if key in ("grayLevels", "Ng"):
            owner._levels = owner._applyBinning(owner._greyLevels())
        elif key == "Np":
            self["Np"] = numpy.array([int(owner.maskArray.sum())])
        else:
            _FILL[owner._engineClass](self, owner._getMatrix())
        if key not in self:
            raise KeyError(key)
        return self[key]

    def __reduce__(self):
        return dict, (dict(self),)


def matrix(owner) -> numpy.ndarray:
    """The matrix of a feature class, with the levels (and lengths, sizes ...) that occur."""
    settings = owner.settings
    levels, mask = owner.imageArray, owner.maskArray
    Ng = owner.coefficients["Ng"]
    plane = (
        _settings.get(settings, "force2D") and levels.ndim == 3,
        _settings.get(settings, "force2Ddimension"),
    )
    distances = _settings.get(settings, "distances")
    present = owner.coefficients["grayLevels"] - 1
    if owner._engineClass == "glcm":
        counts, angles = _cmatrices.calculate_glcm(levels, mask, distances, Ng, *plane)
        counts = counts[:, present][:, :, present]
        if owner.symmetricalGLCM:
            counts = counts + counts.transpose(0, 2, 1, 3)
        counts = _merge(owner, counts, angles, squared=True)
        sums = counts.sum((1, 2))
        counts = counts[..., sums[0] > 0]
        return counts / counts.sum((1, 2))[:, None, None, :]
    if owner._engineClass == "glrlm":
        counts, angles = _cmatrices.calculate_glrlm(levels, mask, Ng, max(levels.shape), *plane)
        counts = _merge(owner, counts[:, present], angles, squared=False)
        counts = counts[..., counts.sum((0, 1, 2)) > 0]
        return _occurring(owner, counts)
    if owner._engineClass == "glszm":
        counts = _cmatrices.calculate_glszm(levels, mask, Ng, int(mask.sum()), *plane)
        return _occurring(owner, counts[:, present])
    if owner._engineClass == "gldm":
        counts = _cmatrices.calculate_gldm(levels, mask, distances, Ng, owner.gldm_a, *plane)
        return _occurring(owner, counts[:, present])
    counts = _cmatrices.calculate_ngtdm(levels, mask, distances, Ng, *plane)
    return counts[:, counts[0, :, 0] > 0]


def _occurring(owner, counts):
    """The columns in which something was counted; the class keeps what they stand for."""
    occurs = counts.sum(tuple(axis for axis in range(counts.ndim) if axis != 2)) > 0
    owner._columns = numpy.flatnonzero(occurs) + 1.0
    return counts[:, :, occurs]


def _merge(owner, counts, angles, squared):
    """One matrix of all directions, weighted by distance, if `weightingNorm` is set."""
    norm = owner.weightingNorm
    if norm is None:
        return counts
    steps = numpy.abs(angles) * owner.inputImage.GetSpacing()[::-1]
    if norm == "infinity":
        distance = steps.max(1)
    elif norm == "euclidean":
        distance = numpy.sqrt((steps**2).sum(1))
    elif norm == "manhattan":
        distance = steps.sum(1)
    else:
        distance = None
        if norm != "no_weighting":
            owner.logger.warning('weigthing norm "%s" is unknown, W is set to 1', norm)
    if distance is None:
        weights = numpy.ones(len(angles))
    else:
        weights = numpy.exp(-(distance**2)) if squared else distance
    return (counts * weights).sum(3, keepdims=True)


def _glcm(to, P):
    Ng = to["Ng"]
    levels = to["grayLevels"].astype(float)
    i, j = levels[:, None], levels[None, :]
    to.update(eps=_EPS, i=i, j=j)
    to["kValuesSum"] = numpy.arange(2, 2 * Ng + 1, dtype=float)
    to["kValuesDiff"] = numpy.arange(0, Ng, dtype=float)
    to["px"], to["py"] = P.sum(2, keepdims=True), P.sum(1, keepdims=True)
    to["ux"] = (i[None, :, :, None] * P).sum((1, 2), keepdims=True)
    to["uy"] = (j[None, :, :, None] * P).sum((1, 2), keepdims=True)
    to["pxAddy"] = numpy.stack([P[:, i + j == k].sum(1) for k in to["kValuesSum"]], axis=1)
    to["pxSuby"] = numpy.stack([P[:, abs(i - j) == k].sum(1) for k in to["kValuesDiff"]], axis=1)
    to["HXY"] = -(P * numpy.log2(P + _EPS)).sum((1, 2))


def _rows_and_columns(row_sum, column_sum, total):
    """Coefficients of the matrices of counts, by the names their class gives them."""

    def fill(to, P):
        to["ivector"], to["jvector"] = to["grayLevels"].astype(float), to._owner._columns
        to[row_sum], to[column_sum], to[total] = P.sum(2), P.sum(1), P.sum((1, 2))

    return fill


def _ngtdm(to, P):
    to["Nvp"] = P[:, :, 0].sum(1)
    to["p_i"] = P[:, :, 0] / to["Nvp"][:, None]
    to["s_i"], to["ivector"] = P[:, :, 1], P[:, :, 2]
    to["Ngp"] = (P[:, :, 0] > 0).sum(1)


_FILL = {
    "glcm": _glcm,
    "glrlm": _rows_and_columns("pg", "pr", "Nr"),
    "glszm": _rows_and_columns("pg", "ps", "Nz"),
    "gldm": _rows_and_columns("pg", "pd", "Nz"),
    "ngtdm": _ngtdm,
}

"""Neighbouring grey-tone difference matrix."""

from __future__ import annotations

from ._enginebase import TextureFeatures, matrix_property
from ._table import Feature, feature_class

FEATURES = (
    Feature(
        "Busyness",
        "Σ p_i s_i / Σ_ij |i p_i - j p_j|: rapid changes between neighbours; 0 for one grey level.",
    ),
    Feature(
        "Coarseness",
        "1 / Σ p_i s_i: locally uniform texture; 1 000 000 when all differences are 0.",
    ),
    Feature(
        "Complexity",
        "Σ_ij |i - j| (p_i s_i + p_j s_j) / (p_i + p_j) / Nv: many different primitives.",
    ),
    Feature(
        "Contrast",
        "Σ_ij p_i p_j (i - j)² / (Ng (Ng - 1)) times Σ s_i / Nv: range of grey levels and local "
        "change; 0 for one "
        "grey level.",
    ),
    Feature(
        "Strength",
        "Σ_ij (p_i + p_j)(i - j)² / Σ s_i: well-defined primitives; 0 when all differences are 0.",
    ),
)


@feature_class(FEATURES)
class RadiomicsNGTDM(TextureFeatures):
    """How much voxels differ from the mean of their neighbours, for each grey level.

    For each grey level i: the number n_i of its voxels, their fraction p_i = n_i / Nv, and s_i, the
    sum of the differences between each voxel and the mean of its neighbours in the region. A voxel
    without neighbours counts in n_i with difference 0 (IBSI leaves it out).

    Settings: `distances` ([1], in the infinity norm), `force2D`, `force2Ddimension`.
    """

    _engineClass = "ngtdm"

    P_ngtdm = matrix_property("Columns n_i, s_i and i, shape (1, grey levels, 3).")

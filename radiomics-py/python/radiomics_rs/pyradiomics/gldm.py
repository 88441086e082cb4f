"""Grey-level dependence matrix."""

from __future__ import annotations

from . import _settings
from ._enginebase import TextureFeatures, matrix_property
from ._table import Feature, feature_class, removed

FEATURES = (
    Feature("DependenceEntropy", "-Σ p log2(p + ε): disorder of dependences and grey levels."),
    Feature(
        "DependenceNonUniformity", "Σ_j (Σ_i P)² / Np: low when dependences are spread evenly."
    ),
    Feature("DependenceNonUniformityNormalized", "Σ_j (Σ_i P)² / Np²."),
    Feature(
        "DependencePercentage",
        "Removed: always 1. Asking for it gives no value.",
        removed=removed("GLDM - Dependence Percentage always computes 1"),
    ),
    Feature("DependenceVariance", "Σ (j - μ)² p(i,j): variance of the dependences."),
    Feature(
        "GrayLevelNonUniformity",
        "Σ_i (Σ_j P)² / Np: low when voxels are spread evenly over grey levels.",
    ),
    Feature(
        "GrayLevelNonUniformityNormalized",
        "Removed: equal to first-order Uniformity. Asking for it gives no value.",
        removed=removed(
            "GLDM - Gray Level Non-Uniformity Normalized is mathematically equal to First Order - "
            "Uniformity"
        ),
    ),
    Feature("GrayLevelVariance", "Σ (i - μ)² p(i,j): variance of the grey levels."),
    Feature("HighGrayLevelEmphasis", "Σ P i² / Np."),
    Feature("LargeDependenceEmphasis", "Σ P j² / Np: large for homogeneous texture."),
    Feature("LargeDependenceHighGrayLevelEmphasis", "Σ P i² j² / Np."),
    Feature("LargeDependenceLowGrayLevelEmphasis", "Σ P j² / i² / Np."),
    Feature("LowGrayLevelEmphasis", "Σ P / i² / Np."),
    Feature("SmallDependenceEmphasis", "Σ P / j² / Np: large for heterogeneous texture."),
    Feature("SmallDependenceHighGrayLevelEmphasis", "Σ P i² / j² / Np."),
    Feature("SmallDependenceLowGrayLevelEmphasis", "Σ P / (i² j²) / Np."),
)


@feature_class(FEATURES)
class RadiomicsGLDM(TextureFeatures):
    """How many neighbours resemble a voxel, for each grey level.

    P(i,j): number of voxels with grey level i and j - 1 neighbours whose grey level differs by no
    more than `gldm_a`; p = P / Np, Np voxels. ε is 2.2e-16. IBSI calls it the neighbouring
    grey-level dependence matrix.

    Settings: `distances` ([1], in the infinity norm), `gldm_a` (0), `force2D`, `force2Ddimension`.
    """

    _engineClass = "gldm"

    P_gldm = matrix_property("Counts, shape (1, grey levels, dependences that occur).")

    def __init__(self, inputImage, inputMask, **kwargs):
        super().__init__(inputImage, inputMask, **kwargs)
        self.gldm_a = _settings.get(kwargs, "gldm_a")

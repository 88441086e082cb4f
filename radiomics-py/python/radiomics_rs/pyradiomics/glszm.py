"""Grey-level size zone matrix."""

from __future__ import annotations

from ._enginebase import TextureFeatures, matrix_property
from ._table import Feature, feature_class

FEATURES = (
    Feature(
        "GrayLevelNonUniformity",
        "Σ_i (Σ_j P)² / Nz: low when zones are spread evenly over grey levels.",
    ),
    Feature("GrayLevelNonUniformityNormalized", "Σ_i (Σ_j P)² / Nz²."),
    Feature("GrayLevelVariance", "Σ (i - μ)² p(i,j): variance of the grey levels of the zones."),
    Feature("HighGrayLevelZoneEmphasis", "Σ P i² / Nz."),
    Feature("LargeAreaEmphasis", "Σ P j² / Nz: large for coarse texture."),
    Feature("LargeAreaHighGrayLevelEmphasis", "Σ P i² j² / Nz."),
    Feature("LargeAreaLowGrayLevelEmphasis", "Σ P j² / i² / Nz."),
    Feature("LowGrayLevelZoneEmphasis", "Σ P / i² / Nz."),
    Feature(
        "SizeZoneNonUniformity", "Σ_j (Σ_i P)² / Nz: low when zones are spread evenly over sizes."
    ),
    Feature("SizeZoneNonUniformityNormalized", "Σ_j (Σ_i P)² / Nz²."),
    Feature("SmallAreaEmphasis", "Σ P / j² / Nz: large for fine texture."),
    Feature("SmallAreaHighGrayLevelEmphasis", "Σ P i² / j² / Nz."),
    Feature("SmallAreaLowGrayLevelEmphasis", "Σ P / (i² j²) / Nz."),
    Feature("ZoneEntropy", "-Σ p log2(p + ε): disorder of zone sizes and grey levels."),
    Feature("ZonePercentage", "Nz / Np: zones per voxel."),
    Feature("ZoneVariance", "Σ (j - μ)² p(i,j): variance of the zone sizes."),
)


@feature_class(FEATURES)
class RadiomicsGLSZM(TextureFeatures):
    """Sizes of connected zones of the same grey level.

    P(i,j): number of zones of j connected voxels (26 neighbours, 8 with `force2D`) with grey level
    i; Nz zones in all, p = P / Nz, Np voxels. ε is 2.2e-16.

    Settings: `force2D`, `force2Ddimension`; `distances` has no effect.
    """

    _engineClass = "glszm"

    P_glszm = matrix_property("Counts, shape (1, grey levels, zone sizes that occur).")

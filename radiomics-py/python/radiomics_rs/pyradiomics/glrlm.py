"""Grey-level run length matrix."""

from __future__ import annotations

from . import _settings
from ._enginebase import TextureFeatures, matrix_property
from ._table import Feature, feature_class

FEATURES = (
    Feature(
        "GrayLevelNonUniformity",
        "Σ_i (Σ_j P)² / Nr: low when runs are spread evenly over grey levels.",
    ),
    Feature("GrayLevelNonUniformityNormalized", "Σ_i (Σ_j P)² / Nr²."),
    Feature("GrayLevelVariance", "Σ (i - μ)² p(i,j): variance of the grey levels of the runs."),
    Feature("HighGrayLevelRunEmphasis", "Σ P i² / Nr."),
    Feature("LongRunEmphasis", "Σ P j² / Nr: large for coarse texture."),
    Feature("LongRunHighGrayLevelEmphasis", "Σ P i² j² / Nr."),
    Feature("LongRunLowGrayLevelEmphasis", "Σ P j² / i² / Nr."),
    Feature("LowGrayLevelRunEmphasis", "Σ P / i² / Nr."),
    Feature("RunEntropy", "-Σ p log2(p + ε): disorder of run lengths and grey levels."),
    Feature(
        "RunLengthNonUniformity", "Σ_j (Σ_i P)² / Nr: low when runs are spread evenly over lengths."
    ),
    Feature("RunLengthNonUniformityNormalized", "Σ_j (Σ_i P)² / Nr²."),
    Feature(
        "RunPercentage", "Nr / Np: runs per voxel; Np is counted once for each merged direction."
    ),
    Feature("RunVariance", "Σ (j - μ)² p(i,j): variance of the run lengths."),
    Feature("ShortRunEmphasis", "Σ P / j² / Nr: large for fine texture."),
    Feature("ShortRunHighGrayLevelEmphasis", "Σ P i² / j² / Nr."),
    Feature("ShortRunLowGrayLevelEmphasis", "Σ P / (i² j²) / Nr."),
)


@feature_class(FEATURES)
class RadiomicsGLRLM(TextureFeatures):
    """Lengths of runs of voxels of the same grey level.

    P(i,j): number of runs of j voxels with grey level i along a direction; Nr runs in all, p = P /
    Nr. ε is 2.2e-16.

    A feature is calculated for each direction and averaged, unless `weightingNorm` asks for one
    matrix weighted by the distance between voxels.

    Settings: `weightingNorm` (None, 'manhattan', 'euclidean', 'infinity' or 'no_weighting'),
    `force2D`, `force2Ddimension`.
    """

    _engineClass = "glrlm"

    P_glrlm = matrix_property("Counts, shape (1, grey levels, run lengths that occur, directions).")

    def __init__(self, inputImage, inputMask, **kwargs):
        super().__init__(inputImage, inputMask, **kwargs)
        self.weightingNorm = _settings.get(kwargs, "weightingNorm")

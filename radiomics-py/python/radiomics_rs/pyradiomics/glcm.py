"""Grey-level co-occurrence matrix."""

from __future__ import annotations

from . import _settings
from ._enginebase import TextureFeatures, matrix_property
from ._table import Feature, feature_class, removed

_CLASS_PAGE = (
    'see documentation of the GLCM feature class (section "Radiomic Features") for more details'
)

FEATURES = (
    Feature(
        "Autocorrelation", "Σ i j p(i,j): magnitude of the fineness or coarseness of the texture."
    ),
    Feature(
        "ClusterProminence", "Σ (i + j - μx - μy)⁴ p(i,j): skewness and asymmetry of the matrix."
    ),
    Feature("ClusterShade", "Σ (i + j - μx - μy)³ p(i,j): skewness of the matrix."),
    Feature(
        "ClusterTendency",
        "Σ (i + j - μx - μy)² p(i,j): grouping of voxels with similar grey levels.",
    ),
    Feature("Contrast", "Σ (i - j)² p(i,j): local variation of grey levels."),
    Feature(
        "Correlation",
        "Σ (i - μx)(j - μy) p(i,j) / (σx σy); 1 in a direction in which only one grey level "
        "occurs.",
    ),
    Feature("DifferenceAverage", "Σ k p_{x-y}(k): mean difference of neighbouring grey levels."),
    Feature(
        "DifferenceEntropy", "-Σ p_{x-y}(k) log2(p_{x-y}(k) + ε): disorder of the differences."
    ),
    Feature(
        "DifferenceVariance",
        "Σ (k - DifferenceAverage)² p_{x-y}(k): heterogeneity of the differences.",
    ),
    Feature(
        "Dissimilarity",
        "Removed: equal to DifferenceAverage. Asking for it gives no value.",
        removed=removed(
            "GLCM - Dissimilarity is mathematically equal to GLCM - Difference Average"
        ),
    ),
    Feature(
        "Homogeneity1",
        "Removed: equal to Id. Asking for it gives no value.",
        removed="GLCM - Homogeneity 1 is mathematically equal to GLCM - Inverse Difference, "
        f"{_CLASS_PAGE}",
    ),
    Feature(
        "Homogeneity2",
        "Removed: equal to Idm. Asking for it gives no value.",
        removed="GLCM - Homogeneity 2 is mathematically equal to GLCM - Inverse Difference "
        f"Moment, {_CLASS_PAGE}",
    ),
    Feature("Id", "Inverse difference: Σ p_{x-y}(k) / (1 + k)."),
    Feature("Idm", "Inverse difference moment: Σ p_{x-y}(k) / (1 + k²)."),
    Feature("Idmn", "Inverse difference moment, normalised: Σ p_{x-y}(k) / (1 + k² / Ng²)."),
    Feature("Idn", "Inverse difference, normalised: Σ p_{x-y}(k) / (1 + k / Ng)."),
    Feature(
        "Imc1",
        "First informational measure of correlation: (HXY - HXY1) / max(HX, HY); 0 where both "
        "entropies are 0.",
    ),
    Feature(
        "Imc2",
        "Second informational measure of correlation: √(1 - exp(-2 (HXY2 - HXY))); directions in "
        "which rounding makes "
        "the root negative are left out of the mean.",
    ),
    Feature("InverseVariance", "Σ p_{x-y}(k) / k² over k > 0."),
    Feature(
        "JointAverage",
        "Σ i p(i,j): mean grey level of the pairs. Only meaningful when the matrix is symmetrical.",
        before="_warnJointAverage",
    ),
    Feature("JointEnergy", "Σ p(i,j)² (IBSI: angular second moment)."),
    Feature("JointEntropy", "-Σ p(i,j) log2(p(i,j) + ε): disorder of neighbouring grey levels."),
    Feature(
        "MCC",
        "Maximal correlation coefficient: square root of the second largest eigenvalue of "
        "Q(i,j) = Σ_k p(i,k) p(j,k) / (px(i) py(k)); 1 for a single grey level. Not in IBSI.",
    ),
    Feature(
        "MaximumProbability",
        "max p(i,j): how often the most frequent pair occurs (IBSI: joint maximum).",
    ),
    Feature(
        "SumAverage",
        "Σ k p_{x+y}(k): twice JointAverage when the matrix is symmetrical.",
        before="_warnSumAverage",
    ),
    Feature("SumEntropy", "-Σ p_{x+y}(k) log2(p_{x+y}(k) + ε)."),
    Feature(
        "SumSquares",
        "Σ (i - μx)² p(i,j): variance of the grey levels of the pairs (IBSI: joint variance).",
    ),
    Feature(
        "SumVariance",
        "Removed: equal to ClusterTendency. Asking for it gives no value.",
        removed=removed("GLCM - Sum Variance is mathematically equal to GLCM - Cluster Tendency"),
    ),
)


@feature_class(FEATURES)
class RadiomicsGLCM(TextureFeatures):
    """How often grey levels occur next to each other.

    p(i,j) is the frequency of grey level j next to i, with marginals px, py, their means μ,
    standard deviations σ and entropies HX, HY, the distribution p_{x+y} of sums, p_{x-y} of
    differences and entropies HXY, HXY1, HXY2. ε is 2.2e-16.

    A feature is calculated for each direction and averaged over the directions in which pairs
    exist, unless `weightingNorm` asks for one matrix weighted by distance.

    Settings: `distances` ([1], in the infinity norm), `symmetricalGLCM` (True), `weightingNorm`
    (None, 'manhattan', 'euclidean', 'infinity' or 'no_weighting'), `force2D`, `force2Ddimension`.
    """

    _engineClass = "glcm"

    P_glcm = matrix_property(
        "Normalised matrices, shape (1, grey levels, grey levels, directions)."
    )

    def __init__(self, inputImage, inputMask, **kwargs):
        super().__init__(inputImage, inputMask, **kwargs)
        self.symmetricalGLCM = _settings.get(kwargs, "symmetricalGLCM")
        self.weightingNorm = _settings.get(kwargs, "weightingNorm")

    def _warnJointAverage(self):
        if not self.symmetricalGLCM:
            self.logger.warning(
                "The formula for GLCM - Joint Average assumes that the GLCM is symmetrical, but "
                "this is not the case."
            )

    def _warnSumAverage(self):
        if self.symmetricalGLCM:
            self.logger.warning(
                "GLCM is symmetrical, therefore Sum Average = 2 * Joint Average, only 1 needs to "
                "be calculated"
            )

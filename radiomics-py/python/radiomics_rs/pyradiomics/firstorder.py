"""First-order statistics of the grey levels in the region."""

from __future__ import annotations

import numpy

from . import _settings, imageoperations
from ._enginebase import GreyLevelFeatures
from ._table import Feature, feature_class

_SHIFT = "c is the setting ``voxelArrayShift`` (0)."

FEATURES = (
    Feature(
        "10Percentile",
        "10th percentile of X, with linear interpolation between the two nearest values.",
    ),
    Feature(
        "90Percentile",
        "90th percentile of X, with linear interpolation between the two nearest values.",
    ),
    Feature("Energy", f"Sum of (X + c)². {_SHIFT} Grows with the size of the region."),
    Feature(
        "Entropy",
        "-Σ p log2(p + ε) over the histogram of the discretised grey levels (IBSI: histogram "
        "family).",
    ),
    Feature("InterquartileRange", "75th percentile minus 25th percentile of X."),
    Feature("Kurtosis", "μ4 / σ⁴, not the excess (IBSI subtracts 3); 0 for a flat region."),
    Feature("Maximum", "Largest grey level in the region."),
    Feature("Mean", "Average grey level in the region."),
    Feature("MeanAbsoluteDeviation", "Mean distance of the grey levels from their mean."),
    Feature("Median", "Median grey level in the region."),
    Feature("Minimum", "Smallest grey level in the region."),
    Feature("Range", "Maximum minus minimum."),
    Feature(
        "RobustMeanAbsoluteDeviation",
        "Mean absolute deviation of the grey levels from the 10th to the 90th percentile, both "
        "included.",
    ),
    Feature("RootMeanSquared", f"Square root of the mean of (X + c)². {_SHIFT}"),
    Feature("Skewness", "μ3 / σ³; 0 for a flat region."),
    Feature(
        "StandardDeviation",
        "Square root of the variance. Deprecated as it follows from it.",
        deprecated=True,
    ),
    Feature("TotalEnergy", f"Energy times the volume of a voxel in mm³. {_SHIFT}"),
    Feature(
        "Uniformity",
        "Σ p² over the histogram of the discretised grey levels (IBSI: histogram family).",
    ),
    Feature(
        "Variance",
        "Mean squared distance of the grey levels from their mean (divided by N, not N - 1).",
    ),
)


@feature_class(FEATURES)
class RadiomicsFirstOrder(GreyLevelFeatures):
    """Statistics of the grey levels X of the N voxels in the region.

    Entropy and Uniformity look at the discretised grey levels (`binWidth` or `binCount`), p being
    the fraction of voxels in each bin; all others at the grey levels themselves.
    """

    _engineClass = "firstorder"

    def __init__(self, inputImage, inputMask, **kwargs):
        super().__init__(inputImage, inputMask, **kwargs)
        self.pixelSpacing = inputImage.GetSpacing()
        self.voxelArrayShift = _settings.get(kwargs, "voxelArrayShift")

    @property
    def targetVoxelArray(self):
        """Grey levels of the region as one row (1, N), in double precision."""
        return self.imageArray[self.maskArray].astype("float").reshape((1, -1))

    @property
    def discretizedImageArray(self):
        """Grey levels of the region from 1, 0 outside of it."""
        return self._applyBinning(self.imageArray.copy())

    @property
    def discretizedTargetVoxelArray(self):
        """Number of voxels in each bin."""
        values = self.targetVoxelArray
        return numpy.histogram(values, imageoperations.getBinEdges(values, **self.settings))[0]

"""What all feature classes share: enabling features, executing, collecting values."""

from __future__ import annotations

import logging
import traceback

import numpy
import SimpleITK as sitk

from . import _settings, imageoperations
from ._progress import getProgressReporter
from ._values import value


def logger_name(module: str) -> str:
    """Loggers keep PyRadiomics' names: ``radiomics.glcm``, wherever the package is installed."""
    package = __name__.rpartition(".")[0]
    return "radiomics" + module[len(package) :] if module.startswith(package) else module


class RadiomicsFeaturesBase:
    """Base of the feature classes, also for your own.

    A feature is a method named ``get<Name>FeatureValue``. A subclass finds ``self.imageArray`` (z,
    y, x), ``self.maskArray`` (boolean), ``self.settings``, ``self.label``, ``self.inputImage``,
    ``self.inputMask`` and ``self.coefficients``; it prepares its numbers in ``_initCalculation``
    and returns one value from each feature method. Make it known to the extractor with
    ``radiomics_rs.pyradiomics.registerFeatureClass(name, cls)``.
    """

    def __init__(self, inputImage, inputMask, **kwargs):
        self.logger = logging.getLogger(logger_name(type(self).__module__))
        self.logger.debug("Initializing feature class")
        if inputImage is None or inputMask is None:
            raise ValueError("Missing input image or mask")
        # An extractor, which is who sets the threads, has warned already.
        if "threads" not in kwargs:
            _settings.warn_unknown(kwargs, self.logger)
            kwargs = _settings.typed_all(kwargs)

        self.progressReporter = getProgressReporter
        self.settings = kwargs
        self.label = _settings.get(kwargs, "label")
        self.voxelBased = kwargs.get("voxelBased", False)
        #: whether windows of maps are cut to the region
        self.masked = _settings.get(self.settings, "maskedKernel")
        self.coefficients = self._newCoefficients()
        self.enabledFeatures = {}
        self.featureValues = {}
        self.featureNames = self.getFeatureNames()
        self.inputImage = inputImage
        self.inputMask = inputMask
        self._takeImage(inputImage)
        if self.voxelBased:
            self._initVoxelBasedCalculation()
        else:
            self._initSegmentBasedCalculation()

    def _newCoefficients(self) -> dict:
        return {}

    def _takeImage(self, image):
        self.imageArray = sitk.GetArrayFromImage(image)

    def _initSegmentBasedCalculation(self):
        self.maskArray = sitk.GetArrayViewFromImage(self.inputMask) == self.label

    def _initVoxelBasedCalculation(self):
        region = sitk.GetArrayViewFromImage(self.inputMask) == self.label
        self._setVoxels(region)
        # What the windows clip to, and what the grey levels are discretised over.
        self.maskArray = region if self.masked else numpy.ones(region.shape, dtype="bool")

    def _setVoxels(self, region):
        """Keep which voxels the maps are of."""
        self.labelledVoxelCoordinates = numpy.array(numpy.where(region))

    def _initCalculation(self, voxelCoordinates=None):
        """Hook: called once by `execute`, before the feature methods."""

    def _applyBinning(self, matrix):
        """Grey levels (from 1) of the region; fills the coefficients ``grayLevels`` and ``Ng``."""
        matrix, _ = imageoperations.binImage(matrix, self.maskArray, **self.settings)
        self.coefficients["grayLevels"] = numpy.unique(matrix[self.maskArray])
        self.coefficients["Ng"] = int(self.coefficients["grayLevels"].max())
        return matrix

    def enableFeatureByName(self, featureName, enable=True):
        """Enable or disable one feature; LookupError when the class has none of that name."""
        if featureName not in self.featureNames:
            hint = _settings.suggestion(featureName, self.featureNames)
            raise LookupError(f"Feature not found: {featureName}{hint}")
        if self.featureNames[featureName]:
            self.logger.warning("Feature %s is deprecated, use with caution!", featureName)
        self.enabledFeatures[featureName] = enable

    def enableAllFeatures(self):
        """Enable every feature that is not deprecated."""
        for featureName, is_deprecated in self.featureNames.items():
            if not is_deprecated:
                self.enableFeatureByName(featureName, True)

    def disableAllFeatures(self):
        """Disable all features and forget the values calculated so far."""
        self.enabledFeatures = {}
        self.featureValues = {}

    @classmethod
    def getFeatureNames(cls):
        """Return {feature name: whether it is deprecated}, in alphabetical order."""
        names = [n for n in dir(cls) if n.startswith("get") and n.endswith("FeatureValue")]
        return {
            name[3 : -len("FeatureValue")]: getattr(getattr(cls, name), "_is_deprecated", False)
            for name in names
        }

    def execute(self):
        """Calculate the enabled features and return {name: value}.

        When none is enabled, all that are not deprecated are.
        """
        if not self.enabledFeatures:
            self.enableAllFeatures()
        if self.voxelBased:
            self._calculateVoxels()
        else:
            self._calculateSegment()
        return self.featureValues

    def _calculateVoxels(self):
        """Fill ``featureValues`` with maps: images of `initValue` but at the region's voxels.

        `_initCalculation` and the feature methods see the coordinates (axes, voxels) of
        `voxelBatch` voxels at a time; a method returns a value for each.
        """
        coordinates = self.labelledVoxelCoordinates
        batch = _settings.get(self.settings, "voxelBatch")
        if batch < 0:
            batch = max(coordinates.shape[1], 1)
        maps = {}
        for first in range(0, coordinates.shape[1], batch):
            voxels = coordinates[:, first : first + batch]
            for success, featureName, featureValue in self._calculateFeatures(voxels):
                array = maps.setdefault(featureName, self._emptyMap())
                if success:
                    array[tuple(voxels)] = featureValue
        self.featureValues.update({name: self._mapImage(array) for name, array in maps.items()})

    def _emptyMap(self):
        return numpy.full(
            self.maskArray.shape, _settings.get(self.settings, "initValue"), dtype="float"
        )

    def _mapImage(self, array):
        image = sitk.GetImageFromArray(array)
        image.CopyInformation(self.inputImage)
        return image

    def _calculateSegment(self):
        for _success, featureName, featureValue in self._calculateFeatures():
            self.featureValues[featureName] = value(featureValue)

    def _calculateFeatures(self, voxelCoordinates=None):
        self._initCalculation(voxelCoordinates)
        self.logger.debug("Calculating features")
        for feature, enabled in self.enabledFeatures.items():
            if not enabled:
                continue
            try:
                yield True, feature, getattr(self, f"get{feature}FeatureValue")()
            except DeprecationWarning as reason:
                self.logger.debug("Feature %s is deprecated: %s", feature, reason.args[0])
            except Exception:
                # One feature must not take the others with it: its value is NaN, as in PyRadiomics.
                self.logger.error("FAILED: %s", traceback.format_exc())
                yield False, feature, numpy.nan

"""The extractor: from image and mask to a table of features."""

from __future__ import annotations

import collections
import json
import logging
import os
import pathlib

from radiomics_rs.io.shortage import memory

from . import (
    _binning,
    _direct,
    _enginebase,
    _grids,
    _parts,
    _reading,
    _regions,
    _registry,
    _schema,
    _settings,
    _words,
    generalinfo,
    imageoperations,
)

logger = logging.getLogger("radiomics.featureextractor")

#: PyRadiomics' memory of the tolerance of its process, which programs set back. Nothing here looks
#: at it: a tolerance holds for the extraction it was given for.
geometryTolerance = None


class RadiomicsFeatureExtractor:
    """Extracts features from image and mask.

    ``RadiomicsFeatureExtractor()`` calculates all features of all classes but shape2D on the
    original image. A first argument (path of a YAML or JSON parameter file, or a dictionary with
    ``setting``, ``imageType``, ``featureClass`` and ``voxelSetting``) replaces these; keywords
    (``binWidth=25``) override single settings.

    `settings`, `enabledImagetypes` ({name: its own settings}) and `enabledFeatures` ({class: list
    of names, empty or None for all}) are plain dictionaries and may be changed between extractions.
    """

    #: True to have each step of PyRadiomics' by itself where they could be taken together; the
    #: numbers are the same
    stepwise = False

    def __init__(self, *args, **kwargs):
        self.settings = {}
        self.enabledImagetypes = {}
        self.enabledFeatures = {}
        self.featureClassNames = list(_registry.feature_classes())
        #: threads of one extraction, 0 for all cores; no number depends on it
        self.threads = 0

        params = args[0] if len(args) == 1 else None
        if isinstance(params, dict):
            logger.info("Loading parameter dictionary")
            self._applyParams(paramsDict=params)
        elif isinstance(params, (str, pathlib.PurePath)):
            if not os.path.isfile(params):
                raise OSError(f"Parameter file {params} does not exist.")
            logger.info("Loading parameter file %s", params)
            self._applyParams(paramsFile=params)
        else:
            self.settings = self._getDefaultSettings()
            logger.info("No valid config parameter, using defaults: %s", self.settings)
            self.enabledImagetypes = {"Original": {}}
            self.enabledFeatures = {
                name: [] for name in self.featureClassNames if name != "shape2D"
            }

        if kwargs:
            logger.info("Applying custom setting overrides: %s", kwargs)
            _settings.warn_unknown(kwargs, logger)
            self.settings.update(_settings.typed_all(kwargs))
        if self.settings.get("binCount") is not None:
            logger.warning(_words.BIN_COUNT)

    @staticmethod
    def _getDefaultSettings():
        return _settings.defaults()

    def addProvenance(self, provenance_on=True):
        """Switch the ``diagnostics_`` entries on or off."""
        self.settings["additionalInfo"] = provenance_on

    def loadParams(self, paramsFile):
        """Replace types, features and settings by a YAML or JSON file's, the rest by defaults."""
        self._applyParams(paramsFile=paramsFile)

    def loadJSONParams(self, JSON_configuration):
        """Replace types, features and settings by a JSON text's, the rest by defaults."""
        self._applyParams(paramsDict=json.loads(JSON_configuration))

    def _applyParams(self, paramsFile=None, paramsDict=None):
        params = _schema.load_params(paramsFile, paramsDict)
        logger.debug("Parameters parsed, input is valid.")
        types = params.get("imageType") or {}
        self.enabledImagetypes = {name: custom or {} for name, custom in types.items()} or {
            "Original": {}
        }
        # shape2D included, as in PyRadiomics: without force2D it only logs that it is left out.
        self.enabledFeatures = dict(
            params.get("featureClass") or {name: [] for name in self.featureClassNames}
        )
        self.settings = self._getDefaultSettings()
        self.settings.update(params.get("setting") or {})
        self.settings.update(params.get("voxelSetting") or {})
        logger.debug("Settings: %s", self.settings)

    def execute(
        self, imageFilepath, maskFilepath, label=None, label_channel=None, voxelBased=False
    ):
        """Extract the features of one region.

        :param imageFilepath: image: path of a file, of a folder with one DICOM series, or a
            SimpleITK image
        :param maskFilepath: mask: path of a file or a SimpleITK image
        :param label: value of the region in the mask; the setting `label` (1) when None
        :param label_channel: component of a mask with several; the setting `label_channel` (0) when
            None
        :param voxelBased: feature maps (SimpleITK images) instead of values, without shape; the
            settings are `kernelRadius`, `maskedKernel`, `initValue` and `voxelBatch`
        :returns: OrderedDict of diagnostics, then shape, then each class for each image type
        """
        settings = dict(self.settings)
        if label is not None:
            settings["label"] = label
        if label_channel is not None:
            settings["label_channel"] = label_channel
        label = settings.get("label")
        if isinstance(label, (int, float)) and label == 0:
            raise RuntimeError(
                "Label 0 is the background label, it cannot be the region: choose another one"
            )
        # Once more: they may have been set one by one.
        settings = _settings.typed_all(settings)
        logger.info("Calculating features with label: %s", _settings.get(settings, "label"))
        tolerance = _grids.tolerance(_settings.get(settings, "geometryTolerance"))
        with tolerance, memory("for the extraction"):
            return self._extract(imageFilepath, maskFilepath, settings, voxelBased)

    def _extract(self, imageFilepath, maskFilepath, settings, voxelBased):
        label = _settings.get(settings, "label")
        info = None
        if settings.get("additionalInfo", False):
            info = generalinfo.GeneralInfo()
            info.addGeneralSettings(settings.copy())
            info.addEnabledImageTypes(self.enabledImagetypes)
        settings["threads"] = self.threads
        # Shared by all classes of the case, so that each thing is logged once.
        settings["doubts"] = set()
        settings["known"] = known = _regions.Known()
        # Whether nobody sees the steps, so that they can be taken together.
        settings["direct"] = direct = not voxelBased and _parts.are_own(self)
        # Whether a part of an image may stand for the whole where it gives the same.
        settings["partly"] = not self.stepwise
        if info is not None and direct:
            info._known = known
        featureVector = collections.OrderedDict()
        image, mask = self.loadImage(imageFilepath, maskFilepath, info, **settings)
        boundingBox, correctedMask = imageoperations.checkMask(image, mask, **settings)
        if correctedMask is not None:
            if info is not None:
                info.addMaskElements(image, correctedMask, label, "corrected")
            mask = correctedMask
        logger.debug("Image and Mask loaded and valid, starting extraction")

        textureMask = mask
        if _settings.get(settings, "resegmentRange") is not None:
            textureMask = imageoperations.resegmentMask(image, mask, **settings)
            boundingBox, _ = imageoperations.checkMask(image, textureMask, **settings)
            if info is not None:
                info.addMaskElements(image, textureMask, label, "resegmented")
        if info is not None:
            featureVector.update(info.getGeneralInfo())

        # Unless `resegmentShape`, shape describes the mask as it was, but cut to the box of the
        # resegmented one: so does PyRadiomics.
        shapeMask = textureMask if _settings.get(settings, "resegmentShape") else mask
        if direct:
            masks = shapeMask, textureMask
            features = _direct.features(self, image, masks, boundingBox, settings)
            if features is not None:
                featureVector.update(features)
                return featureVector
        if voxelBased:
            logger.info("Starting voxel based extraction")
            settings["voxelBased"] = True
        else:
            featureVector.update(self.computeShape(image, shapeMask, boundingBox, **settings))

        # Maps show what windows at the border of the region see.
        margin = _settings.get(settings, "kernelRadius") if voxelBased else 0
        region = (image, textureMask, boundingBox, margin)
        for imageType, custom in self.enabledImagetypes.items():
            featureVector.update(self._featuresOf(imageType, custom, region, settings))
        return featureVector

    def _featuresOf(self, imageType, custom, region, settings):
        """Features of each image of a type."""
        featureVector = collections.OrderedDict()
        for image, mask, name, own in self._images(imageType, custom, region, settings):
            logger.info("Calculating features for %s image", name)
            with _binning.of_image(name):
                featureVector.update(self.computeFeatures(image, mask, name, **own))
        return featureVector

    def _images(self, imageType, custom, region, settings):
        """Each image of a type, and the mask, both cropped to the region and a margin."""
        image, mask, box, margin = region
        arguments = {**settings, **_settings.typed_all(custom or {})}
        logger.info('Adding image type "%s" with custom settings: %s', imageType, custom)
        make = getattr(imageoperations, f"get{imageType}Image")
        if not hasattr(make, "reach"):
            for made, name, own in make(image, mask, **arguments):
                crop = imageoperations.cropToTumorMask(made, mask, box, padDistance=margin)
                yield *crop, name, own
            return
        # Of the image, no more is filtered than the region and what the filter sees round it.
        reach = make.reach(image, arguments)
        nearby, nearbyMask, within = _regions.nearby(
            image, mask, box, margin, reach, parted=settings.get("partly", False)
        )
        place, cropped = imageoperations.cropToTumorMask(image, mask, box, padDistance=margin)
        for made, name, own in make(nearby, nearbyMask, **arguments):
            made, _ = imageoperations.cropToTumorMask(made, nearbyMask, within, padDistance=margin)
            made.CopyInformation(place)
            yield made, cropped, name, own

    @staticmethod
    def loadImage(ImageFilePath, MaskFilePath, generalInfo=None, **kwargs):
        """Read image and mask; normalise, resample or crop (`preCrop`) as the settings say."""
        logger.info("Loading image and mask")
        image = _reading.read(ImageFilePath, "image", series=True)
        _grids.check_image(image)
        mask = imageoperations.getMask(_reading.read(MaskFilePath, "mask"), **kwargs)
        label = _settings.get(kwargs, "label")
        if generalInfo is not None:
            generalInfo.addImageElements(image)
            # Without the image: whether the two fit together has not been checked.
            generalInfo.addMaskElements(None, mask, label)

        if _settings.get(kwargs, "normalize"):
            image = imageoperations.normalizeImage(image, **kwargs)
        if (
            kwargs.get("interpolator") is not None
            and _settings.get(kwargs, "resampledPixelSpacing") is not None
        ):
            image, mask = imageoperations.resampleImage(image, mask, **kwargs)
            if generalInfo is not None:
                generalInfo.addImageElements(image, "interpolated")
                generalInfo.addMaskElements(image, mask, label, "interpolated")
        elif _settings.get(kwargs, "preCrop"):
            boundingBox, correctedMask = imageoperations.checkMask(image, mask, **kwargs)
            if correctedMask is not None:
                mask = correctedMask
            image, mask = imageoperations.cropToTumorMask(image, mask, boundingBox, **kwargs)
        return image, mask

    def computeShape(self, image, mask, boundingBox, **kwargs):
        """Shape features of the mask cropped to `boundingBox`, as `checkMask` returns it."""
        featureVector = collections.OrderedDict()
        dimensions = mask.GetDimension()
        wanted = []
        if "shape" in self.enabledFeatures:
            if dimensions == 3:
                wanted.append("shape")
            else:
                logger.warning(
                    "Shape features are only available 3D input (for 2D input, use shape2D). Found "
                    "%iD input",
                    dimensions,
                )
        if "shape2D" in self.enabledFeatures:
            if dimensions == 3 and not _settings.get(kwargs, "force2D"):
                logger.warning("parameter force2D must be set to True to enable shape2D extraction")
            elif dimensions in (2, 3):
                wanted.append("shape2D")
            else:
                logger.warning(
                    "Shape2D features are only available for 2D and 3D (with force2D=True) input. "
                    "Found %iD input",
                    dimensions,
                )
        if wanted:
            croppedImage, croppedMask = imageoperations.cropToTumorMask(image, mask, boundingBox)
            for name in wanted:
                featureVector.update(
                    self._computeClass(name, croppedImage, croppedMask, "original", kwargs)
                )
        return featureVector

    def computeFeatures(self, image, mask, imageTypeName, **kwargs):
        """All enabled classes but shape for one (filtered) image, cropped to the region."""
        known = _registry.feature_classes()
        names = [n for n in self.enabledFeatures if not n.startswith("shape") and n in known]
        objects = {name: self._featureClass(name, image, mask, kwargs) for name in names}
        _enginebase.calculate_together(objects.values())
        featureVector = collections.OrderedDict()
        for name, featureClass in objects.items():
            featureVector.update(self._executed(name, featureClass, imageTypeName))
        return featureVector

    def _computeClass(self, name, image, mask, imageTypeName, settings):
        featureClass = self._featureClass(name, image, mask, settings)
        return self._executed(name, featureClass, imageTypeName)

    def _featureClass(self, name, image, mask, settings):
        featureClass = _registry.feature_classes()[name](image, mask, **settings)
        for feature in self.enabledFeatures[name] or ():
            featureClass.enableFeatureByName(feature)
        return featureClass

    @staticmethod
    def _executed(name, featureClass, imageTypeName):
        logger.info("Computing %s", name)
        return {
            f"{imageTypeName}_{name}_{feature}": value
            for feature, value in featureClass.execute().items()
        }

    def enableAllImageTypes(self):
        """Enable all image types, without settings of their own."""
        for imageType in _registry.image_types():
            self.enabledImagetypes[imageType] = {}
        logger.debug("Enabled images types: %s", self.enabledImagetypes)

    def disableAllImageTypes(self):
        """Disable all image types."""
        self.enabledImagetypes = {}

    def enableImageTypeByName(self, imageType, enabled=True, customArgs=None):
        """Enable an image type, with its own settings `customArgs`, or disable it.

        An unknown name is only logged.
        """
        known = _registry.image_types()
        if imageType not in known:
            logger.warning(
                "Image type %s is not recognized%s",
                imageType,
                _settings.suggestion(imageType, known),
            )
        elif enabled:
            self.enabledImagetypes[imageType] = {} if customArgs is None else customArgs
        else:
            self.enabledImagetypes.pop(imageType, None)
        logger.debug("Enabled images types: %s", self.enabledImagetypes)

    def enableImageTypes(self, **enabledImagetypes):
        """Enable image types: ``enableImageTypes(Original={}, LoG={'sigma': [1.0]})``.

        Names are not checked here.
        """
        self.enabledImagetypes.update(enabledImagetypes)
        logger.debug("Enabled images types: %s", self.enabledImagetypes)

    def enableAllFeatures(self):
        """Enable all features of all classes that are not deprecated."""
        for featureClassName in self.featureClassNames:
            self.enabledFeatures[featureClassName] = []
        logger.debug("Enabled features: %s", self.enabledFeatures)

    def disableAllFeatures(self):
        """Disable all classes."""
        self.enabledFeatures = {}

    def enableFeatureClassByName(self, featureClass, enabled=True):
        """Enable all features of a class, or disable the class. An unknown name is only logged."""
        if featureClass not in self.featureClassNames:
            logger.warning(
                "Feature class %s is not recognized%s",
                featureClass,
                _settings.suggestion(featureClass, self.featureClassNames),
            )
        elif enabled:
            self.enabledFeatures[featureClass] = []
        else:
            self.enabledFeatures.pop(featureClass, None)
        logger.debug("Enabled features: %s", self.enabledFeatures)

    def enableFeaturesByName(self, **enabledFeatures):
        """Enable features: ``enableFeaturesByName(firstorder=['Mean'], glcm=[])``.

        An empty list or None enables the class.
        """
        self.enabledFeatures.update(enabledFeatures)
        logger.debug("Enabled features: %s", self.enabledFeatures)


_parts.keep(RadiomicsFeatureExtractor)

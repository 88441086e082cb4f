"""Feature classes whose numbers come from the engine."""

from __future__ import annotations

import numpy

from radiomics_rs.io.voxels import view_of

from . import _binning, _coefficients, _engine, _regions, base


class EngineFeatures(base.RadiomicsFeaturesBase):
    """A class that asks the engine for all enabled features at once and hands them out singly."""

    #: the name of the class in feature keys, such as ``glcm``
    _engineClass = ""

    def __init__(self, inputImage, inputMask, **kwargs):
        self._values: dict[str, float] = {}
        #: values of the enabled features that were computed together with those of other classes
        self._ready: dict[str, float] | None = None
        super().__init__(inputImage, inputMask, **kwargs)

    @property
    def labelledVoxelCoordinates(self):
        """Indices (z, y, x) of the region's voxels, one array per axis."""
        region = getattr(self, "_region", None)
        return numpy.where(self.maskArray) if region is None else numpy.array(numpy.where(region))

    def _setVoxels(self, region):
        self._region = region

    def _calculateVoxels(self):
        """All maps of the engine at once; those that a subclass adds as in the base class."""
        wanted = [name for name, enabled in self.enabledFeatures.items() if enabled]
        own = self._wanted()
        for name, array in _engine.maps(self, own).items():
            self.featureValues[name] = self._mapImage(array)
        added = {name: True for name in wanted if name not in own}
        if added:
            enabled, self.enabledFeatures = self.enabledFeatures, added
            try:
                super()._calculateVoxels()
            finally:
                self.enabledFeatures = enabled

    def _takeImage(self, image):
        # Nothing is copied until somebody looks: an object of each class has the image.
        self._given = view_of(image)
        self._array = None

    @property
    def imageArray(self):
        """Grey levels (z, y, x)."""
        if self._array is None:
            self._array = self._given.copy()
        return self._array

    @imageArray.setter
    def imageArray(self, array):
        self._array = array

    def _greyLevels(self):
        """The image as it was handed in, or as a program has changed it."""
        return self._given if self._array is None else self._array

    def _initCalculation(self, voxelCoordinates=None):
        self._values = {}
        if self.voxelBased:
            return
        self._values = self._ready or _engine.features(self, self._wanted())
        self._ready = None

    def _wanted(self):
        """The enabled features the engine has: not the removed ones, nor a subclass's own."""
        known = _engine.names(self._engineClass)
        return [name for name, enabled in self.enabledFeatures.items() if enabled and name in known]

    def _engineValue(self, name):
        """A value from the last engine call, or from a new one for a method called by itself."""
        if self.voxelBased:
            raise NotImplementedError(f"the map of {name} is made by execute()")
        if name not in self._values:
            self._values.update(_engine.features(self, [name]))
        return self._values[name]


def calculate_together(objects):
    """Compute the enabled features of objects of one image, mask and settings in one engine call.

    They hand them out when they are executed. Classes that calculate in a way of their own are left
    to do so.
    """
    ours = (EngineFeatures._initCalculation, TextureFeatures._initCalculation)
    plain = [
        one
        for one in objects
        if isinstance(one, GreyLevelFeatures) and type(one)._initCalculation in ours
    ]
    if len(plain) < 2 or plain[0].voxelBased:
        return
    for one in plain:
        if not one.enabledFeatures:
            one.enableAllFeatures()
    values = _engine.together([(one, one._wanted()) for one in plain])
    for one, found in zip(plain, values, strict=True):
        one._ready = found


class GreyLevelFeatures(EngineFeatures):
    """A class that looks at grey levels, so these must be finite inside the region."""

    def _initSegmentBasedCalculation(self):
        super()._initSegmentBasedCalculation()
        self._checkGreyLevels()

    def _initVoxelBasedCalculation(self):
        super()._initVoxelBasedCalculation()
        self._checkGreyLevels()

    def _checkGreyLevels(self):
        if type(self).__module__.startswith(f"{__package__}."):
            known = _regions.known(self.settings)
            extremes = known.extremes(self.inputImage, self.inputMask, self._extremes)
        else:
            # A class of somebody else's may look at other voxels.
            extremes = self._extremes()
        _binning.check_settings(*extremes, self.settings)

    def _extremes(self):
        values = self._greyLevels()[self.maskArray]
        if values.size == 0:
            raise ValueError(f"the mask holds no voxel of label {self.label}")
        return values.min().item(), values.max().item()


class TextureFeatures(GreyLevelFeatures):
    """A class with a grey-level matrix, ``P_<class>``, and coefficients drawn from it.

    The matrix, the discretised ``imageArray`` and the ``coefficients`` are made when somebody looks
    at them: the features do not need them, plug-ins do.
    """

    def __init__(self, inputImage, inputMask, **kwargs):
        self._levels = None
        self._matrix = None
        #: lengths, sizes or dependences that the columns of the matrix stand for
        self._columns = None
        super().__init__(inputImage, inputMask, **kwargs)

    def _newCoefficients(self):
        return _coefficients.Coefficients(self)

    @property
    def imageArray(self):
        """Grey levels of the region from 1, 0 outside it (as after binning in PyRadiomics)."""
        if self._levels is None:
            self._levels = self._applyBinning(self._greyLevels())
        return self._levels

    @imageArray.setter
    def imageArray(self, array):
        self._array = array
        self._levels = None

    def _initCalculation(self, voxelCoordinates=None):
        self._matrix = None
        super()._initCalculation(voxelCoordinates)

    def _calculateMatrix(self, voxelCoordinates=None):
        """The matrix as PyRadiomics shapes it: a first axis of length 1, levels that occur."""
        return _coefficients.matrix(self)

    def _getMatrix(self):
        if self._matrix is None:
            self._matrix = self._calculateMatrix()
        return self._matrix

    def _setMatrix(self, matrix):
        self._matrix = matrix


def matrix_property(doc: str) -> property:
    """``P_glcm`` and its like."""
    return property(TextureFeatures._getMatrix, TextureFeatures._setMatrix, doc=doc)

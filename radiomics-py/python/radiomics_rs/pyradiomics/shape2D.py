"""Size and shape of a region of one slice."""

from __future__ import annotations

import numpy

from . import _settings
from ._enginebase import EngineFeatures
from ._table import Feature, feature_class

_NEEDS_2D = "Shape2D is can only be calculated when input is 2D or 3D with `force2D=True`"

FEATURES = (
    Feature("Elongation", "√(λ_minor / λ_major): 1 for a round region, 0 for a line."),
    Feature(
        "MajorAxisLength", "4 √λ_major in mm: longer axis of the ellipse with the region's moments."
    ),
    Feature("MaximumDiameter", "Largest distance in mm between vertices of the contour."),
    Feature("MeshSurface", "A in mm²: area inside the contour."),
    Feature(
        "MinorAxisLength",
        "4 √λ_minor in mm: shorter axis of the ellipse with the region's moments.",
    ),
    Feature("Perimeter", "P in mm: length of the contour."),
    Feature("PerimeterSurfaceRatio", "P / A in 1/mm."),
    Feature("PixelSurface", "Number of pixels times the area of a pixel, in mm²."),
    Feature(
        "SphericalDisproportion",
        "P / (2 √(π A)), at least 1. Deprecated as it follows from Sphericity; calculated when "
        "asked for by name.",
        deprecated=True,
    ),
    Feature("Sphericity", "2 √(π A) / P: 1 for a circle."),
)


@feature_class(FEATURES)
class RadiomicsShape2D(EngineFeatures):
    """Size and shape in one slice.

    Area A, perimeter P and diameter of the contour through the mid-points between pixels inside and
    outside the region (marching squares on the mask), and axes from the eigenvalues λ of the
    covariance of the pixel centres.

    Needs a 2D image, or a 3D one with `force2D` and a region of a single slice along
    `force2Ddimension` (0, 1, 2: z, y, x).
    """

    _engineClass = "shape2D"

    @property
    def Perimeter(self):
        """Length of the contour, mm."""
        return self._engineValue("Perimeter")

    @property
    def Surface(self):
        """Area inside of the contour, mm²."""
        return self._engineValue("MeshSurface")

    @property
    def Diameter(self):
        """Largest distance between vertices of the contour, mm."""
        return self._engineValue("MaximumDiameter")

    @property
    def eigenValues(self):
        """Variances along the axes, from the smaller to the larger, mm²."""
        axes = ("MinorAxisLength", "MajorAxisLength")
        return numpy.array([(self._engineValue(axis) / 4) ** 2 for axis in axes])

    @property
    def labelledPixelCoordinates(self):
        """Indices (y, x) of the region's pixels, one array per axis."""
        return numpy.where(self.maskArray)

    def _initVoxelBasedCalculation(self):
        raise NotImplementedError("Shape features are not available in pixel-based mode")

    def _initSegmentBasedCalculation(self):
        super()._initSegmentBasedCalculation()
        spacing = list(self.inputImage.GetSpacing()[::-1])
        dimensions = self.inputMask.GetDimension()
        if dimensions == 3:
            if not _settings.get(self.settings, "force2D"):
                raise ValueError(_NEEDS_2D)
            axis = _settings.get(self.settings, "force2Ddimension")
            if self.maskArray.shape[axis] > 1:
                raise ValueError(
                    f"Size of the mask in dimension {axis} is more than 1, cannot compute 2D shape "
                    f"(it has {self.maskArray.shape[axis]} slices)"
                )
            self.maskArray = numpy.squeeze(self.maskArray, axis=axis)
            del spacing[axis]
        elif dimensions != 2:
            raise ValueError(_NEEDS_2D)
        self.pixelSpacing = numpy.array(spacing)

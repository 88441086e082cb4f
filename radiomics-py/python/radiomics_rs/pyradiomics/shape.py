"""Size and shape of the region in three dimensions."""

from __future__ import annotations

import numpy

from ._enginebase import EngineFeatures
from ._errors import Unmet
from ._table import Feature, feature_class

_FOLLOWS = "Deprecated as it follows from Sphericity; calculated when asked for by name."

FEATURES = (
    Feature(
        "Compactness1", f"V / √(π A³), at most 1 / (6π) for a sphere. {_FOLLOWS}", deprecated=True
    ),
    Feature("Compactness2", f"36 π V² / A³, 1 for a sphere. {_FOLLOWS}", deprecated=True),
    Feature("Elongation", "√(λ_minor / λ_major): 1 for a round cross-section, 0 for a line."),
    Feature("Flatness", "√(λ_least / λ_major): 1 for a sphere, 0 for a plane."),
    Feature(
        "LeastAxisLength",
        "4 √λ_least in mm: shortest axis of the ellipsoid with the region's moments.",
    ),
    Feature(
        "MajorAxisLength",
        "4 √λ_major in mm: longest axis of the ellipsoid with the region's moments.",
    ),
    Feature(
        "Maximum2DDiameterColumn",
        "Largest distance in mm between mesh vertices of equal y (coronal plane).",
    ),
    Feature(
        "Maximum2DDiameterRow",
        "Largest distance in mm between mesh vertices of equal x (sagittal plane).",
    ),
    Feature(
        "Maximum2DDiameterSlice",
        "Largest distance in mm between mesh vertices of equal z (axial plane).",
    ),
    Feature("Maximum3DDiameter", "Largest distance in mm between mesh vertices (Feret diameter)."),
    Feature(
        "MeshVolume",
        "V in mm³: sum of the signed tetrahedra between the mesh's triangles and the origin.",
    ),
    Feature(
        "MinorAxisLength",
        "4 √λ_minor in mm: middle axis of the ellipsoid with the region's moments.",
    ),
    Feature("SphericalDisproportion", f"A / ∛(36 π V²), at least 1. {_FOLLOWS}", deprecated=True),
    Feature("Sphericity", "∛(36 π V²) / A: 1 for a sphere."),
    Feature("SurfaceArea", "A in mm²: area of the mesh."),
    Feature("SurfaceVolumeRatio", "A / V in 1/mm."),
    Feature(
        "VoxelVolume",
        "Number of voxels times the volume of a voxel, in mm³ (IBSI: approximate volume).",
    ),
)


@feature_class(FEATURES)
class RadiomicsShape(EngineFeatures):
    """Size and shape in three dimensions.

    Volume V, surface area A and diameters of a mesh through the mid-points between voxels inside
    and outside the region (marching cubes on the mask), and axes from the eigenvalues λ of the
    covariance of the voxel centres.

    Grey levels play no part, so the class is calculated once, on the original image.
    """

    _engineClass = "shape"

    def __init__(self, inputImage, inputMask, **kwargs):
        if inputMask is not None and inputMask.GetDimension() != 3:
            raise Unmet("Shape features are only available in 3D. If 2D, use shape2D instead")
        super().__init__(inputImage, inputMask, **kwargs)
        self.pixelSpacing = numpy.array(self.inputImage.GetSpacing()[::-1])

    @property
    def SurfaceArea(self):
        """Area of the mesh, mm²."""
        return self._engineValue("SurfaceArea")

    @property
    def Volume(self):
        """Volume of the mesh, mm³."""
        return self._engineValue("MeshVolume")

    @property
    def diameters(self):
        """The largest diameters in a slice, a column, a row and in space, mm."""
        planes = ("2DDiameterSlice", "2DDiameterColumn", "2DDiameterRow", "3DDiameter")
        return tuple(self._engineValue(f"Maximum{plane}") for plane in planes)

    @property
    def eigenValues(self):
        """Variances along the axes, from the smallest to the largest, mm²."""
        axes = ("LeastAxisLength", "MinorAxisLength", "MajorAxisLength")
        return numpy.array([(self._engineValue(axis) / 4) ** 2 for axis in axes])

    def _initVoxelBasedCalculation(self):
        raise NotImplementedError("Shape features are not available in voxel-based mode")

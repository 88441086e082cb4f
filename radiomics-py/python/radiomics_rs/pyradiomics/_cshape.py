"""Surface, volume and diameters by the signatures of PyRadiomics' C extension `cShape`."""

from __future__ import annotations

import numpy
import SimpleITK as sitk

_OF_VOLUME = ("SurfaceArea", "MeshVolume")
_DIAMETERS = (
    "Maximum2DDiameterSlice",
    "Maximum2DDiameterColumn",
    "Maximum2DDiameterRow",
    "Maximum3DDiameter",
)
_OF_SLICE = ("Perimeter", "MeshSurface", "MaximumDiameter")


def calculate_coefficients(mask, spacing):
    """Surface area, volume, and the diameters in a slice, column, row and in space.

    Of a mask (z, y, x), which need not have a border, with the spacing (z, y, x) in mm.
    """
    from .shape import RadiomicsShape

    found = _values(RadiomicsShape, mask, spacing, (*_OF_VOLUME, *_DIAMETERS), 3)
    return *found[:2], tuple(found[2:])


def calculate_coefficients2D(mask, spacing):
    """Perimeter, surface and diameter of a mask (y, x) with the spacing (y, x) in mm."""
    from .shape2D import RadiomicsShape2D

    return tuple(_values(RadiomicsShape2D, mask, spacing, _OF_SLICE, 2))


def _values(kind, mask, spacing, names, dimensions):
    mask = numpy.asarray(mask)
    if mask.ndim != dimensions or len(spacing) != dimensions:
        # PyRadiomics' type and words.
        raise RuntimeError(f"Expected a {dimensions}D array for mask.")
    image = sitk.GetImageFromArray((mask != 0).astype("uint8"))
    image.SetSpacing([float(mm) for mm in spacing[::-1]])
    shape = kind(image, image)
    for name in names:
        shape.enableFeatureByName(name)
    values = shape.execute()
    return [float(values[name]) for name in names]

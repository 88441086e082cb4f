"""The ``diagnostics_`` entries of a result: versions, settings, image and mask at each step."""

from __future__ import annotations

import collections
import hashlib
import importlib.metadata
import logging
import sys

import numpy
import SimpleITK as sitk

from radiomics_rs._aside import aside

from . import _regions
from ._errors import RegionLost
from ._version import __version__

PREFIX = "diagnostics_"


def _pywavelets_version() -> str:
    """PyWavelets is not needed here; its key stays, so that both packages' tables match."""
    try:
        return importlib.metadata.version("PyWavelets")
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _hash(image, dtype=None) -> str:
    """SHA-1 of the voxels: what `SimpleITK.Hash` gives, ten times as fast.

    With a `dtype`, of the voxels as numbers of that type.
    """
    found = hashlib.sha1(usedforsecurity=False)
    voxels = sitk.GetArrayViewFromImage(image)
    if dtype is None or voxels.dtype == dtype:
        found.update(numpy.ascontiguousarray(voxels))
    else:
        # A slice at a time, so that no second mask is in memory.
        for part in voxels:
            found.update(numpy.ascontiguousarray(part, dtype))
    return found.hexdigest()


def _mean_index(inside, axis, first) -> float:
    """Mean index along an axis of the True voxels of a box that begins at `first`."""
    others = tuple(other for other in range(inside.ndim) if other != axis)
    counts = numpy.count_nonzero(inside, axis=others)
    places = numpy.arange(first, first + len(counts))
    # Sums of whole numbers are exact, so there is nothing to round but the quotient.
    return int(counts @ places) / int(counts.sum())


class GeneralInfo:
    """Collects the diagnostics of one extraction, in order."""

    def __init__(self):
        self.logger = logging.getLogger("radiomics.generalinfo")
        self.generalInfo_prefix = PREFIX
        self.generalInfo = collections.OrderedDict()
        #: what is known of the masks of an extraction, which count as ones of 32 bits
        self._known = None
        self.addStaticElements()

    def getGeneralInfo(self):
        """All entries so far as an OrderedDict."""
        return self.generalInfo

    def _add(self, key, value):
        self.generalInfo[self.generalInfo_prefix + key] = value

    def addStaticElements(self):
        """Versions of this package and of what it stands on."""
        self._add("Versions_PyRadiomics", __version__)
        self._add("Versions_Numpy", numpy.__version__)
        self._add("Versions_SimpleITK", sitk.Version().VersionString())
        self._add("Versions_PyWavelet", _pywavelets_version())
        self._add("Versions_Python", "{}.{}.{}".format(*sys.version_info[:3]))

    def addGeneralSettings(self, settings):
        """The settings in effect, as a dictionary."""
        self._add("Configuration_Settings", settings)

    def addEnabledImageTypes(self, enabledImageTypes):
        """The image types and the settings of each, as a dictionary."""
        self._add("Configuration_EnabledImageTypes", enabledImageTypes)

    def addImageElements(self, image, prefix="original"):
        """Spacing, size, mean and extremes; hash and dimensionality of the original image."""
        key = f"Image-{prefix}_"
        if prefix == "original":
            self._add(key + "Hash", _hash(image))
            self._add(key + "Dimensionality", f"{image.GetDimension()}D")
        self._add(key + "Spacing", image.GetSpacing())
        self._add(key + "Size", image.GetSize())
        # A view, and a sum in double precision: no copy of the whole image is made.
        array = sitk.GetArrayViewFromImage(image)
        self._add(key + "Mean", numpy.mean(array, dtype="float64"))
        self._add(key + "Minimum", numpy.float64(array.min()))
        self._add(key + "Maximum", numpy.float64(array.max()))

    def addMaskElements(self, image, mask, label, prefix="original"):
        """Bounding box, voxel count, number of 26-connected parts and centre of mass of the region.

        With an image also mean, minimum and maximum of its values there.
        """
        if mask is None:
            return
        key = f"Mask-{prefix}_"
        if prefix == "original":
            self._add(key + "Hash", _hash(mask, None if self._known is None else "uint32"))
        self._add(key + "Spacing", mask.GetSpacing())
        self._add(key + "Size", mask.GetSize())

        box, voxels = (self._known or _regions.Known()).region_of(mask, label)
        if box is None:
            raise RegionLost(f"label {label} has no voxel in the {prefix} mask: check the mask")
        lower, upper = box
        inside = _regions.crop(sitk.GetArrayViewFromImage(mask), box) == label
        size = upper - lower + 1
        self._add(key + "BoundingBox", (*lower[::-1].tolist(), *size[::-1].tolist()))
        self._add(key + "VoxelNum", voxels)

        components = sitk.ConnectedComponentImageFilter()
        components.FullyConnectedOn()
        region = sitk.GetImageFromArray(inside.view("uint8"))
        aside(lambda: components.Execute(region))
        self._add(key + "VolumeNum", components.GetObjectCount())

        # (z, y, x) turned to (x, y, z)
        centre = tuple(_mean_index(inside, axis, int(first)) for axis, first in enumerate(lower))[
            ::-1
        ]
        self._add(key + "CenterOfMassIndex", centre)
        self._add(key + "CenterOfMass", mask.TransformContinuousIndexToPhysicalPoint(centre))
        if image is None:
            return
        # The box of one grid is that of the other: they have been found to fit together.
        values = _regions.crop(sitk.GetArrayViewFromImage(image), box)[inside].astype("float64")
        self._add(key + "Mean", numpy.mean(values))
        self._add(key + "Minimum", numpy.min(values))
        self._add(key + "Maximum", numpy.max(values))

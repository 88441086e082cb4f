"""What happens to image and mask before features.

Mask checks, cropping, resampling, normalising, resegmenting, discretising, and the image types.

SimpleITK does the resampling and the geometry, with the same calls and the same arithmetic as
PyRadiomics, because the numbers must be the same; see docs/pyradiomics.md for where IBSI decides
otherwise.
"""

from __future__ import annotations

import logging

import numpy
import SimpleITK as sitk

from radiomics_rs._aside import aside

from . import _engine, _grids, _labels, _regions, _settings, _splines
from ._binning import binImage, getBinEdges
from ._errors import GridMismatch, RegionLost, Unmet
from ._imagetypes import (
    getExponentialImage,
    getGradientImage,
    getLBP2DImage,
    getLBP3DImage,
    getLogarithmImage,
    getLoGImage,
    getOriginalImage,
    getSquareImage,
    getSquareRootImage,
    getWaveletImage,
)

__all__ = [
    "binImage",
    "checkMask",
    "cropToTumorMask",
    "getBinEdges",
    "getExponentialImage",
    "getGradientImage",
    "getLBP2DImage",
    "getLBP3DImage",
    "getLoGImage",
    "getLogarithmImage",
    "getMask",
    "getOriginalImage",
    "getSquareImage",
    "getSquareRootImage",
    "getWaveletImage",
    "normalizeImage",
    "resampleImage",
    "resegmentMask",
]

logger = logging.getLogger("radiomics.imageoperations")

#: The B-spline's number in PyRadiomics' documentation; SimpleITK has given it another one.
_BSPLINE_IN_FILES = 3

#: Voxels that resampling may make: a B-spline has 8 bytes for each, and more on the way.
MAXIMUM_VOXELS = 2**31


def getMask(mask, **kwargs):
    """The mask as UInt32 with one component.

    :param label_channel: component to take when the mask holds a vector per voxel (0)
    :param label: value of the region (1); ValueError when the mask does not hold it
    """
    label = _settings.get(kwargs, "label")
    label_channel = _settings.get(kwargs, "label_channel")
    if "vector" in mask.GetPixelIDTypeAsString().lower():
        n_components = mask.GetNumberOfComponentsPerPixel()
        if label_channel >= n_components:
            raise Unmet(
                f"Mask {label_channel} requested, but segmentation object only contains "
                f"{n_components} objects"
            )
        logger.info("Extracting mask at index %i", label_channel)
        selector = sitk.VectorIndexSelectionCastImageFilter()
        selector.SetIndex(label_channel)
        mask = selector.Execute(mask)

    labels = _labels.as_labels(mask, narrow=kwargs.get("direct", False))
    _labels.require_label(mask, labels, label, _regions.known(kwargs))
    return labels


def checkMask(imageNode, maskNode, **kwargs):
    """Check that the mask fits the image and that its region is large enough.

    :param label: value of the region (1)
    :param minimumROIDimensions: least number of directions in which the region is longer than one
        voxel (2)
    :param minimumROISize: refuse regions of this many voxels or fewer (None: no check)
    :param correctMask: resample a mask of another geometry to the image instead of refusing it
        (False)
    :returns: bounding box (lower x, upper x, lower y, upper y, ...), and the resampled mask or None
    """
    label = _settings.get(kwargs, "label")
    minimum_dimensions = _settings.get(kwargs, "minimumROIDimensions")
    minimum_size = _settings.get(kwargs, "minimumROISize")

    _grids.check_image(imageNode)
    _grids.check_pair(imageNode, maskNode)
    correctedMask = None
    mismatch = _grids.difference(imageNode, maskNode)
    if mismatch:
        if not _settings.get(kwargs, "correctMask"):
            raise GridMismatch(mismatch)
        logger.warning("Image/Mask geometry mismatch, attempting to correct Mask")
        maskNode = correctedMask = _correct_mask(imageNode, maskNode, label)
    boundingBox, size = _box_and_size(maskNode, label, _regions.known(kwargs))
    dimensions = int(numpy.sum(boundingBox[1::2] > boundingBox[0::2]))
    if dimensions == 0:
        raise ValueError(
            "mask only contains 1 segmented voxel! Cannot extract features for a single voxel."
        )
    if dimensions < minimum_dimensions:
        raise ValueError(
            f"mask has too few dimensions (number of dimensions {dimensions}, minimum required "
            f"{minimum_dimensions})"
        )
    if minimum_size is not None and size <= minimum_size:
        raise ValueError(
            f"Size of the ROI is too small (minimum size: {minimum_size:g}, ROI size: {size:g})"
        )
    return boundingBox, correctedMask


def _box_and_size(mask, label, known):
    box, size = known.region_of(mask, label)
    if box is None:
        raise ValueError(f"Label ({label:g}) not present in mask")
    lower, upper = box
    # (z, y, x) to (lower x, upper x, lower y, ...)
    return numpy.stack([lower[::-1], upper[::-1]], axis=1).ravel(), size


def _correct_mask(image, mask, label):
    """The mask on the image's grid; raises ValueError or `RegionLost`."""
    _check_roi(image, mask, label, _regions.Known())
    corrected = _on_grid_of(image, mask)
    if not _holds(corrected, label):
        raise RegionLost(
            f"Label ({label:g}) not present in mask after resampling it to the image (correctMask):"
            " the region lies between the image's voxels, take an image of smaller ones"
        )
    return corrected


def _on_grid_of(image, mask):
    resampler = sitk.ResampleImageFilter()
    resampler.SetReferenceImage(image)
    resampler.SetInterpolator(sitk.sitkNearestNeighbor)
    return aside(lambda: resampler.Execute(mask))


def _holds(mask, label) -> bool:
    return bool((sitk.GetArrayViewFromImage(mask) == label).any())


def _check_roi(image, mask, label, known):
    """Bounding box (lower x, y, z, size x, y, z) of a region, which must be in the image."""
    bounds, _ = _box_and_size(mask, label, known)
    box = numpy.concatenate([bounds[0::2], bounds[1::2] - bounds[0::2] + 1])
    n = mask.GetDimension()

    # Corners of the box (half a voxel outside the centres) in the index space of the image.
    corners = (box[:n] - 0.5, box[:n] + box[n:] - 0.5)
    points = [mask.TransformContinuousIndexToPhysicalPoint(corner.tolist()) for corner in corners]
    bounds = tuple(image.TransformPhysicalPointToContinuousIndex(point) for point in points)
    tolerance = 1e-3
    below = numpy.min(bounds, axis=0) < -0.5 - tolerance
    above = numpy.max(bounds, axis=0) > numpy.array(image.GetSize()) - 0.5 + tolerance
    if below.any() or above.any():
        raise ValueError(
            "Bounding box of ROI is larger than image space:\n\t"
            f"ROI bounds (x, y, z image coordinate space) {bounds}\n\tImage Size {image.GetSize()}"
        )
    return box


def cropToTumorMask(imageNode, maskNode, boundingBox, **kwargs):
    """Crop image and mask to `boundingBox` (as `checkMask` returns it).

    `padDistance` (0) voxels around it are kept, as far as the image reaches.
    """
    padDistance = _settings.get({"padDistance": 0, **kwargs}, "padDistance")
    boundingBox = numpy.asarray(boundingBox)
    size = numpy.array(maskNode.GetSize())
    lower = numpy.maximum(boundingBox[0::2] - padDistance, 0)
    upper = numpy.maximum(size - boundingBox[1::2] - padDistance - 1, 0)

    crop = sitk.CropImageFilter()
    crop.SetLowerBoundaryCropSize(lower.tolist())
    crop.SetUpperBoundaryCropSize(upper.tolist())
    return crop.Execute(imageNode), crop.Execute(maskNode)


def resampleImage(imageNode, maskNode, **kwargs):
    """Resample image and mask to `resampledPixelSpacing` (x, y, z).

    A 0 keeps the spacing of that direction. The grid comes from the mask: aligned to the corner of
    its first voxel, region = bounding box ± `padDistance` (5) new voxels, inside the mask's volume.
    The output keeps the image's pixel type, so integer images are truncated.
    """
    names = ("resampledPixelSpacing", "interpolator", "padDistance", "label")
    new_spacing, interpolator, padDistance, label = (_settings.get(kwargs, name) for name in names)
    if imageNode is None or maskNode is None:
        raise ValueError("Requires both image and mask to resample")
    if new_spacing is None:
        raise ValueError("resampledPixelSpacing is None: give a list of numbers of at least 0")
    _grids.check_pair(imageNode, maskNode)

    mask_spacing = numpy.array(maskNode.GetSpacing())
    n = len(mask_spacing)
    if len(new_spacing) != n:
        raise Unmet(
            f"Wrong dimensionality ({len(new_spacing)}-D) of resampledPixelSpacing!, {n}-D required"
        )
    new_spacing = numpy.array(new_spacing)
    new_spacing = numpy.where(new_spacing == 0, mask_spacing, new_spacing)
    box = _check_roi(imageNode, maskNode, label, _regions.known(kwargs))
    # A region of one slice keeps its spacing in that direction.
    new_spacing = numpy.where(box[n:] != 1, new_spacing, mask_spacing)

    if numpy.allclose(numpy.array(imageNode.GetSpacing()), new_spacing):
        logger.info("New spacing equal to original image spacing, just resampling the mask")
        return _crop_only(imageNode, maskNode, label, kwargs)

    ratio = mask_spacing / new_spacing
    mask_size = numpy.array(maskNode.GetSize())
    lower = numpy.floor((box[:n] - 0.5) * ratio - padDistance)
    upper = numpy.ceil((box[:n] + box[n:] - 0.5) * ratio + padDistance)
    last = numpy.ceil(mask_size * ratio) - 1
    lower = numpy.where(lower < 0, 0, lower)
    upper = numpy.where(upper > last, last, upper)
    _check_size(upper - lower + 1, kwargs["resampledPixelSpacing"])
    new_size = numpy.array(upper - lower + 1, dtype="int").tolist()

    # The corner of the first voxel stays where it is: the new origin is half the difference of the
    # spacings away.
    origin_index = 0.5 * (new_spacing - mask_spacing) / mask_spacing + lower / ratio
    origin = maskNode.TransformContinuousIndexToPhysicalPoint(origin_index.tolist())
    logger.info(
        "Applying resampling from spacing %s and size %s to spacing %s and size %s",
        mask_spacing,
        mask_size,
        new_spacing,
        new_size,
    )

    resampler = sitk.ResampleImageFilter()
    resampler.SetOutputSpacing(new_spacing.tolist())
    resampler.SetOutputDirection(maskNode.GetDirection())
    resampler.SetSize(new_size)
    resampler.SetOutputOrigin(origin)
    mask = _resampled(resampler, maskNode, sitk.sitkNearestNeighbor)
    _check_left(mask, label, kwargs)
    method = _interpolator(interpolator)
    image = None
    is_spline = method == sitk.sitkBSpline and n == 3
    if kwargs.get("partly") and is_spline and _grids.are_same(imageNode, maskNode):
        image = _splines.resampled(imageNode, mask, lower, _engine.threads(kwargs))
    return image or _resampled(resampler, imageNode, method), mask


def _check_size(size, spacing):
    voxels = numpy.prod(size)
    if not voxels <= MAXIMUM_VOXELS:
        raise ValueError(
            f"resampledPixelSpacing {list(spacing)} makes {voxels:.3g} voxels of the region (at "
            f"most {MAXIMUM_VOXELS}): make it larger"
        )


def _interpolator(given):
    if isinstance(given, str):
        return getattr(sitk, given)
    return sitk.sitkBSpline if given == _BSPLINE_IN_FILES else given


def _resampled(resampler, image, interpolator):
    resampler.SetOutputPixelType(image.GetPixelID())
    resampler.SetInterpolator(interpolator)
    return aside(lambda: resampler.Execute(image))


def _crop_only(image, mask, label, kwargs):
    mask = _on_grid_of(image, mask)
    _check_left(mask, label, kwargs)
    bounds, _ = _box_and_size(mask, label, _regions.known(kwargs))
    return cropToTumorMask(image, mask, bounds, **kwargs)


def _check_left(mask, label, settings):
    """Refuse a region of which resampling has left nothing, which nearest neighbours can do."""
    if not _holds(mask, label):
        raise RegionLost(
            f"label {label:g} has no voxel left in the mask at resampledPixelSpacing "
            f"{list(settings['resampledPixelSpacing'])}: the region is smaller than these voxels, "
            "make the spacing smaller"
        )


def normalizeImage(image, **kwargs):
    """Normalise by mean and standard deviation (N - 1) of all voxels of the image.

    Then clip to ± `removeOutliers` (None: no clipping) and multiply by `normalizeScale` (1).
    """
    scale = _settings.get(kwargs, "normalizeScale")
    outliers = _settings.get(kwargs, "removeOutliers")
    given = image
    image = aside(lambda: _normalised(given))
    if outliers is not None:
        logger.debug("Removing outliers > %g standard deviations", outliers)
        array = sitk.GetArrayFromImage(image)
        array[array > outliers] = outliers
        array[array < -outliers] = -outliers
        clipped = sitk.GetImageFromArray(array)
        clipped.CopyInformation(image)
        image = clipped
    # Not in place: the caller's image must not change.
    return image * scale


def _normalised(image):
    """What `SimpleITK.Normalize` gives, of which threads round the sums in any order."""
    statistics = sitk.StatisticsImageFilter()
    statistics.SetNumberOfWorkUnits(1)
    statistics.Execute(image)
    deviation = statistics.GetSigma()
    if not deviation > 0.0:
        # What there is to say of an image without variation is said where it is discretised.
        return sitk.Normalize(image)
    return sitk.ShiftScale(image, -statistics.GetMean(), 1.0 / deviation, sitk.sitkFloat64)


def resegmentMask(imageNode, maskNode, **kwargs):
    """Keep the voxels of the region whose value is in `resegmentRange`.

    :param resegmentRange: closed interval [lower, upper], or [lower]
    :param resegmentMode: 'absolute' values, 'relative' to the region's maximum, or 'sigma' standard
        deviations from the region's mean
    """
    limits = _settings.get(kwargs, "resegmentRange")
    mode = _settings.get(kwargs, "resegmentMode")
    label = _settings.get(kwargs, "label")
    if limits is None:
        raise ValueError("resegmentRange is None.")
    if len(limits) not in (1, 2):
        raise ValueError(f"Length {len(limits)} is not allowed for resegmentRange")

    image = sitk.GetArrayFromImage(imageNode)
    region = sitk.GetArrayFromImage(maskNode) == label
    values = image[region]
    thresholds = sorted(limits)
    if mode == "relative":
        maximum = values.max().item()
        thresholds = [maximum * limit for limit in thresholds]
    elif mode == "sigma":
        mean, deviation = values.mean().item(), values.std().item()
        thresholds = [mean + deviation * limit for limit in thresholds]
    elif mode != "absolute":
        raise ValueError(f"Resegment mode {mode} not recognized.")

    keep = values >= thresholds[0]
    if len(thresholds) == 2:
        keep &= values <= thresholds[1]
    retained = int(keep.sum())
    if retained <= 1:
        raise ValueError(
            f"Resegmentation excluded too many voxels with label {label} (retained {retained} "
            "voxel(s))! "
            "Cannot extract features"
        )
    logger.debug(
        "Resegmentation complete, new size: %d voxels (excluded %d voxels)",
        retained,
        len(keep) - retained,
    )

    kept = numpy.zeros(region.shape, dtype="int")
    kept[region] = numpy.where(keep, label, 0)
    newMask = sitk.GetImageFromArray(kept)
    newMask.CopyInformation(maskNode)
    return newMask

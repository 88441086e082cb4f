"""The only place that calls the engine: PyRadiomics' settings in, PyRadiomics' names out."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import numpy
import SimpleITK as sitk

from radiomics_rs import _core

#: Engine families, and the feature class whose values they hold.
CLASS_OF_FAMILY = {
    "intensity_statistics": "firstorder",
    "intensity_histogram": "firstorder",
    "glcm": "glcm",
    "glrlm": "glrlm",
    "glszm": "glszm",
    "ngldm": "gldm",
    "ngtdm": "ngtdm",
    "morphology": "shape",
    "morphology_2d": "shape2D",
}
#: Classes with one matrix per direction, so that `weightingNorm` has something to weight.
_DIRECTIONAL = ("glcm", "glrlm")
#: Classes whose neighbours are those at `distances`.
_WITH_DISTANCES = ("glcm", "gldm", "ngtdm")
#: Norms of `weightingNorm` that the engine weights by; any other merges the directions unweighted.
_NORMS = ("manhattan", "euclidean", "infinity")

#: Origin and direction where only the spacing matters.
_NO_PLACE = ((0.0, 0.0, 0.0), ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))

#: Threads of one extraction; 0 takes all cores. Workers of a batch set it to 1.
threads = 0


@functools.cache
def _catalogue() -> dict[str, dict[str, str]]:
    """{feature class: {PyRadiomics name: 'family.feature' of the engine}}."""
    names: dict[str, dict[str, str]] = {name: {} for name in CLASS_OF_FAMILY.values()}
    for entry in _core.features():
        feature_class = CLASS_OF_FAMILY.get(entry["family"])
        if feature_class is not None and entry["pyradiomics"]:
            names[feature_class][entry["pyradiomics"]] = f"{entry['family']}.{entry['feature']}"
    return names


def names(feature_class: str) -> Iterable[str]:
    """PyRadiomics' names of the features that the engine has for a class."""
    return _catalogue().get(feature_class, {}).keys()


def features(owner, wanted: Iterable[str]) -> dict[str, float]:
    """Values of features of one class; `owner` is its object with image, mask and settings."""
    feature_class = owner._engineClass
    native = {_native(feature_class, name): name for name in wanted}
    if not native:
        return {}
    _check_directions(owner)
    # Shape looks at the mask alone; with shape2D that has lost its third axis.
    mask = owner.maskArray
    image = mask if feature_class.startswith("shape") else owner._greyLevels()
    spacing = [float(mm) for mm in _spacing(owner)]
    axis = owner.settings.get("force2Ddimension", 0)
    if mask.ndim == 2:
        # A 2D image is a volume of one slice for the engine.
        image, mask, spacing, axis = image[numpy.newaxis], mask[numpy.newaxis], [1.0, *spacing], 0
    settings = _settings(feature_class, owner.settings, list(native), mask.ndim, axis)
    geometry = (tuple(spacing), *_NO_PLACE)
    rows = _core.extract(
        _native_order(image.view("uint8") if image.dtype == bool else image),
        geometry,
        _native_order(mask.view("uint8")),
        geometry,
        _core.Settings(**settings),
        label=1,
        threads=threads,
    )
    values = {f"{row[2]}.{row[3]}": row[6] for row in rows}
    return {name: values[key] for key, name in native.items()}


def filtered(image, filters, pixel_type=sitk.sitkFloat64, axis=None) -> list:
    """Responses of the engine's filters to a SimpleITK image, as images of the given pixel type.

    A 2D filter filters the slices across array axis `axis` (0 when None).
    """
    array = sitk.GetArrayViewFromImage(image)
    spacing = [1.0] * (3 - array.ndim) + list(image.GetSpacing()[::-1])
    volume = array[numpy.newaxis] if array.ndim == 2 else array
    order = [axis or 0, *(a for a in range(3) if a != (axis or 0))]
    geometry = (tuple(spacing[a] for a in order), *_NO_PLACE)
    voxels = _native_order(volume.transpose(order))
    found = []
    for response in _core.filter_images(voxels, geometry, filters, threads=threads):
        turned = response.transpose(numpy.argsort(order)).reshape(array.shape)
        result = sitk.Cast(sitk.GetImageFromArray(turned), pixel_type)
        result.CopyInformation(image)
        found.append(result)
    return found


def _native(feature_class: str, name: str) -> str:
    try:
        return _catalogue()[feature_class][name]
    except KeyError:
        raise NotImplementedError(f"the engine has no {feature_class} feature {name}") from None


def _spacing(owner):
    """Millimetres in the order of the mask's axes."""
    if owner._engineClass == "shape2D":
        return owner.pixelSpacing
    return owner.inputImage.GetSpacing()[::-1]


def _native_order(array):
    return numpy.ascontiguousarray(array.astype(array.dtype.newbyteorder("="), copy=False))


def _settings(feature_class, given, wanted, dimensions, axis) -> dict:
    """PyRadiomics' settings in the engine's words."""
    settings = {"profile": "pyradiomics", "features": wanted}
    if given.get("binCount") is not None:
        settings["bin_number"] = int(given["binCount"])
    else:
        settings["bin_width"] = float(given.get("binWidth", 25))
    if feature_class in _WITH_DISTANCES:
        settings["distances"] = [int(distance) for distance in given.get("distances", [1])]
    settings["glcm_symmetric"] = bool(given.get("symmetricalGLCM", True))
    settings["ngldm_alpha"] = given.get("gldm_a", 0)
    settings["intensity_shift"] = float(given.get("voxelArrayShift", 0))
    settings["slice_axis"] = int(axis)

    norm = given.get("weightingNorm") if feature_class in _DIRECTIONAL else None
    if norm in _NORMS:
        settings["distance_weighting"] = norm
    settings["aggregations"] = _aggregations(feature_class, norm, given.get("force2D", False))
    return settings


def _aggregations(feature_class, norm, force2D) -> list[str]:
    if feature_class in _DIRECTIONAL:
        if force2D:
            return ["2.5D_dir_merged"] if norm is None else ["2.5D_merged"]
        return ["3D_avg", "3D"] if norm is None else ["3D_merged", "3D"]
    return ["2.5D_merged"] if force2D and not feature_class.startswith("shape") else ["3D"]


def _check_directions(owner) -> None:
    """Refuse a region without neighbours, because all distances reach beyond it."""
    feature_class = owner._engineClass
    if feature_class in ("firstorder", "shape", "shape2D"):
        return
    given = owner.settings
    sizes = list(owner.maskArray.shape)
    if given.get("force2D", False) and len(sizes) == 3:
        del sizes[given.get("force2Ddimension", 0)]
    distances = given.get("distances", [1]) if feature_class in _WITH_DISTANCES else [1]
    if not any(0 < distance < max(sizes) for distance in distances):
        raise RuntimeError(
            f"Error getting angle count. (the region, {' x '.join(map(str, sizes))} voxels, has no "
            "neighbours at "
            f"distances {list(distances)})"
        )

"""The only place that calls the engine: PyRadiomics' settings in, PyRadiomics' names out."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import numpy

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

#: Features that are 0 in PyRadiomics where the engine says that they are undefined.
_ZERO_IF_UNDEFINED = ("ngtdm.busyness",)

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
    rows = _core.extract(*_arguments(owner, image, mask, list(native)), label=1, threads=threads)
    values = {f"{row[2]}.{row[3]}": row[6] for row in rows}
    return {name: _defined(key, values[key]) for key, name in native.items()}


def maps(owner, wanted: Iterable[str]) -> dict[str, numpy.ndarray]:
    """Maps of features of one class over the owner's image, `initValue` outside of the region."""
    native = {_native(owner._engineClass, name): name for name in wanted}
    if not native:
        return {}
    given = owner.settings
    found, values, places, shape, _ = _core.feature_maps(
        *_arguments(owner, owner._greyLevels(), owner._region, list(native)),
        label=1,
        threads=threads,
        radius=int(given.get("kernelRadius", 1)),
        in_plane=bool(given.get("force2D", False)),
        masked=bool(given.get("maskedKernel", True)),
        allocate=lambda *shape: numpy.empty(shape),
        progress=None,
    )
    # The engine's box is that of the region.
    region = owner._region if owner._region.ndim == 3 else owner._region[numpy.newaxis]
    first = [indices.min() for indices in numpy.where(region)]
    voxels = [i + k for i, k in zip(numpy.unravel_index(places, shape), first, strict=True)]
    made = {}
    for (_, _, family, feature, *_), of_region in zip(found, values, strict=True):
        array = owner._emptyMap()
        key = f"{family}.{feature}"
        array.reshape(region.shape)[tuple(voxels)] = _defined(key, of_region)
        made[native[key]] = array
    return {name: made[name] for name in native.values()}


def _defined(key, values):
    return numpy.nan_to_num(values, nan=0.0) if key in _ZERO_IF_UNDEFINED else values


def _arguments(owner, image, mask, native) -> tuple:
    """Image, mask and settings as the engine takes them."""
    spacing = [float(mm) for mm in _spacing(owner)]
    axis = owner.settings.get("force2Ddimension", 0)
    if mask.ndim == 2:
        # A 2D image is a volume of one slice for the engine.
        image, mask, spacing, axis = image[numpy.newaxis], mask[numpy.newaxis], [1.0, *spacing], 0
    settings = _settings(owner._engineClass, owner.settings, native, mask.ndim, axis)
    geometry = (
        tuple(spacing),
        (0.0, 0.0, 0.0),
        ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    )
    return (
        _native_order(image.view("uint8") if image.dtype == bool else image),
        geometry,
        _native_order(mask.view("uint8")),
        geometry,
        _core.Settings(**settings),
    )


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

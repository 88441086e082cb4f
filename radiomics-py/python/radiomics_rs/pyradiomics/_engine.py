"""The only place that calls the engine: PyRadiomics' settings in, PyRadiomics' names out."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy
import SimpleITK as sitk

from radiomics_rs import _core

from . import _binning, _settings, _words
from ._grids import NO_PLACE

#: Engine families, and the feature class whose values they hold.
CLASS_OF_FAMILY = {
    family: name for name, families in _core.pyradiomics_classes().items() for family in families
}
#: Classes with one matrix per direction, so that `weightingNorm` has something to weight.
_DIRECTIONAL = {
    CLASS_OF_FAMILY[entry["family"]]
    for entry in _core.features()
    if entry["family"] in CLASS_OF_FAMILY and "3D_merged" in entry["aggregations"]
}
#: Classes whose neighbours are those at `distances`.
_WITH_DISTANCES = ("glcm", "gldm", "ngtdm")
#: Norms of `weightingNorm` that the engine weights by; any other merges the directions unweighted.
_NORMS = ("manhattan", "euclidean", "infinity")

#: What maps are asked for, in our words and in PyRadiomics'.
_OF_MAPS = {"radius": "kernelRadius", "in_plane": "force2D", "masked": "maskedKernel"}

#: Features that are 0 in PyRadiomics where the engine says that they are undefined.
_ZERO_IF_UNDEFINED = ("ngtdm.busyness",)
#: What PyRadiomics has for an entropy of 0: it adds ε = 2.2e-16 to each p, and of a single p = 1
#: that leaves -log2(1 + ε). Where an entropy is more than 0, it is far below the rounding.
_ENTROPY_OF_ONE = -numpy.log2(1.0 + numpy.spacing(1.0))


#: What makes values doubtful, by the engine's code and in PyRadiomics' words. That a region reaches
#: to the border is left out: here the image is cropped to it.
_DOUBTS = {
    "single_slice": "is a single slice, for which force2D and the class shape2D are meant",
    "small_region": "has fewer than 64 voxels, of which most features say little",
    "single_level": "has a single grey level, so that texture says nothing: make binWidth smaller",
    "few_levels": "has fewer than 8 grey levels, of which texture says little: smaller binWidth",
    "many_levels": "has more than 256 grey levels, and texture mostly is noise: larger binWidth",
}


def tell(logger, settings, codes) -> None:
    """Log what makes values doubtful, each once for all images of a case."""
    told = settings.setdefault("doubts", set())
    for code in dict.fromkeys(codes):
        if code in _DOUBTS and code not in told:
            told.add(code)
            logger.warning("The region %s", _DOUBTS[code])


def threads(settings) -> int:
    """Threads of one extraction; 0 takes all cores."""
    return settings.get("threads", 0)


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
    return named(feature_class).keys()


def named(feature_class: str) -> dict[str, str]:
    """{PyRadiomics name: 'family.feature' of the engine} of a class."""
    return _catalogue().get(feature_class, {})


def features(owner, wanted: Iterable[str]) -> dict[str, float]:
    """Values of features of one class; `owner` is its object with image, mask and settings."""
    return together([(owner, wanted)])[0]


def together(requests: Sequence[tuple[Any, Iterable[str]]]) -> list[dict[str, float]]:
    """Values for several classes, of one image, mask and settings, in one call of the engine.

    `requests` are objects of the classes, shape by itself, and the features wanted of each.
    """
    native = [
        {native_name(o._engineClass, name): name for name in wanted} for o, wanted in requests
    ]
    classes = [owner._engineClass for owner, _ in requests]
    if not any(native):
        return [{} for _ in requests]
    for owner, _ in requests:
        check_directions(owner._engineClass, owner.maskArray.shape, owner.settings)
    owner = requests[0][0]
    # Shape looks at the mask alone; with shape2D that has lost its third axis.
    mask = owner.maskArray
    image = mask if owner._engineClass.startswith("shape") else owner._greyLevels()
    wanted = list(dict.fromkeys(chain(*native)))
    owners = [owner for owner, _ in requests]
    voxels, geometry, mask, of_mask, settings = _arguments(owners, image, mask, wanted)
    images, masks = [("original", voxels, geometry)], [("", mask, of_mask, [1])]
    with _words.theirs():
        extracted = _core.extract(images, masks, settings, threads=threads(owner.settings))
    (((rows, doubts),),) = extracted
    tell(owner.logger, owner.settings, [code for code, *_ in doubts])
    values: dict[str, dict[str, float]] = {}
    for column, value, _ in rows:
        values.setdefault(f"{column.family}.{column.feature}", {})[column.aggregation] = value
    found = []
    for feature_class, names in zip(classes, native, strict=True):
        own = ["", *aggregations(feature_class, owner.settings)]
        pick = {key: next(values[key][a] for a in own if a in values[key]) for key in names}
        found.append({names[key]: defined(key, value) for key, value in pick.items()})
    return found


def maps(owner, wanted: Iterable[str]) -> dict[str, numpy.ndarray]:
    """Maps of features of one class over the owner's image, `initValue` outside of the region."""
    native = {native_name(owner._engineClass, name): name for name in wanted}
    if not native:
        return {}
    given = owner.settings
    with _words.theirs(_OF_MAPS):
        found, values, places, shape, _ = _core.feature_maps(
            *_arguments([owner], owner._greyLevels(), owner._region, list(native)),
            label=1,
            threads=threads(given),
            radius=_settings.get(given, "kernelRadius"),
            in_plane=_settings.get(given, "force2D"),
            masked=_settings.get(given, "maskedKernel"),
            allocate=lambda *shape: numpy.empty(shape),
            progress=None,
        )
    # The engine's box is that of the region.
    region = owner._region if owner._region.ndim == 3 else owner._region[numpy.newaxis]
    first = [indices.min() for indices in numpy.where(region)]
    voxels = [i + k for i, k in zip(numpy.unravel_index(places, shape), first, strict=True)]
    made = {}
    for column, of_region in zip(found, values, strict=True):
        array = owner._emptyMap()
        key = f"{column.family}.{column.feature}"
        array.reshape(region.shape)[tuple(voxels)] = defined(key, of_region)
        made[native[key]] = array
    return {name: made[name] for name in native.values()}


def defined(key, values):
    """Values as PyRadiomics has them where the formula says little."""
    if key in _ZERO_IF_UNDEFINED:
        return numpy.nan_to_num(values, nan=0.0)
    if key.endswith("entropy"):
        return numpy.where(values == 0.0, _ENTROPY_OF_ONE, values)[()]
    return values


def _arguments(owners, image, mask, native) -> tuple:
    """Image, mask and settings as the engine takes them."""
    owner = owners[0]
    spacing = [float(mm) for mm in _spacing(owner)]
    axis = _settings.get(owner.settings, "force2Ddimension")
    if mask.ndim == 2:
        # A 2D image is a volume of one slice for the engine.
        image, mask, spacing, axis = image[numpy.newaxis], mask[numpy.newaxis], [1.0, *spacing], 0
    settings = native_settings([o._engineClass for o in owners], owner.settings, native, axis)
    if image.dtype == numpy.float32:
        single_edges(settings, image[mask == 1])
    geometry = (tuple(spacing), *NO_PLACE)
    return (
        _native_order(image.view("uint8") if image.dtype == bool else image),
        geometry,
        _native_order(mask.view("uint8")),
        geometry,
        _core.Settings(**settings),
    )


def filtered(
    image, filters, settings, pixel_type=sitk.sitkFloat64, axis=None, swapped=False, names=None
) -> Iterator:
    """Responses of the engine's filters to a SimpleITK image, as images of the given pixel type.

    Of PyRadiomics' `settings` only the number of threads matters here; `names` are PyRadiomics'
    of the filters' parameters, for errors.

    A 2D filter filters the slices across array axis `axis` (0 when None); their two axes stay in
    order, unless `axis` is `swapped` with the first one.
    """
    array = sitk.GetArrayViewFromImage(image)
    spacing = [1.0] * (3 - array.ndim) + list(image.GetSpacing()[::-1])
    volume = array[numpy.newaxis] if array.ndim == 2 else array
    axis = axis or 0
    order = [axis, *(a for a in range(3) if a != axis)]
    if swapped and axis == 2:
        order = [2, 1, 0]
    geometry = (tuple(spacing[a] for a in order), *NO_PLACE)
    voxels = _native_order(volume.transpose(order))
    with _words.theirs(names):
        responses = _core.filter_images(voxels, geometry, filters, threads=threads(settings))
    # The last one first, so that none is kept once it is handed out.
    responses.reverse()
    while responses:
        turned = responses.pop().transpose(numpy.argsort(order)).reshape(array.shape)
        result = sitk.Cast(sitk.GetImageFromArray(turned), pixel_type)
        result.CopyInformation(image)
        del turned
        yield result


def single_edges(settings, values) -> None:
    """Have edges of bins that are rounded to single precision, as PyRadiomics' of such values are.

    The engine's of a number of bins are not.
    """
    if "bin_number" not in settings:
        return
    edges = _binning.getBinEdges(values, binCount=settings["bin_number"])
    if (numpy.diff(edges) > 0).all():
        del settings["bin_number"]
        settings["bin_edges"] = edges.tolist()


def native_name(feature_class: str, name: str) -> str:
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


def native_settings(classes, given, wanted, axis) -> dict:
    """PyRadiomics' settings in the engine's words."""
    settings = {"profile": "pyradiomics", "features": wanted}
    if (count := _settings.get(given, "binCount")) is not None:
        settings["bin_number"] = count
    else:
        settings["bin_width"] = float(_settings.get(given, "binWidth"))
    if any(feature_class in _WITH_DISTANCES for feature_class in classes):
        settings["distances"] = _settings.get(given, "distances")
    settings["glcm_symmetric"] = _settings.get(given, "symmetricalGLCM")
    settings["ngldm_alpha"] = _settings.get(given, "gldm_a")
    settings["intensity_shift"] = float(_settings.get(given, "voxelArrayShift"))
    settings["slice_axis"] = axis
    if (norm := _settings.get(given, "weightingNorm")) in _NORMS:
        settings["distance_weighting"] = norm
    names = chain.from_iterable(aggregations(name, given) for name in classes)
    settings["aggregations"] = list(dict.fromkeys(names))
    return settings


def aggregations(feature_class, given) -> list[str]:
    """What a class is aggregated over, the one that it means first."""
    force2D, norm = _settings.get(given, "force2D"), _settings.get(given, "weightingNorm")
    if feature_class in _DIRECTIONAL:
        if force2D:
            return ["2.5D_dir_merged"] if norm is None else ["2.5D_merged"]
        return ["3D_avg"] if norm is None else ["3D_merged"]
    return ["2.5D_merged"] if force2D and not feature_class.startswith("shape") else ["3D"]


def check_directions(feature_class, shape, given) -> None:
    """Refuse a region without neighbours, because all distances reach beyond its box."""
    if feature_class in ("firstorder", "shape", "shape2D"):
        return
    sizes = list(shape)
    if _settings.get(given, "force2D") and len(sizes) == 3:
        del sizes[_settings.get(given, "force2Ddimension")]
    distances = _settings.get(given, "distances") if feature_class in _WITH_DISTANCES else [1]
    if not any(0 < distance < max(sizes) for distance in distances):
        raise RuntimeError(
            f"Error getting angle count. (the region, {' x '.join(map(str, sizes))} voxels, has no "
            "neighbours at "
            f"distances {list(distances)})"
        )

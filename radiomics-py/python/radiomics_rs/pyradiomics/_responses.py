"""The image types as filters of the engine: which there are, what they are called, what is said.

`_imagetypes` makes images of them, one after another; `_direct` has the engine make them on the
way to features.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy
import SimpleITK as sitk

from . import _settings, _wavelets
from ._rules import shown

#: Levels of a wavelet that the engine goes to: no image is as large as what a higher one reaches.
_MAX_LEVEL = 16


class Remark(NamedTuple):
    """Something that is logged when it is its turn."""

    level: int
    text: str
    arguments: tuple[Any, ...]


class Response(NamedTuple):
    """An image that a filter makes."""

    name: str
    filter: Any
    """As the engine's setting `filters` takes it."""
    is_single: bool = False
    """Whether its values are 32-bit floats."""


class Unplanned(Exception):
    """The images are none that the engine by itself makes of the settings."""


def of(image_type: str, image: sitk.Image, settings: dict[str, Any]) -> list[Response | Remark]:
    """The images of a type, of a volume, in their order. Raises `Unplanned`."""
    if image_type in _POINTWISE:
        name = _POINTWISE[image_type]
        return [Response(name.replace("_", ""), name)]
    if image_type not in _PLANS:
        raise Unplanned
    return list(_PLANS[image_type](image, settings))


def _original(image, _settings_of_type):
    yield Response("original", "original", is_single=_is_single(image))


def _is_single(image) -> bool:
    return image.GetPixelID() == sitk.sitkFloat32


def laplacian(sigma) -> dict[str, Any]:
    """The Laplacian of Gaussian of one sigma."""
    return {"laplacian_of_gaussian": {"sigma_mm": float(sigma), "method": "recursive"}}


def sigmas(image, settings) -> Iterator[Remark | tuple[str, float]]:
    """Each sigma of LoG that is small enough for the image, with its name; remarks on the others.

    What is said of a sigma comes before it.
    """
    size = numpy.array(image.GetSize())
    spacing = numpy.array(image.GetSpacing())
    if size.min() < 4:
        text = "Image too small to apply LoG filter, size: %s"
        yield Remark(logging.WARNING, text, (size,))
        return
    for sigma in _settings.get(settings, "sigma"):
        if (size < numpy.ceil(sigma / spacing) + 1).any():
            text = (
                "applyLoG: sigma(%g)/spacing(%s) + 1 must be greater than the size(%s) of the "
                "inputImage"
            )
            yield Remark(logging.WARNING, text, (sigma, spacing, size))
        else:
            yield Remark(logging.INFO, "Computing LoG with sigma %g", (sigma,))
            # An int stays without decimals: 'log-sigma-1-mm-3D', but 1.0 gives '1-0'.
            yield f"log-sigma-{str(sigma).replace('.', '-')}-mm-3D", sigma


def _log(image, settings):
    for one in sigmas(image, settings):
        if isinstance(one, Remark):
            yield one
        else:
            yield Response(one[0], laplacian(one[1]), is_single=True)


def wavelet_axis(image, settings) -> int | None:
    """The array axis across which slices are filtered, None in three dimensions."""
    if _settings.get(settings, "force2D") and image.GetDimension() == 3:
        return _settings.get(settings, "force2Ddimension")
    return None


class Band(NamedTuple):
    """A sub-band of a wavelet transform."""

    name: str
    depth: int
    letters: str
    is_low: bool
    """Whether it is what is left when all details are taken out."""


def wavelet_bands(image, settings) -> list[Band]:
    """The sub-bands in their order, the one that is left last. Raises ValueError."""
    wavelet, level = _settings.get(settings, "wavelet"), _settings.get(settings, "level")
    start = _settings.get(settings, "start_level")
    if start + level > _MAX_LEVEL:
        raise ValueError(
            f"level is {shown(level)} and start_level {shown(start)}: together they are at most "
            f"{_MAX_LEVEL}"
        )
    if not _wavelets.TAPS.get(wavelet, 1):
        raise ValueError(f"wavelet is {wavelet!r}: give a discrete one, such as 'coif1' or 'haar'")
    planar = wavelet_axis(image, settings) is not None or image.GetDimension() == 2
    low, *details = _letters(2 if planar else 3)
    wanted = [(step, band) for step in range(1, level + 1) for band in details]
    return [
        Band(_wavelet_name(step, band), start + step, band, band == low)
        for step, band in (*wanted, (level, low))
    ]


def _wavelet_name(step, band):
    return f"wavelet{'' if step == 1 else step}-{band}"


def _letters(number):
    """LLL, LLH, LHL, ..."""
    return [""] if number == 0 else [a + b for a in "LH" for b in _letters(number - 1)]


def wavelet(band: Band, settings) -> dict[str, Any]:
    """The filter of a sub-band."""
    return {
        "separable_wavelet": {
            "wavelet": _settings.get(settings, "wavelet"),
            "subband": band.letters,
            "level": band.depth,
            "decomposition": "repeated",
            "boundary": "periodic",
        }
    }


def _wavelet(image, settings):
    if wavelet_axis(image, settings):
        raise Unplanned
    for band in wavelet_bands(image, settings):
        # PyWavelets computes 32-bit floats in 32 bits, all other types in 64.
        yield Response(band.name, wavelet(band, settings), is_single=_is_single(image))


def gradient(settings) -> dict[str, Any]:
    """The filter of the gradient."""
    use_spacing = _settings.get(settings, "gradientUseSpacing")
    return {"gradient": {"use_spacing": use_spacing, "single_precision": True}}


def _gradient(_image, settings):
    yield Response("gradient", gradient(settings), is_single=True)


def pattern_2d(settings) -> dict[str, Any]:
    """The filter of LBP2D."""
    pattern = {
        "radius": float(_settings.get(settings, "lbp2DRadius")),
        "samples": _settings.get(settings, "lbp2DSamples"),
        "method": _settings.get(settings, "lbp2DMethod"),
    }
    return {"local_binary_pattern_2d": pattern}


def sphere_maps(settings) -> dict[str, dict[str, Any]]:
    """{name of an image of LBP3D: its filter}. Raises ValueError."""
    sphere = {
        "radius": float(_settings.get(settings, "lbp3DIcosphereRadius")),
        "subdivision": _settings.get(settings, "lbp3DIcosphereSubdivision"),
    }
    levels = _settings.get(settings, "lbp3DLevels")
    if levels > _MAX_LEVEL:
        raise ValueError(f"lbp3DLevels is {shown(levels)}: give a whole number up to {_MAX_LEVEL}")
    maps: dict[str, Any] = {f"lbp-3D-m{n + 1}": {"degree": n} for n in range(levels)}
    maps["lbp-3D-k"] = "kurtosis"
    return {n: {"local_binary_pattern_3d": {**sphere, "map": kind}} for n, kind in maps.items()}


def _lbp_3d(_image, settings):
    for name, made in sphere_maps(settings).items():
        yield Response(name, made)


_POINTWISE = {
    "Square": "square",
    "SquareRoot": "square_root",
    "Logarithm": "logarithm",
    "Exponential": "exponential",
}
#: LBP2D is not among them: its maps are of the type of the image, which may cut them off.
_PLANS: dict[str, Callable] = {
    "Original": _original,
    "LoG": _log,
    "Wavelet": _wavelet,
    "Gradient": _gradient,
    "LBP3D": _lbp_3d,
}

"""The image types: generators named ``get<Type>Image`` that yield (image, name, settings).

The filters are the engine's, with the parameters that make them PyRadiomics'. Those that look no
further than some voxels say how far (`reach`), so that the extractor filters no more of an image
than the region needs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NamedTuple

import numpy
import SimpleITK as sitk

from radiomics_rs._aside import aside

from . import _engine, _settings, _wavelets
from ._rules import shown

logger = logging.getLogger("radiomics.imageoperations")

#: Levels of a wavelet that the engine goes to: no image is as large as what a higher one reaches.
_MAX_LEVEL = 16
#: Voxels that a spline of an image depends on, to the last bit.
_SPLINE_REACH = 34


class Reach(NamedTuple):
    """How far the responses of an image type look."""

    voxels: list[int]
    """Along x, y and, if there is one, z, on either side."""
    periodic: bool = False
    """Whether past a border of the image they look at its other side."""


def _reach(of: Callable) -> Callable:
    """Let an image type say how far it looks: `of` takes the image and the settings."""

    def add(function: Callable) -> Callable:
        function.reach = of
        return function

    return add


def _pointwise(inputImage, name, **kwargs):
    for image in _engine.filtered(inputImage, [name], kwargs):
        yield image, name.replace("_", ""), kwargs


def getOriginalImage(inputImage, inputMask, **kwargs):
    """Yield the image as it is, as 'original'."""
    yield inputImage, "original", kwargs


def getLoGImage(inputImage, inputMask, **kwargs):
    """Laplacian of Gaussian, an image for each `sigma` (mm): 'log-sigma-<sigma>-mm-3D'."""
    size = numpy.array(inputImage.GetSize())
    spacing = numpy.array(inputImage.GetSpacing())
    if size.min() < 4:
        logger.warning("Image too small to apply LoG filter, size: %s", size)
        return
    for sigma in _settings.get(kwargs, "sigma"):
        if (size < numpy.ceil(sigma / spacing) + 1).any():
            logger.warning(
                "applyLoG: sigma(%g)/spacing(%s) + 1 must be greater than the size(%s) of the "
                "inputImage",
                sigma,
                spacing,
                size,
            )
        else:
            logger.info("Computing LoG with sigma %g", sigma)
            image = _laplacian(inputImage, sigma, kwargs)
            # An int stays without decimals: 'log-sigma-1-mm-3D', but 1.0 gives '1-0'.
            yield image, f"log-sigma-{str(sigma).replace('.', '-')}-mm-3D", kwargs


def _laplacian(image, sigma, settings):
    if image.GetDimension() == 2:
        # The engine's recursive filter is of volumes.
        return aside(lambda: sitk.LaplacianRecursiveGaussian(image, float(sigma), True))
    log = {"laplacian_of_gaussian": {"sigma_mm": float(sigma), "method": "recursive"}}
    names = {"laplacian_of_gaussian": "LoG", "sigma_mm": "sigma"}
    (response,) = _engine.filtered(image, [log], settings, sitk.sitkFloat32, names=names)
    return response


def _wavelet_axis(image, settings):
    """The array axis across which slices are filtered, None in three dimensions."""
    if _settings.get(settings, "force2D") and image.GetDimension() == 3:
        return _settings.get(settings, "force2Ddimension")
    return None


def _wavelet_reach(image, settings):
    steps = _settings.get(settings, "start_level") + _settings.get(settings, "level")
    taps = _wavelets.TAPS.get(_settings.get(settings, "wavelet"), 0)
    voxels = [steps * taps // 2] * image.GetDimension()
    axis = _wavelet_axis(image, settings)
    if axis is not None:
        voxels[2 - axis] = 0
    return Reach(voxels, periodic=True)


@_reach(_wavelet_reach)
def getWaveletImage(inputImage, inputMask, **kwargs):
    """Stationary wavelet transform (`wavelet`, `start_level`, `level`): 'wavelet-LLH', ..."""
    wavelet, level = _settings.get(kwargs, "wavelet"), _settings.get(kwargs, "level")
    start = _settings.get(kwargs, "start_level")
    if start + level > _MAX_LEVEL:
        raise ValueError(
            f"level is {shown(level)} and start_level {shown(start)}: together they are at most "
            f"{_MAX_LEVEL}"
        )
    if not _wavelets.TAPS.get(wavelet, 1):
        raise ValueError(f"wavelet is {wavelet!r}: give a discrete one, such as 'coif1' or 'haar'")
    axis = _wavelet_axis(inputImage, kwargs)
    bands = _bands(3 if axis is None and inputImage.GetDimension() == 3 else 2)
    low = bands[0]
    last = (start + level, low)
    kept = None
    for some in _together([(start + step, band) for step in range(1, level + 1) for band in bands]):
        some = [one for one in some if one[1] != low or one == last]
        responses = _decomposed(inputImage, wavelet, some, axis, kwargs)
        for (depth, band), image in zip(some, responses, strict=True):
            if band == low:
                kept = image
            else:
                yield image, _wavelet_name(depth - start, band), kwargs
    # What is left when all details are taken out comes last.
    yield kept, _wavelet_name(level, low), kwargs


def _wavelet_name(step, band):
    return f"wavelet{'' if step == 1 else step}-{band}"


def _together(wanted):
    """Sub-bands that share their passes along x, a list of each: so many images are in memory."""
    groups = {}
    for depth, band in wanted:
        groups.setdefault((depth, band[0]), []).append((depth, band))
    return groups.values()


def _decomposed(image, wavelet, wanted, axis, settings):
    filters = [
        {
            "separable_wavelet": {
                "wavelet": wavelet,
                "subband": band,
                "level": depth,
                "decomposition": "repeated",
                "boundary": "periodic",
            }
        }
        for depth, band in wanted
    ]
    # PyWavelets computes 32-bit floats in 32 bits, all other types in 64.
    single = image.GetPixelID() == sitk.sitkFloat32
    pixel_type = sitk.sitkFloat32 if single else sitk.sitkFloat64
    return _engine.filtered(
        image, filters, settings, pixel_type, axis, names={"separable_wavelet": "Wavelet"}
    )


def _bands(letters):
    """LLL, LLH, LHL, ..."""
    return [""] if letters == 0 else [a + b for a in "LH" for b in _bands(letters - 1)]


def getSquareImage(inputImage, inputMask, **kwargs):
    """Squares of the values, scaled to the range of the image: 'square'."""
    return _pointwise(inputImage, "square", **kwargs)


def getSquareRootImage(inputImage, inputMask, **kwargs):
    """Square roots with the values' signs, scaled to the range of the image: 'squareroot'."""
    return _pointwise(inputImage, "square_root", **kwargs)


def getLogarithmImage(inputImage, inputMask, **kwargs):
    """Logarithms of magnitude + 1 with the values' signs, scaled likewise: 'logarithm'."""
    return _pointwise(inputImage, "logarithm", **kwargs)


def getExponentialImage(inputImage, inputMask, **kwargs):
    """Exponentials of the values, scaled to the range of the image: 'exponential'."""
    return _pointwise(inputImage, "exponential", **kwargs)


@_reach(lambda image, settings: Reach([1] * image.GetDimension()))
def getGradientImage(inputImage, inputMask, **kwargs):
    """Magnitude of the gradient, per mm if `gradientUseSpacing` (True): 'gradient'."""
    gradient = {
        "use_spacing": _settings.get(kwargs, "gradientUseSpacing"),
        "single_precision": True,
    }
    for image in _engine.filtered(inputImage, [{"gradient": gradient}], kwargs, sitk.sitkFloat32):
        yield image, "gradient", kwargs


def getLBP2DImage(inputImage, inputMask, **kwargs):
    """Local binary patterns by slice (`lbp2DRadius`, `lbp2DSamples`, `lbp2DMethod`): 'lbp-2D'."""
    axis = 0
    if inputImage.GetDimension() == 3:
        if not _settings.get(kwargs, "force2D"):
            logger.warning(
                "Calculating Local Binary Pattern in 2D, but extracting features in 3D. Use with "
                "caution!"
            )
        axis = _settings.get(kwargs, "force2Ddimension")
    pattern = {
        "radius": float(_settings.get(kwargs, "lbp2DRadius")),
        "samples": _settings.get(kwargs, "lbp2DSamples"),
        "method": _settings.get(kwargs, "lbp2DMethod"),
    }
    names = {"local_binary_pattern_2d": "LBP2D", "radius": "lbp2DRadius"}
    names |= {"samples": "lbp2DSamples", "method": "lbp2DMethod"}
    # The result stays in the type of the image, as in PyRadiomics.
    filters = [{"local_binary_pattern_2d": pattern}]
    pixel_type = inputImage.GetPixelID()
    for image in _engine.filtered(
        inputImage, filters, kwargs, pixel_type, axis, swapped=True, names=names
    ):
        yield image, "lbp-2D", kwargs


def _lbp3d_reach(image, settings):
    radius = _settings.get(settings, "lbp3DIcosphereRadius")
    # As many voxels as there are see the whole image.
    furthest = min(radius, max(image.GetSize()))
    return Reach([int(numpy.ceil(furthest)) + _SPLINE_REACH] * image.GetDimension())


@_reach(_lbp3d_reach)
def getLBP3DImage(inputImage, inputMask, **kwargs):
    """Local binary patterns from spherical harmonics: 'lbp-3D-m1', ..., kurtosis 'lbp-3D-k'."""
    sphere = {
        "radius": float(_settings.get(kwargs, "lbp3DIcosphereRadius")),
        "subdivision": _settings.get(kwargs, "lbp3DIcosphereSubdivision"),
    }
    levels = _settings.get(kwargs, "lbp3DLevels")
    if levels > _MAX_LEVEL:
        raise ValueError(f"lbp3DLevels is {shown(levels)}: give a whole number up to {_MAX_LEVEL}")
    maps = {f"lbp-3D-m{degree + 1}": {"degree": degree} for degree in range(levels)}
    maps["lbp-3D-k"] = "kurtosis"
    filters = [{"local_binary_pattern_3d": {**sphere, "map": kind}} for kind in maps.values()]
    names = {"local_binary_pattern_3d": "LBP3D", "radius": "lbp3DIcosphereRadius"}
    names["subdivision"] = "lbp3DIcosphereSubdivision"
    images = _engine.filtered(inputImage, filters, kwargs, names=names)
    for name, image in zip(maps, images, strict=True):
        yield image, name, kwargs

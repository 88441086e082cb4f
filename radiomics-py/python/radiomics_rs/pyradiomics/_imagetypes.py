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

from . import _engine, _responses, _settings, _wavelets

logger = logging.getLogger("radiomics.imageoperations")

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
    for one in _responses.sigmas(inputImage, kwargs):
        if isinstance(one, _responses.Remark):
            logger.log(one.level, one.text, *one.arguments)
        else:
            name, sigma = one
            yield _laplacian(inputImage, sigma, kwargs), name, kwargs


def _laplacian(image, sigma, settings):
    if image.GetDimension() == 2:
        # The engine's recursive filter is of volumes.
        return aside(lambda: sitk.LaplacianRecursiveGaussian(image, float(sigma), True))
    log = [_responses.laplacian(sigma)]
    names = {"laplacian_of_gaussian": "LoG", "sigma_mm": "sigma"}
    (response,) = _engine.filtered(image, log, settings, sitk.sitkFloat32, names=names)
    return response


def _wavelet_reach(image, settings):
    steps = _settings.get(settings, "start_level") + _settings.get(settings, "level")
    taps = _wavelets.TAPS.get(_settings.get(settings, "wavelet"), 0)
    voxels = [steps * taps // 2] * image.GetDimension()
    axis = _responses.wavelet_axis(image, settings)
    if axis is not None:
        voxels[2 - axis] = 0
    return Reach(voxels, periodic=True)


@_reach(_wavelet_reach)
def getWaveletImage(inputImage, inputMask, **kwargs):
    """Stationary wavelet transform (`wavelet`, `start_level`, `level`): 'wavelet-LLH', ..."""
    kept = None
    for some in _together(_responses.wavelet_bands(inputImage, kwargs)):
        for band, image in zip(some, _decomposed(inputImage, some, kwargs), strict=True):
            if band.is_low:
                kept = image, band.name
            else:
                yield image, band.name, kwargs
    # What is left when all details are taken out comes last.
    yield *kept, kwargs


def _together(bands):
    """Sub-bands that share their passes along x, a list of each: so many images are in memory."""
    groups = {}
    for band in bands:
        groups.setdefault((band.depth, band.letters[0]), []).append(band)
    return groups.values()


def _decomposed(image, bands, settings):
    filters = [_responses.wavelet(band, settings) for band in bands]
    axis = _responses.wavelet_axis(image, settings)
    # PyWavelets computes 32-bit floats in 32 bits, all other types in 64.
    single = image.GetPixelID() == sitk.sitkFloat32
    pixel_type = sitk.sitkFloat32 if single else sitk.sitkFloat64
    return _engine.filtered(
        image, filters, settings, pixel_type, axis, names={"separable_wavelet": "Wavelet"}
    )


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
    filters = [_responses.gradient(kwargs)]
    for image in _engine.filtered(inputImage, filters, kwargs, sitk.sitkFloat32):
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
    names = {"local_binary_pattern_2d": "LBP2D", "radius": "lbp2DRadius"}
    names |= {"samples": "lbp2DSamples", "method": "lbp2DMethod"}
    # The result stays in the type of the image, as in PyRadiomics.
    filters = [_responses.pattern_2d(kwargs)]
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
    maps = _responses.sphere_maps(kwargs)
    names = {"local_binary_pattern_3d": "LBP3D", "radius": "lbp3DIcosphereRadius"}
    names["subdivision"] = "lbp3DIcosphereSubdivision"
    images = _engine.filtered(inputImage, list(maps.values()), kwargs, names=names)
    for name, image in zip(maps, images, strict=True):
        yield image, name, kwargs

"""The image types: generators named ``get<Type>Image`` that yield (image, name, settings).

The filters are the engine's, with the parameters that make them PyRadiomics'.
"""

from __future__ import annotations

import logging

import numpy
import SimpleITK as sitk

from . import _engine, _settings

logger = logging.getLogger("radiomics.imageoperations")


def _pointwise(inputImage, name, **kwargs):
    yield _engine.filtered(inputImage, [name], kwargs)[0], name.replace("_", ""), kwargs


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
        if sigma <= 0:
            logger.warning("applyLoG: sigma must be greater than 0.0: %g", sigma)
        elif (size < numpy.ceil(sigma / spacing) + 1).any():
            logger.warning(
                "applyLoG: sigma(%g)/spacing(%s) + 1 must be greater than the size(%s) of the "
                "inputImage",
                sigma,
                spacing,
                size,
            )
        else:
            logger.info("Computing LoG with sigma %g", sigma)
            log = {"sigma_mm": float(sigma), "method": "recursive"}
            if inputImage.GetDimension() == 2:
                log["dimensions"] = "2D"
            image = _engine.filtered(
                inputImage, [{"laplacian_of_gaussian": log}], kwargs, sitk.sitkFloat32
            )
            # An int stays without decimals: 'log-sigma-1-mm-3D', but 1.0 gives '1-0'.
            yield image[0], f"log-sigma-{str(sigma).replace('.', '-')}-mm-3D", kwargs


def getWaveletImage(inputImage, inputMask, **kwargs):
    """Stationary wavelet transform (`wavelet`, `start_level`, `level`): 'wavelet-LLH', ..."""
    wavelet, level = _settings.get(kwargs, "wavelet"), _settings.get(kwargs, "level")
    start = _settings.get(kwargs, "start_level")
    axis = None
    if _settings.get(kwargs, "force2D") and inputImage.GetDimension() == 3:
        axis = _settings.get(kwargs, "force2Ddimension")
    letters = 3 if axis is None and inputImage.GetDimension() == 3 else 2
    low = "L" * letters
    bands = [name for name in _bands(letters) if name != low]
    wanted = [(start + step, band) for step in range(1, level + 1) for band in bands]
    wanted.append((start + level, low))
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
    single = inputImage.GetPixelID() == sitk.sitkFloat32
    pixel_type = sitk.sitkFloat32 if single else sitk.sitkFloat64
    images = _engine.filtered(inputImage, filters, kwargs, pixel_type, axis)
    for (depth, band), image in zip(wanted, images, strict=True):
        step = depth - start
        yield image, f"wavelet{'' if step == 1 else step}-{band}", kwargs


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


def getGradientImage(inputImage, inputMask, **kwargs):
    """Magnitude of the gradient, per mm if `gradientUseSpacing` (True): 'gradient'."""
    gradient = {
        "use_spacing": bool(_settings.get(kwargs, "gradientUseSpacing")),
        "single_precision": True,
    }
    image = _engine.filtered(inputImage, [{"gradient": gradient}], kwargs, sitk.sitkFloat32)
    yield image[0], "gradient", kwargs


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
        "samples": int(_settings.get(kwargs, "lbp2DSamples")),
        "method": _settings.get(kwargs, "lbp2DMethod"),
    }
    # The result stays in the type of the image, as in PyRadiomics.
    filters = [{"local_binary_pattern_2d": pattern}]
    image = _engine.filtered(
        inputImage, filters, kwargs, inputImage.GetPixelID(), axis, swapped=True
    )
    yield image[0], "lbp-2D", kwargs


def getLBP3DImage(inputImage, inputMask, **kwargs):
    """Local binary patterns from spherical harmonics: 'lbp-3D-m1', ..., kurtosis 'lbp-3D-k'."""
    sphere = {
        "radius": float(_settings.get(kwargs, "lbp3DIcosphereRadius")),
        "subdivision": int(_settings.get(kwargs, "lbp3DIcosphereSubdivision")),
    }
    levels = range(int(_settings.get(kwargs, "lbp3DLevels")))
    maps = {f"lbp-3D-m{degree + 1}": {"degree": degree} for degree in levels}
    maps["lbp-3D-k"] = "kurtosis"
    filters = [{"local_binary_pattern_3d": {**sphere, "map": kind}} for kind in maps.values()]
    for name, image in zip(maps, _engine.filtered(inputImage, filters, kwargs), strict=True):
        yield image, name, kwargs

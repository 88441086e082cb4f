"""The image types: generators named ``get<Type>Image`` that yield (image, name, settings).

Only the original image is there so far. The others carry their names and arguments, and say what is
missing when they are used, not before: enabling them, listing them and validating parameter files
work.
"""

from __future__ import annotations

import logging

logger = logging.getLogger("radiomics.imageoperations")


class ImageTypeNotAvailable(NotImplementedError):
    """This image type has no filter yet."""


def _not_available(name: str):
    raise ImageTypeNotAvailable(
        f"image type '{name}' is not available in this version of radiomics_rs.pyradiomics; "
        f"disable it with enableImageTypeByName('{name}', False) or remove it from the parameter "
        "file"
    )


def getOriginalImage(inputImage, inputMask, **kwargs):
    """Yield the image as it is, as 'original'."""
    yield inputImage, "original", kwargs


def getLoGImage(inputImage, inputMask, **kwargs):
    """Laplacian of Gaussian, an image for each `sigma` (mm): 'log-sigma-<sigma>-mm-3D'."""
    _not_available("LoG")
    yield


def getWaveletImage(inputImage, inputMask, **kwargs):
    """Stationary wavelet transform (`wavelet`, `start_level`, `level`): 'wavelet-LLH', ..."""
    _not_available("Wavelet")
    yield


def getSquareImage(inputImage, inputMask, **kwargs):
    """Squares of the values, scaled to the range of the image: 'square'."""
    _not_available("Square")
    yield


def getSquareRootImage(inputImage, inputMask, **kwargs):
    """Square roots with the values' signs, scaled to the range of the image: 'squareroot'."""
    _not_available("SquareRoot")
    yield


def getLogarithmImage(inputImage, inputMask, **kwargs):
    """Logarithms of magnitude + 1 with the values' signs, scaled likewise: 'logarithm'."""
    _not_available("Logarithm")
    yield


def getExponentialImage(inputImage, inputMask, **kwargs):
    """Exponentials of the values, scaled to the range of the image: 'exponential'."""
    _not_available("Exponential")
    yield


def getGradientImage(inputImage, inputMask, **kwargs):
    """Magnitude of the gradient, per mm if `gradientUseSpacing` (True): 'gradient'."""
    _not_available("Gradient")
    yield


def getLBP2DImage(inputImage, inputMask, **kwargs):
    """Local binary patterns by slice (`lbp2DRadius`, `lbp2DSamples`, `lbp2DMethod`): 'lbp-2D'."""
    _not_available("LBP2D")
    yield


def getLBP3DImage(inputImage, inputMask, **kwargs):
    """Local binary patterns from spherical harmonics: 'lbp-3D-m1', ..., kurtosis 'lbp-3D-k'."""
    _not_available("LBP3D")
    yield

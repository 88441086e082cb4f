"""Which feature classes and image types there are."""

from __future__ import annotations

import sys

from . import firstorder, glcm, gldm, glrlm, glszm, imageoperations, ngtdm, shape, shape2D
from .base import RadiomicsFeaturesBase

_feature_classes: dict[str, type[RadiomicsFeaturesBase]] = {
    "firstorder": firstorder.RadiomicsFirstOrder,
    "glcm": glcm.RadiomicsGLCM,
    "gldm": gldm.RadiomicsGLDM,
    "glrlm": glrlm.RadiomicsGLRLM,
    "glszm": glszm.RadiomicsGLSZM,
    "ngtdm": ngtdm.RadiomicsNGTDM,
    "shape": shape.RadiomicsShape,
    "shape2D": shape2D.RadiomicsShape2D,
}


def feature_classes() -> dict[str, type[RadiomicsFeaturesBase]]:
    """{name: class}; the dictionary itself, as PyRadiomics hands it out.

    It is ``radiomics._featureClasses``, which programs change, or put another one in place of.
    """
    return getattr(sys.modules[__package__], "_featureClasses", None) or _feature_classes


def register_feature_class(
    name: str, cls: type[RadiomicsFeaturesBase]
) -> type[RadiomicsFeaturesBase]:
    """Make a class of your own known under `name`.

    PyRadiomics finds plug-ins by scanning its own folder; here they are named. Extractors made
    afterwards enable it like the others, its keys are ``<image>_<name>_<Feature>``.
    """
    if not (isinstance(cls, type) and issubclass(cls, RadiomicsFeaturesBase)):
        raise TypeError(f"{cls!r} is not a subclass of RadiomicsFeaturesBase")
    feature_classes()[name] = cls
    return cls


#: What `image_types` hands out.
_image_types: list[str] = []


def image_types() -> list[str]:
    """Names of the image types, from the functions ``get<Type>Image`` of `imageoperations`.

    The list is ``radiomics._imageTypes``, always the same one; a function that a program adds
    joins it.
    """
    for name in dir(imageoperations):
        if name.startswith("get") and name.endswith("Image") and name[3:-5] not in _image_types:
            _image_types.append(name[3:-5])
    return _image_types


image_types()

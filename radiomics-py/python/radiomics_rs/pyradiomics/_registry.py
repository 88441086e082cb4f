"""Which feature classes and image types there are."""

from __future__ import annotations

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
    """{name: class}; the dictionary itself, as PyRadiomics hands it out."""
    return _feature_classes


def register_feature_class(
    name: str, cls: type[RadiomicsFeaturesBase]
) -> type[RadiomicsFeaturesBase]:
    """Make a class of your own known under `name`.

    PyRadiomics finds plug-ins by scanning its own folder; here they are named. Extractors made
    afterwards enable it like the others, its keys are ``<image>_<name>_<Feature>``.
    """
    if not (isinstance(cls, type) and issubclass(cls, RadiomicsFeaturesBase)):
        raise TypeError(f"{cls!r} is not a subclass of RadiomicsFeaturesBase")
    _feature_classes[name] = cls
    return cls


def image_types() -> list[str]:
    """Names of the image types, from the functions ``get<Type>Image`` of `imageoperations`."""
    return [
        name[3:-5]
        for name in dir(imageoperations)
        if name.startswith("get") and name.endswith("Image")
    ]

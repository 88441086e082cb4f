"""The names that PyRadiomics' modules and classes have, as a table: module, name, kind, signature.

Run by the Python of PyRadiomics' environment (`run.py` makes it); writes what
radiomics-py/tests/data/pyradiomics_names.csv holds, which a test compares with ours.
"""

import csv
import importlib
import inspect
import logging
import sys
import types

import numpy as np
import radiomics
import SimpleITK as sitk

MODULES = [
    *("", "base", "featureextractor", "firstorder", "generalinfo", "glcm", "gldm", "glrlm", "glszm"),
    *("imageoperations", "ngtdm", "scripts", "scripts.segment", "scripts.voxel", "shape", "shape2D"),
]
#: What begins with an underscore and is used by other programs all the same.
USED = {
    *("_featureClasses", "_imageTypes", "_cmatrices", "_cshape", "_DummyProgressReporter"),
    *("_initCalculation", "_initSegmentBasedCalculation", "_initVoxelBasedCalculation"),
    *("_applyBinning", "_calculateMatrix", "_calculateFeatures", "_calculateSegment", "_calculateVoxels"),
    *("_getDefaultSettings", "_applyParams"),
}


def main():
    logging.getLogger("radiomics").setLevel(logging.CRITICAL)
    rows = [row for name in MODULES for row in of_module(name)]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("module", "name", "kind", "signature"))
    writer.writerows(sorted(rows))


def is_wanted(name):
    return not name.startswith("_") or name in USED


def of_module(name):
    module = importlib.import_module(f"radiomics.{name}" if name else "radiomics")
    for attribute, value in vars(module).items():
        if not is_wanted(attribute):
            continue
        own = getattr(value, "__module__", "") == module.__name__
        if isinstance(value, types.ModuleType):
            yield name, attribute, "module", ""
        elif inspect.isclass(value):
            yield name, attribute, "class", str(inspect.signature(value)) if own else ""
            if own:
                yield from of_class(name, value)
        elif callable(value):
            yield name, attribute, "function", str(inspect.signature(value)) if own else ""
        else:
            yield name, attribute, "value", ""


def of_class(module, cls):
    for attribute in dir(cls):
        value = inspect.getattr_static(cls, attribute)
        if is_wanted(attribute) and callable(getattr(cls, attribute)):
            kind = type(value).__name__ if isinstance(value, (classmethod, staticmethod)) else "method"
            yield module, f"{cls.__name__}.{attribute}", kind, str(inspect.signature(getattr(cls, attribute)))
    made = example(cls)
    for attribute in vars(made) if made is not None else ():
        if is_wanted(attribute):
            yield module, f"{cls.__name__}.{attribute}", "attribute", ""


def example(cls):
    """An object of the class that has worked, if it can be had."""
    if cls.__name__ == "RadiomicsFeatureExtractor":
        return cls()
    if cls.__name__ == "GeneralInfo":
        return cls()
    if cls.__name__.startswith("Radiomics") and cls.__name__ != "RadiomicsFeaturesBase":
        image = sitk.GetImageFromArray(np.arange(64).reshape(4, 4, 4))
        mask = np.zeros((4, 4, 4), "uint8")
        mask[1:3, 1:3, 1:3] = 1
        mask = sitk.GetImageFromArray(mask)
        if cls.__name__.endswith("2D"):
            image, mask = image[:, :, 1], mask[:, :, 1]
        made = cls(image, mask)
        made.execute()
        return made
    if cls.__name__ == "PyRadiomicsCommandLine":
        return cls(["image", "mask"])
    return None


if __name__ == "__main__":
    main()

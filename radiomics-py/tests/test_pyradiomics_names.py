"""oracle: the names, kinds and signatures of PyRadiomics 3.0.1's modules and classes.

tests/data/pyradiomics_names.csv was written by benches/peers/pyradiomics_names.py in an environment
that has PyRadiomics.
"""

import collections
import csv
import importlib.util
import inspect
import subprocess
import sys
import textwrap
import types
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_rs import pyradiomics

TABLE = Path(__file__).parent / "data" / "pyradiomics_names.csv"
with TABLE.open(newline="", encoding="utf-8") as file:
    ROWS = [tuple(row.values()) for row in csv.DictReader(file)]

#: Packages that PyRadiomics needs and we do not: their names are there where they are.
OTHERS = {"pykwalify": "pykwalify", "yaml": "pykwalify", "pywt": "pywt", "six": "six"}


def module(name):
    return importlib.import_module(".".join(filter(None, (pyradiomics.__name__, name))))


def kind(value):
    if isinstance(value, types.ModuleType):
        return "module"
    if inspect.isclass(value):
        return "class"
    return "function" if callable(value) else "value"


def signature(value):
    """Names and defaults, without what they are declared as."""
    of = inspect.signature(value)
    plain = [p.replace(annotation=p.empty) for p in of.parameters.values()]
    return str(of.replace(parameters=plain, return_annotation=of.empty))


@pytest.mark.parametrize(
    ("place", "name", "expected", "parameters"), [row for row in ROWS if "." not in row[1]]
)
def test_names_of_modules(place, name, expected, parameters):
    if name in OTHERS and importlib.util.find_spec(OTHERS[name]) is None:
        with pytest.raises(AttributeError, match=f"only where {OTHERS[name]}"):
            getattr(module(place), name)
        pytest.skip(f"{OTHERS[name]} is not installed")
    value = getattr(module(place), name)
    assert kind(value) == expected
    if parameters:
        assert signature(value) == parameters


OBJECTS = collections.defaultdict(dict)


def made(place, name):
    """An object of the class that has worked, as the one whose attributes are in the table."""
    if name not in OBJECTS[place]:
        cls = getattr(module(place), name)
        if name == "PyRadiomicsCommandLine":
            OBJECTS[place][name] = cls(["image", "mask"])
        elif name in ("RadiomicsFeatureExtractor", "GeneralInfo"):
            OBJECTS[place][name] = cls()
        else:
            image = sitk.GetImageFromArray(np.arange(64).reshape(4, 4, 4))
            mask = np.zeros((4, 4, 4), "uint8")
            mask[1:3, 1:3, 1:3] = 1
            mask = sitk.GetImageFromArray(mask)
            if name.endswith("2D"):
                image, mask = image[:, :, 1], mask[:, :, 1]
            OBJECTS[place][name] = cls(image, mask)
            OBJECTS[place][name].execute()
    return OBJECTS[place][name]


@pytest.mark.parametrize(
    ("place", "name", "expected", "parameters"), [row for row in ROWS if "." in row[1]]
)
def test_names_of_classes(place, name, expected, parameters):
    cls, _, attribute = name.partition(".")
    if expected == "attribute":
        assert hasattr(made(place, cls), attribute)
        return
    of_class = getattr(module(place), cls)
    static = inspect.getattr_static(of_class, attribute)
    found = type(static).__name__ if isinstance(static, (classmethod, staticmethod)) else "method"
    assert found == expected
    assert signature(getattr(of_class, attribute)) == parameters


def run(program):
    command = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_lines_of_other_programs():
    assert run(
        """
        import radiomics_rs.pyradiomics
        radiomics_rs.pyradiomics.install()
        from radiomics import featureextractor, imageoperations, logging, cShape
        from radiomics.scripts import segment, voxel, PyRadiomicsCommandLine
        import radiomics, radiomics._cshape, radiomics._cmatrices
        assert radiomics.featureextractor.getFeatureClasses() is radiomics._featureClasses
        assert radiomics.scripts.segment.radiomics is radiomics

        class RadiomicsMine(radiomics.glcm.RadiomicsGLCM):
            def getMineFeatureValue(self):
                return 42.0

        radiomics._featureClasses["glcm"] = RadiomicsMine
        extractor = featureextractor.RadiomicsFeatureExtractor({"featureClass": {"glcm": ["Mine"]}})
        import numpy, SimpleITK
        image = SimpleITK.GetImageFromArray(numpy.arange(27).reshape(3, 3, 3))
        print(extractor.execute(image, image * 0 + 1)["original_glcm_Mine"])
        print("Foo" in radiomics._imageTypes)
        radiomics.imageoperations.getFooImage = radiomics.imageoperations.getOriginalImage
        print("Foo" in radiomics.getImageTypes())
        """
    ) == ["42.0", "False", "True"]


def test_surface_volume_and_diameters():
    mask = np.zeros((5, 6, 7), "uint8")
    mask[1:4, 1:5, 1:6] = 1
    image = sitk.GetImageFromArray(mask)
    image.SetSpacing((0.5, 1.0, 2.0))
    shape = pyradiomics.shape.RadiomicsShape(image, image)
    values = shape.execute()
    area, volume, diameters = pyradiomics.cShape.calculate_coefficients(mask, (2.0, 1.0, 0.5))
    assert (area, volume) == (values["SurfaceArea"], values["MeshVolume"])
    assert (
        diameters
        == shape.diameters
        == tuple(
            values[f"Maximum{plane}"]
            for plane in ("2DDiameterSlice", "2DDiameterColumn", "2DDiameterRow", "3DDiameter")
        )
    )
    assert (shape.SurfaceArea, shape.Volume) == (area, volume)
    assert 4 * np.sqrt(shape.eigenValues[2]) == pytest.approx(values["MajorAxisLength"])
    flat = pyradiomics.shape2D.RadiomicsShape2D(image[:, :, 2], image[:, :, 2])
    found = pyradiomics.cShape.calculate_coefficients2D(mask[2], (1.0, 0.5))
    assert found == (flat.Perimeter, flat.Surface, flat.Diameter)
    with pytest.raises(RuntimeError, match="Expected a 3D array"):
        pyradiomics.cShape.calculate_coefficients(mask[0], (1.0, 1.0))

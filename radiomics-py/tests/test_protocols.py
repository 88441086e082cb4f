"""Images of other libraries: the same region gives the same numbers, or an error says why not."""

import os
from types import SimpleNamespace

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr
from radiomics_rs.io import from_sitk, volume

FIRST = {"families": ["intensity_statistics", "glcm", "morphology"], "bin_width": 25}
RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


def affine_of(image):
    """The matrix from voxels (x, y, z) to millimetres of a SimpleITK image, in RAS."""
    affine = np.eye(4)
    affine[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) * image.GetSpacing()
    affine[:3, 3] = image.GetOrigin()
    return RAS @ affine


class Tensor:
    """What PyTorch's tensors do: they give an array only once they are detached, on the CPU."""

    def __init__(self, array, where="card", affine=None, meta=None):
        self._array, self._where = array, where
        if affine is not None:
            self.affine = affine
            self.meta = {} if meta is None else meta

    def detach(self):
        return Tensor(self._array, self._where.replace("graph", "card"))

    def cpu(self):
        return Tensor(self._array, self._where.replace("card", "memory"))

    def __array__(self, dtype=None, copy=None):
        if self._where != "memory":
            raise TypeError(f"can't convert a tensor on the {self._where}")
        return self._array


class Capsule:
    """An array by DLPack alone."""

    def __init__(self, array):
        self._array = array

    def __dlpack__(self, **options):
        return self._array.__dlpack__(**options)

    def __dlpack_device__(self):
        return self._array.__dlpack_device__()


class Header:
    def __init__(self, unit="mm"):
        self._unit = unit

    def get_xyzt_units(self):
        return self._unit, "unknown"


class Nifti:
    """What nibabel's images do."""

    def __init__(self, image, unit="mm", scale=1.0):
        self.dataobj = sitk.GetArrayFromImage(image).T
        self.affine = affine_of(image)
        self.affine[:3] /= scale
        self.header = Header(unit)


class Matrix:
    def __init__(self, image):
        self._rows = np.reshape(image.GetDirection(), (3, 3))

    def GetVnlMatrix(self):  # noqa: N802
        return SimpleNamespace(get=lambda row, column: self._rows[row, column])


class Itk:
    """What itk's images do."""

    def __init__(self, image, components=1):
        self._image, self._components = image, components

    def __getattr__(self, name):
        if name in ("GetSpacing", "GetOrigin"):
            return getattr(self._image, name)
        raise AttributeError(name)

    def GetBufferedRegion(self):  # noqa: N802
        return None

    def GetImageDimension(self):  # noqa: N802
        return 3

    def GetNumberOfComponentsPerPixel(self):  # noqa: N802
        return self._components

    def GetDirection(self):  # noqa: N802
        return Matrix(self._image)

    def __array__(self, dtype=None, copy=None):
        return sitk.GetArrayFromImage(self._image)


class Named:
    """What xarray's arrays do."""

    def __init__(self, array, dims, coords, attrs=None, units=None):
        self.data, self.dims, self.attrs = array, dims, attrs or {}
        self.coords = {axis: Coordinate(values, units) for axis, values in coords.items()}

    def __array__(self, dtype=None, copy=None):
        return self.data


class Coordinate:
    def __init__(self, values, units):
        self._values = values
        self.attrs = {} if units is None else {"units": units}

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self._values, dtype)


def coordinates(image):
    steps = zip("xyz", image.GetOrigin(), image.GetSpacing(), image.GetSize(), strict=True)
    return {axis: first + step * np.arange(n) for axis, first, step, n in steps}


def named(image, dims="zyx"):
    array = sitk.GetArrayFromImage(image).transpose(["zyx".index(axis) for axis in dims])
    direction = np.reshape(image.GetDirection(), (3, 3))[::-1, ::-1]
    return Named(array, tuple(dims), coordinates(image), {"direction": direction})


def meta(image, **more):
    return Tensor(sitk.GetArrayFromImage(image).T[np.newaxis], "graph", affine_of(image), more)


def lps(image):
    array, affine = sitk.GetArrayFromImage(image).T, RAS @ affine_of(image)
    return Tensor(array, "card", affine, {"space": "LPS"})


FAKES = {
    "nibabel": Nifti,
    "nibabel in metres": lambda image: Nifti(image, "meter", 1000.0),
    "MONAI": meta,
    "MONAI in LPS": lps,
    "itk": Itk,
    "xarray": named,
    "xarray, other order": lambda image: named(image, "xzy"),
}


def nibabel_image(image):
    nibabel = pytest.importorskip("nibabel")
    return nibabel.Nifti1Image(sitk.GetArrayFromImage(image).T, affine_of(image))


def itk_image(image):
    itk = pytest.importorskip("itk")
    made = itk.image_from_array(sitk.GetArrayFromImage(image))
    made.SetSpacing(image.GetSpacing())
    made.SetOrigin(image.GetOrigin())
    made.SetDirection(np.reshape(image.GetDirection(), (3, 3)))
    return made


def xarray_of_itk(image):
    pytest.importorskip("xarray")
    made = itk_image(image)
    return pytest.importorskip("itk").xarray_from_image(made)


def xarray_image(image):
    xarray = pytest.importorskip("xarray")
    direction = np.reshape(image.GetDirection(), (3, 3))[::-1, ::-1]
    return xarray.DataArray(
        sitk.GetArrayFromImage(image),
        dims=("z", "y", "x"),
        coords=coordinates(image),
        attrs={"direction": direction},
    ).transpose("x", "y", "z")


REAL = {
    "nibabel itself": nibabel_image,
    "itk itself": itk_image,
    "xarray by itk": xarray_of_itk,
    "xarray itself": xarray_image,
}


@pytest.mark.parametrize("kind", [*FAKES, *REAL])
def test_place_and_voxels_are_those_of_the_image(oblique, kind):
    image, mask = oblique
    found, expected = volume({**FAKES, **REAL}[kind](image), None), from_sitk(image)
    np.testing.assert_array_equal(found.voxels, expected.voxels)
    for name in ("spacing_mm", "origin_mm", "direction"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), atol=1e-6)
    assert "taken from" in str(found.record)
    table = rr.extract({**FAKES, **REAL}[kind](image), {**FAKES, **REAL}[kind](mask), FIRST)
    wanted = rr.extract(image, mask, FIRST)
    np.testing.assert_allclose(table.values(), wanted.values(), rtol=1e-6)


@pytest.mark.parametrize("wrap", [lambda a: Tensor(a, "graph"), Capsule])
def test_arrays_of_other_libraries_are_those_of_numpy(phantom, configuration, wrap):
    image, mask, spacing_mm = phantom
    expected = rr.extract(image, mask, configuration, spacing_mm=spacing_mm)
    image = image.astype(np.float32)
    assert rr.extract(wrap(image), wrap(mask), configuration, spacing_mm=spacing_mm) == expected
    with pytest.raises(rr.GeometryError, match="give spacing_mm"):
        rr.extract(wrap(image), wrap(mask), configuration)


def test_kinds_may_be_mixed(oblique, tmp_path):
    image, mask = oblique
    sitk.WriteImage(mask, tmp_path / "mask.mha")
    wanted = rr.extract(image, mask, FIRST)
    for images in (
        Nifti(image),
        {"one": meta(image), "two": Tensor(sitk.GetArrayFromImage(image))},
    ):
        table = rr.extract(images, tmp_path / "mask.mha", FIRST)
        np.testing.assert_allclose(table.values()[: len(wanted)], wanted.values(), rtol=1e-6)


def test_axes_that_run_the_other_way(oblique):
    """Coordinates that fall, as those of slices from head to feet, are a turned axis."""
    image, mask = oblique
    flipped = named(image)
    flipped.data = flipped.data[::-1]
    values = coordinates(image)
    flipped.coords["z"] = Coordinate(values["z"][::-1], None)
    # The place of the first voxel along z depends on the direction only where axes are oblique.
    found = volume(flipped, None)
    assert found.direction[0][0] == -1
    assert found.spacing_mm == volume(image, None).spacing_mm
    np.testing.assert_allclose(
        rr.extract(flipped, mask, FIRST).values(), rr.extract(image, mask, FIRST).values()
    )


def one_slice(image):
    array = sitk.GetArrayFromImage(image)[2]
    held = coordinates(image)
    return Named(array, ("y", "x"), {axis: held[axis] for axis in "yx"})


def test_one_slice_of_named_axes(oblique):
    image, _ = oblique
    found = volume(one_slice(image), None)
    assert found.voxels.shape == (1, 9, 11)
    assert found.spacing_mm == (1.0, 1.125, 0.75)


def broken(image, **changes):
    made = named(image)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def with_coordinate(image, axis, values, units=None):
    made = named(image)
    made.coords[axis] = Coordinate(values, units)
    return made


def with_affine(affine):
    return lambda image: Tensor(sitk.GetArrayFromImage(image).T, "card", affine)


def without_affine(image):
    made = Nifti(image)
    made.affine = None
    return made


SHEARED = np.array([[1.0, 0.5, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
WRONG = {
    "no affine": (without_affine, "has no affine: give one with an affine"),
    "affine of 3 x 3": (with_affine(np.eye(3)), r"has shape \(3, 3\): give a matrix \(4, 4\)"),
    "affine of zeros": (with_affine(np.zeros((4, 4))), "give finite numbers, and axes of a length"),
    "affine of NaN": (with_affine(np.full((4, 4), np.nan)), "give finite numbers"),
    "sheared affine": (with_affine(SHEARED), "is sheared"),
    "unknown unit": (lambda image: Nifti(image, "parsec"), "is in 'parsec'"),
    "unknown space": (lambda image: meta(image, space="SRA"), "in the space 'SRA'"),
    "no coordinates": (lambda image: broken(image, coords={}), "has no coordinates along z"),
    "uneven coordinates": (
        lambda image: with_coordinate(image, "z", [0, 1, 2, 3, 4, 9]),
        "along z are at distances from 1 to 5 mm",
    ),
    "equal coordinates": (lambda image: with_coordinate(image, "z", [1] * 6), "from 0 to 0 mm"),
    "coordinates of names": (lambda image: with_coordinate(image, "z", list("abcdef")), "no numb"),
    "coordinates in cm": (
        lambda image: with_coordinate(image, "z", range(6), "cm"),
        "along z are in 'cm': give mm",
    ),
    "direction of another size": (
        lambda image: broken(image, attrs={"direction": np.eye(2)}),
        r"has shape \(2, 2\): give \(3, 3\)",
    ),
}


@pytest.mark.parametrize("role", ["image", "mask"])
@pytest.mark.parametrize("case", WRONG)
def test_wrong_places_are_refused(oblique, case, role):
    image, mask = oblique
    make, message = WRONG[case]
    given = (make(image), mask) if role == "image" else (image, make(mask))
    with pytest.raises(rr.GeometryError, match=message) as caught:
        rr.extract(*given, FIRST)
    assert f"the {role}" in str(caught.value)


SEVERAL = {
    "components of MONAI": (
        lambda image: Tensor(np.zeros((2, 11, 9, 6)), "card", affine_of(image)),
        r"4 dimensions, shape \(2, 11, 9, 6\): give one volume \(x, y, z\), with one component",
    ),
    "components of itk": (lambda image: Itk(image, 3), "3 components per voxel"),
    "axes of other names": (
        lambda image: broken(image, dims=("t", "y", "x")),
        r"the dimensions \(t, y, x\), shape \(6, 9, 11\): give one volume with the dimensions z",
    ),
}


@pytest.mark.parametrize("case", SEVERAL)
def test_what_is_no_single_volume_is_refused(oblique, case):
    make, message = SEVERAL[case]
    with pytest.raises(rr.ReadError, match=message):
        rr.extract(make(oblique[0]), oblique[1], FIRST)


def test_component_of_a_mask(oblique):
    image, mask = oblique
    labels = sitk.GetArrayFromImage(mask)
    several = Tensor(np.stack([0 * labels.T, labels.T]), "card", affine_of(image))
    table = rr.extract(image, several, FIRST, label=7, label_channel=1)
    np.testing.assert_allclose(
        table.values(), rr.extract(image, mask, FIRST, label=7).values(), rtol=1e-6
    )
    with pytest.raises(rr.ReadError, match="label_channel is 2, and the mask has 2 components"):
        rr.extract(image, several, FIRST, label_channel=2)


def test_the_users_folder(oblique, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME" if os.name != "nt" else "USERPROFILE", str(tmp_path))
    for part, name in zip(oblique, ("image.nrrd", "mask.nrrd"), strict=True):
        sitk.WriteImage(part, tmp_path / name)
    (tmp_path / "settings.yaml").write_text("bin_width: 25\nfamilies: [glcm]\n")
    table = rr.extract("~/image.nrrd", "~/mask.nrrd", "~/settings.yaml")
    assert table == rr.extract(*oblique, {"bin_width": 25, "families": ["glcm"]})
    table.to_csv("~/table.csv")
    assert (tmp_path / "table.csv").exists()
    assert rr.io.read_image("~/image.nrrd").voxels.shape == (6, 9, 11)
    assert rr.io.read_mask("~/mask.nrrd").voxels.shape == (6, 9, 11)
    assert len(rr.io.scan("~")) == 2
    # A name that only begins so is a name.
    with pytest.raises(FileNotFoundError, match=r"~image\.nrrd"):
        rr.extract("~image.nrrd", "~/mask.nrrd")


def test_a_list_of_files_is_the_series(series, tmp_path):
    folder = series([0, 1, 2, 3])
    files = sorted(folder.iterdir(), reverse=True)
    whole, listed = rr.io.read_image(folder), rr.io.read_image(files)
    np.testing.assert_array_equal(listed.voxels, whole.voxels)
    assert listed.geometry == whole.geometry
    mask = np.zeros(whole.voxels.shape, np.uint8)
    mask[1:3, 1:3, 1:5] = 1
    settings = {"families": ["intensity_statistics"]}
    assert rr.extract(files, mask, settings) == rr.extract(folder, mask, settings)
    other = tmp_path / "slice.png"
    other.write_bytes(b"no slice")
    with pytest.raises(rr.ReadError, match="no DICOM file, and one of a list of 2"):
        rr.io.read_image([files[0], other])
    with pytest.raises(FileNotFoundError, match="absent"):
        rr.io.read_image([files[0], tmp_path / "absent"])

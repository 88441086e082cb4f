"""The C interface gives the bits that Python gives, and what it exports Arrow can read."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

import radiomics_rs as rr

ROOT = Path(__file__).resolve().parents[2]
#: radiomics_dtype
U8, I16, F64 = 1, 4, 10


class Image(ctypes.Structure):
    """radiomics_image of include/radiomics.h."""

    _fields_ = (
        ("struct_size", ctypes.c_size_t),
        ("data", ctypes.c_void_p),
        ("dtype", ctypes.c_int32),
        ("reserved", ctypes.c_int32),
        ("shape", ctypes.c_size_t * 3),
        ("strides", ctypes.c_ssize_t * 3),
        ("spacing_mm", ctypes.c_double * 3),
        ("origin_mm", ctypes.c_double * 3),
        ("direction", ctypes.c_double * 9),
    )


def _library() -> Path | None:
    """The shared library: the one named, or what cargo has built last."""
    named = os.environ.get("RADIOMICS_LIBRARY")
    if named:
        return Path(named)
    name = "libradiomics.dylib" if sys.platform == "darwin" else "libradiomics.so"
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    built = [target / profile / name for profile in ("debug", "release")]
    return max((p for p in built if p.exists()), key=lambda p: p.stat().st_mtime, default=None)


@pytest.fixture(scope="module")
def c() -> ctypes.CDLL:
    path = _library()
    if path is None:
        pytest.skip("the C library is not built: cargo build -p radiomics-ffi")
    library = ctypes.CDLL(str(path))
    library.radiomics_last_error.restype = ctypes.c_char_p
    library.radiomics_table_length.restype = ctypes.c_size_t
    library.radiomics_table_values.restype = ctypes.POINTER(ctypes.c_double)
    library.radiomics_version.restype = ctypes.c_char_p
    return library


def _view(array: np.ndarray, dtype: int, spacing) -> Image:
    strides = (s // array.itemsize for s in array.strides)
    return Image(
        struct_size=ctypes.sizeof(Image),
        data=array.ctypes.data,
        dtype=dtype,
        shape=tuple(array.shape),
        strides=tuple(strides),
        spacing_mm=tuple(spacing),
    )


class Extraction:
    """A table of the C library, freed at the end of the block."""

    def __init__(self, c, image: Image, mask: Image, settings: rr.Settings):
        """Extract label 1, or fail with the text of the error."""
        self.c = c
        self.context, made, self.table = (ctypes.c_void_p() for _ in range(3))
        assert c.radiomics_context_new(None, ctypes.byref(self.context)) == 0
        yaml = settings.to_yaml().encode()
        self._checked(c.radiomics_settings_from_yaml(self.context, yaml, ctypes.byref(made)))
        status = c.radiomics_extract(
            self.context,
            ctypes.byref(image),
            ctypes.byref(mask),
            ctypes.c_int64(1),
            made,
            ctypes.byref(self.table),
        )
        c.radiomics_settings_free(made)
        self._checked(status)

    def _checked(self, status: int) -> None:
        assert status == 0, self.c.radiomics_last_error(self.context).decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.c.radiomics_table_free(self.table)
        self.c.radiomics_context_free(self.context)

    def bits(self) -> list[int]:
        length = self.c.radiomics_table_length(self.table)
        values = np.ctypeslib.as_array(self.c.radiomics_table_values(self.table), (length,))
        return values.view(np.uint64).tolist()


def _bits(table) -> list[int]:
    return np.array([row.value for row in table], dtype=float).view(np.uint64).tolist()


def test_version(c):
    assert c.radiomics_version().decode() == rr.__version__


@pytest.mark.parametrize("order", ["C", "F"])
def test_digital_phantom_is_the_same_bits(c, phantom, configuration, order):
    image, mask, spacing = phantom
    expected = rr.extract(image, mask, configuration, label=1, spacing_mm=spacing)
    image, mask = np.asarray(image, order=order), np.asarray(mask, order=order)
    views = _view(image, I16, spacing), _view(mask, U8, spacing)
    with Extraction(c, *views, configuration) as found:
        assert found.bits() == _bits(expected)


@pytest.mark.parametrize("name", ["A", "C", "E"])
def test_ct_phantom_is_the_same_bits(c, data, name):
    folder = data / "ibsi1" / "ct_phantom"
    files = [sitk.ReadImage(str(folder / file)) for file in ("image.nii.gz", "mask.nii.gz")]
    spacing = files[0].GetSpacing()[::-1]
    image, mask = (sitk.GetArrayFromImage(file) for file in files)
    settings = rr.Settings.ibsi_configuration(name)
    expected = rr.extract(image, mask, settings, label=1, spacing_mm=spacing)
    floats, labels = image.astype(np.float64), mask.astype(np.uint8)
    with Extraction(c, _view(floats, F64, spacing), _view(labels, U8, spacing), settings) as found:
        assert found.bits() == _bits(expected)


def test_arrow_takes_the_table(c, phantom, configuration):
    pa = pytest.importorskip("pyarrow")
    image, mask, spacing = phantom
    expected = rr.extract(image, mask, configuration, label=1, spacing_mm=spacing)
    # Larger than the structs of the Arrow C Data Interface.
    array, schema = ((ctypes.c_int64 * 16)() for _ in range(2))
    views = _view(image, I16, spacing), _view(mask, U8, spacing)
    with Extraction(c, *views, configuration) as found:
        assert c.radiomics_table_to_arrow(found.table, array, schema) == 0
    # The table is freed by now: the export owns what it points to.
    batch = pa.RecordBatch._import_from_c(ctypes.addressof(array), ctypes.addressof(schema))
    batch.validate(full=True)
    columns = batch.to_pydict()
    assert columns["label"] == [1] * len(expected)
    for name in ("column", "image", "family", "feature", "aggregation", "ibsi_id"):
        assert columns[name] == [getattr(row, name) for row in expected]
    np.testing.assert_array_equal(columns["value"], [row.value for row in expected])
    assert columns["defined"] == [row.status == "ok" for row in expected]

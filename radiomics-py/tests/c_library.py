"""The C library by ctypes: what the tests that go through it share."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

import numpy as np
import pytest

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


def _path() -> Path | None:
    """The shared library: the one named, or what cargo has built last."""
    named = os.environ.get("RADIOMICS_LIBRARY")
    if named:
        return Path(named)
    name = "libradiomics.dylib" if sys.platform == "darwin" else "libradiomics.so"
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    built = [target / profile / name for profile in ("debug", "release")]
    return max((p for p in built if p.exists()), key=lambda p: p.stat().st_mtime, default=None)


def library() -> ctypes.CDLL:
    """The library; the test is skipped if it is not built."""
    path = _path()
    if path is None:
        pytest.skip("the C library is not built: cargo build -p radiomics-ffi")
    library = ctypes.CDLL(str(path))
    library.radiomics_last_error.restype = ctypes.c_char_p
    library.radiomics_table_length.restype = ctypes.c_size_t
    library.radiomics_table_values.restype = ctypes.POINTER(ctypes.c_double)
    library.radiomics_version.restype = ctypes.c_char_p
    library.radiomics_settings_filter_name.restype = ctypes.c_char_p
    library.radiomics_maps_length.restype = ctypes.c_size_t
    return library


def viewed(array: np.ndarray, dtype: int, spacing) -> Image:
    strides = (s // array.itemsize for s in array.strides)
    return Image(
        struct_size=ctypes.sizeof(Image),
        data=array.ctypes.data,
        dtype=dtype,
        shape=tuple(array.shape),
        strides=tuple(strides),
        spacing_mm=tuple(spacing),
    )


class Session:
    """A context and settings of the C library, freed at the end of the block."""

    def __init__(self, c, settings: rr.Settings):
        """Make them, or fail with the text of the error."""
        self.c = c
        self.context, self.settings = ctypes.c_void_p(), ctypes.c_void_p()
        assert c.radiomics_context_new(None, ctypes.byref(self.context)) == 0
        yaml = settings.to_yaml().encode()
        self.checked(
            c.radiomics_settings_from_yaml(self.context, yaml, ctypes.byref(self.settings))
        )

    def checked(self, status: int) -> None:
        assert status == 0, self.c.radiomics_last_error(self.context).decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.c.radiomics_settings_free(self.settings)
        self.c.radiomics_context_free(self.context)


class Extraction(Session):
    """And a table."""

    def __init__(self, c, image: Image, mask: Image, settings: rr.Settings, label: int = 1):
        """Extract a label."""
        super().__init__(c, settings)
        self.table = ctypes.c_void_p()
        status = c.radiomics_extract(
            self.context,
            ctypes.byref(image),
            ctypes.byref(mask),
            ctypes.c_int64(label),
            self.settings,
            ctypes.byref(self.table),
        )
        self.checked(status)

    def __exit__(self, *_):
        self.c.radiomics_table_free(self.table)
        super().__exit__()

    def values(self) -> np.ndarray:
        length = self.c.radiomics_table_length(self.table)
        return np.ctypeslib.as_array(self.c.radiomics_table_values(self.table), (length,)).copy()

    def bits(self) -> list[int]:
        return self.values().view(np.uint64).tolist()

"""What the tests of reading share."""

import re

import numpy as np
import pytest

import radiomics_rs as rr
from radiomics_rs import io

SHAPE = (6, 16, 16)
SETTINGS = rr.Settings(bin_width=25, families=["intensity_statistics"])
MEAN = "original_intensity_statistics_mean"
#: What no message may hold: the insides of other libraries.
FOREIGN = re.compile(
    r"ITK ERROR|sitk::|itk\w+\.[ch]xx|std::|0x[0-9a-f]{5}|Traceback|HDF5-DIAG|libpng|libtiff"
)


def noise(dtype="f4"):
    return np.random.default_rng(0).normal(400, 100, SHAPE).astype(dtype)


def refusal(path, kind=rr.ReadError):
    with pytest.raises(kind) as caught:
        io.read_sitk(path)
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    assert not FOREIGN.search(text)
    return text

"""An extraction by the drop-in's two ways: all images in one call, and each step by itself."""

import logging
import sys
from pathlib import Path

import numpy as np
import SimpleITK as sitk  # noqa: N813

from radiomics_rs.pyradiomics import _direct
from radiomics_rs.pyradiomics.featureextractor import RadiomicsFeatureExtractor

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benches" / "peers"))
import differential_cases


class Lines(logging.Handler):
    """What is logged while it is in use."""

    def __init__(self):
        """Empty, of what is at least INFO."""
        super().__init__(logging.INFO)
        self.lines = []

    def emit(self, record):
        self.lines.append((record.name, record.levelname, record.getMessage()))

    def __enter__(self):
        logging.getLogger("radiomics").addHandler(self)
        return self

    def __exit__(self, *_):
        logging.getLogger("radiomics").removeHandler(self)


def result(extractor, image, mask, **more):
    """What an extraction gives, or its error; what is logged; whether it went the direct way."""
    ways = []
    own = _direct.features

    def features(*given):
        found = own(*given)
        ways.append(found is not None)
        return found

    _direct.features = features
    try:
        with Lines() as log:
            try:
                found = extractor.execute(image, mask, **more)
            except Exception as error:
                found = type(error), str(error)
    finally:
        _direct.features = own
    return found, log.lines, ways == [True]


def compared(params, image, mask, *, change=lambda extractor: None, **more):
    """What differs between the two ways, and whether the first one was the direct one.

    What differs is {key: (direct, step by step)}, with what is not about a key under "".
    """
    found = []
    for stepwise in (False, True):
        extractor = RadiomicsFeatureExtractor(params)
        extractor.stepwise = stepwise
        change(extractor)
        found.append(result(extractor, image, mask, **more))
    (ours, our_log, direct), (steps, their_log, indirect) = found
    assert not indirect
    differences = {}
    if our_log != their_log:
        pairs = zip([*our_log, None], [*their_log, None], strict=False)
        differences["log"] = next(pair for pair in pairs if pair[0] != pair[1])
    if isinstance(ours, tuple) or isinstance(steps, tuple):
        if ours != steps:
            differences["error"] = ours, steps
        return differences, direct
    if list(ours) != list(steps):
        differences["keys"] = list(ours), list(steps)
    differences |= {
        key: (ours[key], steps[key])
        for key in ours
        if key in steps and not _same(ours[key], steps[key])
    }
    return differences, direct


def _same(one, other):
    if type(one) is not type(other):
        return False
    return np.array_equal(one, other, equal_nan=isinstance(one, float))


def random_case(seed):
    """Image, mask and parameters of a case of benches/peers/differential_cases.py."""
    case = differential_cases.case(seed)
    place = case["geometry"]
    found = []
    for voxels in (case["voxels"], case["labels"]):
        image = sitk.GetImageFromArray(voxels)
        image.SetSpacing(place["spacing"])
        image.SetOrigin(place["origin"])
        if "direction" in place and voxels.ndim == 3:
            image.SetDirection(place["direction"])
        found.append(image)
    return *found, case["params"]

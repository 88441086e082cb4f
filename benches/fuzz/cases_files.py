"""Parameter files of PyRadiomics and our own documents, made up and spoilt, through every door."""

from __future__ import annotations

import logging
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk  # noqa: N813

import cases_settings
import documents
import odd
import radiomics_rs as rr
from case import DROP_IN, NATIVE, TYPED, Case, Step, laborious, same_settings
from radiomics_rs.pyradiomics import featureextractor

#: The folder that ends with the run.
FOLDER = Path(tempfile.gettempdir())

_VOXELS = np.random.default_rng(5).normal(100, 30, (6, 7, 8)).astype("i2")
_SPACING = (2, 1, 1)
_LABELS = np.zeros(_VOXELS.shape, "u1")
_LABELS[1:5, 1:6, 2:7] = 1

logging.getLogger("radiomics").addHandler(logging.NullHandler())
logging.getLogger("radiomics").propagate = False


def case(rng: random.Random) -> Case:
    """A case, from its random numbers alone."""
    theirs = rng.random() < 0.6
    given = documents.pyradiomics(rng) if theirs else cases_settings.settings(rng)
    if rng.random() < 0.1:
        _strange(rng, given)
        return Case(f"a dict: {cases_settings.odd_text(given)}", _of_dict(given, theirs))
    content = documents.written(rng, given)
    if rng.random() < 0.5:
        content = documents.spoilt(rng, content)
    shown = content if len(content) < 4000 else content[:4000] + b"..."
    path = FOLDER / f"params{rng.choice(['.yaml', '.yml', '.json', ''])}"
    return Case(f"a file: {shown!r}", _of_file(content, path))


def _strange(rng: random.Random, given: dict[Any, Any]) -> None:
    """Put an object of Python somewhere into a dict."""
    place = given
    while rng.random() < 0.8:
        inner = [value for value in place.values() if isinstance(value, dict) and value]
        if not inner:
            break
        place = rng.choice(inner)
    key = rng.choice(list(place)) if place and rng.random() < 0.9 else odd.whole(rng)
    place[key] = odd.Evil() if rng.random() < 0.1 else odd.thing(rng)


def _of_dict(given: dict[Any, Any], theirs: bool) -> Iterator[Step]:
    made: list[Any] = []
    if not theirs:
        yield Step("Settings", lambda: made.append(rr.Settings(**given)), TYPED)
    yield Step("from_pyradiomics", lambda: made.append(rr.Settings.from_pyradiomics(given)), TYPED)
    yield from _native(made)
    yield from _drop_in(given)


def _of_file(content: bytes, path: Path) -> Iterator[Step]:
    path.write_bytes(content)
    made: list[Any] = []
    for name in ("from_yaml", "from_json", "from_pyradiomics"):
        read = getattr(rr.Settings, name)
        yield Step(name, lambda read=read: made.append(read(path)))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    # A short text may be the name of a file.
    if "\n" in text or "{" in text:
        for name in ("from_yaml", "from_json", "from_pyradiomics"):
            read = getattr(rr.Settings, name)
            yield Step(f"{name}, text", lambda read=read: read(text))
        yield Step("replace_yaml", lambda: rr.Settings().replace_yaml(text))
    yield from _native(made)
    yield from _drop_in(str(path))


def _native(made: list[rr.Settings]) -> Iterator[Step]:
    """What is done with settings that have been taken."""
    for settings in made[:2]:
        yield Step("round trip", lambda settings=settings: same_settings(settings))
        yield Step("columns", lambda settings=settings: rr.columns(settings))
        if laborious(_VOXELS.shape, _SPACING, settings.resample_spacing_mm):
            continue
        yield Step(
            "extract",
            lambda settings=settings: rr.extract(
                _VOXELS, _LABELS, settings, spacing_mm=_SPACING, threads=1
            ),
            NATIVE,
        )


def _drop_in(params: Any) -> Iterator[Step]:
    made: list[Any] = []
    extractor = featureextractor.RadiomicsFeatureExtractor
    yield Step("drop-in", lambda: made.append(extractor(params)), DROP_IN)
    new = made[0].settings.get("resampledPixelSpacing") if made else None
    if made and not laborious(_VOXELS.shape, _SPACING, new[::-1] if new else None):
        made[0].threads = 1
        image, mask = sitk.GetImageFromArray(_VOXELS), sitk.GetImageFromArray(_LABELS)
        for one in (image, mask):
            one.SetSpacing(_SPACING[::-1])
        yield Step("drop-in execute", lambda: made[0].execute(image, mask), DROP_IN)
        maps = {"voxelBased": True}
        # Maps of a box of all classes take longer than all the rest.
        made[0].enabledFeatures = dict(list(made[0].enabledFeatures.items())[:1])
        yield Step("drop-in maps", lambda: made[0].execute(image, mask, **maps), DROP_IN)

"""The table of the reference that is made of values: units, ranges and edges of features."""

from __future__ import annotations

import math
import re
import warnings

import numpy as np

import radiomics_rs as rr

EVERY = ["3D_avg", "3D"]
HEAD = """\
| feature | unit | range | flat | slice | two voxels |
|---|---|---|---|---|---|
"""


def region(flat: bool = False) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    z, y, x = np.indices((9, 11, 11))
    mask = (((z - 4) ** 2 + (y - 5) ** 2 + (x - 5) ** 2) <= 9.5).astype(np.uint8)
    image = np.full(mask.shape, 100.0) if flat else rng.uniform(60, 180, mask.shape)
    return image, mask


def values(
    image: np.ndarray, mask: np.ndarray, spacing_mm: float = 1.0
) -> dict[str, rr.FeatureRow]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = rr.extract(image, mask, {"aggregations": EVERY}, spacing_mm=spacing_mm)
    return {f"{found.family}.{found.feature}": found for found in table}


def power(name: str, of: dict, base: dict) -> float:
    """By which power of two a value grew."""
    if base[name].value == 0 or of[name].value == 0:
        return math.nan
    return math.log2(abs(of[name].value / base[name].value))


def check_unit(name: str, told: str, base: dict, longer: dict, brighter: dict) -> None:
    """That the unit which is told is that of the values."""
    if name.startswith("intensity_volume_histogram"):
        # By default it has 1000 levels, and its intensities are levels.
        return
    length, intensity = power(name, longer, base), power(name, brighter, base)
    if name.startswith("local_intensity"):
        # A sphere of 1 cm³ holds other voxels when voxels grow.
        length = 0.0
    for measured, symbol in (
        (length, r"mm([²³]|⁻¹)?"),
        (intensity, r"unit of the image\)?([²³])?"),
    ):
        found = re.search(symbol, told)
        expected = POWERS[found[1]] if found else 0
        if math.isfinite(measured):
            assert abs(measured - expected) < 1e-6, f"{name}: {told} is not {symbol} to {measured}"


POWERS = {None: 1, "²": 2, "³": 3, "⁻¹": -1}


def shown(found: rr.FeatureRow) -> str:
    if math.isnan(found.value):
        return f"*{str(found.reason).replace('_', ' ')}*"
    return f"{found.value:.4g}"


def units() -> str:
    """A row for each feature that the profile `ibsi` computes."""
    image, mask = region()
    base = values(image, mask)
    longer, brighter = values(image, mask, 2.0), values(image * 2, mask)
    flat_image, _ = region(flat=True)
    slice_mask = np.zeros_like(mask)
    slice_mask[4] = mask[4]
    two = np.zeros_like(mask)
    two[4, 5, 5] = two[5, 6, 6] = 1
    edges = [values(flat_image, mask), values(image, slice_mask), values(image, two)]
    text, family = HEAD, ""
    for name in base:
        of = name.split(".")[0]
        if of != family:
            family = of
            text += f"| **{family}** | | | | | |\n"
        told = rr.describe(name)
        check_unit(name, told.unit, base, longer, brighter)
        cells = [told.unit, told.range, *(shown(edge[name]) for edge in edges)]
        text += f"| {name.split('.')[1]} | {' | '.join(cells)} |\n"
    return text

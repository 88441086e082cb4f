"""The cases of the drift guard: images by whole-numbered code that every language can repeat.

`radiomics-core/tests/common/drift.rs` is the same in Rust; the settings and the values of both are
in `radiomics-core/tests/data/drift`.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

import radiomics_rs as rr

FOLDER = Path(__file__).resolve().parents[2] / "radiomics-core" / "tests" / "data" / "drift"
#: Largest share of itself by which a value of transforms may differ from the table's.
CLOSE = 1e-12


class Case(NamedTuple):
    """What is extracted."""

    name: str
    image: np.ndarray
    mask: np.ndarray
    spacing_mm: tuple[float, float, float]
    labels: list[int]
    settings: rr.Settings


def cases() -> list[Case]:
    """All cases."""
    recipes = json.loads((FOLDER / "cases.json").read_text(encoding="utf-8"))
    return [case(name, recipe) for name, recipe in recipes.items()]


def table() -> dict[tuple[str, int], list[tuple[str, bool, float]]]:
    """Of each case and label the column, whether its bits are compared, and its value."""
    found: dict[tuple[str, int], list[tuple[str, bool, float]]] = {}
    with (FOLDER / "values.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            value = row["column"], row["compare"] == "bits", float(row["value"])
            found.setdefault((row["case"], int(row["label"])), []).append(value)
    return found


def moved(expected: list[tuple[str, bool, float]], columns: list[str], values) -> list[str]:
    """What differs from the table, a line each."""
    assert columns == [column for column, _, _ in expected]
    lines = []
    for (column, bits, old), new in zip(expected, values, strict=True):
        if np.float64(old).tobytes() == np.float64(new).tobytes() or (old != old and new != new):
            continue
        if bits or not abs(new - old) <= CLOSE * abs(old):
            lines.append(f"{column}: {old!r} became {float(new)!r}")
    return lines


def case(name: str, recipe: dict) -> Case:
    """A case as its recipe says."""
    settings = rr.Settings(**recipe["settings"])
    if recipe["image"] == "digital phantom":
        image, mask, spacing = rr.example()
        return Case(name, image, mask, spacing, [1], settings)
    image, shape = _image(recipe["image"]), recipe["image"]["shape"]
    mask = _mask(recipe["mask"], shape, recipe["image"]["seed"])
    spacing = tuple(recipe["image"]["spacing_mm"])
    return Case(name, image, mask, spacing, recipe.get("labels", [1]), settings)


def _noise(seed: int, bits: int, count: int) -> list[int]:
    """The highest bits of Knuth's linear congruential generator of 64 bits."""
    found = []
    for _ in range(count):
        seed = (seed * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        found.append(seed >> (64 - bits))
    return found


def _image(recipe: dict) -> np.ndarray:
    shape = recipe["shape"]
    noise = np.array(_noise(recipe["seed"], recipe["bits"], int(np.prod(shape)))).reshape(shape)
    slopes = sum(s * i for s, i in zip(recipe["slopes"], np.indices(shape), strict=True))
    whole = noise + slopes + recipe["offset"]
    return whole / 8 if recipe.get("eighths") else whole.astype(np.int16)


def _mask(kind: str, shape: list[int], seed: int) -> np.ndarray:
    if kind == "scattered":
        noise = np.array(_noise(seed + 1000, 3, int(np.prod(shape)))).reshape(shape)
        return (noise == 0).astype(np.uint8)
    # Distances from the middle in half voxels, all as parts of the product of the sides.
    product = int(np.prod(shape))
    far = sum(
        ((2 * i + 1 - n) * (product // n)) ** 2
        for i, n in zip(np.indices(shape), shape, strict=True)
    )
    inside = 8 * far <= 7 * product**2
    if kind == "ellipsoid":
        return inside.astype(np.uint8)
    assert kind == "thirds"
    parts = np.array([1, 3, 7])[3 * np.indices(shape)[2] // shape[2]]
    return np.where(inside, parts, 0).astype(np.uint8)

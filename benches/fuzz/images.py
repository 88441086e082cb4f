"""Random images and masks, most of them odd."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import SimpleITK as sitk  # noqa: N813

import odd

SHAPES = [(1, 1, 1), (1, 1, 2), (2, 1, 1), (1, 5, 6), (4, 1, 5), (2, 2, 2), (1, 1, 40), (3, 40, 1)]
TYPES = ["float64", "float64", "float32", "int16", "uint8", "int8", "uint16", "int32", "int64"]
TYPES += ["uint32", "uint64", "bool"]
KINDS = ["noise", "noise", "noise", "flat", "two", "huge", "tiny", "wide", "steps", "outlier"]

REGIONS = ["all", "dust", "corners", "voxel", "plane"]


def image(rng: random.Random) -> tuple[str, np.ndarray]:
    """An image, and what it is."""
    shape = rng.choice(SHAPES) if rng.random() < 0.3 else tuple(rng.randint(2, 11) for _ in "zyx")
    kind, dtype = rng.choice(KINDS), rng.choice(TYPES)
    draw = np.random.default_rng(rng.getrandbits(32))
    noise = draw.normal(size=shape)
    scale = abs(odd.real(rng))
    with np.errstate(all="ignore"):
        values = {
            "noise": lambda: noise * 10 ** rng.uniform(-1, 3) + rng.uniform(-500, 1000),
            "flat": lambda: np.full(shape, odd.real(rng)),
            "two": lambda: np.where(noise > 0, odd.real(rng), odd.real(rng)),
            "huge": lambda: noise * rng.choice([1e15, 1e20, 1e38, 1e100, 1e200, 1e300, 1e307]),
            "tiny": lambda: noise * rng.choice([1e-3, 1e-20, 1e-38, 1e-100, 1e-300, 1e-310]),
            "wide": lambda: np.sign(noise) * 10.0 ** (noise * rng.choice([3, 30, 100])),
            "steps": lambda: np.round(noise * rng.choice([1, 3, 100, 1e4])),
            "outlier": lambda: np.where(draw.random(shape) < 0.1, scale, noise),
        }[kind]()
        if kind not in ("flat", "two", "outlier") and not np.isfinite(values).all():
            values = np.nan_to_num(values)
        if dtype.startswith("float"):
            array = values.astype(dtype)
        else:
            info = np.iinfo(dtype) if dtype != "bool" else np.iinfo("int8")
            array = np.clip(np.nan_to_num(values), info.min, info.max)
            # The largest 64-bit float that fits, as the next one does not.
            array = np.clip(array, -(2.0**63), 2.0**63 - 1024).clip(info.min).astype(dtype)
    text = f"{kind} {dtype}{list(shape)}"
    return _spoilt(rng, text, array)


def _spoilt(rng: random.Random, text: str, array: np.ndarray) -> tuple[str, np.ndarray]:
    """The same, perhaps with a voxel that is no number, or with other strides."""
    if array.dtype.kind == "f" and rng.random() < 0.15:
        at = tuple(rng.randrange(n) for n in array.shape)
        array[at] = rng.choice([math.nan, math.inf, -math.inf])
        text += f" with {array[at]} at {list(at)}"
    layout = rng.random()
    if layout < 0.1:
        return f"{text}, Fortran order", np.asfortranarray(array)
    if layout < 0.2:
        return f"{text}, reversed", array[::-1, :, ::-1]
    return text, array


def mask(rng: random.Random, image: np.ndarray) -> tuple[str, np.ndarray]:
    """A mask of the shape of an image, and what it is."""
    shape = image.shape
    kind = rng.choice(REGIONS) if rng.random() < 0.4 else rng.choice(["box", "ball", "numbers"])
    draw = np.random.default_rng(rng.getrandbits(32))
    grid = np.indices(shape)
    inside = np.ones(shape, bool)
    if kind == "box":
        low = [rng.randrange((n + 1) // 2) for n in shape]
        high = [rng.randint(a + 1, n) for a, n in zip(low, shape, strict=True)]
        near = [(g >= a) & (g < b) for g, a, b in zip(grid, low, high, strict=True)]
        inside = np.all(near, axis=0)
    elif kind == "ball":
        near = [((g - n / 2) / (n / 2)) ** 2 for g, n in zip(grid, shape, strict=True)]
        inside = sum(near) <= 1
    elif kind in ("dust", "numbers"):
        inside = draw.random(shape) < rng.choice([0.05, 0.3, 0.8])
    elif kind == "corners":
        inside = np.zeros(shape, bool)
        inside[0, 0, 0] = inside[-1, -1, -1] = True
    elif kind == "voxel":
        inside = np.zeros(shape, bool)
        inside[tuple(rng.randrange(n) for n in shape)] = True
    elif kind == "plane":
        inside = grid[rng.randrange(3)] == 0
    labels = inside.astype(rng.choice(["uint8", "bool", "int16", "float32", "uint64", "int64"]))
    if kind == "numbers" and labels.dtype != bool:
        labels[draw.random(shape) < 0.2] = rng.choice([2, 3, 200])
    return f"{kind} {labels.dtype}", labels


def spacing(rng: random.Random) -> Any:
    """A spacing, and not always one that can be."""
    kind = rng.random()
    if kind < 0.35:
        return 1
    if kind < 0.7:
        return [round(rng.uniform(0.3, 5), 2) for _ in "zyx"]
    if kind < 0.85:
        return [10 ** rng.uniform(-4, 4) for _ in "zyx"]
    return [abs(odd.real(rng)) for _ in "zyx"] if kind < 0.97 else odd.thing(rng)


def placed(rng: random.Random, image: np.ndarray, mask: np.ndarray) -> tuple[str, Any, Any]:
    """Both as SimpleITK images that lie somewhere."""
    mm = [10 ** rng.uniform(-3, 3) for _ in "xyz"]
    if rng.random() < 0.2:
        mm = [rng.choice([1e-30, 1e-12, 1e12, 1e30, 1e200]) for _ in "xyz"]
    origin = [rng.choice([0, -200.5, 1e6, 1e15, 1e300]) for _ in "xyz"]
    angle = rng.choice([0, 0.3, math.pi / 2, 3.1])
    c, s = math.cos(angle), math.sin(angle)
    found = []
    for array in (image, mask):
        array = array.view("u1") if array.dtype == bool else array
        one = sitk.GetImageFromArray(np.ascontiguousarray(array))
        one.SetSpacing(mm)
        one.SetOrigin(origin)
        one.SetDirection((c, -s, 0, s, c, 0, 0, 0, 1))
        found.append(one)
    return f"spacing (x, y, z) {mm}, origin {origin}, turned by {angle}", *found

"""Odd numbers, texts and other objects."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

#: Numbers at which something ends, and some beside them.
REALS = [
    *(0.0, -0.0, 5e-324, 1e-300, 1e-100, 1e-38, 1e-19, 1e-12, 1e-6, 1e-3, 0.1, 0.5, 0.999),
    *(1.0, 1.5, 2.5, 10.0, 99.5, 1e3, 1e4, 1e5, 1e7, 1e9, 1e12, 1e16, 1e19, 1e20, 1e30, 1e38),
    *(1e100, 1e154, 1e200, 1e300, 9e307, 1.7976931348623157e308, float("inf"), float("nan")),
]
WHOLES = [
    *(0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 63, 64, 65, 127, 128, 255, 256, 257, 1000),
    *(4095, 4096, 32767, 65534, 65535, 65536, 10**6, 10**6 + 1, 2**31 - 1, 2**31, 2**32 - 1),
    *(2**32, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 10**30, 10**400),
]
TEXTS = [
    *(
        "",
        " ",
        "0",
        "1",
        "-1",
        "0.5",
        "nan",
        "inf",
        "-inf",
        "1e999",
        "0x10",
        "1_000",
        "true",
        "yes",
    ),
    *(
        "no",
        "null",
        "~",
        "None",
        "original",
        "Original",
        "\x00",
        "é",
        "\u200b",
        "\ud7ff",
        "\U0001d7db",
        "[1]",
    ),
    *("{}", "a" * 300, "1" * 400, "*", "&a", "!!python/object:os.system", "!!float 1", "<<", "%"),
    *("-", "?", ":", "#", "|", ">", "@", "`", "'", '"', "\\", "../..", "LLH", "haar", "L5E5", "3D"),
]


def whole(rng: random.Random) -> int:
    """A whole number of any size."""
    return rng.choice([1, 1, 1, -1]) * rng.choice(WHOLES)


def real(rng: random.Random) -> float:
    """A number of any size."""
    sign = rng.choice([1, 1, 1, -1])
    if rng.random() < 0.3:
        return sign * 10 ** rng.uniform(-12, 12)
    return sign * rng.choice(REALS)


def value(rng: random.Random, depth: int = 0) -> Any:
    """Anything that a YAML or JSON document may hold."""
    kind = rng.random()
    if kind < 0.25:
        return whole(rng)
    if kind < 0.5:
        return real(rng)
    if kind < 0.65:
        return rng.choice(TEXTS)
    if kind < 0.75 or depth > 2:
        return rng.choice([None, True, False])
    members = [value(rng, depth + 1) for _ in range(rng.choice([0, 1, 2, 3, 3, 7]))]
    if kind < 0.93:
        return members
    return {str(rng.choice(TEXTS)): member for member in members}


class Evil:
    """An object that fails at everything."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"no {name}")

    def __repr__(self) -> str:
        raise RuntimeError("no text")


def thing(rng: random.Random) -> Any:
    """Anything that a program may hold."""
    things = [
        *(np.float32(0.1), np.float64("nan"), np.int64(3), np.uint64(2**64 - 1), np.bool_(True)),
        *(np.arange(3), np.zeros((2, 2)), np.array(2.5), np.array([]), np.array("x"), b"1"),
        *(bytearray(b"x"), (1, 2), (), {1, 2}, range(3), 1j, object, len, slice(1), Ellipsis),
        *({1: 2}, {"a": {}}, {None: 1}, [[[]]], memoryview(b"abc"), float, iter([1]), "\ud800"),
    ]
    return rng.choice(things) if rng.random() < 0.7 else value(rng)

"""Random contours as a structure set has them, through the rasteriser."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

import odd
from case import Case, Step, UnequalError
from radiomics_rs import _core

#: Points of the longest contours.
MANY = 1_000_000
#: Lines nearer to a centre than this, in voxels, are left to the rule of lines.
NEAR = 1e-5
#: Numbers that are none, and some that are written oddly.
ODD_TEXTS = ["nan", "inf", "-inf", "1e30", "-1e30", "1e400", "", " ", "+1", "1.", ".5", "1e-400"]
ODD_TEXTS += ["0x10", "1_0", "\xff", "1e7", "-0", "1,5", "Infinity"]

Points = list[tuple[float, float, float]]


def case(rng: random.Random) -> Case:
    """A case, from its random numbers alone."""
    shape = tuple(rng.choice([1, 1, 2, 3, 7, 20, 61]) for _ in "zyx")
    is_odd = rng.random() < 0.4
    geometry = _geometry(rng, is_odd)
    drawn = [_contour(rng, shape, is_odd) for _ in range(rng.choice([0, 1, 1, 2, 3, 8]))]
    contours = [_text(_placed(points, geometry)) for points in drawn]
    if is_odd:
        contours = [_spoilt(rng, text) for text in contours]
    repeats = 1
    if contours and rng.random() < 0.03:
        points = max(1, contours[0].count(b"\\") // 3 + 1)
        repeats = MANY // points
        contours[0] = b"\\".join([contours[0]] * repeats)
    options = {
        "what": "ROI",
        "slice_tolerance": odd.real(rng) if rng.random() < 0.05 else rng.choice([0, 0.1, 0.5]),
        "threads": 1,
        "memory_mb": rng.choice([None, None, None, 0.01, 100]),
    }
    heads = [text[:300] for text in contours]
    text = f"shape {shape}, geometry {geometry}, {options}, first {repeats} times\n{heads}"
    return Case(text, _steps(shape, geometry, drawn, contours, options, is_odd or repeats > 1))


def _steps(
    shape: tuple[int, ...],
    geometry: Any,
    drawn: list[Points],
    contours: list[bytes],
    options: dict[str, Any],
    is_odd: bool,
) -> Iterator[Step]:
    made: list[Any] = []
    yield Step(
        "rasterise", lambda: made.append(_core.rasterise(contours, shape, geometry, **options))
    )
    if made:
        voxels, report = made[0]
        yield Step("report", lambda: _check_report(voxels, report, len(contours)))
        if not is_odd:
            yield Step("rule", lambda: _check_rule(voxels, report, drawn, options))


def _check_report(voxels: npt.NDArray[np.uint8], report: dict[str, Any], given: int) -> None:
    """Raise UnequalError if mask and report contradict each other."""
    if voxels.max() > 1 or int(voxels.sum()) < report["on_line"]:
        raise UnequalError(f"{voxels.max()}, {voxels.sum()} voxels and {report}")
    left_out = {*report["outside"], *report["between"], *report["degenerate"]}
    if not given - len(left_out) <= report["drawn"] <= given:
        raise UnequalError(f"{given} contours, and {report}")


def _check_rule(
    voxels: npt.NDArray[np.uint8],
    report: dict[str, Any],
    drawn: list[Points],
    options: dict[str, Any],
) -> None:
    """Raise UnequalError if a centre apart from all lines is not as the even-odd rule says."""
    if report["slice_axis"] != 0 or options["slice_tolerance"] < 0.05:
        return
    for k, mask in enumerate(voxels):
        y, x = np.indices(mask.shape)
        inside, near = np.zeros(mask.shape, bool), np.zeros(mask.shape, bool)
        for points in drawn:
            if len(points) < 3 or round(points[0][0]) != k:
                continue
            for (_, y0, x0), (_, y1, x1) in zip(points, [*points[1:], points[0]], strict=True):
                squared = (y1 - y0) ** 2 + (x1 - x0) ** 2
                share = (
                    ((y - y0) * (y1 - y0) + (x - x0) * (x1 - x0)) / squared if squared else 0 * y
                )
                share = np.clip(share, 0, 1)
                near |= np.hypot(y0 + share * (y1 - y0) - y, x0 + share * (x1 - x0) - x) < NEAR
                if y0 != y1:
                    at = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
                    inside ^= ((y0 > y) != (y1 > y)) & (x < at)
        wrong = np.argwhere((mask != inside) & ~near)
        if len(wrong):
            raise UnequalError(f"slice {k}: {len(wrong)} voxels, the first one {wrong[0]}")


def _geometry(rng: random.Random, is_odd: bool) -> Any:
    if is_odd and rng.random() < 0.3:
        triple = [tuple(odd.real(rng) for _ in "zyx") for _ in "soabc"]
        return triple[0], triple[1], tuple(triple[2:])
    spacing = tuple(rng.choice([0.5, 1.0, 0.976562, 3.27]) for _ in "zyx")
    origin = tuple(rng.uniform(-300, 300) for _ in "zyx")
    angle = rng.choice([0, 0, 0.3, math.pi / 2, 2.0])
    c, s = math.cos(angle), math.sin(angle)
    return spacing, origin, ((c, -s, 0.0), (s, c, 0.0), (0.0, 0.0, 1.0))


def _contour(rng: random.Random, shape: tuple[int, ...], is_odd: bool) -> Points:
    """Points in voxels (z, y, x), in a slice, or in none."""
    z = float(rng.randrange(shape[0]))
    number = rng.choice([3, 4, 5, 12, 100, 1000]) if rng.random() < 0.9 else rng.randrange(3)
    # Quarters make corners, level lines and lines through centres abound.
    step = rng.choice([0.25, 0.5, 1.0, 0.0])
    points: Points = []
    for _ in range(number):
        y, x = (rng.uniform(-2, n + 1) for n in shape[1:])
        if step:
            y, x = (step * round(value / step) for value in (y, x))
        points.append((z, y, x))
        if rng.random() < 0.1:
            points.append(rng.choice(points))
        if is_odd and rng.random() < 0.02:
            z += rng.choice([0.05, 0.5, 1, -100])
    return points


def _placed(points: Points, geometry: Any) -> Points:
    spacing, origin, direction = (np.array(part) for part in geometry)
    with np.errstate(all="ignore"):
        places = origin + (np.array(points).reshape(-1, 3) * spacing) @ direction.T
    return [tuple(place) for place in places.tolist()]


def _text(places: Points) -> bytes:
    return "\\".join(f"{x!r}\\{y!r}\\{z!r}" for z, y, x in places).encode()


def _spoilt(rng: random.Random, text: bytes) -> bytes:
    kind = rng.random()
    numbers = text.split(b"\\")
    if kind < 0.3:
        place = rng.randrange(len(numbers))
        numbers[place] = rng.choice(ODD_TEXTS).encode("latin-1")
        return b"\\".join(numbers)
    if kind < 0.5:
        return b"\\".join(b" %r " % odd.real(rng) if rng.random() < 0.05 else n for n in numbers)
    if kind < 0.6:
        return text[: rng.randrange(len(text) + 1)]
    return bytes(rng.randrange(256) for _ in range(20)) if kind < 0.65 else text

"""A liver with a tumour, drawn by code: the same voxels on every machine.

Lengths are whole millimetres and shapes are inequalities between whole numbers; noise is a hash of
the voxel's number. So nothing depends on the rounding of a mathematical library, or on a generator
whose stream a later version may change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Point: TypeAlias = tuple[int, int, int]

SHAPE = (40, 96, 96)
SPACING_MM = (3.0, 2.0, 2.0)
FRAME_SHAPE = (1, 160, 200)
FRAME_SPACING_MM = (1.0, 0.5, 0.5)

#: What the label map calls its labels.
LABELS = {
    "liver": 1,
    "tumour": 2,
    "vessels": 3,
    "rim": 4,
    "muscle": 5,
    "fat": 6,
    "aorta": 7,
    "bone": 8,
}
#: Tissues that have no label: what is left of the belly, the air round the body, and the core of
#: the tumour, whose label is the tumour's.
AIR, BOWEL, CORE = 0, 9, 10
TISSUES = (AIR, *LABELS.values(), BOWEL, CORE)

#: Standard deviation of `noise`.
NOISE_SD = 148


class Kind(NamedTuple):
    """How an image shows each of `TISSUES`, in whole units."""

    means: tuple[int, ...]
    grain: int
    """Standard deviation of the noise."""
    texture: int
    """Of the coarse texture of the tumour."""


#: CT in HU: the tumour is bright in the arterial phase and washes out, the rim is bright late. MR
#: is weighted by T1 after a contrast agent that the liver takes up, PET in thousandths of SUV.
KINDS = {
    "arterial": Kind((-1000, 65, 112, 92, 80, 58, -102, 310, 260, 25, 48), 11, 26),
    "portal": Kind((-1000, 112, 96, 172, 118, 66, -101, 168, 262, 38, 50), 11, 18),
    "delayed": Kind((-1000, 88, 70, 108, 116, 67, -101, 112, 258, 34, 52), 11, 12),
    "mr": Kind((6, 420, 185, 130, 245, 205, 520, 110, 150, 230, 120), 14, 34),
    "pet": Kind((5, 2200, 6800, 1700, 3600, 750, 320, 1650, 950, 1400, 1500), 170, 1300),
}
PHASES = ("arterial", "portal", "delayed")


def noise(shape: Sequence[int], seed: int) -> Ints:
    """Whole numbers of mean 0 and standard deviation `NOISE_SD`, a hash of place and seed each."""
    size = int(np.prod(shape))
    mixed = np.arange(size, dtype=np.uint32) + np.uint32(seed * 0x9E3779B1 % 2**32)
    # The finaliser of MurmurHash3, twice: after once neighbours are still alike.
    for _ in range(2):
        mixed ^= mixed >> np.uint32(16)
        mixed *= np.uint32(0x85EBCA6B)
        mixed ^= mixed >> np.uint32(13)
        mixed *= np.uint32(0xC2B2AE35)
        mixed ^= mixed >> np.uint32(16)
    # Four bytes together are nearly normal.
    parts = [(mixed >> np.uint32(shift)) & np.uint32(255) for shift in (0, 8, 16, 24)]
    made: Ints = np.asarray(np.sum(parts, axis=0, dtype=np.int64) - 510)
    return made.reshape(shape)


def averaged(array: Ints, size: Point) -> Ints:
    """Means of boxes of an odd size round each voxel, rounded down; the edge counts as repeated."""
    for axis, width in enumerate(size):
        half = width // 2
        pads = [(half + 1, half) if a == axis else (0, 0) for a in range(3)]
        sums = np.cumsum(np.pad(array, pads, mode="edge"), axis=axis)
        count = array.shape[axis]
        upper = np.take(sums, range(width, width + count), axis=axis)
        array = (upper - np.take(sums, range(count), axis=axis)) // width
    return array


def scene() -> Ints:
    """The tissue of each voxel, of `TISSUES`."""
    body = ellipsoid((60, 96, 150), (10_000, 92, 142))
    under_skin = ellipsoid((60, 96, 150), (10_000, 82, 132))
    cavity = ellipsoid((60, 96, 150), (10_000, 71, 121))
    spine = ellipsoid((60, 152, 150), (10_000, 17, 19))
    beside_spine = ellipsoid((60, 166, 122), (10_000, 14, 20))
    fat = LABELS["fat"]
    drawn = np.full(SHAPE, AIR, np.int64)
    drawn[body] = fat
    drawn[under_skin] = LABELS["muscle"]
    drawn[cavity] = fat
    drawn[cavity & ellipsoid((48, 70, 182), (52, 42, 34))] = BOWEL
    drawn[beside_spine & under_skin] = LABELS["muscle"]
    drawn[spine] = LABELS["bone"]
    drawn[ellipsoid((60, 122, 168), (10_000, 9, 9))] = LABELS["aorta"]
    drawn[ellipsoid((60, 124, 134), (10_000, 9, 11))] = LABELS["vessels"]
    held = ellipsoid((58, 90, 84), (54, 60, 64)) | ellipsoid((72, 58, 128), (32, 28, 52))
    liver = held & ellipsoid((60, 96, 150), (10_000, 68, 118)) & (drawn == fat)
    drawn[liver] = LABELS["liver"]
    drawn[(drawn == LABELS["liver"]) & _tree()] = LABELS["vessels"]
    within = liver | (drawn == LABELS["vessels"])
    drawn[_tumour(4) & within] = LABELS["rim"]
    drawn[_tumour(0) & within] = LABELS["tumour"]
    drawn[ellipsoid((56, 106, 74), (8, 7, 9)) & within] = CORE
    return drawn


def labels_of(drawn: Ints) -> npt.NDArray[np.uint8]:
    """The label map of a scene."""
    labels = np.where(drawn == CORE, LABELS["tumour"], drawn)
    return np.where(labels == BOWEL, 0, labels).astype(np.uint8)


def volume_of(drawn: Ints, name: str) -> npt.NDArray[Any]:
    """How an image of `KINDS` shows a scene."""
    kind = KINDS[name]
    means = [kind.means[TISSUES.index(tissue)] for tissue in range(len(TISSUES))]
    values = np.array(means, np.int64)[drawn]
    # What is seen is the same tissue in all images: coarse in the tumour, finer in the liver.
    coarse, fine = averaged(noise(SHAPE, 1), (3, 5, 5)), averaged(noise(SHAPE, 2), (1, 3, 3))
    tumour = np.isin(drawn, (LABELS["tumour"], LABELS["rim"]))
    values = values + np.where(tumour, coarse * kind.texture * 8 // NOISE_SD, 0)
    liver = drawn == LABELS["liver"]
    values += np.where(liver, fine * kind.texture // NOISE_SD, 0)
    seed = 10 + list(KINDS).index(name)
    grain = noise(SHAPE, seed) * kind.grain // NOISE_SD
    if name == "pet":
        # A scanner of a few millimetres, whose noise is that of what it sees.
        seen = averaged(averaged(values, (3, 3, 3)), (1, 3, 3))
        seen = np.maximum(seen + averaged(grain, (1, 3, 3)) * (seen + 500) // 1200, 0)
        return (seen / 1000).astype(np.float32)
    values = averaged(values, (1, 3, 3)) * 2 // 3 + values // 3
    if name == "mr":
        # The coil is at the patient's right: nearer is brighter.
        field = 1150 - 3 * np.arange(SHAPE[2])
        values, least = values * field // 1000, 0
    else:
        least = -1024
    made: npt.NDArray[Any] = np.maximum(values + grain, least).astype(np.int16)
    return made


def frame() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """A frame of ultrasound (1, y, x) and the labels liver and tumour of it."""
    rows, columns = (np.arange(n, dtype=np.int64) for n in FRAME_SHAPE[1:])
    y, x = rows[:, None], columns[None, :] - FRAME_SHAPE[2] // 2
    depth = y * y + x * x
    seen = (np.abs(x) * 10 <= y * 7) & (depth >= 20**2) & (depth <= 155**2)
    tumour = 9 * (y - 96) ** 2 + 6 * (x - 12) ** 2 + 2 * (y - 96) * (x - 12) <= 9 * 26**2
    vessel = (y - 62) ** 2 + (x + 18) ** 2 * 3 <= 12**2
    echo = np.where(tumour, 30, np.where(vessel, 4, 62)) * np.where(y < 28, 2, 1)
    # The beam loses strength on its way, which the gain makes up for in part.
    echo = echo * (400 - y) // 400
    # Speckle: the amplitude of a sum of two normal parts, which is compressed.
    parts = [averaged(noise(FRAME_SHAPE, seed), (1, 1, 3)) for seed in (21, 22)]
    amplitude = np.sqrt(parts[0] ** 2 + parts[1] ** 2) * echo
    values = np.minimum(np.sqrt(amplitude) * 2, 255).astype(np.uint8)
    image = np.where(seen, values, 0).astype(np.uint8)
    labels = np.where(tumour, LABELS["tumour"], np.where(vessel, LABELS["vessels"], 1))
    return image, np.where(seen & (y >= 28), labels, 0).astype(np.uint8)[np.newaxis]


def ellipsoid(centre: Point, radii: Point, grow: int = 0) -> Bools:
    """Voxels within an ellipsoid: centre and radii in mm (z, y, x)."""
    a, b, c = (radius + grow for radius in radii)
    z, y, x = (axis - middle for axis, middle in zip(_axes(), centre, strict=True))
    inside: Bools = (z * b * c) ** 2 + (y * a * c) ** 2 + (x * a * b) ** 2 <= (a * b * c) ** 2
    return inside


def _axes() -> tuple[Ints, Ints, Ints]:
    """Positions of voxel centres in mm along the axes, as arrays that broadcast."""
    z, y, x = (
        np.arange(n, dtype=np.int64) * int(s) for n, s in zip(SHAPE, SPACING_MM, strict=True)
    )
    return z[:, None, None], y[None, :, None], x[None, None, :]


def _any(parts: Iterable[Bools]) -> Bools:
    """Where one of the parts is."""
    made: Bools = np.logical_or.reduce(list(parts))
    return made


def _tumour(grow: int) -> Bools:
    """A lesion of three lobes, larger by some mm."""
    lobes = (
        ((58, 100, 66), (20, 22, 22)),
        ((64, 88, 58), (15, 15, 16)),
        ((50, 108, 80), (13, 14, 15)),
    )
    return _any(ellipsoid(*lobe, grow) for lobe in lobes)


def _tree() -> Bools:
    """Portal and hepatic veins: tubes from point to point, in mm (z, y, x), with their radii."""
    tubes = (
        ((54, 104, 134), (60, 92, 100), 6),
        ((60, 92, 100), (72, 58, 62), 4),
        ((60, 92, 100), (46, 128, 64), 4),
        ((60, 92, 100), (70, 56, 132), 4),
        ((70, 56, 132), (76, 52, 160), 3),
        ((72, 58, 62), (74, 66, 40), 3),
        ((96, 118, 130), (84, 80, 60), 4),
        ((96, 118, 130), (80, 58, 100), 4),
        ((96, 118, 130), (88, 120, 60), 4),
    )
    return _any(_tube(*tube) for tube in tubes)


def _tube(start: Point, end: Point, radius: int) -> Bools:
    """Voxels not further from the line between two points than the radius."""
    away = [axis - at for axis, at in zip(_axes(), start, strict=True)]
    line = [to - at for to, at in zip(end, start, strict=True)]
    length = sum(step * step for step in line)
    along: Ints = np.asarray(sum(a * step for a, step in zip(away, line, strict=True)))
    square: Ints = np.asarray(sum(a * a for a in away))
    beside: Bools = np.asarray(square * length - along * along <= radius * radius * length)
    return beside & (along >= -radius * 2) & (along <= length + radius * 2)

"""Where a plain NIfTI header puts voxels, to the bit as SimpleITK reads it.

To import SimpleITK takes longer than all else that a small extraction does. What is not plain, such
as two forms that differ, a shear, or no form at all, is left to it: there is nothing to guess.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from radiomics_rs.io.decoded import Place
from radiomics_rs.io.nifti_header import SAME_PLACE, SINGLE, Header, apart, rotation

#: Three axes and an origin, (x, y, z) each, in millimetres to the right, the front and the top.
Columns: TypeAlias = tuple[tuple[float, ...], ...]

#: Who says what else is in such a header.
READER = "NiftiImageIO"
#: Codes of units of length: none, and millimetres.
MILLIMETRES = (0, 2)
#: What voxels may stand for: nothing, or labels. Of others the reader makes vectors, for one.
INTENTS = (0, 1002)
#: What an sform with this code is: that of the scanner, which counts before the qform.
SCANNER = 1
#: How far axes may be from right angles. The reader takes twice as much, in its own rounding.
STRAIGHT = 5e-5
#: What the length of an axis may differ from the step by, in millimetres: half of what all readers
#: take.
SAME_STEP = 5e-4
#: How far away an origin may be, in millimetres and in voxels, and how long a step. The reader does
#: not take a matrix whose inverse is not what it should be, and far away that is rounded more.
FAR = 1e4
#: What a quaternion may be too long by.
TOO_LONG = 1e-5


def place(header: Header, name: str) -> Place | None:
    """Where the voxels of a file lie; None if that is for SimpleITK to say."""
    if not _is_plain(header):
        return None
    dimension = min(header.dim[0], 3)
    found = _columns(header)
    if found is None or (dimension == 2 and not _in_plane(found)):
        return None
    *axes, origin = found
    return Place(
        name,
        READER,
        tuple(header.dim[1 : dimension + 1]),
        tuple(header.pixdim[1 : dimension + 1]),
        _origin(origin[:dimension]),
        _direction([_cosines(axis[:dimension]) for axis in axes[:dimension]]),
    )


def _is_plain(header: Header) -> bool:
    """Whether all but the forms is as most programs write it."""
    n, *sizes = header.dim
    return (
        header.magic == SINGLE
        and (n in (2, 3) or (n == 4 and sizes[3] == 1))
        and all(size >= 1 for size in sizes[:n])
        and header.is_plain
        and header.intent in INTENTS
        and header.unit in MILLIMETRES
        and min(header.codes) >= 0
        and header.pixdim[0] in (-1.0, 1.0)
        and all(0 < step < FAR for step in header.pixdim[1 : min(n, 3) + 1])
    )


def _columns(header: Header) -> Columns | None:
    """The form that counts: the sform of a scanner, or one without a qform, else the qform."""
    qform = _of_quaternion(header) if header.codes[0] > 0 else None
    sform = _of_rows(header) if header.codes[1] > 0 else None
    if header.codes[0] <= 0:
        return sform
    if header.codes[1] <= 0 or qform is None or sform is None:
        # A form that is not plain may count or not.
        return qform if header.codes[1] <= 0 else None
    assert header.qform is not None, "it has a code"
    assert header.sform is not None, "it has a code"
    last = [size - 1 for size in (*header.shape, 1)[:3]]
    if not apart(header.qform, header.sform, last) <= SAME_PLACE * min(_steps(header)):
        return None
    if header.codes[1] == SCANNER:
        return sform
    # Which of two that agree counts is up to how the reader rounds: only if they are the same.
    return qform if qform == sform else None


def _steps(header: Header) -> list[float]:
    """Millimetres between voxels; a slice has no third step, for which the reader takes 1."""
    return [step if 0 < step < FAR else 1.0 for step in header.pixdim[1:4]]


def _of_quaternion(header: Header) -> Columns | None:
    b, c, d, *origin = header.quaternion
    length = b * b + c * c + d * d
    if not (length <= 1 + TOO_LONG and all(abs(one) < FAR for one in origin)):
        return None
    x, y, z = _steps(header)
    steps = x, y, z * header.pixdim[0]
    rows = rotation(b, c, d)
    axes = [_single(*(row[axis] * steps[axis] for row in rows)) for axis in range(3)]
    return (*axes, tuple(origin))


def _of_rows(header: Header) -> Columns | None:
    columns = tuple(header.rows[place::4] for place in range(4))
    *axes, origin = columns
    lengths = [math.hypot(*axis) for axis in axes]
    apart_mm = [abs(one - step) for one, step in zip(lengths, header.pixdim[1:4], strict=True)]
    if header.dim[0] == 2:
        # A slice has no third step.
        del apart_mm[2]
    if not (all(one <= SAME_STEP for one in apart_mm) and min(lengths) > 0):
        return None
    if not (max(lengths) < FAR and _is_near(origin, min(lengths))):
        return None
    unit = np.array(axes) / np.array(lengths)[:, np.newaxis]
    # Of a straight matrix rows are as straight as columns.
    is_straight = np.abs(unit @ unit.T - np.eye(3)).max() <= STRAIGHT
    return columns if is_straight else None


def _is_near(origin: Sequence[float], step: float) -> bool:
    return all(abs(one) < FAR * min(1.0, step) for one in origin)


def _in_plane(columns: Columns) -> bool:
    """Whether the axes of a slice have nothing of the third one."""
    return columns[0][2] == columns[1][2] == 0


def _single(*numbers: float) -> tuple[float, ...]:
    """Numbers as 32 bits hold them."""
    return struct.unpack("3f", struct.pack("3f", *numbers))


def _turned(numbers: Sequence[float]) -> list[float]:
    """Numbers to the right, the front and the top as to the left, the back and the top."""
    return [-one if axis < 2 else one for axis, one in enumerate(numbers)]


def _cosines(axis: Sequence[float]) -> list[float]:
    turned = _turned(axis)
    total = 0.0
    # In this order, as sums are rounded.
    for one in turned:
        total += one * one
    length = math.sqrt(total)
    return [one / length for one in turned]


def _origin(numbers: Sequence[float]) -> tuple[float, ...]:
    """An origin, without a sign of 0 if it is 0 all over: nothing is set then."""
    turned = _turned(numbers)
    return tuple(turned) if any(turned) else (0.0,) * len(turned)


def _direction(cosines: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Directions row by row; a 0 beside the diagonal is not set, and has no sign."""
    n = len(cosines)
    return tuple(
        cosines[column][row] if column == row or cosines[column][row] else 0.0
        for row in range(n)
        for column in range(n)
    )

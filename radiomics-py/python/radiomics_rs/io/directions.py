"""Whether the axes of an image are at right angles and of unit length."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

#: Products of directions that count as 0, and what may be missing to 1, as in the engine: files
#: hold directions with as few as three decimals.
TOLERANCE = 1e-3


def shear(columns: npt.ArrayLike, tolerance: float = TOLERANCE) -> str | None:
    """What is wrong with axes, the columns of a matrix of any scale, or None.

    Either handedness is right.
    """
    axes = np.asarray(columns, np.float64)
    lengths = np.linalg.norm(axes, axis=0)
    if not np.isfinite(lengths).all() or not lengths.all():
        return f"has an axis without a direction: {axes.tolist()}"
    cosines = (axes / lengths).T @ (axes / lengths)
    np.fill_diagonal(cosines, 0)
    if np.abs(cosines).max() <= tolerance:
        return None
    first, second = np.unravel_index(np.abs(cosines).argmax(), cosines.shape)
    angle = np.degrees(np.arccos(np.clip(cosines[first, second], -1, 1)))
    names = "xyz"[min(first, second)], "xyz"[max(first, second)]
    return (
        f"is sheared: the axes {names[0]} and {names[1]} are at an angle of {angle:.4g} degrees, "
        "not at a right one"
    )


def wrong_directions(direction: npt.ArrayLike) -> str | None:
    """What is wrong with directions, columns of unit length at right angles, or None."""
    matrix = np.asarray(direction, np.float64)
    if np.array_equal(matrix @ matrix.T, np.eye(len(matrix))):
        # Along the axes of the patient, as most images lie: what all calls begin with.
        return None
    found = shear(matrix)
    if found is not None:
        return found
    lengths = np.linalg.norm(matrix, axis=0)
    if np.abs(lengths**2 - 1).max() > TOLERANCE:
        return f"has axes of length {lengths.tolist()}, which should be 1"
    return None

"""Images of other libraries, known by what they can do: none of these is imported.

| library | known by | axes of its array | place |
|---|---|---|---|
| nibabel | `affine`, `dataobj` | (x, y, z) | `affine`, RAS |
| MONAI, TorchIO | `affine` | (x, y, z), components first | the same, or LPS by `meta["space"]` |
| itk | `GetSpacing`, `GetBufferedRegion` | (z, y, x) | its own, LPS |
| xarray | `dims`, `coords` | by their names | coordinates in mm, LPS; `attrs["direction"]` |
| PyTorch, Dask, JAX, ... | `__array__`, `__dlpack__` | (z, y, x) | none |
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from radiomics_rs._core import GeometryError, ReadError
from radiomics_rs.io.directions import wrong_directions
from radiomics_rs.io.errors import Door
from radiomics_rs.io.record import Record
from radiomics_rs.io.voxels import (
    SLICE_THICKNESS_MM,
    Volume,
    matrix,
    three_dimensional,
    triple,
)

Array: TypeAlias = npt.NDArray[Any]

#: Millimetres of the units that nibabel's headers name.
MM_OF_UNIT = {"meter": 1000.0, "mm": 1.0, "micron": 0.001, "unknown": 1.0}
#: Units of coordinates that are millimetres.
MILLIMETRES = ("", "mm", "millimeter", "millimeters", "millimetre", "millimetres")
#: By how much of a step the distances of coordinates may differ.
UNEVEN = 1e-3
AXES = "zyx"
#: What turns directions to the right and the front (RAS) into those to the left and the back (LPS).
TO_LPS = np.diag([-1.0, -1.0, 1.0])


class HasArray(Protocol):
    """An array of another library, which NumPy can take."""

    def __array__(self) -> Any:
        """The array."""


class HasDLPack(Protocol):
    """An array of another library, by the protocol of DLPack."""

    def __dlpack__(self) -> Any:
        """The array, as a capsule."""


class HasAffine(Protocol):
    """An image with a matrix (4, 4) from voxels (x, y, z) to millimetres (right, front, top)."""

    @property
    def affine(self) -> Any:
        """The matrix."""


class HasCoordinates(Protocol):
    """An array with named axes, and with coordinates along them."""

    @property
    def dims(self) -> Any:
        """The names of the axes."""

    @property
    def coords(self) -> Any:
        """The coordinates by the names of the axes."""


Foreign: TypeAlias = "HasArray | HasDLPack | HasAffine | HasCoordinates"


def taken(given: Any, role: str, door: Door, channel: int | None = None) -> Any:
    """An image of another library as a Volume, or as an array if it has no place.

    What is of no kind above is given back as it is. `role` says in messages what it is, `channel`
    is the component of a mask that has several.

    Raises:
        GeometryError: a place that is missing, or that no voxels can have.
        ReadError: more than one volume, or axes of which it is not known what they are.
    """
    if isinstance(given, np.ndarray | np.generic | str | os.PathLike | Volume | Mapping):
        return given
    if hasattr(given, "affine"):
        return _of_affine(given, f"the {role}", door, channel)
    if hasattr(given, "GetBufferedRegion") and hasattr(given, "GetDirection"):
        return _of_itk(given, f"the {role}", door)
    if hasattr(given, "dims") and hasattr(given, "coords"):
        return _of_coordinates(given, f"the {role}", door)
    if hasattr(given, "__array__") or hasattr(given, "__dlpack__"):
        return _array(given)
    return given


def _array(given: Any) -> Array:
    """The numbers, from wherever they are."""
    for away in ("detach", "cpu"):
        # PyTorch hands over nothing that has a gradient, or lies on a graphics card.
        if hasattr(given, away):
            given = getattr(given, away)()
    if hasattr(given, "__array__"):
        return np.asarray(given)
    return np.from_dlpack(given)


def _of_affine(given: Any, what: str, door: Door, channel: int | None) -> Volume:
    if given.affine is None:
        raise GeometryError(
            f"{what} is of type {type(given).__name__} and has no affine: give one with an affine, "
            "or an array (z, y, x) with spacing_mm"
        )
    affine = np.asarray(_array(given.affine) if hasattr(given.affine, "cpu") else given.affine)
    if affine.shape != (4, 4):
        raise GeometryError(
            f"the affine of {what} has shape {affine.shape}: give a matrix (4, 4) from voxels "
            "(x, y, z) to millimetres"
        )
    affine = affine.astype(np.float64)
    if hasattr(given, "dataobj"):
        voxels = _one_volume(np.asanyarray(given.dataobj), what, channel, components_first=False)
        affine[:3] *= _mm_of(given, what)
        space = "RAS"
    else:
        voxels = _one_volume(_array(given), what, channel, components_first=True)
        meta = getattr(given, "meta", None)
        space = str(meta.get("space", "RAS")) if isinstance(meta, Mapping) else "RAS"
    if space.rpartition(".")[2].upper() not in ("RAS", "LPS"):
        raise GeometryError(f"{what} is in the space {space!r}: convert it to RAS or LPS")
    if space.rpartition(".")[2].upper() == "RAS":
        affine[:3] = TO_LPS @ affine[:3]
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    if not (np.isfinite(affine).all() and (spacing > 0).all()):
        raise GeometryError(
            f"the affine of {what} is {affine.tolist()}: give finite numbers, and axes of a length"
        )
    directions = affine[:3, :3] / spacing
    text = f"taken from {_name(given)}, whose axes are (x, y, z) and whose space is {space}"
    # Axes and components both go from (x, y, z) to (z, y, x).
    return _volume(
        voxels.T, spacing[::-1], affine[:3, 3][::-1], directions[::-1, ::-1], text, what, door
    )


def _mm_of(given: Any, what: str) -> float:
    """Millimetres of the unit of nibabel's affine."""
    units = getattr(getattr(given, "header", None), "get_xyzt_units", None)
    unit = str(units()[0]) if units is not None else "mm"
    if unit not in MM_OF_UNIT:
        raise GeometryError(
            f"{what} is in {unit!r}: set its unit to one of {', '.join(MM_OF_UNIT)}"
        )
    return MM_OF_UNIT[unit]


def _one_volume(array: Array, what: str, channel: int | None, *, components_first: bool) -> Array:
    """An array (x, y, z) of one that has an axis of components more; raises ReadError."""
    axis = 0 if components_first else -1
    if array.ndim == 4 and (array.shape[axis] == 1 or channel is not None):
        chosen = channel or 0
        if not 0 <= chosen < array.shape[axis]:
            raise ReadError(
                f"label_channel is {channel}, and {what} has {array.shape[axis]} components, from 0"
            )
        component: Array = array.take(chosen, axis=axis)
        return component
    if array.ndim == 2:
        return array[:, :, np.newaxis]
    if array.ndim != 3:
        raise ReadError(
            f"{what} has {array.ndim} dimensions, shape {array.shape}: give one volume (x, y, z)"
            + (", with one component in front" if components_first else "")
        )
    return array


def _of_itk(given: Any, what: str, door: Door) -> Volume:
    n = int(given.GetImageDimension())
    components = int(given.GetNumberOfComponentsPerPixel())
    if n not in (2, 3) or components != 1:
        raise ReadError(
            f"{what} has {n} dimensions and {components} components per voxel: give one volume of "
            "numbers, or one slice"
        )
    spacing, origin = (
        [float(place[axis]) for axis in reversed(range(n))]
        for place in (given.GetSpacing(), given.GetOrigin())
    )
    matrix = given.GetDirection().GetVnlMatrix()
    directions = np.eye(3)
    for row in range(n):
        for column in range(n):
            directions[2 - row, 2 - column] = float(matrix.get(row, column))
    if n == 2:
        spacing, origin = [SLICE_THICKNESS_MM, *spacing], [0.0, *origin]
    text = f"taken from {_name(given)}"
    return _volume(_array(given), spacing, origin, directions, text, what, door)


def _of_coordinates(given: Any, what: str, door: Door) -> Volume:
    dims = [str(dim) for dim in given.dims]
    array = _array(given.data if hasattr(given.data, "__array__") else given)
    # What is one long is no axis, whatever it is called.
    kept = [place for place, dim in enumerate(dims) if dim in AXES or array.shape[place] != 1]
    names = [dims[place] for place in kept]
    if sorted(names) not in (sorted(AXES), sorted(AXES[1:])):
        raise ReadError(
            f"{what} has the dimensions ({', '.join(dims)}), shape {array.shape}: give one volume "
            "with the dimensions z, y and x, or y and x for one slice"
        )
    array = array.reshape([array.shape[place] for place in kept])
    wanted = [axis for axis in AXES if axis in names]
    array = array.transpose([names.index(axis) for axis in wanted])
    steps, origin = [], []
    for axis in AXES:
        if axis in wanted:
            first, step = _steps(given, axis, array.shape[wanted.index(axis)], what)
        else:
            first, step = 0.0, SLICE_THICKNESS_MM
        origin.append(first)
        steps.append(step)
    directions = _direction(given, len(wanted), what)
    # Coordinates that fall along an axis are those of one that runs the other way.
    directions = directions * np.sign(steps)
    at = np.array(origin)
    text = f"taken from {_name(given)} by its coordinates in mm"
    return _volume(array, np.abs(steps), at, directions, text, what, door)


def _direction(given: Any, n: int, what: str) -> npt.NDArray[np.float64]:
    """Directions (z, y, x) as ITK's functions for xarray keep them, or those of the axes."""
    directions = np.eye(3)
    own = getattr(given, "attrs", {}).get("direction")
    if own is not None:
        cosines = np.asarray(own, np.float64)
        if cosines.shape != (n, n):
            raise GeometryError(
                f"the attribute direction of {what} has shape {cosines.shape}: give ({n}, {n}), "
                "rows and columns in the order (z, y, x), or none"
            )
        directions[3 - n :, 3 - n :] = cosines
    return directions


def _steps(given: Any, axis: str, size: int, what: str) -> tuple[float, float]:
    """Where coordinates begin, and their distance, which is below 0 if they fall."""
    if axis not in given.coords:
        raise GeometryError(
            f"{what} has no coordinates along {axis}, and so no place: give coordinates in mm, or "
            "`.values` with spacing_mm"
        )
    coordinate = given.coords[axis]
    unit = str(getattr(coordinate, "attrs", {}).get("units", ""))
    if unit.lower() not in MILLIMETRES:
        raise GeometryError(f"the coordinates of {what} along {axis} are in {unit!r}: give mm")
    try:
        values = np.asarray(coordinate, np.float64)
    except (TypeError, ValueError):
        raise GeometryError(
            f"the coordinates of {what} along {axis} are no numbers: give millimetres"
        ) from None
    if size == 1:
        return float(values.flat[0]), SLICE_THICKNESS_MM
    steps = np.diff(values)
    mean = float(steps.mean())
    if not (np.isfinite(values).all() and np.abs(steps - mean).max() < UNEVEN * abs(mean)):
        raise GeometryError(
            f"the coordinates of {what} along {axis} are at distances from {steps.min():g} to "
            f"{steps.max():g} mm: give even ones, in one order"
        )
    return float(values[0]), mean


def _volume(
    voxels: Array,
    spacing: Any,
    origin: Any,
    directions: npt.NDArray[np.float64],
    text: str,
    what: str,
    door: Door,
) -> Volume:
    found = wrong_directions(directions)
    if found is not None:
        door.misplaced(
            GeometryError(
                f"the direction of {what} {found}; volumes and distances would be wrong: "
                "resample it to a straight grid"
            )
        )
    return Volume(
        three_dimensional(voxels),
        triple(spacing),
        triple(origin),
        matrix(directions),
        record=Record().with_step("object", text),
    )


def _name(given: Any) -> str:
    return f"{type(given).__module__.partition('.')[0]}'s {type(given).__name__}"

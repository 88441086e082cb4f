"""Texture matrices by the signatures of PyRadiomics' C extension `cMatrices`, from the engine.

The attributes ``P_glcm`` and so on come from here, and what plug-ins ask for that call
`radiomics.cMatrices` themselves.
"""

from __future__ import annotations

import itertools

import numpy

from radiomics_rs import _core

#: The highest grey level that the engine counts.
_MAXIMUM_LEVEL = 2**16 - 1


def generate_angles(size, distances, bidirectional=False, force2D=False, force2Ddimension=0):
    """Offsets (z, y, x) at the given distances (infinity norm) that fit into `size`.

    In PyRadiomics' order: each component from +d to -d, the last one fastest; one of each opposite
    pair unless `bidirectional`.
    """
    distances = [int(distance) for distance in distances]
    if not distances or min(distances) < 1:
        raise RuntimeError("Error getting angle count.")
    reach = max(distances)
    angles = []
    for offset in itertools.product(range(reach, -reach - 1, -1), repeat=len(size)):
        if force2D and offset[force2Ddimension] != 0:
            continue
        if max(map(abs, offset)) in distances and all(
            abs(o) < s for o, s in zip(offset, size, strict=True)
        ):
            angles.append(offset)
    if not angles:
        raise RuntimeError("Error getting angle count.")
    return numpy.array(angles if bidirectional else angles[: len(angles) // 2], dtype="int32")


class _Levels:
    """Grey levels as the engine takes them, and its matrices of them."""

    def __init__(self, image, mask, Ng, force2D, force2Ddimension):
        levels = numpy.where(numpy.asarray(mask, dtype=bool), image, 0)
        if levels.size and levels.max() > min(Ng, _MAXIMUM_LEVEL):
            raise ValueError(
                f"the highest grey level is {levels.max()}: at most Ng ({Ng}) and "
                f"{_MAXIMUM_LEVEL} can be counted"
            )
        self.shape = levels.shape
        self.planar = bool(force2D) or levels.ndim == 2
        #: the axes of the array in the engine's order, which begins with the one across slices
        self.order = [0, 1, 2]
        if levels.ndim == 2:
            levels = levels[numpy.newaxis]
        elif self.planar:
            self.order = [force2Ddimension, *(a for a in range(3) if a != force2Ddimension)]
        self.levels = numpy.ascontiguousarray(levels.transpose(self.order), dtype="uint16")
        self.Ng = int(Ng)

    def matrices(self, family, distances=(1,), **settings):
        """Each matrix as offset, rows (from 0), columns and values."""
        aggregations = ["2.5D_merged"] if self.planar else ["3D_merged", "3D"]
        settings = _core.Settings(
            profile="pyradiomics",
            families=[family],
            feature_set="ibsi",
            aggregations=aggregations,
            distances=[int(distance) for distance in distances],
            **settings,
        )
        for _, _, offset, level, column, value in _core.matrices_of_levels(
            self.levels, self.Ng, settings
        ):
            yield offset, level.astype(int) - 1, column.astype(int), value

    def angle(self, offset):
        """An offset of the engine along the axes of the array."""
        angle = [0, 0, 0]
        for axis, step in zip(self.order, offset, strict=True):
            angle[axis] = step
        return tuple(angle[3 - len(self.shape) :])

    def by_angle(self, angles, family, columns, first_column, **settings):
        """Sums over slices, (1, Ng, columns, angles), each angle counted one way."""
        counts = numpy.zeros((1, self.Ng, columns, len(angles)))
        places = {tuple(angle.tolist()): n for n, angle in enumerate(angles)}
        for offset, row, column, value in self.matrices(family, **settings):
            column = column - first_column
            angle = self.angle(offset)
            if angle in places:
                numpy.add.at(counts[0, :, :, places[angle]], (row, column), value)
            elif (back := tuple(-a for a in angle)) in places:
                # Seen from the other end, a pair is the other way round; a run stays what it is.
                place = (column, row) if family == "glcm" else (row, column)
                numpy.add.at(counts[0, :, :, places[back]], place, value)
        return counts

    def summed(self, family, columns, first_column, **settings):
        """Sums over slices, (1, Ng, columns)."""
        counts = numpy.zeros((1, self.Ng, columns))
        for _, row, column, value in self.matrices(family, **settings):
            numpy.add.at(counts[0], (row, column - first_column), value)
        return counts


def calculate_glcm(image, mask, distances, Ng, force2D=False, force2Ddimension=0):
    """Pair counts (1, Ng, Ng, directions), one way per direction, and the directions."""
    levels = _Levels(image, mask, Ng, force2D, force2Ddimension)
    angles = generate_angles(levels.shape, distances, False, force2D, force2Ddimension)
    settings = {"distances": distances, "glcm_symmetric": False}
    return levels.by_angle(angles, "glcm", levels.Ng, 1, **settings), angles


def calculate_glrlm(image, mask, Ng, Nr, force2D=False, force2Ddimension=0):
    """Run counts (1, Ng, Nr, directions), and the directions.

    A direction in which no line holds two voxels of the region stays empty.
    """
    levels = _Levels(image, mask, Ng, force2D, force2Ddimension)
    angles = generate_angles(levels.shape, [1], False, force2D, force2Ddimension)
    return levels.by_angle(angles, "glrlm", int(Nr), 1), angles


def calculate_glszm(image, mask, Ng, Ns, force2D=False, force2Ddimension=0):
    """Zone counts (1, Ng, Ns): 26-connected, or 8-connected in each slice with `force2D`."""
    return _Levels(image, mask, Ng, force2D, force2Ddimension).summed("glszm", int(Ns), 1)


def calculate_gldm(image, mask, distances, Ng, alpha, force2D=False, force2Ddimension=0):
    """Dependence counts (1, Ng, 1 + largest possible dependence)."""
    levels = _Levels(image, mask, Ng, force2D, force2Ddimension)
    neighbours = len(generate_angles(levels.shape, distances, True, force2D, force2Ddimension))
    settings = {"distances": distances, "ngldm_alpha": int(alpha)}
    # The engine counts the voxel itself as well.
    return levels.summed("ngldm", neighbours + 1, 1, **settings)


def calculate_ngtdm(image, mask, distances, Ng, force2D=False, force2Ddimension=0):
    """Columns n_i, s_i and i, shape (1, Ng, 3)."""
    levels = _Levels(image, mask, Ng, force2D, force2Ddimension)
    matrix = numpy.zeros((1, levels.Ng, 3))
    for _, row, n, s in levels.matrices("ngtdm", distances=distances):
        numpy.add.at(matrix[0, :, 0], row, n)
        numpy.add.at(matrix[0, :, 1], row, s)
    matrix[0, :, 2] = numpy.arange(1, levels.Ng + 1)
    return matrix

"""Texture matrices by the definition, in plain NumPy: the oracle of the engine's."""

from __future__ import annotations

import itertools

import numpy
import SimpleITK as sitk


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


def _pair(levels, offset):
    """Two views of the array: voxels, and what lies at `offset` from each."""
    here = tuple(
        slice(max(0, -o), s - max(0, o)) for o, s in zip(offset, levels.shape, strict=True)
    )
    there = tuple(
        slice(max(0, o), s - max(0, -o)) for o, s in zip(offset, levels.shape, strict=True)
    )
    return levels[here], levels[there]


def _inside(image, mask):
    return numpy.where(numpy.asarray(mask, dtype=bool), image, 0)


def calculate_glcm(image, mask, distances, Ng, force2D=False, force2Ddimension=0):
    """Pair counts (1, Ng, Ng, directions), one way per direction, and the directions."""
    levels = _inside(image, mask)
    angles = generate_angles(levels.shape, distances, False, force2D, force2Ddimension)
    counts = numpy.zeros((1, Ng, Ng, len(angles)))
    for index, angle in enumerate(angles):
        here, there = _pair(levels, angle)
        pairs = (here > 0) & (there > 0)
        codes = (here[pairs] - 1) * Ng + there[pairs] - 1
        counts[0, :, :, index] = numpy.bincount(codes, minlength=Ng * Ng).reshape(Ng, Ng)
    return counts, angles


def calculate_glrlm(image, mask, Ng, Nr, force2D=False, force2Ddimension=0):
    """Run counts (1, Ng, Nr, directions), and the directions.

    A direction in which no line holds two voxels of the region stays empty.
    """
    levels = _inside(image, mask)
    angles = generate_angles(levels.shape, [1], False, force2D, force2Ddimension)
    counts = numpy.zeros((1, Ng, Nr, len(angles)))
    for index, angle in enumerate(angles):
        if not _line_of_two(levels > 0, angle):
            continue
        padded = numpy.pad(levels, 1)
        # A run begins where the voxel before it differs; then it is followed, all runs at once.
        begin = numpy.argwhere(
            (padded > 0) & (padded != numpy.roll(padded, angle, range(padded.ndim)))
        )
        level = padded[tuple(begin.T)]
        length = numpy.zeros(len(begin), dtype=int)
        alive, at = numpy.arange(len(begin)), begin
        while alive.size:
            length[alive] += 1
            at = at + angle
            same = padded[tuple(at.T)] == level[alive]
            alive, at = alive[same], at[same]
        counts[0, :, :, index] = numpy.bincount(
            (level - 1) * Nr + length - 1, minlength=Ng * Nr
        ).reshape(Ng, Nr)
    return counts, angles


def _line_of_two(region, angle):
    """Whether any line along `angle` holds more than one voxel of the region."""
    at = numpy.argwhere(region)
    # Voxels on one line share what is left after walking back to the first plane in the moving
    # axis.
    axis = int(numpy.flatnonzero(angle)[0])
    start = at - numpy.outer(at[:, axis] * angle[axis], angle)
    return len(numpy.unique(start, axis=0)) < len(at)


def calculate_glszm(image, mask, Ng, Ns, force2D=False, force2Ddimension=0):
    """Zone counts (1, Ng, Ns): 26-connected, or 8-connected in each slice with `force2D`."""
    levels = _inside(image, mask)
    if force2D and levels.ndim == 3:
        slices = [
            numpy.take(levels, i, force2Ddimension) for i in range(levels.shape[force2Ddimension])
        ]
    else:
        slices = [levels]
    counts = numpy.zeros((1, Ng, Ns))
    for part in slices:
        for level in numpy.unique(part[part > 0]):
            zones = sitk.ConnectedComponent(
                sitk.GetImageFromArray((part == level).astype("uint8")), True
            )
            sizes = numpy.bincount(sitk.GetArrayFromImage(zones).ravel())[1:]
            numpy.add.at(counts[0, level - 1], sizes - 1, 1)
    return counts


def _neighbour_loop(levels, distances, force2D, force2Ddimension):
    for angle in generate_angles(levels.shape, distances, True, force2D, force2Ddimension):
        here = tuple(
            slice(max(0, -o), s - max(0, o)) for o, s in zip(angle, levels.shape, strict=True)
        )
        yield here, _pair(levels, angle)[1]


def calculate_gldm(image, mask, distances, Ng, alpha, force2D=False, force2Ddimension=0):
    """Dependence counts (1, Ng, 1 + largest possible dependence)."""
    levels = _inside(image, mask)
    neighbours = len(generate_angles(levels.shape, distances, True, force2D, force2Ddimension))
    dependence = numpy.zeros(levels.shape, dtype=int)
    for here, there in _neighbour_loop(levels, distances, force2D, force2Ddimension):
        dependence[here] += (there > 0) & (numpy.abs(there - levels[here]) <= alpha)
    inside = levels > 0
    size = neighbours + 1
    codes = (levels[inside] - 1) * size + dependence[inside]
    return numpy.bincount(codes, minlength=Ng * size).reshape(1, Ng, size).astype(float)


def calculate_ngtdm(image, mask, distances, Ng, force2D=False, force2Ddimension=0):
    """Columns n_i, s_i and i, shape (1, Ng, 3)."""
    levels = _inside(image, mask)
    total = numpy.zeros(levels.shape)
    count = numpy.zeros(levels.shape, dtype=int)
    for here, there in _neighbour_loop(levels, distances, force2D, force2Ddimension):
        total[here] += there
        count[here] += there > 0
    inside = levels > 0
    mean = numpy.divide(total, count, out=levels.astype(float), where=count > 0)
    matrix = numpy.zeros((1, Ng, 3))
    matrix[0, :, 0] = numpy.bincount(levels[inside] - 1, minlength=Ng)
    matrix[0, :, 1] = numpy.bincount(
        levels[inside] - 1, weights=numpy.abs(levels - mean)[inside], minlength=Ng
    )
    matrix[0, :, 2] = numpy.arange(1, Ng + 1)
    return matrix

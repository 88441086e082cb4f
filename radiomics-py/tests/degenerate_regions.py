"""Sparse, thin and flat regions, made by formulas, of which PyRadiomics has given its values."""

import numpy as np

#: Settings of every region, besides its own.
SETTING = {"binWidth": 9, "minimumROIDimensions": 1}
CLASSES = ("firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm", "shape")


def _image(shape, step=7):
    """Whole numbers from 0 to 60 without a pattern that the eye sees."""
    z, y, x = np.indices(shape)
    return ((step * z * z + 13 * y * x + 29 * x + 17 * y * z + 5 * z) % 61).astype(np.int16)


def _masked(shape, inside):
    mask = np.zeros(shape, np.uint8)
    mask[inside] = 1
    return mask


def regions():
    """{name: (image, mask, spacing in (x, y, z), further settings)}."""
    shape = (7, 8, 9)
    z, y, x = np.indices(shape)
    image = _image(shape)
    flat = np.full(shape, 40, np.int16)
    diagonal = _masked(shape, (z == y) & (y == x))
    spacing = (1.0, 1.0, 1.0)
    oblong = (0.7, 0.9, 2.5)
    every_other = _masked(shape, (z + y + x) % 2 == 0)
    alone = _masked(shape, (z % 2 == 0) & (y % 2 == 0) & (x % 3 == 0))
    return {
        "checkerboard": (image, every_other, oblong, {}),
        "no_neighbours": (image, alone, spacing, {}),
        "no_neighbours_far": (image, alone, spacing, {"distances": [1, 2, 3]}),
        "diagonal": (image, diagonal, spacing, {}),
        "row": (image, _masked(shape, (z == 3) & (y == 2)), oblong, {}),
        "column": (image, _masked(shape, (y == 3) & (x == 2)), oblong, {}),
        "slice": (image, _masked(shape, z == 4), oblong, {}),
        "slice_by_slice": (image, every_other, oblong, {"force2D": True}),
        "oblique_plane": (image, _masked(shape, z + x == 7), oblong, {}),
        "two_parts": (image, _masked(shape, (x < 2) & (y < 3) | (x > 6) & (y > 5)), oblong, {}),
        "two_voxels": (image, _masked(shape, (z == 3) & (y == 2) & (abs(x - 3) == 3)), spacing, {}),
        "flat": (flat, _masked(shape, (z > 1) & (y > 2)), oblong, {}),
        "flat_row": (flat, _masked(shape, (z == 3) & (y == 2)), spacing, {}),
        "two_levels": ((image > 30).astype(np.int16) * 20, every_other, spacing, {}),
        "weighted": (image, diagonal, oblong, {"weightingNorm": "euclidean"}),
        "asymmetric": (image, every_other, spacing, {"symmetricalGLCM": False}),
    }

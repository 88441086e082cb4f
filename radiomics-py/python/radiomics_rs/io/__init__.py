"""Whatever holds an image, as voxels (z, y, x) with a geometry: files, SimpleITK images and arrays.

Both interfaces read here, ours and PyRadiomics'.
"""

from radiomics_rs.io.arrays import (
    IDENTITY,
    ORIGIN,
    ImageLike,
    Matrix,
    Triple,
    Volume,
    from_sitk,
    read,
    volume,
    volumes,
    volumes_on_mask,
)
from radiomics_rs.io.errors import RadiomicsWarning, warn
from radiomics_rs.io.files import read_image, write_image

__all__ = [
    "IDENTITY",
    "ORIGIN",
    "ImageLike",
    "Matrix",
    "RadiomicsWarning",
    "Triple",
    "Volume",
    "from_sitk",
    "read",
    "read_image",
    "volume",
    "volumes",
    "volumes_on_mask",
    "warn",
    "write_image",
]

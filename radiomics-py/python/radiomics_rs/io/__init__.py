"""Whatever holds an image, as voxels (z, y, x) with a geometry: files, SimpleITK images and arrays.

Both interfaces read here, ours and PyRadiomics', and write here.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from radiomics_rs.io.arrays import ImageLike, read, volume, volumes, volumes_on_mask
from radiomics_rs.io.doors import read_image, read_mask
from radiomics_rs.io.errors import NATIVE, Door, RadiomicsWarning, refuse, warn
from radiomics_rs.io.files import check_place, read_sitk
from radiomics_rs.io.record import Decision, Record
from radiomics_rs.io.voxels import IDENTITY, ORIGIN, Matrix, Triple, Volume, from_sitk
from radiomics_rs.io.writing import beside, text_file, write_image

if TYPE_CHECKING:
    from radiomics_rs.io.contours import list_rois
    from radiomics_rs.io.scanning import Scan, scan
    from radiomics_rs.io.segmentation import list_segments

__all__ = [
    "IDENTITY",
    "NATIVE",
    "ORIGIN",
    "Decision",
    "Door",
    "ImageLike",
    "Matrix",
    "RadiomicsWarning",
    "Record",
    "Scan",
    "Triple",
    "Volume",
    "beside",
    "check_place",
    "from_sitk",
    "list_rois",
    "list_segments",
    "read",
    "read_image",
    "read_mask",
    "read_sitk",
    "refuse",
    "scan",
    "text_file",
    "volume",
    "volumes",
    "volumes_on_mask",
    "warn",
    "write_image",
]

#: Where names are that only clinical files need.
_WHERE = {
    "Scan": "scanning",
    "list_rois": "contours",
    "list_segments": "segmentation",
    "scan": "scanning",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"radiomics_rs.io.{_WHERE[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__

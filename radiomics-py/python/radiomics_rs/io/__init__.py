"""Whatever holds an image, as voxels (z, y, x) with a geometry: files, SimpleITK images and arrays.

Both interfaces read here, ours and PyRadiomics', and write here.
"""

from radiomics_rs.io.arrays import ImageLike, read, volume, volumes, volumes_on_mask
from radiomics_rs.io.contours import list_rois
from radiomics_rs.io.doors import read_image, read_mask
from radiomics_rs.io.errors import NATIVE, Door, RadiomicsWarning, refuse, warn
from radiomics_rs.io.files import check_place, read_sitk
from radiomics_rs.io.record import Decision, Record
from radiomics_rs.io.scan import Scan, scan
from radiomics_rs.io.segmentation import list_segments
from radiomics_rs.io.voxels import IDENTITY, ORIGIN, Matrix, Triple, Volume, from_sitk
from radiomics_rs.io.writing import beside, text_file, write_image

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

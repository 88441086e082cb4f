"""What comes from a hospital: DICOM series and objects, contours and segmentations.

What reads them is imported once there is one.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from radiomics_rs._core import ReadError
from radiomics_rs.io.errors import Door
from radiomics_rs.io.files import file_name
from radiomics_rs.io.marks import CONTOURS, DOSE, HEAD, SEGMENTATIONS, has_mark
from radiomics_rs.io.voxels import Volume

#: What stands for the class of a DICOM file that names none.
UNKNOWN = "unknown"


def is_dicom(path: Any) -> bool:
    """Whether a path is that of a DICOM file or of a folder, but not of a dose by itself."""
    if not isinstance(path, str | os.PathLike):
        return False
    place = Path(path)
    if place.is_dir():
        return True
    return _class_of(place) not in ("", DOSE)


def needs_image(mask: Any) -> bool:
    """Whether a mask is drawn on an image: a path of contours or of a segmentation."""
    if not isinstance(mask, str | os.PathLike):
        return False
    return _class_of(Path(mask)) in (CONTOURS, *SEGMENTATIONS)


def read(
    path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    role: str,
    door: Door,
    **choices: Any,
) -> Volume:
    """The image of a DICOM file or folder, or of several files of one series."""
    from radiomics_rs.io.series import read_series

    if isinstance(path, str | os.PathLike):
        return read_series(file_name(path, role), role, door, **choices)
    return read_series([file_name(one, role) for one in path], role, door, **choices)


def drawn(mask: Any, images: Sequence[Volume]) -> Volume:
    """The only region of contours or of a segmentation; raises ReadError for several."""
    if not images:
        raise ReadError(
            f"cannot read mask {os.fspath(mask)}: it is drawn on an image, and the image is an "
            "array without a place: give a file, a Volume or a SimpleITK image"
        )
    found = regions(mask, images[0])
    if isinstance(found, Volume):
        return found
    if len(found) != 1:
        raise ReadError(
            f"cannot read mask {os.fspath(mask)}: it holds {len(found)} regions, "
            f"{', '.join(map(str, found))}: choose with io.read_mask(path, image=image, roi=...), "
            "with --roi on the command line, or in the column `roi` of a table of cases"
        )
    only: Volume = next(iter(found.values()))
    return only


def regions(
    path: str | os.PathLike[str],
    image: Volume | None,
    roi: Any = None,
    *,
    threshold: float = 0.5,
    outside: Any = "error",
    ignore_frame_of_reference: bool = False,
    ignore_references: bool = False,
) -> Any:
    """The regions of contours or of a segmentation; see `io.read_mask`."""
    held = _class_of(Path(path))
    if held in SEGMENTATIONS:
        from radiomics_rs.io import segmentation

        return segmentation.read_seg(
            path,
            image,
            segments=roi,
            threshold=threshold,
            outside=outside,
            ignore_frame_of_reference=ignore_frame_of_reference,
        )
    if image is None:
        raise ReadError(
            f"cannot read mask {os.fspath(path)}: it holds contours (RTSTRUCT), which are drawn on "
            "an image: give image="
        )
    from radiomics_rs.io import contours

    return contours.read_rtstruct(
        path,
        image,
        roi,
        outside=outside,
        ignore_frame_of_reference=ignore_frame_of_reference,
        ignore_references=ignore_references,
    )


def _class_of(path: Path) -> str:
    """The SOP class of a DICOM file; empty for what is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        if not has_mark(stream.read(HEAD)):
            return ""
    from radiomics_rs.io.frames import opened

    source = opened(path, "file")
    if source is None:
        return ""
    own = str(source.header.get("SOPClassUID") or "")
    return own or str(getattr(source.header.file_meta, "MediaStorageSOPClassUID", "")) or UNKNOWN

"""What a DICOM structure set (RTSTRUCT) holds: regions of interest, and the images they refer to.

pydicom finds the elements. Coordinates stay the bytes that they are in the file, as pydicom takes
most of the time of reading to make numbers of them.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radiomics_rs._aside import aside
from radiomics_rs._core import RadiomicsError, ReadError
from radiomics_rs.io import elements
from radiomics_rs.io.errors import File, check_kind
from radiomics_rs.io.files import HEAD, file_name
from radiomics_rs.io.marks import CONTOURS as STRUCTURES
from radiomics_rs.io.marks import has_mark
from radiomics_rs.io.quiet import quiet
from radiomics_rs.io.shortage import is_shortage, memory

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

CLOSED = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR")
ROLE = "structure set"


@dataclass
class Roi:
    """A region of interest."""

    number: int
    name: str
    frame_of_reference: str = ""
    """The UID of the frame of reference it is drawn in, empty if none is given."""
    contours: list[bytes] = field(default_factory=list)
    """Coordinates of the contours that are closed, as in the file."""
    types: Counter[str] = field(default_factory=Counter)
    """How many items there are of each geometric type."""
    sop_instances: set[str] = field(default_factory=set)
    """The images that its contours name."""

    def __str__(self) -> str:
        return f"ROI {self.number} {self.name!r}"

    @property
    def not_filled(self) -> dict[str, int]:
        """Items that enclose nothing: points and open lines."""
        return {kind: n for kind, n in self.types.items() if kind not in CLOSED}


@dataclass
class Structures:
    """A structure set."""

    path: str
    rois: list[Roi]
    series: set[str] = field(default_factory=set)
    """The series that it says it was drawn on."""
    sop_instances: set[str] = field(default_factory=set)
    """The images that it says it was drawn on."""

    def error(self, text: str, kind: type[RadiomicsError] = ReadError) -> RadiomicsError:
        """The error that says what is wrong with it."""
        return kind(f"cannot read {ROLE} {self.path}: {text}")


def read(path: str | os.PathLike[str]) -> Structures:
    """The structure set in a file.

    Raises FileNotFoundError or another OSError, and ReadError for a file that is cut off, damaged,
    or holds no structures.
    """
    name = file_name(path, ROLE)
    check_kind(Path(name).stat().st_mode, ROLE, name)
    with Path(name).open("rb") as stream:
        file = File(name, ROLE, os.fstat(stream.fileno()).st_size, stream.read(HEAD))
    if file.size == 0:
        raise file.error("it is empty, of 0 bytes")
    if not has_mark(file.head):
        raise file.error("it is no DICOM file, which has DICM behind its first 128 bytes")
    # pydicom does not see that the end is missing.
    elements.read(file)
    with memory(f"to read {ROLE} {name}"), quiet(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return aside(partial(_parsed, file))
        except (RadiomicsError, OSError, MemoryError):
            raise
        except Exception as error:  # whatever pydicom stumbles over
            if is_shortage(error):
                raise
            raise file.error(f"it is damaged ({error}): export it again") from error


def _parsed(file: File) -> Structures:
    import pydicom

    dataset = pydicom.dcmread(file.name)
    held = str(dataset.get("SOPClassUID", "") or "")
    if held != STRUCTURES:
        kind = pydicom.uid.UID(held).name if held else "of no SOP class"
        raise file.error(f"it holds no structures (RTSTRUCT), but is {kind}")
    rois: dict[int, Roi] = {}
    for item in _items(dataset, "StructureSetROISequence"):
        number = _number(file, item, "ROINumber")
        if number in rois:
            raise file.error(f"it has two ROIs of number {number}: export it again")
        name = str(item.get("ROIName") or "").strip() or f"ROI {number}"
        frame = _text(item, "ReferencedFrameOfReferenceUID") or _text(
            dataset, "FrameOfReferenceUID"
        )
        rois[number] = Roi(number, name, frame)
    for item in _items(dataset, "ROIContourSequence"):
        number = _number(file, item, "ReferencedROINumber")
        _add_contours(rois.setdefault(number, Roi(number, f"ROI {number}")), item)
    structures = Structures(file.name, list(rois.values()))
    for frame_item in _items(dataset, "ReferencedFrameOfReferenceSequence"):
        for study in _items(frame_item, "RTReferencedStudySequence"):
            for series in _items(study, "RTReferencedSeriesSequence"):
                structures.series |= _uids([series], "SeriesInstanceUID")
                images = _items(series, "ContourImageSequence")
                structures.sop_instances |= _uids(images, "ReferencedSOPInstanceUID")
    return structures


def _add_contours(roi: Roi, item: Dataset) -> None:
    for contour in _items(item, "ContourSequence"):
        kind = _text(contour, "ContourGeometricType") or CLOSED[0]
        roi.types[kind] += 1
        images = _items(contour, "ContourImageSequence")
        roi.sop_instances |= _uids(images, "ReferencedSOPInstanceUID")
        if kind in CLOSED:
            roi.contours.append(_coordinates(contour))


def _coordinates(contour: Dataset) -> bytes:
    """The bytes of the coordinates, empty if there are none."""
    if "ContourData" not in contour:
        return b""
    element = contour.get_item("ContourData")
    value = element.value
    if isinstance(value, bytes):
        return value
    return "\\".join(map(str, value or [])).encode("latin-1", "replace")


def _items(dataset: Dataset, name: str) -> Iterator[Dataset]:
    yield from dataset.get(name) or ()


def _text(dataset: Dataset, name: str) -> str:
    return str(dataset.get(name) or "").strip("\0 ")


def _uids(datasets: Iterable[Dataset], name: str) -> set[str]:
    return {uid for uid in (_text(dataset, name) for dataset in datasets) if uid}


def _number(file: File, item: Dataset, name: str) -> int:
    value: Any = item.get(name)
    if value is None:
        raise file.error(f"an ROI of it has no {name}: export it again")
    return int(value)

"""What a DICOM segmentation holds, and where its frames lie."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from radiomics_rs._core import GeometryError, ReadError
from radiomics_rs.io import elements
from radiomics_rs.io.errors import File, check_kind
from radiomics_rs.io.files import file_name
from radiomics_rs.io.marks import SEGMENTATIONS
from radiomics_rs.io.record import Record
from radiomics_rs.io.voxels import Volume, matrix

#: By how much of a voxel centres may be apart that count as one: positions are rounded.
COINCIDE = 0.05
#: Bits a pixel that each type may have.
BITS = {"BINARY": (1,), "FRACTIONAL": (8,), "LABELMAP": (8, 16)}

Point = tuple[float, float, float]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Segment:
    """One segment of a DICOM SEG."""

    number: int
    """Its number, which is its value in a label map."""
    label: str
    """Its label."""
    kind: str
    """What it is a segment of, such as "Liver"; empty if the file does not say."""
    frames: int
    """How many frames hold it; of a label map all do that it may be in."""

    def __str__(self) -> str:
        return f"{self.number} `{self.label}`"


@dataclass(frozen=True)
class Frame:
    """One frame: which segment, and where its first pixel lies (x, y, z)."""

    segment: int | None
    position: Point


@dataclass(frozen=True)
class Segmentation:
    """A file whose parts agree."""

    name: str
    kind: str
    dataset: Any
    segments: Mapping[int, Segment]
    frames: Sequence[Frame]
    rows: int
    columns: int
    orientation: tuple[float, ...]
    """Directions of rows and of columns, (x, y, z) each."""
    spacing: tuple[float, float]
    """Distance between rows and between columns in mm."""
    maximum: int
    """What stands for 1 in a FRACTIONAL segmentation."""
    frame_of_reference: str

    def error(self, text: str, kind: type[Exception] = ReadError) -> Exception:
        """The error that says what is wrong with the file."""
        return kind(f"cannot read segmentation {self.name}: {text}")


def opened(path: str | os.PathLike[str]) -> Segmentation:
    """A DICOM SEG, its pixels not yet decoded.

    Raises ReadError and GeometryError if its parts do not agree, and OSError.
    """
    import pydicom

    name = file_name(path, "segmentation")
    state = Path(name).stat()
    check_kind(state.st_mode, "segmentation", name)
    file = File(name, "segmentation", state.st_size, b"")
    # Looked at first, as pydicom does not see what was cut off.
    elements.read(file)
    try:
        with warnings.catch_warnings():
            # What is written against the rules of texts changes no voxel.
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(name)
            held = str(dataset.get("SOPClassUID", "")) or str(
                dataset.file_meta.get("MediaStorageSOPClassUID", "")
            )
            if held not in SEGMENTATIONS:
                raise file.error(f"it is no DICOM segmentation (SEG), but of SOP class {held!r}")
            return _segmentation(file, dataset)
    except (pydicom.errors.InvalidDicomError, AttributeError, KeyError, IndexError) as error:
        raise file.error(f"it is a damaged DICOM file, or none: {error}") from error


def _segmentation(file: File, dataset: Any) -> Segmentation:
    kind = str(dataset.get("SegmentationType", ""))
    if kind not in BITS:
        raise file.error(f"its SegmentationType is {kind!r}, not one of {', '.join(BITS)}")
    if dataset.get("BitsAllocated") not in BITS[kind]:
        raise file.error(
            f"it is {kind} of {dataset.get('BitsAllocated')} bits a pixel (BitsAllocated), which "
            f"must be {' or '.join(map(str, BITS[kind]))}"
        )
    frames, orientation, spacing = _frames(file, dataset, kind)
    maximum = int(dataset.get("MaximumFractionalValue", 0) or 0)
    if kind == "FRACTIONAL" and maximum < 1:
        raise file.error("it is FRACTIONAL without a MaximumFractionalValue, which stands for 1")
    found = Segmentation(
        file.name,
        kind,
        dataset,
        _segments(file, dataset, kind, frames),
        frames,
        int(dataset.Rows),
        int(dataset.Columns),
        orientation,
        spacing,
        maximum,
        str(dataset.get("FrameOfReferenceUID", "")),
    )
    _check_size(file, found)
    return found


def _segments(file: File, dataset: Any, kind: str, frames: Sequence[Frame]) -> dict[int, Segment]:
    padding = dataset.get("PixelPaddingValue") if kind == "LABELMAP" else None
    counts = Counter(frame.segment for frame in frames)
    found: dict[int, Segment] = {}
    for item in dataset.get("SegmentSequence") or []:
        number = int(item.SegmentNumber)
        if number in found:
            raise file.error(f"it has two segments of number {number}")
        types = item.get("SegmentedPropertyTypeCodeSequence") or []
        meaning = str(types[0].get("CodeMeaning", "")) if types else ""
        held = len(frames) if kind == "LABELMAP" else counts.pop(number, 0)
        found[number] = Segment(number, str(item.get("SegmentLabel", "")), meaning, held)
    if kind != "LABELMAP" and counts:
        listed = ", ".join(map(str, found.values())) or "none"
        raise file.error(
            f"its frames are of segments {sorted(map(str, counts))} that it does not describe; "
            f"it describes {listed}"
        )
    background = {0, padding} if kind == "LABELMAP" else {0}
    return {n: found[n] for n in sorted(found) if n not in background}


def _frames(
    file: File, dataset: Any, kind: str
) -> tuple[list[Frame], tuple[float, ...], tuple[float, float]]:
    groups = dataset.get("PerFrameFunctionalGroupsSequence") or []
    shared = (dataset.get("SharedFunctionalGroupsSequence") or [{}])[0]
    count = int(dataset.get("NumberOfFrames", 0) or 0)
    if not groups or len(groups) != count:
        raise file.error(
            f"it has {count} frames (NumberOfFrames), and places of {len(groups)} "
            "(PerFrameFunctionalGroupsSequence): it has to have one for each"
        )

    def value(group: Any, i: int, sequence: str, key: str) -> Any:
        items = group.get(sequence) or shared.get(sequence) or []
        found = items[0].get(key) if items else None
        if found is None:
            raise file.error(f"frame {i + 1} has no {key} ({sequence})", GeometryError)
        return found

    def numbers(group: Any, i: int, sequence: str, key: str, size: int) -> tuple[float, ...]:
        found = tuple(float(part) for part in value(group, i, sequence, key))
        if len(found) != size or not np.isfinite(found).all():
            raise file.error(
                f"{key} of frame {i + 1} is {found}, not {size} finite numbers", GeometryError
            )
        return found

    frames, planes = [], []
    for i, group in enumerate(groups):
        position = numbers(group, i, "PlanePositionSequence", "ImagePositionPatient", 3)
        segment = None
        if kind != "LABELMAP":
            key = "ReferencedSegmentNumber"
            segment = int(value(group, i, "SegmentIdentificationSequence", key))
        frames.append(Frame(segment, (position[0], position[1], position[2])))
        turn = numbers(group, i, "PlaneOrientationSequence", "ImageOrientationPatient", 6)
        planes.append((turn, numbers(group, i, "PixelMeasuresSequence", "PixelSpacing", 2)))
    orientation, spacing = planes[0]
    for i, (other, steps) in enumerate(planes):
        if not np.allclose(other, orientation, atol=1e-4) or not np.allclose(steps, spacing):
            raise file.error(
                f"frames 1 and {i + 1} have orientations {orientation} and {other}, and pixels of "
                f"{spacing} and {steps} mm: all frames have to be alike",
                GeometryError,
            )
    row, column = np.array(orientation[:3]), np.array(orientation[3:])
    ones = abs(row @ row - 1) < 1e-3 and abs(column @ column - 1) < 1e-3
    if not ones or abs(row @ column) > 1e-3 or min(spacing) <= 0:
        raise file.error(
            f"its rows and columns have directions {orientation} and pixels of {spacing} mm: "
            "directions must be at right angles and of length 1, pixels larger than 0",
            GeometryError,
        )
    return frames, orientation, (spacing[0], spacing[1])


def _check_size(file: File, seg: Segmentation) -> None:
    """Check the bytes of pixels that are not compressed against frames and their size."""
    data = seg.dataset.get("PixelData")
    if data is None:
        raise file.error("it holds no pixel data")
    if seg.dataset.file_meta.TransferSyntaxUID.is_compressed:
        return
    bits = len(seg.frames) * seg.rows * seg.columns * int(seg.dataset.BitsAllocated)
    expected = (bits + 7) // 8
    if not expected <= len(data) <= expected + expected % 2:
        raise file.error(
            f"its pixel data have {len(data)} bytes, and {len(seg.frames)} frames of {seg.rows} x "
            f"{seg.columns} pixels of {seg.dataset.BitsAllocated} bits need {expected}"
        )


def own_grid(seg: Segmentation) -> Volume:
    """The grid of the segmentation itself: its frames in order, with slices in the gaps.

    Its voxels are no memory, just a shape. Raises GeometryError for frames that lie on no grid.
    """
    row, column = np.array(seg.orientation[:3]), np.array(seg.orientation[3:])
    normal = np.cross(row, column)
    places = np.array([frame.position for frame in seg.frames])
    heights = places @ normal
    first = int(heights.argmin())
    above = np.sort(heights - heights[first])
    steps = np.diff(above)
    step, source = _step(seg, above, steps[steps > COINCIDE * min(seg.spacing)])
    off = np.abs(above / step - np.round(above / step)).max()
    sideways = (places - places[first]) - np.outer(heights - heights[first], normal)
    shift = float(np.linalg.norm(sideways, axis=1).max())
    if off > COINCIDE or shift > COINCIDE * min(seg.spacing):
        raise seg.error(
            f"its frames lie on no grid: heights {np.round(np.unique(above), 4).tolist()} mm above "
            f"the first, shifted sideways by up to {shift:.4g} mm; give the image it belongs to",
            GeometryError,
        )
    slices = round(float(above[-1]) / step) + 1
    stored = len(set(np.round(above / step).tolist()))
    record = Record().with_step(
        "grid",
        f"its own, {slices} slices {step:g} mm apart ({source}), of which {stored} are stored",
        slices=slices,
        stored=stored,
        step_mm=step,
        step_from=source,
        positions_mm=sorted({frame.position for frame in seg.frames}),
        of_image=False,
    )
    x, y, z = seg.frames[first].position
    shape = (slices, seg.rows, seg.columns)
    return Volume(
        np.broadcast_to(np.uint8(0), shape),
        (step, *seg.spacing),
        (z, y, x),
        matrix(np.stack((normal, column, row), axis=1)[::-1]),
        record=record,
    )


def _step(seg: Segmentation, above: Floats, steps: Floats) -> tuple[float, str]:
    """Distance between slices, and what says so."""
    groups = seg.dataset.get("PerFrameFunctionalGroupsSequence")
    shared = (seg.dataset.get("SharedFunctionalGroupsSequence") or [{}])[0]
    measures = groups[0].get("PixelMeasuresSequence") or shared.get("PixelMeasuresSequence")
    # Frames that are empty are not stored, so that positions alone may give too large a step.
    given = float(measures[0].get("SpacingBetweenSlices") or 0)
    if given > 0 and np.abs(above / given - np.round(above / given)).max() <= COINCIDE:
        return given, "SpacingBetweenSlices, of which positions are multiples"
    if steps.size:
        return float(steps.min()), "the smallest distance of positions"
    thickness = float(measures[0].get("SliceThickness") or 0)
    if thickness > 0:
        return thickness, "SliceThickness, as there is one slice"
    raise seg.error(
        "it has one slice, and neither SpacingBetweenSlices nor SliceThickness: give the image "
        "it belongs to",
        GeometryError,
    )

"""The frames of DICOM files: where each lies, what its values mean, and its voxels."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from radiomics_rs._aside import aside
from radiomics_rs._core import ReadError
from radiomics_rs._simpleitk import sitk
from radiomics_rs.io import elements
from radiomics_rs.io.errors import File, as_utf_8, check_kind
from radiomics_rs.io.marks import HEAD, has_mark
from radiomics_rs.io.quiet import quiet

Floats = npt.NDArray[np.float64]
#: Transfer syntaxes of voxels that lie in the file as they are.
IMPLICIT, EXPLICIT = elements.IMPLICIT, "1.2.840.10008.1.2.1"
#: How many headers are kept, of some 50 kB each.
KEPT = 512
#: Fields that tell the volumes of one series or object apart.
APART = (
    "StackID",
    "TemporalPositionIndex",
    "TemporalPositionIdentifier",
    "EffectiveEchoTime",
    "EchoNumbers",
    "DiffusionBValue",
    "AcquisitionNumber",
    "TriggerTime",
)
#: Which of them is that of the stack.
STACK = APART.index("StackID")


@dataclass(frozen=True, eq=False)
class Source:
    """A DICOM file whose header was read."""

    file: File
    header: Any
    """pydicom's data set without pixel data."""
    pixels: tuple[int, int] | None
    """Where the pixel data begin and how long they are; None if only a library can tell."""

    @property
    def name(self) -> str:
        """The name of the file, without its folder."""
        return Path(self.file.name).name

    @property
    def syntax(self) -> Any:
        """The transfer syntax."""
        return getattr(self.header.file_meta, "TransferSyntaxUID", IMPLICIT)

    @property
    def instance(self) -> str:
        """Its SOP instance UID, or that of the file if it has none."""
        own = str(self.header.get("SOPInstanceUID") or "")
        return own or str(getattr(self.header.file_meta, "MediaStorageSOPInstanceUID", ""))

    @property
    def count(self) -> int:
        """Number of frames."""
        return int(self.header.get("NumberOfFrames") or 1)


@dataclass(frozen=True, eq=False)
class Frame:
    """One slice of a file."""

    source: Source
    index: int
    """Which frame of the file it is, from 0."""
    position: Floats | None
    """Centre of its first voxel (x, y, z) in mm."""
    orientation: Floats | None
    """Direction of a row and of a column (x, y, z each)."""
    spacing: tuple[float, float] | None
    """Millimetres between rows, and between columns."""
    slope: float
    intercept: float
    apart: tuple[str, ...]
    """What tells the volume that it is of from others."""

    @property
    def name(self) -> str:
        """What messages call it."""
        many = self.source.count > 1
        return f"frame {self.index} of {self.source.name}" if many else self.source.name


def opened(path: Path, role: str) -> Source | None:
    """The header of a file, or None for one that is no DICOM; raises ReadError for one cut off.

    A file that is opened again, as by `scan` and then by `read_image`, is not parsed again while
    it is the same: its header is not to be changed.
    """
    state = path.stat()
    check_kind(state.st_mode, role, str(path))
    same = (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
    key = (path.absolute(), same)
    found = _kept.get(key)
    if found is None:
        found = _parsed(path, role, state.st_size)
        if found is not None:
            _kept.put(key, found)
        return found
    # Messages call it as this caller does.
    return replace(found, file=found.file._replace(name=str(path), role=role))


class _Kept:
    """What was opened last, by file; only what is sound, as errors name what a file is for."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._sources: OrderedDict[tuple[Path, tuple[int, ...]], Source] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[Path, tuple[int, ...]]) -> Source | None:
        with self._lock:
            found = self._sources.get(key)
            if found is not None:
                self._sources.move_to_end(key)
            return found

    def clear(self) -> None:
        with self._lock:
            self._sources.clear()

    def put(self, key: tuple[Path, tuple[int, ...]], source: Source) -> None:
        with self._lock:
            self._sources[key] = source
            while len(self._sources) > self._most:
                self._sources.popitem(last=False)


_kept = _Kept(KEPT)


def forget() -> None:
    """Forget the headers that were kept."""
    _kept.clear()


def _parsed(path: Path, role: str, size: int) -> Source | None:
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    file = File(str(path), role, size, head)
    if not has_mark(head) and path.suffix.lower() not in (".dcm", ".ima"):
        return None
    with quiet():
        try:
            import pydicom

            header = pydicom.dcmread(path, stop_before_pixels=True, force=not has_mark(head))
            has_class = bool(header.get("SOPClassUID")) or "Rows" in header or "Modality" in header
        except Exception as error:
            raise file.error(f"its DICOM header is damaged ({error})") from error
    if not has_class:
        return None
    found = elements.read(file)
    return Source(file, header, None if found is None else found.pixels)


def frames_of(source: Source) -> list[Frame]:
    """The frames of a file with what is said of each; raises ReadError for damaged numbers."""
    header, count = source.header, source.count
    groups = header.get("PerFrameFunctionalGroupsSequence")
    if groups is not None and len(groups) != count:
        raise source.file.error(
            f"it has {count} frames (NumberOfFrames) and functional groups of {len(groups)}"
        )
    shared = (header.get("SharedFunctionalGroupsSequence") or [None])[0]
    try:
        return [
            _frame(source, index, [g for g in (groups and groups[index], shared) if g])
            for index in range(count)
        ]
    except (TypeError, ValueError) as error:
        raise source.file.error(f"its header has a number that is none: {error}") from error


def _frame(source: Source, index: int, groups: Sequence[Any]) -> Frame:
    header = source.header

    def field(sequence: str, name: str) -> Any:
        for group in groups:
            members = group.get(sequence)
            if members and members[0].get(name) is not None:
                return members[0].get(name)
        return header.get(name)

    position = field("PlanePositionSequence", "ImagePositionPatient")
    orientation = field("PlaneOrientationSequence", "ImageOrientationPatient")
    spacing = field("PixelMeasuresSequence", "PixelSpacing")
    slope = field("PixelValueTransformationSequence", "RescaleSlope")
    intercept = field("PixelValueTransformationSequence", "RescaleIntercept")
    marks = []
    for name in APART:
        held = field("FrameContentSequence", name)
        if held is None:
            held = field("MREchoSequence", name) or field("MRDiffusionSequence", name)
        marks.append("" if held is None else str(held))
    return Frame(
        source,
        index,
        None if position is None else np.array(position, dtype=np.float64),
        None if orientation is None else np.array(orientation, dtype=np.float64),
        None if spacing is None else (float(spacing[0]), float(spacing[1])),
        1.0 if slope is None else float(slope),
        0.0 if intercept is None else float(intercept),
        tuple(marks),
    )


def stored(source: Source, *, raw: bool = False) -> tuple[npt.NDArray[Any], bool]:
    """The voxels of a file, (frame, y, x) or (frame, y, x, colour), and whether they are rescaled.

    With `raw` they are never.

    Raises ReadError for pixel data that are cut off, or for which there is no decoder.
    """
    header, file = source.header, source.file
    if source.syntax in (IMPLICIT, EXPLICIT) and source.pixels:
        found = _plain(source)
        if found is not None:
            return found, False
    is_palette = header.get("PhotometricInterpretation") == "PALETTE COLOR"
    colours = 3 if is_palette else int(header.get("SamplesPerPixel") or 1)
    shape = (source.count, int(header.Rows), int(header.Columns))
    with quiet():
        if not raw:
            rescaled = _by_itk(source, (*shape, colours) if colours > 1 else shape)
            if rescaled is not None:
                return rescaled, True
        try:
            import pydicom

            whole = pydicom.dcmread(file.name)
            voxels = whole.pixel_array
            if is_palette:
                voxels = _resolved(voxels, whole)
        except Exception as error:
            raise file.error(_undecoded(source.syntax)) from error
    return voxels.reshape(source.count, *voxels.shape[-2 - (colours > 1) :]), False


def _by_itk(source: Source, shape: tuple[int, ...]) -> npt.NDArray[Any] | None:
    """Rescaled voxels; None if SimpleITK has no decoder for them."""
    # It would ask the readers of all other formats first.
    try:
        image = aside(lambda: sitk.ReadImage(as_utf_8(source.file.name), imageIO="GDCMImageIO"))
        voxels: npt.NDArray[Any] = sitk.GetArrayFromImage(image)
        return voxels.reshape(shape)
    except (RuntimeError, ValueError):
        return None


def _undecoded(syntax: Any) -> str:
    """Why pixel data of a transfer syntax have not been decoded."""
    from pydicom.pixels import get_decoder

    name = getattr(syntax, "name", syntax)
    try:
        decoder = get_decoder(syntax)
    except NotImplementedError:
        return f"there is no decoder for its pixel data ({name}): convert it"
    if decoder.is_available:
        return f"its pixel data ({name}) are damaged: no decoder makes anything of them"
    missing = "; ".join(decoder.missing_dependencies)
    return (
        f"there is no decoder for its pixel data ({name}): install pylibjpeg with its plugins, or "
        f"convert it (pydicom could use {missing})"
    )


def _resolved(numbers: npt.NDArray[Any], header: Any) -> npt.NDArray[Any]:
    """The colours that the numbers of a palette stand for, 0 to 255."""
    from pydicom.pixels import apply_color_lut

    colours: npt.NDArray[Any] = apply_color_lut(numbers, header)
    return colours >> 8 if colours.dtype == np.uint16 else colours


def _plain(source: Source) -> npt.NDArray[Any] | None:
    """Voxels that lie in the file as they are; None if a library has to look at them."""
    header = source.header
    bits, kept = int(header.BitsAllocated), int(header.BitsStored)
    if header.get("SamplesPerPixel", 1) != 1 or bits not in (8, 16, 32):
        return None
    if header.get("PhotometricInterpretation") == "PALETTE COLOR" or header.HighBit != kept - 1:
        return None
    signed = int(header.PixelRepresentation) == 1
    kind = np.dtype(f"<{'i' if signed else 'u'}{bits // 8}")
    shape = (source.count, int(header.Rows), int(header.Columns))
    at, length = source.pixels or (0, 0)
    source.file.require(length, int(np.prod(shape)) * kind.itemsize)
    with Path(source.file.name).open("rb") as stream:
        stream.seek(at)
        voxels = np.fromfile(stream, kind, int(np.prod(shape))).reshape(shape)
    if kept < bits:
        # What stands above the bits that count is anything.
        voxels = (voxels << (bits - kept)) >> (bits - kept)
    return voxels


def check_images(sources: Sequence[Source], role: str) -> None:
    """Refuse what holds no image; raises ReadError."""
    for source in sources:
        if "Rows" not in source.header or "Columns" not in source.header:
            raise ReadError(f"cannot read {role} {source.file.name}: it holds no pixel data")

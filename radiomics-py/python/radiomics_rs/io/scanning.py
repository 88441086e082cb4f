"""What is in a folder: a row for each DICOM series or object, and for each other image."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radiomics_rs._core import RadiomicsError
from radiomics_rs.io import stacks
from radiomics_rs.io.files import check_file, expanded
from radiomics_rs.io.frames import Source, frames_of, opened
from radiomics_rs.io.marks import CONTOURS, SEGMENTATIONS
from radiomics_rs.io.planes import is_planar
from radiomics_rs.io.series import NO_IMAGES

if TYPE_CHECKING:
    import pandas as pd

#: Names of images that are no DICOM.
ENDINGS = (".nii", ".nii.gz", ".nrrd", ".nhdr", ".mha", ".mhd", ".tif", ".tiff", ".png", ".jpg")
SOUND = "sound"


@dataclass(frozen=True)
class Found:
    """A DICOM series or object, or another image."""

    path: str
    """The folder of a series, or the file of an object or image."""
    kind: str
    """"series", "enhanced", "segmentation", "contours", "2d", "file" or "other"."""
    modality: str
    """Such as CT, MR or PT; empty for what is no DICOM."""
    uid: str
    """UID of the series; empty where there is none."""
    description: str
    files: int
    """Number of files."""
    frames: int
    """Number of slices or frames."""
    refers_to: str
    """UID of the series that contours or a segmentation are of."""
    state: str
    """"sound", or what is wrong."""


class Scan(Sequence[Found]):
    """The rows of `scan`; `str` is a table."""

    def __init__(self, rows: Sequence[Found], ignored: int) -> None:
        """Rows, and the number of files that are no image."""
        self._rows = tuple(rows)
        self.ignored = ignored

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: Any) -> Any:
        return self._rows[index]

    def records(self) -> list[dict[str, Any]]:
        """A dict for each row."""
        return [asdict(row) for row in self._rows]

    def to_pandas(self) -> pd.DataFrame:
        """A data frame of the rows; raises ImportError if pandas is not installed."""
        import pandas as pd

        return pd.DataFrame(self.records(), columns=[field.name for field in fields(Found)])

    def __str__(self) -> str:
        lines = [
            f"{row.kind:12} {row.modality:9} {row.files:5} files {row.frames:5} frames  "
            f"{row.uid or '-'}  {row.path}  {row.state}"
            for row in self._rows
        ]
        return "\n".join([*lines, f"[{len(self)} images and objects, {self.ignored} other files]"])

    __repr__ = __str__


def scan(folder: str | os.PathLike[str]) -> Scan:
    """What is in a folder and below: a row for each series, object and image.

    Headers alone are read; each series is checked for missing and repeated slices, tilt, and
    orientation, as on reading.

    Raises:
        NotADirectoryError: no folder.
    """
    place = Path(expanded(folder))
    if not place.is_dir():
        raise NotADirectoryError(20, "it is no folder", os.fspath(folder))
    rows: list[Found] = []
    ignored = 0
    groups: dict[tuple[str, str], list[Source]] = {}
    for path in _files(place):
        try:
            source = opened(path, "file")
        except RadiomicsError as error:
            rows.append(Found(str(path), "other", "", "", "", 1, 0, "", str(error)))
            continue
        if source is not None:
            uid = str(source.header.get("SeriesInstanceUID") or "")
            groups.setdefault((str(path.parent), uid), []).append(source)
        elif path.name.lower().endswith(ENDINGS):
            rows.append(_image(path))
        else:
            ignored += 1
    for (parent, uid), sources in groups.items():
        rows.extend(_series(parent, uid, sources))
    return Scan(sorted(rows, key=lambda row: (row.path, row.uid)), ignored)


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        paths = (Path(parent) / name for name in sorted(names))
        yield from (path for path in paths if path.is_file())


def _image(path: Path) -> Found:
    try:
        check_file(str(path), "image")
        state = SOUND
    except RadiomicsError as error:
        state = str(error)
    return Found(str(path), "file", "", "", "", 1, 1, "", state)


def _series(parent: str, uid: str, sources: list[Source]) -> Iterator[Found]:
    """The rows of a series: one for its slices, and one for each object."""
    slices = []
    for source in sources:
        held = str(source.header.get("SOPClassUID") or "")
        modality = str(source.header.get("Modality") or "")
        if held in (CONTOURS, *SEGMENTATIONS):
            kind = "contours" if held == CONTOURS else "segmentation"
            yield _row(source.file.name, kind, uid, [source], SOUND)
        elif modality in NO_IMAGES or "Rows" not in source.header:
            yield _row(source.file.name, "other", uid, [source], "it holds no image")
        elif source.count > 1:
            yield _row(source.file.name, "enhanced", uid, [source], _state([source]))
        else:
            slices.append(source)
    if slices:
        planar = is_planar(frames_of(slices[0]))
        state = SOUND if planar else _state(slices)
        yield _row(parent, "2d" if planar else "series", uid, slices, state)


def _row(path: str, kind: str, uid: str, sources: list[Source], state: str) -> Found:
    header = sources[0].header
    return Found(
        path,
        kind,
        str(header.get("Modality") or ""),
        uid,
        str(header.get("SeriesDescription") or ""),
        len(sources),
        sum(source.count for source in sources),
        _reference(header),
        state,
    )


def _reference(header: Any) -> str:
    """The series that an object is of."""
    for series in header.get("ReferencedSeriesSequence") or []:
        return str(series.get("SeriesInstanceUID") or "")
    for frame in header.get("ReferencedFrameOfReferenceSequence") or []:
        for study in frame.get("RTReferencedStudySequence") or []:
            for series in study.get("RTReferencedSeriesSequence") or []:
                return str(series.get("SeriesInstanceUID") or "")
    return ""


def _state(sources: list[Source]) -> str:
    try:
        frames = [one for source in sources for one in frames_of(source)]
        if is_planar(frames):
            return SOUND
        stack = stacks.stacked(frames, "it")
        groups = stacks.repeated(stack)
        if len(groups) < len(frames):
            return (
                f"{len(frames)} slices lie at {len(groups)} positions: copies, or several volumes"
            )
        if not stack.is_even:
            raise stacks.gap(stack, "it")
        problem = stacks.tilt(stack, "it")
        if problem is not None:
            raise stacks.tilted(problem, "it")
    except RadiomicsError as error:
        return str(error).removeprefix("it: ")
    return SOUND

"""Images of DICOM series and objects: what is in a folder, and one volume of it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from radiomics_rs._arguments import whole
from radiomics_rs._core import ReadError, SettingsError
from radiomics_rs.io import planes, stacks
from radiomics_rs.io.errors import NATIVE, Door
from radiomics_rs.io.frames import STACK, Frame, Source, check_images, frames_of, opened, stored
from radiomics_rs.io.marks import DOSE
from radiomics_rs.io.record import Record
from radiomics_rs.io.suv import to_suv
from radiomics_rs.io.voxels import Volume, matrix, triple

#: Objects without voxels of their own grid, which are masks of other series or texts.
NO_IMAGES = ("SEG", "RTSTRUCT", "SR", "PR", "KO", "RTPLAN", "RTRECORD", "REG", "DOC")
FIXES = ("error", "resample")
#: What files without the UID of a series are called.
WITHOUT_UID = "without UID: "


def sources_of(path: Path | Sequence[str], role: str) -> list[Source]:
    """The DICOM files of a folder, in order of their names, or the one file, or those of a list."""
    if not isinstance(path, Path):
        return [_in_list(Path(one), role, len(path)) for one in path]
    if path.is_file():
        found = opened(path, role)
        return [] if found is None else [found]
    names = sorted(one for one in path.iterdir() if one.is_file())
    return [source for one in names if (source := opened(one, role)) is not None]


def _in_list(path: Path, role: str, count: int) -> Source:
    source = opened(path, role) if path.is_file() or not path.exists() else None
    if source is None:
        raise ReadError(
            f"cannot read {role} {path}: it is no DICOM file, and one of a list of {count}, which "
            "are the slices of a DICOM series: give one path, or an array of the slices with "
            "spacing_mm"
        )
    return source


def series_of(sources: Iterable[Source]) -> dict[str, list[Source]]:
    """Files by the UID of their series; those without one by study and modality."""
    found: dict[str, list[Source]] = {}
    for source in sources:
        study = source.header.get("StudyInstanceUID") or "-"
        without = f"{WITHOUT_UID}study {study}, {source.header.get('Modality') or '?'}"
        found.setdefault(str(source.header.get("SeriesInstanceUID") or without), []).append(source)
    return found


def read_series(
    path: str | os.PathLike[str] | Sequence[str],
    role: str = "image",
    door: Door = NATIVE,
    *,
    series: str | None = None,
    frame: int | str | None = None,
    volume: int | None = None,
    on_tilt: str = "error",
    on_gap: str = "error",
    suv: str | None = None,
    suv_rule: str = "qiba",
) -> Volume:
    """The volume of a DICOM file or folder, or of a list of files; see `io.read_image`."""
    for name, value in (("on_tilt", on_tilt), ("on_gap", on_gap)):
        if value not in FIXES:
            raise SettingsError(f"{name} is {value!r}: give one of {', '.join(FIXES)}")
    if volume is not None:
        volume = whole("volume", volume)
    place: Path | Sequence[str]
    if isinstance(path, str | os.PathLike):
        place, what = Path(path), f"cannot read {role} {os.fspath(path)}"
    else:
        place, what = path, f"cannot read {role} of {len(path)} files from {path[0]} on"
    uid, chosen = _chosen(sources_of(place, role), series, what)
    check_images(chosen, role)
    if chosen[0].header.get("SOPClassUID") == DOSE:
        raise ReadError(f"{what}: it holds a dose (RTDOSE): give the file {chosen[0].file.name}")
    record = _recorded(uid, chosen)
    frames = [one for source in chosen for one in frames_of(source)]
    if frame is not None:
        return planes.read_plane(frames, frame, record, what, door)
    if planes.is_planar(frames):
        return planes.read_plane(frames, 0 if len(frames) == 1 else None, record, what, door)
    frames = _of_volume(frames, volume, what)
    made, ordered = _assembled(frames, record, what, door, on_tilt, on_gap)
    if suv is None:
        return made
    if len(ordered) != made.voxels.shape[0]:
        raise ReadError(f"{what}: a PET with gaps that were resampled has no SUV")
    return to_suv(made, [one.source.header for one in ordered], suv, suv_rule, door)


def _chosen(sources: list[Source], series: str | None, what: str) -> tuple[str, list[Source]]:
    found = series_of(s for s in sources if s.header.get("Modality") not in NO_IMAGES)
    if not found:
        held = f"{len(sources)} DICOM files, none of them an image" if sources else "no DICOM file"
        raise ReadError(
            f"{what}: it holds {held}: give an image file, or a folder with the files of a series"
        )
    listed = "; ".join(
        f"{uid} ({own[0].header.get('Modality') or '?'}, {len(own)} files)"
        for uid, own in found.items()
    )
    if series is not None:
        if series not in found:
            raise ReadError(f"{what}: there is no series {series}; it holds {listed}")
        return series.partition(WITHOUT_UID)[0], found[series]
    if len(found) > 1:
        raise ReadError(
            f"{what}: it holds {len(found)} DICOM series: {listed}; choose one with series="
        )
    uid, own = next(iter(found.items()))
    return uid.partition(WITHOUT_UID)[0], own


def _recorded(uid: str, chosen: list[Source]) -> Record:
    first = chosen[0].header
    without = [] if uid else ["SeriesInstanceUID is empty: all such files are taken for one series"]
    if any(not source.header.get("SOPInstanceUID") for source in chosen):
        without.append("SOPInstanceUID is empty: the UID of the file is taken")
    modality = str(first.get("Modality") or "")
    text = f"{len(chosen)} files of {modality or 'unknown modality'}, series {uid or '-'}"
    return Record().with_step(
        "series",
        "; ".join([text, *without]),
        series=uid,
        study=str(first.get("StudyInstanceUID") or ""),
        frame_of_reference=str(first.get("FrameOfReferenceUID") or ""),
        modality=modality,
        files=len(chosen),
        sop_instances=[source.instance for source in chosen],
    )


def _of_volume(frames: list[Frame], volume: int | None, what: str) -> list[Frame]:
    """The frames of one of several volumes, told apart by the marks that they differ in."""
    groups = dict(sorted(_volumes(frames).items(), key=lambda pair: _by_number(pair[0])))
    listed = "; ".join(
        f"{n}: {len(members)} frames{''.join(f', {mark}' for mark in key)}"
        for n, (key, members) in enumerate(groups.items())
    )
    if volume is None:
        if len(groups) > 1:
            raise ReadError(f"{what}: it holds {len(groups)} volumes ({listed}): choose volume=")
        return frames
    if not 0 <= volume < len(groups):
        raise ReadError(f"{what}: there is no volume {volume}; it holds {listed}")
    return list(groups.values())[volume]


def _volumes(frames: list[Frame]) -> dict[tuple[str, ...], list[Frame]]:
    """The volumes by the fewest marks that tell them apart, such as echo, or echo and time.

    All frames are one if there is no such mark. Stacks are volumes wherever they lie.
    """
    stacks_of: dict[str, list[Frame]] = {}
    for one in frames:
        stacks_of.setdefault(one.apart[STACK], []).append(one)
    # Who numbers slices as stacks means one volume.
    if len(stacks_of) > 1 and all(len(members) > 1 for members in stacks_of.values()):
        return {
            (stack, *key): group
            for stack, members in stacks_of.items()
            for key, group in _volumes(members).items()
        }
    positions = {_place(one) for one in frames if one.position is not None}
    if len(positions) == len(frames):
        return {(): frames}
    marks = range(len(frames[0].apart))
    for count in range(1, len(marks) + 1):
        for chosen in itertools.combinations(marks, count):
            groups: dict[tuple[str, ...], list[Frame]] = {}
            for one in frames:
                groups.setdefault(tuple(one.apart[mark] for mark in chosen), []).append(one)
            # Volumes have a slice at each position; a mark that numbers slices is none.
            whole = all(
                len(members) == len(positions) == len({_place(one) for one in members})
                for members in groups.values()
            )
            if whole and len(groups) > 1:
                return groups
    return {(): frames}


def _place(frame: Frame) -> tuple[float, ...] | None:
    return None if frame.position is None else tuple(np.round(frame.position, 3))


def _by_number(key: tuple[str, ...]) -> list[tuple[float, str]]:
    """Marks in the order of their numbers, and words after them."""
    return [(_number(mark), mark) for mark in key]


def _number(mark: str) -> float:
    try:
        return float(mark)
    except ValueError:
        return float("inf")


def _assembled(
    frames: list[Frame], record: Record, what: str, door: Door, on_tilt: str, on_gap: str
) -> tuple[Volume, list[Frame]]:
    stack = stacks.stacked(frames, what)
    groups = stacks.repeated(stack)
    if len(groups) < len(stack.frames):
        doubled = {n for group in groups if len(group) > 1 for n in group}
        copies = {n: _rescaled([stack.frames[n]])[0] for n in doubled}
        stack, dropped = stacks.without_copies(stack, copies, what)
        text = f"{len(dropped)} slices that repeat others were left out: {', '.join(dropped)}"
        door.remark(f"{what.removeprefix('cannot read ')}: {text}")
        record = record.with_step("repeated", text, files=dropped)
    problem = stacks.tilt(stack, what)
    if not stack.is_even and on_gap != "resample":
        raise stacks.gap(stack, what)
    if problem is not None and on_tilt != "resample":
        raise stacks.tilted(problem, what)
    voxels = _rescaled(stack.frames)
    record = _measures(record, stack)
    if problem is not None:
        voxels = stacks.straightened(voxels.astype(np.float64), stack)
        record = record.with_step("tilt", problem)
    if not stack.is_even:
        voxels = stacks.evened(voxels.astype(np.float64), stack)
        text = f"resampled to {len(voxels)} slices {stack.step:.4g} mm apart, linearly"
        record = record.with_step("gap", text)
    _remark_on_values(stack.frames[0].source, what, door)
    return _placed(voxels, stack, record), stack.frames


def _placed(voxels: npt.NDArray[Any], stack: stacks.Stack, record: Record) -> Volume:
    first = stack.frames[0]
    position, spacing = first.position, first.spacing
    assert position is not None, "frames of a stack have a position"
    assert spacing is not None, "frames of a stack have a spacing"
    x, y, z = stack.rows
    # Axes and components are turned from (x, y, z) to (z, y, x).
    columns = np.array([z, y, x])[:, ::-1].T
    place = triple((stack.step, *spacing)), triple(position[::-1]), matrix(columns)
    return Volume(voxels, *place, record=record)


def _measures(record: Record, stack: stacks.Stack) -> Record:
    instances = list(dict.fromkeys(one.source.instance for one in stack.frames))
    series = record["series"]
    values = {**series.values, "sop_instances": instances}
    record = Record().with_step(series.step, series.text, **values) + Record(record.decisions[1:])
    if len(stack.frames) == 1:
        text = "a single slice, 1 mm thick"
    else:
        text = f"{stack.step:.6g} mm between slices, from their positions along row x column"
    rescales = sorted({(one.slope, one.intercept) for one in stack.frames})
    shown = ", ".join(f"{slope:g} x + {intercept:g}" for slope, intercept in rescales[:3])
    if len(rescales) > 3:
        shown += f" and {len(rescales) - 3} more"
    return record.with_step("spacing", text, step_mm=stack.step).with_step(
        "rescale", f"stored values x were taken as {shown}"
    )


def _rescaled(frames: list[Frame]) -> npt.NDArray[Any]:
    """The voxels of frames in order, in the units that their headers say."""
    first, *_ = frames
    header = first.source.header
    shape = (len(frames), int(header.Rows), int(header.Columns))
    whole = all(f.slope == 1 and f.intercept == round(f.intercept) for f in frames)
    made: npt.NDArray[Any] | None = None
    files: dict[int, tuple[npt.NDArray[Any], bool]] = {}
    last = {id(one.source): n for n, one in enumerate(frames)}
    for place, one in enumerate(frames):
        key = id(one.source)
        if key not in files:
            # Readers that rescale take one factor for all frames of a file.
            differ = len({(f.slope, f.intercept) for f in frames if f.source is one.source}) > 1
            files[key] = stored(one.source, raw=differ)
        voxels, is_rescaled = files[key]
        if voxels.ndim == 4:
            raise one.source.file.error("its voxels are colours: read a frame of it with frame=")
        plane = voxels[one.index]
        if not is_rescaled:
            plane = _values(plane, one, whole)
        if made is None:
            made = np.empty(shape, plane.dtype)
        elif made.dtype != plane.dtype:
            made = made.astype(np.result_type(made, plane))
        made[place] = plane
        if last[key] == place:
            del files[key]
    assert made is not None, "frames to read"
    return made


def _values(plane: npt.NDArray[Any], frame: Frame, whole: bool) -> npt.NDArray[Any]:
    if not whole:
        return plane * np.float64(frame.slope) + frame.intercept
    if frame.intercept == 0:
        return plane.astype(plane.dtype.newbyteorder("="), copy=False)
    bits = int(frame.source.header.BitsStored)
    # Room for any value that so many bits and the intercept can make.
    small = bits < 16 and abs(frame.intercept) + 2**bits < 2**15
    fits = bits <= 30 and abs(frame.intercept) < 2**30
    kind = np.dtype(np.int16 if small else np.int32 if fits else np.int64)
    return plane.astype(kind) + kind.type(frame.intercept)


def _remark_on_values(source: Source, what: str, door: Door) -> None:
    of = what.removeprefix("cannot read ")
    if "ModalityLUTSequence" in source.header:
        door.remark(
            f"{of}: its values are stored ones, as its Modality LUT Sequence is not applied"
        )
    if source.header.get("PhotometricInterpretation") == "MONOCHROME1":
        door.remark(f"{of}: it is stored inverted (MONOCHROME1): high values are dark")

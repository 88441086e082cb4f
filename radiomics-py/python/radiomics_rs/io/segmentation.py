"""DICOM segmentations (SEG): frames in their places on the grid of an image.

pydicom reads the elements and decompresses; what they mean, and whether they agree, is looked at
here and in `seg_frames`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from radiomics_rs._core import RegionError, SettingsError
from radiomics_rs.io.errors import NATIVE, Door
from radiomics_rs.io.record import Record
from radiomics_rs.io.references import compare_frames_of_reference
from radiomics_rs.io.seg_frames import Segment, Segmentation, opened, own_grid
from radiomics_rs.io.seg_place import Placer
from radiomics_rs.io.shortage import memory
from radiomics_rs.io.voxels import Volume

Chosen: TypeAlias = "int | str"
Bools: TypeAlias = npt.NDArray[np.bool_]


def list_segments(path: str | os.PathLike[str]) -> list[Segment]:
    """The segments of a DICOM SEG, in the order of their numbers, without background and padding.

    Raises ReadError for a file that is none, and OSError for one that cannot be opened.
    """
    return list(opened(path).segments.values())


# A text is a sequence of texts, too, and taken as one.
@overload
def read_seg(  # type: ignore[overload-overlap]
    path: str | os.PathLike[str],
    image: Volume | None = None,
    *,
    segments: Chosen,
    threshold: float = 0.5,
    outside: Literal["error", "ignore"] = "error",
    ignore_frame_of_reference: bool = False,
    as_labels: Literal[False] = False,
    door: Door = NATIVE,
) -> Volume: ...


@overload
def read_seg(
    path: str | os.PathLike[str],
    image: Volume | None = None,
    *,
    segments: Sequence[Chosen] | None = None,
    threshold: float = 0.5,
    outside: Literal["error", "ignore"] = "error",
    ignore_frame_of_reference: bool = False,
    as_labels: Literal[False] = False,
    door: Door = NATIVE,
) -> dict[str, Volume]: ...


@overload
def read_seg(
    path: str | os.PathLike[str],
    image: Volume | None = None,
    *,
    segments: Chosen | Sequence[Chosen] | None = None,
    threshold: float = 0.5,
    outside: Literal["error", "ignore"] = "error",
    ignore_frame_of_reference: bool = False,
    as_labels: Literal[True],
    door: Door = NATIVE,
) -> Volume: ...


def read_seg(
    path: str | os.PathLike[str],
    image: Volume | None = None,
    *,
    segments: Chosen | Sequence[Chosen] | None = None,
    threshold: float = 0.5,
    outside: Literal["error", "ignore"] = "error",
    ignore_frame_of_reference: bool = False,
    as_labels: bool = False,
    door: Door = NATIVE,
) -> Volume | dict[str, Volume]:
    """Segments of a DICOM SEG as masks (z, y, x) of 0 and 1 on the grid of an image.

    Frames are placed by position; an image whose axes run otherwise is no obstacle as long as
    voxel centres coincide, to a twentieth of a voxel. Slices of a segment that are not stored are
    empty. Each mask has a record with type, threshold, frames and counts.

    Args:
        path: the file.
        image: on whose grid; None for the segmentation's own, with empty slices in gaps.
        segments: a number or a label gives one volume; a list of them a dict from label to
            volume, and None that of all. Overlapping segments stay apart.
        threshold: of a FRACTIONAL segmentation, the smallest fraction that counts as inside.
        outside: whether voxels of a segment outside of the image are an "error", or left out
            with a warning that counts them ("ignore").
        ignore_frame_of_reference: whether the segmentation may be of another frame of reference
            than the image, where the same coordinates are other places.
        as_labels: one volume whose values are the numbers of the segments, which must not overlap.
        door: what becomes of warnings.

    Raises:
        ReadError: no SEG, or one whose parts do not agree.
        GeometryError: frames that lie on no grid, or not on that of the image; another frame of
            reference.
        RegionError: voxels outside of the image, or an overlap in a label map.
        SettingsError: a segment that does not exist, or another argument.
        OSError: a file that cannot be opened.
    """
    _check_arguments(threshold, outside)
    seg = opened(path)
    single = isinstance(segments, int | str) and not isinstance(segments, bool)
    chosen = _chosen(seg, [segments] if single else segments)
    target = own_grid(seg) if image is None else image
    masks: dict[int, Bools] = {}
    record = _record(seg, threshold, target, of_image=image is not None)
    if image is not None:
        record += compare_frames_of_reference(
            "it", seg.frame_of_reference, image, seg.error, ignore=ignore_frame_of_reference
        )
    with memory(f"to read segmentation {seg.name}"):
        placer = Placer(seg, target, threshold)
        lost = {}
        for segment in chosen:
            masks[segment.number], lost[segment.number] = placer.mask(segment)
    beyond = _check_outside(seg, chosen, masks, lost, outside, door)
    said: dict[int, list[str]] = {segment.number: [] for segment in chosen}
    for segment in chosen:
        if lost[segment.number]:
            said[segment.number].append(beyond)
        elif not masks[segment.number].any():
            text = f"segmentation {seg.name}: segment {segment} has no voxel"
            said[segment.number].append(text)
            door.remark(text)
    steps = {s.number: _counted(s, masks[s.number], lost[s.number]) for s in chosen}
    if as_labels:
        return _volume(target, _labels(seg, chosen, masks), _joined(record, steps.values()))
    made = {
        key: replace(
            _volume(target, masks[s.number].view(np.uint8), record + steps[s.number]),
            remarks=tuple(said[s.number]),
        )
        for key, s in zip(_keys(chosen), chosen, strict=True)
    }
    return next(iter(made.values())) if single else made


def _check_arguments(threshold: float, outside: str) -> None:
    if isinstance(threshold, bool) or not 0 < threshold <= 1:
        raise SettingsError(
            f"threshold is {threshold}: give the smallest fraction that counts as inside, above 0 "
            "and at most 1"
        )
    if outside not in ("error", "ignore"):
        raise SettingsError(f'outside is {outside!r}: give "error" or "ignore"')


def _chosen(seg: Segmentation, asked: Any) -> list[Segment]:
    """The segments that are asked for, each once."""
    known = list(seg.segments.values())
    if asked is None:
        return known
    if isinstance(asked, bool) or not isinstance(asked, Sequence):
        raise TypeError(
            f"segments is of type {type(asked).__name__}: give a number, a label, or a list of them"
        )
    found: dict[int, Segment] = {}
    for wanted in asked:
        fits = [s for s in known if wanted in (s.number, s.label) and wanted is not True]
        if len(fits) != 1:
            what = "no segment" if not fits else f"{len(fits)} segments"
            held = ", ".join(map(str, known)) or "none"
            raise SettingsError(
                f"segmentation {seg.name} has {what} {wanted!r}: it has {held}; "
                "give the number or label of one"
            )
        found[fits[0].number] = fits[0]
    if not found:
        raise SettingsError("segments is empty: give numbers or labels, or None for all")
    return list(found.values())


def _keys(chosen: Sequence[Segment]) -> list[str]:
    """Labels; with the number behind where two segments have one label, or none."""
    labels = [s.label for s in chosen]
    return [
        s.label if s.label and labels.count(s.label) == 1 else f"{s.label} {s.number}".strip()
        for s in chosen
    ]


def _check_outside(
    seg: Segmentation,
    chosen: Sequence[Segment],
    masks: Mapping[int, Bools],
    lost: Mapping[int, int],
    outside: str,
    door: Door,
) -> str:
    """Tell of voxels of segments that are not in the image; returns what is said."""
    found = [
        f"segment {s}: {lost[s.number]} of {lost[s.number] + np.count_nonzero(masks[s.number])}"
        for s in chosen
        if lost[s.number]
    ]
    if not found:
        return ""
    text = f"segmentation {seg.name} has voxels outside of the image, {'; '.join(found)}"
    if outside == "error":
        raise RegionError(
            f'{text}: give the image that it was made on, or leave them out with outside="ignore"'
        )
    text = f"{text}: they are left out"
    door.remark(text)
    return text


def _labels(
    seg: Segmentation, chosen: Sequence[Segment], masks: Mapping[int, Bools]
) -> npt.NDArray[Any]:
    kind = np.uint8 if max(s.number for s in chosen) < 256 else np.uint16
    labels = np.zeros(masks[chosen[0].number].shape, kind)
    for segment in chosen:
        mask = masks[segment.number]
        taken = labels[mask]
        if taken.any():
            other = seg.segments[int(taken.max())]
            raise RegionError(
                f"segments {other} and {segment} of {seg.name} overlap in "
                f"{np.count_nonzero(taken)} voxels, of which a label map keeps one label each: "
                "read them as masks of their own, with as_labels=False"
            )
        labels[mask] = segment.number
    return labels


def _volume(target: Volume, voxels: npt.NDArray[Any], record: Record) -> Volume:
    return replace(target, voxels=voxels, owner=None, record=record)


def _record(seg: Segmentation, threshold: float, target: Volume, *, of_image: bool) -> Record:
    fractional = seg.kind == "FRACTIONAL"
    above = f", fractions from {threshold:g} of {seg.maximum} count as inside" if fractional else ""
    record = Record().with_step(
        "segmentation",
        f"{seg.name}: {seg.kind}, {len(seg.frames)} frames of {seg.rows} x {seg.columns}, "
        f"{len(seg.segments)} segments{above}",
        file=seg.name,
        type=seg.kind,
        frames=len(seg.frames),
        segments={s.number: s.label for s in seg.segments.values()},
        frame_of_reference=seg.frame_of_reference,
        **({"threshold": threshold, "maximum": seg.maximum} if fractional else {}),
    )
    if not of_image:
        return record + target.record
    return record.with_step(
        "grid",
        "frames are placed by position on the grid of the image",
        positions_mm=sorted({f.position for f in seg.frames}),
        of_image=True,
    )


def _counted(segment: Segment, mask: Bools, lost: int) -> Record:
    voxels = int(np.count_nonzero(mask))
    outside = f", {lost} more outside of the image left out" if lost else ""
    return Record().with_step(
        "segment",
        f"{segment}: {segment.frames} frames, {voxels} voxels{outside}",
        number=segment.number,
        label=segment.label,
        frames=segment.frames,
        voxels=voxels,
        outside=lost,
    )


def _joined(record: Record, steps: Any) -> Record:
    for step in steps:
        record = record + step
    return record

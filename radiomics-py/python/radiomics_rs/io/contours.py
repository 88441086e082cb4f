"""Masks of the contours in a DICOM structure set (RTSTRUCT)."""

from __future__ import annotations

import difflib
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, overload

from radiomics_rs import _core
from radiomics_rs._core import GeometryError, RegionError, SettingsError
from radiomics_rs.io import structures
from radiomics_rs.io.errors import heard, warn
from radiomics_rs.io.record import Record
from radiomics_rs.io.references import compare_frames_of_reference, series_values
from radiomics_rs.io.structures import Roi, Structures
from radiomics_rs.io.voxels import Volume

#: The share of the distance between slices by which a contour may be off its slice.
SLICE_TOLERANCE = 0.1
RULE = (
    "voxel centre inside by the even-odd rule over all contours of the slice, or within 1e-6 voxel "
    "of a line of them"
)
#: How many numbers of contours or slices messages show.
SHOWN = 5


def list_rois(path: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """The regions of interest of a structure set, a dictionary each, in the order of the file.

    The keys are number, name, contours (how many are closed, and can be filled), geometric_types
    ({type: how many items}) and frame_of_reference (a UID, empty if none is given). Raises
    ReadError, or FileNotFoundError or another OSError.
    """
    return [
        {
            "number": roi.number,
            "name": roi.name,
            "contours": len(roi.contours),
            "geometric_types": dict(roi.types),
            "frame_of_reference": roi.frame_of_reference,
        }
        for roi in structures.read(path).rois
    ]


# A text is a sequence of texts, too, and taken as one.
@overload
def read_rtstruct(  # type: ignore[overload-overlap]
    path: str | os.PathLike[str],
    image: Volume,
    roi: str | int,
    *,
    slice_tolerance: float = ...,
    outside: str = ...,
    between: str = ...,
    ignore_frame_of_reference: bool = ...,
    ignore_references: bool = ...,
) -> Volume: ...
@overload
def read_rtstruct(
    path: str | os.PathLike[str],
    image: Volume,
    roi: Sequence[str | int] | None = None,
    *,
    slice_tolerance: float = ...,
    outside: str = ...,
    between: str = ...,
    ignore_frame_of_reference: bool = ...,
    ignore_references: bool = ...,
) -> dict[str, Volume]: ...
def read_rtstruct(
    path: str | os.PathLike[str],
    image: Volume,
    roi: str | int | Sequence[str | int] | None = None,
    *,
    slice_tolerance: float = SLICE_TOLERANCE,
    outside: str = "error",
    between: str = "error",
    ignore_frame_of_reference: bool = False,
    ignore_references: bool = False,
) -> Volume | dict[str, Volume]:
    """The mask of an ROI on the grid of an image, or the masks of several.

    `roi` is a name or a number, and the result a Volume (z, y, x) of 0 and 1; or it is a list of
    them, or None for all that have contours, and the result {name: Volume}, where names that
    several ROIs have are followed by the number. `docs/contours.md` draws which voxels are inside.

    A contour lies in the slice from which none of its points is farther than `slice_tolerance`,
    a share from 0 to 0.5 of the distance between slices. Contours that leave the image and
    contours between slices are errors, or with "ignore" for `outside` and `between` warnings:
    what lies within the image is drawn, what lies between slices is not.

    The structure set must be drawn in the image's frame of reference, and on its series, if both
    say which these are; `ignore_frame_of_reference` and `ignore_references` waive that.

    The record of each mask says what was compared, and what was noticed. Raises ReadError,
    GeometryError, RegionError for an ROI that is not there or has no contours, SettingsError, or
    FileNotFoundError or another OSError.
    """
    if not isinstance(image, Volume):
        raise TypeError(
            f"image is of type {type(image).__name__}: give a Volume, the grid of the masks"
        )
    for name, value in (("outside", outside), ("between", between)):
        if value not in ("error", "ignore"):
            raise SettingsError(f'{name} is {value!r}: give "error" or "ignore"')
    found = structures.read(path)
    chosen = _chosen(found, roi)
    compared = _Compared(found, image)
    masks = []
    for one in chosen:
        said: list[str] = []
        with heard(said.append):
            record = compared.frame_of_reference(one, ignore_frame_of_reference)
            record += compared.references(one, ignore_references)
            drawing = _Drawing(found, one, image, slice_tolerance)
            mask = drawing.mask(record, outside, between)
        masks.append(replace(mask, remarks=tuple(said)))
        for text in said:
            warn(text)
    if isinstance(roi, (str, int)):
        return masks[0]
    names = Counter(one.name for one in chosen)
    keys = [f"{one.name} ({one.number})" if names[one.name] > 1 else one.name for one in chosen]
    return dict(zip(keys, masks, strict=True))


def _chosen(found: Structures, roi: Any) -> list[Roi]:
    if roi is None:
        chosen = [one for one in found.rois if one.contours]
        if not chosen:
            raise found.error("none of its ROIs has a closed contour", RegionError)
        for one in found.rois:
            if one.not_filled and not one.contours:
                warn(f"{one} of {found.path} holds {_items(one)}, which enclose nothing: no mask")
        return chosen
    wanted = [roi] if isinstance(roi, (str, int)) else list(roi)
    chosen = [_one(found, name) for name in wanted]
    if not chosen:
        raise SettingsError("roi is an empty list: name an ROI, or give None for all of them")
    for one in chosen:
        if sum(one is other for other in chosen) > 1:
            raise SettingsError(f"roi names {one} twice: give each ROI once")
        if not one.contours:
            held = f"holds {_items(one)}, which enclose nothing" if one.types else "has no contour"
            raise found.error(f"{one} {held}: there is no mask of it", RegionError)
    return chosen


def _one(found: Structures, wanted: Any) -> Roi:
    if isinstance(wanted, bool) or not isinstance(wanted, (str, int)):
        raise TypeError(f"roi is of type {type(wanted).__name__}: give a name or a number")
    if isinstance(wanted, str):
        those = [one for one in found.rois if one.name == wanted.strip()]
    else:
        those = [one for one in found.rois if one.number == wanted]
    if len(those) == 1:
        return those[0]
    if those:
        numbers = " or ".join(str(one.number) for one in those)
        raise found.error(
            f"{len(those)} ROIs are called {wanted!r}: give roi={numbers}", RegionError
        )
    names = [one.name for one in found.rois]
    near = difflib.get_close_matches(str(wanted), names, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    listed = ", ".join(f"{one.number} {one.name!r}" for one in found.rois) or "none"
    raise found.error(f"it has no ROI {wanted!r}; {hint}It has: {listed}", RegionError)


def _items(roi: Roi) -> str:
    return " and ".join(f"{n} of type {kind}" for kind, n in roi.not_filled.items())


class _Compared:
    """A structure set beside the image that its contours are to be drawn on."""

    def __init__(self, found: Structures, image: Volume) -> None:
        self._found = found
        values = series_values(image)
        self._image = image
        self._series = str(values.get("series") or "")
        self._images = set(values.get("sop_instances") or ())

    def frame_of_reference(self, roi: Roi, ignore: bool) -> Record:
        """Compare frames of reference; raises GeometryError."""
        return compare_frames_of_reference(
            str(roi), roi.frame_of_reference, self._image, self._found.error, ignore=ignore
        )

    def references(self, roi: Roi, ignore: bool) -> Record:
        """Compare the images that the contours name with those of the series.

        Raises GeometryError.
        """
        images = roi.sop_instances or self._found.sop_instances
        known = len(images & self._images)
        is_series = self._series in self._found.series
        values = {"named": len(images), "known": known, "ignored": ignore}
        if not (self._series or self._images):
            text = "not compared, as the image has no record of a DICOM series"
        elif not (images or self._found.series):
            text = "not compared, as the structure set names no images"
        elif known:
            text = f"{known} of the {len(images)} images that are named are the image's"
        elif is_series:
            text = f"the image's series is named, but none of its slices among {len(images)}"
            if images:
                warn(
                    f"{roi} of {self._found.path} names {len(images)} images (SOP instances), none "
                    "of which the image has, though the series is the same: look whether the mask "
                    "lies right"
                )
        elif ignore:
            text = "the image is none of those that are named: ignored"
        else:
            raise self._found.error(
                f"{roi} was drawn on series {', '.join(sorted(self._found.series)) or 'unknown'}, "
                f"{len(images)} images of it; the image is of series {self._series or 'unknown'} "
                "and has none of them. Read that series, or give ignore_references=True to draw "
                "the contours on this one",
                GeometryError,
            )
        return Record().with_step("references", text, **values)


class _Drawing:
    """The contours of an ROI on the grid of an image."""

    def __init__(self, found: Structures, roi: Roi, image: Volume, tolerance: float) -> None:
        self._found, self._roi, self._image, self._tolerance = found, roi, image, tolerance
        self._what = f"{roi} of {found.path}"
        try:
            self._voxels, self._report = _core.rasterise(
                roi.contours,
                image.voxels.shape,
                image.geometry,
                what=self._what,
                slice_tolerance=tolerance,
                threads=1,
            )
        except GeometryError as error:
            raise GeometryError(f"{self._what}: {error}") from None

    def mask(self, record: Record, outside: str, between: str) -> Volume:
        """The mask with its record; what is doubtful is said.

        Raises GeometryError.
        """
        report = self._report
        mm = self._image.spacing_mm[report["slice_axis"]]
        where = f"farther than {self._tolerance * mm:.3g} mm from the next of the image's slices"
        self._refuse("outside", outside, "leave the image", "what lies within is drawn")
        self._refuse("between", between, f"lie {where}", "they are not drawn")
        self._warn()
        total = len(self._roi.contours)
        text = (
            f"{self._roi}: {report['drawn']} of {total} contours, "
            f"{int(self._voxels.sum())} voxels; {RULE}"
        )
        record = record.with_step(
            "contours",
            text,
            roi=self._roi.name,
            number=self._roi.number,
            rule=RULE,
            contours=total,
            slice_tolerance_mm=self._tolerance * mm,
            not_filled=self._roi.not_filled,
            voxels=int(self._voxels.sum()),
            **{key: _numbers(value) for key, value in report.items()},
        )
        image = self._image
        return Volume(
            self._voxels, image.spacing_mm, image.origin_mm, image.direction, record=record
        )

    def _refuse(self, name: str, given: str, does: str, then: str) -> None:
        """Raise GeometryError, or warn, if contours are where they should not be."""
        which = self._report[name]
        if not which:
            return
        text = f"{self._what}: {_few(which, 1)} of {len(self._roi.contours)} contours {does}"
        if given == "ignore":
            warn(f"{text}; {then}")
            return
        raise GeometryError(
            f'{text}: take the image that they were drawn on, or give {name}="ignore" ({then})'
        )

    def _warn(self) -> None:
        report = self._report
        doubts = [
            (report["crossing"], 1, "contours cross themselves or each other: where they overlap, "
             "every second layer is outside"),
            (report["degenerate"], 1, "contours have fewer than three points, and are not drawn"),
            (report["gaps"], 0, "slices (counted from 0) within its range have no contour, and "
             "nothing is drawn there"),
        ]  # fmt: skip
        for which, first, text in doubts:
            if which:
                warn(f"{self._what}: {_few(which, first)} {text}")
        if self._roi.not_filled:
            warn(f"{self._what}: {_items(self._roi)}, which enclose nothing, are not drawn")
        if not self._voxels.any():
            warn(f"{self._what}: no voxel centre lies inside of its contours; the mask is empty")


def _few(which: list[int], first: int) -> str:
    """How many there are, and the first of them."""
    shown = ", ".join(str(n + first) for n in which[:SHOWN])
    return f"{len(which)} ({shown}{', ...' if len(which) > SHOWN else ''})"


def _numbers(value: Any) -> Any:
    """Lists of contours as their length, as they may be as long as the file."""
    return len(value) if isinstance(value, list) else value

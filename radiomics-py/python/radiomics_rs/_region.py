"""Regions in millimetres: rims, margins, shells, and what is inside of an organ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from radiomics_rs import _core
from radiomics_rs._arguments import label_of, real, whole
from radiomics_rs._core import RegionError, SettingsError
from radiomics_rs.io import ImageLike, Record, Triple, Volume
from radiomics_rs.io import volume as volume_of

CENTRE = "centre"
#: Whose a voxel is that several rings reach.
NEAREST = "nearest"


class Region:
    """Some voxels of a grid: a tumour, an organ, a rim. `extract` takes it as a mask.

    Made by `region`, or of another region by one of the methods; a region never changes. Lengths
    are millimetres, distances exact Euclidean ones on voxels of any spacing. The distance of a
    voxel from a region is that of its centre to the nearest centre of a voxel of the region, with
    `distance="surface"` that to the nearest point of the boxes that the voxels are: rings are 12 to
    33 % larger then (docs/regions.md).
    """

    def __init__(self, held: _core.Region, record: Record, name: str) -> None:
        """A region of the core with what was done to it; use `region`."""
        self._held = held
        self._record = record
        self._name = name
        self._volume: Volume | None = None

    @property
    def voxels(self) -> int:
        """Number of voxels."""
        return self._held.voxels

    @property
    def volume_mm3(self) -> float:
        """Volume of the voxels in mm³."""
        return self._held.volume_mm3

    @property
    def bounding_box(self) -> tuple[slice, slice, slice] | None:
        """The smallest box (z, y, x) that holds it, as slices of an array; None if it is empty."""
        box = self._held.bounding_box
        if box is None:
            return None
        z, y, x = (slice(start, start + length) for start, length in zip(*box, strict=True))
        return z, y, x

    @property
    def bounding_box_mm(self) -> Triple | None:
        """Lengths (z, y, x) of that box; None if the region is empty."""
        box, spacing = self._held.bounding_box, self._held.spacing_mm
        if box is None:
            return None
        z, y, x = (length * step for length, step in zip(box[1], spacing, strict=True))
        return z, y, x

    @property
    def record(self) -> Record:
        """What was done on the way from a mask to this region, a step each with its counts."""
        return self._record

    @property
    def mask(self) -> Volume:
        """The region as a mask of the whole grid, label 1."""
        if self._volume is None:
            voxels, geometry = self._held.mask()
            self._volume = Volume(voxels, *geometry, record=self._record)
        return self._volume

    def dilate(self, mm: float, *, distance: str = CENTRE) -> Region:
        """The region and what is at most `mm` away from it."""
        text = f"grown by {mm} mm"
        made = self._held.dilate(real("mm", mm), distance)
        return self._made("dilate", text, made, mm=mm, distance=distance)

    def erode(self, mm: float) -> Region:
        """What is more than `mm` inside: beyond the edge of the image is outside."""
        return self._made("erode", f"shrunk by {mm} mm", self._held.erode(real("mm", mm)), mm=mm)

    def shell_inside(self, mm: float) -> Region:
        """What is at most `mm` inside: beyond the edge of the image is outside."""
        made = self._held.shell_inside(real("mm", mm))
        return self._made("shell_inside", f"the outermost {mm} mm of it", made, mm=mm)

    def ring(self, from_mm: float, to_mm: float, *, distance: str = CENTRE) -> Region:
        """What is outside, more than `from_mm` and at most `to_mm` away; from 0 all up to `to_mm`.

        For lesions that lie near each other see `rings`.
        """
        made = self._held.ring(real("from_mm", from_mm), real("to_mm", to_mm), distance)
        text = f"the ring from {from_mm} to {to_mm} mm round it"
        return self._made("ring", text, made, from_mm=from_mm, to_mm=to_mm, distance=distance)

    def within(self, organ: Region) -> Region:
        """What of this region is in `organ`, such as the liver."""
        held, change = self._held.within(organ._held, organ._name)
        return self._cut("within", f"within {organ._name}", held, change)

    def minus(self, *others: Region) -> Region:
        """What of this region is in none of `others`, such as vessels."""
        made = self
        for other in others:
            held, change = made._held.minus(other._held, other._name)
            made = made._cut("minus", f"without {other._name}", held, change)
        return made

    def union(self, *others: Region) -> Region:
        """What is in this region or in one of `others`."""
        held, record = self._held, self._record
        for other in others:
            held, change = held.union(other._held, other._name)
            added = change["after"] - change["before"]
            text = f"with {other._name}, which added {added} voxels"
            record = record.with_step("union", text, added=added, voxels=held.voxels)
        return Region(held, record, self._name)

    def components(self, neighbours: int = 26) -> list[Region]:
        """The connected components, the largest one first; `neighbours` are 6, 18 or 26."""
        found = self._held.components(whole("neighbours", neighbours))
        made = []
        for place, held in enumerate(found):
            text = f"component {place + 1} of {len(found)}, of {held.voxels} voxels"
            record = self._record.with_step(
                "component", text, neighbours=neighbours, place=place + 1, voxels=held.voxels
            )
            made.append(Region(held, record, f"{self._name}, component {place + 1}"))
        return made

    def largest(self, neighbours: int = 26) -> Region:
        """The largest connected component; raises RegionError for an empty region."""
        found = self.components(neighbours)
        if not found:
            raise RegionError(f"{self._name} is empty: it has no component\n{self._record}")
        return found[0]

    def _cut(self, step: str, text: str, held: _core.Region, change: dict[str, int]) -> Region:
        """What is left when voxels were cut off."""
        cut = change["before"] - change["after"]
        text = f"{text}, which cut off {cut} of {change['before']} voxels"
        return Region(
            held, self._record.with_step(step, text, cut=cut, voxels=held.voxels), self._name
        )

    def _made(
        self, step: str, text: str, made: tuple[_core.Region, dict[str, int]], **values: Any
    ) -> Region:
        held, change = made
        text = f"{text}: {change['after']} voxels of {change['before']}"
        if change["beyond_edge"]:
            text += f"; {change['beyond_edge']} more would lie beyond the edge of the image"
        if change["shared"]:
            text += f"; {change['shared']} more are nearer to another lesion"
        counts = {
            "voxels": change["after"],
            "beyond_edge": change["beyond_edge"],
            "shared": change["shared"],
        }
        return Region(held, self._record.with_step(step, text, **values, **counts), self._name)

    def __len__(self) -> int:
        return self.voxels

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"<Region of {self.voxels} voxels: {self._name}>"


def region(
    mask: ImageLike | Region,
    label: int | str | Iterable[int | str] = 1,
    *,
    name: str | None = None,
    spacing_mm: float | Sequence[float] | None = None,
    label_channel: int | None = None,
) -> Region:
    """The voxels of a mask that have a label, as a region to work on in millimetres.

    >>> tumour, liver = rr.region("labels.nii.gz", 3), rr.region("labels.nii.gz", [3, 5])
    >>> rim = tumour.ring(0, 10).within(liver).minus(rr.region("labels.nii.gz", [52, 63, 64]))
    >>> table = rr.extract("ct.nii.gz", rim)

    Args:
        mask: as for `extract`.
        label: the label, or several whose voxels together are the region; names if the mask
            has `names`.
        name: what records and messages call it; None for "label N".
        spacing_mm: as for `extract`, if the mask is an array.
        label_channel: as for `extract`.

    Raises:
        RadiomicsError: a mask or label that cannot be used.
        TypeError: an argument of a kind that is not listed here.
        OSError: a file that cannot be opened.
    """
    if isinstance(mask, Region):
        return mask
    several = isinstance(label, Iterable) and not isinstance(label, str)
    given: Iterable[int | str] = label if several else [label]  # type: ignore[list-item, assignment]
    labels = [label_of(one, mask) for one in given]
    if not labels:
        raise RegionError("the labels are empty: give at least one label of the mask")
    volume = volume_of(mask, spacing_mm, "mask", label_channel)
    shown = ", ".join(map(str, labels))
    called = name or (f"label {shown}" if len(labels) == 1 else f"labels {shown}")
    held = _core.Region(volume.voxels, volume.geometry, labels[0])
    for other in labels[1:]:
        held, _ = held.union(_core.Region(volume.voxels, volume.geometry, other), called)
    text = f"{called} of the mask: {held.voxels} voxels, {held.volume_mm3:g} mm³"
    record = volume.record.with_step("region", text, labels=labels, voxels=held.voxels)
    return Region(held, record, called)


def rings(
    lesions: Sequence[Region],
    from_mm: float,
    to_mm: float,
    *,
    share: str | None = NEAREST,
    distance: str = CENTRE,
) -> list[Region]:
    """Rings of several lesions that do not overlap: each voxel belongs to the nearest lesion.

    Of lesions that are equally near it is the first one; a voxel of a lesion belongs to no ring.

    Args:
        lesions: regions on one grid.
        from_mm: as for `Region.ring`.
        to_mm: as for `Region.ring`.
        share: "nearest", or None for rings as each lesion has them by itself, which overlap.
        distance: as for `Region.ring`.

    Raises:
        RadiomicsError: regions on different grids, an empty one, or distances that are none.
    """
    if share is None:
        return [lesion.ring(from_mm, to_mm, distance=distance) for lesion in lesions]
    if share != NEAREST:
        raise SettingsError(f"share is {share!r}: give {NEAREST!r}, or None for rings that overlap")
    held = [lesion._held for lesion in lesions]
    found = _core.shared_rings(held, real("from_mm", from_mm), real("to_mm", to_mm), distance)
    text = f"the ring from {from_mm} to {to_mm} mm round it, shared with {len(held) - 1} others"
    return [
        lesion._made("ring", text, made, from_mm=from_mm, to_mm=to_mm, distance=distance)
        for lesion, made in zip(lesions, found, strict=True)
    ]

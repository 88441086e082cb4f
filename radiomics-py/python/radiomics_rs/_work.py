"""What is to be done with images and a mask, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from radiomics_rs import _core
from radiomics_rs._arguments import Progress
from radiomics_rs._core import RadiomicsError
from radiomics_rs._grids import onto_mask
from radiomics_rs._labels import Wanted
from radiomics_rs.io import Door, ImageLike, Volume, refuse, volumes_on_mask, warn
from radiomics_rs.io.arrays import with_remarks
from radiomics_rs.io.masks import lost_labels
from radiomics_rs.io.protocols import taken
from radiomics_rs.table import FAILED, FeatureTable, TableWarning

#: The code of what is noticed about files.
FILE = "file"
# What rows call an image that has no name of its own and that no filter made.
ORIGINAL = "original"


class OnMask(NamedTuple):
    """Images by name and their mask, on one grid."""

    images: dict[str, Volume]
    """As they were read."""
    on_mask: dict[str, Volume]
    """On the grid of the mask."""
    mask: Volume
    remarks: list[str]
    """What may be wrong with the files."""
    resampled: dict[str, str]
    """What was done to images of other grids."""
    told: Sequence[str] = ()
    """Those of the remarks that somebody has been told of already."""


class Region(NamedTuple):
    """A mask that has been read, and which of its labels are to be computed."""

    of: str
    """What messages about it begin with: which of several masks it is."""
    read: OnMask
    lost: Mapping[int, str]
    """Labels that are in the mask no more, and why."""
    labels: dict[Any, int]
    """Labels by what their tables are called."""

    def has_images_of(self, other: Region) -> bool:
        """Whether the images are those of another mask: they may have been turned or resampled."""
        pairs = zip(self.read.on_mask.values(), other.read.on_mask.values(), strict=True)
        return all(one.voxels is of.voxels and one.geometry == of.geometry for one, of in pairs)


class Work(NamedTuple):
    """What is to be done with images and a mask."""

    settings: _core.Settings
    wanted: Wanted
    record: bool
    threads: int
    resample_mask: bool
    resample_images: bool
    label_channel: int | None
    strict: bool
    memory_mb: float | None
    progress: Progress

    def read(
        self,
        named: Mapping[str, ImageLike],
        mask: ImageLike,
        spacing_mm: float | Sequence[float] | None = None,
    ) -> OnMask:
        """Read images and mask, and bring them onto one grid."""
        remarks: list[str] = []
        door = Door(remarks.append, refuse)
        roles = {name: role_of(name, named) for name in named}
        told = [text for one in (*named.values(), mask) for text in _said_of(one)]
        # What is noticed about files of images goes with them, to the tables of other masks too.
        named = {
            name: taken(with_remarks(roles[name], given), roles[name], door)
            for name, given in named.items()
        }
        for one in (*named.values(), mask):
            remarks += _said_of(one)
        images, mask_volume = volumes_on_mask(
            {roles[name]: given for name, given in named.items()},
            mask,
            spacing_mm,
            None if self.wanted.labels is None else self.wanted.labels.values(),
            resample_mask=self.resample_mask,
            label_channel=self.label_channel,
            record=self.record,
            door=door,
        )
        on_mask, resampled = onto_mask(
            named, images, mask_volume, self.settings, resample=self.resample_images
        )
        return OnMask(
            dict(zip(named, images, strict=True)),
            dict(zip(named, on_mask, strict=True)),
            mask_volume,
            remarks,
            resampled,
            told,
        )

    def region(self, read: OnMask, of: str = "") -> Region:
        """What is to be computed of a mask.

        Raises RegionError for an empty one.
        """
        lost = lost_labels(read.mask)
        return Region(of, read, lost, self.wanted.of(read.mask, lost))

    def tables(self, read: OnMask) -> Any:
        """The table, or those of several labels, of what has been read."""
        return self.of_masks([self.region(read)])[0]

    def of_masks(self, regions: Sequence[Region]) -> list[Any]:
        """The table, or those of several labels, of each of masks on the same images."""
        images = regions[0].read.on_mask
        found = _core.extract(
            [(name, *image.located) for name, image in images.items()],
            [(one.of, *one.read.mask.located, list(one.labels.values())) for one in regions],
            self.settings,
            threads=self.threads,
            progress=self.progress,
            memory_mb=self.memory_mb,
            record=self.record,
        )
        return [self._made(region, of_mask) for region, of_mask in zip(regions, found, strict=True)]

    def _made(self, region: Region, found: Sequence[tuple[Any, Any]]) -> Any:
        """The table, or those of several labels, of a mask."""
        read, labels, names = region.read, region.labels, list(region.read.on_mask)
        made = []
        for label, (rows, doubts) in zip(labels.values(), found, strict=True):
            before = [TableWarning(FILE, label, names[0], text) for text in read.remarks]
            before += [TableWarning("resampled", label, *said) for said in read.resampled.items()]
            said = [
                TableWarning(
                    code,
                    number,
                    of,
                    f"{region.of}{region.lost.get(label, why) if code == FAILED else why}",
                )
                for code, number, of, why in doubts
            ]
            made.append(_table(names, rows, before, said))
        # What is about the files is about all labels, and said once.
        once = len(read.remarks) + len(read.resampled)
        later = [warning for table in made[1:] for warning in table.warnings[once:]]
        _tell([*made[0].warnings, *later], self.strict, read.told, region.of)
        return dict(zip(labels, made, strict=True)) if self.wanted.several else made[0]


def _table(
    names: list[str],
    rows: Sequence[tuple[_core.Column, float, str]],
    before: list[TableWarning],
    doubts: list[TableWarning],
) -> FeatureTable:
    """A table of rows that come image by image, and as many of each."""
    failures = {doubt.image: doubt.message for doubt in doubts if doubt.code == FAILED}
    if failures:
        of = [names[place * len(names) // len(rows)] for place in range(len(rows))]
        rows = [
            (column, value, f"{FAILED}: {failures[name]}" if why == FAILED else why)
            for (column, value, why), name in zip(rows, of, strict=True)
        ]
    return FeatureTable._found(rows, (*before, *doubts))


def role_of(name: str, named: Mapping[str, ImageLike]) -> str:
    """What messages call an image."""
    return "image" if list(named) == [ORIGINAL] else f"image `{name}`"


def _said_of(given: Any) -> tuple[str, ...]:
    """What was said of a volume while it was read."""
    return given.remarks if isinstance(given, Volume) else ()


def _tell(found: Sequence[TableWarning], strict: bool, told: Sequence[str], of: str) -> None:
    """Warn of what was found and not told yet, or raise an error, which begins with `of`."""
    # Of a region that is recorded as failed there is no value to be doubtful.
    doubtful = [warning for warning in found if warning.code != FAILED]
    if strict and doubtful:
        found = doubtful
        more = "" if len(found) == 1 else f"; and {len(found) - 1} more warnings, the next one of"
        more += "" if len(found) == 1 else f" {found[1]}"
        first = found[0]._replace(message=found[0].message.removeprefix(of))
        raise RadiomicsError(f"{of}{first}{more} (an error with `strict`)")
    for warning in found:
        if warning.code != FILE or warning.message not in told:
            warn(str(warning))

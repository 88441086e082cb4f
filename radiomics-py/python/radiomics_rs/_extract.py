"""The main job: whatever holds an image and a mask, and settings in, a table out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias, overload

from radiomics_rs import _core
from radiomics_rs._arguments import (
    Progress,
    SettingsLike,
    labels_of,
    memory_of,
    progress_of,
    settings_of,
    switch,
    whole,
)
from radiomics_rs._core import RadiomicsError, SettingsError
from radiomics_rs.io import Door, ImageLike, refuse, volumes_on_mask, warn
from radiomics_rs.table import FeatureRow, FeatureTable, TableWarning

# What rows call an image that has no name of its own and that no filter made.
ORIGINAL = "original"

ImagesLike: TypeAlias = "ImageLike | Mapping[str, ImageLike]"
FilterLike: TypeAlias = "str | Mapping[str, Any]"
FiltersLike: TypeAlias = "FilterLike | Sequence[FilterLike] | None"


@overload
def extract(
    image: ImagesLike,
    mask: ImageLike,
    settings: SettingsLike = None,
    *,
    label: int = 1,
    filters: FiltersLike = None,
    threads: int = 0,
    spacing_mm: float | Sequence[float] | None = None,
    resample_mask: bool = False,
    label_channel: int | None = None,
    strict: bool = False,
    memory_mb: float | None = None,
    progress: Progress = None,
) -> FeatureTable: ...


@overload
def extract(
    image: ImagesLike,
    mask: ImageLike,
    settings: SettingsLike = None,
    *,
    label: Iterable[int],
    filters: FiltersLike = None,
    threads: int = 0,
    spacing_mm: float | Sequence[float] | None = None,
    resample_mask: bool = False,
    label_channel: int | None = None,
    strict: bool = False,
    memory_mb: float | None = None,
    progress: Progress = None,
) -> dict[int, FeatureTable]: ...


def extract(
    image: ImagesLike,
    mask: ImageLike,
    settings: SettingsLike = None,
    *,
    label: int | Iterable[int] = 1,
    filters: FiltersLike = None,
    threads: int = 0,
    spacing_mm: float | Sequence[float] | None = None,
    resample_mask: bool = False,
    label_channel: int | None = None,
    strict: bool = False,
    memory_mb: float | None = None,
    progress: Progress = None,
) -> FeatureTable | dict[int, FeatureTable]:
    """Compute the features of the voxels of `mask` that have `label`.

    Several images, labels, filters and discretisations (a list as `bin_width`, `bin_number` or
    `bin_edges`) in one call give the values of calls of their own, and compute what these would
    have in common once.

    The interpreter lock is released while the engine computes, and arrays are borrowed, not
    copied: nothing may write to them meanwhile.

    Args:
        image: a file path (anything SimpleITK reads), a SimpleITK image, or a NumPy array
            (z, y, x) of any integer, boolean or 32- or 64-bit float type and any strides. A
            two-dimensional image or array (y, x) is one slice, 1 mm thick. Or a mapping from
            names to several of these on the grid of the mask, such as
            `{"arterial": first, "portal": second}`: the rows come image by image, and their
            `image` is the name or, after a filter, `name-filter`. All are read before the work
            begins.
        mask: whole-number labels, 0 being the background; same kinds as `image`. An array
            beside a file or SimpleITK image takes that one's geometry.
        settings: `Settings`, a mapping of settings, the path of a YAML or JSON document, or
            None for the IBSI profile.
        label: which label of the mask is the region, or several of them, such as `[1, 2]`.
        filters: what features are computed of, in place of the settings' own: a filter or a list
            of them, each a name (`"original"` is the image as it is) or a mapping from one to its
            parameters, such as `{"laplacian_of_gaussian": {"sigma_mm": [1, 2, 3]}}`; a list as a
            parameter stands for a filter per member. The rows' `image` names filter and parameters.
        threads: number of threads, 0 for all cores. It never changes a number.
        spacing_mm: voxel spacing (z, y, x) in millimetres, (y, x) for a single slice, or one
            number for all axes. Needed if images and mask are all arrays, else an error.
        resample_mask: whether a mask on another grid than the first image is resampled to that,
            by nearest neighbour, as PyRadiomics' `correctMask` does. The box of each region must
            lie inside of the image. A mask of one cropped to its region, for one, needs it.
        label_channel: which component of a mask that has several holds the label, counted from 0;
            for an array the last one of four axes. A mask of overlapping segments has several.
        strict: whether what makes values doubtful, such as a single grey level, is an error. If
            not, each such thing is a RadiomicsWarning and one of the table's `warnings`.
        memory_mb: megabytes (10^6 bytes) that the work may take beside images, masks and tables;
            None for what the machine has free. What is known to need more is an OutOfMemoryError
            before it takes it: volumes, what is as large as one, and cells of texture matrices,
            which are many if there are thousands of grey levels.
        progress: called every 0.05 s or so with the number of steps of work done and of all
            steps, first with 0 and last with all; the number done never goes down. What it raises
            ends the work, and so does an interrupt, within about 0.1 s.

    Returns:
        One row a feature, in catalogue order. A feature that is not defined for the region
        is NaN with the status "undefined". For several labels a dict from label to table, in the
        order given; `pandas.concat({k: t.to_pandas() for k, t in tables.items()})` is one frame.

    Raises:
        RadiomicsError: an image, mask, label or setting that cannot be used; the message names
            the value and the remedy, and with several images or labels which one. It is a
            ValueError, and one of ReadError (a file that is damaged or of another kind),
            GeometryError (where voxels lie), RegionError (mask, label, intensities),
            SettingsError and OutOfMemoryError. One that fails fails the call.
        TypeError: an argument of a kind that is not listed here.
        OSError: a file that cannot be opened, such as FileNotFoundError.
    """
    chosen = settings_of(settings)
    if filters is not None:
        chosen = chosen.replace(filters=filters)
    labels, several = labels_of(label)
    memory_mb, progress = memory_of(memory_mb), progress_of(progress)
    strict, threads = switch("strict", strict), whole("threads", threads)
    named = _named(image)
    roles = {f"image `{name}`" if named is image else "image": named[name] for name in named}
    remarks: list[str] = []
    images, mask_volume = volumes_on_mask(
        roles,
        mask,
        spacing_mm,
        labels,
        resample_mask=resample_mask,
        label_channel=label_channel,
        door=Door(remarks.append, refuse),
    )
    tables = _core.extract(
        [(name, of.voxels, of.geometry) for name, of in zip(named, images, strict=True)],
        mask_volume.voxels,
        mask_volume.geometry,
        chosen,
        labels=labels,
        threads=threads,
        progress=progress,
        memory_mb=memory_mb,
    )
    first = next(iter(named))
    of_files = [[TableWarning("file", n, first, text) for text in remarks] for n in labels]
    made = [
        FeatureTable(
            (FeatureRow.of(*row) for row in rows),
            (*before, *(TableWarning(*doubt) for doubt in doubts)),
        )
        for before, (rows, doubts) in zip(of_files, tables, strict=True)
    ]
    # What is about the files is about all labels, and said once.
    later = [warning for table in made[1:] for warning in table.warnings[len(remarks) :]]
    _tell([*made[0].warnings, *later], strict)
    return dict(zip(labels, made, strict=True)) if several else made[0]


def columns(
    settings: SettingsLike = None,
    images: Iterable[str] | None = None,
    *,
    filters: FiltersLike = None,
) -> list[_core.Column]:
    """The columns of a table before there is any image: known from the settings alone.

    The table of `extract` with the same settings has these columns in this order, whatever the
    image; `[column.name for column in columns(settings)]` are its `keys()`.

    Args:
        settings: as for `extract`.
        images: the names of several images, as the keys of the mapping that `extract` takes; None
            for a single image, whose rows are called "original".
        filters: as for `extract`.

    Raises:
        SettingsError: a setting that cannot be used, or a family or feature that does not exist.
    """
    chosen = settings_of(settings)
    if filters is not None:
        chosen = chosen.replace(filters=filters)
    return _core.columns(chosen, [ORIGINAL] if images is None else list(images))


def _tell(found: Sequence[TableWarning], strict: bool) -> None:
    """Warn of what was found, or raise an error."""
    if strict and found:
        more = "" if len(found) == 1 else f"; and {len(found) - 1} more warnings, the next one of"
        more += "" if len(found) == 1 else f" {found[1]}"
        raise RadiomicsError(f"{found[0]}{more} (an error with `strict`)")
    for warning in found:
        warn(str(warning))


def _named(image: ImagesLike) -> Mapping[str, ImageLike]:
    """Images by the names that rows give them."""
    if not isinstance(image, Mapping):
        return {ORIGINAL: image}
    if not image:
        raise SettingsError("the images are an empty mapping: give at least one image")
    for name in image:
        if not isinstance(name, str):
            raise TypeError(f"the name of an image is {name!r}: give a mapping from str to images")
    return image

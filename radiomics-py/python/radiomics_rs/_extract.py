"""The main job: whatever holds an image and a mask, and settings in, a table out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias, overload

from radiomics_rs import _core
from radiomics_rs._arguments import (
    Progress,
    SettingsLike,
    memory_of,
    names_in,
    part_of,
    progress_of,
    settings_of,
    switch,
    whole,
)
from radiomics_rs._core import RadiomicsError, RegionError, SettingsError
from radiomics_rs._labels import Label, LabelNames, wanted
from radiomics_rs._work import ORIGINAL, Region, Work
from radiomics_rs.io import ImageLike
from radiomics_rs.table import FeatureTable

#: What becomes of a call when one of its regions cannot be computed.
ON_ERROR = ("raise", "record")
#: A voxel of a filter's response in memory.
BYTES_OF_RESPONSE = 8

ImagesLike: TypeAlias = "ImageLike | Mapping[str, ImageLike]"
MaskLike: TypeAlias = "ImageLike | Mapping[str, ImageLike] | Sequence[ImageLike]"
FilterLike: TypeAlias = "str | Mapping[str, Any]"
FiltersLike: TypeAlias = "FilterLike | Sequence[FilterLike] | None"


@overload
def extract(
    image: ImagesLike,
    mask: ImageLike,
    settings: SettingsLike = None,
    *,
    label: int = 1,
    label_names: LabelNames = None,
    on_error: str = "raise",
    filters: FiltersLike = None,
    threads: int = 0,
    spacing_mm: float | Sequence[float] | None = None,
    resample_mask: bool = False,
    resample_images: bool = False,
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
    label: Literal["all"] | Iterable[Label] | Mapping[str, int],
    label_names: LabelNames = None,
    on_error: str = "raise",
    filters: FiltersLike = None,
    threads: int = 0,
    spacing_mm: float | Sequence[float] | None = None,
    resample_mask: bool = False,
    resample_images: bool = False,
    label_channel: int | None = None,
    strict: bool = False,
    memory_mb: float | None = None,
    progress: Progress = None,
) -> dict[Any, FeatureTable]: ...


@overload
def extract(
    image: ImagesLike,
    mask: Mapping[str, ImageLike] | Sequence[ImageLike],
    settings: SettingsLike = None,
    *,
    label: Label = 1,
    label_names: LabelNames = None,
    on_error: str = "raise",
    filters: FiltersLike = None,
    threads: int = 0,
    spacing_mm: float | Sequence[float] | None = None,
    resample_mask: bool = False,
    resample_images: bool = False,
    label_channel: int | None = None,
    strict: bool = False,
    memory_mb: float | None = None,
    progress: Progress = None,
) -> dict[Any, FeatureTable]: ...


def extract(
    image: ImagesLike,
    mask: MaskLike,
    settings: SettingsLike = None,
    *,
    label: Label | Iterable[Label] | Mapping[str, int] = 1,
    label_names: LabelNames = None,
    on_error: str = "raise",
    filters: FiltersLike = None,
    threads: int = 0,
    spacing_mm: float | Sequence[float] | None = None,
    resample_mask: bool = False,
    resample_images: bool = False,
    label_channel: int | None = None,
    strict: bool = False,
    memory_mb: float | None = None,
    progress: Progress = None,
) -> Any:
    """Compute the features of the voxels of `mask` that have `label`.

    Several images, masks, labels, filters and discretisations (a list as `bin_width`, `bin_number`
    or `bin_edges`) in one call give the values of calls of their own, and compute what these would
    have in common once: for labels and masks z-scores, and responses of filters that look at the
    whole image, of as many masks as take no more memory than a response.

    The interpreter lock is released while the engine computes, and arrays are borrowed, not
    copied: nothing may write to them meanwhile.

    Args:
        image: a file path (anything SimpleITK reads), a SimpleITK image, or a NumPy array
            (z, y, x) of any integer, boolean or 32- or 64-bit float type and any strides; a list
            of the files of one DICOM series; or an image of nibabel, itk, xarray, MONAI or TorchIO
            with its own place, or an array (z, y, x) of PyTorch or another library. A
            two-dimensional image or array (y, x) is one slice, 1 mm thick. Or a mapping from
            names to several of these on the grid of the mask, such as
            `{"arterial": first, "portal": second}`: the rows come image by image, and their
            `image` is the name or, after a filter, `name-filter`. All are read before the work
            begins.
        mask: whole-number labels, 0 being the background; same kinds as `image`. An array
            beside a file or SimpleITK image takes that one's geometry. Or several masks, which
            may overlap: a mapping from names, or a list; each is a region of its own, its
            voxels that have `label`.
        settings: `Settings`, a mapping of settings, the path of a YAML or JSON document, or
            None for the IBSI profile.
        label: which label of the mask is the region, or several of them: a list such as
            `[1, 5]`, `"all"` of the mask, or a mapping from names such as `{"liver": 5}`. With
            `label_names` a name stands for its label. With several masks it is one label.
        label_names: what labels are called: a mapping from names to labels, or the path of a
            table (see `label_names`). The tables of several labels are then called by name.
        on_error: what becomes of the call when a region cannot be computed, such as one of a
            single voxel: "raise" the error, or "record" it. A region that is recorded keeps its
            rows, NaN with the status "failed" and the error as their reason, and a warning of
            the code "failed"; the others are computed. What no region could do without, such as
            settings, files and memory, is an error in any case.
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
        resample_images: whether images on other grids than the mask are resampled to that, by
            SimpleITK and the setting `image_interpolation` (nearest, linear or cubic_spline), in
            patient coordinates as the files give them: nothing is registered. What the mask
            shows and the image does not is NaN. The tables' `warnings` say so.
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
        is NaN with the status "undefined". For several labels a dict from label, or its name, to
        table, in the order given, that of "all" being ascending; for several masks one from name,
        or place in the list from 0, in their order. `to_frame` makes one data frame of such a dict.

    Raises:
        RadiomicsError: an image, mask, label or setting that cannot be used; the message names
            the value and the remedy, and with several images, masks or labels which one. It is a
            ValueError, and one of ReadError (a file that is damaged or of another kind),
            GeometryError (where voxels lie), RegionError (mask, label, intensities),
            SettingsError and OutOfMemoryError. See `on_error` for regions that fail.
        TypeError: an argument of a kind that is not listed here.
        OSError: a file that cannot be opened, such as FileNotFoundError.
    """
    chosen = settings_of(settings)
    if filters is not None:
        chosen = chosen.replace(filters=filters)
    if on_error not in ON_ERROR:
        raise SettingsError(f"on_error is {on_error!r}: give one of {', '.join(ON_ERROR)}")
    work = Work(
        chosen,
        wanted(label, names_in(mask) if label_names is None else label_names),
        on_error == "record",
        whole("threads", threads),
        switch("resample_mask", resample_mask),
        switch("resample_images", resample_images),
        label_channel,
        switch("strict", strict),
        memory_of(memory_mb),
        progress_of(progress),
    )
    named = _named(image)
    masks = _stack(mask)
    if masks is None:
        return work.tables(work.read(named, mask, spacing_mm))
    return _of_stack(work, named, masks, spacing_mm)


def _stack(mask: MaskLike) -> dict[Any, ImageLike] | None:
    """Several masks by what their tables are called; None for a single mask."""
    if isinstance(mask, Mapping):
        masks: dict[Any, ImageLike] = dict(mask)
        for name in masks:
            if not isinstance(name, str):
                raise TypeError(f"the name of a mask is {name!r}: give a mapping from str to masks")
    elif isinstance(mask, list | tuple):
        masks = dict(enumerate(mask))
    else:
        return None
    if not masks:
        raise RegionError("the masks are empty: give at least one mask")
    return masks


def _of_stack(
    work: Work,
    named: Mapping[str, ImageLike],
    masks: Mapping[Any, ImageLike],
    spacing_mm: float | Sequence[float] | None,
) -> dict[Any, FeatureTable]:
    """The tables of several masks, of a label each."""
    if work.wanted.several:
        raise RegionError(
            "there are several masks and several labels: give one label of each mask, or one mask"
        )
    made: dict[Any, FeatureTable] = {}
    for regions in _batches(work, named, masks, spacing_mm):
        progress = part_of(work.progress, len(made), len(masks), len(regions))
        tables = work._replace(progress=progress).of_masks(list(regions.values()))
        made.update(zip(regions, tables, strict=True))
    return made


def _batches(
    work: Work,
    named: Mapping[str, ImageLike],
    masks: Mapping[Any, ImageLike],
    spacing_mm: float | Sequence[float] | None,
) -> Iterator[dict[Any, Region]]:
    """Masks that are computed together, read when their turn comes.

    Together are those that share what is computed of whole images, and no more than take the
    memory of a response: then the peak is not theirs.
    """
    shares = work.settings.normalise or _core.filters_look_at_everything(work.settings)
    together: dict[Any, Region] = {}
    for name, mask in masks.items():
        of = f"mask {name!r}: "
        try:
            region = work.region(work.read(named, mask, spacing_mm), of)
        except RadiomicsError as error:
            raise type(error)(f"{of}{error}") from error
        # They are read once, and have a place of their own from then on.
        named, spacing_mm = region.read.images, None
        if together and not region.has_images_of(next(iter(together.values()))):
            yield together
            together = {}
        together[name] = region
        if not shares or _take_much(together.values()):
            yield together
            together = {}
    if together:
        yield together


def _take_much(regions: Iterable[Region]) -> bool:
    """Whether masks take as much memory as a response does."""
    masks = [region.read.mask.voxels for region in regions]
    return sum(mask.nbytes for mask in masks) >= masks[0].size * BYTES_OF_RESPONSE


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

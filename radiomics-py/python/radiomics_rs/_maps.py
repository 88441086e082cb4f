"""Feature maps: a feature of the neighbourhood of each voxel of a region."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from radiomics_rs import _core
from radiomics_rs._arguments import (
    Progress,
    SettingsLike,
    label_of,
    memory_of,
    near,
    progress_of,
    real,
    settings_of,
    whole,
)
from radiomics_rs._choices import SUFFIXES
from radiomics_rs._room import room
from radiomics_rs._simpleitk import sitk
from radiomics_rs.io import ImageLike, Matrix, Triple, volumes, write_image
from radiomics_rs.io.shortage import memory

if TYPE_CHECKING:
    from collections.abc import Sequence


#: What a map is of; maps and tables have the same.
FeatureMap = _core.Column


@dataclass(frozen=True, repr=False, eq=False)
class FeatureMaps(Mapping[str, npt.NDArray[np.float64]]):
    """Maps by name, as arrays (z, y, x) over the bounding box of the region.

    A map goes by the name of its column, and by family and feature ("glcm.contrast") if there is
    one alone of these. Only the region's voxels are stored; each look at a map makes a new array,
    which is `outside` where the region is not. A voxel for which the feature is undefined is NaN.
    """

    maps: tuple[FeatureMap, ...]
    """What the maps are of."""
    shape: tuple[int, int, int]
    """Shape (z, y, x) of the bounding box."""
    spacing_mm: Triple
    """Distance (z, y, x) between voxel centres in millimetres."""
    origin_mm: Triple
    """Position (z, y, x) of the centre of the box's first voxel in millimetres."""
    direction: Matrix
    """Direction cosines: column c is the direction in which array axis c runs."""
    places: npt.NDArray[np.int64] = field(repr=False)
    """The region's voxels, as flat indices into an array of that shape, ascending."""
    region_values: npt.NDArray[np.float64] = field(repr=False)
    """Array (maps, voxels of the region)."""
    outside: float = float("nan")
    """The value where the region is not."""

    def __getitem__(self, name: str) -> npt.NDArray[np.float64]:
        values = self.region_values[self._index(name)]
        array = np.full(self.shape, self.outside)
        array.reshape(-1)[self.places] = values
        return array

    def __iter__(self) -> Iterator[str]:
        return (one.name for one in self.maps)

    def __len__(self) -> int:
        return len(self.maps)

    def __repr__(self) -> str:
        return (
            f"<FeatureMaps: {len(self.maps)} maps of {self.places.size} voxels, "
            f"box (z, y, x) {self.shape}>"
        )

    @property
    def region(self) -> npt.NDArray[np.bool_]:
        """The region as an array (z, y, x)."""
        array = np.zeros(self.shape, bool)
        array.reshape(-1)[self.places] = True
        return array

    def image(self, name: str) -> sitk.Image:
        """A map as a SimpleITK image of 64-bit floats that lies where the region lies."""
        with memory("for a map as an image", 8 * math.prod(self.shape)):
            image = sitk.GetImageFromArray(self[name])
        image.SetSpacing(self.spacing_mm[::-1])
        image.SetOrigin(self.origin_mm[::-1])
        image.SetDirection(np.asarray(self.direction)[::-1, ::-1].ravel().tolist())
        return image

    def write(self, folder: str | os.PathLike[str], suffix: str = ".nrrd") -> list[Path]:
        """Write each map to `folder`, which is made if need be; returns the paths.

        Args:
            folder: where to.
            suffix: the file format: .nrrd, .nii.gz, .nii or .mha.

        Raises:
            SettingsError: another suffix.
            OSError: a file that cannot be written; what stood there before it is left as it was.
        """
        if suffix not in SUFFIXES:
            raise _core.SettingsError(
                f"the file suffix is {suffix!r}: give one of {', '.join(SUFFIXES)}"
            )
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{name}{suffix}" for name in self]
        for name, path in zip(self, paths, strict=True):
            write_image(self.image(name), path, compressed=True)
        return paths

    def _index(self, name: str) -> int:
        for index, one in enumerate(self.maps):
            if one.name == name:
                return index
        # As the argument `features` calls it, if that is one map alone.
        found = [n for n, one in enumerate(self.maps) if f"{one.family}.{one.feature}" == name]
        if len(found) == 1:
            return found[0]
        names = [one.name for one in self.maps]
        raise KeyError(f"there is no map {name!r}, of {len(names)}{near(name, names)}")


def feature_maps(
    image: ImageLike,
    mask: ImageLike,
    features: Iterable[str] | None = None,
    radius: int = 1,
    settings: SettingsLike = None,
    *,
    in_plane: bool = False,
    masked: bool = True,
    outside: float = float("nan"),
    label: int | str = 1,
    threads: int = 0,
    spacing_mm: float | Sequence[float] | None = None,
    resample_mask: bool = False,
    label_channel: int | None = None,
    memory_mb: float | None = None,
    progress: Progress = None,
) -> FeatureMaps:
    """Compute features of the window round each voxel of a region.

    Image and mask are preprocessed and discretised once. A voxel's value is that of its window,
    clipped to the region, as if it were a region of its own on the grey levels of the whole.

    Args:
        image: as for `extract`.
        mask: as for `extract`.
        features: families ("glcm") and features ("glcm.joint_entropy"); None leaves the choice to
            the settings. Shape, local intensity and intensity-volume histogram have no maps.
        radius: voxels on either side of a window's centre, 1 to 15: 1 makes 3 x 3 x 3.
        settings: as for `extract`.
        in_plane: windows are one slice thick across `slice_axis`. Choose aggregations by slice
            along with it ("2.5D_dir_merged"): those in three dimensions still count directions
            that leave the slice.
        masked: windows are clipped to the region. If not, the voxels round it count as well,
            and the box of the region, `radius` voxels wider on each side, is discretised.
        outside: the value of maps where the region is not.
        label: which label of the mask is the region, or its name if the mask has `names`.
        threads: number of threads, 0 for all cores. It never changes a number.
        spacing_mm: as for `extract`.
        resample_mask: as for `extract`.
        label_channel: as for `extract`.
        memory_mb: megabytes (10^6 bytes) that the work may take beside image, mask and maps; None
            for what the machine has free. Maps larger than that, or than 1000 MB if it is None,
            are kept in a temporary file in the folder that the environment variable TMPDIR names.
        progress: called every 0.05 s or so with the number of voxels done and of all voxels, first
            with 0 and last with all; the number done never goes down. What it raises ends the
            work, and so does an interrupt, within about 0.1 s.

    Returns:
        A mapping of names to arrays, which also makes SimpleITK images and writes files.

    Raises:
        RadiomicsError: an image, mask, label, setting, feature or radius that cannot be used;
            OutOfMemoryError for work or maps that need more memory than they may take.
        TypeError: an argument of a kind that is not listed here.
        OSError: a file that cannot be opened, or no room for the temporary file.
    """
    chosen = _selected(settings_of(settings), features)
    label, outside = label_of(label, mask), real("outside", outside)
    memory_mb, progress = memory_of(memory_mb), progress_of(progress)
    image_volume, mask_volume = volumes(
        image, mask, spacing_mm, [label], resample_mask=resample_mask, label_channel=label_channel
    )
    maps, values, places, shape, geometry = _core.feature_maps(
        *image_volume.located,
        *mask_volume.located,
        chosen,
        label=label,
        threads=whole("threads", threads),
        radius=whole("radius", radius),
        in_plane=in_plane,
        masked=masked,
        allocate=lambda *shape: room(shape, memory_mb),
        progress=progress,
        memory_mb=memory_mb,
    )
    if values is None:
        values = np.empty((len(maps), places.size))
    box = shape[0], shape[1], shape[2]
    return FeatureMaps(tuple(maps), box, *geometry, places, values, outside)


def _selected(settings: _core.Settings, features: Iterable[str] | None) -> _core.Settings:
    if features is None:
        return settings
    if isinstance(features, str) or not isinstance(features, Iterable):
        raise TypeError(f"features is {features!r}: give a list of names")
    names = list(features)
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"features holds {name!r}: give a list of names")
    return settings.replace(
        families=[name for name in names if "." not in name],
        features=[name for name in names if "." in name],
    )

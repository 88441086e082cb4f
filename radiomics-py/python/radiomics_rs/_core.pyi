"""The compiled engine. `tests/test_stub.py` compares this file with the module."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict, final

import numpy as np
import numpy.typing as npt
from typing_extensions import Unpack

__version__: str

_Triple = tuple[float, float, float]
_Geometry = tuple[_Triple, _Triple, tuple[_Triple, _Triple, _Triple]]
_Row = tuple[Column, float, str]
_Doubt = tuple[str, int, str, str]
_Progress = Callable[[int, int], object] | None
_Image = tuple[str, npt.NDArray[Any], _Geometry]
_Region = tuple[
    npt.NDArray[np.float64],
    npt.NDArray[np.bool_],
    npt.NDArray[np.bool_],
    npt.NDArray[np.uint16] | None,
    _Geometry,
]

class _Feature(TypedDict):
    family: str
    family_ibsi_id: str
    feature: str
    ibsi_id: str
    ibsi_parameter_id: str
    pyradiomics: str | None
    summary: str
    aggregations: list[str]

class _Key(TypedDict):
    name: str
    takes: str
    summary: str

class _PyRadiomicsSetting(TypedDict):
    name: str
    section: str
    key: str | None
    default: Any
    listed: bool

class RadiomicsError(ValueError):
    """An image, a mask, a label or a setting that cannot be used."""

class ReadError(RadiomicsError):
    """A file, or what is in memory, that cannot be read as an image, or written as one."""

class GeometryError(RadiomicsError):
    """Voxels of which it is not known where they lie, or that do not lie where they should."""

class RegionError(RadiomicsError):
    """A mask, a label, or what the image holds in the region, of which nothing can be computed."""

class SettingsError(RadiomicsError):
    """A setting, a filter or another argument that cannot be used."""

class OutOfMemoryError(RadiomicsError):
    """Work that needs more memory than there is, or than `memory_mb` gives it."""

class InternalError(RadiomicsError):
    """The library made a mistake, not its caller: please report the message."""

@final
class Column:
    """What a value, or a map, is of: known from the settings, before there is any image."""

    @property
    def name(self) -> str: ...
    @property
    def image(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def feature(self) -> str: ...
    @property
    def ibsi_id(self) -> str: ...
    @property
    def pyradiomics(self) -> str | None: ...
    @property
    def aggregation(self) -> str: ...
    @property
    def discretisation(self) -> str: ...
    def __new__(
        cls, image: str, family: str, feature: str, aggregation: str = "", discretisation: str = ""
    ) -> Column: ...
    def __hash__(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...

def columns(settings: Settings, images: Sequence[str]) -> list[Column]: ...
def _fail(text: str) -> None: ...

class _Keywords(TypedDict, total=False):
    # Generated from the attributes (`REGENERATE=1 pytest tests/test_stub.py`).
    profile: str
    geometry_tolerance: float
    normalise: bool
    normalise_scale: float
    normalise_clip: float | None
    resample_spacing_mm: float | Sequence[float | None] | None
    grid_alignment: str
    keep_single_slices: bool
    image_interpolation: str
    mask_interpolation: str
    mask_threshold: float
    intensity_rounding: str
    resegment_range: Sequence[float | None] | None
    resegment_unit: str
    morphological_mask: str
    resegment_sigma: float | None
    filters: str | Mapping[str, Any] | Sequence[str | Mapping[str, Any]]
    filter_crop: str
    filter_crop_voxels: int
    single_slices: str
    mesh_faces: str
    axes_covariance: str
    bin_width: float | Sequence[float] | None
    bin_number: int | Sequence[int] | None
    bin_edges: Sequence[float] | Sequence[Sequence[float]] | None
    bin_anchor: str
    bin_assignment: str
    ivh_bin_width: float | None
    ivh_bin_number: int | None
    ivh_bin_edges: Sequence[float] | None
    distances: Sequence[int]
    slice_axis: int
    glcm_symmetric: bool
    distance_weighting: str | None
    glrlm_drop_single_voxel_lines: bool
    ngtdm_count_isolated: bool
    intensity_shift: float
    ngldm_alpha: int
    aggregations: Sequence[str]
    feature_set: str
    families: Sequence[str] | None
    features: Sequence[str] | None
    # End of the keywords.

@final
class Settings:
    """Everything that determines the numbers, apart from image and mask; cannot be changed."""

    # Generated from the table of keys (`REGENERATE=1 cargo test`).
    geometry_tolerance: float
    normalise: bool
    normalise_scale: float
    normalise_clip: float | None
    resample_spacing_mm: tuple[float | None, float | None, float | None] | None
    grid_alignment: str
    keep_single_slices: bool
    image_interpolation: str
    mask_interpolation: str
    mask_threshold: float
    intensity_rounding: str
    resegment_range: tuple[float | None, float | None] | None
    resegment_unit: str
    morphological_mask: str
    resegment_sigma: float | None
    filters: tuple[str | dict[str, Any], ...]
    filter_crop: str
    filter_crop_voxels: int
    single_slices: str
    mesh_faces: str
    axes_covariance: str
    bin_width: float | tuple[float, ...] | None
    bin_number: int | tuple[int, ...] | None
    bin_edges: tuple[float, ...] | tuple[tuple[float, ...], ...] | None
    bin_anchor: str
    bin_assignment: str
    ivh_bin_width: float | None
    ivh_bin_number: int | None
    ivh_bin_edges: tuple[float, ...] | None
    distances: tuple[int, ...]
    slice_axis: int
    glcm_symmetric: bool
    distance_weighting: str | None
    glrlm_drop_single_voxel_lines: bool
    ngtdm_count_isolated: bool
    intensity_shift: float
    ngldm_alpha: int
    aggregations: tuple[str, ...]
    feature_set: str
    families: tuple[str, ...] | None
    features: tuple[str, ...] | None
    # End of what is generated.
    def __new__(cls, **settings: Unpack[_Keywords]) -> Settings: ...
    @staticmethod
    def ibsi_configuration(name: str) -> Settings: ...
    @staticmethod
    def from_yaml(source: str | os.PathLike[str]) -> Settings: ...
    @staticmethod
    def from_json(source: str | os.PathLike[str]) -> Settings: ...
    @staticmethod
    def template(profile: str = "ibsi") -> str: ...
    @staticmethod
    def from_pyradiomics(source: str | os.PathLike[str] | Mapping[str, Any]) -> Settings: ...
    def replace(self, **settings: Unpack[_Keywords]) -> Settings: ...
    def replace_yaml(self, text: str) -> Settings: ...
    def to_dict(self) -> dict[str, Any]: ...
    def to_yaml(self) -> str: ...
    def to_json(self) -> str: ...
    def __getnewargs_ex__(self) -> tuple[tuple[()], dict[str, Any]]: ...
    def __hash__(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...

def extract(
    images: Sequence[_Image],
    masks: Sequence[tuple[str, npt.NDArray[Any], _Geometry, Sequence[int]]],
    settings: Settings,
    *,
    threads: int,
    progress: _Progress = None,
    memory_mb: float | None = None,
    record: bool = False,
) -> list[list[tuple[list[_Row], list[_Doubt]]]]: ...
def filters_look_at_everything(settings: Settings) -> bool: ...
def filter_images(
    image: npt.NDArray[Any],
    geometry: _Geometry,
    filters: Any,
    *,
    threads: int,
    progress: _Progress = None,
    memory_mb: float | None = None,
) -> list[npt.NDArray[np.float64]]: ...
def feature_maps(
    image: npt.NDArray[Any],
    image_geometry: _Geometry,
    mask: npt.NDArray[Any],
    mask_geometry: _Geometry,
    settings: Settings,
    *,
    label: int,
    threads: int,
    radius: int,
    in_plane: bool,
    masked: bool,
    allocate: Callable[[int, int], npt.NDArray[np.float64]],
    progress: _Progress,
    memory_mb: float | None = None,
) -> tuple[
    list[Column],
    npt.NDArray[np.float64] | None,
    npt.NDArray[np.int64],
    tuple[int, int, int],
    _Geometry,
]: ...

_Matrix = tuple[
    str,
    int | None,
    list[int] | None,
    npt.NDArray[np.uint16],
    npt.NDArray[np.uint64],
    npt.NDArray[np.float64],
]

def matrices(
    image: npt.NDArray[Any],
    image_geometry: _Geometry,
    mask: npt.NDArray[Any],
    mask_geometry: _Geometry,
    settings: Settings,
    *,
    label: int,
    threads: int,
    memory_mb: float | None = None,
) -> list[_Matrix]: ...
def matrices_of_levels(
    levels: npt.NDArray[np.uint16], n_g: int, settings: Settings
) -> list[_Matrix]: ...
def prepare(
    image: npt.NDArray[Any],
    image_geometry: _Geometry,
    mask: npt.NDArray[Any],
    mask_geometry: _Geometry,
    settings: Settings,
    *,
    label: int,
    margin_mm: float,
    threads: int,
    memory_mb: float | None = None,
) -> _Region: ...
def labels(mask: npt.NDArray[Any], geometry: _Geometry) -> list[int]: ...
def rasterise(
    contours: Sequence[bytes],
    shape: tuple[int, ...],
    geometry: _Geometry,
    *,
    what: str,
    slice_tolerance: float,
    threads: int,
    memory_mb: float | None = None,
) -> tuple[npt.NDArray[np.uint8], dict[str, Any]]: ...

@final
class Region:
    voxels: int
    volume_mm3: float
    spacing_mm: _Triple
    bounding_box: tuple[tuple[int, int, int], tuple[int, int, int]] | None
    def __new__(cls, mask: npt.NDArray[Any], geometry: _Geometry, label: int) -> Region: ...
    def mask(self) -> tuple[npt.NDArray[np.uint8], _Geometry]: ...
    def dilate(self, mm: float, distance: str) -> tuple[Region, dict[str, int]]: ...
    def erode(self, mm: float) -> tuple[Region, dict[str, int]]: ...
    def shell_inside(self, mm: float) -> tuple[Region, dict[str, int]]: ...
    def ring(
        self, from_mm: float, to_mm: float, distance: str
    ) -> tuple[Region, dict[str, int]]: ...
    def within(self, other: Region, name: str) -> tuple[Region, dict[str, int]]: ...
    def minus(self, other: Region, name: str) -> tuple[Region, dict[str, int]]: ...
    def union(self, other: Region, name: str) -> tuple[Region, dict[str, int]]: ...
    def components(self, neighbours: int) -> list[Region]: ...

def shared_rings(
    regions: Sequence[Region], from_mm: float, to_mm: float, distance: str
) -> list[tuple[Region, dict[str, int]]]: ...

@final
class Perturbation:
    @property
    def name(self) -> str: ...
    def __new__(
        cls,
        *,
        rotation_deg: Sequence[float],
        translation: Sequence[float],
        noise: int | None = None,
        volume: float | None = None,
        volume_mm: float | None = None,
        contour: int | None = None,
    ) -> Perturbation: ...

def perturb(
    image: npt.NDArray[Any],
    image_geometry: _Geometry,
    mask: npt.NDArray[Any],
    mask_geometry: _Geometry,
    settings: Settings,
    perturbation: Perturbation,
    *,
    label: int,
    seed: int,
    noise_level: float | None,
    minimum_volume: float,
    margin_mm: float,
    threads: int,
    memory_mb: float | None = None,
) -> tuple[
    npt.NDArray[np.float64], npt.NDArray[np.uint8], _Geometry, float | None, tuple[int, int, int]
]: ...
def icc(
    values: npt.NDArray[np.float64],
    subjects: Sequence[str],
    raters: Sequence[str],
    *,
    confidence: float,
    threads: int,
) -> list[tuple[list[float], int, int]]: ...
def inflate(data: bytes, length: int, gzip: bool) -> bytes | None: ...
def end_idle_threads() -> None: ...
def example() -> tuple[npt.NDArray[np.int16], npt.NDArray[np.uint8], _Triple]: ...
def features() -> list[_Feature]: ...
def setting_keys() -> list[_Key]: ...
def pyradiomics_classes() -> dict[str, list[str]]: ...
def pyradiomics_settings() -> list[_PyRadiomicsSetting]: ...
def pyradiomics_parameters(
    source: str | os.PathLike[str] | Mapping[str, Any],
) -> tuple[Settings, list[str], int]: ...

@final
class Verification:
    """Published values beside ours."""

    @property
    def all_inside(self) -> bool: ...
    def records(self) -> list[dict[str, Any]]: ...
    def summary(self) -> list[dict[str, Any]]: ...
    def to_text(self, style: str = "table") -> str: ...
    def __len__(self) -> int: ...

_Pair = tuple[npt.NDArray[Any], _Geometry, npt.NDArray[Any], _Geometry]

def response_map_tests() -> list[tuple[str, str, str]]: ...
def verify(ct: _Pair | None, maps: dict[str, _Pair], *, threads: int) -> Verification: ...

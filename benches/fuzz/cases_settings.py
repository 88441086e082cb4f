"""Random settings, filters and maps of odd images, through the native calls."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import numpy as np

import images
import odd
import radiomics_rs as rr
from case import TYPED, Case, Step, laborious, same_settings

FAMILIES = sorted({feature["family"] for feature in rr.features()})
FEATURES = [f"{feature['family']}.{feature['feature']}" for feature in rr.features()]
#: What has maps.
MAPPED = ["glcm", "gldzm", "glrlm", "glszm", "intensity_histogram", "intensity_statistics"]
MAPPED += ["ngldm", "ngtdm"]
AGGREGATIONS = [
    "2D_avg",
    "2D_slice_merged",
    "2.5D_dir_merged",
    "2.5D_merged",
    "3D_avg",
    "3D_merged",
]
BOUNDARIES = ["mirror", "nearest", "periodic", "zero"]
WAVELETS = ["haar", "db3", "coif1", "sym4", "bior1.3", "rbio2.2", "dmey", "coif17", "db38", "mexh"]
INTERPOLATIONS = ["nearest", "linear", "cubic_spline", "cubic_convolution"]


def case(rng: random.Random) -> Case:
    """A case, from its random numbers alone."""
    image_text, image = images.image(rng)
    mask_text, mask = images.mask(rng, image)
    shape, labels = mask.shape, [int(number) for number in np.unique(mask) if number]
    given = settings(rng)
    options: dict[str, Any] = {"threads": rng.choice([1, 1, 1, 2, 3])}
    if rng.random() < 0.2:
        place, image, mask = images.placed(rng, image, mask)
        spacing = image.GetSpacing()[::-1]
    else:
        spacing = options["spacing_mm"] = images.spacing(rng)
        place = f"spacing_mm {odd_text(options['spacing_mm'])}"
    if laborious(shape, spacing, given.get("resample_spacing_mm")):
        given["resample_spacing_mm"] = None
    texts = [f"image: {image_text}", f"mask: {mask_text}", place, f"settings: {odd_text(given)}"]
    label = _label(rng, labels)
    maps = _maps(rng)
    texts.append(f"label: {odd_text(label)}, maps: {odd_text(maps)}, {options['threads']} threads")
    alone = filter_of(rng)
    texts.append(f"filter_image: {odd_text(alone)}")
    steps = _steps(image, mask, given, label, maps, alone, options)
    return Case("\n".join(texts), steps)


def _label(rng: random.Random, labels: list[int]) -> Any:
    """A label, in most cases one that the mask has."""
    if not labels or rng.random() < 0.05:
        return rng.choice([0, 2, odd.whole(rng), odd.thing(rng)])
    return labels if rng.random() < 0.15 else rng.choice(labels)


def odd_text(value: Any) -> str:
    """A value for people, whatever it is."""
    try:
        text = repr(value)
    except RuntimeError:
        text = f"a {type(value).__name__}"
    return text if len(text) < 3000 else f"{text[:3000]}..."


def _steps(
    image: Any, mask: Any, given: Any, label: Any, maps: Any, alone: Any, options: dict[str, Any]
) -> Iterator[Step]:
    made: list[rr.Settings] = []
    yield Step("Settings", lambda: made.append(rr.Settings(**given)), TYPED)
    if made:
        yield Step("round trip", lambda: same_settings(made[0]))
        yield Step("columns", lambda: rr.columns(made[0]))
        first = made[0]
        yield Step("extract", lambda: rr.extract(image, mask, first, label=label, **options), TYPED)
        one = label[0] if isinstance(label, list) and label else label
        options = {**options, "label": one}
        features, more = maps
        yield Step(
            "feature_maps",
            lambda: rr.feature_maps(image, mask, features, settings=first, **more, **options),
            TYPED,
        )
        yield Step("matrices", lambda: list(rr.matrices(image, mask, first, **options)), TYPED)
    options = {name: options[name] for name in options if name != "label"}
    yield Step("filter_image", lambda: rr.filter_image(image, alone, **options), TYPED)


def _maps(rng: random.Random) -> tuple[Any, dict[str, Any]]:
    """Features and other arguments of `feature_maps`."""
    features = rng.choice([["glcm"], ["glszm", "ngtdm"], None, rng.sample(FEATURES, 3), MAPPED])
    if rng.random() < 0.05:
        features = odd.thing(rng)
    far = [3, 15] if isinstance(features, list) and features == ["glcm"] else []
    radius = rng.choice([1, 1, 1, 2, *far]) if rng.random() < 0.9 else odd.whole(rng)
    more = {"radius": radius, "in_plane": rng.random() < 0.3, "masked": rng.random() < 0.7}
    if rng.random() < 0.05:
        more[rng.choice(["radius", "outside"])] = odd.thing(rng)
    if rng.random() < 0.1:
        more["memory_mb"] = abs(odd.real(rng))
    return features, more


def settings(rng: random.Random) -> dict[str, Any]:
    """Settings, most of them right; few cases have none that is wrong."""
    found: dict[str, Any] = {"profile": rng.choice(["ibsi", "ibsi", "pyradiomics", "ibsi_2d"])}
    makers = rng.sample(list(SETTINGS.items()), rng.randint(0, 7))
    for name, make in makers:
        found[name] = make(rng)
    if rng.random() < 0.8:
        found.update(_bins(rng))
    if rng.random() < 0.5:
        found["filters"] = [filter_of(rng) for _ in range(rng.choice([1, 1, 2]))]
    _completed(rng, found)
    if rng.random() < 0.08:
        found[rng.choice([*SETTINGS, "filters", "bin_width", "bin_edges"])] = odd.thing(rng)
    return found


def _bins(rng: random.Random) -> dict[str, Any]:
    kind = rng.random()
    if kind < 0.35:
        width = abs(odd.real(rng)) if rng.random() < 0.5 else rng.choice([1, 5, 25, 0.1, [10, 25]])
        return {"bin_width": width}
    if kind < 0.75:
        return {"bin_number": rng.choice([1, 2, 8, 32, 64, 256, 1000, 65535, [8, 16]])}
    if kind < 0.9:
        edges = sorted({odd.real(rng) for _ in range(rng.randint(2, 9))})
        return {"bin_edges": edges, "bin_number": None}
    return {"bin_number": None, "bin_width": None}


def _completed(rng: random.Random, found: dict[str, Any]) -> None:
    """Add what settings are refused without."""
    needed = {
        "normalise_scale": ("normalise", True),
        "normalise_clip": ("normalise", True),
        "resegment_unit": ("resegment_range", _range(rng)),
        "filter_crop_voxels": ("filter_crop", rng.choice(["always", "when_interpolated"])),
        "bin_anchor": ("bin_width", 10),
    }
    for name, (other, value) in needed.items():
        if name in found:
            found.setdefault(other, value)


def _range(rng: random.Random) -> list[float | None]:
    ends = sorted(rng.choice([-1000, -1, 0, 0.5, 100, odd.real(rng)]) for _ in "ab")
    return [None if rng.random() < 0.2 else end for end in ends]


def _mm(rng: random.Random) -> Any:
    kind = rng.random()
    if kind < 0.75:
        return [rng.choice([None, 0.5, 1, 2, 3.3, round(rng.uniform(0.3, 6), 2)]) for _ in "zyx"]
    return [10 ** rng.uniform(-4, 3) for _ in "zyx"] if kind < 0.85 else abs(odd.real(rng))


def _either(*sane: Any, whole: bool = False) -> Any:
    """Mostly one of these, else an odd number."""
    other = odd.whole if whole else odd.real
    return lambda rng: rng.choice(sane) if rng.random() < 0.85 else other(rng)


def _among(*choices: Any) -> Any:
    return lambda rng: rng.choice(choices)


_FLAG = _among(True, False)

SETTINGS = {
    "geometry_tolerance": _either(1e-4, 0, 1),
    "normalise": _FLAG,
    "normalise_scale": _either(1, 100),
    "normalise_clip": _either(3, None),
    "resample_spacing_mm": _mm,
    "grid_alignment": _among("centre", "corner"),
    "keep_single_slices": _FLAG,
    "image_interpolation": _among(*INTERPOLATIONS),
    "mask_interpolation": _among(*INTERPOLATIONS),
    "mask_threshold": _either(0.5, 0.01, 1),
    "intensity_rounding": _among("none", "nearest", "voxel_type"),
    "resegment_range": _range,
    "resegment_unit": _among("intensity", "maximum", "sigma"),
    "morphological_mask": _among("as_drawn", "cropped", "resegmented"),
    "resegment_sigma": _either(3, 1, 0.1, None),
    "filter_crop": _among("never", "when_interpolated", "always"),
    "filter_crop_voxels": _either(0, 5, 1000, 10**6, whole=True),
    "single_slices": _among("planar", "volume"),
    "mesh_faces": _among("inside_apart", "complement_symmetric"),
    "axes_covariance": _among("sample", "population"),
    "bin_anchor": _among("lower_bound", "multiple_of_width"),
    "bin_assignment": _among("formula", "edges"),
    "ivh_bin_width": _either(1, 0.1, None),
    "ivh_bin_number": _either(1000, 1, 65535, whole=True),
    "ivh_bin_edges": lambda rng: sorted({odd.real(rng) for _ in range(rng.randint(2, 9))}),
    "distances": lambda rng: rng.sample([1, 2, 3, 5, 20, 64], rng.randint(1, 3)),
    "slice_axis": _either(0, 1, 2, whole=True),
    "glcm_symmetric": _FLAG,
    "distance_weighting": _among("manhattan", "euclidean", "infinity", None),
    "glrlm_drop_single_voxel_lines": _FLAG,
    "ngtdm_count_isolated": _FLAG,
    "intensity_shift": _either(0, 1000),
    "ngldm_alpha": _either(0, 1, 5, whole=True),
    "aggregations": lambda rng: rng.sample(AGGREGATIONS, rng.randint(1, 4)),
    "feature_set": _among("ibsi", "pyradiomics"),
    "families": lambda rng: rng.sample(FAMILIES, rng.randint(0, 3)),
    "features": lambda rng: rng.sample(FEATURES, rng.randint(0, 3)),
}


def filter_of(rng: random.Random) -> Any:
    """A filter, and its parameters."""
    if rng.random() < 0.03:
        return odd.thing(rng)
    plain = ["original", "square", "square_root", "logarithm", "exponential"]
    name = rng.choice([*plain, *list(FILTERS) * 2])
    if name in plain:
        return name
    needed, more = FILTERS[name]
    chosen = itertools.chain(
        needed.items(), rng.sample(list(more.items()), rng.randint(0, len(more)))
    )
    parameters = {key: make(rng) for key, make in chosen}
    if rng.random() < 0.03:
        parameters[rng.choice([*needed, *more])] = odd.thing(rng)
    return {name: parameters}


def _inner(rng: random.Random) -> dict[str, Any]:
    name = rng.choice(["laplacian_of_gaussian", "simoncelli"])
    needed, more = FILTERS[name]
    given = {**needed, **{key: more[key] for key in more if key not in ("method", "dimensions")}}
    return {name: {key: make(rng) for key, make in given.items()}}


def _kernels(rng: random.Random) -> str:
    kernels = ["L5", "E5", "S5", "W5", "R5", "L3", "E3", "S3"]
    return "".join(rng.choice(kernels) for _ in range(rng.choice([2, 3, 3, 3])))


def _subband(rng: random.Random) -> str:
    return "".join(rng.choice("LH") for _ in range(rng.choice([2, 3, 3, 3])))


_MM = _either(0.3, 1, 1.5, 2, 3, 5)
_DIMENSIONS = {"dimensions": _among("3D", "2D"), "boundary": _among(*BOUNDARIES)}
_ROTATED = {
    "rotation_invariant": _FLAG,
    "pooling": _among("max", "mean"),
    "boundary": _among(*BOUNDARIES),
}
_LEVEL = _either(1, 2, 3, 16, whole=True)

#: {filter: (what must be given, what may be)}
FILTERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "mean": ({"support_voxels": _either(1, 3, 5, 15, 101, whole=True)}, _DIMENSIONS),
    "laplacian_of_gaussian": (
        {"sigma_mm": _MM},
        {
            "truncate_sigma": _either(4, 1, 9),
            "method": _among("sampled", "recursive"),
            **_DIMENSIONS,
        },
    ),
    "laws": ({"kernels": _kernels}, {"energy_delta_voxels": _either(1, 7, whole=True), **_ROTATED}),
    "gabor": (
        {"sigma_mm": _MM, "lambda_mm": _MM},
        {
            "gamma": _either(0.5, 1, 2),
            "theta": _either(0, 1),
            "delta_theta": _either(0.4, 0.785, None),
            "pooling": _among("max", "mean"),
            "orthogonal_planes": _FLAG,
            "boundary": _among(*BOUNDARIES),
        },
    ),
    "separable_wavelet": (
        {"wavelet": _among(*WAVELETS), "subband": _subband},
        {"level": _LEVEL, "decomposition": _among("dilated", "repeated"), **_ROTATED},
    ),
    "simoncelli": ({}, {"level": _LEVEL, **_DIMENSIONS}),
    "riesz": (
        {"order": lambda rng: [rng.choice([0, 1, 1, 2, 3, 9]) for _ in "zyx"], "of": _inner},
        {},
    ),
    "gradient": ({}, {"use_spacing": _FLAG, "single_precision": _FLAG}),
    "local_binary_pattern_2d": (
        {},
        {
            "radius": _either(1, 2.5, 5),
            "samples": _either(8, 4, 1, 24, 63, whole=True),
            "method": _among("uniform", "default", "ror", "nri_uniform", "var"),
        },
    ),
    "local_binary_pattern_3d": (
        {
            "map": lambda rng: (
                "kurtosis" if rng.random() < 0.3 else {"degree": _either(0, 1, 5, whole=True)(rng)}
            )
        },
        {"radius": _either(1, 2, 5), "subdivision": _either(0, 1, 2, 3, whole=True)},
    ),
}

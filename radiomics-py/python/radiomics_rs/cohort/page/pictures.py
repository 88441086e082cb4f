"""Pictures of the page: slices with the outline of the region, and a matrix of correlations."""

from __future__ import annotations

import base64
import struct
import warnings
import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from radiomics_rs._core import RadiomicsError, Settings
from radiomics_rs._grids import onto_mask
from radiomics_rs._simpleitk import sitk
from radiomics_rs.cohort.cases import Case, Part, bare, resolved
from radiomics_rs.io import RadiomicsWarning, Volume, read_mask, volume, volumes_on_mask

Bytes: TypeAlias = "npt.NDArray[np.uint8]"
Colour: TypeAlias = "tuple[int, int, int]"

#: Pixels of the longer side of a slice.
SIDE = 240
#: How much is shown round the region: a share of its size, and at least so many millimetres.
ROUND, ROUND_MM = 0.35, 12.0
#: Grey levels of a slice; one more is the outline.
GREYS = 96
OUTLINE: Colour = (255, 170, 0)
#: Steps of a correlation from 0 to 1.
STEPS = 20
#: Most pixels of the side of a matrix.
MOST_PIXELS = 800


class Overlay(NamedTuple):
    """A case as a picture."""

    case_id: str
    source: str
    """Data URI of a PNG; empty if there is none."""
    size: tuple[int, int]
    """Pixels across and down."""
    text: str
    """What is seen, or why nothing is."""


def png(pixels: Bytes, palette: Sequence[Colour]) -> bytes:
    """A PNG file of rows of places in a palette of at most 256 colours."""
    rows, columns = pixels.shape
    # Each row begins with its filter: none.
    lines = np.hstack([np.zeros((rows, 1), np.uint8), pixels])
    header = struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)
    chunks = [
        (b"IHDR", header),
        (b"PLTE", bytes(value for colour in palette for value in colour)),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def data_uri(file: bytes) -> str:
    """A PNG file as the address of an image."""
    return f"data:image/png;base64,{base64.b64encode(file).decode()}"


def overlay(case: Case, folder: str, options: dict[str, Any]) -> Overlay:
    """The axial slice of a case with most of its region; says why if there is none."""
    part = case.parts[0]
    try:
        with warnings.catch_warnings():
            # The table has them.
            warnings.simplefilter("ignore", RadiomicsWarning)
            return _drawn(case, *_read(case, part, folder, options))
    # SimpleITK's errors are RuntimeError.
    except (RadiomicsError, OSError, TypeError, ImportError, MemoryError, RuntimeError) as error:
        text = " ".join(str(error).split()) or type(error).__name__
        if isinstance(error, OSError) and error.filename is not None and error.strerror:
            text = f"{error.filename}: {error.strerror}"
        text = bare(text, folder, case.paths())
        return Overlay(case.case_id, "", (0, 0), f"cannot be shown: {text}")


def _read(case: Case, part: Part, folder: str, options: dict[str, Any]) -> tuple[Volume, Volume]:
    """The first image and its mask on one grid, as the run has read them."""
    image: Any = resolved(folder, part.images[0][1])
    mask: Any = resolved(folder, part.mask)
    if case.roi is not None:
        image = volume(image, None)
        mask = read_mask(mask, image=image, roi=case.roi)
    images, placed = volumes_on_mask(
        {"image": image},
        mask,
        None,
        [case.label],
        resample_mask=bool(options.get("resample_mask", False)),
        label_channel=case.label_channel,
    )
    tolerance = options.get("geometry_tolerance")
    settings = Settings() if tolerance is None else Settings(geometry_tolerance=tolerance)
    resample = bool(options.get("resample_images", False))
    images, _ = onto_mask({"image": image}, images, placed, settings, resample=resample)
    return images[0], placed


def _drawn(case: Case, image: Volume, mask: Volume) -> Overlay:
    # The patient's right is at the left of the picture, and the front at the top.
    region = _axial(Volume((mask.voxels == case.label).astype(np.uint8), *mask.geometry))
    inside = region.voxels > 0
    areas = inside.sum(axis=(1, 2))
    if not areas.any():
        raise RadiomicsError(f"the mask has no voxel with the label {case.label}")
    index = int(areas.argmax())
    spacing = region.spacing_mm[1:]
    box = tuple(
        _range(inside[index].any(axis=1 - axis), spacing[axis], length)
        for axis, length in enumerate(inside.shape[1:])
    )
    shown = np.asarray(_axial(image).voxels[index], dtype=np.float64)[box]
    pixels = _pixels(shown, inside[index][box], spacing)
    greys = [(g, g, g) for g in np.linspace(0, 255, GREYS).round().astype(int).tolist()]
    name = case.parts[0].images[0][0]
    text = (
        f"{f'image {name}, ' if name else ''}slice {index + 1} of {len(areas)} from below, with "
        f"{int(areas[index])} of the {int(areas.sum())} voxels of the region"
    )
    source = data_uri(png(pixels, [*greys, OUTLINE]))
    return Overlay(case.case_id, source, (pixels.shape[1], pixels.shape[0]), text)


def _axial(given: Volume) -> Volume:
    """A volume whose axes run up, back and to the left, as nearly as they can."""
    turned = sitk.DICOMOrient(given.to_sitk(), "LPS")
    spacing = turned.GetSpacing()[::-1]
    return Volume(sitk.GetArrayFromImage(turned), (spacing[0], spacing[1], spacing[2]))


def _range(line: npt.NDArray[np.bool_], step_mm: float, length: int) -> slice:
    """What is shown along an axis, on which the region is where the line is true."""
    held = np.flatnonzero(line)
    first, last = int(held[0]), int(held[-1])
    margin = int(np.ceil(max(ROUND * (last - first + 1), ROUND_MM / step_mm)))
    return slice(max(first - margin, 0), min(last + margin + 1, length))


def _pixels(shown: Any, inside: Any, spacing_mm: Sequence[float]) -> Bytes:
    """Square pixels: greys from the 1st to the 99th percentile, and the outline."""
    size_mm = [n * step for n, step in zip(shown.shape, spacing_mm, strict=True)]
    scale = SIDE / max(size_mm)
    places = [
        np.minimum(
            ((np.arange(max(round(mm * scale), 1)) + 0.5) / (step * scale)).astype(int), n - 1
        )
        for mm, step, n in zip(size_mm, spacing_mm, shown.shape, strict=True)
    ]
    finite = shown[np.isfinite(shown)]
    low, high = np.percentile(finite, (1, 99)) if finite.size else (0.0, 0.0)
    share = np.nan_to_num((shown - low) / (high - low if high > low else 1.0), nan=0.0)
    greys = np.clip(np.rint(share * (GREYS - 1)), 0, GREYS - 1).astype(np.uint8)
    pixels = greys[np.ix_(*places)]
    large = np.pad(inside[np.ix_(*places)], 1)
    core = large[1:-1, 1:-1]
    deep = large[:-2, 1:-1] & large[2:, 1:-1] & large[1:-1, :-2] & large[1:-1, 2:]
    edge = np.pad(core & ~deep, 1)
    # Two pixels wide, so that it is seen on screens of any density.
    wide = edge[1:-1, 1:-1] | edge[:-2, 1:-1] | edge[1:-1, :-2]
    return np.where(wide, np.uint8(GREYS), pixels)


def heat_map(correlation: npt.NDArray[np.float64], order: Sequence[int]) -> tuple[str, int]:
    """Absolute correlations as a square picture; returns its data URI and pixels of a side."""
    chosen = np.array(order, dtype=np.intp)
    step = -(-len(chosen) // MOST_PIXELS)
    chosen = chosen[::step]
    part = np.nan_to_num(np.abs(correlation[np.ix_(chosen, chosen)]), nan=0.0)
    pixels = np.rint(part * STEPS).astype(np.uint8)
    share = np.linspace(0.0, 1.0, STEPS + 1)[:, None]
    light, dark = np.array([[246, 248, 250]]), np.array([[8, 48, 107]])
    palette = np.rint(light + share * (dark - light)).astype(int).tolist()
    return data_uri(png(pixels, [(r, g, b) for r, g, b in palette])), len(chosen)

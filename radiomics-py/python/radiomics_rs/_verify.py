"""The proof against the published values of IBSI 1 and IBSI 2."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypeAlias

from radiomics_rs import _core
from radiomics_rs._arguments import whole
from radiomics_rs.io import Volume, read

PLACES = ("ct_phantom", "ibsi1/ct_phantom", ".")
MAP_PLACES = ("ibsi2", ".")

_Pair: TypeAlias = tuple[Volume, Volume]


def verify(data: str | os.PathLike[str] | None = None, *, threads: int = 0) -> _core.Verification:
    """Recompute the published values of IBSI 1 and IBSI 2 and compare.

    Args:
        data: a folder with the CT phantom of IBSI 1, `image.nii.gz` and `mask.nii.gz`, in it or
            in its subfolder `ct_phantom` or `ibsi1/ct_phantom`: then configurations A to E of
            IBSI 1 and the filters of phase 2 of IBSI 2 are checked too; and the response maps of
            phase 1 if `phantoms` and `reference_response_maps` are in it or in its subfolder
            `ibsi2`. Without `data`, the embedded digital phantom alone.
        threads: number of threads, 0 for all cores.

    Returns:
        Published values beside ours: `all_inside`, `records()`, `summary()` and `to_text(style)`
        with a style of "table", "csv", "json" or "markdown".

    Raises:
        ReadError: `data` holds no CT phantom, or files that cannot be read.
    """
    if data is None:
        return _core.verify(None, {}, threads=whole("threads", threads))
    folders = [Path(data) / place for place in PLACES]
    for folder in folders:
        image, mask = folder / "image.nii.gz", folder / "mask.nii.gz"
        if image.is_file() and mask.is_file():
            # Held until the end: arrays are views of what they were read into.
            phantom, maps = _pair(image, mask), _maps(Path(data))
            arguments = {test: _arguments(pair) for test, pair in maps.items()}
            return _core.verify(_arguments(phantom), arguments, threads=whole("threads", threads))
    raise _core.ReadError(
        f"{data} holds no CT phantom: image.nii.gz and mask.nii.gz are in none of "
        + ", ".join(str(folder) for folder in folders)
    )


def _pair(image: Path, other: Path) -> _Pair:
    return read(image, "image"), read(other, other.stem.partition(".")[0])


def _arguments(pair: _Pair) -> tuple[Any, Any, Any, Any]:
    first, second = pair
    return first.voxels, first.geometry, second.voxels, second.geometry


def _maps(data: Path) -> dict[str, _Pair]:
    for folder in (data / place for place in MAP_PLACES):
        tests = [(t, folder / a, folder / b) for t, a, b in _core.response_map_tests()]
        found = {t: (a, b) for t, a, b in tests if a.is_file() and b.is_file()}
        if found:
            return {test: _pair(*files) for test, files in found.items()}
    return {}

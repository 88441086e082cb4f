"""What there is to try the package on, without files: IBSI's digital phantom, and a liver."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from radiomics_rs import _core, _liver
from radiomics_rs._arguments import near
from radiomics_rs._choices import EXAMPLES
from radiomics_rs._core import SettingsError
from radiomics_rs.io import Record, Volume, text_file, write_image

Phantom: TypeAlias = (
    "tuple[npt.NDArray[np.int16], npt.NDArray[np.uint8], tuple[float, float, float]]"
)

ULTRASOUND = "ultrasound"
MADE = "made by code: no patient, and the same voxels on every machine"


@dataclass(frozen=True)
class Example:
    """Images of one liver with a tumour, and what is where: made by code, of no patient.

    `example.mask` is on the grid of all `images` but "ultrasound", which has a mask of its own.
    Masks know what their labels are called, so that `label` can be a name.
    """

    images: Mapping[str, Volume]
    """By name: CT in HU in the phases "arterial", "portal" and "delayed", "mr" in arbitrary units,
    "pet" in SUV, all on one grid (z, y, x) of 40 x 96 x 96 voxels of 3 x 2 x 2 mm; and
    "ultrasound", a frame of 1 x 160 x 200 pixels of 0.5 mm."""
    mask: Volume
    """Label map (z, y, x): the ground truth of all images but "ultrasound"."""
    ultrasound_mask: Volume
    """Label map (1, y, x) of the frame of ultrasound: liver, tumour and vessels."""

    @property
    def labels(self) -> dict[str, int]:
        """The labels of the masks by name, such as `{"liver": 1, "tumour": 2, ...}`."""
        return dict(_liver.LABELS)

    @property
    def phases(self) -> dict[str, Volume]:
        """The three phases of CT by name, as `extract` takes several images."""
        return {name: self.images[name] for name in _liver.PHASES}

    def mask_of(self, image: str) -> Volume:
        """The mask on the grid of an image, by the image's name; raises SettingsError."""
        _known(image, list(self.images), "image of the example")
        return self.ultrasound_mask if image == ULTRASOUND else self.mask

    def write(self, folder: str | os.PathLike[str]) -> list[Path]:
        """Write the images and masks as NIfTI files, and a table of the labels' names.

        Args:
            folder: made if it does not exist; files of these names in it are replaced.

        Returns:
            The paths: an image each, such as `portal.nii.gz`, `mask.nii.gz`,
            `ultrasound_mask.nii.gz` and `labels.csv`.

        Raises:
            OSError: a folder or file that cannot be written.
        """
        place = Path(folder).expanduser()
        place.mkdir(parents=True, exist_ok=True)
        volumes = {**self.images, "mask": self.mask, "ultrasound_mask": self.ultrasound_mask}
        paths = [place / f"{name}.nii.gz" for name in volumes]
        for volume, path in zip(volumes.values(), paths, strict=True):
            write_image(volume.to_sitk(), path, compressed=True)
        names = place / "labels.csv"
        with text_file(names) as file:
            lines = [f"{label},{name}\n" for name, label in self.labels.items()]
            file.write("".join(("label,name\n", *lines)))
        return [*paths, names]

    def __repr__(self) -> str:
        return f"<Example: images {', '.join(self.images)}; labels {', '.join(self.labels)}>"


@overload
def example(name: Literal["ibsi"] = "ibsi") -> Phantom: ...


@overload
def example(name: Literal["liver"]) -> Example: ...


@overload
def example(name: str) -> Phantom | Example: ...


def example(name: str = "ibsi") -> Any:
    """What to try the package on, without files.

    >>> liver = rr.example("liver")
    >>> table = rr.extract(liver.images["portal"], liver.mask, {"bin_width": 10}, label="tumour")
    >>> round(table["original_intensity_statistics_mean"])
    93

    Args:
        name: "ibsi", the digital phantom of IBSI 1, or "liver", a liver with a tumour in three
            phases of CT, MR, PET and ultrasound, which is made by code.

    Returns:
        Of "ibsi" the image and the mask, arrays (z, y, x), and the spacing (z, y, x) in
        millimetres; of "liver" an `Example`. New ones with each call, which may be written to.

    Raises:
        SettingsError: there is no example of that name.
    """
    _known(name, EXAMPLES, "example")
    if name == "ibsi":
        return _core.example()
    drawn = _liver.scene()
    images = {kind: _volume(_liver.volume_of(drawn, kind), kind) for kind in _liver.KINDS}
    frame, frame_labels = _liver.frame()
    images[ULTRASOUND] = _volume(frame, ULTRASOUND)
    return Example(
        images,
        _volume(_liver.labels_of(drawn), "mask", _liver.LABELS),
        _volume(frame_labels, "mask of the ultrasound", _liver.LABELS),
    )


def _volume(voxels: npt.NDArray[Any], name: str, labels: Mapping[str, int] | None = None) -> Volume:
    spacing = _liver.SPACING_MM if voxels.shape == _liver.SHAPE else _liver.FRAME_SPACING_MM
    record = Record().with_step("example", f"{name} of the example liver, {MADE}")
    return Volume(voxels, spacing, record=record, names=dict(labels or {}))


def _known(name: object, names: tuple[str, ...] | list[str], what: str) -> None:
    if name not in names:
        raise SettingsError(
            f"there is no {what} called {name!r}: give one of {', '.join(names)}{near(name, names)}"
        )

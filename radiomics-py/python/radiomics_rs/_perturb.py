"""Perturbed images and masks, to see which features stay what they are."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

from radiomics_rs import _core
from radiomics_rs._arguments import (
    TEXT,
    SettingsLike,
    label_of,
    memory_of,
    real,
    settings_of,
    whole,
)
from radiomics_rs._core import SettingsError
from radiomics_rs.io import ImageLike, Record, Volume, volumes
from radiomics_rs.io.voxels import matrix, triple

#: How the size of a mask is changed.
KINDS = ("fraction", "distance")
#: More repetitions than anybody has use for.
MOST = 100_000
#: How much of the image there is round the region unless another number is given.
MARGIN_MM = 25.0


@dataclass(frozen=True, eq=False)
class Perturbed:
    """An image and a mask that were perturbed, both on one grid of the settings' spacing."""

    name: str
    """What was done, such as "rotation_-13_noise_1"; "original" if nothing was."""
    image: Volume
    """Intensities, 64-bit floats, interpolated and rounded as the settings say."""
    mask: Volume
    """The region, 0 and 1."""
    record: Record
    """What was done, with the level of the noise and the voxels of the region at each step."""


class Perturbations(Sequence[Perturbed]):
    """Perturbations in order and by name, each of them computed when it is asked for."""

    def __init__(self, made: dict[str, _core.Perturbation], compute: Any) -> None:
        """Perturbations by their names, and what computes one."""
        self._made = made
        self._names = [*made]
        self._compute = compute

    @property
    def names(self) -> list[str]:
        """The names, in order; nothing is computed for them."""
        return [*self._names]

    def __len__(self) -> int:
        return len(self._names)

    @overload
    def __getitem__(self, index: int | str) -> Perturbed: ...
    @overload
    def __getitem__(self, index: slice) -> Perturbations: ...

    def __getitem__(self, index: int | str | slice) -> Any:
        """The perturbation at a place or of a name, or several of them."""
        if isinstance(index, slice):
            part = {name: self._made[name] for name in self._names[index]}
            return Perturbations(part, self._compute)
        if isinstance(index, str) and index not in self._made:
            import difflib

            near = difflib.get_close_matches(index, self._names, 1, 0.4)
            raise KeyError(
                f"there is no perturbation {index!r}"
                + "".join(f"; did you mean {n!r}?" for n in near)
            )
        name = index if isinstance(index, str) else self._names[index]
        return self._compute(name, self._made[name])

    def __repr__(self) -> str:
        return f"Perturbations({self._names})"


@dataclass(frozen=True)
class Plan:
    """Which perturbations there are to be, as `perturb` is told, whatever the image."""

    rotations: list[tuple[float, ...]]
    translations: list[tuple[float, ...]]
    noise: int
    noise_level: float | None
    volume: list[float]
    volume_by: str
    minimum_volume: float
    contour: int
    seed: int
    margin_mm: float

    @classmethod
    def of(
        cls,
        *,
        rotations: Any = (0.0,),
        translations: Any = (0.0,),
        noise: Any = 0,
        noise_level: Any = None,
        volume: Any = (0.0,),
        volume_by: Any = "fraction",
        minimum_volume: Any = 0.8,
        contour: Any = 0,
        seed: Any = 0,
        margin_mm: Any = MARGIN_MM,
    ) -> Plan:
        """The plan of arguments as those of `perturb`; raises SettingsError or TypeError."""
        if volume_by not in KINDS:
            raise SettingsError(f"volume_by is {volume_by!r}: give one of {', '.join(KINDS)}")
        seed = whole("seed", seed)
        if seed < 0:
            raise SettingsError(f"seed is {seed}: give a whole number from 0 on")
        return cls(
            rotations=[_about_z(one) for one in _several("rotations", rotations)],
            translations=[_all_axes(one) for one in _several("translations", translations)],
            noise=_repetitions("noise", noise),
            noise_level=None if noise_level is None else real("noise_level", noise_level),
            volume=[one for (one,) in _several("volume", volume, (1,))],
            volume_by=volume_by,
            minimum_volume=real("minimum_volume", minimum_volume),
            contour=_repetitions("contour", contour),
            seed=seed,
            margin_mm=real("margin_mm", margin_mm),
        )

    def perturbations(self) -> dict[str, _core.Perturbation]:
        """A perturbation for each combination, by its name; raises SettingsError."""
        made: dict[str, _core.Perturbation] = {}
        kind = "volume" if self.volume_by == "fraction" else "volume_mm"
        every = itertools.product(
            self.rotations,
            self.translations,
            _numbered(self.noise),
            self.volume,
            _numbered(self.contour),
        )
        for rotation, translation, noise, size, contour in every:
            one = _core.Perturbation(
                rotation_deg=rotation,
                translation=translation,
                noise=noise,
                contour=contour,
                **{kind: size},
            )
            if one.name in made:
                raise SettingsError(f"the perturbation {one.name!r} is given twice: give each once")
            made[one.name] = one
        return made

    def computed(
        self,
        name: str,
        perturbation: _core.Perturbation,
        image: Volume,
        mask: Volume,
        settings: _core.Settings,
        limits: Mapping[str, Any],
    ) -> Perturbed:
        """Image and mask with one perturbation; raises as `perturb` says.

        `limits` are the label, threads and memory.
        """
        values, inside, geometry, level, voxels = _core.perturb(
            *image.located,
            *mask.located,
            settings,
            perturbation,
            seed=self.seed,
            noise_level=self.noise_level,
            minimum_volume=self.minimum_volume,
            margin_mm=self.margin_mm,
            **limits,
        )
        interpolated, resized, drawn = voxels
        parts = [f"{name}, seed {self.seed}"]
        if level is not None:
            parts.append(f"noise of standard deviation {level:g}")
        parts.append(f"{interpolated} voxels of {'x'.join(f'{s:g}' for s in geometry[0])} mm")
        if resized != interpolated:
            parts.append(f"{resized} after its size was changed")
        if drawn != resized:
            parts.append(f"{drawn} with another contour")
        record = Record().with_step(
            "perturb",
            "; ".join(parts),
            name=name,
            seed=self.seed,
            noise_level=level,
            voxels_interpolated=interpolated,
            voxels_resized=resized,
            voxels=drawn,
        )
        spacing, origin, direction = geometry
        place = triple(spacing), triple(origin), matrix(direction)
        of_image = Volume(values, *place, record=image.record + record)
        of_mask = replace(of_image, voxels=inside, record=mask.record + record)
        return Perturbed(name, of_image, of_mask, record)


def perturb(
    image: ImageLike,
    mask: ImageLike,
    settings: SettingsLike = None,
    *,
    label: int | str = 1,
    rotations: Any = (0.0,),
    translations: Any = (0.0,),
    noise: int = 0,
    noise_level: float | None = None,
    volume: Any = (0.0,),
    volume_by: str = "fraction",
    minimum_volume: float = 0.8,
    contour: int = 0,
    seed: int = 0,
    margin_mm: float = MARGIN_MM,
    threads: int = 0,
    spacing_mm: float | Sequence[float] | None = None,
    resample_mask: bool = False,
    label_channel: int | None = None,
    memory_mb: float | None = None,
) -> Perturbations:
    """Images and masks as another scan, interpolation grid or observer could have given them.

    There is a perturbation for each combination of what is asked for, as in MIRP. Give `image` and
    `mask` of each to `extract` with the same settings: they lie on a grid of their spacing, so that
    nothing is interpolated a second time. What is done, in this order: noise, one interpolation to
    the turned and shifted grid, size of the mask, contour (Zwanenburg et al., Scientific Reports
    2019, 9: 614).

    Random numbers depend on `seed` and on the name of a perturbation alone: other perturbations
    beside it, their order, or the number of threads do not move a bit.

    Args:
        image: as for `extract`.
        mask: as for `extract`.
        settings: those that features are computed with; their interpolation and rounding are used.
        label: which label of the mask is the region, or its name if the mask has `names`; in
            the result it is 1.
        rotations: angles in degrees, by which the interpolation grid turns in its plane about the
            middle of the region, from x towards y; or three of them, (z, y, x), about each axis.
            MIRP: perturbation_rotation_angles.
        translations: shifts of the interpolation grid in voxels of it, from 0 to below 1, along all
            axes; or three of them, (z, y, x). MIRP: perturbation_translation_fraction.
        noise: how many times noise is added; 0 for an image without.
            MIRP: perturbation_noise_repetitions.
        noise_level: its standard deviation in units of intensity; None for that of the image round
            the region (median of the diagonal coefficients of the stationary wavelet coif1 over
            0.6745: Chang et al., IEEE Trans Image Process 2000, 9: 1532-1546).
            MIRP: perturbation_noise_level.
        volume: how much larger or smaller the mask becomes; negative for smaller.
            MIRP: perturbation_roi_adapt_size.
        volume_by: "fraction" of the volume, or "distance" in millimetres.
            MIRP: perturbation_roi_adapt_type.
        minimum_volume: share of its volume that a mask keeps at least when it shrinks by a
            distance. MIRP: perturbation_roi_adapt_max_erosion.
        contour: how many times the contour is drawn anew, along supervoxels of the image; 0 for the
            contour as it is. MIRP: perturbation_randomise_roi_repetitions.
        seed: where random numbers begin, from 0 on.
        margin_mm: how much of the image there is round the region, for filters. Filters that look
            further see the edge of it.
        threads: number of threads, 0 for all cores. It never changes a number.
        spacing_mm: as for `extract`.
        resample_mask: as for `extract`.
        label_channel: as for `extract`.
        memory_mb: as for `extract`.

    Returns:
        The perturbations, which are computed one at a time, when they are asked for.

    Raises:
        SettingsError: a number that is out of range, or a perturbation that is given twice; and
            when it is computed, settings that normalise the image, or a single slice that would
            be tilted or grow by a distance.
        RadiomicsError: an image, mask or label that cannot be used.
        TypeError: an argument of a kind that is not listed here.
        OSError: a file that cannot be opened.
    """
    label, chosen, memory_mb = label_of(label, mask), settings_of(settings), memory_of(memory_mb)
    plan = Plan.of(
        rotations=rotations,
        translations=translations,
        noise=noise,
        noise_level=noise_level,
        volume=volume,
        volume_by=volume_by,
        minimum_volume=minimum_volume,
        contour=contour,
        seed=seed,
        margin_mm=margin_mm,
    )
    made = plan.perturbations()
    limits = {"label": label, "threads": whole("threads", threads), "memory_mb": memory_mb}
    image_volume, mask_volume = volumes(
        image, mask, spacing_mm, [label], resample_mask=resample_mask, label_channel=label_channel
    )

    def compute(name: str, perturbation: _core.Perturbation) -> Perturbed:
        return plan.computed(name, perturbation, image_volume, mask_volume, chosen, limits)

    return Perturbations(made, compute)


def _several(name: str, given: Any, lengths: tuple[int, ...] = (1, 3)) -> list[tuple[float, ...]]:
    """A number or several of them, each a number or one for each axis."""
    members = _members(given)
    if not members:
        raise SettingsError(f"{name} is empty: give at least one number, 0 for no change")
    found = []
    for member in members:
        numbers = tuple(real(name, x) for x in _members(member))
        if len(numbers) not in lengths:
            wanted = " or ".join(map(str, lengths))
            raise SettingsError(f"{name} has {member!r}: give {wanted} number(s) each")
        if not all(map(math.isfinite, numbers)):
            raise SettingsError(f"{name} has {member!r}: give finite numbers")
        found.append(numbers)
    return found


def _members(given: Any) -> list[Any]:
    return [*given] if isinstance(given, Iterable) and not isinstance(given, TEXT) else [given]


def _about_z(given: tuple[float, ...]) -> tuple[float, ...]:
    return given if len(given) == 3 else (given[0], 0.0, 0.0)


def _all_axes(given: tuple[float, ...]) -> tuple[float, ...]:
    return given if len(given) == 3 else given * 3


def _repetitions(name: str, given: Any) -> int:
    number = whole(name, given)
    if not 0 <= number <= MOST:
        raise SettingsError(f"{name} is {number}: give a number of repetitions, 0 to {MOST}")
    return number


def _numbered(repetitions: int) -> list[int | None]:
    return [*range(1, repetitions + 1)] if repetitions else [None]

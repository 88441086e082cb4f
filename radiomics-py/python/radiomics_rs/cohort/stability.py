"""Cases computed again with perturbed images and masks, to see which features are stable."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from radiomics_rs import _core
from radiomics_rs._core import RadiomicsError, Settings, SettingsError
from radiomics_rs._perturb import Plan
from radiomics_rs._work import OnMask
from radiomics_rs.cohort.lines import one_line
from radiomics_rs.io import Volume
from radiomics_rs.io.errors import check_table

StabilityLike: TypeAlias = "str | os.PathLike[str] | Mapping[str, Any] | Sequence[Any] | None"

#: What `perturb` takes besides image, mask, and what is the run's or the case's own.
WORDS = tuple(one.name for one in fields(Plan))
#: Fewest perturbations that can disagree.
LEAST = 2
#: Seeds of cases leave room for those of perturbations, which are added to them.
SEED_BITS = 48
WANTED = f"give a list of mappings with the arguments of perturb: {', '.join(WORDS)}"


@dataclass(frozen=True)
class Stability:
    """The perturbations with which each case is computed."""

    plans: tuple[Plan, ...]
    names: tuple[str, ...]
    """Of all perturbations, in order."""

    def identity(self) -> list[dict[str, Any]]:
        """What says which perturbations they are."""
        return [asdict(plan) for plan in self.plans]


class Found(NamedTuple):
    """What came of one perturbation."""

    values: list[float]
    """NaN if it could not be computed."""
    codes: list[str]
    """Codes of the warnings."""
    error: str


def stability_of(given: StabilityLike, settings: Settings) -> Stability | None:
    """The perturbations that an argument stands for.

    Raises SettingsError for some that cannot be, TypeError for an argument of another kind,
    OSError for a file that cannot be opened.
    """
    if given is None:
        return None
    what = "stability"
    if isinstance(given, str | os.PathLike):
        what = os.fspath(given)
        given = _of_file(Path(given))
    if isinstance(given, Mapping):
        given = [given]
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise TypeError(f"{what} is {given!r}: {WANTED}")
    plans = tuple(_plan(f"{what}, entry {k}", one) for k, one in enumerate(given, 1))
    names: list[str] = []
    for plan in plans:
        for name, perturbation in plan.perturbations().items():
            if name in names:
                raise SettingsError(
                    f"{what} has the perturbation {name!r} twice: give each once, as repetitions "
                    "of `noise` or `contour` are by their number"
                )
            names.append(name)
            _check(plan, name, perturbation, settings)
    if len(names) < LEAST:
        raise SettingsError(f"{what} has {len(names)} perturbations: give two or more to compare")
    return Stability(plans, tuple(names))


def _of_file(path: Path) -> Any:
    from ruamel.yaml import YAML, YAMLError

    check_table(path, "list of perturbations")
    try:
        return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise SettingsError(f"cannot read {path} as YAML: {reason}; {WANTED}") from None


def _plan(where: str, given: Any) -> Plan:
    if not isinstance(given, Mapping):
        raise TypeError(f"{where} is {given!r}: {WANTED}")
    for word in given:
        if word not in WORDS:
            import difflib

            near = difflib.get_close_matches(str(word), WORDS, 1, 0.6)
            hint = f"did you mean {near[0]!r}?" if near else f"give one of {', '.join(WORDS)}"
            raise SettingsError(f"{where} has {word!r}, which is no argument of perturb; {hint}")
    try:
        return Plan.of(**given)
    except (SettingsError, TypeError) as error:
        raise type(error)(f"{where}: {error}") from None


def _check(plan: Plan, name: str, perturbation: _core.Perturbation, settings: Settings) -> None:
    """Raise what the core says of numbers and settings, before the first case is read."""
    nothing = Volume(np.zeros((1, 1, 1)), (1.0, 1.0, 1.0))
    limits = {"label": 1, "threads": 1, "memory_mb": None}
    try:
        # Numbers are looked at first, then the mask, in which there is no label.
        plan.computed(name, perturbation, nothing, nothing, settings, limits)
    except SettingsError:
        raise
    except RadiomicsError:
        pass


def seed_of(own: Sequence[Any], digests: Sequence[str]) -> int:
    """What is added to the seeds of the perturbations of a case: it follows from its content."""
    text = json.dumps([own, list(digests)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[: SEED_BITS // 8], "big")


def perturbed(
    stability: Stability,
    read: OnMask,
    settings: Settings,
    seed: int,
    limits: Mapping[str, Any],
    compute: Callable[[OnMask], tuple[list[float], list[str]]],
    n_values: int,
) -> Iterator[Found]:
    """What comes of each perturbation, in order: as many values, with the codes of warnings.

    `limits` are the label, threads and memory. Raises what is the machine's or the engine's fault;
    what is the region's is told.
    """
    for plan in stability.plans:
        of_case = replace(plan, seed=plan.seed + seed)
        for name, one in plan.perturbations().items():
            try:
                values, codes = compute(_made(of_case, name, one, read, settings, limits))
            except (_core.OutOfMemoryError, _core.InternalError, MemoryError):
                raise
            except Exception as error:
                kind = "" if isinstance(error, RadiomicsError) else f"{type(error).__name__}: "
                yield Found([math.nan] * n_values, [], one_line(f"{kind}{error}"))
            else:
                yield Found(values, codes, "")


def _made(
    plan: Plan,
    name: str,
    one: _core.Perturbation,
    read: OnMask,
    settings: Settings,
    limits: Mapping[str, Any],
) -> OnMask:
    """Images that were perturbed in the same way, with the mask that the first one leads to.

    An observer draws one contour for all images, so there is one.
    """
    made = {
        image: plan.computed(name, one, voxels, read.mask, settings, limits)
        for image, voxels in read.on_mask.items()
    }
    images = {image: of.image for image, of in made.items()}
    return OnMask(images, images, next(iter(made.values())).mask, [], {})


def kept(seed: int, stability: Stability, parts: Sequence[Sequence[Found]]) -> dict[str, Any]:
    """What the record of a case has of its perturbations, part by part."""
    values: list[list[float]] = []
    codes: list[str] = []
    errors: dict[str, str] = {}
    for name, found in zip(stability.names, zip(*parts, strict=True), strict=True):
        values.append([value for one in found for value in one.values])
        codes.append(";".join(dict.fromkeys(code for one in found for code in one.codes)))
        why = "; ".join(one.error for one in found if one.error)
        if why:
            errors[name] = why
    return {"seed": seed, "values": values, "codes": codes, "errors": errors}

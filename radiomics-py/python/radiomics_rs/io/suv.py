"""PET to standardised uptake values.

SUV = activity per volume / (dose that is left at the time that activity refers to / body size).
What differs between vendors is that time; QIBA's vendor-neutral pathway finds it from the headers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from radiomics_rs._core import ReadError, SettingsError
from radiomics_rs.io.errors import NATIVE, Door
from radiomics_rs.io.record import Record
from radiomics_rs.io.suv_headers import Header, headers_of
from radiomics_rs.io.suv_times import Times, check_given_before, times_of
from radiomics_rs.io.voxels import Volume

KINDS = ("bw", "lbm", "bsa")
RULES = ("qiba", "frame_reference")
#: Units that SUVs of a kind have in DICOM, where values are SUVs already.
STORED = {"BW": "bw", "LBMJANMA": "lbm", "BSA": "bsa"}
#: Philips' private factors: of counts to SUV by body weight, and of counts to Bq/ml.
TO_SUV, TO_BQML = (0x7053, 0x1000), (0x7053, 0x1009)
DOSE, HALF_LIFE = "RadionuclideTotalDose (0018,1074)", "RadionuclideHalfLife (0018,1075)"
LEAST_DOSE_BQ = 1e6
#: By how much the two rules may differ and be taken for the same.
RULES_APART = 0.01


@dataclass(frozen=True)
class Factor:
    """What voxels are multiplied by, and why."""

    factors: npt.NDArray[np.float64]
    """One for each slice."""
    record: Record


def to_suv(
    volume: Volume,
    headers: Sequence[Any],
    suv: str = "bw",
    rule: str = "qiba",
    door: Door = NATIVE,
) -> Volume:
    """A PET volume as standardised uptake values.

    Args:
        volume: rescaled voxels (z, y, x).
        headers: pydicom's data sets of its slices, in their order.
        suv: by body weight ("bw", g/ml), lean body mass of Janmahasatian ("lbm", g/ml) or body
            surface of Du Bois ("bsa", cm²/ml).
        rule: which time activity refers to: "qiba", the vendor-neutral pathway, or
            "frame_reference", from FrameReferenceTime and the duration of the first frame.
        door: told where the rules differ by more than 1 %.

    Returns:
        The volume, 64-bit floats, with the decision "suv" in its record.

    Raises:
        ReadError: headers that no SUV follows from, such as without a weight.
        SettingsError: a kind or a rule that does not exist.
    """
    if len(headers) != volume.voxels.shape[0]:
        raise ReadError(
            f"the PET has {volume.voxels.shape[0]} slices and {len(headers)} headers: "
            "give the header of each slice"
        )
    found = factors(headers, suv, rule, door)
    voxels = volume.voxels.astype(np.float64) * found.factors[:, np.newaxis, np.newaxis]
    return replace(volume, voxels=voxels, owner=None, record=volume.record + found.record)


def factors(
    headers: Sequence[Any], suv: str = "bw", rule: str = "qiba", door: Door = NATIVE
) -> Factor:
    """The factors of `to_suv`; arguments and errors as there."""
    if suv not in KINDS:
        raise SettingsError(f"suv is {suv!r}: give one of {', '.join(KINDS)}, or None")
    if rule not in RULES:
        raise SettingsError(f"suv_rule is {rule!r}: give one of {', '.join(RULES)}")
    slices = headers_of(headers)
    first = slices[0]
    _check_corrected(first)
    units = first.text("Units")
    if units in ("GML", "CM2ML"):
        return _of_suvs(first, len(slices), units, suv)
    if units == "CNTS":
        return _of_counts(slices, suv, rule, door)
    if units != "BQML":
        raise first.error(
            "Units (0054,1001)", units, "SUVs are made of BQML, CNTS (Philips), GML and CM2ML"
        )
    source = Source(units, "Bq/ml as stored", np.ones(len(slices)))
    return _of_activity(slices, source, suv, rule, door)


def _check_corrected(first: Header) -> None:
    modality = first.text("Modality")
    if modality != "PT":
        raise first.error("Modality (0008,0060)", modality, "SUVs are made of PET (PT)")
    corrected = first.texts("CorrectedImage")
    for mark, what in (("ATTN", "attenuation"), ("DECY", "decay")):
        if mark not in corrected:
            raise first.error(
                "CorrectedImage (0028,0051)",
                "\\".join(corrected),
                f"it lacks {mark}: the PET is not corrected for {what}, so there is no SUV",
            )


def _of_suvs(first: Header, count: int, units: str, suv: str) -> Factor:
    """Values that are SUVs already."""
    stored = first.text("SUVType") or ("BW" if units == "GML" else "BSA")
    if stored not in STORED:
        known = ", ".join(STORED)
        raise first.error("SUVType (0054,1006)", stored, f"of those stored, {known} are known")
    kind = STORED[stored]
    factor = _size(first, suv) / _size(first, kind) if kind != suv else 1.0
    text = f"values are SUVs already (Units {units}, SUVType {stored})"
    if kind != suv:
        text += f", by {kind} and multiplied by {factor:.6g} for {suv}"
    record = Record().with_step(
        "suv", text, suv=suv, pathway="stored", units=units, factor=float(factor)
    )
    return Factor(np.full(count, factor), record)


def _of_counts(slices: Sequence[Header], suv: str, rule: str, door: Door) -> Factor:
    """Counts, which only the vendor's own factors make anything of."""
    first = slices[0]
    if first.dataset.get("PatientWeight") is not None:
        _grams(first)
    if first.radio_given("RadionuclideTotalDose"):
        _dose(first)
    to_suv = [header.private(TO_SUV) for header in slices]
    if all(one is not None and one > 0 for one in to_suv):
        by_weight = np.array(to_suv, dtype=np.float64)
        factor = by_weight if suv == "bw" else by_weight * _size(first, suv) / _grams(first)
        record = Record().with_step(
            "suv",
            f"counts times Philips' SUV factor (7053,1000), {by_weight[0]:.6g} in the first slice",
            suv=suv,
            pathway="philips_suv_factor",
            units="CNTS",
            factor=float(factor[0]),
        )
        return Factor(factor, record)
    to_bqml = [header.private(TO_BQML) for header in slices]
    if all(one is not None and one > 0 for one in to_bqml):
        scale = np.array(to_bqml, dtype=np.float64)
        source = Source("CNTS", "counts times Philips' activity factor (7053,1009)", scale)
        return _of_activity(slices, source, suv, rule, door)
    raise first.error(
        "Units (0054,1001)",
        "CNTS",
        "counts become SUVs by Philips' factors (7053,1000) or (7053,1009) alone, which are "
        "missing or 0",
    )


@dataclass(frozen=True)
class Source:
    """Where activity per volume comes from."""

    units: str
    what: str
    """The same in words."""
    scale: npt.NDArray[np.float64]
    """What stored values are multiplied by for Bq/ml, one for each slice."""


def _dose(first: Header) -> float:
    dose = first.number(DOSE, radio=True)
    if not dose >= LEAST_DOSE_BQ:
        raise first.error(DOSE, f"{dose:g} Bq", "doses are in Bq, above 1 MBq")
    return dose


def _half_life(first: Header) -> float:
    half_life = first.number(HALF_LIFE, radio=True)
    if not half_life > 0:
        raise first.error(HALF_LIFE, half_life, "it is in s, above 0")
    return half_life


def _of_activity(
    slices: Sequence[Header], source: Source, suv: str, rule: str, door: Door
) -> Factor:
    """Activity per volume."""
    first = slices[0]
    size = _size(first, suv)
    dose = _dose(first)
    decay = first.text("DecayCorrection")
    if decay == "ADMIN":
        given = first.radio_given("RadionuclideHalfLife")
        check_given_before(slices, _half_life(first) if given else None)
        text = (
            f"{source.what}, decay corrected to the administration: dose {dose:g} Bq, {suv} "
            f"{size:g}"
        )
        step = Record().with_step(
            "suv",
            text,
            suv=suv,
            pathway="admin",
            units=source.units,
            decay_s=0.0,
            dose_bq=dose,
            size=size,
            factor=size / dose * float(source.scale[0]),
        )
        return Factor(source.scale * size / dose, step)
    if decay != "START":
        raise first.error(
            "DecayCorrection (0054,1102)",
            decay,
            "SUVs need a PET that is corrected to START of the scan or to ADMIN(istration)",
        )
    half_life = _half_life(first)
    times = times_of(slices, half_life, rule)
    return _decayed(times, (dose, half_life, size), source, suv, rule, door)


def _decayed(
    times: Times,
    numbers: tuple[float, float, float],
    source: Source,
    suv: str,
    rule: str,
    door: Door,
) -> Factor:
    dose, half_life, size = numbers
    seconds = times.decay_s[rule]
    left = {name: dose * 2.0 ** (-s / half_life) for name, s in times.decay_s.items()}
    factor = size / left[rule]
    if rule == "frame_reference" and not times.has_reference:
        door.remark(
            "the PET has no FrameReferenceTime (0054,1300) with ActualFrameDuration (0018,1242): "
            f"suv_rule frame_reference takes what qiba takes: {times.pathway['qiba']}"
        )
    apart = left["qiba"] / left["frame_reference"] - 1
    if abs(apart) > RULES_APART:
        door.remark(
            f"the PET's SUVs differ by {100 * abs(apart):.2g} % between the rules qiba and "
            f"frame_reference (suv_rule), as its headers give two times of the scan; "
            f"{rule} was taken"
        )
    record = Record().with_step(
        "suv",
        f"{source.what}, corrected to the start of the scan ({times.pathway[rule]}), "
        f"{seconds:.6g} s after the administration: dose {dose:g} Bq, of which {left[rule]:.6g} "
        f"are left, {suv} {size:g}",
        suv=suv,
        suv_rule=rule,
        pathway=times.pathway[rule],
        units=source.units,
        decay_s=seconds,
        half_life_s=half_life,
        dose_bq=dose,
        size=size,
        factor=factor * float(source.scale[0]),
        rules_apart=apart,
    )
    return Factor(source.scale * factor, record)


def _grams(header: Header) -> float:
    weight = header.number("PatientWeight (0010,1030)")
    if not 0 < weight < 1000:
        raise header.error("PatientWeight (0010,1030)", f"{weight:g} kg", "it is in kg, above 0")
    return weight * 1000


def _size(header: Header, suv: str) -> float:
    """What dose is divided by: g, or cm² for "bsa"."""
    grams = _grams(header)
    if suv == "bw":
        return grams
    height = header.number("PatientSize (0010,1020)")
    if not 0.2 < height <= 3:
        raise header.error("PatientSize (0010,1020)", f"{height:g} m", "it is in m, not in cm")
    weight = grams / 1000
    if suv == "bsa":
        return float(71.84 * weight**0.425 * (100 * height) ** 0.725)
    sex = header.text("PatientSex")
    bmi = weight / height**2
    constants = {"M": (6680.0, 216.0), "F": (8780.0, 244.0)}.get(sex)
    if constants is None:
        raise header.error("PatientSex (0010,0040)", sex, "lean body mass is known for M and F")
    return 1000 * 9270.0 * weight / (constants[0] + constants[1] * bmi)

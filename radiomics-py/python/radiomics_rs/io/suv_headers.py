"""What the headers of a PET say, as texts and numbers, with the slice in messages."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from radiomics_rs._core import ReadError

MOMENT = re.compile(r"(\d{8})(\d{2})(\d{2})?(\d{2})?(\.\d{1,6})?\d*([+-]\d{4})?$")
RADIO = "RadiopharmaceuticalInformationSequence"
ZONE = "TimezoneOffsetFromUTC"
#: What must be the same in all slices, for a single SUV to follow from them.
COMMON = (
    "Modality",
    "Units",
    "SUVType",
    "DecayCorrection",
    "CorrectedImage",
    "PatientWeight",
    "PatientSize",
    "PatientSex",
    ZONE,
)
#: The same of the radiopharmaceutical.
COMMON_RADIO = (
    "RadionuclideTotalDose",
    "RadionuclideHalfLife",
    "RadiopharmaceuticalStartDateTime",
    "RadiopharmaceuticalStartTime",
)
#: Those of both that are numbers.
NUMBERS = ("PatientWeight", "PatientSize", "RadionuclideTotalDose", "RadionuclideHalfLife")
#: Dates with a time that may name their own time zone.
ZONED = ("AcquisitionDateTime", "SeriesDateTime")


@dataclass(frozen=True)
class Header:
    """The header of a slice."""

    dataset: Any
    place: int
    """Which slice it is, from 0."""

    def error(self, field: str, value: Any, remedy: str) -> ReadError:
        """The error that says which field has a value that no SUV follows from."""
        held = "missing" if value in (None, "") else f"{value}"
        return ReadError(
            f"no SUV for slice {self.place + 1} of the PET: {field} is {held}: {remedy}"
        )

    def text(self, name: str) -> str:
        """A field as text; empty if it is missing."""
        value = self.dataset.get(name)
        return "" if value is None else str(value).strip()

    def texts(self, name: str) -> list[str]:
        """A field of several values."""
        value = self.dataset.get(name)
        if value is None:
            return []
        several = isinstance(value, Sequence) and not isinstance(value, str)
        return [str(one).strip() for one in (value if several else [value])]

    def number(self, field: str, *, radio: bool = False) -> float:
        """A field, `Name (gggg,eeee)`, as a number; raises ReadError if it is none.

        `radio` ones are of the radiopharmaceutical.
        """
        held = self._radio() if radio else self.dataset
        value = held.get(field.partition(" ")[0])
        try:
            found = float(value)
        except (TypeError, ValueError):
            found = math.nan
        if not math.isfinite(found):
            raise self.error(field, value, "it must be a number")
        return found

    def private(self, tag: tuple[int, int]) -> float | None:
        """A private factor, or None; as bytes where the file does not say what it is."""
        element = self.dataset.get(tag)
        if element is None:
            return None
        value = element.value
        try:
            return float(value.decode("ascii").strip("\0 ") if isinstance(value, bytes) else value)
        except (TypeError, ValueError, UnicodeDecodeError):
            return None

    def private_moment(self, tag: tuple[int, int]) -> datetime.datetime | None:
        """A private date and time, or None."""
        element = self.dataset.get(tag)
        if element is None:
            return None
        value = element.value
        text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
        return self.parsed(text.strip("\0 "))

    def moment(self, of: str) -> datetime.datetime | None:
        """A date and its time, such as those of "Series"; None if one is missing."""
        both = self.text(f"{of}DateTime")
        if both:
            found = self.parsed(both)
            if found is not None:
                return found
        date, time = self.text(f"{of}Date"), self.text(f"{of}Time")
        return self.parsed(f"{date}{time}") if date and time else None

    def parsed(self, text: str) -> datetime.datetime | None:
        """A DICOM date and time, in the time zone of this header; None for what is none.

        Without a time zone of its own a time is in the header's. Where the header names none,
        it is that of the times that do name one, which have to agree (`zone`).
        """
        zone = self.zone()
        found = parsed(text)
        if found is None or found.tzinfo is None:
            return found
        try:
            return (found if zone is None else found.astimezone(zone)).replace(tzinfo=None)
        except OverflowError:
            return None

    def zone(self) -> datetime.tzinfo | None:
        """The header's time zone, or None; raises ReadError where it is not clear."""
        stated = self.text(ZONE)
        if stated:
            moment = parsed(f"20000101000000{stated}")
            if moment is None or moment.tzinfo is None:
                raise self.error(f"{ZONE} (0008,0201)", stated, "it is as +0100")
            return moment.tzinfo
        texts = [self.text(name) for name in ZONED]
        if self.radio_given("RadiopharmaceuticalStartDateTime"):
            texts.append(self.radio_text("RadiopharmaceuticalStartDateTime"))
        zones = {moment.tzinfo for text in texts if (moment := parsed(text)) and moment.tzinfo}
        if len(zones) > 1:
            listed = ", ".join(sorted(map(str, zones)))
            raise self.error(
                f"{ZONE} (0008,0201)",
                None,
                f"its times are in several time zones ({listed}), and "
                "nothing says in which the others are",
            )
        return next(iter(zones), None)

    def radio_text(self, name: str) -> str:
        """A field of the radiopharmaceutical as text; empty if it is missing."""
        value = self._radio().get(name)
        return "" if value is None else str(value).strip()

    def radio_given(self, name: str) -> bool:
        """Whether there is a single radiopharmaceutical, with this field."""
        return len(self.dataset.get(RADIO) or ()) == 1 and self.radio_text(name) != ""

    def _radio(self) -> Any:
        sequence = self.dataset.get(RADIO)
        if not sequence:
            raise self.error(
                "RadiopharmaceuticalInformationSequence (0054,0016)", None, "it has the dose"
            )
        if len(sequence) > 1:
            raise self.error(
                "RadiopharmaceuticalInformationSequence (0054,0016)",
                f"of {len(sequence)} items",
                "SUVs are of a single one",
            )
        return sequence[0]


def headers_of(datasets: Sequence[Any]) -> list[Header]:
    """The headers of slices; raises ReadError for none, or where slices disagree."""
    if not datasets:
        raise ReadError("no SUV: there are no headers")
    slices = [Header(dataset, place) for place, dataset in enumerate(datasets)]
    first = _common(slices[0])
    for header in slices[1:]:
        for name, value in _common(header).items():
            if value != first[name]:
                in_first = first[name] or "missing"
                raise header.error(
                    name, value, f"in the first slice it is {in_first}, and SUVs are of one dose"
                )
    return slices


def _common(header: Header) -> dict[str, str]:
    """What all slices must have in common, as texts."""
    values = {name: "\\".join(header.texts(name)) for name in COMMON}
    # Of what an image is corrected for, these two alone matter to an SUV.
    values["CorrectedImage"] = "\\".join(
        mark for mark in ("ATTN", "DECY") if mark in header.texts("CorrectedImage")
    )
    # Values that are SUVs already follow from no dose.
    needs_dose = values["Units"] not in ("GML", "CM2ML")
    for name in COMMON_RADIO:
        given = needs_dose and header.radio_given(name)
        values[name] = header.radio_text(name) if given else ""
    return {name: _plain(name, value) for name, value in values.items()}


def _plain(name: str, text: str) -> str:
    """A text that is the same for values that are: 70 and 70.0, or 083045 and 083045.000."""
    moment = parsed(f"20000101{text}" if name == "RadiopharmaceuticalStartTime" else text)
    if name.startswith("RadiopharmaceuticalStart"):
        return text if moment is None else str(moment)
    try:
        return f"{float(text):.12g}" if name in NUMBERS else text
    except ValueError:
        return text


def parsed(text: str) -> datetime.datetime | None:
    """A DICOM date and time, with its time zone if it names one; None for what is none."""
    found = MOMENT.match(text.replace(":", ""))
    if found is None:
        return None
    date, hour, minute, second, fraction, offset = found.groups()
    if int(hour) > 23 or int(minute or 0) > 59 or int(second or 0) > 60:
        return None
    try:
        start = datetime.datetime.strptime(date, "%Y%m%d")
        start += datetime.timedelta(
            hours=int(hour), minutes=int(minute or 0), seconds=int(second or 0)
        )
        if offset:
            away = datetime.timedelta(hours=int(offset[1:3]), minutes=int(offset[3:]))
            start = start.replace(tzinfo=datetime.timezone(-away if offset[0] == "-" else away))
    except ValueError:
        return None
    return start + datetime.timedelta(seconds=float(fraction or 0))

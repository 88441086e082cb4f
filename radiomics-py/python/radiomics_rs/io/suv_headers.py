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
        return [value] if isinstance(value, str) else [str(one) for one in value]

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
        return parsed(text.strip("\0 "))

    def moment(self, of: str) -> datetime.datetime | None:
        """A date and its time, such as those of "Series"; None if one is missing."""
        both = self.text(f"{of}DateTime")
        if both:
            found = parsed(both)
            if found is not None:
                return found
        date, time = self.text(f"{of}Date"), self.text(f"{of}Time")
        return parsed(f"{date}{time}") if date and time else None

    def radio_text(self, name: str) -> str:
        """A field of the radiopharmaceutical as text; empty if it is missing."""
        value = self._radio().get(name)
        return "" if value is None else str(value).strip()

    def _radio(self) -> Any:
        sequence = self.dataset.get("RadiopharmaceuticalInformationSequence")
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
    for name in ("Units", "DecayCorrection", "PatientWeight"):
        for header in slices[1:]:
            if header.text(name) != slices[0].text(name):
                raise header.error(
                    name, header.text(name), f"in the first slice it is {slices[0].text(name)}"
                )
    return slices


def parsed(text: str) -> datetime.datetime | None:
    """A DICOM date and time without its time zone, or None for what is none."""
    found = MOMENT.match(text.replace(":", ""))
    if found is None:
        return None
    date, hour, minute, second, fraction, _ = found.groups()
    try:
        start = datetime.datetime.strptime(date, "%Y%m%d")
        start += datetime.timedelta(
            hours=int(hour), minutes=int(minute or 0), seconds=int(second or 0)
        )
    except ValueError:
        return None
    return start + datetime.timedelta(seconds=float(fraction or 0))

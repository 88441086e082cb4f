"""From when to when the dose of a PET decays."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass

from radiomics_rs.io.suv_headers import ZONE, Header

#: Private fields with the start of the scan: GE's and Siemens'.
GE_START, SIEMENS_START = (0x0009, 0x100D), (0x0071, 0x1022)
#: An administration that is given as a time of day alone was yesterday if that is so long ago.
LONGEST_NIGHT_S = 12 * 3600
#: By how much two fields for the time of the administration may differ.
SAME_TIME_S = 60
#: Half-lives after which nothing is left to scan: dates were changed.
MOST_HALF_LIVES = 10
START = "RadiopharmaceuticalStartTime (0018,1072)"
START_MOMENT = "RadiopharmaceuticalStartDateTime (0018,1078)"


@dataclass(frozen=True)
class Times:
    """How long the dose decays, by each rule that the headers allow."""

    decay_s: dict[str, float]
    pathway: dict[str, str]
    has_reference: bool
    """Whether the headers have a frame reference time; the start of the scan stands in for it."""


def times_of(slices: Sequence[Header], half_life: float, rule: str) -> Times:
    """The times of a PET that is corrected to the start of the scan; raises ReadError.

    The rule not taken is only compared with, so what it says need not make sense.
    """
    first = slices[0]
    earliest = _earliest(slices)
    if earliest is None:
        raise first.error(
            "AcquisitionDate and AcquisitionTime (0008,0022), (0008,0032)",
            None,
            "the scan's start is not known",
        )
    start, pathway = _scan_start(first, earliest)
    given = _administration(first, start)
    decay = {"qiba": _interval(first, given, start, half_life)}
    named = {"qiba": pathway}
    reference = _frame_reference(first, half_life)
    if reference is not None:
        decay["frame_reference"] = (
            _interval(first, given, reference, half_life, "the time that activity refers to")
            if rule == "frame_reference"
            else (reference - given).total_seconds()
        )
        named["frame_reference"] = "frame reference time"
    else:
        decay["frame_reference"] = decay["qiba"]
        named["frame_reference"] = f"{pathway}, as there is no frame reference time"
    return Times(decay, named, reference is not None)


def check_given_before(slices: Sequence[Header], half_life: float | None) -> None:
    """Refuse a scan before the administration, as far as headers say when either was.

    For a PET that is corrected to the administration, where SUVs do not follow from the times.
    """
    first = slices[0]
    earliest = _earliest(slices)
    if earliest is None:
        return
    start, _ = _scan_start(first, earliest)
    texts = ("RadiopharmaceuticalStartDateTime", "RadiopharmaceuticalStartTime")
    if any(first.radio_text(name) for name in texts):
        _interval(first, _administration(first, start), start, half_life or math.inf)


def _earliest(slices: Sequence[Header]) -> datetime.datetime | None:
    """When the first of the slices was acquired; None if it is not known of all.

    Raises ReadError for slices in several time zones, whose times cannot be compared.
    """
    zones = {header.zone() for header in slices}
    if len(zones) > 1:
        listed = ", ".join(sorted(str(zone or "none") for zone in zones))
        raise slices[0].error(
            f"{ZONE} (0008,0201)",
            None,
            f"the times of its slices are in several time zones ({listed})",
        )
    acquired = [moment for header in slices if (moment := header.moment("Acquisition"))]
    return min(acquired) if len(acquired) == len(slices) else None


def _scan_start(first: Header, earliest: datetime.datetime) -> tuple[datetime.datetime, str]:
    """QIBA's start of the scan: series time, unless that was written after the acquisition."""
    series = first.moment("Series")
    if series is not None and series <= earliest:
        return series, "series time"
    for tag, name in ((GE_START, "GE's scan start"), (SIEMENS_START, "Siemens' scan start")):
        private = first.private_moment(tag)
        if private is not None and private <= earliest:
            return private, name
    return earliest, "earliest acquisition time"


def _administration(first: Header, start: datetime.datetime) -> datetime.datetime:
    """When the dose was given."""
    text = first.radio_text("RadiopharmaceuticalStartDateTime")
    if text:
        moment = first.parsed(text)
        if moment is None:
            raise first.error(START_MOMENT, text, "it is no date and time")
        _check_times_of_day(first, moment, text)
        return moment
    text = first.radio_text("RadiopharmaceuticalStartTime")
    moment = first.parsed(f"{start:%Y%m%d}{text}") if text else None
    if moment is None:
        raise first.error(START, text, "when the dose was given is not known")
    if moment > start:
        yesterday = moment - datetime.timedelta(days=1)
        if (start - yesterday).total_seconds() <= LONGEST_NIGHT_S:
            return yesterday
    return moment


def _check_times_of_day(first: Header, moment: datetime.datetime, text: str) -> None:
    """Refuse a date and time of the administration that its time of day contradicts."""
    other = first.radio_text("RadiopharmaceuticalStartTime")
    alone = first.parsed(f"{moment:%Y%m%d}{other}") if other else None
    if alone is None:
        return
    apart = abs((alone - moment).total_seconds())
    if min(apart, abs(apart - 24 * 3600)) > SAME_TIME_S:
        raise first.error(
            START_MOMENT, text, f"{START} is {other}, another time of day: mend one of the two"
        )


def _interval(
    first: Header,
    given: datetime.datetime,
    until: datetime.datetime,
    half_life: float,
    what: str = "the start of the scan",
) -> float:
    seconds = (until - given).total_seconds()
    if seconds < 0:
        raise first.error(
            START_MOMENT,
            f"{given:%Y-%m-%d %H:%M:%S}",
            f"the administration lies {-seconds:g} s after {what}, {until:%Y-%m-%d %H:%M:%S}",
        )
    if seconds > MOST_HALF_LIVES * half_life:
        raise first.error(
            START_MOMENT,
            f"{given:%Y-%m-%d %H:%M:%S}",
            f"that is {seconds / half_life:.3g} half-lives before {what}, "
            f"{until:%Y-%m-%d %H:%M:%S}: one of the dates is wrong",
        )
    return seconds


def _frame_reference(first: Header, half_life: float) -> datetime.datetime | None:
    """The time that activity refers to: when the first frame had its mean activity."""
    acquired = first.moment("Acquisition")
    texts = [first.text("FrameReferenceTime"), first.text("ActualFrameDuration")]
    try:
        reference, duration = (float(text) / 1000 for text in texts)
    except ValueError:
        return None
    series = first.moment("Series")
    if acquired is None or not duration > 0 or not math.isfinite(reference):
        return None
    if series == acquired:
        return acquired
    rate = math.log(2) / half_life
    inside = math.log(rate * duration / -math.expm1(-rate * duration)) / rate
    return acquired + datetime.timedelta(seconds=inside - reference)

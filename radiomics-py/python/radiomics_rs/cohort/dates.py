"""Dates and times among the cells of cases: what they are, and their text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

#: Types of cells: days, and points in time; the words after that are their unit and their zone.
DAY, MOMENT = "day", "moment"
#: Years between which a 64-bit number of nanoseconds holds each point in time.
FIRST, LAST = 1678, 2261


def plain(value: Any) -> Any:
    """A time of NumPy as Python has it, which knows no nanoseconds: with those it is a text."""
    import numpy as np

    if not isinstance(value, np.datetime64 | np.timedelta64):
        return value
    kind = type(value).__name__.removesuffix("64")
    in_us = value.astype(f"{kind}64[us]")
    if in_us != value and not np.isnat(value):
        return str(value)
    # Days stay days.
    return value.item() if np.datetime_data(value.dtype)[0] == "D" else in_us.item()


def text_of(cell: Any) -> str:
    """The text of a cell: of dates and times that of ISO 8601."""
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def type_of(cells: Sequence[Any]) -> str | None:
    """What cells are that are all dates, or all times of one zone or of none; else None.

    Of times there is the unit, too: microseconds, or nanoseconds as pandas may have them.
    """
    there = [cell for cell in cells if cell is not None]
    if not there or not all(isinstance(cell, date) for cell in there):
        return None
    times = [cell for cell in there if isinstance(cell, datetime)]
    if not times:
        return DAY
    zones = {_zone(time) for time in times}
    if len(times) < len(there) or len(zones) > 1 or None in zones:
        return None
    unit = "ns" if any(getattr(time, "nanosecond", 0) for time in times) else "us"
    if unit == "ns" and not all(FIRST <= time.year <= LAST for time in times):
        return None
    return f"{MOMENT} {unit} {zones.pop()}".rstrip()


def arrow_type(kind: str) -> Any:
    """The type of Arrow of a type of cells; None for one that is none of dates and times."""
    import pyarrow as pa

    word, *more = kind.split(" ", 2)
    if word == DAY:
        return pa.date32()
    return pa.timestamp(more[0], tz=more[1] if len(more) > 1 else None) if word == MOMENT else None


def _zone(time: datetime) -> str | None:
    """The zone of a time by its name, or by how far it is from UTC; empty if it has none.

    None for an offset with seconds, which Arrow has no name for.
    """
    offset = time.utcoffset()
    if offset is None:
        return ""
    named = getattr(time.tzinfo, "key", None) or getattr(time.tzinfo, "zone", None)
    if named:
        return str(named)
    minutes, rest = divmod(offset.total_seconds(), 60)
    if rest:
        return None
    if not minutes:
        return "UTC"
    hours, of_hour = divmod(abs(int(minutes)), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{of_hour:02}"

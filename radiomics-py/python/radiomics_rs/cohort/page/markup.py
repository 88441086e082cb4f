"""Pieces of HTML. Text is escaped here, and nowhere else: only `Markup` is left as it is."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

#: What stands in the place of a number that is none, and for a rank correlation.
MISSING, RHO = "\N{EN DASH}", "\N{GREEK SMALL LETTER RHO}"
#: Bars of a histogram, and its size in its own units.
BARS, WIDE, HIGH = 20, 100, 24


class Markup(str):
    """HTML that is finished."""

    __slots__ = ()


def text(given: Any) -> Markup:
    """Anything as HTML; what is Markup stays as it is."""
    if isinstance(given, Markup):
        return given
    if isinstance(given, float):
        return Markup(number(given))
    # Half of a surrogate pair, as names of files can hold, is no text that could be written.
    plain = str(given).encode("utf-8", "backslashreplace").decode()
    return Markup(html.escape(plain))


def breakable(given: Any) -> Markup:
    """Text in which long names, such as those of features, may break after an underscore."""
    return given if isinstance(given, Markup) else Markup(text(given).replace("_", "_<wbr>"))


def number(value: float) -> str:
    """A number with as many digits as are looked at."""
    return f"{value:.4g}" if math.isfinite(value) else MISSING


def tag(name: str, *inside: Any, **attributes: Any) -> Markup:
    """An element; underscores of attributes are hyphens, a last one is left out."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{given}>{''.join(map(text, inside))}</{name}>")


def joined(pieces: Iterable[Any]) -> Markup:
    """Pieces one after another."""
    return Markup("".join(map(text, pieces)))


def image(source: str, alt: str, width: int, height: int) -> Markup:
    """A picture with what it shows in words."""
    return Markup(f'<img src="{text(source)}" alt="{text(alt)}" width="{width}" height="{height}">')


def table(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[Any]], *, numbers: Sequence[int] = ()
) -> Markup:
    """A table whose columns can be sorted; `numbers` are the places of columns of numbers.

    The first column is what a row is about. What is long can be scrolled by itself.
    """
    cells = []
    for row in rows:
        line = [tag("th", breakable(row[0]), scope="row")]
        for place, cell in enumerate(row[1:], 1):
            # Written out, as there are many: attributes are most of a large page.
            line.append(
                Markup(f"<td{' class=n' if place in numbers else ''}>{breakable(cell)}</td>")
            )
        cells.append(tag("tr", *line))
    headers = (
        tag("th", name, scope="col", class_="n" if place in numbers else None)
        for place, name in enumerate(head)
    )
    made = tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *headers)),
        tag("tbody", *cells),
    )
    return tag("div", made, class_="scroll", tabindex="0", role="region", aria_label=caption)


def names(given: Sequence[str], most: int = 5) -> Markup:
    """Names in a line; more than a few of them are folded away."""
    if len(given) <= most:
        return breakable(", ".join(given))
    first = breakable(f"{', '.join(given[:most])} and {len(given) - most} more")
    return tag("details", tag("summary", first), breakable(", ".join(given[most:])))


def histogram(values: npt.NDArray[np.float64], outlying: npt.NDArray[np.bool_]) -> Markup:
    """The distribution of finite values; outliers are marks at the ends."""
    inner = values[~outlying]
    if not len(inner):
        return Markup("")
    low, high = float(inner.min()), float(inner.max())
    with np.errstate(over="ignore", invalid="ignore"):
        share = (inner - low) / (high - low) if high > low else np.full(len(inner), 0.5)
    places = np.clip(np.nan_to_num(share) * BARS, 0, BARS - 1).astype(int)
    counts = np.bincount(places, minlength=BARS)
    tall = np.where(counts > 0, np.maximum(np.rint(counts / counts.max() * HIGH), 1), 0).astype(int)
    step = WIDE // BARS
    path = f"M0 {HIGH}" + "".join(f"V{HIGH - one}h{step}" for one in tall) + f"V{HIGH}z"
    marks = ""
    for there, at in ((values[outlying] < low, -4), (values[outlying] > high, WIDE + 1)):
        if there.any():
            marks += f'<path class="o" d="M{at} 0h3v{HIGH}h-3z"/>'
    label = f"from {number(low)} to {number(high)}"
    if outlying.any():
        label += f", {int(outlying.sum())} outliers"
    return Markup(
        f'<svg viewBox="-5 0 {WIDE + 10} {HIGH}" role="img" aria-label="{text(label)}">'
        f'<path d="{path}"/>{marks}</svg>'
    )

"""The parts of the page that are about cases: what became of them, and what they look like."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from radiomics_rs.cohort.page.markup import (
    MISSING,
    Markup,
    image,
    joined,
    names,
    number,
    table,
    tag,
    text,
)
from radiomics_rs.cohort.page.pictures import Overlay
from radiomics_rs.cohort.page.read import Read
from radiomics_rs.cohort.page.statistics import Spread
from radiomics_rs.table import FAILED

#: Most letters of the message of a warning.
MESSAGE_LENGTH = 400


def section(anchor: str, title: str, *inside: Any) -> Markup:
    """A part of the page that the list at its top leads to."""
    return tag("section", tag("h2", title, id=anchor), *inside)


def tiles(read: Read, spread: Spread) -> Markup:
    """The numbers that are looked at first."""
    failed = len(read.ids) - len(read.sound)
    outlying = int(spread.outlying.any(axis=1).sum())
    shown = [
        ("cases", len(read.ids), False),
        ("computed", len(read.sound), False),
        ("failed", failed, failed > 0),
        ("with warnings", sum(map(bool, read.codes)), False),
        ("with outliers", outlying, False),
        ("features", len(read.features), False),
        ("constant features", int(spread.constant.sum()), False),
    ]
    pieces = (
        tag("div", tag("dt", name), tag("dd", str(count)), class_="bad" if bad else None)
        for name, count, bad in shown
    )
    return tag("dl", *pieces, class_="tiles")


def cases(read: Read, spread: Spread) -> Markup:
    """A row a case."""
    outliers = np.zeros(len(read.ids), dtype=int)
    undefined = np.zeros(len(read.ids), dtype=int)
    outliers[read.sound] = spread.outlying.sum(axis=1)
    undefined[read.sound] = (~np.isfinite(read.values[read.sound])).sum(axis=1)
    rows = []
    for place, (name, told) in enumerate(zip(read.ids, read.told(), strict=True)):
        failed = bool(read.errors[place])
        status = tag("span", FAILED if failed else "ok", class_="bad" if failed else "good")
        seconds = told.get("seconds")
        rows.append(
            (
                name,
                status,
                ", ".join(read.codes[place]),
                MISSING if failed else str(outliers[place]),
                MISSING if failed else str(undefined[place]),
                number(seconds) if isinstance(seconds, int | float) else MISSING,
            )
        )
    head = ("case", "status", "warnings", "outliers", "undefined", "seconds")
    about = "Outliers and undefined values are counted over all features."
    made = table(f"All {len(rows)} cases", head, rows, numbers=(3, 4, 5))
    return section("cases", "Cases", tag("p", about), made)


def failures(read: Read) -> Markup:
    """Reasons for which nothing was computed, and the cases of each."""
    groups: dict[str, tuple[str, list[str]]] = {}
    paths = [case.paths() for case in read.cases] or [[] for _ in read.ids]
    for name, error, of_case in zip(read.ids, read.errors, paths, strict=True):
        if error:
            reason = _without(error, of_case)
            # The same but for its numbers is the same reason.
            key = re.sub(r"[-+]?\d+(\.\d+)?", "#", reason)
            groups.setdefault(key, (reason, []))[1].append(name)
    if not groups:
        return section("failures", "Failures", tag("p", "No case has failed."))
    ordered = sorted(groups.values(), key=lambda group: -len(group[1]))
    rows = [(reason, str(len(held)), names(held)) for reason, held in ordered]
    about = (
        "Reasons that differ in numbers alone are one; what is printed is that of its first case."
    )
    made = table("Failed cases by reason", ("reason", "cases", "which"), rows, numbers=(1,))
    return section("failures", "Failures", tag("p", about), made)


def _without(error: str, paths: Sequence[str]) -> str:
    """An error without the files that it is of, as other cases may have it as well."""
    for path in sorted(filter(None, paths), key=len, reverse=True):
        error = error.replace(path, "…")
    return re.sub(r"^(…(, )?)+: ", "", error)


def warned(read: Read) -> Markup:
    """Warnings by their kind."""
    held: dict[str, list[str]] = {}
    for name, codes in zip(read.ids, read.codes, strict=True):
        for code in codes:
            held.setdefault(code, []).append(name)
    if not held:
        return section("warnings", "Warnings", tag("p", "There is no warning."))
    example: dict[str, str] = {}
    for told in read.told():
        for one in told.get("warnings", ()):
            example.setdefault(one.get("code", ""), one.get("message", ""))
    rows = [
        (code, str(len(of)), _short(example.get(code, MISSING)), names(of))
        for code, of in sorted(held.items(), key=lambda item: -len(item[1]))
    ]
    head = ("kind", "cases", "message of the first one", "which")
    return section("warnings", "Warnings", table("Warnings by kind", head, rows, numbers=(1,)))


def _short(message: str) -> str:
    return message if len(message) <= MESSAGE_LENGTH else f"{message[:MESSAGE_LENGTH]} …"


def masks(read: Read, overlays: Sequence[Overlay], asked: int) -> Markup:
    """Slices with the outlines of regions."""
    title = "Masks on images"
    if not overlays:
        why = "No case was computed." if asked else "None was asked for."
        if asked and not read.cases:
            why = "The table does not say where images are."
        return section("masks", title, tag("p", why))
    seen = sum(bool(one.source) for one in overlays)
    about = (
        f"{len(overlays)} of {len(read.ids)} cases, those with the most outliers first and then "
        f"cases from all over the table; {seen} of them could be read. Each is the axial slice "
        "with most of the region, as it is before any resampling: the patient's right is at the "
        "left where the file says how the patient lies. Greys go from the 1st to the 99th "
        "percentile of what is shown."
    )
    figures = []
    for one in overlays:
        alt = f"{one.case_id}: outline of the region on the image, {one.text}"
        frame = tag("div", image(one.source, alt, *one.size), class_="frame") if one.source else ""
        caption = tag("figcaption", tag("strong", one.case_id), ": ", one.text)
        figures.append(tag("figure", frame, caption))
    return section("masks", title, tag("p", about), tag("div", *figures, class_="gallery"))


def chosen_for_overlays(read: Read, spread: Spread, most: int) -> list[int]:
    """Places of the cases that are drawn: half by outliers, the others evenly over the table."""
    able = [place for place in read.sound.tolist() if read.cases]
    counts = dict(zip(read.sound.tolist(), spread.outlying.sum(axis=1).tolist(), strict=True))
    if len(able) <= most:
        return sorted(able, key=lambda place: -counts[place])
    first = sorted((p for p in able if counts[p]), key=lambda p: -counts[p])[: math.ceil(most / 2)]
    left = [place for place in able if place not in first]
    wanted = most - len(first)
    return first + [left[k * len(left) // wanted] for k in range(wanted)]


def made_how(read: Read) -> Markup:
    """Where the numbers come from."""
    title = "How the table was made"
    if read.run is None:
        about = "There is no report of the run (.run.json) beside the table."
        return section("made", title, tag("p", about))
    run = read.run
    versions = run.get("versions") or {}
    rows = [("table", read.what), ("cases from", Path(str(run.get("cases_from", MISSING))).name)]
    rows += [(name, run.get(name, MISSING)) for name in ("began", "ended", "platform", "python")]
    rows += [(f"version of {name}", version or MISSING) for name, version in versions.items()]
    rows += [
        (f"SHA-256 of the {n}", run.get(f"{n}_sha256", MISSING)) for n in ("settings", "table")
    ]
    rows += [(f"option {name}", value) for name, value in (run.get("options") or {}).items()]
    rows += [(f"extra {one.get('name')}", one.get("version")) for one in run.get("extras") or ()]
    settings = run.get("settings") or {}
    listed = joined(f"{name}: {value!r}\n" for name, value in settings.items())
    return section(
        "made",
        title,
        table("Run", ("what", "value"), [(name, str(value)) for name, value in rows]),
        tag("details", tag("summary", f"All {len(settings)} settings"), tag("pre", listed)),
    )


def notes(read: Read) -> Markup:
    """What is to be known before the rest is read."""
    said = []
    if read.changed:
        said.append(
            "The table has been changed since its run: what is said of the run may be of "
            "other values."
        )
    if len(read.sound) < len(read.ids):
        said.append("Failed cases have no values and are in no distribution or correlation.")
    return joined(tag("p", text(one), class_="note") for one in said)

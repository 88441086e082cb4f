"""The table of a cohort as a page to look at: one file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import os
from importlib import resources
from pathlib import Path
from typing import Any

from radiomics_rs._arguments import whole
from radiomics_rs._choices import MOST_OVERLAYS, OVERLAYS
from radiomics_rs._core import SettingsError, __version__
from radiomics_rs.cohort.page import features, sections
from radiomics_rs.cohort.page.markup import Markup, joined, tag, text
from radiomics_rs.cohort.page.pictures import Overlay, overlay
from radiomics_rs.cohort.page.read import Read, read
from radiomics_rs.cohort.page.stability import beside_of, stability_of, warn_of_others
from radiomics_rs.cohort.page.statistics import Spread, spread
from radiomics_rs.io import text_file

__all__ = ["cohort_report"]

ENDINGS = (".html", ".htm")
#: Parts of the page by their anchors.
PARTS = {
    "cases": "Cases",
    "failures": "Failures",
    "warnings": "Warnings",
    "masks": "Masks on images",
    "features": "Features",
    "outliers": "Outliers",
    "correlation": "Correlated features",
    "stability": "Stability",
    "made": "How the table was made",
}


def cohort_report(
    table: Any,
    *,
    out: str | os.PathLike[str],
    stability: Any = None,
    overlays: int = OVERLAYS,
) -> Path:
    """Write a page about the table of a cohort: one HTML file that loads nothing else.

    It shows the cases; failures by reason; warnings by kind; outlines of masks on their images;
    the distribution of each feature with its outliers, by name of the case (robust z beyond 5, see
    the page), and which features are constant; groups of features whose rank correlations are 0.9
    or more, each with a representative; stability, if it is given; and what the report of the run
    says of versions and settings. It holds names of cases, and no path but those in messages.

    Args:
        table: what `extract_cohort` has written (.csv, .parquet or .jsonl) or returned, or a data
            frame of its columns. `<table>.run.json` is read if it is there.
        out: the page, `.html`.
        stability: how features come through being measured again: a mapping from features to an
            ICC or to (icc, low, high), what `icc` returns, a data frame with the columns feature,
            icc and, if there are bounds, low and high, or the path of such a table (.csv,
            .parquet or .jsonl). None for the table of stability that was made with `table`, if
            there is one. With it the representative of a group is the one with the highest ICC. A
            RadiomicsWarning says if few of its features are those of the table.
        overlays: of how many cases masks are drawn, 0 to 100, those with the most outliers first.
            A case whose files cannot be read any more is named with the reason.

    Returns:
        The path of the page.

    Raises:
        ReadError: a table that no `extract_cohort` has written.
        SettingsError: an `out`, a stability or a number of overlays that cannot be used.
        TypeError: an argument of a kind that is not listed here.
        OSError: a table that cannot be read, or a page that cannot be written.
        ImportError: a Parquet file, and pyarrow is not installed.
    """
    path = Path(out)
    if path.suffix.lower() not in ENDINGS:
        raise SettingsError(f"out is {path}: the name of the page must end in {ENDINGS[0]}")
    most = whole("overlays", overlays)
    if not 0 <= most <= MOST_OVERLAYS:
        raise SettingsError(f"overlays is {most}: give a number from 0 to {MOST_OVERLAYS}")
    found = read(table)
    other = None
    if stability is None:
        stability, other = beside_of(found)
    known = stability_of(stability)
    if known is not None:
        warn_of_others(known, found)
    of_values = spread(found.values[found.sound])
    drawn = _drawn(found, of_values, most)
    body = [
        sections.tiles(found, of_values),
        sections.notes(found),
        sections.cases(found, of_values),
        sections.failures(found),
        sections.warned(found),
        sections.masks(found, drawn, most),
        features.distributions(found, of_values, known),
        features.outliers(found, of_values),
        features.correlation(found, of_values, known),
        features.stable(found, known, other),
        sections.made_how(found),
    ]
    with text_file(path) as file:
        file.write(_page(f"Cohort: {found.what}", body))
    return path


def _drawn(found: Read, of_values: Spread, most: int) -> list[Overlay]:
    run = found.run or {}
    tolerance = (run.get("settings") or {}).get("geometry_tolerance")
    options = {**(run.get("options") or {}), "geometry_tolerance": tolerance}
    places = sections.chosen_for_overlays(found, of_values, most) if most else []
    return [overlay(found.cases[place], found.folder, options) for place in places]


def _page(title: str, body: list[Markup]) -> str:
    folder = resources.files(__package__)
    style = (folder / "page.css").read_text(encoding="utf-8")
    script = (folder / "page.js").read_text(encoding="utf-8")
    # Nothing but this script runs, and nothing is fetched, whatever a name of a case holds.
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    links = joined(tag("li", tag("a", name, href=f"#{anchor}")) for anchor, name in PARTS.items())
    made = f"Made by radiomics-rs {__version__}. It holds names of cases and slices of images."
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{text(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"{tag('header', tag('h1', title), tag('p', made, class_='soft'))}\n"
        f"{tag('nav', tag('ul', links), aria_label='Parts of the page')}\n"
        f"<main>\n{joined(body)}\n</main>\n"
        f"<script>{script}</script>\n</body>\n</html>\n"
    )

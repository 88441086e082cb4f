"""Tables on a terminal, short and readable."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, TextIO

from radiomics_rs._core import features
from radiomics_rs._describe import unit_of
from radiomics_rs._describe_tables import NONE, UNIT
from radiomics_rs.table import FeatureRow, FeatureTable

#: Tables of so many rows are shown whole.
WHOLE = 24
DIGITS = 6
#: What is shown of each family of a longer table: what studies look at most.
SHOWN = {
    "morphology": ("volume", "surface_area", "sphericity", "maximum_3d_diameter"),
    "morphology_2d": ("mesh_surface", "perimeter", "sphericity"),
    "local_intensity": ("global_intensity_peak",),
    "intensity_statistics": ("mean", "variance", "skewness", "minimum", "median", "maximum"),
    "intensity_histogram": ("entropy", "uniformity"),
    "intensity_volume_histogram": ("area_under_the_ivh_curve",),
    "glcm": ("joint_entropy", "contrast", "correlation", "inverse_difference"),
    "glrlm": ("short_runs_emphasis", "run_entropy"),
    "glszm": ("small_zone_emphasis", "zone_size_entropy"),
    "gldzm": ("small_distance_emphasis", "zone_distance_entropy"),
    "ngtdm": ("coarseness", "contrast"),
    "ngldm": ("low_dependence_emphasis", "dependence_count_entropy"),
}
#: How many are shown of a family of which none of these was computed.
OTHERWISE = 3
BOLD, DIM, PLAIN = "\033[1m", "\033[2m", "\033[0m"


def print_tables(tables: Mapping[Any, FeatureTable], stream: TextIO, *, full: bool) -> None:
    """Print tables by label as people read them, the most used features of each or all."""
    styled = _styled()
    parts = []
    hidden = 0
    for label, table in tables.items():
        text, left_out = _readable(table, full=full, styled=styled)
        title = f"label {label}: {len(table)} features"
        parts.append(f"{_in(BOLD, title, styled)}\n{text}")
        hidden += left_out
    print("\n\n".join(parts), file=stream)
    if hidden:
        more = f"{hidden} more are not shown: --full shows all, -o FILE writes all digits"
        print(f"\n{_in(DIM, more, styled)}", file=stream)


def _readable(table: FeatureTable, *, full: bool, styled: bool) -> tuple[str, int]:
    """Lines of a table by image and family, and how many rows were left out."""
    units = {
        (one["family"], one["feature"]): unit_of(
            one["family"], one["feature"], one["summary"].partition("; ")[0]
        )
        for one in features()
    }
    groups: dict[tuple[str, ...], list[FeatureRow]] = {}
    for row in table:
        key = (row.image, row.family, row.aggregation, row.discretisation)
        groups.setdefault(key, []).append(row)
    several = len({row.image for row in table}) > 1
    lines, shown = [], 0
    for (image, family, aggregation, discretisation), rows in groups.items():
        chosen = rows if full or len(table) <= WHOLE else _chosen(family, rows)
        shown += len(chosen)
        parts = (image if several else "", family, aggregation, discretisation)
        lines.append(_in(BOLD, " ".join(part for part in parts if part), styled))
        width = max(len(row.feature) for row in chosen)
        for row in chosen:
            unit = units.get((row.family, row.feature), NONE)
            value = f"{row.value:.{DIGITS}g}" if row.status == "ok" else row.status
            said = "" if unit in (NONE, UNIT) or row.status != "ok" else f"  {unit}"
            line = f"  {row.feature:<{max(width, 24)}}  {value:>12}{_in(DIM, said, styled)}"
            lines.append(line.rstrip())
    return "\n".join(lines), len(table) - shown


def _chosen(family: str, rows: list[FeatureRow]) -> list[FeatureRow]:
    wanted = SHOWN.get(family, ())
    return [row for row in rows if row.feature in wanted] or rows[:OTHERWISE]


def _styled() -> bool:
    """Whether the terminal is one that letters can be bold on."""
    # https://no-color.org, and terminals that know no escapes.
    return "NO_COLOR" not in os.environ and os.environ.get("TERM", "dumb") != "dumb"


def _in(style: str, text: str, styled: bool) -> str:
    return f"{style}{text}{PLAIN}" if styled and text else text

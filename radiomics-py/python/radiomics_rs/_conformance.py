"""A report that a paper or an audit can cite: values, what computed them, and their tolerances."""

from __future__ import annotations

import csv
import datetime
import html
import json
import math
import os
import platform
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from radiomics_rs import _core
from radiomics_rs._compliance import write_sheet
from radiomics_rs._core import ReadError, SettingsError
from radiomics_rs._icc import icc
from radiomics_rs.io.writing import text_file

KINDS = (".html", ".md", ".json", ".xlsx")
#: Classes of reproducibility of IBSI (phase 3), by the lower bound of ICC(2,1).
CLASSES = ((0.9, "excellent"), (0.75, "good"), (0.5, "moderate"), (-math.inf, "poor"))
VALUE_COLUMNS = (
    "dataset",
    "family",
    "aggregation",
    "feature",
    "ibsi_id",
    "reference",
    "tolerance",
    "value",
    "inside",
)
SUMMARY_COLUMNS = ("dataset", "family", "checked", "inside", "worst")


def write_report(
    found: _core.Verification,
    path: str | os.PathLike[str],
    own: Sequence[str | os.PathLike[str]] | None = None,
    data: str | os.PathLike[str] | None = None,
) -> None:
    """Write a report of a verification.

    Args:
        found: what `verify` returned.
        path: a file that ends in .html, .md, .json or .xlsx. The last one is the compliance sheet
            of IBSI 1: a form that stands there is filled, see `_compliance.write_sheet`.
        own: two CSV files of one's own cohort, by radiomics-rs and by another package: a row a
            case, its name in the first column, and columns of the same names. The report then says
            how well each feature is reproduced, in the classes of IBSI's phase 3.
        data: the folder that was verified with, for the report's head.

    Raises:
        SettingsError: another ending; `own` with the compliance sheet, which has no place for it.
        ReadError: tables that have fewer than two cases, or no columns, in common.
    """
    kind = Path(path).suffix.lower()
    if kind not in KINDS:
        raise SettingsError(f"report: {path} ends in none of {', '.join(KINDS)}")
    if kind == ".xlsx":
        if own is not None:
            raise SettingsError("own: the compliance sheet has no place for tables of one's own")
        write_sheet(found.records(), path)
        return
    content = conformance(found, own, data)
    writer = {".html": _html, ".md": _markdown, ".json": _json}[kind]
    with text_file(path) as file:
        file.write(writer(content))


def conformance(
    found: _core.Verification,
    own: Sequence[str | os.PathLike[str]] | None = None,
    data: str | os.PathLike[str] | None = None,
) -> dict[str, Any]:
    """What the report says, as data."""
    values = found.records()
    return {
        "software": software(),
        "machine": machine(),
        "made": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "data": "the embedded digital phantom" if data is None else str(data),
        "checked": len(values),
        "inside": sum(value["inside"] for value in values),
        "families": found.summary(),
        "values": values,
        "own": None if own is None else reproducibility(*own),
    }


def software() -> dict[str, str]:
    """Versions of what takes part in a number: of readers only if something was read by them."""
    found = {"Python": platform.python_version(), "NumPy": np.__version__}
    readers = [name for name in ("SimpleITK", "pydicom") if name in sys.modules]
    for name in ("radiomics-rs", *readers):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = _core.__version__ if name == "radiomics-rs" else "unknown"
    return found


def machine() -> dict[str, str]:
    """What computed the numbers."""
    return {
        "system": platform.platform(),
        "processor": platform.machine(),
        "instruction set": instruction_set(),
        "cores": str(os.cpu_count()),
        "C library": " ".join(platform.libc_ver()) or "the system's",
    }


def instruction_set() -> str:
    """The widest one that the kernels are built for and that this processor has."""
    # NumPy 1 has no `_core`.
    of: Any = getattr(np, "_core", None) or np.core
    has = of._multiarray_umath.__cpu_features__
    # What NumPy calls them depends on its version.
    if has.get("AVX512_SKX") or has.get("X86_V4"):
        return "AVX-512"
    if has.get("AVX2") or has.get("X86_V3"):
        return "AVX2"
    return "SSE2" if platform.machine() in ("x86_64", "AMD64") else "baseline"


def reproducibility(ours: str | os.PathLike[str], theirs: str | os.PathLike[str]) -> dict[str, Any]:
    """How well two tables of the same cases agree: ICC(2,1) of each feature, and its class."""
    tables = [_wide(path) for path in (ours, theirs)]
    cases = [case for case in tables[0] if case in tables[1]]
    columns = [set.intersection(*(set(row) for row in table.values())) for table in tables if table]
    shared = sorted(set.intersection(*columns)) if len(columns) == 2 else []
    if len(cases) < 2 or not shared:
        raise ReadError(
            f"{ours} and {theirs} have {len(cases)} cases and {len(shared)} columns in common: "
            "two cases and a column are the least, with the same names in both"
        )
    rows = [table[case] for table in tables for case in cases]
    frame = {name: [row[name] for row in rows] for name in shared}
    found = icc(
        frame,
        subjects=cases * 2,
        raters=["ours"] * len(cases) + ["theirs"] * len(cases),
    )
    features = [
        {
            "feature": row.feature,
            "icc_2_1": row.icc_2_1,
            "low": row.icc_2_1_low,
            "high": row.icc_2_1_high,
            "cases": row.n,
            "class": _class(row.icc_2_1_low),
        }
        for row in found
    ]
    counts = Counter(feature["class"] for feature in features)
    names = [name for _, name in CLASSES] + ["undefined"]
    return {
        "ours": str(ours),
        "theirs": str(theirs),
        "cases": len(cases),
        "classes": {name: counts[name] for name in names if counts[name]},
        "features": features,
    }


def _class(low: float) -> str:
    return "undefined" if math.isnan(low) else next(name for at, name in CLASSES if low >= at)


def _wide(path: str | os.PathLike[str]) -> dict[str, dict[str, float]]:
    """The columns of numbers of each case; a field that is empty is NaN."""
    try:
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            head, *rows = csv.reader(file)
    except (OSError, ValueError) as error:
        raise ReadError(f"{path} is no table in CSV with a line of names: {error}") from error
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        values = {}
        for name, text in zip(head[1:], row[1:], strict=False):
            try:
                values[name] = float(text) if text else math.nan
            except ValueError:
                continue
        if row and found.setdefault(row[0], values) is not values:
            raise ReadError(f"{path} has case {row[0]!r} twice: give each case a row")
    return found


def _json(content: Mapping[str, Any]) -> str:
    # NaN is none of JSON's numbers.
    plain = json.loads(json.dumps(content), parse_constant=lambda _: None)
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"


def _sections(content: Mapping[str, Any]) -> list[tuple[str, Sequence[str], list[list[str]]]]:
    """Tables with a title and a head."""
    about = {**content["software"], **content["machine"]}
    about |= {"made": content["made"], "data": content["data"]}
    found: list[tuple[str, Sequence[str], list[list[str]]]] = [
        ("Software and machine", ("what", "which"), [[k, v] for k, v in about.items()]),
        ("Families", SUMMARY_COLUMNS, _cells(content["families"], SUMMARY_COLUMNS)),
    ]
    own = content["own"]
    if own is not None:
        classes = [[name, str(count)] for name, count in own["classes"].items()]
        title = f"Own data: {own['cases']} cases, ICC(2,1) by the lower bound at 95 %"
        found.append((title, ("class", "features"), classes))
        head = ("feature", "icc_2_1", "low", "high", "cases", "class")
        found.append(("Own data, each feature", head, _cells(own["features"], head)))
    found.append(("Every value", VALUE_COLUMNS, _cells(content["values"], VALUE_COLUMNS)))
    return found


def _cells(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[list[str]]:
    def cell(value: Any) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        return repr(value) if isinstance(value, float) else str(value)

    return [[cell(row[column]) for column in columns] for row in rows]


def _verdict(content: Mapping[str, Any]) -> str:
    return (
        f"{content['inside']} of {content['checked']} published values of IBSI are inside of "
        "their tolerance."
    )


def _markdown(content: Mapping[str, Any]) -> str:
    lines = ["# Conformance report of radiomics-rs", "", f"**{_verdict(content)}**"]
    for title, head, rows in _sections(content):
        lines += ["", f"## {title}", "", f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
        lines += [
            "| " + " | ".join(text.replace("|", "\\|") for text in row) + " |" for row in rows
        ]
    return "\n".join(lines) + "\n"


STYLE = """body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em}
table{border-collapse:collapse}
td,th{padding:.15em .7em;text-align:left;border-bottom:1px solid #ccc}
td{font-variant-numeric:tabular-nums}tr.no{background:#fdd}"""


def _html(content: Mapping[str, Any]) -> str:
    title = "Conformance report of radiomics-rs"
    parts = [
        "<!doctype html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
        f"<style>{STYLE}</style></head><body><h1>{title}</h1>",
        f"<p><strong>{html.escape(_verdict(content))}</strong></p>",
    ]
    for name, head, rows in _sections(content):
        parts.append(f"<h2>{html.escape(name)}</h2><table><tr>")
        parts += [f"<th>{html.escape(text)}</th>" for text in head]
        parts.append("</tr>")
        for row in rows:
            outside = ' class="no"' if head == VALUE_COLUMNS and row[-1] == "no" else ""
            cells = "".join(f"<td>{html.escape(text)}</td>" for text in row)
            parts.append(f"<tr{outside}>{cells}</tr>")
        parts.append("</table>")
    return "\n".join([*parts, "</body></html>"]) + "\n"

"""Pages of the reference that are made of the package itself: the command line, units and edges."""

from __future__ import annotations

import argparse
import math
import warnings

import numpy as np

import radiomics_rs as rr
from radiomics_rs import cli
from radiomics_rs._options import parser

EVERY = ["3D_avg", "3D"]
CLI = """\
# Command line

Generated from the options (`REGENERATE=1 pytest radiomics-py/tests/test_docs.py`); `radiomics-rs COMMAND --help` prints the same.

Exit codes: 0, 1 error, 2 wrong usage, 130 interrupted. Results go to standard output or to `--out`, everything else to standard error.
"""
UNITS = """\
# Units and edges

Generated from the engine (`REGENERATE=1 pytest radiomics-py/tests/test_docs.py`). Definitions are in [features](../features.md).

**Unit** is how a value grows: all lengths, or all intensities, are doubled, and the value is compared. *I* is the unit of the
intensities (HU, SUV, …), *I* in brackets means that adding a constant to all intensities does not change the value. Texture and
histogram are of grey levels, which have none. **Flat**: the value for a region of 123 voxels with one intensity, 100. **Slice**: for a region of a
single slice. **Two voxels**: for a region of two voxels that touch at a corner. *Undefined* is NaN in a table, with the
reason. Settings are those of the profile `ibsi` (32 bins).

| feature | unit | flat | slice | two voxels |
|---|---|---|---|---|
"""


def command_line() -> str:
    """All commands with their options."""
    whole = parser(cli.RUN)
    commands = next(a for a in whole._actions if isinstance(a, argparse._SubParsersAction))
    summaries = {action.dest: action.help for action in commands._choices_actions}
    text = CLI + "\n| command | what it does |\n|---|---|\n"
    text += "".join(f"| [`{name}`](#{name}) | {summaries[name]} |\n" for name in commands.choices)
    for name, command in commands.choices.items():
        text += f"\n## {name}\n\n{command.description or summaries[name]}\n"
        if name == "pyradiomics":
            text += (
                "\nIts flags are PyRadiomics' own: [coming from PyRadiomics](../pyradiomics.md).\n"
            )
            continue
        rows = [row(action) for action in command._actions if action.dest != "help"]
        text += "\n| argument | |\n|---|---|\n" + "".join(rows) if rows else ""
        if command.epilog:
            text += f"\n```text\n{command.epilog.strip()}\n```\n"
    return text


def row(action: argparse.Action) -> str:
    value = action.metavar or (action.dest.upper() if action.option_strings else action.dest)
    value = " ".join(value) if isinstance(value, tuple) else value
    if action.choices:
        value = ", ".join(map(str, action.choices))
    takes = action.option_strings and action.nargs != 0
    names = ", ".join(f"`{name}`" for name in action.option_strings) or f"`{value}`"
    told = (action.help or "").replace("%(default)s", str(action.default)).replace("|", "\\|")
    return f"| {names}{f' {value}' if takes else ''} | {told.replace('%%', '%')} |\n"


def region(flat: bool = False) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    z, y, x = np.indices((9, 11, 11))
    mask = (((z - 4) ** 2 + (y - 5) ** 2 + (x - 5) ** 2) <= 9.5).astype(np.uint8)
    image = np.full(mask.shape, 100.0) if flat else rng.uniform(60, 180, mask.shape)
    return image, mask


def values(
    image: np.ndarray, mask: np.ndarray, spacing_mm: float = 1.0
) -> dict[str, rr.FeatureRow]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = rr.extract(image, mask, {"aggregations": EVERY}, spacing_mm=spacing_mm)
    return {f"{found.family}.{found.feature}": found for found in table}


def power(name: str, of: dict, base: dict) -> float:
    """By which power of two a value grew."""
    if base[name].value == 0 or of[name].value == 0:
        return math.nan
    return math.log2(abs(of[name].value / base[name].value))


def unit(name: str, base: dict, longer: dict, brighter: dict, shifted: dict) -> str:
    length, intensity = power(name, longer, base), power(name, brighter, base)
    if name.startswith("local_intensity"):
        # A sphere of 1 cm³ holds other voxels when voxels grow.
        length = 0.0
    parts = []
    for exponent, symbol in ((length, "mm"), (intensity, "I")):
        whole = round(exponent) if math.isfinite(exponent) else 0
        assert not math.isfinite(exponent) or abs(exponent - whole) < 1e-6, (name, symbol, exponent)
        if whole:
            steady = math.isclose(shifted[name].value, base[name].value, rel_tol=1e-9)
            symbol = "[I]" if symbol == "I" and steady else symbol
            parts.append(symbol + ("" if whole == 1 else str(whole).translate(RAISED)))
    return " · ".join(parts) or "1"


RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def shown(found: rr.FeatureRow) -> str:
    if math.isnan(found.value):
        return f"*undefined: {found.reason}*" if getattr(found, "reason", "") else "*undefined*"
    return f"{found.value:.4g}"


def units() -> str:
    """A row for each feature that the profile `ibsi` computes."""
    image, mask = region()
    base = values(image, mask)
    scaled = values(image, mask, 2.0), values(image * 2, mask), values(image + 50, mask)
    flat_image, _ = region(flat=True)
    slice_mask = np.zeros_like(mask)
    slice_mask[4] = mask[4]
    two = np.zeros_like(mask)
    two[4, 5, 5] = two[5, 6, 6] = 1
    edges = [values(flat_image, mask), values(image, slice_mask), values(image, two)]
    text, family = UNITS, ""
    for name in base:
        of = name.split(".")[0]
        if of != family:
            family = of
            text += f"| **{family}** | | | | |\n"
        cells = [unit(name, base, *scaled), *(shown(edge[name]) for edge in edges)]
        text += f"| {name.split('.')[1]} | {' | '.join(cells)} |\n"
    return text

"""The page of the reference that is made of values: equations, units, ranges and edges."""

from __future__ import annotations

import math
import re
import warnings

import numpy as np

import radiomics_rs as rr

EVERY = ["3D_avg", "3D"]
#: Families whose equations say all that their definitions do.
BY_EQUATION = ("glcm", "glrlm", "glszm", "gldzm", "ngtdm", "ngldm")


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


def check_unit(name: str, told: str, base: dict, longer: dict, brighter: dict) -> None:
    """That the unit which is told is that of the values."""
    if name.startswith("intensity_volume_histogram"):
        # By default it has 1000 levels, and its intensities are levels.
        return
    length, intensity = power(name, longer, base), power(name, brighter, base)
    if name.startswith("local_intensity"):
        # A sphere of 1 cm³ holds other voxels when voxels grow.
        length = 0.0
    for measured, symbol in (
        (length, r"mm([²³]|⁻¹)?"),
        (intensity, r"unit of the image\)?([²³])?"),
    ):
        found = re.search(symbol, told)
        expected = POWERS[found[1]] if found else 0
        if math.isfinite(measured):
            assert abs(measured - expected) < 1e-6, f"{name}: {told} is not {symbol} to {measured}"


POWERS = {None: 1, "²": 2, "³": 3, "⁻¹": -1}


def shown(found: rr.FeatureRow) -> str:
    if math.isnan(found.value):
        return f"NaN ({str(found.reason).replace('_', ' ')})"
    return f"{found.value:.4g}"


def definitions() -> str:
    """A paragraph for each feature, by family."""
    image, mask = region()
    base = values(image, mask)
    longer, brighter = values(image, mask, 2.0), values(image * 2, mask)
    flat_image, _ = region(flat=True)
    slice_mask = np.zeros_like(mask)
    slice_mask[4] = mask[4]
    two = np.zeros_like(mask)
    two[4, 5, 5] = two[5, 6, 6] = 1
    edges = {
        "flat region": values(flat_image, mask),
        "slice": values(image, slice_mask),
        "two voxels": values(image, two),
    }
    text, family = _families(), ""
    for one in rr.features():
        name = f"{one['family']}.{one['feature']}"
        told = rr.describe(name)
        if told.family != family:
            family = told.family
            text += f"## {_heading(family, told.family_ibsi_id)}\n\n{_symbols(told)}\n\n"
        if name in base:
            check_unit(name, told.unit, base, longer, brighter)
        said = [f"{words} {shown(found[name])}" for words, found in edges.items() if name in found]
        text += paragraph(told, said)
    return text.rstrip() + "\n"


def _families() -> str:
    """A line of links."""
    found = {one["family"]: one["family_ibsi_id"] for one in rr.features()}
    links = []
    for family, identifier in found.items():
        anchor = re.sub(r"[^\w-]", "", _heading(family, identifier).lower().replace(" ", "-"))
        links.append(f"[{family}](#{anchor})")
    return " · ".join(links) + "\n\n"


def _heading(family: str, identifier: str) -> str:
    return f"{family} ({identifier})" if identifier else family


def _symbols(told: rr.Description) -> str:
    """What the equations of a family are made of."""
    return "; ".join(f"$`{symbol}`$ {words}" for symbol, words in told.symbols.items()) + "."


def paragraph(told: rr.Description, edges: list[str]) -> str:
    """The definition of a feature, and a line of what there is to know of it."""
    lines = [f"### {told.name}", ""]
    if told.family not in BY_EQUATION and re.search("[a-z]{4}", told.definition):
        lines += [f"{told.definition}.", ""]
    lines += ["```math", told.equation, "```", ""]
    known = [
        f"unit: {told.unit}",
        f"range: {told.range}",
        f"IBSI: {told.ibsi_id or 'not there'}",
        f"PyRadiomics: {f'`{told.pyradiomics}`' if told.pyradiomics else 'not there'}",
    ]
    lines.append(f"- {' · '.join(known)}")
    lines.append(f"- edges: {' · '.join(edges)}" if edges else "- computed when it is named")
    if told.undefined:
        lines.append(f"- {told.undefined}")
    return "\n".join([*lines, "", ""])

"""What is made of several tables: one frame, differences between images, a summary of lesions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from radiomics_rs._core import RegionError, SettingsError
from radiomics_rs._frames import delta_of_frames, is_frame
from radiomics_rs._tabular import pandas_of
from radiomics_rs.io import warn
from radiomics_rs.table import LABEL, FeatureRow, FeatureTable, fields_of, labelled

if TYPE_CHECKING:
    import pandas as pd

VOLUME = ("morphology", "volume_voxel_counting")
#: How two values are compared: of the one before and the one after.
KINDS = {
    "difference": lambda before, after: after - before,
    "ratio": lambda before, after: after / before if before else math.nan,
    "relative": lambda before, after: (after - before) / before if before else math.nan,
}


def to_frame(tables: Mapping[Any, FeatureTable], *, wide: bool = False) -> pd.DataFrame:
    """One data frame of the tables of several labels, masks or cases.

    Args:
        tables: tables by their label or name, such as `extract` gives for several labels.
        wide: whether there is a row for each table and a column for each feature; if not, there is
            a row for each feature of each table, with the columns of `FeatureTable.records`.

    Returns:
        The frame, the label in its column "label" or, if wide, as its index.

    Raises:
        ImportError: pandas is not installed.
    """
    pd = pandas_of("to_frame")
    _check_tables(tables)
    if wide:
        frame = pd.DataFrame([table.to_dict() for table in tables.values()], index=list(tables))
        return frame.rename_axis(index=LABEL)
    records = [record for _, _, record in labelled(tables)]
    return pd.DataFrame(records, columns=[LABEL, *fields_of(tables.values())])


@overload
def delta(
    table: FeatureTable | None = None,
    *,
    before: str | FeatureTable,
    after: str | FeatureTable,
    kind: str = "difference",
) -> FeatureTable: ...


@overload
def delta(
    table: pd.DataFrame | None = None,
    *,
    before: Any,
    after: Any,
    kind: str = "difference",
    on: str | Sequence[str] | None = None,
    by: str | None = None,
) -> pd.DataFrame: ...


def delta(
    table: Any = None,
    *,
    before: Any,
    after: Any,
    kind: str = "difference",
    on: str | Sequence[str] | None = None,
    by: str | None = None,
) -> Any:
    """How features change from one image or visit to another, such as from a phase to the next.

    Of data frames with a row a case, such as tables of `extract_cohort`, in one of three ways:
    `before` and `after` are images, whose columns are compared row by row; with `by` they are
    values of that column, whose rows are compared where they agree in the columns `on`; or they are
    two frames, whose rows are compared likewise.

    Args:
        table: the table of several images that `before` and `after` name, or a pandas data frame;
            None if these are tables or frames themselves.
        before: the image, the table, or the value of `by` that changes are counted from.
        after: the image, the table, or the value of `by` that they are counted to.
        kind: "difference" (after - before), "ratio" (after / before) or "relative" (the difference
            over the value before; NaN where that is 0, as a ratio is).
        on: of frames, the columns that say which rows belong together, such as "patient" or
            ["patient", "lesion"]; they come in front. A key that one side alone has is left
            out, with a RadiomicsWarning that names it, as one names keys whose case failed.
        by: of one frame, the column that says which side a row is of, such as "visit".

    Returns:
        A row for each feature that both have, called such as
        `delta-arterial-portal_glcm_contrast_3D_avg`. A value that is undefined on either side is
        NaN with the reason. Features of the mask alone do not change from image to image: their
        difference is 0. Of frames a frame: the columns `on`, then a column for each feature that
        both sides have (of a table of a cohort what comes after `warnings`, else all numbers),
        called as above between images, and such as `delta-first-second-original_glcm_...` between
        rows, `delta-original_glcm_...` between frames; rows in the order of those before.

    Raises:
        SettingsError: an image, column or value that the table does not have; a kind that does not
            exist; two rows of the same key, or one without a key.
        RegionError: tables that have no feature in common, or frames no key.
    """
    if kind not in KINDS:
        raise SettingsError(f"kind is {kind!r}: give one of {', '.join(KINDS)}")
    if any(map(is_frame, (table, before, after))):
        texts = [str(side) for side in (before, after) if not is_frame(side)]
        prefix = "-".join(("delta" if kind == "difference" else kind, *texts))
        change = np.vectorize(KINDS[kind], otypes=[np.float64])
        return delta_of_frames(table, before, after, change, prefix, on, by)
    for name, given in (("on", on), ("by", by)):
        if given is not None:
            raise SettingsError(f"{name} is {given!r}, which is for data frames: leave it out")
    if table is not None and not isinstance(table, FeatureTable):
        raise TypeError(f"the table is of type {type(table).__name__}: give that of several images")
    sides = [_side("before", before, table), _side("after", after, table)]
    names = [f"-{side}" if isinstance(side, str) else "" for side in (before, after)]
    prefix = "".join(("delta" if kind == "difference" else kind, *names))
    rows = []
    for key, one in sides[0].items():
        other = sides[1].get(key)
        if other is not None:
            rows.append(_changed(one, other, prefix, key[0], KINDS[kind]))
    if not rows:
        raise RegionError("the two have no feature in common: give tables of the same settings")
    return FeatureTable(rows)


def _side(
    role: str, given: str | FeatureTable, table: FeatureTable | None
) -> dict[tuple[str, str], FeatureRow]:
    """The rows of one side, by the filter they are of and the rest of their column."""
    if isinstance(given, FeatureTable):
        # The image has the name that the table gave it: features are matched with it.
        return {(row.image, row.column[len(row.image) :]): row for row in given}
    if table is None:
        raise SettingsError(f"{role} is {given!r}, the name of an image: give the table it is of")
    found = {}
    for row in table:
        if row.image == given or row.image.startswith(f"{given}-"):
            found[row.image[len(given) :], row.column[len(row.image) :]] = row
    if not found:
        held = ", ".join(dict.fromkeys(row.image for row in table))
        raise SettingsError(f"{role} is {given!r}, and the table has the images {held}")
    return found


def _changed(
    before: FeatureRow, after: FeatureRow, prefix: str, of: str, change: Any
) -> FeatureRow:
    image = f"{prefix}{of}" if of.startswith("-") or not of else f"{prefix}-{of}"
    value = change(before.value, after.value)
    undefined = [row for row in (before, after) if math.isnan(row.value)]
    reason = undefined[0].reason if undefined else ""
    if math.isnan(value) and not undefined:
        reason = "not_defined"
    status = undefined[0].status if undefined else ("undefined" if reason else "ok")
    return before._replace(
        column=f"{image}{before.column[len(before.image) :]}",
        image=image,
        value=value,
        status=status,
        reason=reason,
    )


@dataclass(frozen=True)
class LesionSummary:
    """Several lesions of one patient as one."""

    count: int
    """How many lesions there are, those that could not be computed included."""
    largest: Any
    """Label of the lesion of the largest volume."""
    volumes_mm3: dict[Any, float]
    """Volume (voxel counting) of each lesion that has one: neither one that could not be computed
    nor one of a single slice has, and they have no weight."""
    table: FeatureTable
    """Mean of each feature over the lesions, weighted by their volumes. A feature that is undefined
    for a lesion is averaged over the others; one that is undefined for all is NaN."""


def summarise_lesions(tables: Mapping[Any, FeatureTable]) -> LesionSummary:
    """Sum up several lesions of a patient: how many, the largest, volume-weighted mean features.

    Args:
        tables: the tables of the lesions by label, as `extract` gives them; their settings ask for
            the family morphology, whose `volume_voxel_counting` is the weight.

    Raises:
        RegionError: no lesion, or none that could be computed.
        SettingsError: tables without a volume, or of different columns.
    """
    _check_tables(tables)
    if not tables:
        raise RegionError("there are no lesions: give the tables of at least one")
    columns = next(iter(tables.values())).keys()
    for label, table in tables.items():
        if table.keys() != columns:
            raise SettingsError(
                f"the table of lesion {label!r} has other columns than the first one: "
                "extract all lesions with the same settings"
            )
    volumes = {label: _volume(label, table) for label, table in tables.items()}
    known = {label: volume for label, volume in volumes.items() if not math.isnan(volume)}
    if not known:
        raise RegionError(f"none of the {len(tables)} lesions could be computed")
    without = [str(label) for label in volumes if label not in known]
    if without:
        warn(
            f"{len(without)} of {len(tables)} lesions have no volume and count for no feature: "
            f"{', '.join(without)} (not computed, or of a single slice)"
        )
    rows = []
    for place, row in enumerate(next(iter(tables.values()))):
        members = [(known[label], tables[label][place]) for label in known]
        defined = [(w, member.value) for w, member in members if not math.isnan(member.value)]
        weight = sum(w for w, _ in defined)
        value = sum(w * x for w, x in defined) / weight if defined else math.nan
        of = row if not defined else next(m for _, m in members if not math.isnan(m.value))
        rows.append(of._replace(value=value))
    largest = max(known, key=lambda label: known[label])
    return LesionSummary(len(tables), largest, known, FeatureTable(rows))


def _check_tables(tables: Any) -> None:
    """Refuse what is no mapping to tables."""
    if not isinstance(tables, Mapping):
        raise TypeError(
            f"the tables are of type {type(tables).__name__}: give a mapping from label to table, "
            "as `extract` gives for several labels"
        )
    for label, table in tables.items():
        if not isinstance(table, FeatureTable):
            raise TypeError(f"the table of {label!r} is of type {type(table).__name__}")


def _volume(label: Any, table: FeatureTable) -> float:
    for row in table:
        if (row.family, row.feature) == VOLUME:
            return row.value
    raise SettingsError(
        f"the table of lesion {label!r} has no {'.'.join(VOLUME)}, which weights its features: "
        "extract the family morphology as well"
    )

"""Tables of many cases: computed side by side, kept case by case, gone on with after any end."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from radiomics_rs._arguments import Progress, SettingsLike
    from radiomics_rs._extract import FiltersLike
    from radiomics_rs.cohort.extras import Extra, ExtrasLike
    from radiomics_rs.cohort.run import Cohort
    from radiomics_rs.cohort.stability import StabilityLike

__all__ = ["Cohort", "Extra", "extract_cohort"]

#: Where names are that are imported when they are first asked for: processes that compute cases
#: import one module of this package, and wait for each other one.
_WHERE = {"Cohort": "run", "Extra": "extras"}


def __getattr__(name: str) -> Any:
    """What is imported when it is first asked for."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
    globals()[name] = found
    return found


def extract_cohort(
    cases: Any,
    settings: SettingsLike = None,
    *,
    out: str | os.PathLike[str],
    jobs: int | None = None,
    client: Any = None,
    extra: ExtrasLike = None,
    filters: FiltersLike = None,
    resample_mask: bool = False,
    resample_images: bool = False,
    memory_mb: float | None = None,
    provenance: bool = False,
    stability: StabilityLike = None,
    perturbed: bool = False,
    progress: Progress = None,
) -> Cohort:
    """Compute the features of many cases into one table, a row a case in the order they came.

    Each case is written down as soon as it is done, in the folder `<out>.records`. However the call
    ends, the same call again goes on from there; of a run that is done it computes nothing. What is
    done is known by the content of the files, the label, the settings and the version of the
    engine, not by names or times. A case that fails keeps its row, with NaN, the status "failed"
    and the reason, and is tried again by the next call.

    Args:
        cases: the path of a .csv or .parquet file, a data frame of pandas or polars, or a list of
            mappings. Columns: `image` and `mask`, paths of whatever `extract` reads; or several
            `image:<name>` with one `mask`, or one `mask:<name>` for each. Also `label` (else 1) or
            `roi` (name or number of a region of a SEG or RTSTRUCT), `label_channel`, and `case_id`
            (else made from image, mask and region). Any other column is carried through. The
            columns of PyRadiomics' tables (`Image`, `Mask`, `Label`, `ID`) are the same. Relative
            paths are relative to the file of the cases, else to the current folder.
        settings: as for `extract`.
        out: the table, `.csv`, `.parquet` (needs pyarrow) or `.jsonl`; put there whole once all
            cases are done. `<out>.run.json` says when, where and with what versions it was made,
            and of each case the paths, hashes, warnings and what was decided while it was read.
        jobs: number of processes, None for one a core. Several have one thread each, a single one
            has all cores. It never changes a number.
        client: a client of Dask (`distributed.Client`), whose workers compute in place of
            processes here; they need the same paths.
        extra: columns of one's own, a mapping from names to `Extra`.
        filters: as for `extract`.
        resample_mask: as for `extract`.
        resample_images: as for `extract`.
        memory_mb: megabytes (10^6 bytes) that all cases at work may take together, None for no
            limit but the machine's. As many as fit are at work at a time.
        provenance: whether the table has the hashes of settings and files, and the version of the
            engine, as columns.
        stability: perturbations with which each case is computed again: a list of mappings with
            the arguments of `perturb` (rotations, translations, noise, noise_level, volume,
            volume_by, minimum_volume, contour, seed, margin_mm), each of which stands for its
            combinations, or the path of such a list as YAML. `<out>.stability` with the ending of
            `out` then has for each feature what `icc` says of it, and how many cases are dropped.
            Random numbers differ from case to case, and follow from the content of its files.
        perturbed: whether `<out>.perturbed`, a row for each case and perturbation, is written too.
        progress: called with the number of cases that are done and of all cases.

    Returns:
        Where the table is, its columns, and how many cases were computed, kept, and failed.

    Raises:
        SettingsError: settings, columns or arguments that cannot be used, two cases with the same
            id, or an `out` that another run is writing.
        ReadError: a file that holds no cases.
        RadiomicsError: processes that cannot work at all.
        TypeError: an argument of a kind that is not listed here.
        OSError: a file of cases that cannot be opened, or a table or record that cannot be written.
        ImportError: a file that needs a package which is not installed.
        KeyboardInterrupt: an interrupt, with how many cases are kept.
    """
    from radiomics_rs._arguments import progress_of
    from radiomics_rs.cohort.run import run

    told = progress_of(progress)
    return run(
        cases,
        settings,
        out=out,
        jobs=jobs,
        client=client,
        extra=extra,
        filters=filters,
        resample_mask=resample_mask,
        resample_images=resample_images,
        memory_mb=memory_mb,
        provenance=provenance,
        stability=stability,
        perturbed=perturbed,
        tell=lambda done, total, _failed: None if told is None else told(done, total),
    )

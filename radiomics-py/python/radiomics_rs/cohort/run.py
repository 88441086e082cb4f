"""A run: what there is already, what is computed, and the table of both."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from radiomics_rs import _extract, _processes
from radiomics_rs._arguments import SettingsLike, memory_of, settings_of, switch, whole
from radiomics_rs._core import Settings, SettingsError
from radiomics_rs.cohort import report, tables
from radiomics_rs.cohort.cases import Case, Layout, cases_of, layout_of
from radiomics_rs.cohort.collect import Collector, Tell
from radiomics_rs.cohort.columns import Columns, columns_of
from radiomics_rs.cohort.extras import ExtrasLike, NamedExtra, extras_of
from radiomics_rs.cohort.perturbed import (
    PERTURBED,
    STABILITY,
    beside,
    icc_columns,
    icc_rows,
    long_columns,
    long_rows,
)
from radiomics_rs.cohort.records import Reader, Records
from radiomics_rs.cohort.sources import Source, source_of
from radiomics_rs.cohort.stability import StabilityLike, stability_of
from radiomics_rs.cohort.waiting import Queue
from radiomics_rs.cohort.work import Options, Spec
from radiomics_rs.io import warn


@dataclass(frozen=True)
class Cohort:
    """What a run left: the table, and how many cases are what."""

    out: Path
    """The table."""
    run: Path
    """The report of the run, `<table>.run.json`."""
    columns: tuple[str, ...]
    """The columns of the table."""
    cases: int
    """How many there are."""
    computed: int
    """Those that this run computed."""
    kept: int
    """Those that were done already."""
    failed: int
    """Those whose row has the status "failed"."""
    stability: Path | None = None
    """How stable each feature is, `<table>.stability.<ending>`, if that was asked for."""
    perturbed: Path | None = None
    """All values with perturbations, `<table>.perturbed.<ending>`, if they were asked for."""

    def __str__(self) -> str:
        return (
            f"{self.cases} cases, {self.computed} computed, {self.kept} kept, {self.failed} "
            f"failed: {self.out}"
        )


@dataclass(frozen=True)
class _Plan:
    """All that is known before the first case is looked at."""

    source: Source
    layout: Layout
    cases: list[Case]
    columns: Columns
    spec: Spec
    identity: dict[str, Any]
    settings_sha256: str
    out: Path
    write: tables.Write
    jobs: int
    memory_mb: float | None
    stability: Path | None
    perturbed: Path | None


def run(
    cases: Any,
    settings: SettingsLike,
    *,
    out: str | os.PathLike[str],
    tell: Tell,
    jobs: int | None = None,
    client: Any = None,
    extra: ExtrasLike = None,
    filters: Any = None,
    resample_mask: bool = False,
    resample_images: bool = False,
    memory_mb: float | None = None,
    provenance: bool = False,
    stability: StabilityLike = None,
    perturbed: bool = False,
) -> Cohort:
    """See `extract_cohort`; `tell` is told of failures as well."""
    _no_worker()
    options = Options(
        switch("resample_mask", resample_mask), switch("resample_images", resample_images)
    )
    chosen = settings_of(settings)
    if filters is not None:
        chosen = chosen.replace(filters=filters)
    source = source_of(cases)
    layout = layout_of(source)
    extras = _extras(extra, chosen, layout)
    again = stability_of(stability, chosen)
    if switch("perturbed", perturbed) and again is None:
        raise SettingsError("perturbed is True, and there are no perturbations: give `stability`")
    path = _place_of(out)
    kinds = [STABILITY] * (again is not None) + [PERTURBED] * perturbed
    places = {kind: beside(path, kind) for kind in kinds}
    _spare(cases, [path, *places.values()])
    features = [column.name for column in _extract.columns(chosen, layout.names)]
    identity = report.identity(chosen, asdict(options), [one.identity() for one in extras], again)
    plan = _Plan(
        source,
        layout,
        cases_of(source, layout),
        columns_of(source, layout, features, extras, switch("provenance", provenance)),
        Spec(
            settings=chosen.to_json(),
            options=options,
            extras=extras,
            common=_digest(identity),
            features=tuple(features),
            folder=source.folder,
            records=str(Records(path).folder),
            stability=again,
        ),
        identity,
        _digest(identity["settings"]),
        path,
        tables.writer_of(path),
        _jobs(jobs),
        memory_of(memory_mb),
        places.get(STABILITY),
        places.get(PERTURBED),
    )
    try:
        return _carry_out(plan, client, tell)
    except OSError as error:
        if error.filename is not None:
            raise
        # What a full disc says has no name.
        number = error.errno or errno.EIO
        raise OSError(number, os.strerror(number), str(path)) from error


def _no_worker() -> None:
    if _processes.is_worker:
        raise SettingsError(
            "extract_cohort is called by a process that another one has started: put the call "
            'behind `if __name__ == "__main__":`, or the functions of `extra` into a module'
        )


def _place_of(out: str | os.PathLike[str]) -> Path:
    """Where the table is to be; raises SettingsError for what cannot be one."""
    path = Path(os.path.abspath(out))  # noqa: PTH100 links stay as they are
    if path.is_dir():
        raise SettingsError(f"out is {os.fspath(out)}, a folder: give the name of a file")
    if not path.parent.is_dir():
        raise SettingsError(
            f"out is {os.fspath(out)}, and there is no folder {path.parent}: make it"
        )
    return path


def _spare(cases: Any, places: list[Path]) -> None:
    """Raise SettingsError if a table is to be put where the cases are."""
    for place in places:
        if isinstance(cases, str | os.PathLike) and place.exists() and place.samefile(cases):
            raise SettingsError(
                f"out is such that {place.name} is written, which holds the cases: give another "
                "name for the table"
            )


def _extras(given: ExtrasLike, settings: Settings, layout: Layout) -> tuple[NamedExtra, ...]:
    extras = extras_of(given, settings)
    if extras and len(layout.masks) > 1:
        raise SettingsError(
            f"extra {extras[0].name!r} is of one region, and each image has a mask of its own: "
            "give one column `mask`, or leave the extra out"
        )
    return extras


def _carry_out(plan: _Plan, client: Any, tell: Tell) -> Cohort:
    began = report.now()
    with Records(plan.out) as records:
        index = records.index()
        collector = Collector.of(plan.cases, index, records.folder, tell)
        try:
            left = collector.resume(plan.spec.common, plan.spec.folder)
            if left:
                spec = replace(plan.spec, done=frozenset(index))
                _compute(plan, spec, left, collector, client)
        except KeyboardInterrupt as error:
            kept = collector.kept + collector.computed
            raise KeyboardInterrupt(
                f"cancelled: {kept} of {len(plan.cases)} cases are kept, the same call goes on"
            ) from error
        finally:
            collector.close()
        run_path = plan.out.with_name(f"{plan.out.name}.run.json")
        made_of = report.made_of(plan.source, plan.columns, collector)
        nothing_new = not collector.computed and not collector.failures
        others = [path for path in (plan.stability, plan.perturbed) if path is not None]
        if not (nothing_new and report.is_there(plan.out, run_path, made_of, others)):
            about = {"began": began, "ended": report.now(), "made_of": made_of, **_about(plan)}
            about["jobs"] = plan.jobs if client is None else None
            _write(plan, about, records.folder, run_path, collector)
    numbers: Mapping[str, int] = report.counts(collector)
    return Cohort(
        plan.out,
        run_path,
        tuple(plan.columns.names),
        **numbers,
        stability=plan.stability,
        perturbed=plan.perturbed,
    )


def _about(plan: _Plan) -> dict[str, Any]:
    """What the report of a run says of all cases together."""
    return {
        **report.machine(),
        "memory_mb": plan.memory_mb,
        "cases_from": plan.source.what,
        "folder": plan.source.folder,
        "table": str(plan.out),
        "settings_sha256": plan.settings_sha256,
        **plan.identity,
    }


def _write(
    plan: _Plan, about: dict[str, Any], folder: Path, run_path: Path, collector: Collector
) -> None:
    """Put the table, those beside it and the report of the run in their places, all whole."""
    reader = Reader(folder)
    stability, names = plan.spec.stability, plan.columns.values
    with ExitStack() as stack:
        stack.callback(reader.close)
        made = stack.enter_context(tables.in_place(plan.out, folder))
        sha256, told = plan.settings_sha256, report.Told(plan.source.folder)
        rows = report.rows(plan.source, plan.layout, plan.columns, collector, reader, sha256, told)
        plan.write(made, plan.columns, rows)
        others: dict[str, Path] = {}
        if plan.stability is not None and stability is not None:
            others[plan.stability.name] = place = stack.enter_context(
                tables.in_place(plan.stability, folder)
            )
            plan.write(place, icc_columns(), icc_rows(collector, reader, stability, names, folder))
        if plan.perturbed is not None and stability is not None:
            others[plan.perturbed.name] = place = stack.enter_context(
                tables.in_place(plan.perturbed, folder)
            )
            of_all = long_rows(collector, reader, stability, len(names))
            plan.write(place, long_columns(plan.columns.case_id(plan.layout), names), of_all)
        run_made = stack.enter_context(tables.in_place(run_path, folder))
        header = {**about, "counts": report.counts(collector)}
        report.write_run(run_made, made, others, header, told)


def _compute(plan: _Plan, spec: Spec, left: list[Case], collector: Collector, client: Any) -> None:
    if client is not None:
        from radiomics_rs.cohort import dask_run

        dask_run.compute(client, replace(spec, sync_s=0.0), left, collector, plan.memory_mb)
        return
    from radiomics_rs.cohort import local_run

    jobs = min(plan.jobs, len(left))
    # Cases that are side by side fill the cores; one at a time has them all.
    spec = replace(spec, threads=1 if plan.jobs > 1 else 0)
    queue = Queue(left, spec.folder, jobs, plan.memory_mb)
    _warn_of(queue.too_large(), plan.memory_mb)
    if said := queue.scarce():
        warn(said)
    local_run.compute(spec, queue, collector, jobs)


def _warn_of(too_large: list[tuple[Case, float]], memory_mb: float | None) -> None:
    """Say which cases are likely to take more memory than they may."""
    if not too_large:
        return
    (case, need_mb), *more = too_large
    others = f", and {len(more)} more cases call for more" if more else ""
    warn(
        f"{memory_mb:g} MB are to be enough for all cases at work, and case {case.case_id!r} calls "
        f"for about {need_mb:.0f} MB, with its process{others}: each of these is computed with no "
        "other one beside it, and may fail or take more"
    )


def _jobs(given: int | None) -> int:
    if given is None:
        return _processes.cores()
    jobs = whole("jobs", given)
    if jobs < 1:
        raise SettingsError(f"jobs is {jobs}: give a number above 0, or None for all cores")
    return jobs


def _digest(document: Any) -> str:
    """SHA-256 of a document, whose keys have any order."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()

"""The commands that compute tables of many cases, and those that make no table."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from radiomics_rs._bar import Bar, CaseBar
from radiomics_rs._command.compute import settings_of, sources
from radiomics_rs._command.parsing import say
from radiomics_rs._core import Settings
from radiomics_rs._explain import explain
from radiomics_rs._filter import filter_image
from radiomics_rs._interrupts import CANCELLED
from radiomics_rs._maps import feature_maps
from radiomics_rs._plot_region import draw
from radiomics_rs.io import write_image


def batch(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> int:
    """Compute the features of many cases."""
    # What only cohorts need would double the time in which a case begins.
    from radiomics_rs.cohort.run import run as run_cohort

    settings = settings_of(parser, chosen, parameters=True)
    with CaseBar(sys.stderr, say) as bar, _ended_by(signal.SIGTERM) as heard:
        try:
            made = run_cohort(
                chosen.cases,
                settings,
                out=chosen.out,
                jobs=chosen.jobs,
                memory_mb=chosen.memory,
                resample_mask=chosen.resample_mask,
                resample_images=chosen.resample_images,
                provenance=chosen.provenance,
                stability=chosen.stability,
                perturbed=chosen.perturbed,
                tell=bar,
            )
        except KeyboardInterrupt as error:
            bar.close()
            say(str(error) or "cancelled")
            return heard[0] + 128 if heard else CANCELLED
    print(str(made).replace(str(made.out), chosen.out))
    for what, path in (("stability", made.stability), ("perturbed values", made.perturbed)):
        if path is not None:
            print(f"{what}: {Path(chosen.out).with_name(path.name)}")
    if made.failed:
        say(f"{made.failed} of {made.cases} cases failed: see the column `error`")
    return 1 if chosen.strict and made.failed else 0


@contextmanager
def _ended_by(number: int) -> Iterator[list[int]]:
    """Work that a signal ends as an interrupt does; gives a list that then holds its number."""
    heard: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        heard.append(number)
        raise KeyboardInterrupt

    try:
        before = signal.signal(number, end)
    except ValueError:
        # Another thread than the main one hears of no signals.
        yield heard
        return
    try:
        yield heard
    finally:
        signal.signal(number, before)


def report(_parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    """Write a page about a table."""
    from radiomics_rs.cohort.page import cohort_report

    cohort_report(
        chosen.table, out=chosen.out, stability=chosen.stability, overlays=chosen.overlays
    )
    print(f"report of {chosen.table} written to {chosen.out}")


def explain_(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    """Say what is done to a region."""
    if chosen.picture is None and (chosen.outline or chosen.slice is not None):
        parser.error("--outline and --slice are of a picture: give --picture FILE as well")
    outlines = dict(text.partition("=")[::2] for text in chosen.outline)
    if not all(outlines.values()) or len(outlines) < len(chosen.outline):
        parser.error("--outline: give NAME=MASK, each name once")
    image, mask = sources(chosen, single=True)
    record = explain(
        image,
        mask,
        settings_of(parser, chosen),
        label=chosen.label,
        resample_mask=chosen.resample_mask,
        label_channel=chosen.label_channel,
    )
    if chosen.picture is not None:
        named = {chosen.roi[0] if chosen.roi else "region": mask, **outlines}
        draw(
            chosen.picture,
            image,
            named,
            label=chosen.label,
            index=chosen.slice,
            resample_mask=chosen.resample_mask,
        )
    if chosen.format == "json":
        print(json.dumps(record.to_list(), indent=1, ensure_ascii=False))
    else:
        print(record)


def filter_(_parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    """Write the response of a filter."""
    filters: Any = Settings().replace_yaml(f"filters: [{chosen.filter}]").filters
    with Bar(sys.stderr) as bar:
        response = filter_image(
            chosen.image,
            filters,
            threads=chosen.threads,
            memory_mb=chosen.memory_mb,
            progress=bar,
        )
    write_image(response, chosen.out)
    print(f"response written to {chosen.out}")


def map_(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    """Write feature maps."""
    names = None if chosen.features is None else [n.strip() for n in chosen.features.split(",")]
    with Bar(sys.stderr, "voxels") as bar:
        maps = feature_maps(
            *sources(chosen, single=True),
            names,
            chosen.radius,
            settings_of(parser, chosen),
            in_plane=chosen.in_plane,
            masked=not chosen.unmasked,
            outside=chosen.outside,
            label=chosen.label,
            threads=chosen.threads,
            resample_mask=chosen.resample_mask,
            label_channel=chosen.label_channel,
            memory_mb=chosen.memory_mb,
            progress=bar,
        )
    paths = maps.write(chosen.out, f".{chosen.format}")
    print(f"{len(paths)} maps of {maps.places.size} voxels written to {chosen.out}")

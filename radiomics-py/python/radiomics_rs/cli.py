"""The command `radiomics-rs`."""

from __future__ import annotations

import argparse
import contextlib
import csv
import errno
import json
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from radiomics_rs._bar import Bar, CaseBar
from radiomics_rs._core import RadiomicsError, RegionError, Settings, example, features
from radiomics_rs._explain import explain
from radiomics_rs._extract import extract
from radiomics_rs._filter import filter_image
from radiomics_rs._interrupts import CANCELLED, guarded
from radiomics_rs._labels import ALL, wanted_of_texts
from radiomics_rs._maps import feature_maps
from radiomics_rs._options import LISTS
from radiomics_rs._options import parser as options
from radiomics_rs._plot_region import draw
from radiomics_rs._verify import verify
from radiomics_rs.io import RadiomicsWarning, read_mask, scan, text_file, volume, write_image
from radiomics_rs.io.scan import SOUND
from radiomics_rs.table import WRITERS, aligned, write_labels

EXAMPLE_CONFIGURATION = "digital_phantom"
CATALOGUE_COLUMNS = ("family", "feature", "ibsi_id", "pyradiomics", "aggregations", "summary")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0, 1 error, 2 wrong usage, 130 cancelled."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["pyradiomics"]:
        # Flags, messages and exit codes of its own: those of PyRadiomics' command.
        from radiomics_rs.pyradiomics import scripts

        return scripts.main(given[1:])
    return guarded(lambda: _run(given), _cancelled)


def _run(given: Sequence[str]) -> int:
    parser = options(RUN)
    chosen = parser.parse_args(given)
    for stream in (sys.stdout, sys.stderr):
        # A terminal of another encoding shows escapes instead of ending the command.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            code = chosen.run(parser, chosen)
        # What is printed to may be full, or a pipe that nobody reads any more.
        sys.stdout.flush()
    except (RadiomicsError, OSError, TypeError, MemoryError, ImportError) as error:
        if isinstance(error, OSError) and error.filename is None:
            # Files have names: what has none is what is printed to.
            error.filename = "standard output"
            _drop_output()
        _say(f"error: {_message(error)}")
        return 1
    return code or 0


def _cancelled() -> None:
    """Say so; what was to be printed may be what the interrupt was about."""
    _drop_output()
    _say("cancelled")


def _drop_output() -> None:
    """Python flushes once more on exit, and would complain of what cannot be written."""
    if sys.stdout is not None:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(text: str) -> None:
    """A line on standard error, if there is one."""
    if sys.stderr is not None:
        print(f"radiomics-rs: {' '.join(text.split())}", file=sys.stderr)


def _show_warning(
    message: Warning | str, category: type[Warning], *_place: object, **_more: object
) -> None:
    _say(f"warning: {message}" if issubclass(category, RadiomicsWarning) else str(message))


def _extract(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    if chosen.example and chosen.image is not None:
        parser.error("--example takes no IMAGE and MASK")
    if chosen.example and chosen.roi:
        parser.error("--example takes no --roi")
    if not chosen.example and chosen.mask is None:
        parser.error("give IMAGE and MASK, or --example")
    if chosen.out is not None and Path(chosen.out).suffix.lower() not in WRITERS:
        parser.error(f"--out {chosen.out}: the name must end in {' or '.join(WRITERS)}")
    if chosen.write_warnings and chosen.out is None:
        parser.error("--write-warnings: give --out as well")

    settings = _settings(parser, chosen)
    if chosen.example:
        image, mask, spacing_mm = example()
    else:
        (image, mask), spacing_mm = _sources(chosen), None
    # Of regions by their names each is the only one of its mask.
    wanted = 1 if chosen.roi else wanted_of_texts(chosen.label, chosen.label_names)
    with Bar(sys.stderr) as bar:
        tables = extract(
            image,
            mask,
            settings,
            label=wanted,
            label_names=chosen.label_names,
            on_error=chosen.on_error,
            threads=chosen.threads,
            spacing_mm=spacing_mm,
            resample_mask=chosen.resample_mask,
            label_channel=chosen.label_channel,
            strict=chosen.strict,
            memory_mb=chosen.memory_mb,
            progress=bar,
        )
    if not isinstance(tables, dict):
        tables = {chosen.roi[0]: tables}
    if chosen.out is None:
        titles = [f"label {label}\n" if len(tables) > 1 else "" for label in tables]
        print("\n\n".join(f"{t}{table}" for t, table in zip(titles, tables.values(), strict=True)))
        return
    if len(tables) > 1:
        write_labels(tables, chosen.out, warnings=chosen.write_warnings)
    elif chosen.out.lower().endswith(".csv"):
        next(iter(tables.values())).to_csv(chosen.out, warnings=chosen.write_warnings)
    else:
        next(iter(tables.values())).to_json(chosen.out, warnings=chosen.write_warnings)
    of = f" of {len(tables)} labels" if len(tables) > 1 else ""
    print(f"{sum(map(len, tables.values()))} features{of} written to {chosen.out}")


def _batch(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> int:
    # Where they are needed, as importing them takes as long as reading an image.
    from radiomics_rs.cohort.run import run as run_cohort

    settings = _settings(parser, chosen)
    with CaseBar(sys.stderr, _say) as bar:
        try:
            made = run_cohort(
                chosen.cases,
                settings,
                out=chosen.out,
                jobs=chosen.jobs,
                memory_mb=chosen.memory,
                resample_mask=chosen.resample_mask,
                provenance=chosen.provenance,
                tell=bar,
            )
        except KeyboardInterrupt as error:
            bar.close()
            _say(str(error) or "cancelled")
            return CANCELLED
    print(str(made).replace(str(made.out), chosen.out))
    if made.failed:
        _say(f"{made.failed} of {made.cases} cases failed: see the column `error`")
    return 1 if chosen.strict and made.failed else 0


def _report(_parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    from radiomics_rs.cohort.page import cohort_report

    cohort_report(
        chosen.table, out=chosen.out, stability=chosen.stability, overlays=chosen.overlays
    )
    print(f"report of {chosen.table} written to {chosen.out}")


def _sources(chosen: argparse.Namespace, *, single: bool = False) -> tuple[Any, Any]:
    """Image and mask as arguments; with --roi the regions of the mask by their names."""
    if not chosen.roi:
        return chosen.image, chosen.mask
    if getattr(chosen, "label", 1) not in (1, []) or getattr(chosen, "label_names", None):
        raise RegionError("--roi chooses regions by name, --label by value: give one of the two")
    asked: list[str | int] = [int(one) if one.isdecimal() else one for one in chosen.roi]
    if len(set(asked)) < len(asked):
        raise RegionError(f"--roi {', '.join(chosen.roi)}: give each region once")
    image = volume(chosen.image, None)
    roi = None if asked == [ALL] else asked[0] if len(asked) == 1 else asked
    found = read_mask(chosen.mask, image=image, roi=roi)
    if single and isinstance(found, dict) and len(found) == 1:
        found = next(iter(found.values()))
    if single and isinstance(found, dict):
        raise RegionError(
            f"--roi {', '.join(chosen.roi)} are {len(found)} regions: give the name of one, of "
            f"{', '.join(found)}"
        )
    return image, found


def _settings(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> Settings:
    if chosen.settings is not None:
        settings = Settings.from_yaml(Path(chosen.settings))
    elif chosen.profile is not None:
        settings = Settings(profile=chosen.profile)
    elif getattr(chosen, "example", False):
        settings = Settings.ibsi_configuration(EXAMPLE_CONFIGURATION)
    else:
        settings = Settings()
    assigned: set[str] = set()
    for assignment in chosen.set:
        name, equals, value = assignment.partition("=")
        name = name.strip()
        if not equals or not name.isidentifier():
            parser.error(f"--set {assignment}: give NAME=VALUE")
        if name in assigned:
            parser.error(f"--set {name} is given twice: give it once")
        assigned.add(name)
        settings = settings.replace_yaml(f"{name}: {value}")
    if chosen.filter:
        settings = settings.replace_yaml(f"filters: [{', '.join(chosen.filter)}]")
    return settings


def _explain(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    if chosen.picture is None and (chosen.outline or chosen.slice is not None):
        parser.error("--outline and --slice are of a picture: give --picture FILE as well")
    outlines = dict(text.partition("=")[::2] for text in chosen.outline)
    if not all(outlines.values()) or len(outlines) < len(chosen.outline):
        parser.error("--outline: give NAME=MASK, each name once")
    image, mask = _sources(chosen, single=True)
    record = explain(
        image,
        mask,
        _settings(parser, chosen),
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


def _filter(_parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    filters = Settings().replace_yaml(f"filters: [{chosen.filter}]").filters
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


def _map(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    names = None if chosen.features is None else [n.strip() for n in chosen.features.split(",")]
    with Bar(sys.stderr, "voxels") as bar:
        maps = feature_maps(
            *_sources(chosen, single=True),
            names,
            chosen.radius,
            _settings(parser, chosen),
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


def _verify(_parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> int:
    found = verify(chosen.data, threads=chosen.threads)
    if chosen.out is None:
        print(found.to_text(chosen.format), end="")
    else:
        with text_file(chosen.out) as file:
            file.write(found.to_text(chosen.format))
        print(found, end="")
    return 0 if found.all_inside else 1


def _scan(_parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> int:
    found = scan(chosen.folder)
    if chosen.format == "json":
        print(json.dumps(found.records(), indent=1, ensure_ascii=False))
    else:
        print(found)
    return 0 if all(row.state == SOUND for row in found) else 1


def _print_settings(_parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    print(Settings.template(chosen.profile), end="")


def _features(_parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    FORMATS[chosen.format]()


def _catalogue() -> list[tuple[str, ...]]:
    rows = []
    for feature in features():
        # The region as a whole has no name in the vocabulary of the reference values.
        names = {**feature, "aggregations": " ".join(feature["aggregations"])}
        rows.append(tuple(names[column] or "" for column in CATALOGUE_COLUMNS))
    return rows


def _print_table() -> None:
    print(aligned(CATALOGUE_COLUMNS, _catalogue()))


def _print_csv() -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(CATALOGUE_COLUMNS)
    writer.writerows(_catalogue())


def _print_json() -> None:
    print(json.dumps(features(), indent=1, ensure_ascii=False))


def _print_markdown() -> None:
    rule = ("---",) * len(CATALOGUE_COLUMNS)
    for row in (CATALOGUE_COLUMNS, rule, *_catalogue()):
        print("|", " | ".join(cell.replace("|", "\\|") for cell in row), "|")


FORMATS = dict(zip(LISTS, (_print_table, _print_csv, _print_json, _print_markdown), strict=True))


def _message(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, MemoryError):
        return f"memory has run out. {error}".rstrip()
    return str(error)


RUN = {
    "extract": _extract,
    "batch": _batch,
    "report": _report,
    "filter": _filter,
    "map": _map,
    "features": _features,
    "settings": _print_settings,
    "verify": _verify,
    "scan": _scan,
    "explain": _explain,
}

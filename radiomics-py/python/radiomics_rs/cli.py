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
from typing import Any, TextIO, TypeAlias

from radiomics_rs._core import RadiomicsError, Settings, __version__, example, features
from radiomics_rs._extract import extract
from radiomics_rs._filter import filter_image
from radiomics_rs._maps import SUFFIXES, feature_maps
from radiomics_rs._verify import verify
from radiomics_rs.io import RadiomicsWarning, text_file, write_image
from radiomics_rs.table import WRITERS, aligned, write_labels

EXAMPLE_CONFIGURATION = "digital_phantom"
CANCELLED = 130
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
CATALOGUE_COLUMNS = ("family", "feature", "ibsi_id", "pyradiomics", "aggregations", "summary")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0, 1 error, 2 wrong usage, 130 cancelled."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["pyradiomics"]:
        # Flags, messages and exit codes of its own: those of PyRadiomics' command.
        from radiomics_rs.pyradiomics import scripts

        return scripts.main(given[1:])
    parser = _parser()
    chosen = parser.parse_args(given)
    for stream in (sys.stdout, sys.stderr):
        # A terminal of another encoding shows escapes instead of ending the command.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    warnings.showwarning = _show_warning
    try:
        code = chosen.run(parser, chosen)
        _flush_output()
    except (RadiomicsError, OSError, TypeError) as error:
        if isinstance(error, OSError) and error.filename is None:
            # Files have names: what has none is what is printed to.
            error.filename = "standard output"
            _drop_output()
        _say(f"error: {_message(error)}")
        return 1
    return code or 0


def _flush_output() -> None:
    """See to it that everything printed has arrived.

    Raises OSError if standard output is closed, full, or a pipe that nobody reads any more.
    """
    if sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    sys.stdout.flush()


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


class _Once(argparse.Action):
    """Stores a value, of which an option takes one alone: of several only the last would count."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option: str | None = None,
    ) -> None:
        given = vars(namespace).setdefault("given", set())
        if option is not None and self.dest in given:
            parser.error(f"{option} is given twice: give it once")
        given.add(self.dest)
        setattr(namespace, self.dest, values)


class _Parser(argparse.ArgumentParser):
    """A parser that refuses options given twice, unless they are to be repeated."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        for name in (None, "store"):
            self.register("action", name, _Once)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="radiomics-rs", description="Radiomic features as standardised by IBSI."
    )
    parser.add_argument("--version", action="version", version=f"radiomics-rs {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in ADDERS:
        add(commands)
    commands.add_parser(
        "pyradiomics", help="PyRadiomics' own command, its flags and its tables", add_help=False
    )
    return parser


def _add_extract(commands: Commands) -> None:
    command = commands.add_parser(
        "extract",
        help="features of a region of an image",
        description="Computes the features of one region of an image.",
    )
    command.set_defaults(run=_extract)
    command.add_argument("image", nargs="?", metavar="IMAGE", help="image file")
    command.add_argument("mask", nargs="?", metavar="MASK", help="mask file, on the same grid")
    command.add_argument(
        "--example", action="store_true", help="use the embedded IBSI digital phantom instead"
    )
    _add_settings(command)
    command.add_argument(
        "--label", type=int, action="append", metavar="N", help="default: 1; may be repeated"
    )
    _add_mask(command)
    _add_threads(command)
    command.add_argument(
        "--out", metavar="FILE", help="write all digits to FILE (.csv or .json), print no table"
    )


def _add_filter(commands: Commands) -> None:
    command = commands.add_parser(
        "filter",
        help="the response of a filter to an image",
        description="Computes the response of a filter to a whole image.",
    )
    command.set_defaults(run=_filter)
    command.add_argument("image", metavar="IMAGE", help="image file")
    command.add_argument(
        "filter", metavar="FILTER", help="such as 'square' or 'mean: {support_voxels: 5}' (YAML)"
    )
    command.add_argument("--out", metavar="FILE", required=True, help="image file to write")
    _add_threads(command)


def _add_map(commands: Commands) -> None:
    command = commands.add_parser(
        "map",
        help="feature maps of a region of an image",
        description="Computes features of the window round each voxel of a region and writes each "
        "map to a file.",
    )
    command.set_defaults(run=_map)
    command.add_argument("image", metavar="IMAGE", help="image file")
    command.add_argument("mask", metavar="MASK", help="mask file, on the same grid")
    command.add_argument("--out", metavar="DIR", required=True, help="folder to write to")
    command.add_argument(
        "--features",
        metavar="NAMES",
        help="families and features, such as glcm,glrlm.run_entropy (default: as the settings say)",
    )
    command.add_argument(
        "--radius", type=int, default=1, metavar="N", help="voxels round the centre (default: 1)"
    )
    command.add_argument("--in-plane", action="store_true", help="windows are one slice thick")
    command.add_argument(
        "--unmasked", action="store_true", help="count the voxels round the region as well"
    )
    command.add_argument(
        "--outside",
        type=float,
        default=0.0,
        metavar="X",
        help="value round the region (default: 0)",
    )
    command.add_argument(
        "--format", choices=tuple(s[1:] for s in SUFFIXES), default="nrrd", help="default: nrrd"
    )
    command.add_argument(
        "--memory-mb",
        type=float,
        default=1024.0,
        metavar="N",
        help="keep larger maps in a temporary file (default: 1024)",
    )
    _add_settings(command)
    command.add_argument("--label", type=int, default=1, metavar="N", help="default: 1")
    _add_mask(command)
    _add_threads(command)


def _add_features(commands: Commands) -> None:
    command = commands.add_parser(
        "features", help="every feature there is", description="Lists every feature there is."
    )
    command.set_defaults(run=_features)
    command.add_argument("--format", choices=tuple(FORMATS), default="table")


def _add_print_settings(commands: Commands) -> None:
    command = commands.add_parser(
        "settings",
        help="every setting there is, as a YAML file to start from",
        description="Prints all settings of a profile as a YAML document, each with what it does "
        "and takes: edit it and give it to --settings.",
    )
    command.set_defaults(run=_print_settings)
    command.add_argument("--profile", metavar="NAME", default="ibsi", help="default: ibsi")


def _add_verify(commands: Commands) -> None:
    command = commands.add_parser(
        "verify",
        help="our values against the published ones of IBSI 1",
        description="Recomputes the published values of IBSI 1; exit code 1 if one is outside "
        "of its tolerance.",
    )
    command.set_defaults(run=_verify)
    command.add_argument(
        "--data", metavar="DIR", help="folder with the CT phantom, for configurations A to E"
    )
    command.add_argument("--format", choices=("table", "csv", "json", "markdown"), default="table")
    command.add_argument("--out", metavar="FILE", help="write to FILE, print the table")
    _add_threads(command)


ADDERS = (_add_extract, _add_filter, _add_map, _add_features, _add_print_settings, _add_verify)


def _add_threads(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--threads", type=int, default=0, metavar="N", help="default: 0, all cores"
    )


def _add_mask(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--resample-mask",
        action="store_true",
        help="resample a mask on another grid to that of the image, by nearest neighbour",
    )
    command.add_argument(
        "--label-channel",
        type=int,
        metavar="N",
        help="component, from 0, of a mask that has several",
    )


def _add_settings(command: argparse.ArgumentParser) -> None:
    source = command.add_mutually_exclusive_group()
    source.add_argument("--settings", metavar="FILE", help="YAML or JSON document of settings")
    source.add_argument("--profile", metavar="NAME", help="ready-made settings (default: ibsi)")
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="replace one setting; the value is YAML; may be repeated",
    )
    command.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="FILTER",
        help="compute features of this filter's response, such as 'original', 'square' or "
        "'laplacian_of_gaussian: {sigma_mm: [1, 2]}' (YAML); may be repeated",
    )


def _extract(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    if chosen.example and chosen.image is not None:
        parser.error("--example takes no IMAGE and MASK")
    if not chosen.example and chosen.mask is None:
        parser.error("give IMAGE and MASK, or --example")
    if chosen.out is not None and Path(chosen.out).suffix.lower() not in WRITERS:
        parser.error(f"--out {chosen.out}: the name must end in {' or '.join(WRITERS)}")

    settings = _settings(parser, chosen)
    if chosen.example:
        image, mask, spacing_mm = example()
    else:
        image, mask, spacing_mm = chosen.image, chosen.mask, None
    labels = chosen.label or [1]
    tables = extract(
        image,
        mask,
        settings,
        label=labels,
        threads=chosen.threads,
        spacing_mm=spacing_mm,
        resample_mask=chosen.resample_mask,
        label_channel=chosen.label_channel,
    )
    if chosen.out is None:
        titles = [f"label {label}\n" if len(tables) > 1 else "" for label in tables]
        print("\n\n".join(f"{t}{table}" for t, table in zip(titles, tables.values(), strict=True)))
        return
    if len(tables) > 1:
        write_labels(tables, chosen.out)
    elif chosen.out.lower().endswith(".csv"):
        tables[labels[0]].to_csv(chosen.out)
    else:
        tables[labels[0]].to_json(chosen.out)
    of = f" of {len(tables)} labels" if len(tables) > 1 else ""
    print(f"{sum(map(len, tables.values()))} features{of} written to {chosen.out}")


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


def _filter(_parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    filters = Settings().replace_yaml(f"filters: [{chosen.filter}]").filters
    write_image(filter_image(chosen.image, filters, threads=chosen.threads), chosen.out)
    print(f"response written to {chosen.out}")


def _map(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> int | None:
    names = None if chosen.features is None else [n.strip() for n in chosen.features.split(",")]
    bar = _Bar(sys.stderr)
    try:
        maps = feature_maps(
            chosen.image,
            chosen.mask,
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
    except KeyboardInterrupt:
        bar.end()
        _say("cancelled, nothing is written")
        return CANCELLED
    bar.end()
    paths = maps.write(chosen.out, f".{chosen.format}")
    print(f"{len(paths)} maps of {maps.places.size} voxels written to {chosen.out}")
    return None


class _Bar:
    """Progress on a terminal; nothing on anything else."""

    WIDTH = 30

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream if stream is not None and stream.isatty() else None

    def __call__(self, done: int, total: int) -> None:
        if self._stream is not None:
            filled = self.WIDTH * done // max(total, 1)
            bar = "#" * filled + "." * (self.WIDTH - filled)
            self._stream.write(f"\r[{bar}] {done} of {total} voxels")
            self._stream.flush()

    def end(self) -> None:
        if self._stream is not None:
            self._stream.write("\n")


def _verify(_parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> int:
    found = verify(chosen.data, threads=chosen.threads)
    if chosen.out is None:
        print(found.to_text(chosen.format), end="")
    else:
        with text_file(chosen.out) as file:
            file.write(found.to_text(chosen.format))
        print(found, end="")
    return 0 if found.all_inside else 1


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


FORMATS = {
    "table": _print_table,
    "csv": _print_csv,
    "json": _print_json,
    "markdown": _print_markdown,
}


def _message(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return str(error)

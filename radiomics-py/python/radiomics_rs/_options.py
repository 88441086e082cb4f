"""The options of the command `radiomics-rs`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from radiomics_rs._core import __version__
from radiomics_rs._maps import SUFFIXES
from radiomics_rs._sizes import OVERLAYS, megabytes, memory

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
#: How features can be listed.
LISTS = ("table", "csv", "json", "markdown")


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


def parser(run: Mapping[str, Callable[..., int | None]]) -> argparse.ArgumentParser:
    """The parser of the command, `run` being what each of its subcommands does."""
    made = _Parser(prog="radiomics-rs", description="Radiomic features as standardised by IBSI.")
    made.add_argument("--version", action="version", version=f"radiomics-rs {__version__}")
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    for name, add in ADD.items():
        add(commands).set_defaults(run=run[name])
    commands.add_parser(
        "pyradiomics", help="PyRadiomics' own command, its flags and its tables", add_help=False
    )
    return made


def _add_extract(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "extract",
        help="features of a region of an image",
        description="Computes the features of one region of an image.",
    )
    command.add_argument("image", nargs="?", metavar="IMAGE", help="image file or DICOM folder")
    command.add_argument(
        "mask", nargs="?", metavar="MASK", help="mask file on the same grid, SEG or RTSTRUCT"
    )
    command.add_argument(
        "--example", action="store_true", help="use the embedded IBSI digital phantom instead"
    )
    _add_settings(command)
    _add_labels(command)
    _add_mask(command)
    _add_threads(command)
    _add_memory(command)
    command.add_argument(
        "--out", metavar="FILE", help="write all digits to FILE (.csv or .json), print no table"
    )
    command.add_argument(
        "--write-warnings",
        action="store_true",
        help="have what makes values doubtful in FILE: a column of CSV, a key of JSON",
    )
    command.add_argument(
        "--strict", action="store_true", help="what makes values doubtful is an error"
    )
    return command


def _add_labels(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--label",
        action="append",
        default=[],
        metavar="N",
        help="default: 1; may be repeated, and be several such as 5,6, a name and a number such as "
        "liver=5, a name in --label-names, or all",
    )
    command.add_argument(
        "--label-names", metavar="FILE", help="table of labels and their names (.csv or .tsv)"
    )
    command.add_argument(
        "--on-error",
        choices=("raise", "record"),
        default="raise",
        help="record: a region that cannot be computed keeps its rows, with the reason",
    )


def _add_batch(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "batch",
        help="features of many cases, a row a case",
        description="Computes the features of many cases into one table. Each case is kept as soon "
        "as it is done: the same command again goes on from there.",
    )
    command.add_argument(
        "cases",
        metavar="CASES",
        help="table of cases (.csv or .parquet) with the columns image and mask, and if need be "
        "label or roi and case_id",
    )
    command.add_argument(
        "--out", metavar="FILE", required=True, help="table to write (.csv, .parquet or .jsonl)"
    )
    _add_settings(command)
    command.add_argument(
        "-j", "--jobs", type=int, metavar="N", help="processes (default: one for each core)"
    )
    command.add_argument(
        "--memory",
        type=memory,
        metavar="SIZE",
        help="memory that all cases at work may take together, such as 4GB",
    )
    command.add_argument(
        "--resample-mask",
        action="store_true",
        help="resample masks on other grids to those of the images, by nearest neighbour",
    )
    command.add_argument(
        "--provenance",
        action="store_true",
        help="have hashes of settings and files as columns",
    )
    command.add_argument("--strict", action="store_true", help="exit code 1 if any case has failed")
    return command


def _add_report(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "report",
        help="a page about the table of many cases: failures, masks, outliers, correlations",
        description="Writes one HTML page about a table that `batch` has written. It loads nothing "
        "from elsewhere.",
    )
    command.add_argument("table", metavar="TABLE", help="table (.csv, .parquet or .jsonl)")
    command.add_argument("--out", metavar="FILE", required=True, help="page to write (.html)")
    command.add_argument(
        "--stability",
        metavar="FILE",
        help="table (.csv or .parquet) with the columns feature, icc and, if there are bounds, low "
        "and high",
    )
    command.add_argument(
        "--overlays",
        type=int,
        default=OVERLAYS,
        metavar="N",
        help=f"cases whose masks are drawn on their images (default: {OVERLAYS})",
    )
    return command


def _add_explain(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "explain",
        help="what is done to a region, from files to grey levels",
        description="Says what is read, and what becomes of the region before features are "
        "computed, with the numbers.",
    )
    command.add_argument("image", metavar="IMAGE", help="image file or DICOM folder")
    command.add_argument("mask", metavar="MASK", help="mask file, SEG or RTSTRUCT")
    command.add_argument("--format", choices=("table", "json"), default="table")
    command.add_argument("--label", type=int, default=1, metavar="N", help="default: 1")
    command.add_argument(
        "--picture",
        metavar="FILE",
        help="draw the slice with most of the region into FILE, such as a .png; needs matplotlib",
    )
    command.add_argument(
        "--outline",
        action="append",
        default=[],
        metavar="NAME=MASK",
        help="outline another mask in the picture, such as liver=liver.nii.gz; may be repeated",
    )
    command.add_argument("--slice", type=int, metavar="N", help="another slice of the picture")
    _add_settings(command)
    _add_mask(command)
    return command


def _add_filter(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "filter",
        help="the response of a filter to an image",
        description="Computes the response of a filter to a whole image.",
    )
    command.add_argument("image", metavar="IMAGE", help="image file")
    command.add_argument(
        "filter", metavar="FILTER", help="such as 'square' or 'mean: {support_voxels: 5}' (YAML)"
    )
    command.add_argument("--out", metavar="FILE", required=True, help="image file to write")
    _add_threads(command)
    _add_memory(command)
    return command


def _add_map(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "map",
        help="feature maps of a region of an image",
        description="Computes features of the window round each voxel of a region and writes each "
        "map to a file.",
    )
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
    _add_memory(command, "; larger maps (default: than 1000) are kept in a temporary file")
    _add_settings(command)
    command.add_argument("--label", type=int, default=1, metavar="N", help="default: 1")
    _add_mask(command)
    _add_threads(command)
    return command


def _add_features(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "features", help="every feature there is", description="Lists every feature there is."
    )
    command.add_argument("--format", choices=LISTS, default="table")
    return command


def _add_print_settings(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "settings",
        help="every setting there is, as a YAML file to start from",
        description="Prints all settings of a profile as a YAML document, each with what it does "
        "and takes: edit it and give it to --settings.",
    )
    command.add_argument("--profile", metavar="NAME", default="ibsi", help="default: ibsi")
    return command


def _add_verify(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "verify",
        help="our values against the published ones of IBSI 1",
        description="Recomputes the published values of IBSI 1; exit code 1 if one is outside "
        "of its tolerance.",
    )
    command.add_argument(
        "--data", metavar="DIR", help="folder with the CT phantom, for configurations A to E"
    )
    command.add_argument("--format", choices=LISTS, default="table")
    command.add_argument("--out", metavar="FILE", help="write to FILE, print the table")
    _add_threads(command)
    return command


def _add_scan(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "scan",
        help="what is in a folder: DICOM series, contours, segmentations and other images",
        description="Lists a folder and those below it, a line for each series or object, with "
        "what is wrong with it; exit code 1 if something is.",
    )
    command.add_argument("folder", metavar="FOLDER")
    command.add_argument("--format", choices=("table", "json"), default="table")
    return command


def _add_threads(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--threads", type=int, default=0, metavar="N", help="default: 0, all cores"
    )


def _add_memory(command: argparse.ArgumentParser, more: str = "") -> None:
    command.add_argument(
        "--memory-mb",
        type=megabytes,
        metavar="N",
        help=f"megabytes that the work may take (default: what the machine has free){more}",
    )


def _add_mask(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--roi",
        action="append",
        default=[],
        metavar="NAME",
        help="region of a SEG or RTSTRUCT, by name or number, or all; extract takes several",
    )
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


ADD = {
    "extract": _add_extract,
    "batch": _add_batch,
    "report": _add_report,
    "filter": _add_filter,
    "map": _add_map,
    "features": _add_features,
    "settings": _add_print_settings,
    "verify": _add_verify,
    "scan": _add_scan,
    "explain": _add_explain,
}

"""The options of the command `radiomics-rs`."""

from __future__ import annotations

import argparse
import textwrap

from radiomics_rs._choices import EXAMPLES, LISTS, PAGES, SHELLS, SUFFIXES, TABLES
from radiomics_rs._command import examples
from radiomics_rs._command.cohort_options import add_batch, add_report
from radiomics_rs._command.parsing import (
    Commands,
    Parser,
    add_features,
    add_format,
    add_label,
    add_labels,
    add_mask,
    add_memory,
    add_out,
    add_settings,
    add_sources,
    add_switch,
    add_threads,
)
from radiomics_rs._core import __version__


def parser(only: str | None = None) -> Parser:
    """The parser of the command; what it reads has `run`, the function of the subcommand.

    With the name of a subcommand it knows that one `only`, which takes a fraction of the time.
    """
    made = Parser(
        prog="radiomics-rs",
        description="Radiomic features as standardised by IBSI.",
        epilog=_shown(examples.WHOLE),
    )
    made.add_argument("--version", action="version", version=f"radiomics-rs {__version__}")
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    chosen = {only: ADD[only]} if only in ADD else ADD
    for name, (add, run) in chosen.items():
        command = add(commands)
        command.epilog = _shown(examples.OF[name])
        command.set_defaults(run=run, parser=command)
    if chosen is ADD:
        commands.add_parser(
            "pyradiomics", help="PyRadiomics' own command, its flags and its tables", add_help=False
        )
    return made


def _shown(lines: str) -> str:
    return f"examples:\n{textwrap.indent(lines.strip(), '  ')}"


def _add_extract(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "extract",
        help="features of a region of an image",
        description="Computes the features of one region of an image.",
    )
    add_sources(command, nargs="?")
    command.add_argument(
        "--example",
        nargs="?",
        const=EXAMPLES[0],
        choices=EXAMPLES,
        help="use an embedded example instead: ibsi, the digital phantom of IBSI (default), or "
        "liver, a phase of CT of a liver with a tumour",
    )
    add_settings(command)
    add_features(command)
    add_labels(command)
    add_mask(command)
    add_threads(command)
    add_memory(command)
    add_out(
        command,
        f"write all digits to FILE ({', '.join(TABLES)}), or with - to standard output as CSV, "
        "and print no table",
    )
    add_switch(command, "--wide", "a row for each label, a column for each feature")
    add_switch(command, "--full", "on a terminal, print every feature and not a choice")
    add_switch(
        command,
        "--write-warnings",
        "have what makes values doubtful in FILE: a column of CSV, a key of JSON",
    )
    add_switch(command, "--strict", "what makes values doubtful is an error")
    return command


def _add_example(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "example",
        help="files to try the commands on: a liver with a tumour, made by code",
        description="Writes the images and masks of the example liver as NIfTI files, and a table "
        "of the names of its labels.",
    )
    command.add_argument("folder", metavar="DIR", help="folder to write to")
    return command


def _add_explain(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "explain",
        help="what is done to a region, from files to grey levels",
        description="Says what is read, and what becomes of the region before features are "
        "computed, with the numbers.",
    )
    add_sources(command)
    add_format(command, PAGES)
    add_label(command)
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
    add_settings(command)
    add_mask(command)
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
    add_out(command, "image file to write", required=True)
    add_threads(command)
    add_memory(command)
    return command


def _add_map(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "map",
        help="feature maps of a region of an image",
        description="Computes features of the window round each voxel of a region and writes each "
        "map to a file.",
    )
    add_sources(command)
    add_out(command, "folder to write to", required=True, metavar="DIR")
    add_features(command)
    command.add_argument(
        "--radius", type=int, default=1, metavar="N", help="voxels round the centre (default: 1)"
    )
    add_switch(command, "--in-plane", "windows are one slice thick")
    add_switch(command, "--unmasked", "count the voxels round the region as well")
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
    add_memory(command, "; larger maps (default: than 1000) are kept in a temporary file")
    add_settings(command)
    add_label(command)
    add_mask(command)
    add_threads(command)
    return command


def _add_features(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "features", help="every feature there is", description="Lists every feature there is."
    )
    add_format(command, LISTS)
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
    add_format(command, LISTS)
    add_out(command, "write to FILE, print the table")
    command.add_argument(
        "--report",
        metavar="FILE",
        help="a report of machine, versions and every value (.html, .md, .json), or IBSI's "
        "compliance sheet (.xlsx): the form that stands there is filled",
    )
    command.add_argument(
        "--own",
        nargs=2,
        metavar="TABLE",
        help="two CSV tables of your own cases, ours and another package's, for the report: how "
        "well each feature is reproduced",
    )
    add_threads(command)
    return command


def _add_scan(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "scan",
        help="what is in a folder: DICOM series, contours, segmentations and other images",
        description="Lists a folder and those below it, a line for each series or object, with "
        "what is wrong with it; exit code 1 if something is.",
    )
    command.add_argument("folder", metavar="FOLDER", help="folder to look at, with those below it")
    add_format(command, PAGES)
    return command


def _add_describe(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "describe",
        help="what a feature is: definition, unit, range, names, pitfalls",
        description="Says what a feature is, by any of its names: ours, those of columns, of "
        "PyRadiomics, or the identifier of IBSI.",
    )
    command.add_argument("feature", metavar="FEATURE", nargs="+", help="such as glcm.contrast")
    add_format(command, PAGES)
    return command


def _add_compare(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "compare",
        help="two tables of features, value by value",
        description="Compares two tables, ours of any layout or PyRadiomics', and prints the worst "
        "relative deviation of each family; exit code 1 if one is above the tolerance, or if a "
        "value is undefined in one table alone.",
    )
    command.add_argument("first", metavar="A", help="table (.csv, .tsv, .json, .jsonl or .parquet)")
    command.add_argument("second", metavar="B", help="another one")
    command.add_argument(
        "--tolerance",
        type=float,
        default=1e-9,
        metavar="X",
        help="largest relative deviation that is none (default: 1e-9)",
    )
    add_format(command, PAGES)
    return command


def _add_doctor(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "doctor",
        help="versions, machine, readers, and whether all works: for a report about a problem",
        description="Prints versions, what the machine has, which files can be read, and whether "
        "an example gives the published value; exit code 1 if something is wrong. Nothing is sent.",
    )
    add_switch(command, "--json", "print JSON")
    return command


def _add_completion(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "completion",
        help="a script that completes commands and options in a shell",
        description="Prints a script for a shell: it completes commands, options and choices.",
    )
    command.add_argument("shell", choices=SHELLS, help="which shell")
    return command


_IMAGES, _SHOW = "radiomics_rs._command.images", "radiomics_rs._command.listing"
#: The commands: their options, and the function that runs them, imported when it is.
ADD = {
    "extract": (_add_extract, "radiomics_rs._command.compute:extract_"),
    "example": (_add_example, f"{_SHOW}:example_"),
    "batch": (add_batch, f"{_IMAGES}:batch"),
    "report": (add_report, f"{_IMAGES}:report"),
    "filter": (_add_filter, f"{_IMAGES}:filter_"),
    "map": (_add_map, f"{_IMAGES}:map_"),
    "features": (_add_features, f"{_SHOW}:features_"),
    "describe": (_add_describe, f"{_SHOW}:describe_"),
    "settings": (_add_print_settings, f"{_SHOW}:settings"),
    "verify": (_add_verify, f"{_SHOW}:verify_"),
    "scan": (_add_scan, f"{_SHOW}:scan_"),
    "explain": (_add_explain, f"{_IMAGES}:explain_"),
    "compare": (_add_compare, f"{_SHOW}:compare_"),
    "doctor": (_add_doctor, f"{_SHOW}:doctor_"),
    "completion": (_add_completion, "radiomics_rs._command.completion:completion"),
}

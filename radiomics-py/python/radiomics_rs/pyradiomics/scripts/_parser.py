"""The flags of PyRadiomics' own command, and ``--strict``."""

from __future__ import annotations

import argparse
import os
import sys

from .._version import __version__
from ._codes import EXIT_FAILED_CASES


def get_parser(prog: str | None = None) -> argparse.ArgumentParser:
    """All flags of PyRadiomics' command, and ``--strict``.

    Messages call it `prog`, or what it was started as.
    """
    if prog is None:
        own = os.path.basename(sys.argv[0]).startswith("pyradiomics")
        prog = "pyradiomics" if own else "radiomics-rs pyradiomics"
    parser = argparse.ArgumentParser(
        prog=prog,
        usage="%(prog)s image|batch [mask] [options]",
        description="Extract PyRadiomics' features from an image and a mask, or from a table of "
        "them.",
    )
    _add_input(parser.add_argument_group("input"))
    _add_output(parser.add_argument_group("output"))
    _add_messages(parser.add_argument_group("messages"))
    parser.add_argument(
        "--label", "-l", metavar="N", type=int, help="deprecated: use --setting label:N"
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


def _add_input(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "input",
        metavar="{Image,Batch}FILE",
        help="image file, or a table (.csv) with the columns Image and Mask and, if wanted, Label "
        "and Label_channel",
    )
    group.add_argument("mask", metavar="MaskFILE", nargs="?", help="mask file (single case only)")
    group.add_argument(
        "--param", "-p", metavar="FILE", help="parameter file (.yaml, .yml or .json)"
    )
    group.add_argument(
        "--setting",
        "-s",
        metavar="NAME:VALUE",
        action="append",
        default=[],
        help="override one setting of the parameter file; lists by comma; may be repeated",
    )
    group.add_argument(
        "--jobs", "-j", metavar="N", type=_jobs, default=1, help="cases extracted side by side (1)"
    )
    group.add_argument(
        "--validate", action="store_true", help="only check parameters and whether all files exist"
    )


def _add_output(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--out", "-o", metavar="FILE", help="file to append the table to (standard output)"
    )
    group.add_argument(
        "--out-dir",
        "-od",
        metavar="DIR",
        help="folder for one features_<n>.csv per case (cases whose file is there already are not "
        "extracted again), or for the maps, Case-<n>_<feature>.nrrd (the current folder)",
    )
    group.add_argument(
        "--mode",
        "-m",
        choices=["segment", "voxel"],
        default="segment",
        help="values or feature maps",
    )
    group.add_argument("--skip-nans", action="store_true", help="leave out features that are NaN")
    group.add_argument(
        "--format",
        "-f",
        choices=["csv", "json", "txt"],
        default="txt",
        help="csv: one row per case; json: a list of cases; txt (default): 'Case-<n>_<feature>: "
        "<value>' lines",
    )
    group.add_argument(
        "--format-path",
        choices=["absolute", "relative", "basename"],
        default="absolute",
        help="how paths of images and masks are written",
    )
    group.add_argument("--unix-path", "-up", action="store_true", help="write paths with '/'")
    group.add_argument(
        "--strict",
        action="store_true",
        help=f"exit code {EXIT_FAILED_CASES} if any case failed (0 without), and refuse each "
        "--setting that cannot be read or is not known",
    )


def _add_messages(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--logging-level",
        metavar="LEVEL",
        choices=["NOTSET", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
        default="WARNING",
        help="least severity written to the log file (WARNING)",
    )
    group.add_argument("--log-file", metavar="FILE", help="file to append messages to")
    group.add_argument(
        "--verbosity",
        "-v",
        nargs="?",
        default=3,
        const=4,
        type=int,
        choices=[1, 2, 3, 4, 5],
        help="messages on stderr: 1 critical, 2 errors, 3 warnings (default), 4 progress (bare "
        "-v), 5 all",
    )


def _jobs(text: str) -> int:
    jobs = int(text)
    if jobs < 1:
        raise argparse.ArgumentTypeError(f"{jobs} is below 1")
    return jobs

"""The options of the commands about many cases."""

from __future__ import annotations

import argparse

from radiomics_rs._choices import OVERLAYS
from radiomics_rs._command.parsing import Commands, add_out, add_settings, add_switch
from radiomics_rs._sizes import memory


def add_batch(commands: Commands) -> argparse.ArgumentParser:
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
    add_out(command, "table to write (.csv, .parquet or .jsonl)", required=True)
    add_settings(command, "YAML or JSON document of settings, or parameters of PyRadiomics")
    command.add_argument(
        "-j", "--jobs", type=int, metavar="N", help="processes (default: one for each core)"
    )
    command.add_argument(
        "--memory",
        type=memory,
        metavar="SIZE",
        help="memory that all cases at work may take together, such as 4GB",
    )
    add_switch(
        command,
        "--resample-mask",
        "resample masks on other grids to those of the images, by nearest neighbour",
    )
    add_switch(
        command,
        "--resample-images",
        "resample images on other grids to those of their masks, by image_interpolation",
    )
    add_switch(command, "--provenance", "have hashes of settings and files as columns")
    command.add_argument(
        "--stability",
        metavar="FILE",
        help="list of perturbations (YAML) with which cases are computed again; how stable each "
        "feature is goes to a table beside the other one",
    )
    add_switch(command, "--perturbed", "write the values with perturbations, too")
    add_switch(command, "--strict", "exit code 1 if any case has failed")
    return command


def add_report(commands: Commands) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "report",
        help="a page about the table of many cases: failures, masks, outliers, correlations",
        description="Writes one HTML page about a table that `batch` has written. It loads nothing "
        "from elsewhere.",
    )
    command.add_argument("table", metavar="TABLE", help="table (.csv, .parquet or .jsonl)")
    add_out(command, "page to write (.html)", required=True)
    command.add_argument(
        "--stability",
        metavar="FILE",
        help="table (.csv, .parquet or .jsonl) with the columns feature, icc and, if there are "
        "bounds, low and high (default: the one that `batch --stability` has made with TABLE)",
    )
    command.add_argument(
        "--overlays",
        type=int,
        default=OVERLAYS,
        metavar="N",
        help=f"cases whose masks are drawn on their images (default: {OVERLAYS})",
    )
    return command

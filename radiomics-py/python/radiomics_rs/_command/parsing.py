"""How the command reads its arguments: help with examples, errors with what was meant."""

from __future__ import annotations

import argparse
import os
import re
import sys
import textwrap
from collections.abc import Sequence
from typing import Any, NoReturn, TypeAlias

from radiomics_rs._sizes import megabytes

Commands: TypeAlias = "argparse._SubParsersAction[Parser]"

#: Options of PyRadiomics' command, by what does the same here.
OF_PYRADIOMICS = {
    "--param": "--settings (a parameter file: `radiomics-rs pyradiomics`, or "
    "Settings.from_pyradiomics in Python)",
    "-p": "--settings",
    "--setting": "--set NAME=VALUE",
    "-s": "--set NAME=VALUE",
    "--format": "the ending of --out",
    "-f": "the ending of --out, or --features",
    "--mode": "the command `map` for voxel-based features",
    "-m": "the command `map` for voxel-based features",
    "--out-dir": "--out",
    "-od": "--out",
    "--skip-nans": "nothing: undefined values are NaN, with a status",
    "--jobs": "--threads, or the command `batch` with -j",
    "--label": "--label",
    "--validate": "`radiomics-rs settings`, which prints settings that are valid",
    "--logging-level": "nothing: warnings are on standard error",
    "--unix-path": "nothing",
    "--binWidth": "--bin-width",
}


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


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Help with examples as they are.

    Every option makes a formatter, which would ask `shutil` for the width of the terminal, and that
    imports what unpacks archives.
    """

    def __init__(self, *arguments: Any, **more: Any) -> None:
        more.setdefault("width", _columns() - 2)
        super().__init__(*arguments, **more)


def _columns() -> int:
    """Columns of the terminal, as `shutil` has them."""
    try:
        columns = int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        columns = 0
    if columns <= 0:
        try:
            columns = os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]
        except (AttributeError, ValueError, OSError):
            columns = 0
    return columns or 80


class Parser(argparse.ArgumentParser):
    """A parser that refuses options given twice, and says what was meant by one that is not there.

    Examples are printed below the help as they are.
    """

    def __init__(self, *arguments: Any, **more: Any) -> None:
        more.setdefault("formatter_class", _Formatter)
        if "description" in more:
            more["description"] = textwrap.fill(more["description"], 79)
        super().__init__(*arguments, **more)
        for name in (None, "store"):
            self.register("action", name, _Once)

    def parse(self, given: list[str]) -> argparse.Namespace:
        """What is asked for; ends the process with 2 for what makes no sense."""
        chosen, unknown = self.parse_known_args(given)
        if unknown:
            own: Parser = getattr(chosen, "parser", self)
            own.refuse(unknown)
        return chosen

    def refuse(self, unknown: list[str]) -> NoReturn:
        """End with what was meant by arguments that are not there."""
        known = [text for action in self._actions for text in action.option_strings]
        hints = [hint for one in unknown if (hint := _hint(one.partition("=")[0], known))]
        self.error(f"unrecognized arguments: {' '.join(unknown)}{''.join(hints)}")

    def error(self, message: str) -> NoReturn:
        """End with the usage and an error, in which a command that is not there has a hint."""
        found = re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)", message)
        if found:
            near = _near(found[1], re.findall(r"[\w.-]+", found[2]))
            message += "".join(f"; did you mean {one!r}?" for one in near)
        super().error(message)


def _near(name: str, names: list[str], least: float = 0.6) -> list[str]:
    """The one that is nearest to a name, if any is near."""
    import difflib

    return difflib.get_close_matches(name, names, 1, least)


def _hint(name: str, known: list[str]) -> str:
    """What was meant by an option, or nothing."""
    if not name.startswith("-"):
        return ""
    near = _near(name, known, 0.7)
    if near:
        return f"; did you mean {near[0]}?"
    if name in OF_PYRADIOMICS:
        return f"; for PyRadiomics' {name} there is {OF_PYRADIOMICS[name]}"
    return ""


def say(text: str) -> None:
    """A line on standard error, if there is one."""
    if sys.stderr is not None:
        print(f"radiomics-rs: {' '.join(text.split())}", file=sys.stderr)


def add_out(
    command: argparse.ArgumentParser, text: str, *, required: bool = False, metavar: str = "FILE"
) -> None:
    """Where the result is written to."""
    command.add_argument("-o", "--out", metavar=metavar, required=required, help=text)


def add_switch(command: argparse.ArgumentParser, name: str, text: str) -> None:
    """An option without a value."""
    command.add_argument(name, action="store_true", help=text)


def add_sources(command: argparse.ArgumentParser, **more: Any) -> None:
    """The image and its mask; `more` is for both."""
    command.add_argument("image", metavar="IMAGE", help="image file or DICOM folder", **more)
    command.add_argument(
        "mask", metavar="MASK", help="mask file on the same grid, SEG or RTSTRUCT", **more
    )


def add_format(command: argparse.ArgumentParser, formats: Sequence[str]) -> None:
    """How what is listed is printed; the first format is the default."""
    command.add_argument(
        "--format", choices=formats, default=formats[0], help=f"default: {formats[0]}"
    )


def add_features(command: argparse.ArgumentParser) -> None:
    """Which features, apart from the settings."""
    command.add_argument(
        "--features",
        metavar="NAMES",
        help="families and features, such as glcm,glrlm.run_entropy (default: as the settings say)",
    )


def add_label(command: argparse.ArgumentParser) -> None:
    """Which one label of the mask."""
    command.add_argument("--label", type=int, default=1, metavar="N", help="default: 1")


def add_labels(command: argparse.ArgumentParser) -> None:
    """Which labels of the mask, and what becomes of those that fail."""
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


def add_threads(command: argparse.ArgumentParser) -> None:
    """How many threads."""
    command.add_argument(
        "--threads", type=int, default=0, metavar="N", help="default: 0, all cores"
    )


def add_memory(command: argparse.ArgumentParser, more: str = "") -> None:
    """How much memory."""
    command.add_argument(
        "--memory-mb",
        type=megabytes,
        metavar="N",
        help=f"megabytes that the work may take (default: what the machine has free){more}",
    )


def add_mask(command: argparse.ArgumentParser) -> None:
    """What there is to say of a mask."""
    command.add_argument(
        "--roi",
        action="append",
        default=[],
        metavar="NAME",
        help="region of a SEG or RTSTRUCT, by name or number, or all; extract takes several",
    )
    add_switch(
        command,
        "--resample-mask",
        "resample a mask on another grid to that of the image, by nearest neighbour",
    )
    command.add_argument(
        "--label-channel",
        type=int,
        metavar="N",
        help="component, from 0, of a mask that has several",
    )


def add_settings(
    command: argparse.ArgumentParser, what: str = "YAML or JSON document of settings"
) -> None:
    """Settings: a document, a profile, and single ones."""
    source = command.add_mutually_exclusive_group()
    source.add_argument("--settings", metavar="FILE", help=what)
    source.add_argument("--profile", metavar="NAME", help="ready-made settings (default: ibsi)")
    bins = command.add_mutually_exclusive_group()
    bins.add_argument(
        "--bin-width",
        metavar="W",
        help="width of bins in the unit of the image, such as 25, or several such as 10,25",
    )
    bins.add_argument(
        "--bin-number", metavar="N", help="number of bins, such as 32, or several such as 16,32"
    )
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

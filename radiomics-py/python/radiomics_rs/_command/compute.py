"""The command that computes a table, imported as little as it can be: it is waited for."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from radiomics_rs._bar import Bar
from radiomics_rs._choices import STANDARD_OUTPUT
from radiomics_rs._core import RegionError, Settings, SettingsError, pyradiomics_parameters
from radiomics_rs._extract import extract
from radiomics_rs._labels import ALL, wanted_of_texts
from radiomics_rs._writers import WRITERS, check_writer, ending_of, write, write_lines
from radiomics_rs.io import read_mask, warn
from radiomics_rs.io.arrays import with_remarks
from radiomics_rs.table import sheet_of

EXAMPLE_CONFIGURATION = "digital_phantom"
#: What the core says of a file in which it finds their sections.
OF_PYRADIOMICS = "these are parameters of PyRadiomics"


def extract_(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    """Compute the features of a region, and print or write them."""
    _check(parser, chosen)
    settings = settings_of(parser, chosen)
    if chosen.features is not None:
        from radiomics_rs._command.selection import selected

        families, single = selected(chosen.features)
        settings = settings.replace(families=families, features=single)
    if chosen.example:
        image, mask, spacing_mm = _of_example(chosen.example)
    else:
        (image, mask), spacing_mm = sources(chosen), None
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
    if chosen.out is None and sys.stdout.isatty():
        from radiomics_rs._command.show import print_tables

        print_tables(tables, sys.stdout, full=chosen.full or chosen.wide)
        return
    of_one = {None: next(iter(tables.values()))} if len(tables) == 1 else tables
    sheet = sheet_of(of_one, warnings=chosen.write_warnings, wide=chosen.wide)
    if chosen.out in (None, STANDARD_OUTPUT):
        write_lines(sheet, sys.stdout)
        return
    write(sheet, chosen.out)
    of = f" of {len(tables)} labels" if len(tables) > 1 else ""
    print(f"{sum(map(len, tables.values()))} features{of} written to {chosen.out}")


def _check(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    """End with 2 for options of `extract` that do not go together."""
    if chosen.example and chosen.image is not None:
        parser.error("--example takes no IMAGE and MASK")
    if chosen.example and chosen.roi:
        parser.error("--example takes no --roi")
    if not chosen.example and chosen.mask is None:
        parser.error("give IMAGE and MASK, or --example")
    if chosen.write_warnings and chosen.out is None:
        parser.error("--write-warnings: give --out as well")
    if chosen.out not in (None, STANDARD_OUTPUT):
        if ending_of(chosen.out) not in WRITERS:
            parser.error(f"--out {chosen.out}: the name must end in {' or '.join(WRITERS)}")
        check_writer(chosen.out)


def _of_example(name: str) -> tuple[Any, Any, Any]:
    """Image, mask and spacing of an example."""
    from radiomics_rs._example import Example, example

    given: Any = example(name)
    return (given.images["portal"], given.mask, None) if isinstance(given, Example) else given


def sources(chosen: argparse.Namespace, *, single: bool = False) -> tuple[Any, Any]:
    """Image and mask as arguments; with --roi the regions of the mask by their names."""
    if not chosen.roi:
        return chosen.image, chosen.mask
    if getattr(chosen, "label", 1) not in (1, []) or getattr(chosen, "label_names", None):
        raise RegionError("--roi chooses regions by name, --label by value: give one of the two")
    asked: list[str | int] = [int(one) if one.isdecimal() else one for one in chosen.roi]
    if len(set(asked)) < len(asked):
        raise RegionError(f"--roi {', '.join(chosen.roi)}: give each region once")
    image = with_remarks("image", chosen.image)
    for text in image.remarks:
        warn(text)
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


def settings_of(
    parser: argparse.ArgumentParser, chosen: argparse.Namespace, *, parameters: bool = False
) -> Settings:
    """The settings that are asked for; ends with 2 for what does not go together.

    With `parameters` the file may hold those of PyRadiomics.
    """
    if chosen.settings is not None and parameters:
        settings = _settings_or_parameters(Path(chosen.settings))
    elif chosen.settings is not None:
        settings = Settings.from_yaml(Path(chosen.settings))
    elif chosen.profile is not None:
        settings = Settings(profile=chosen.profile)
    elif getattr(chosen, "example", None) == "ibsi":
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
    for name in ("bin_width", "bin_number"):
        given = getattr(chosen, name)
        if given is not None and name in assigned:
            parser.error(f"--{name.replace('_', '-')} and --set {name}: give one of them")
        if given is not None:
            settings = settings.replace_yaml(f"{name}: {f'[{given}]' if ',' in given else given}")
    if chosen.filter:
        settings = settings.replace_yaml(f"filters: [{', '.join(chosen.filter)}]")
    return settings


def _settings_or_parameters(path: Path) -> Settings:
    """The settings in a file, whose sections tell whether they are PyRadiomics' parameters."""
    try:
        return Settings.from_yaml(path)
    except SettingsError as error:
        if OF_PYRADIOMICS not in str(error):
            raise
    settings, _, label = pyradiomics_parameters(path)
    if label != 1:
        raise SettingsError(
            f"{path}: `label` is {label}, and a label is of a case, not of settings: leave it out, "
            "and give the column `label`"
        )
    return settings

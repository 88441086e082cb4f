"""The commands that compute: extract, batch, report, explain, filter and map."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from radiomics_rs._arguments import near
from radiomics_rs._bar import Bar, CaseBar
from radiomics_rs._choices import STANDARD_OUTPUT
from radiomics_rs._command.parsing import say
from radiomics_rs._command.show import print_sheet, print_tables
from radiomics_rs._core import RegionError, Settings, SettingsError, features
from radiomics_rs._describe import find
from radiomics_rs._describe_tables import PYRADIOMICS_CLASS
from radiomics_rs._example import Example, example
from radiomics_rs._explain import explain
from radiomics_rs._extract import extract
from radiomics_rs._filter import filter_image
from radiomics_rs._interrupts import CANCELLED
from radiomics_rs._labels import ALL, wanted_of_texts
from radiomics_rs._maps import feature_maps
from radiomics_rs._plot_region import draw
from radiomics_rs._writers import WRITERS, check_writer, ending_of, write
from radiomics_rs.io import read_mask, volume, write_image
from radiomics_rs.table import sheet_of

EXAMPLE_CONFIGURATION = "digital_phantom"
FAMILIES = tuple(dict.fromkeys(one["family"] for one in features()))


def extract_(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    """Compute the features of a region, and print or write them."""
    _check(parser, chosen)
    settings = _settings(parser, chosen)
    if chosen.features is not None:
        families, single = _selected(chosen.features)
        settings = settings.replace(families=families, features=single)
    if chosen.example:
        image, mask, spacing_mm = _of_example(example(chosen.example))
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
    if chosen.out is None and sys.stdout.isatty():
        print_tables(tables, sys.stdout, full=chosen.full or chosen.wide)
        return
    of_one = {None: next(iter(tables.values()))} if len(tables) == 1 else tables
    sheet = sheet_of(of_one, warnings=chosen.write_warnings, wide=chosen.wide)
    if chosen.out in (None, STANDARD_OUTPUT):
        print_sheet(sheet, sys.stdout)
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


def _of_example(given: Any) -> tuple[Any, Any, Any]:
    """Image, mask and spacing of an example."""
    return (given.images["portal"], given.mask, None) if isinstance(given, Example) else given


def batch(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> int:
    """Compute the features of many cases."""
    # What only cohorts need would double the time in which a case begins.
    from radiomics_rs.cohort.run import run as run_cohort

    settings = _settings(parser, chosen)
    with CaseBar(sys.stderr, say) as bar:
        try:
            made = run_cohort(
                chosen.cases,
                settings,
                out=chosen.out,
                jobs=chosen.jobs,
                memory_mb=chosen.memory,
                resample_mask=chosen.resample_mask,
                provenance=chosen.provenance,
                stability=chosen.stability,
                perturbed=chosen.perturbed,
                tell=bar,
            )
        except KeyboardInterrupt as error:
            bar.close()
            say(str(error) or "cancelled")
            return CANCELLED
    print(str(made).replace(str(made.out), chosen.out))
    for what, path in (("stability", made.stability), ("perturbed values", made.perturbed)):
        if path is not None:
            print(f"{what}: {Path(chosen.out).with_name(path.name)}")
    if made.failed:
        say(f"{made.failed} of {made.cases} cases failed: see the column `error`")
    return 1 if chosen.strict and made.failed else 0


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


def _selected(names: str) -> tuple[list[str], list[str]]:
    """Families and single features by their names.

    Raises SettingsError for a name that is none, or that several features have.
    """
    families: list[str] = []
    single: list[str] = []
    for name in (one.strip() for one in names.split(",")):
        found = find(name)
        own = f"{found[0]['family']}.{found[0]['feature']}" if found else ""
        if name in FAMILIES:
            families.append(name)
        elif name == own:
            single.append(name)
        elif len(found) > 1:
            several = " or ".join(f"{one['family']}.{one['feature']}" for one in found)
            raise SettingsError(f"--features {name}: give {several}")
        else:
            raise SettingsError(f"--features {name}: {_meant(name, own)}")
    return families, single


def _meant(name: str, own: str) -> str:
    """What is said of a name that is not ours."""
    ours = [family for family, theirs in PYRADIOMICS_CLASS.items() if theirs == name]
    if ours:
        return f"PyRadiomics' {name} is the family {' and '.join(ours)} here"
    if own:
        return f"it is called {own} here"
    listed = "`radiomics-rs features` lists all"
    return f"there is no such family or feature{near(name, FAMILIES)}; {listed}"

"""The commands that show: features, settings, what files hold, how tables differ, and more."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path

from radiomics_rs._choices import LISTS
from radiomics_rs._core import Settings, features
from radiomics_rs.table import aligned

CATALOGUE_COLUMNS = ("family", "feature", "ibsi_id", "pyradiomics", "aggregations", "summary")


def example_(_parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    """Write the files of the example liver."""
    from radiomics_rs._example import example

    paths = example("liver").write(chosen.folder)
    print(f"{len(paths)} files written to {chosen.folder}: {', '.join(p.name for p in paths)}")
    place = Path(chosen.folder)
    print(
        f"try: radiomics-rs extract {place / 'portal.nii.gz'} {place / 'mask.nii.gz'} "
        f"--label tumour --label-names {place / 'labels.csv'}"
    )


def verify_(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> int:
    """Compare our values with the published ones."""
    from radiomics_rs._conformance import write_report
    from radiomics_rs._verify import verify
    from radiomics_rs.io import text_file

    if chosen.own is not None and chosen.report is None:
        parser.error("--own is a part of a report: give --report, too")
    found = verify(chosen.data, threads=chosen.threads)
    if chosen.report is not None:
        write_report(found, chosen.report, chosen.own, chosen.data)
    if chosen.out is None:
        print(found.to_text(chosen.format), end="")
    else:
        with text_file(chosen.out) as file:
            file.write(found.to_text(chosen.format))
        print(found, end="")
    return 0 if found.all_inside else 1


def scan_(_parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> int:
    """List what a folder holds."""
    from radiomics_rs.io import scan
    from radiomics_rs.io.scanning import SOUND

    found = scan(chosen.folder)
    if chosen.format == "json":
        print(json.dumps(found.records(), indent=1, ensure_ascii=False))
    else:
        print(found)
    return 0 if all(row.state == SOUND for row in found) else 1


def describe_(_parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    """Say what features are."""
    from radiomics_rs._describe import describe

    found = [describe(name) for name in chosen.feature]
    pages = [page for one in found for page in (one if isinstance(one, list) else [one])]
    if chosen.format == "json":
        print(json.dumps([page.to_dict() for page in pages], indent=1, ensure_ascii=False))
    else:
        print("\n\n".join(map(str, pages)))


def compare_(_parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> int:
    """Say how far two tables are from each other."""
    from radiomics_rs._compare import compare

    found = compare(chosen.first, chosen.second, tolerance=chosen.tolerance)
    if chosen.format == "json":
        print(json.dumps(found.to_dict(), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        print(found)
    return 1 if found.above else 0


def doctor_(_parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> int:
    """Say what a report about a problem needs."""
    from radiomics_rs._doctor import doctor

    found = doctor()
    print(found.to_json() if chosen.json else found)
    return 0 if found.sound else 1


def settings(_parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    """Print all settings of a profile."""
    print(Settings.template(chosen.profile), end="")


def features_(_parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    """List every feature there is."""
    FORMATS[chosen.format]()


def _catalogue() -> list[tuple[str, ...]]:
    rows = []
    for feature in features():
        # The region as a whole has no name in the vocabulary of the reference values.
        names = {**feature, "aggregations": " ".join(feature["aggregations"])}
        rows.append(tuple(str(names[column] or "") for column in CATALOGUE_COLUMNS))
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

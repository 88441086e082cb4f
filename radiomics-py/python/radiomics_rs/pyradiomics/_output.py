"""Tables of the command line: csv, json or text, in PyRadiomics' layout."""

from __future__ import annotations

import collections
import csv
import json
import os
import sys

import numpy

from radiomics_rs import io

#: How an error begins that means that results are lost.
NOT_WRITTEN = "not written: "
#: The column (or key) that says why a case has no features; only there when a case failed.
ERROR = "error"


#: How an error begins that means that results are lost.
NOT_WRITTEN = "not written: "


def stored(path, row) -> dict | None:
    """What was stored of a case, if the file is there and of the same row of the table."""
    if not os.path.isfile(path):
        return None
    with open(path, newline="", encoding="utf-8") as table:
        earlier = next(csv.DictReader(table), None)
    # A run that was ended while it wrote leaves a file that is not whole.
    if earlier is None or None in earlier or None in earlier.values():
        return None
    if any(earlier.get(column) != value for column, value in row.items()):
        return None
    return collections.OrderedDict(earlier)


def store(path, result) -> None:
    """Keep the row of a case in a file of its own."""
    with open(path, "w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, list(result), lineterminator="\n")
        writer.writeheader()
        writer.writerow(result)


def write(results, args) -> None:
    """Append the table to the file, or print it."""
    if args.out is None:
        _write_to(sys.stdout, results, args)
    else:
        with io.text_file(args.out, append=True) as out:
            _write_to(out, results, args)


def _write_to(out, results, args) -> None:
    first = [key for key in results[0] if key != ERROR]
    others = {key for result in results for key in result} - set(first) - {ERROR}
    headers = (
        first + sorted(others) + ([ERROR] if any(ERROR in result for result in results) else [])
    )
    results = [_formatted(result, args) for result in results]
    if args.format == "csv":
        writer = csv.DictWriter(out, headers, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(results)
    elif args.format == "json":
        json.dump(results, out, indent=2, default=_plain)
        out.write("\n")
    else:
        for number, result in enumerate(results, start=1):
            out.writelines(f"Case-{number}_{key}: {value}\n" for key, value in result.items())


def _formatted(result, args) -> dict:
    result = dict(result)
    if args.skip_nans:
        nans = [
            key for key, value in result.items() if isinstance(value, float) and numpy.isnan(value)
        ]
        for key in nans:
            del result[key]
    for column in ("Image", "Mask"):
        path = result[column]
        if args.format_path == "absolute":
            path = os.path.abspath(path)
        elif args.format_path == "relative":
            batch = args.input.endswith(".csv")
            path = os.path.relpath(path, os.path.dirname(args.input) or "." if batch else ".")
        else:
            path = os.path.basename(path)
        result[column] = path.replace(os.path.sep, "/") if args.unix_path else path
    return result


def _plain(value):
    """What JSON does not know: arrays and NumPy scalars of settings and plug-ins."""
    return value.tolist() if hasattr(value, "tolist") else str(value)

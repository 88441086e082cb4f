"""The command ``radiomics-rs pyradiomics``: flags and tables of PyRadiomics' own command."""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import csv
import datetime
import functools
import logging
import multiprocessing
import os

import SimpleITK as sitk

from radiomics_rs import RadiomicsError, io

from . import _messages, _output, _schema
from ._version import __version__
from .featureextractor import RadiomicsFeatureExtractor

logger = logging.getLogger("radiomics.script")

EXIT_OK, EXIT_INPUT, EXIT_ERROR, EXIT_OUTER, EXIT_FAILED_CASES, EXIT_CANCELLED = 0, 1, 3, 4, 5, -1


def get_parser(prog: str = "radiomics-rs pyradiomics") -> argparse.ArgumentParser:
    """All flags of PyRadiomics' command, and ``--strict``."""
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
        help=f"exit code {EXIT_FAILED_CASES} if any case failed (0 without)",
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


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code; wrong flags exit with 2."""
    args = get_parser().parse_args(argv)
    handlers = _messages.configure(args)
    try:
        return _run(args)
    except KeyboardInterrupt:
        logger.info("Cancelling Extraction")
        return EXIT_CANCELLED
    except Exception as error:
        logger.error("Error extracting features! %s", error, exc_info=args.verbosity > 3)
        return EXIT_ERROR
    finally:
        for handler in handlers:
            logging.getLogger("radiomics").removeHandler(handler)
            handler.close()


#: the name under which PyRadiomics' own command is found
parse_args = main


def _run(args) -> int:
    cases = _cases(args)
    if not cases:
        return EXIT_INPUT
    if args.validate:
        return _validate(args, cases)
    extractor = RadiomicsFeatureExtractor(*([args.param] if args.param else []), **_overrides(args))
    if args.out_dir is not None:
        os.makedirs(args.out_dir, exist_ok=True)
    results = _extract_all(extractor, cases, args)
    _output.write(results, args)
    failed = sum(_output.ERROR in result for result in results)
    if failed:
        logger.error(
            "%d of %d cases failed, see the column '%s'", failed, len(results), _output.ERROR
        )
        if any(result.get(_output.ERROR, "").startswith(_output.NOT_WRITTEN) for result in results):
            return EXIT_ERROR
        return EXIT_FAILED_CASES if args.strict else EXIT_OK
    logger.info("Finished %s-based extraction successfully...", args.mode)
    return EXIT_OK


def _cases(args) -> list[dict]:
    if not args.input.endswith(".csv"):
        if args.mask is None:
            logger.error(
                "Input is not recognized as batch, no mask specified, cannot compute result!"
            )
            return []
        return [{"Image": args.input, "Mask": args.mask}]
    try:
        # utf-8-sig: spreadsheets put a mark in front that would become part of the first column's
        # name
        with open(args.input, newline="", encoding="utf-8-sig") as table:
            reader = csv.DictReader(table)
            rows, columns = list(reader), reader.fieldnames or []
    except OSError as error:
        logger.error("Cannot read the batch file: %s", error)
        return []
    for column in ("Image", "Mask"):
        if column not in columns:
            logger.error(
                'Required column "%s" not present in input, unable to extract features...', column
            )
            return []
    folder = os.path.dirname(os.path.abspath(args.input))
    cases = []
    for line, row in enumerate(rows, start=2):
        if not row["Image"] or not row["Mask"]:
            logger.warning("Batch L%d: Missing required Image or Mask, skipping this case...", line)
            continue
        for column in ("Image", "Mask"):
            # relative to the table, not to where the command runs
            row[column] = os.path.normpath(os.path.join(folder, row[column]))
        row.pop(None, None)
        cases.append(row)
    if not cases:
        logger.error("No cases to process...")
    return cases


def _validate(args, cases) -> int:
    code = EXIT_OK
    if args.param is not None:
        try:
            _schema.load_params(args.param)
        except (OSError, ValueError, TypeError) as error:
            logger.error("Parameter validation failed! %s", error)
            code = EXIT_INPUT
    for number, case in enumerate(cases, start=1):
        for column in ("Image", "Mask"):
            if not os.path.isfile(case[column]):
                logger.error(
                    "%s path for case (%d/%d) does not exist! (%s)",
                    column,
                    number,
                    len(cases),
                    case[column],
                )
                code = EXIT_INPUT
    logger.info("Validation complete")
    return code


def _overrides(args) -> dict:
    rules = _schema.setting_rules()
    overrides = {}
    for setting in args.setting:
        name, colon, text = setting.partition(":")
        if not colon:
            logger.warning('Incorrect format for override setting "%s", missing ":"', setting)
            continue
        if name not in rules:
            from ._settings import suggestion

            logger.warning(
                'Did not recognize override "%s", skipping...%s', name, suggestion(name, rules)
            )
            continue
        rule = rules[name]
        try:
            if "seq" in rule:
                kind = rule["seq"][0].get("type", "str")
                overrides[name] = [_parse(item, kind) for item in text.split(",")]
            else:
                overrides[name] = _parse(text, rule.get("type", "str"))
        except ValueError:
            logger.warning('Could not parse value "%s" for setting "%s", skipping...', text, name)
    if args.label is not None:
        logger.warning('Argument "label" is deprecated, use "--setting label:N"')
        overrides["label"] = args.label
    return overrides


def _parse(text: str, kind: str):
    if kind == "int":
        return int(text)
    if kind == "float":
        return float(text)
    if kind == "bool":
        return text == "1" or text.lower() == "true"
    return text


def _extract_all(extractor, cases, args) -> list[dict]:
    workers = min(len(cases), args.jobs)
    extract = _extract_maps if args.mode == "voxel" else _extract_case
    run = functools.partial(extract, extractor=extractor, out_dir=args.out_dir)
    numbered = list(enumerate(cases, start=1))
    if workers == 1:
        return [run(case) for case in numbered]
    # The cases fill the cores.
    extractor.threads = 1
    # Spawned, not forked: a fork copies the locks of the parent's threads in whatever state they
    # are.
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(
        workers, mp_context=context, initializer=_start_worker, initargs=(args,)
    ) as pool:
        return list(pool.map(run, numbered))


def _start_worker(args) -> None:
    # One thread per case: the cases already fill the cores.
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    _messages.configure(args)


def _extract_case(numbered_case, extractor, out_dir) -> dict:
    number, case = numbered_case
    result = collections.OrderedDict(case)
    stored = None if out_dir is None else os.path.join(out_dir, f"features_{number}.csv")
    if stored is not None and os.path.isfile(stored):
        with open(stored, newline="", encoding="utf-8") as table:
            earlier = collections.OrderedDict(next(csv.DictReader(table)))
        if all(earlier.get(column) == value for column, value in case.items()):
            logger.info("Case %d already processed, reading results...", number)
            return earlier
    try:
        logger.info("Processing case %d", number)
        began = datetime.datetime.now()
        result.update(
            extractor.execute(
                case["Image"], case["Mask"], _number(case, "Label"), _number(case, "Label_channel")
            )
        )
        logger.info("Case %d processed in %s", number, datetime.datetime.now() - began)
    except Exception as error:
        # The others go on; the row says why this one has no features.
        result[_output.ERROR] = _failed(number, error)
        return result
    if stored is not None:
        try:
            with io.text_file(stored) as table:
                writer = csv.DictWriter(table, list(result), lineterminator="\n")
                writer.writeheader()
                writer.writerow(result)
        except OSError as error:
            result[_output.ERROR] = _not_written(number, error)
    return result


def _failed(number: int, error: Exception) -> str:
    logger.error("Feature extraction of case %d failed! %s", number, error)
    logger.debug("Details:", exc_info=True)
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _not_written(number: int, error: OSError) -> str:
    logger.error("The results of case %d cannot be written! %s", number, error)
    return f"{_output.NOT_WRITTEN}{error}"


def _extract_maps(numbered_case, extractor, out_dir) -> dict:
    """Write the maps of a case; its row of the table holds their paths."""
    number, case = numbered_case
    result = collections.OrderedDict(case)
    try:
        logger.info("Processing case %d", number)
        labels = _number(case, "Label"), _number(case, "Label_channel")
        found = extractor.execute(case["Image"], case["Mask"], *labels, voxelBased=True)
    except Exception as error:
        result[_output.ERROR] = _failed(number, error)
        return result
    for key, value in found.items():
        if isinstance(value, sitk.Image):
            path = os.path.join(out_dir or ".", f"Case-{number}_{key}.nrrd")
            try:
                io.write_image(value, path, compressed=True)
            except (RadiomicsError, OSError) as error:
                result[_output.ERROR] = _not_written(number, error)
                return result
            value = path
        result[key] = value
    return result


def _number(case, column):
    text = case.get(column)
    return None if text is None or str(text).strip() == "" else int(text)

"""The command ``radiomics-rs pyradiomics``: flags and tables of PyRadiomics' own command."""

from __future__ import annotations

import functools
import logging
import os

from radiomics_rs._interrupts import guarded

from .. import _output, _rules, _schema
from .._nearest import suggestion
from ..featureextractor import RadiomicsFeatureExtractor
from . import segment, voxel
from ._batch import Case, of_row, read
from ._codes import (
    EXIT_CANCELLED,
    EXIT_ERROR,
    EXIT_FAILED_CASES,
    EXIT_INPUT,
    EXIT_OK,
    InputError,
)
from ._parser import get_parser
from ._work import results

__all__ = ["PyRadiomicsCommandLine", "get_parser", "main", "parse_args", "segment", "voxel"]

logger = logging.getLogger("radiomics.script")


class PyRadiomicsCommandLine:
    """The command with its arguments, `run` runs it."""

    def __init__(self, custom_arguments=None):
        self.logger = logger
        #: the arguments; wrong ones exit with 2
        self.args = self.getParser().parse_args(custom_arguments)
        maps = self.args.mode == "voxel"
        self.serial_func = voxel.extractVoxel if maps else segment.extractSegment
        self.parallel_func = (
            voxel.extractVoxel_parallel if maps else segment.extractSegment_parallel
        )
        self.case_count = 0
        self.num_workers = 0
        #: where relative paths begin, unless a table has them
        self.relative_path_start = os.getcwd()
        #: PyRadiomics logs by these; here `run` sets up what it needs
        self.logging_config, self.queue_listener = {}, None

    @classmethod
    def getParser(cls):
        """What reads the arguments."""
        return get_parser()

    def run(self):
        """Run the command and return its exit code."""
        handlers: list[logging.Handler] = []
        try:
            handlers = _configure_logging(self.args)
            return self._run()
        except KeyboardInterrupt:
            _cancelled()
            return EXIT_CANCELLED
        except InputError as error:
            logger.error("%s", error)
            return EXIT_INPUT
        except Exception as error:
            details = self.args.verbosity > 3
            logger.error("Error extracting features! %s", error, exc_info=details)
            return EXIT_ERROR
        finally:
            for handler in handlers:
                logging.getLogger("radiomics").removeHandler(handler)
                handler.close()

    def _run(self) -> int:
        args = self.args
        cases = _cases(args)
        self.case_count, self.num_workers = len(cases), min(len(cases), args.jobs)
        if args.validate:
            return _validate(args, cases)
        overrides = _overrides(args)
        extractor = RadiomicsFeatureExtractor(*([args.param] if args.param else []), **overrides)
        _prepare_output(args)
        if self.num_workers > 1:
            # The cases fill the cores.
            extractor.threads = 1
        extract = voxel.maps if args.mode == "voxel" else segment.values
        run = functools.partial(extract, extractor=extractor, out_dir=args.out_dir)
        start = functools.partial(_configure_logging, args)
        rows: list[dict] = []
        try:
            for row in results(run, cases, self.num_workers, start):
                rows.append(row)
        except KeyboardInterrupt:
            if not rows:
                raise
            _output.write(rows, args)
            logger.warning("Cancelled: %d of %d cases are written", len(rows), len(cases))
            return EXIT_CANCELLED
        _output.write(rows, args)
        return _outcome(rows, args)


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code; wrong flags exit with 2."""
    return guarded(lambda: PyRadiomicsCommandLine(argv).run(), _cancelled)


def _cancelled() -> None:
    """Say so outside of the work, which says more."""
    logger.warning("Cancelled, nothing is written")


def parse_args():
    """Run the command; the name under which PyRadiomics' own is found."""
    return main()


def _outcome(rows: list[dict], args) -> int:
    failed = sum(_output.ERROR in row for row in rows)
    if failed:
        logger.error("%d of %d cases failed, see the column '%s'", failed, len(rows), _output.ERROR)
        if any(row.get(_output.ERROR, "").startswith(_output.NOT_WRITTEN) for row in rows):
            return EXIT_ERROR
        return EXIT_FAILED_CASES if args.strict else EXIT_OK
    logger.info("Finished %s-based extraction successfully...", args.mode)
    return EXIT_OK


def _cases(args) -> list[Case]:
    if args.input.endswith(".csv"):
        return read(args.input)
    if args.mask is None:
        raise InputError(
            "Input is not recognized as batch, no mask specified, cannot compute result! (give a "
            "mask as well, or a table whose name ends in .csv)"
        )
    return [of_row(1, {"Image": args.input, "Mask": args.mask}, "case 1")]


def _prepare_output(args) -> None:
    """Refuse places that cannot be written to, before the work and not after it."""
    if args.out_dir is not None:
        try:
            os.makedirs(args.out_dir, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"cannot write to the folder {args.out_dir} (--out-dir): {error.strerror}"
            ) from error
    if args.out is not None:
        there = os.path.lexists(args.out)
        try:
            with open(args.out, "a", encoding="utf-8"):
                pass
        except OSError as error:
            raise InputError(f"cannot write to {args.out} (--out): {error.strerror}") from error
        if not there:
            os.remove(args.out)


def _validate(args, cases: list[Case]) -> int:
    code = EXIT_OK
    if args.param is not None:
        try:
            _schema.load_params(args.param)
        except (OSError, ValueError, TypeError) as error:
            logger.error("Parameter validation failed! %s", error)
            code = EXIT_INPUT
    for case in cases:
        if case.problem:
            logger.error("Case (%d/%d): %s", case.number, len(cases), case.problem)
            code = EXIT_INPUT
        for column in ("Image", "Mask"):
            if not os.path.isfile(case.row[column]):
                logger.error(
                    "%s path for case (%d/%d) does not exist! (%s)",
                    column,
                    case.number,
                    len(cases),
                    case.row[column],
                )
                code = EXIT_INPUT
    logger.info("Validation complete")
    return code


def _overrides(args) -> dict:
    """The settings of the command line; what cannot be read is skipped, or refused if strict."""

    def skip(text: str) -> None:
        if args.strict:
            raise InputError(text)
        logger.warning("%s, skipping...", text)

    rules = _schema.setting_rules()
    overrides = {}
    for setting in args.setting:
        name, colon, text = setting.partition(":")
        if not colon:
            skip(f'Incorrect format for override setting "{setting}", missing ":"')
        elif name not in rules:
            skip(f'Did not recognize override "{name}"{suggestion(name, rules)}')
        else:
            try:
                overrides[name] = _parse(text, rules[name])
            except ValueError:
                remedy = f"give {rules[name].takes()}"
                skip(f'Could not parse value "{text}" for setting "{name}": {remedy}')
    if args.label is not None:
        logger.warning('Argument "label" is deprecated, use "--setting label:N"')
        overrides["label"] = args.label
    return overrides


def _parse(text: str, rule: _rules.Rule):
    if rule.listed:
        one = rule._replace(listed=False)
        return [_parse(item, one) for item in text.split(",")]
    if rule.kind == "int":
        return int(text)
    if rule.kind == "float":
        return float(text)
    if rule.kind == "bool":
        return _FLAGS[text.strip().lower()]
    return text


class _Flags(dict):
    """Words for what is on or off; others are a ValueError."""

    def __missing__(self, word):
        raise ValueError(word)


_FLAGS = _Flags({"true": True, "1": True, "false": False, "0": False, "no": False, "off": False})


def _configure_logging(args) -> list[logging.Handler]:
    """Set up what is printed and what is written to the log file.

    Raises `InputError` for a file that cannot be written.
    """
    from .. import setVerbosity

    radiomics = logging.getLogger("radiomics")
    setVerbosity((6 - args.verbosity) * 10)
    if args.log_file is None:
        return []
    try:
        os.makedirs(os.path.dirname(args.log_file) or ".", exist_ok=True)
        handler = logging.FileHandler(args.log_file, mode="a", encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"cannot write the log file {args.log_file} (--log-file): {error.strerror}"
        ) from error
    handler.setLevel(getattr(logging, args.logging_level))
    handler.setFormatter(
        logging.Formatter(
            "[%(asctime)s] %(levelname)-.1s: (%(processName)s) %(name)s: %(message)s",
            "%Y-%m-%d %H:%M:%S",
        )
    )
    radiomics.addHandler(handler)
    if handler.level:
        radiomics.setLevel(min(radiomics.level, handler.level))
    return [handler]

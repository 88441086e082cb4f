"""Values of a case, as a row of the table."""

from __future__ import annotations

import collections
import logging
import os
from datetime import datetime

from .. import _output
from ._batch import Case, of_row

caseLogger = logging.getLogger("radiomics.script")


def extractSegment(case_idx, case, extractor, **kwargs):
    """The row of a case: what `case` holds, and the features, or the column `error`.

    :param case: dictionary with `Image` and `Mask`, and perhaps `Label` and `Label_channel`
    :param out_dir: folder for ``features_<case_idx>.csv``; what is there already is read again
    """
    return values(of_row(case_idx, case, f"case {case_idx}"), extractor, kwargs.get("out_dir"))


def extractSegment_parallel(args, logging_config=None, **kwargs):
    """`extractSegment` of (number, case), in a process of its own; None when interrupted."""
    try:
        return extractSegment(*args, **kwargs)
    except (KeyboardInterrupt, SystemExit):
        return None


def values(case: Case, extractor, out_dir=None) -> dict:
    """The row of a case. A case that fails keeps its row, which says why."""
    stored = None if out_dir is None else os.path.join(out_dir, f"features_{case.number}.csv")
    if stored is not None:
        earlier = _output.stored(stored, case.row)
        if earlier is not None:
            caseLogger.info("Case %s already processed, reading results...", case.number)
            return earlier
    result = collections.OrderedDict(case.row)
    found = attempt(case, lambda: execute(case, extractor), result)
    if found is None:
        return result
    result.update(found)
    if stored is not None:
        try:
            _output.store(stored, result)
        except OSError as error:
            caseLogger.error("The results of case %s cannot be written! %s", case.number, error)
            result[_output.ERROR] = f"{_output.NOT_WRITTEN}{error}"
    return result


def execute(case: Case, extractor, **how) -> dict:
    """What the extractor says of a case."""
    began = datetime.now()
    caseLogger.info("Processing case %s", case.number)
    image, mask = case.row["Image"], case.row["Mask"]
    found = extractor.execute(image, mask, case.label, case.label_channel, **how)
    caseLogger.info("Case %s processed in %s", case.number, datetime.now() - began)
    return found


def attempt(case: Case, work, result: dict):
    """What `work` gives; None if that fails, and `result` says why: the other cases go on."""
    try:
        if case.problem:
            raise ValueError(case.problem)
        return work()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of an extension module is no Exception
        reason = " ".join(str(error).split())
        if isinstance(error, MemoryError):
            reason = f"memory has run out. {reason}".rstrip()
        caseLogger.error("Feature extraction of case %s failed! %s", case.number, reason)
        caseLogger.debug("Details:", exc_info=True)
        result[_output.ERROR] = f"{type(error).__name__}: {reason}"
        return None

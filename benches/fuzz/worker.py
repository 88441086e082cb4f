"""The process that cases run in: a number a line in, a line of JSON out.

python worker.py {files,settings,contours} SEED MEGABYTES
"""

from __future__ import annotations

import contextlib
import dataclasses
import faulthandler
import importlib
import json
import os
import random
import resource
import signal
import sys
import traceback
import warnings
from typing import IO, Any

import numpy as np

import case


def main() -> None:
    """Answer until there is no more input."""
    what, seed, megabytes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    # Answers have a descriptor of their own: whoever prints does not spoil them.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1, all_threads=False)
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    module = importlib.import_module(f"cases_{what}")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # macOS has none
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    _say(answers, {"ready": True})
    for line in sys.stdin:
        number = int(line)
        rng = random.Random(f"{seed}:{number}")
        made = module.case(rng)
        _say(answers, {"text": made.text})
        try:
            outcomes, findings, seconds = case.run(made)
        except MemoryError:  # of the fuzzer itself
            outcomes, findings, seconds = {}, [case.Finding("memory", "-", _trace())], {}
        answer = {"outcomes": outcomes, "seconds": seconds}
        _say(answers, {**answer, "findings": [dataclasses.asdict(one) for one in findings]})


def _trace() -> str:
    return traceback.format_exc()[-400:]


def _say(answers: IO[str], what: dict[str, Any]) -> None:
    print(json.dumps(what, default=str), file=answers, flush=True)


if __name__ == "__main__":
    main()

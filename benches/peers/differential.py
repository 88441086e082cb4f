"""Random cases through PyRadiomics 3.0.1 and through us, and every difference.

    python3 benches/peers/differential.py --cases 2000 --seed 0

A case is made from its seed alone: `--cases 1 --seed N` runs case N again.
"""

import argparse
import collections
import concurrent.futures
import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import differential_kept
import run

HERE = Path(__file__).resolve().parent
OURS, THEIRS = "radiomics-rs", "PyRadiomics"
#: A relative difference that is printed.
LIMIT = 1e-6
#: What is less than this is 0 but for rounding.
ZERO = 1e-9
#: Cases that a process runs.
BLOCK = 20


def main():
    chosen = arguments()
    pythons = {
        name: given or run.environment(name, Path(chosen.environments))
        for name, given in ((THEIRS, chosen.theirs), (OURS, chosen.ours))
    }
    if None in pythons.values():
        return 2
    last = chosen.seed + chosen.cases
    blocks = [(first, min(BLOCK, last - first)) for first in range(chosen.seed, last, BLOCK)]
    counts = collections.Counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        concurrent.futures.ThreadPoolExecutor(chosen.jobs) as threads,
    ):
        found = threads.map(lambda block: both(pythons, folder, *block), blocks)
        for done, (theirs, ours) in enumerate(found, start=1):
            for seed in theirs:
                report(seed, theirs[seed], ours[seed], counts)
            if done % 10 == 0 or done == len(blocks):
                print(f"{min(done * BLOCK, chosen.cases)} cases, {dict(counts)}", file=sys.stderr, flush=True)
    print(
        f"{counts['cases']} cases, {counts['values']} values: {counts['equal cases']} cases without a difference "
        f"above {LIMIT:g}, {counts['kept cases']} with kept ones only, {counts['new cases']} with others"
    )
    for reason, count in sorted(counts.items()):
        if reason.startswith("kept: "):
            print(f"{reason}: {count}")
    return 1 if counts["new cases"] else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cases", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the first case")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="blocks of cases at once")
    parser.add_argument("--environments", default=run.ROOT / "target" / "peers", metavar="FOLDER")
    parser.add_argument("--theirs", metavar="PYTHON", help="Python that has PyRadiomics, in place of its environment")
    parser.add_argument("--ours", metavar="PYTHON", help="Python that has radiomics-rs, in place of its environment")
    return parser.parse_args()


def both(pythons, folder, first, count):
    """What both say of the cases of a block; PyRadiomics first, as it makes them."""
    found = []
    for name, variant in ((THEIRS, ""), (OURS, "radiomics")):
        command = [str(pythons[name]), HERE / "differential_run.py", folder, str(first), str(count)]
        limits = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        ended = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, **limits, "VARIANT": variant}
        )
        if ended.returncode != 0:
            raise SystemExit(f"{name}, cases {first} to {first + count - 1}: {ended.stderr.strip()[-2000:]}")
        found.append(json.loads(ended.stdout.strip().splitlines()[-1]))
    for seed in range(first, first + count):
        (Path(folder) / f"{seed}.npz").unlink()
    return found


def report(seed, theirs, ours, counts):
    """Print what differs in a case, with the reason if it has one, and count it."""
    counts["cases"] += 1
    found = list(differences(theirs, ours))
    counts["values"] += len(theirs) if "error" not in theirs and "error" not in ours else 0
    for text, reason in found:
        print(f"seed {seed}: {text}{f' [kept: {reason}]' if reason else ''}", flush=True)
        if reason:
            counts[f"kept: {reason}"] += 1
    kind = "equal" if not found else "kept" if all(reason for _, reason in found) else "new"
    counts[f"{kind} cases"] += 1


def differences(theirs, ours):
    """Each difference of a case as its text and the reason why it is kept, or None."""
    if "error" in theirs or "error" in ours:
        if "error" not in theirs or "error" not in ours:
            texts = theirs.get("error", "values"), ours.get("error", "values")
            yield f"PyRadiomics: {texts[0]}; ours: {texts[1]}", differential_kept.reason_of_error(*texts)
        return
    if list(theirs) != list(ours):
        missing, more = set(theirs) - set(ours), set(ours) - set(theirs)
        yield f"keys: without {sorted(missing)}, more {sorted(more)}, or another order", None
    for key in theirs:
        if key in ours and not same(theirs[key], ours[key]):
            reason = differential_kept.reason_of_value(key, theirs[key], ours[key], theirs)
            yield f"{key}: PyRadiomics {theirs[key]}, ours {ours[key]}", reason


def same(theirs, ours):
    if isinstance(theirs, str) or isinstance(ours, str):
        return theirs == ours
    largest = max(abs(theirs), abs(ours))
    return largest < ZERO or math.isclose(theirs, ours, rel_tol=LIMIT, abs_tol=0.0)


if __name__ == "__main__":
    sys.exit(main())

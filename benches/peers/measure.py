"""What every package's script shares: arguments, timing, peak memory, one JSON line."""

import argparse
import json
import os
import resource
import statistics
import sys
import time

#: Seconds after which no further repeat begins.
ENOUGH = 60.0


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=["A", "B", "C", "E", "cold"])
    parser.add_argument("image")
    parser.add_argument("mask")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=5)
    return parser.parse_args()


def limit_threads(threads):
    """Tell every library that asks the environment; before it is imported."""
    for name in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
        os.environ[f"{name}_NUM_THREADS"] = str(threads)
    os.environ["ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"] = str(threads)


def report(name, run, chosen):
    """Time `run`, which returns a mapping of values, and print the line that run.py reads."""
    values = run()
    seconds = []
    if chosen.case != "cold":
        begin = time.perf_counter()
        for _ in range(chosen.repeat):
            start = time.perf_counter()
            values = run()
            seconds.append(time.perf_counter() - start)
            if time.perf_counter() - begin > ENOUGH:
                break
    line = {
        "name": name,
        "median_s": statistics.median(seconds) if seconds else None,
        "least_s": min(seconds, default=None),
        "repeats": len(seconds),
        "values": len(values),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(line))
    sys.stdout.flush()

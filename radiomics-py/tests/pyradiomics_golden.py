"""PyRadiomics' golden values, and how far our values are from them.

Run as a program, it prints the distribution of the deviations file by file.
"""

import collections
import json
import os
import sys
from pathlib import Path

DATA = Path(os.environ.get("RADIOMICS_DATA", Path(__file__).parents[3] / "shared"))
FOLDER = DATA / "pyradiomics" / "golden"
REASON = f"PyRadiomics' golden values are not in {FOLDER} (set RADIOMICS_DATA)"

#: A value below this is 0 but for rounding: a relative deviation says nothing there.
ROUNDING = 1e-12


def names():
    """Names of the files with values of regions."""
    files = sorted(FOLDER.glob("*.json"))
    return [path.stem for path in files if "features" in json.loads(path.read_text())]


def load(name):
    """A golden file."""
    return json.loads((FOLDER / f"{name}.json").read_text())


def files(golden):
    """Paths of its image and its mask."""
    return str(DATA / golden["image"]), str(DATA / golden["mask"])


def execute(golden):
    """Our result for the case of a golden file."""
    from radiomics_rs.pyradiomics.featureextractor import RadiomicsFeatureExtractor

    return RadiomicsFeatureExtractor(golden["params"]).execute(*files(golden), golden["label"])


def deviation(ours, golden):
    """Relative deviation; 0 if both values are below `ROUNDING`."""
    if max(abs(ours), abs(golden)) <= ROUNDING:
        return 0.0
    return abs(ours - golden) / abs(golden) if golden else float("inf")


def deviations(golden, result):
    """{feature: relative deviation}, infinite where a value is missing."""
    return {
        key: deviation(result[key], value) if key in result else float("inf")
        for key, value in golden["features"].items()
    }


LIMITS = (0.0, 1e-15, 1e-12, 1e-9, 1e-6, float("inf"))


def distribution(found):
    """How many deviations lie at or below each limit but above the one before."""
    counts = collections.Counter()
    for value in found.values():
        counts[next((limit for limit in LIMITS if value <= limit), LIMITS[-1])] += 1
    return counts


def main():
    """Print one line per file, and each feature above 1e-9."""
    total = collections.Counter()
    print(
        f"{'':34}" + "".join(f"{'= 0' if not limit else f'<= {limit:g}':>10}" for limit in LIMITS)
    )
    for name in names():
        golden = load(name)
        try:
            found = deviations(golden, execute(golden))
        except Exception as error:
            print(f"{name:34}{type(error).__name__}: {error}")
            continue
        counts = distribution(found)
        total.update(counts)
        print(f"{name:34}" + "".join(f"{counts[limit]:10}" for limit in LIMITS))
        for key, value in found.items():
            if not value <= 1e-9:
                print(f"    {key} {golden['features'][key]!r} off by {value:.1e}")
    print(f"{'all':34}" + "".join(f"{total[limit]:10}" for limit in LIMITS))


if __name__ == "__main__":
    sys.exit(main())

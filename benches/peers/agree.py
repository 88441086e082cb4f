"""Runs other packages on the same real regions and writes docs/agreement.md: who agrees with us, and why not.

    python benches/peers/agree.py --data DIR

DIR has sts/, abdomen_ct/ and ibsi1/reference_values.csv. Values are kept in `--folder` as they come, so that a run
goes on where it ended; `--page` rewrites the page alone. The exit code is 1 if a deviation has no explanation.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import agree_cases
import agree_page
from run import PYRADIOMICS, ROOT, environment, say

HERE = Path(__file__).resolve().parent
#: {package: (its script, variant, oldest Python, newest Python, arguments of pip install)}, as in run.py.
PEERS = {
    "PyRadiomics": ("pyradiomics", "", (3, 8), (3, 11), PYRADIOMICS),
    "MIRP": ("mirp", "", (3, 11), (3, 12), [["mirp==2.5.0"]]),
    "pictologics": ("pictologics", "", (3, 12), (3, 14), [["pictologics==0.9.0"]]),
    "Z-Rad": ("zrad", "", (3, 11), (3, 13), [["z-rad==26.9.0"]]),
    "Nyxus": ("nyxus", "", (3, 10), (3, 12), [["nyxus==0.11.0"]]),
    "SciPy and scikit-image": ("scientific", "", (3, 10), (3, 13), [["scipy", "scikit-image", "SimpleITK"]]),
}


def main():
    chosen = arguments()
    folder = Path(chosen.folder)
    reference = Path(chosen.data) / "ibsi1" / "reference_values.csv"
    if not chosen.page:
        agree_cases.make(chosen.data, folder)
        listed = folder / "cases" / "cases.json"
        compute(sys.executable, "ours", [listed, folder / "ours.json", reference], chosen.minutes)
        for name in chosen.peers:
            python = environment(name, Path(chosen.environments), PEERS)
            if python is not None:
                script = PEERS[name][0]
                compute(python, script, [listed, folder / f"{script}.json"], chosen.minutes)
    files = {name: folder / f"{PEERS[name][0]}.json" for name in PEERS}
    text, unexplained = agree_page.page(folder, files, reference)
    Path(chosen.out).write_text(text, encoding="utf-8")
    for line in unexplained:
        say(f"without an explanation: {line}")
    return 1 if unexplained else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", required=True, metavar="DIR", help="folder with the images")
    parser.add_argument("--peers", nargs="+", default=list(PEERS), choices=list(PEERS), metavar="NAME")
    parser.add_argument("--environments", default=ROOT / "target" / "peers", metavar="FOLDER")
    parser.add_argument("--folder", default=ROOT / "target" / "peers" / "agree", metavar="FOLDER")
    parser.add_argument("--minutes", type=float, default=30, metavar="M", help="of each package, then it is stopped")
    parser.add_argument("--out", default=ROOT / "docs" / "agreement.md", metavar="FILE")
    parser.add_argument("--page", action="store_true", help="compute nothing, write the page")
    return parser.parse_args()


def compute(python, script, files, minutes):
    """One thread, and out of others' way."""
    one = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    one["ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"] = "1"
    command = [str(part) for part in ("nice", "-n", "10", python, HERE / f"agree_{script}.py", *files)]
    say(" ".join(command))
    try:
        found = subprocess.run(command, check=False, env={**os.environ, **one}, timeout=60 * minutes)
        if found.returncode:
            say(f"{script}: ended with {found.returncode}; what it has computed is kept")
    except subprocess.TimeoutExpired:
        say(f"{script}: stopped after {minutes} minutes; what it has computed is kept")


if __name__ == "__main__":
    sys.exit(main())

"""Runs the same cases through other packages and ours, and prints one table.

    python3 benches/peers/run.py --data DIR
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import run_page

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
#: Where a case's image and mask are in the data folder.
FILES = {
    "A": ("ibsi1/ct_phantom/image.nii.gz", "ibsi1/ct_phantom/mask.nii.gz"),
    "B": ("bench/B_image.nii.gz", "bench/B_mask.nii.gz"),
}
CASES = {"A": FILES["A"], "B": FILES["B"], "C": FILES["A"], "E": FILES["A"], "cold": FILES["A"]}
#: IBSI configuration C is none of PyRadiomics' settings.
LACKING = {name: ("E",) for name in ("radiomics-rs as radiomics", "PyRadiomics", "flash-radiomics")}
#: Seconds after which a package is stopped, and after which no further process of it is begun.
LIMIT, ENOUGH = 900, 60
#: What none of them can do without.
FLOOR = "Python and NumPy, nothing else"

PYRADIOMICS = [
    ["numpy==1.26.4", "scipy==1.13.1", "SimpleITK", "PyWavelets", "pykwalify", "six", "versioneer"],
    # For its local binary patterns.
    ["scikit-image==0.24.0", "trimesh"],
    ["setuptools<70", "wheel", "cython"],
    # It builds its extension against the NumPy that is there already.
    ["--no-build-isolation", "--no-deps", "pyradiomics==3.0.1"],
]
FLASH = [
    ["numpy", "h5py", "SimpleITK", "pykwalify", "PyWavelets", "scipy", "scikit-image", "scikit-learn", "trimesh"],
    ["--no-deps", "flash-radiomics==1.0.0"],
]
#: {package: (its script, variant, oldest Python, newest Python, arguments of pip install)}
PEERS = {
    "radiomics-rs": ("radiomics_rs", "ibsi", (3, 10), (3, 99), [[str(ROOT / "radiomics-py")]]),
    "radiomics-rs, PyRadiomics profile": ("radiomics_rs", "pyradiomics", (3, 10), (3, 99), []),
    "radiomics-rs as radiomics": ("radiomics_rs", "radiomics", (3, 10), (3, 99), []),
    "pictologics": ("pictologics", "", (3, 12), (3, 14), [["pictologics==0.9.0"]]),
    "flash-radiomics": ("flash_radiomics", "", (3, 10), (3, 12), FLASH),
    "PyRadiomics": ("pyradiomics", "", (3, 8), (3, 11), PYRADIOMICS),
    "MIRP": ("mirp", "", (3, 11), (3, 12), [["mirp==2.7.0"]]),
}


def main():
    chosen = arguments()
    pythons = {name: environment(name, Path(chosen.environments)) for name in chosen.peers}
    rows = []
    if "cold" in chosen.cases:
        python = next(filter(None, pythons.values()))
        rows.append({"peer": FLOOR, "case": "cold", "threads": 1, **processes(FLOOR, [python, "-c", "import numpy"], chosen)})
    # Case by case: what is compared runs within minutes, as a shared machine has faster and slower hours.
    for case in chosen.cases:
        for threads in [1] if case == "cold" else chosen.threads:
            for name, python in pythons.items():
                row = measured(name, python, case, threads, chosen) if python else None
                if row is not None:
                    rows.append({"peer": name, "case": case, "threads": threads, **row})
    if chosen.json:
        run_page.keep(rows, chosen.json)
    print(run_page.table(rows))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", required=True, metavar="DIR", help="folder with the images")
    parser.add_argument("--peers", nargs="+", default=list(PEERS), choices=list(PEERS), metavar="NAME")
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=list(CASES), metavar="CASE")
    parser.add_argument("--threads", nargs="+", type=int, default=[1, os.cpu_count() or 1], metavar="N")
    parser.add_argument("--repeat", type=int, default=5, metavar="N")
    parser.add_argument("--environments", default=ROOT / "target" / "peers", metavar="FOLDER")
    parser.add_argument("--json", metavar="FILE", help="add all numbers to those in the file")
    return parser.parse_args()


def environment(name, folder, peers=PEERS):
    """The Python of a package's environment, made if it is not there; None if it cannot be."""
    script, _, oldest, newest, installs = peers[name]
    place = folder / script
    python = place / "bin" / "python"
    done = place / "complete"
    if done.exists():
        return python
    if not installs:
        if python.exists():
            return python
        return say(f"{name}: left out, its environment is made with that of radiomics-rs")
    base = interpreter(oldest, newest)
    if base is None:
        return say(f"{name}: left out, needs Python {version(oldest)} to {version(newest)}")
    say(f"{name}: making its environment with {base}")
    shutil.rmtree(place, ignore_errors=True)
    steps = [[base, "-m", "venv", place]]
    steps += [[python, "-m", "pip", "install", "--quiet", *install] for install in installs]
    for step in steps:
        if subprocess.run([str(part) for part in step], check=False).returncode != 0:
            return say(f"{name}: left out, `{' '.join(map(str, step))}` failed")
    done.touch()
    return python


def interpreter(oldest, newest):
    for minor in range(min(newest[1], 14), oldest[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and subprocess.run([found, "-c", ""], check=False, capture_output=True).returncode == 0:
            return found
    return None


def version(numbers):
    return ".".join(map(str, numbers))


def measured(name, python, case, threads, chosen):
    if case in LACKING.get(name, ()):
        return say(f"{name}, {case}: left out, it has no such case")
    image, mask = (Path(chosen.data) / file for file in CASES[case])
    if not image.exists():
        return say(f"{name}, {case}: left out, {image} is not there")
    script, variant = PEERS[name][:2]
    if case == "cold":
        with tempfile.TemporaryDirectory() as folder:
            command, out = cold(python, script, variant, image, mask, Path(folder))
            row = processes(name, command, chosen, variant)
            return row and {**row, "values": len(out.read_text().splitlines()) - 1 if out else row["values"]}
    command = [python, HERE / f"peer_{script}.py", case, image, mask]
    command += ["--threads", threads, "--repeat", chosen.repeat]
    try:
        found = subprocess.run(
            [str(part) for part in command],
            check=False,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            env={**os.environ, "VARIANT": variant},
        )
    except subprocess.TimeoutExpired:
        return say(f"{name}, {case}: stopped after {LIMIT} s")
    if found.returncode != 0:
        reason = (found.stderr.strip().splitlines() or ["no message"])[-1]
        return say(f"{name}, {case}: left out, {reason}")
    row = json.loads(found.stdout.strip().splitlines()[-1])
    say(f"{name}, case {case}, {threads} thread(s): {row['median_s']:.4f} s")
    return row


def cold(python, script, variant, image, mask, folder):
    """What a new process is started with, and the table that it writes, None if it writes none.

    Ours is the command, from files to CSV; another package's script ends with the first result.
    """
    if script != "radiomics_rs" or variant == "radiomics":
        return [python, HERE / f"peer_{script}.py", "cold", image, mask, "--threads", 1, "--repeat", 1], None
    settings, out = folder / "settings.json", folder / "row.csv"
    made = subprocess.run([str(python), str(HERE / "ours.py"), "A", variant], check=True, capture_output=True)
    settings.write_bytes(made.stdout)
    command = [python.parent / "radiomics-rs", "extract", image, mask]
    return [*command, "--settings", settings, "--threads", 1, "--out", out], out


def processes(name, command, chosen, variant=""):
    """Seconds of whole processes, one after another, after a first one; None if one fails."""
    seconds, peaks = [], []
    begin = time.perf_counter()
    while len(seconds) <= chosen.repeat and (len(seconds) < 2 or time.perf_counter() - begin < ENOUGH):
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "VARIANT": variant},
        )
        stop = threading.Timer(LIMIT, process.kill)
        stop.start()
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - start)
        stop.cancel()
        peaks.append(used.ru_maxrss / 1024)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            return say(f"{name}, cold: left out, exit code {process.returncode}")
    last = (said.strip().splitlines() or [""])[-1]
    values = json.loads(last)["values"] if last.startswith("{") else 0
    row = {"median_s": statistics.median(seconds[1:]), "least_s": min(seconds[1:]), "peak_mb": max(peaks)}
    say(f"{name}, case cold: {row['median_s']:.4f} s")
    return {**row, "repeats": len(seconds) - 1, "values": values}


def say(text):
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()

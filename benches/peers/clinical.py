"""Clinical input beside the tools that people use for it, on one thread.

usage: taskset -c 0 python benches/peers/clinical.py DATA [--runs N] [--pyradiomics PYTHON]

DATA is the folder with `clinical` and `abdomen_ct`. Prints medians of alternate runs and their
ratios:

- a CT series: scan and read beside SimpleITK's bare read; and the memory that reading takes
- contours to masks, beside plastimatch (a whole process each) if it is there
- four images of one mask in a call, beside four calls
- all labels of a map in a call, beside PyRadiomics over the labels, in the environment PYTHON
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import radiomics_rs as rr
import SimpleITK as sitk
from radiomics_rs import io
from radiomics_rs.io import frames

#: Label of the liver in the abdominal CT.
LIVER = 5
#: PyRadiomics over the labels, run in its own environment.
LOOP = """
import json, logging, sys, time
import numpy as np, SimpleITK as sitk
from radiomics import featureextractor
logging.getLogger("radiomics").setLevel(logging.CRITICAL)
sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
image, mask = sitk.ReadImage(sys.argv[1]), sitk.ReadImage(sys.argv[2])
extractor = featureextractor.RadiomicsFeatureExtractor(binWidth=25)
extractor.disableAllFeatures()
for name in ("firstorder", "shape", "glcm", "glrlm", "glszm", "gldm", "ngtdm"):
    extractor.enableFeatureClassByName(name)
labels = [int(n) for n in np.unique(sitk.GetArrayViewFromImage(mask)) if n]
start, done = time.perf_counter(), 0
for label in labels:
    try:
        extractor.execute(image, mask, label=label)
        done += 1
    except Exception as error:
        print(label, error, file=sys.stderr)
print(json.dumps([time.perf_counter() - start, done]))
"""
#: The most memory beyond what there was, over the bytes of the voxels.
MEMORY = """
import sys
from pathlib import Path
from radiomics_rs import io
def of(name):
    line, = (line for line in open("/proc/self/status") if line.startswith(name))
    return 1024 * int(line.split()[1])
for small in sys.argv[2:]:
    for path in Path(small).rglob("*.dcm"):
        io.read_image(path, frame=0)
before = of("VmRSS:")
image = io.read_image(sys.argv[1])
print((of("VmHWM:") - before) / image.voxels.nbytes, image.voxels.nbytes)
"""


def alternate(runs: int, **works: Callable[[], object]) -> dict[str, float]:
    """Median seconds of each, run in turn after a first run."""
    times: dict[str, list[float]] = {}
    for run in range(runs + 1):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            if run:
                times.setdefault(name, []).append(time.perf_counter() - start)
    return {name: statistics.median(each) for name, each in times.items()}


def shown(what: str, found: dict[str, float], ours: str, theirs: str) -> None:
    """A line with both times, and how many times as long ours takes."""
    print(
        f"{what}: {ours} {found[ours] * 1e3:.1f} ms, {theirs} {found[theirs] * 1e3:.1f} ms: "
        f"{found[ours] / found[theirs]:.3f} of it"
    )


def reading(data: Path, runs: int) -> None:
    """A series of 20 slices."""
    folder = data / "abdomen_ct" / "dicom"
    names = sorted(map(str, folder.iterdir()))

    def read() -> None:
        # Headers are kept from one run to the next, which is not what is timed.
        frames.forget()
        io.read_image(folder)

    def scan_and_read() -> None:
        frames.forget()
        io.scan(folder)
        io.read_image(folder)

    def bare() -> None:
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(names)
        reader.Execute()

    found = alternate(runs, scan_and_read=scan_and_read, read_alone=read, simpleitk=bare)
    shown("CT series", found, "scan_and_read", "simpleitk")
    shown("CT series", found, "read_alone", "simpleitk")
    # Libraries and decoders are loaded by objects of the same transfer syntaxes.
    small = [data / "clinical" / "us2d", data / "clinical/series/ct_five_slices"]
    for large in (folder, data / "clinical/rtstruct/sts025_ct/image"):
        program = [sys.executable, "-W", "ignore", "-c", MEMORY, *map(str, (large, *small))]
        made = subprocess.run(program, check=True, capture_output=True, text=True).stdout.split()
        print(f"memory of reading: {float(made[0]):.2f} of the volume of {int(made[1])} bytes")


def contours(data: Path, runs: int) -> None:
    """Structures of a plan, 1.3 million voxels inside."""
    folder = data / "clinical" / "rtstruct" / "clinical_ten_rois"
    drawing, grid = folder / "rtstruct.dcm", folder / "grid.nii.gz"
    # plastimatch reads the grid within its time, so both do.
    works = {"ours": lambda: io.read_mask(drawing, image=grid)}
    program = shutil.which("plastimatch")
    if program is None:
        print("plastimatch is not there: contours are timed alone")
    else:

        def plastimatch() -> None:
            with tempfile.TemporaryDirectory() as out:
                given = ["--input", drawing, "--fixed", grid, "--output-prefix", out]
                command = [
                    program,
                    "convert",
                    *given,
                    "--prefix-format",
                    "nrrd",
                    "--xor-contours",
                ]
                subprocess.run(command, check=True, capture_output=True)

        works["plastimatch"] = plastimatch
    found = alternate(runs, **works)
    if program is None:
        print(f"contours: ours {found['ours'] * 1e3:.1f} ms")
    else:
        shown("contours to masks", found, "ours", "plastimatch")


def phases(data: Path, runs: int) -> None:
    """Four phases of a liver."""
    abdomen = data / "abdomen_ct"
    image = io.read_image(abdomen / "image.nii.gz")
    labels = io.read_mask(abdomen / "labels.nii.gz", image=image)
    liver = io.Volume((labels.voxels == LIVER).astype(np.uint8), *labels.geometry)
    voxels = image.voxels.astype(np.float64)
    images = {
        name: io.Volume(np.where(liver.voxels > 0, gain * voxels, voxels), *image.geometry)
        for name, gain in (
            ("native", 1.0),
            ("arterial", 1.2),
            ("portal", 1.5),
            ("late", 1.3),
        )
    }
    settings = rr.Settings(bin_width=25)

    def together() -> None:
        rr.extract(images, liver, settings, threads=1)

    def apart() -> None:
        for one in images.values():
            rr.extract(one, liver, settings, threads=1)

    shown(
        "four phases",
        alternate(runs, one_call=together, four_calls=apart),
        "one_call",
        "four_calls",
    )


def labels_of(data: Path, runs: int, python: str | None) -> None:
    """All structures of an abdominal CT, all families."""
    image, mask = (str(data / "abdomen_ct" / name) for name in ("image.nii.gz", "labels.nii.gz"))
    pair = io.read_image(image), io.read_mask(mask)
    settings = rr.Settings(profile="pyradiomics", bin_width=25)
    works = {
        "ibsi": lambda: rr.extract(
            *pair, rr.Settings(bin_width=25), label="all", on_error="record", threads=1
        ),
        "pyradiomics_profile": lambda: rr.extract(
            *pair, settings, label="all", on_error="record", threads=1
        ),
    }
    found = alternate(runs, **works)
    held = len(rr.extract(*pair, settings, label="all", on_error="record"))
    for name, seconds in found.items():
        print(f"{held} labels in a call, {name}: {seconds * 1e3:.0f} ms")
    if python is not None:
        command = [python, "-c", LOOP, image, mask]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        seconds, count = json.loads(done.stdout)
        print(f"PyRadiomics over {count} labels: {seconds:.1f} s")
        for name, own in found.items():
            print(f"  {seconds / own:.0f} times {name}")


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description="Clinical input beside other tools.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--pyradiomics", metavar="PYTHON")
    given = parser.parse_args()
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    warnings.simplefilter("ignore")
    reading(given.data, given.runs)
    contours(given.data, given.runs)
    phases(given.data, given.runs)
    labels_of(given.data, given.runs, given.pyradiomics)


if __name__ == "__main__":
    main()

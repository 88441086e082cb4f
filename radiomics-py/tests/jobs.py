"""Jobs that take long, each in a process of its own, and how long an interrupt takes to end them.

`test_stopping.py` asks for an upper bound, `benches/stopping.py` prints the figures.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

#: What a job begins with; `sphere(n)` is an image of noise of n voxels along each axis, and a mask.
BEGIN = """
import os, sys
import numpy as np
import SimpleITK as sitk
import radiomics_rs as rr
from radiomics_rs.pyradiomics import featureextractor

def sphere(n):
    image = np.random.default_rng(0).normal(100, 30, (n, n, n)).astype(np.float32)
    z, y, x = (axis - np.float32((n - 1) / 2) for axis in np.ogrid[:n, :n, :n])
    return image, (z * z + y * y + x * x <= (n / 2 - 2) ** 2).astype(np.uint8)

def images(n):
    return [sitk.GetImageFromArray(array) for array in sphere(n)]
"""
#: What a job ends with: it says when, by the clock that all processes have.
RAISED = """
except KeyboardInterrupt:
    import time
    sys.stderr.write(f"raised {time.monotonic()}\\n")
    raise
"""
#: Said when the job itself begins.
READY = "ready"
#: How a process ends that does not look after interrupts itself; shells call it 130 as well.
BY_SIGNAL = -int(signal.SIGINT)
CANCELLED = 130


@dataclass(frozen=True)
class Job:
    """A job in Python: what it is made ready by, and what is to be interrupted."""

    name: str
    ready: str
    work: str


GABOR = {"gabor": {"sigma_mm": 5, "lambda_mm": 2, "orthogonal_planes": True, "delta_theta": 0.7854}}
LOG = {"laplacian_of_gaussian": {"sigma_mm": [0.5 * n for n in range(2, 22)]}}

JOBS = (
    Job(
        "extract, all families, sphere in 200³",
        "image, mask = sphere(200)",
        "rr.extract(image, mask, {'bin_number': 32}, spacing_mm=1)",
    ),
    Job(
        "extract, 20 LoG filters, sphere in 150³",
        "image, mask = sphere(150)",
        f"rr.extract(image, mask, {{'bin_number': 32}}, filters={LOG}, spacing_mm=1)",
    ),
    Job(
        "filter_image gabor, 150³",
        "image, _ = sphere(150)",
        f"rr.filter_image(image, {GABOR}, spacing_mm=1)",
    ),
    Job(
        "feature_maps gldzm, radius 15, 40³",
        "image, mask = sphere(40)",
        "rr.feature_maps(image, mask, ['gldzm'], 15, {'bin_number': 32}, spacing_mm=1)",
    ),
    Job(
        "feature_maps glcm and glszm, radius 2, 80³",
        "image, mask = sphere(80)",
        "rr.feature_maps(image, mask, ['glcm', 'glszm'], 2, {'bin_number': 32}, spacing_mm=1)",
    ),
    Job(
        "matrices, sphere in 200³",
        "image, mask = sphere(200)",
        "rr.matrices(image, mask, {'bin_number': 512}, spacing_mm=1)",
    ),
    Job(
        "drop-in execute, sphere in 200³",
        "pair = images(200); extractor = featureextractor.RadiomicsFeatureExtractor()\n"
        "extractor.enableAllImageTypes()",
        "extractor.execute(*pair)",
    ),
    Job(
        "drop-in execute, resampled to 0.4 mm, 120³",
        "pair = images(120)\n"
        "extractor = featureextractor.RadiomicsFeatureExtractor(resampledPixelSpacing=[0.4] * 3)",
        "extractor.execute(*pair)",
    ),
    Job(
        "drop-in execute, voxelBased, 60³",
        "pair = images(60); extractor = featureextractor.RadiomicsFeatureExtractor(kernelRadius=2)",
        "extractor.execute(*pair, voxelBased=True)",
    ),
    Job(
        "components and dilate, noise in 250³",
        "region = rr.region((sphere(250)[0] % 2).astype('u1'), spacing_mm=1)",
        "region.components(); region.dilate(3)",
    ),
    Job("verify", "data = os.environ.get('RADIOMICS_DATA')", "rr.verify(data)"),
    Job(
        "reading a .nii.gz, 250³",
        "image, _ = images(250); sitk.WriteImage(image, 'large.nii.gz')",
        "rr.io.read_sitk('large.nii.gz')",
    ),
    Job(
        "writing a .nii.gz, 250³",
        "image, _ = images(250)",
        "rr.io.write_image(image, 'large.nii.gz', compressed=True)",
    ),
)
#: A filter that takes long, as commands have it.
WIDE = "gabor: {sigma_mm: 9, lambda_mm: 9, orthogonal_planes: true, delta_theta: 0.1}"
#: Commands on the files `image.nii.gz` and `mask.nii.gz`, and a table of 4 cases of them.
COMMANDS = {
    "extract": ["extract", "image.nii.gz", "mask.nii.gz", "--filter", WIDE, "--out", "out/t.csv"],
    "filter": ["filter", "image.nii.gz", WIDE, "--out", "out/response.nii.gz"],
    "map": ["map", "image.nii.gz", "mask.nii.gz", "--radius", "3", "--out", "out"],
    "verify": ["verify"],
    "pyradiomics": ["pyradiomics", "image.nii.gz", "mask.nii.gz", "-o", "out/table.txt"],
    "pyradiomics -j 2": ["pyradiomics", "cases.csv", "-j", "2", "-o", "out/table.txt"],
}


@dataclass(frozen=True)
class End:
    """How a process ended after an interrupt."""

    seconds: float
    """From the interrupt to the end of the process."""
    code: int
    """Its exit code, below 0 for a signal."""
    text: str
    """What it wrote to standard error."""
    raised: float = math.nan
    """Seconds from the interrupt to KeyboardInterrupt, for a job in Python."""


def interrupt_job(job: Job, after_s: float, folder: Path) -> End:
    """Run a job again and again in `folder`, and interrupt it `after_s` seconds after it began."""
    program = f"{BEGIN}\n{job.ready}\nsys.stderr.write({READY!r})\ntry:\n    while True:\n"
    program += f"        {job.work}\n{RAISED}"
    return _interrupted([sys.executable, "-c", program], READY, after_s, folder)


def interrupt_command(arguments: list[str], after_s: float, folder: Path) -> End:
    """Run a command in `folder`, and interrupt it `after_s` seconds after its imports began."""
    command = [sys.executable, "-X", "importtime", "-m", "radiomics_rs", *arguments]
    end = _interrupted(command, "radiomics_rs._interrupts", after_s, folder)
    lines = [line for line in end.text.splitlines(True) if not line.startswith("import time:")]
    return End(end.seconds, end.code, "".join(lines))


def files(folder: Path, n: int = 120) -> None:
    """What the commands read: an image of noise of n voxels along each axis, a mask, a table."""
    program = f"{BEGIN}\nfor image, name in zip(images({n}), ('image', 'mask')):\n"
    program += "    sitk.WriteImage(image, f'{name}.nii.gz')\n"
    subprocess.run([sys.executable, "-c", program], cwd=folder, check=True)
    (folder / "cases.csv").write_text("Image,Mask\n" + "image.nii.gz,mask.nii.gz\n" * 4)
    (folder / "out").mkdir()


def _interrupted(command: list[str], begun: str, after_s: float, folder: Path) -> End:
    """Run a command, and interrupt it `after_s` seconds after it has written that it has begun."""
    errors = folder / "stderr.txt"
    with errors.open("w") as stream:
        process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=stream,
            cwd=folder,
            # A group of its own, which the terminal of a user would interrupt as a whole.
            start_new_session=True,
            # Shells let what they start in the background ignore interrupts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    try:
        while begun not in errors.read_text():
            if process.poll() is not None:
                raise RuntimeError(f"{command} did not begin: {errors.read_text()}")
            time.sleep(0.01)
        time.sleep(after_s)
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=120)
        seconds = time.monotonic() - began
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    text = errors.read_text().removeprefix(begun)
    said = re.match(r"raised (\S+)\n", text)
    raised = float(said[1]) - began if said else math.nan
    return End(seconds, process.returncode, text[said.end() if said else 0 :], raised)

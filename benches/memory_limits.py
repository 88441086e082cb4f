"""Random jobs under random limits of address space: none may end its process.

usage: python3 benches/memory_limits.py N [--seed S] [--seconds T] [--verbose]

Runs the jobs of the seeds S to S + N - 1, each in a process of its own that may take 0.5 to 4 GB
from when the job begins: extraction, filters, maps and matrices, the command line, the drop-in. A
job may succeed, or raise an error that says what is wrong; one that takes longer than T seconds is
stopped. A process that ends by a signal, that an abort ends, or that reports a mistake of the
library is a finding: it is printed with its seed, which `N = 1` runs again. Exit code 1 if there
are any. To be run by a Python that has radiomics-rs, on a system with RLIMIT_AS.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any

GB = 2**30
#: What is written when the library, or the system, gives up.
FATAL = ("memory allocation of", "panicked at", "terminate called", "InternalError", "PanicExc")
#: What the process of a job says about its end.
OUTCOME = "outcome:"


def main() -> int:
    """Run the jobs; 1 if one of them ended its process."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("number", type=int, metavar="N", help="how many jobs")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="default: 0")
    parser.add_argument("--seconds", type=float, default=30.0, metavar="T", help="default: 30")
    parser.add_argument("--verbose", action="store_true", help="a line for each job")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.here:
        run(chosen.seed)
        return 0
    counts: collections.Counter[str] = collections.Counter()
    findings = 0
    for seed in range(chosen.seed, chosen.seed + chosen.number):
        outcome, text = judged(seed, chosen.seconds)
        counts[outcome.partition(" ")[0]] += 1
        if chosen.verbose:
            print(f"seed {seed}: {outcome}", flush=True)
        if text is not None:
            findings += 1
            print(f"seed {seed}: {outcome}\n{text}\n", flush=True)
    print(", ".join(f"{n} {outcome}" for outcome, n in counts.most_common()))
    print(f"{findings} findings of {chosen.number} jobs")
    return int(findings > 0)


def judged(seed: int, seconds: float) -> tuple[str, str | None]:
    """How the job of a seed ended, and what it wrote if that is a finding."""
    command = [sys.executable, "-W", "ignore", __file__, "1", "--seed", str(seed), "--here"]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        try:
            text, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return f"stopped after {seconds:g} s", None
    said = [line for line in text.splitlines() if line.startswith(OUTCOME)]
    outcome = said[-1].removeprefix(OUTCOME).strip() if said else "no outcome"
    if process.returncode != 0 or not said or any(word in text for word in FATAL):
        return f"{outcome}, exit code {process.returncode}", text[-4000:]
    return outcome, None


def run(seed: int) -> None:
    """Run a job here, and say how it ended."""
    import resource

    rng = random.Random(seed)
    kind = rng.choice(list(KINDS))
    job, text = KINDS[kind](rng)
    limit = int(rng.uniform(0.5, 4) * GB)
    print(f"{limit / GB:.2f} GB, {kind}: {text}", flush=True)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        job()
    except (ValueError, MemoryError, OSError, RuntimeError) as error:
        print(OUTCOME, type(error).__name__, " ".join(str(error).split())[:300])
    else:
        print(OUTCOME, "done")
    # What is left of the job may need memory to end.
    sys.stdout.flush()
    os._exit(0)


Job = tuple[Callable[[], Any], str]

SPACINGS = (0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 1.0, 3.0)
FAMILIES = (
    "morphology", "local_intensity", "intensity_statistics", "intensity_histogram",
    "intensity_volume_histogram", "glcm", "glrlm", "glszm", "gldzm", "ngtdm", "ngldm",
)  # fmt: skip
MAPPED = ("intensity_statistics", "glcm", "glrlm", "glszm", "gldzm", "ngtdm", "ngldm")
IMAGE_TYPES = ("Original", "Wavelet", "LoG", "Square", "Gradient", "LBP3D", "Exponential")


def arrays(rng: random.Random, most: int) -> tuple[Any, Any]:
    """An image of noise, and a mask of a box in it, of at most so many voxels along an axis."""
    import numpy as np

    shape = tuple(max(2, int(most ** rng.uniform(0.6, 1))) for _ in range(3))
    kind = rng.choice(["u1", "i2", "f4", "f8"])
    noise = np.random.default_rng(rng.getrandbits(32))
    image = (noise.random(shape, np.float32) * 200).astype(kind)
    mask = np.zeros(shape, "u1")
    mask[tuple(slice(rng.randint(0, n // 4), n - rng.randint(0, n // 4)) for n in shape)] = 1
    return image, mask


def filters(rng: random.Random) -> Any:
    """A filter."""
    size = rng.choice([0.5, 1, 3, 10, 40])
    return rng.choice(
        [
            "square",
            "gradient",
            {"mean": {"support_voxels": rng.choice([3, 15, 41])}},
            {"laplacian_of_gaussian": {"sigma_mm": size}},
            {"gabor": {"sigma_mm": size, "lambda_mm": 2, "delta_theta": rng.choice([0.1, 0.8])}},
            {"laws": {"kernels": "L5E5S5", "rotation_invariant": True, "energy_delta_voxels": 7}},
            {"simoncelli": {"level": rng.choice([1, 2])}},
            {"separable_wavelet": {"wavelet": "coif1", "subband": "LLH", "level": 1}},
            {"local_binary_pattern_3d": {"map": {"degree": 2}}},
        ]
    )


def settings(rng: random.Random, families: tuple[str, ...]) -> dict[str, Any]:
    """Settings of a few families."""
    made: dict[str, Any] = {"families": rng.sample(families, rng.randint(1, 4))}
    made |= rng.choice([{"bin_number": rng.choice([8, 256, 60000])}, {"bin_width": 0.01}, {}])
    if rng.random() < 0.6:
        spacing = [rng.choice([*SPACINGS, None]) for _ in range(3)]
        made["resample_spacing_mm"] = rng.choice([spacing, rng.choice(SPACINGS)])
        made["image_interpolation"] = rng.choice(["linear", "cubic_spline", "nearest"])
    return made


def extract(rng: random.Random) -> Job:
    """Features, perhaps of a filtered image."""
    import radiomics_rs as rr

    pair = arrays(rng, rng.choice([6, 40, 250]))
    given = settings(rng, FAMILIES)
    which = [filters(rng)] if rng.random() < 0.4 else None
    limit = rng.choice([None, None, 100.0, 1000.0])
    text = f"{pair[0].shape} {pair[0].dtype} {given} {which} memory_mb {limit}"
    return (
        lambda: rr.extract(*pair, given, filters=which, spacing_mm=1, memory_mb=limit),
        text,
    )


def filter_image(rng: random.Random) -> Job:
    """The response of a filter to a large image, of which no memory is taken."""
    import numpy as np

    import radiomics_rs as rr

    shape = tuple(int(900 ** rng.uniform(0.6, 1)) for _ in range(3))
    image, which = np.broadcast_to(np.uint8(7), shape), filters(rng)
    return lambda: rr.filter_image(image, which, spacing_mm=1), f"{shape} {which}"


def feature_maps(rng: random.Random) -> Job:
    """Maps, in memory or in a file."""
    import radiomics_rs as rr

    pair = arrays(rng, rng.choice([6, 25, 60]))
    given, radius = settings(rng, MAPPED), rng.choice([1, 1, 2, 7])
    limit = rng.choice([None, None, 50.0, 1000.0])
    text = f"{pair[0].shape} {given} radius {radius} memory_mb {limit}"
    return (
        lambda: rr.feature_maps(*pair, None, radius, given, spacing_mm=1, memory_mb=limit),
        text,
    )


def matrices(rng: random.Random) -> Job:
    """Texture matrices."""
    import radiomics_rs as rr

    pair, given = arrays(rng, rng.choice([6, 120])), settings(rng, MAPPED[1:])
    return lambda: rr.matrices(*pair, given, spacing_mm=1), f"{pair[0].shape} {given}"


def written(rng: random.Random, most: int) -> list[str]:
    """The files of an image and a mask."""
    import SimpleITK as sitk  # noqa: N813

    names = [f"image{rng.choice(['.nii', '.nii.gz', '.nrrd', '.mha'])}", "mask.nii.gz"]
    for array, name in zip(arrays(rng, most), names, strict=True):
        sitk.WriteImage(sitk.GetImageFromArray(array), name)
    return names


def command(rng: random.Random) -> Job:
    """The command line, from files to files."""
    from radiomics_rs import cli

    names = written(rng, rng.choice([30, 200]))
    fine = ["--set", f"resample_spacing_mm={rng.choice(SPACINGS)}"]
    given = rng.choice(
        [
            ["extract", *names, *fine],
            ["extract", *names, "--filter", "square", "--out", "table.csv"],
            ["filter", names[0], "gabor: {sigma_mm: 3, lambda_mm: 2}", "--out", "out.nii.gz"],
            ["filter", names[0], "square", "--out", "out.nrrd"],
            ["map", *names, "--features", "glcm", "--out", "maps"],
            ["map", *names, "--features", "glcm", "--memory-mb", "200", "--out", "maps", *fine],
        ]
    )
    return lambda: _ended(cli.main(given)), " ".join(given)


def _ended(code: int) -> None:
    if code:
        raise RuntimeError(f"exit code {code}")


def drop_in(rng: random.Random) -> Job:
    """PyRadiomics' extractor."""
    from radiomics_rs.pyradiomics import featureextractor

    names = written(rng, rng.choice([10, 100]))
    given: dict[str, Any] = {"binWidth": rng.choice([0.01, 1, 25])}
    if rng.random() < 0.6:
        given["resampledPixelSpacing"] = [rng.choice(SPACINGS)] * 3
    voxel = rng.random() < 0.3
    extractor = featureextractor.RadiomicsFeatureExtractor(**given)
    kind = rng.choice(IMAGE_TYPES)
    extractor.disableAllImageTypes()
    extractor.enableImageTypeByName(kind, customArgs={"sigma": [2.0]} if kind == "LoG" else None)
    if voxel:
        extractor.disableAllFeatures()
        extractor.enableFeatureClassByName("glcm")
    return lambda: extractor.execute(*names, voxelBased=voxel), f"{given} {kind} voxels: {voxel}"


KINDS: dict[str, Callable[[random.Random], Job]] = {
    "extract": extract,
    "filter_image": filter_image,
    "feature_maps": feature_maps,
    "matrices": matrices,
    "command": command,
    "drop-in": drop_in,
}

if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        sys.exit(main())

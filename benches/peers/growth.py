"""How time grows: with voxels, for us and other packages, and with levels, labels and radius, for us.

    python benches/peers/growth.py --environments FOLDER --json FILE

The packages' environments are those that run.py makes. `--json docs/performance/growth.json` keeps what was
measured there, of which growth_page.py makes tables and a figure. Run by a Python that has radiomics-rs.
"""

import argparse
import datetime
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import growth_page
import numpy as np
import run_page
import SimpleITK as sitk
from run import PEERS

import radiomics_rs as rr

HERE = Path(__file__).resolve().parent
#: Voxels of the regions.
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
#: Packages, each with the seconds that a region may be expected to take.
COMPARED = {
    "radiomics-rs": 600,
    "radiomics-rs, PyRadiomics profile": 600,
    "pictologics": 120,
    "PyRadiomics": 120,
    "MIRP": 120,
}
LEVELS = (8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
LABELS = (1, 2, 5, 10, 20, 50, 100, 200)
RADII = (1, 2, 3, 4, 5)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--environments", default=HERE.parents[1] / "target" / "peers", metavar="FOLDER")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--peers", nargs="*", default=list(COMPARED), choices=list(COMPARED), metavar="NAME")
    parser.add_argument("--largest", type=int, default=SIZES[-1], metavar="N", help="voxels")
    parser.add_argument("--repeat", type=int, default=9, metavar="N")
    chosen = parser.parse_args()
    found = {
        "machine": run_page.machine(),
        "day": datetime.date.today().isoformat(),
        "repeats": chosen.repeat,
        "voxels": voxels(chosen),
        "levels": levels(chosen.repeat),
        "labels": labels(chosen.repeat),
        "radius": radii(),
    }
    if chosen.json:
        Path(chosen.json).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(growth_page.page(found))


def ball(n, margin=2):
    """Smooth whole numbers in a cube, and the ball of about `n` voxels in its middle."""
    radius = (3 * n / (4 * math.pi)) ** (1 / 3)
    size = 2 * (math.ceil(radius) + margin)
    z, y, x = (axis.astype(np.float32) - (size - 1) / 2 for axis in np.ogrid[:size, :size, :size])
    noise = np.random.default_rng(0).normal(0, 40, (size // 2 + 1,) * 3).astype(np.float32)
    coarse = noise.repeat(2, 0).repeat(2, 1).repeat(2, 2)[:size, :size, :size]
    fine = np.random.default_rng(1).normal(60, 15, (size,) * 3).astype(np.float32)
    return (coarse + fine).astype(np.int16), (z * z + y * y + x * x <= radius * radius).astype(np.uint8)


def voxels(chosen):
    """Seconds of each package on case A's settings, for each size."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for n in (n for n in SIZES if n <= chosen.largest):
            files = [Path(folder) / f"{n}_{name}.nii" for name in ("image", "mask")]
            for array, file in zip(ball(n), files):
                sitk.WriteImage(sitk.GetImageFromArray(array), str(file))
            for name in chosen.peers:
                before = [row["median_s"] for row in rows if row["package"] == name]
                if before and before[-1] * 10 > COMPARED[name]:
                    say(f"{name}, {n} voxels: left out, it would take about {before[-1] * 10:.0f} s")
                    continue
                row = measured(name, files, chosen)
                if row:
                    rows.append({"package": name, "voxels": int(ball(n)[1].sum()), **row})
                    say(f"{name}, {n} voxels: {row['median_s']:.4f} s, {row['peak_mb']:.0f} MB")
    return rows


def measured(name, files, chosen):
    script, variant = PEERS[name][:2]
    python = Path(chosen.environments) / script / "bin" / "python"
    if script == "radiomics_rs":
        python = Path(sys.executable)
    if not python.exists():
        return say(f"{name}: left out, {python} is not there")
    command = [python, HERE / f"peer_{script}.py", "A", *files, "--threads", 1, "--repeat", chosen.repeat]
    env = {**os.environ, "VARIANT": variant}
    done = subprocess.run(
        [str(part) for part in command], check=False, capture_output=True, text=True, env=env, timeout=1800
    )
    if done.returncode != 0:
        return say(f"{name}: left out, {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def seconds(work, repeat):
    """The least processor time of some runs after a first one."""
    work()
    found = []
    for _ in range(repeat):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def levels(repeat):
    """Texture families of a region of 100,000 voxels with more and more grey levels."""
    image, mask = ball(100_000)
    families = ["glcm", "glrlm", "glszm", "gldzm", "ngtdm", "ngldm"]
    rows = []
    for n in LEVELS:
        settings = rr.Settings(bin_number=n, families=families)
        took = seconds(lambda settings=settings: rr.extract(image, mask, settings, spacing_mm=1, threads=1), repeat)
        rows.append({"levels": n, "s": took})
    return rows


def labels(repeat):
    """Labels of 1,000 voxels each in one image, in one call."""
    step = 14
    image, ball_mask = ball(1_000)
    edge = ball_mask.shape[0]
    side = math.ceil(max(LABELS) ** (1 / 3))
    whole = np.zeros((side * step + edge,) * 3, np.int16)
    masks = np.zeros(whole.shape, np.uint16)
    places = [(k, j, i) for k in range(side) for j in range(side) for i in range(side)][: max(LABELS)]
    for label, place in enumerate(places, 1):
        where = tuple(slice(step * p, step * p + edge) for p in place)
        masks[where][ball_mask > 0] = label
        whole[where] = np.roll(image, label, axis=2)
    rows = []
    for n in LABELS:
        wanted = list(range(1, n + 1))
        took = seconds(lambda wanted=wanted: rr.extract(whole, masks, label=wanted, spacing_mm=1, threads=1), repeat)
        rows.append({"labels": n, "s": took})
    return rows


def radii():
    """Maps of the GLCM family round the 1,000 voxels of a ball."""
    image, mask = ball(1_000, margin=8)
    settings = {"bin_number": 32}
    maps = lambda radius: rr.feature_maps(image, mask, ["glcm"], radius, settings, spacing_mm=1, threads=1)  # noqa: E731
    return [{"radius": r, "s": seconds(lambda r=r: maps(r), 2)} for r in RADII]


def say(text):
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()

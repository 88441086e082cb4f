"""Runs programs that other people wrote for PyRadiomics, as they are, on it and on radiomics-rs; prints one table.

python3 benches/clients/run.py --data DIR
"""

import argparse
import json
import math
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE.parent / "peers"
sys.path.insert(0, str(PEERS))
import run as peers  # noqa: E402

#: A relative difference that is printed.
LIMIT = 1e-6
#: What is less than this is 0 but for rounding.
ZERO = 1e-9
#: Seconds after which a client is stopped.
PATIENCE = 900


@dataclass
class Client:
    """A distribution of PyPI, what of its dependencies the call needs, and why it is left out, if it is."""

    distribution: str
    needs: tuple[str, ...] = ()
    #: Installed in a folder of its own, as its dependencies exclude those of others.
    alone: bool = False
    left_out: str = ""


CLIENTS = {
    "totalsegmentator": Client("totalsegmentator==2.18.0", ("nibabel", "tqdm")),
    "slicerradiomics": Client("", left_out="not on PyPI: --slicer names its file SlicerRadiomicsCLIScript"),
    "ctkit": Client("ctkit==0.1.1", ("nibabel", "pydicom", "highdicom", "pyyaml", "pydantic", "openpyxl", "requests")),
    "radtract": Client("radtract==0.2.4", ("mirp", "nibabel", "joblib")),
    "frd-score": Client("frd-score==1.0.1", ("opencv-python-headless<4.12", "Pillow")),
    "qradiomics": Client("qradiomics==0.9.5", ("click", "httpx", "pyyaml", "pydantic", "rich", "pydicom")),
    "advanced-radiomics": Client("advanced-radiomics==0.2.1", ("matplotlib", "seaborn")),
    "predict": Client("predict==3.2.0", ("joblib", "natsort", "configparser", "phasepack", "tables", "pydicom")),
    "biobb-radiospineomics": Client(
        "biobb-radiospineomics==1.1.20", ("opencv-python-headless<4.12", "pynrrd", "shapely", "scikit-learn", "pyyaml")
    ),
    "radmxtk": Client("radmxtk==0.0.1", ("pyyaml",)),
    "autorad": Client(
        "autorad==0.2.6", ("mlflow-skinny", "pqdm", "rich", "nibabel", "matplotlib", "plotly", "scikit-learn")
    ),
    "readii": Client("readii==1.39.0", ("med-imagetools>=2.13.1,<3", "joblib", "matplotlib")),
    # It hands PyRadiomics a NumPy number as label, which SimpleITK refuses.
    "yarea": Client("yarea==0.6.0", ("med-imagetools>=1.1.6,<2", "dicom-parser"), alone=True),
    "pytorchradiomics": Client("pytorchradiomics==0.0.5", left_out="needs torch, several GB with what it brings"),
}


def main():
    chosen = arguments()
    folder = Path(chosen.environments).resolve()
    python = environment(folder, chosen)
    if python is None:
        return 2
    lines, differing = [], []
    for name in chosen.clients:
        client = CLIENTS[name]
        if name == "slicerradiomics" and chosen.slicer:
            client = Client("")
        reason = client.left_out or install(python, name, client, folder)
        both = None
        if not reason:
            both, reason = run_both(python, name, client, folder, chosen)
        lines.append(row(name, client, both, reason, differing))
        print(lines[-1], file=sys.stderr, flush=True)
    print("| client | values | beyond 1e-6 | largest relative difference | PyRadiomics, s | radiomics-rs, s |")
    print("|---|---|---|---|---|---|")
    print("\n".join(lines))
    for line in differing:
        print(line)
    return 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", required=True, metavar="DIR", help="folder with abdomen_ct/{image,labels}.nii.gz")
    parser.add_argument("--clients", nargs="+", default=list(CLIENTS), choices=list(CLIENTS), metavar="NAME")
    parser.add_argument("--slicer", metavar="FILE", help="SlicerRadiomicsCLIScript of the extension SlicerRadiomics")
    parser.add_argument("--environments", default=peers.ROOT / "target" / "clients", metavar="FOLDER")
    parser.add_argument("--ours", metavar="FOLDER", help="folder that holds radiomics_rs, in place of installing it")
    return parser.parse_args()


def environment(folder, chosen):
    """A Python with PyRadiomics 3.0.1 and radiomics-rs, made if it is not there; None if it cannot be."""
    python, done = folder / "python" / "bin" / "python", folder / "python" / "complete"
    if done.exists():
        return python
    base = peers.interpreter((3, 11), (3, 11))
    if base is None:
        return peers.say("needs Python 3.11, the newest that PyRadiomics 3.0.1 is built with and that all clients take")
    steps = [[base, "-m", "venv", folder / "python"]]
    installs = [
        *peers.PYRADIOMICS,
        ["pandas<3", "ruamel.yaml"],
        *([] if chosen.ours else [[peers.ROOT / "radiomics-py"]]),
    ]
    steps += [[python, "-m", "pip", "install", "--quiet", *what] for what in installs]
    for step in steps:
        if subprocess.run([str(part) for part in step], check=False).returncode != 0:
            return peers.say(f"`{' '.join(map(str, step))}` failed")
    done.touch()
    return python


def install(python, name, client, folder):
    """Install a client, without the dependencies that its call does not need; the reason if that fails."""
    done = folder / f"{name}.installed"
    if done.exists() or not client.distribution:
        return ""
    constraints = folder / "constraints.txt"
    constraints.write_text("numpy==1.26.4\nscipy==1.13.1\nscikit-image==0.24.0\npandas<3\n")
    pip = [python, "-m", "pip", "install", "--quiet"]
    if client.alone:
        steps = [[*pip, "--no-deps", "--target", folder / name, client.distribution, *client.needs]]
    else:
        steps = [[*pip, "--no-deps", client.distribution]]
        if client.needs:
            steps.insert(0, [*pip, "--constraint", constraints, *client.needs])
    for step in steps:
        ended = subprocess.run([str(part) for part in step], check=False, capture_output=True, text=True)
        if ended.returncode != 0:
            return f"pip: {last_line(ended.stderr)}"
    done.touch()
    return ""


def run_both(python, name, client, folder, chosen):
    """What the client says on PyRadiomics and on radiomics-rs, or None and the reason."""
    found = []
    for variant in ("", "radiomics"):
        paths = [str(folder / name)] if client.alone else []
        if chosen.ours:
            paths.append(str(Path(chosen.ours).resolve()))
        result = folder / f"{name}{variant}.json"
        result.unlink(missing_ok=True)
        variables = {"VARIANT": variant, "PYTHONPATH": os.pathsep.join(paths), "SLICER_SCRIPT": chosen.slicer or ""}
        command = [python, HERE / "client_calls.py", name, Path(chosen.data).resolve(), folder / "case", result]
        try:
            ended = subprocess.run(
                [str(part) for part in command],
                check=False,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                cwd=folder,
                env={**os.environ, **variables},
            )
        except subprocess.TimeoutExpired:
            return None, f"stopped after {PATIENCE} s"
        if not result.exists():
            return None, f"{'radiomics-rs' if variant else 'PyRadiomics'}: {last_line(ended.stderr)}"
        found.append(json.loads(result.read_text()))
    return found, ""


def row(name, client, both, reason, differing):
    """A line of the table; `differing` gets a line for each value beyond the limit, and each that one side lacks."""
    title = client.distribution.replace("==", " ") or name
    if both is None:
        return f"| {title} | left out: {reason} | | | | |"
    theirs, ours = (one["values"] for one in both)
    differing += [f"{name}: {key} is there once only" for key in sorted(set(theirs) ^ set(ours))]
    apart = {key: difference(float(theirs[key]), float(ours[key])) for key in theirs if key in ours}
    beyond = [key for key in apart if apart[key] > LIMIT]
    differing += [f"{name}: {key}: PyRadiomics {theirs[key]}, radiomics-rs {ours[key]}" for key in beyond]
    seconds = " | ".join(f"{one['seconds']:.2f}" for one in both)
    return f"| {title} | {len(apart)} | {len(beyond)} | {max(apart.values(), default=0.0):.1e} | {seconds} |"


def difference(theirs, ours):
    """The relative difference; 0 for what is 0 but for rounding, and for two NaN."""
    if math.isnan(theirs) or math.isnan(ours):
        return 0.0 if math.isnan(theirs) and math.isnan(ours) else math.inf
    largest = max(abs(theirs), abs(ours))
    return 0.0 if theirs == ours or largest < ZERO else abs(theirs - ours) / largest


def last_line(text):
    return (text.strip().splitlines() or ["no message"])[-1][:200]


if __name__ == "__main__":
    sys.exit(main())

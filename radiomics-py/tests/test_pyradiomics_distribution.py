"""mechanics: the distribution that owns the name `radiomics`, its command and its metadata."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from radiomics_rs import pyradiomics

SOURCE = Path(__file__).parents[1] / "pyradiomics-dist"

PROGRAM = """
import importlib.metadata, sys
from radiomics import featureextractor, glcm
import radiomics, radiomics.scripts.segment
import radiomics_rs.pyradiomics as ours
assert radiomics is ours and featureextractor is ours.featureextractor
assert sys.modules["radiomics"] is ours
print(importlib.metadata.version("pyradiomics"), radiomics.__version__)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder that it is installed to."""
    # Those before need one more package to build a wheel.
    pytest.importorskip("setuptools", minversion="70.1")
    folder = tmp_path_factory.mktemp("distribution")
    # Elsewhere, as building leaves things in the folder.
    shutil.copytree(SOURCE, folder / "source")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--target", folder / "site", folder / "source"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "No module named pip" in done.stderr:
        pytest.skip("pip is not installed")
    assert done.returncode == 0, done.stderr
    return folder / "site"


def run(installed, *command):
    paths = [str(installed), str(Path(pyradiomics.__file__).parents[2])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_import_and_metadata(installed):
    found, reported = run(installed, sys.executable, "-c", PROGRAM).split()
    assert found == reported == pyradiomics.__version__


@pytest.mark.parametrize("module", ["radiomics", "radiomics.scripts"])
def test_modules_as_programs(installed, module):
    assert pyradiomics.__version__ in run(installed, sys.executable, "-m", module, "--version")


def test_command(installed):
    script = next(path for path in (installed / "bin").iterdir() if path.stem == "pyradiomics")
    shown = run(installed, sys.executable, str(script), "--version")
    assert shown.split() == ["pyradiomics", pyradiomics.__version__]


def test_version_is_that_of_the_package():
    text = (SOURCE / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{pyradiomics.__version__}"' in text
    assert f'"radiomics-rs=={pyradiomics.__version__.rpartition("rs.")[2]}"' in text

"""The fuzzers of benches/fuzz run, and find nothing in their first cases."""

import subprocess
import sys

import pytest

from conftest import ROOT

SEED = 6

pytest.importorskip("resource", reason="the fuzzers limit memory as Unix does")


@pytest.mark.parametrize("what", ["files", "settings", "contours"])
def test_first_cases(what):
    command = [sys.executable, ROOT / "benches" / "fuzz" / "run.py", what, "--seed", str(SEED)]
    ran = subprocess.run([*command, "--cases", "25"], capture_output=True, text=True, check=False)
    assert "25 cases" in ran.stdout, ran.stderr
    assert ran.returncode == 0, ran.stdout

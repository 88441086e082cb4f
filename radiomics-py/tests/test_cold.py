"""What a process imports, and what it does not: SimpleITK takes longer than a small extraction."""

import subprocess
import sys

import pytest

#: Said at the end of a process that has imported SimpleITK.
TELL = "\nimport sys\nassert 'SimpleITK' not in sys.modules, 'SimpleITK was imported'\n"


def without_simpleitk(code, *arguments):
    """Run code in a process of its own, which must not import SimpleITK."""
    command = [sys.executable, "-W", "ignore", "-c", code + TELL, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "code",
    [
        "import radiomics_rs.io, radiomics_rs.cohort, radiomics_rs.cli",
        "image, mask, spacing_mm = rr.example(); rr.extract(image, mask, spacing_mm=spacing_mm)",
        "rr.filter_image(rr.example()[0], 'square', spacing_mm=1)",
        "from radiomics_rs import cohort; cohort.sources._cell(3)",
    ],
)
def test_arrays_are_computed_without_simpleitk(code):
    without_simpleitk(f"import radiomics_rs as rr\n{code}")

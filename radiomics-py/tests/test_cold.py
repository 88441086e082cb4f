"""The first second of a process: what it imports, what it does not, and how it ends.

To import SimpleITK takes longer than a small extraction.
"""

import json
import os
import subprocess
import sys

import pytest

import radiomics_rs as rr
from cohorts import SETTINGS, make, write_cases
from radiomics_rs import io
from radiomics_rs.cohort import waiting
from radiomics_rs.io import nifti

#: Said at the end of a process that has imported SimpleITK.
TELL = "\nimport sys\nassert 'SimpleITK' not in sys.modules, 'SimpleITK was imported'\n"


def run(code, *arguments, folder=None):
    """Run code in a process of its own; what it printed."""
    command = [sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)]
    more = {"PYTHONPATH": os.pathsep.join([str(folder or "."), *sys.path])}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, **more}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def files(tmp_path):
    """Folder with image `i0.nii.gz` and mask `m0.nii.gz`."""
    make(tmp_path, 1)
    return tmp_path


@pytest.mark.parametrize(
    "code",
    [
        "import radiomics_rs.io, radiomics_rs.cohort, radiomics_rs.cli",
        "image, mask, spacing_mm = rr.example(); rr.extract(image, mask, spacing_mm=spacing_mm)",
        "rr.filter_image(rr.example()[0], 'square', spacing_mm=1)",
        "from radiomics_rs.cohort import sources; sources._cell(3)",
    ],
)
def test_arrays_are_computed_without_simpleitk(code):
    run(f"import radiomics_rs as rr\n{code}{TELL}")


@pytest.mark.parametrize(
    "code",
    [
        "rr.extract(*PATHS).to_csv('out.csv')",
        "rr.extract(*PATHS, label=[1], resample_mask=False, strict=False)[1].to_dict()",
        "rr.extract({'one': PATHS[0], 'two': PATHS[0]}, PATHS[1])",
        "rr.extract(*(rr.io.read(path) for path in PATHS))",
        "image = rr.io.read_image(PATHS[0]); rr.io.read_mask(PATHS[1], image=image)",
        "rr.extract(rr.io.read(PATHS[0]).voxels, PATHS[1])",
    ],
)
def test_nifti_files_are_computed_without_simpleitk(files, code):
    begin = "import radiomics_rs as rr\nPATHS = 'i0.nii.gz', 'm0.nii.gz'\n"
    run(begin + code + TELL, folder=files)


@pytest.mark.parametrize("out", ["out.csv", "out.json", "-"])
def test_the_command_computes_nifti_files_without_simpleitk(files, out):
    """Nor does it import what else would only be waited for."""
    code = """
import sys
from radiomics_rs.cli import main
assert main(["extract", "i0.nii.gz", "m0.nii.gz", "--out", sys.argv[1]]) == 0
late = {"SimpleITK", "pydicom", "ruamel.yaml", "pandas", "tqdm", "difflib", "shutil", "tempfile",
        "zipfile", "html", "multiprocessing", "concurrent.futures", "importlib.metadata"}
assert not late & set(sys.modules), late & set(sys.modules)
"""
    assert run(code, out, folder=files)
    assert out == "-" or (files / out).exists()


EXTRA = """
import sys

def imported(_region):
    return {"value": float("SimpleITK" in sys.modules)}
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_cohorts_of_nifti_files_are_computed_without_simpleitk(tmp_path, jobs):
    """Neither who computes the cases nor who looks at how large they are imports it."""
    write_cases(tmp_path / "cases.csv", make(tmp_path, 4))
    (tmp_path / "told.py").write_text(EXTRA)
    code = f"""
import sys, json
import radiomics_rs as rr
import told

if __name__ == "__main__":
    extra = {{"told": rr.Extra(told.imported, ["value"], version="1")}}
    made = rr.extract_cohort("cases.csv", {SETTINGS!r}, out="out.csv", jobs={jobs}, memory_mb=4000,
                             extra=extra)
    assert not made.failed, made
    assert "SimpleITK" not in sys.modules
    import csv
    rows = list(csv.DictReader(open("out.csv")))
    print(json.dumps([value for row in rows for name, value in row.items() if "told" in name]))
"""
    (tmp_path / "run.py").write_text(code)
    found = json.loads(
        run("import runpy; runpy.run_path('run.py', run_name='__main__')", folder=tmp_path)
    )
    assert [float(value) for value in found] == [0.0] * 4


def test_simpleitk_is_limited_once_it_is_imported():
    run(
        """
from radiomics_rs._simpleitk import is_imported, limit_threads, sitk
limit_threads(1)
assert not is_imported()
assert not hasattr(sitk, "__wrapped__")
assert not is_imported()
assert sitk.ProcessObject.GetGlobalDefaultNumberOfThreads() == 1
assert is_imported()
limit_threads(2)
assert sitk.ProcessObject.GetGlobalDefaultNumberOfThreads() == 2
"""
    )


def test_what_a_file_holds_is_told_by_its_header(files, tmp_path):
    """Of plain NIfTI by us, of what else by SimpleITK: both say the same."""
    image = files / "i0.nii.gz"
    other = tmp_path / "i0.nrrd"
    io.write_image(io.read_sitk(image), other)
    assert nifti.held(str(image)) == 4 * 6 * 6 * 2
    assert nifti.held(str(other)) is None
    assert waiting._voxel_bytes(str(image)) == waiting._voxel_bytes(str(other)) == 4 * 6 * 6 * 2
    (tmp_path / "no.nii").write_bytes(b"\x5c\x01\0\0" + bytes(400))
    assert waiting._voxel_bytes(str(tmp_path / "no.nii")) == 0
    assert waiting._voxel_bytes(str(tmp_path / "absent.nii")) == 0


ENDING = """
import atexit, os, sys, threading, time
sys.argv[0] = "radiomics-rs"
import radiomics_rs.cli as cli
atexit.register(print, "at exit")
really = os._exit
os._exit = lambda code: (print("at once", code, flush=True), really(code))
"""


def test_a_command_ends_without_taking_all_down():
    """What is registered for the end is done, and all is printed."""
    said = run(
        f"{ENDING}sys.argv[1:] = ['features', '--format', 'csv']\ncli.command()"
    ).splitlines()
    assert len(said) > len(rr.features())
    assert said[-2:] == ["at exit", "at once 0"]


@pytest.mark.parametrize(
    "watched",
    [
        "threading.Thread(target=lambda: (time.sleep(0.3), print('thread'))).start()",
        "print('thread'); sys.setprofile(lambda *_: None)",
        "print('thread'); sys.settrace(lambda *_: None)",
    ],
)
def test_a_command_that_is_not_alone_ends_as_python_does(watched):
    code = f"{ENDING}cli.main = lambda: 0\n{watched}\ncli.command()"
    assert run(code).splitlines() == ["thread", "at exit"]


@pytest.mark.parametrize(
    ("name", "own", "said"),
    [("extract", None, "1"), ("extract", "3", "3"), ("batch", None, "1"), ("report", None, "None")],
)
def test_threads_of_linear_algebra_that_nobody_needs_are_not_started(name, own, said):
    """Nothing but the engine computes in some commands; a choice of the user stays."""
    code = f"{ENDING}own = {own!r}\nos.environ.pop('OPENBLAS_NUM_THREADS', None)\n"
    code += "if own: os.environ['OPENBLAS_NUM_THREADS'] = own\n"
    code += f"sys.argv[1:] = [{name!r}]\n"
    code += "cli.main = lambda: print(os.environ.get('OPENBLAS_NUM_THREADS')) or 0\ncli.command()"
    assert run(code).splitlines()[0] == said


def test_a_program_that_calls_the_command_is_not_ended():
    code = "import radiomics_rs.cli as cli\ncli.main = lambda: 3\n"
    code += "try:\n    cli.command()\nexcept SystemExit as end:\n    print('code', end.code)"
    assert run(code).strip() == "code 3"


@pytest.mark.parametrize(("arguments", "code"), [(["features"], 0), (["compare", "a", "b"], 1)])
def test_exit_codes_of_the_process(arguments, code, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "radiomics_rs", *arguments], cwd=tmp_path, capture_output=True
    )
    assert done.returncode == code
    assert (done.stdout if code == 0 else done.stderr).endswith(b"\n")


def test_a_report_has_versions_of_what_took_part():
    code = "from radiomics_rs._conformance import software; print(*software())\n"
    assert run(code).split() == ["Python", "NumPy", "radiomics-rs"]
    assert "SimpleITK" in run(f"import SimpleITK\n{code}").split()

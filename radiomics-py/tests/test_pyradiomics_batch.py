"""mechanics: tables as other programs write them, and cases that take nothing down with them."""

import csv
import dataclasses
import functools
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from radiomics_rs.pyradiomics import scripts
from radiomics_rs.pyradiomics.scripts import _batch, _work, segment

PARAMS = "setting:\n  binWidth: 1\nfeatureClass:\n  firstorder: [Mean]\n"
MEAN = "2.1486486486486487"


@pytest.fixture
def folder(tmp_path, phantom_files, monkeypatch):
    """The current folder, with image and mask as i.nrrd and m.nrrd."""
    for path, name in zip(phantom_files, "im", strict=True):
        os.rename(path, tmp_path / f"{name}.nrrd")  # noqa: PTH104
    (tmp_path / "p.yaml").write_text(PARAMS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(folder, table, *flags):
    """Exit code, and the rows of the output."""
    (folder / "t.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    out = folder / "o.csv"
    out.unlink(missing_ok=True)
    arguments = ["t.csv", "-p", "p.yaml", "-f", "csv", "-o", str(out)]
    code = scripts.main([*arguments, *flags])
    with out.open(newline="") if out.exists() else open(os.devnull) as written:  # noqa: PTH123
        return code, list(csv.DictReader(written))


@pytest.mark.parametrize(
    "table",
    [
        "Image,Mask\ni.nrrd,m.nrrd\n",
        "Image;Mask\ni.nrrd;m.nrrd\n",
        "Image\tMask\ni.nrrd\tm.nrrd\n",
        "Image|Mask\r\ni.nrrd|m.nrrd\r\n",
        "sep=;\nImage;Mask\ni.nrrd;m.nrrd\n",
        "\nImage, Mask\ni.nrrd, m.nrrd\n\n,\n",
        "image,MASK,label\ni.nrrd,m.nrrd,1\n",
        "Image,Mask,Label\ni.nrrd,m.nrrd,1.0\n",
        "Image,Mask,Label\ni.nrrd,m.nrrd, \n",
        '"Image","Mask"\n"i.nrrd","m.nrrd"\n',
        "﻿Image,Mask\ni.nrrd,m.nrrd\n",
        "Image\tMask\ni.nrrd\tm.nrrd\n".encode("utf-16"),
    ],
)
def test_tables_that_are_read(folder, table):
    code, (row,) = run(folder, table, "--strict")
    assert code == 0
    assert row["original_firstorder_Mean"] == MEAN
    assert list(row)[:2] == ["Image", "Mask"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            "Image;Label\na;1\n",
            "line 1 of t.csv has, with a semicolon between them, 'Image', 'La",
        ),
        ("\nPath\na\n", 'Required column "Image" not present in input.*line 2 of t.csv has'),
        ("Image,image,Mask\na,b,c\n", "Column 'Image' is in line 1 of t.csv more than once"),
        ("", "t.csv: it is empty"),
        (b"Image,Mask\na,b\n\xfc,b\n", "t.csv: line 3 is not UTF-8, save it as CSV UTF-8"),
        ("Image,Mask\n\n", "t.csv has no row with an image and a mask"),
        (f'Image,Mask\n"{"a" * 200000}",b\n', "t.csv, line 2: field larger than field limit"),
    ],
)
def test_tables_that_are_refused(folder, table, message, caplog):
    assert run(folder, table)[0] == 1
    assert len(caplog.messages) == 1
    assert re.search(message, caplog.text)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_bad_rows_fail_by_themselves(folder, jobs, caplog):
    table = (
        "Image,Mask,Label\ni.nrrd,m.nrrd,one\n\n"
        "i.nrrd,m.nrrd,1.5\ni.nrrd,m.nrrd,1,more\ni.nrrd,m.nrrd,9\ni.nrrd,m.nrrd,1\n"
    )
    code, rows = run(folder, table, "-j", jobs)
    assert code == 0
    errors = [row["error"] for row in rows]
    assert errors == [
        "ValueError: line 2, column Label: 'one' is not a whole number",
        "ValueError: line 4, column Label: '1.5' is not a whole number",
        "ValueError: line 5 has 4 fields and the header 3: "
        "put a field that holds a comma in quotes",
        "ValueError: Label (9) not present in mask. Choose from [1]",
        "",
    ]
    assert rows[-1]["original_firstorder_Mean"] == MEAN


@dataclasses.dataclass
class Extractor:
    """Stands in for one whose second case goes wrong."""

    wrong: Callable[[], object]

    def execute(self, image, mask, label, label_channel, **how):
        if label == 2:
            self.wrong()
        return {"label": label}


class PanicError(BaseException):
    """As an extension module's panic, which is no Exception."""


def panic():
    raise PanicError("it\nfell over")


def end():
    os.kill(os.getpid(), signal.SIGKILL)


def nothing():
    pass


def cases(n):
    return [_batch.Case(k, {"Image": "i", "Mask": "m"}, k) for k in range(1, n + 1)]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_panic_ends_its_case_alone(workers):
    run_one = segment_of(panic)
    rows = list(_work.results(run_one, cases(3), workers, nothing))
    assert [row.get("error") for row in rows] == [None, "PanicError: it fell over", None]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_process_that_ends_takes_its_case_alone():
    rows = list(_work.results(segment_of(end), cases(6), 2, nothing))
    assert [row.get("label") for row in rows] == [1, None, 3, 4, 5, 6]
    assert rows[1]["error"].startswith("ProcessError: the process at work on this case has ended")


def segment_of(wrong):
    return functools.partial(segment.values, extractor=Extractor(wrong))


SLOW = """
import time
from radiomics_rs.pyradiomics import featureextractor
execute = featureextractor.RadiomicsFeatureExtractor.execute
def slow(self, image, mask, label=None, *rest, **how):
    time.sleep(60 if label == 2 else 0)
    return execute(self, image, mask, label, *rest, **how)
featureextractor.RadiomicsFeatureExtractor.execute = slow
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.skipif(sys.platform == "win32", reason="interrupts of Windows are others")
def test_an_interrupt_keeps_what_is_there(folder, jobs):
    (folder / "sitecustomize.py").write_text(SLOW)
    rows = "".join(f"i.nrrd,m.nrrd,{label}\n" for label in (1, 2, 2))
    (folder / "t.csv").write_text(f"Image,Mask,Label\n{rows}")
    command = [sys.executable, "-m", "radiomics_rs.pyradiomics", "t.csv", "-p", "p.yaml"]
    command += ["-f", "csv", "-o", "o.csv", "-j", jobs, "-v", "4"]
    paths = [str(folder), str(Path(_work.__file__).parents[3]), os.environ.get("PYTHONPATH", "")]
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        # Shells let what they start in the background ignore interrupts, and so all that it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    seen = ""
    while "Processing case 2" not in seen or "Case 1 processed" not in seen:
        line = process.stderr.readline()
        assert line, seen
        seen += line
    # The row of the first case is on its way from one process to the other.
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    _, rest = process.communicate(timeout=50)
    assert time.monotonic() - began < 5
    assert process.returncode == 130
    assert "Cancelled: 1 of 3 cases are written" in rest
    assert "Traceback" not in rest
    assert MEAN in (folder / "o.csv").read_text()


@pytest.mark.parametrize("place", ["m.nrrd/run.log", "there"])
def test_a_log_file_that_cannot_be(folder, place, caplog):
    (folder / "there").mkdir()
    assert scripts.main(["i.nrrd", "m.nrrd", "-p", "p.yaml", "--log-file", place]) == 1
    assert caplog.messages[0].startswith(f"cannot write the log file {place} (--log-file): ")


def test_the_folder_of_a_log_file_is_made(folder):
    assert scripts.main(["i.nrrd", "m.nrrd", "-p", "p.yaml", "--log-file", "new/run.log"]) == 0
    assert (folder / "new" / "run.log").exists()


@pytest.mark.parametrize("flag", ["--out", "--out-dir"])
def test_output_that_cannot_be_is_refused_before_the_work(folder, flag, caplog):
    (folder / "there").mkdir()
    place = "there" if flag == "--out" else "m.nrrd"
    assert scripts.main(["i.nrrd", "m.nrrd", "-p", "p.yaml", flag, place, "-v", "4"]) == 1
    assert place in caplog.messages[-1]
    assert flag in caplog.messages[-1]
    assert "Processing case" not in caplog.text


@pytest.mark.parametrize(
    "setting", ["binWidth:2,5", "binwidth:5", "binWidth=5", "label:one", "normalize:yes"]
)
def test_strict_refuses_settings_that_cannot_be_read(folder, setting, caplog):
    arguments = ["i.nrrd", "m.nrrd", "-p", "p.yaml", "-s", setting, "-o", "o.txt"]
    assert scripts.main([*arguments, "--strict"]) == 1
    assert setting.replace("=", ":").partition(":")[0] in caplog.text
    assert not (folder / "o.txt").exists()
    assert scripts.main(arguments) == 0


def test_a_stored_case_that_is_not_whole_is_extracted_again(folder):
    code, (first,) = run(folder, "Image,Mask\ni.nrrd,m.nrrd\n", "-od", "out")
    assert code == 0
    stored = folder / "out" / "features_1.csv"
    text = stored.read_text()
    for part in ("", text[: len(text) // 2], text[:-30]):
        stored.write_text(part)
        assert run(folder, "Image,Mask\ni.nrrd,m.nrrd\n", "-od", "out") == (0, [first])


def test_functions_that_programs_call(folder):
    extractor = scripts.RadiomicsFeatureExtractor("p.yaml")
    case = {"Image": "i.nrrd", "Mask": "m.nrrd", "Label": "1"}
    row = scripts.segment.extractSegment(3, case, extractor)
    assert row["original_firstorder_Mean"] == float(MEAN)
    assert row["Label"] == "1"
    row = scripts.voxel.extractVoxel(3, case, extractor, out_dir="maps", unix_path=True)
    assert row["original_firstorder_Mean"] == "maps/Case-3_original_firstorder_Mean.nrrd"
    command = scripts.PyRadiomicsCommandLine(["i.nrrd", "m.nrrd", "-p", "p.yaml"])
    assert command.args.mode == "segment"
    assert command.run() == 0

"""What the command says: help with examples, tables on a terminal, names, doctor, completion."""

import csv
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

import radiomics_rs as rr
from commands import refused, run
from conftest import ROOT, csv_of
from radiomics_rs import _choices
from radiomics_rs._command import examples
from radiomics_rs._command.completion import SCRIPTS, commands_of, options_of
from radiomics_rs._command.options import ADD, parser

REFERENCE = ROOT / "docs" / "cli.md"


@pytest.mark.parametrize("command", ADD)
def test_help_has_examples_that_can_be_read(command):
    lines = examples.OF[command].strip().splitlines()
    printed = run(command, "--help").stdout
    assert lines
    for line in lines:
        assert f"  {line}\n" in printed
        found = re.search(r"radiomics-rs ([^|>)]*)", line)
        chosen = parser().parse(shlex.split(found[1].strip().rstrip('"')))
        assert chosen.run == ADD[command][1]


def test_every_command_has_its_examples():
    assert set(examples.OF) == set(ADD)


def test_choices_are_those_of_what_they_stand_for():
    from radiomics_rs._writers import WRITERS
    from radiomics_rs.cohort.page import OVERLAYS

    assert tuple(WRITERS) == _choices.TABLES
    assert OVERLAYS == _choices.OVERLAYS
    for name in _choices.EXAMPLES:
        assert rr.example(name) is not None


HEAVY = ("numpy", "SimpleITK", "pydicom", "pandas", "matplotlib", "tqdm")


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["extract", "--help"]])
def test_what_needs_little_imports_little(arguments):
    code = (
        "import sys; from radiomics_rs.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stderr == "[]\n"


def on_terminal(*arguments, columns=100, **environment):
    """What a command prints on a terminal."""
    pty = pytest.importorskip("pty")
    main, side = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "radiomics_rs", *map(str, arguments)],
        stdout=side,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm", "COLUMNS": str(columns), **environment},
    )
    os.close(side)
    parts = []
    while True:
        try:
            part = os.read(main, 1 << 16)
        except OSError:
            break
        if not part:
            break
        parts.append(part)
    os.close(main)
    assert process.wait() == 0
    return b"".join(parts).decode().replace("\r\n", "\n")


def test_a_terminal_has_a_short_table():
    text = on_terminal("extract", "--example", "liver", "--label", "tumour", NO_COLOR="1")
    assert len(text.splitlines()) < 50
    liver = rr.example("liver")
    table = rr.extract(liver.images["portal"], liver.mask, label="tumour")
    assert f"label tumour: {len(table)} features" in text
    volume = table["original_morphology_volume"]
    assert re.search(rf"^  volume +{volume:.6g}  mm³$", text, re.MULTILINE)
    shown = len(re.findall(r"^  \w+ +\S+", text, re.MULTILINE))
    assert f"{len(table) - shown} more are not shown: --full shows all" in text
    assert "\033" not in text


def test_a_terminal_shows_all_if_asked():
    text = on_terminal("extract", "--example", "ibsi", "--full", "--set", "families=[glcm]")
    assert "\033[1m" in text
    assert "not shown" not in text
    for name in ("joint_maximum", "information_correlation_2"):
        assert name in text


def test_a_pipe_has_csv_of_all_digits(phantom, configuration):
    image, mask, spacing_mm = phantom
    table = rr.extract(image, mask, configuration, spacing_mm=spacing_mm)
    for out in ([], ["--out", "-"], ["-o", "-"]):
        assert run("extract", "--example", *out).stdout == csv_of(table)
    rows = list(csv.DictReader(io.StringIO(run("extract", "--example", "--wide").stdout)))
    assert [float(rows[0][name]) for name in table.keys()] == table.values()  # noqa: SIM118


@pytest.mark.parametrize("ending", [name for name in _choices.TABLES if name != ".parquet"])
def test_files_of_every_kind(tmp_path, ending):
    out = tmp_path / f"table{ending}"
    few = ("--features", "morphology.volume,glcm", "--label", "all")
    done = run("extract", "--example", "liver", *few, "-o", out)
    assert f"8 labels written to {out}" in done.stdout
    assert out.stat().st_size > 0


def test_parquet_without_what_writes_it(tmp_path, monkeypatch, capsys):
    from radiomics_rs import cli

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    out = tmp_path / "table.parquet"
    # Before the work, not after it.
    assert cli.main(["extract", "absent.nrrd", "absent.nrrd", "-o", str(out)]) == 1
    assert "needs pyarrow: `pip install radiomics-rs[parquet]`" in capsys.readouterr().err


def test_bins(phantom_files):
    given = run("extract", *phantom_files, "--bin-width", "1,2", "--features", "glcm.contrast")
    table = rr.extract(
        *phantom_files, {"bin_width": [1, 2], "families": [], "features": ["glcm.contrast"]}
    )
    assert given.stdout == csv_of(table)
    number = run("extract", *phantom_files, "--bin-number", 4, "--features", "glcm.contrast")
    assert number.stdout != given.stdout
    both = ("--bin-width", 1, "--bin-number", 4)
    assert "not allowed with" in refused("extract", *phantom_files, *both, code=2)
    twice = ("--bin-width", 1, "--set", "bin_width=2")
    assert "give one of them" in refused("extract", *phantom_files, *twice, code=2)
    assert "`bin_width` is -1" in refused("extract", *phantom_files, "--bin-width=-1")


MEANT = {
    "firstorder": "PyRadiomics' firstorder is the family intensity_statistics",
    "gldm": "PyRadiomics' gldm is the family ngldm here",
    "glcm.Idmn": "it is called glcm.normalised_inverse_difference_moment here",
    "original_shape_Flatness": "it is called morphology.flatness here",
    "contrast": "give glcm.contrast or ngtdm.contrast",
    "glcmm": "no such family or feature; did you mean 'glcm'?",
}


@pytest.mark.parametrize("name", MEANT)
def test_features_of_other_names(name):
    assert MEANT[name] in refused("extract", "--example", "--features", name)


UNKNOWN = {
    ("extract", "--binwidth", "3"): "--binwidth; did you mean --bin-width?",
    ("extract", "--param", "x.yaml"): "for PyRadiomics' --param there is --settings",
    ("extract", "--jobs", "3"): "there is --threads, or the command `batch`",
    ("map", "--feature", "glcm", "a", "b"): "--out",
    ("extrct",): "did you mean 'extract'?",
    ("extract", "--example", "livver"): "did you mean 'liver'?",
}


@pytest.mark.parametrize("arguments", UNKNOWN)
def test_options_that_are_not_there(arguments):
    last = refused(*arguments, code=2).splitlines()[-1]
    assert UNKNOWN[arguments] in last
    if arguments[0] in ADD and "--out" not in UNKNOWN[arguments]:
        assert last.startswith(f"radiomics-rs {arguments[0]}: error: ")


def test_doctor():
    done = run("doctor")
    assert "mean 2.149 as published" in done.stdout
    held = json.loads(run("doctor", "--json").stdout)
    assert held["problems"] == []
    assert held["radiomics-rs"]["version"] == rr.__version__
    assert held["needed"]["SimpleITK"] in done.stdout
    assert "Nifti" in held["readers"]["files"]


def test_doctor_finds_what_is_missing(monkeypatch, capsys):
    from radiomics_rs import _doctor, cli

    monkeypatch.setattr(_doctor, "NEEDED", ("numpy", "no-such-package"))
    assert cli.main(["doctor"]) == 1
    assert "PROBLEM: no-such-package is missing: pip install" in capsys.readouterr().out
    monkeypatch.undo()
    monkeypatch.setattr(_doctor, "PHANTOM_MEAN", 2.0)
    found = rr.doctor()
    assert not found.sound
    assert "should be 159/74" in found.problems[0]


@pytest.mark.parametrize("shell", SCRIPTS)
def test_completion_has_every_command_and_option(shell):
    script = run("completion", shell).stdout
    for name, (own, _) in commands_of(parser()).items():
        assert name in script
        for action in options_of(own):
            for text in action.option_strings:
                assert (text if shell != "fish" else text.lstrip("-")) in script, (name, text)
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed: its script is not read by it")
    done = subprocess.run([shell, "-n"], input=script, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


COMPLETED = {
    ("ext",): ["extract"],
    ("extract", "--bin"): ["--bin-width", "--bin-number"],
    ("extract", "--example", "l"): ["liver"],
    ("describe", "ngtdm.co"): ["ngtdm.coarseness", "ngtdm.contrast", "ngtdm.complexity"],
    ("completion", "z"): ["zsh"],
}


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize("words", COMPLETED)
def test_bash_completes(words, tmp_path):
    given = " ".join(shlex.quote(word) for word in ("radiomics-rs", *words))
    script = run("completion", "bash").stdout
    ask = f"COMP_WORDS=({given}); COMP_CWORD={len(words)}; _radiomics_rs; echo ${{COMPREPLY[@]}}"
    done = subprocess.run(
        ["bash", "-c", f"{script}\n{ask}"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.split() == COMPLETED[words]


def reference() -> str:
    """The page of commands: what each help prints."""
    own = parser()
    # The width of a terminal is not to matter.
    parts = ["# Commands\n", "Generated from `--help` (`REGENERATE=1 pytest radiomics-py/tests/"
             "test_command.py`).\n", f"```\n{own.format_help()}```\n"]  # fmt: skip
    for name, (command, said) in commands_of(own).items():
        if name in ADD:
            parts += [f"## {name}\n", f"{said[0].upper()}{said[1:]}.\n"]
            parts.append(f"```\n{command.format_help()}```\n")
    return "\n".join(parts)


def test_reference_is_what_help_prints(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    if sys.version_info[:2] != (3, 11):
        pytest.skip("help is laid out otherwise by other versions of Python than 3.11")
    if os.environ.get("REGENERATE"):
        REFERENCE.write_text(reference(), encoding="utf-8")
    assert REFERENCE.read_text(encoding="utf-8") == reference()


def test_every_option_has_a_help():
    for name, (own, _) in commands_of(parser()).items():
        if name in ADD:
            assert all(action.help for action in own._actions), name

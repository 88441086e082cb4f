"""`_core.pyi` says what the compiled module has."""

import ast
import inspect
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import radiomics_rs
import settings_stub
from radiomics_rs import _core
from snippets import ROOT

STUB = ast.parse((Path(radiomics_rs.__file__).parent / "_core.pyi").read_text(encoding="utf-8"))
FUNCTIONS = {node.name: node for node in STUB.body if isinstance(node, ast.FunctionDef)}
CLASSES = {node.name: node for node in STUB.body if isinstance(node, ast.ClassDef)}
SETTINGS = CLASSES["Settings"].body
METHODS = {node.name: node for node in SETTINGS if isinstance(node, ast.FunctionDef)}


def parameters(node):
    """Names and kinds as the stub has them."""
    arguments = node.args
    kinds = inspect.Parameter
    found = [(a.arg, kinds.POSITIONAL_OR_KEYWORD) for a in arguments.args]
    found += [(a.arg, kinds.KEYWORD_ONLY) for a in arguments.kwonlyargs]
    if arguments.kwarg:
        found.append((arguments.kwarg.arg, kinds.VAR_KEYWORD))
    return [parameter for parameter in found if parameter[0] not in ("self", "cls")]


def compiled(function):
    signature = inspect.signature(function).parameters.values()
    return [(p.name, p.kind) for p in signature if p.name not in ("self", "cls")]


def public(names):
    return {name for name in names if not name.startswith("_")}


def test_names():
    stub = public([*FUNCTIONS, *CLASSES])
    assert stub == public(dir(_core))
    assert isinstance(_core.__version__, str)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name):
    assert parameters(FUNCTIONS[name]) == compiled(getattr(_core, name))
    assert getattr(_core, name).__doc__


def test_settings_names():
    attributes = {node.target.id for node in SETTINGS if isinstance(node, ast.AnnAssign)}
    assert attributes == set(_core.Settings().to_dict())
    assert public(METHODS) == public(vars(_core.Settings))


@pytest.mark.parametrize("name", sorted(public(METHODS)))
def test_settings_methods(name):
    assert parameters(METHODS[name]) == compiled(getattr(_core.Settings, name))
    static = isinstance(vars(_core.Settings)[name], staticmethod)
    decorators = [node.id for node in METHODS[name].decorator_list]
    assert decorators == (["staticmethod"] if static else [])


def test_constructor():
    assert parameters(METHODS["__new__"]) == compiled(_core.Settings)


def test_error_is_a_value_error():
    assert [base.id for base in CLASSES["RadiomicsError"].bases] == ["ValueError"]
    assert issubclass(_core.RadiomicsError, ValueError)
    assert _core.RadiomicsError.__module__ == "radiomics_rs"


def test_package_is_typed():
    assert (Path(radiomics_rs.__file__).parent / "py.typed").exists()


def test_keywords_of_settings_are_its_attributes():
    """A keyword that is misspelt, or of another type, is found by type checkers."""
    path = Path(radiomics_rs.__file__).parent / "_core.pyi"
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(settings_stub.BEGIN)
    held, _, after = rest.partition(settings_stub.END)
    attributes = {
        node.target.id: ast.unparse(node.annotation)
        for node in SETTINGS
        if isinstance(node, ast.AnnAssign)
    }
    wanted = settings_stub.keywords(attributes)
    if os.environ.get("REGENERATE"):
        parts = (before, settings_stub.BEGIN, wanted, settings_stub.END, after)
        path.write_text("".join(parts), encoding="utf-8")
        held = wanted
    assert held == wanted
    names = [line.strip().partition(":")[0] for line in held.splitlines()]
    assert names == [key["name"] for key in radiomics_rs.setting_keys()]
    for method in ("__new__", "replace"):
        assert ast.unparse(METHODS[method].args.kwarg.annotation) == "Unpack[_Keywords]"


CLIENT = """
import radiomics_rs as rr

settings = rr.Settings(bin_width=25, resample_spacing_mm=[2, 2, 2], families=["glcm"])
table = rr.extract("image.nrrd", "mask.nrrd", settings.replace(bin_width=[10, 25]), label=1)
value: float = table["original_glcm_contrast_3D_avg"]
row: rr.FeatureRow = table[0]
for name, one in rr.extract("image.nrrd", "mask.nrrd", label="all").items():
    print(name, one.to_dict())
liver = rr.example("liver")
phases: dict[str, rr.Volume] = liver.phases
image, mask, spacing_mm = rr.example()
rr.extract(image, mask, {"bin_width": 25}, spacing_mm=spacing_mm)
"""

#: Lines that are wrong, and what mypy has to say of them.
WRONG = {
    "rr.Settings(binwidth=25)": 'Unexpected keyword argument "binwidth"',
    'rr.Settings(bin_width="wide")': 'Argument "bin_width" to "Settings" has incompatible type',
    "settings.replace(family=['glcm'])": 'Unexpected keyword argument "family"',
    "number: int = table.to_dict()": "Incompatible types in assignment",
    'rr.example("liver").image': '"Example" has no attribute "image"',
}

#: What stands for NumPy where its types, which take long to read, do not matter.
NUMPY = "from typing import Any\ndef __getattr__(name: str) -> Any: ...\n"
PROJECT = ROOT / "radiomics-py"


def mypy(module, *arguments, path):
    """What mypy, or another of its programs, says."""
    pytest.importorskip("mypy", reason="mypy is not installed: pip install mypy")
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "MYPYPATH": str(path)},
    ).stdout


def test_the_stub_is_that_of_the_module(tmp_path):
    """As mypy's own comparison sees it, which knows defaults and what is no function."""
    package = tmp_path / "radiomics_rs"
    package.mkdir()
    # By itself: the package would be read as a whole, with all that it imports.
    shutil.copy(Path(radiomics_rs.__file__).parent / "_core.pyi", package)
    (package / "__init__.pyi").touch()
    (tmp_path / "numpy").mkdir()
    for name in ("__init__.pyi", "typing.pyi"):
        (tmp_path / "numpy" / name).write_text(NUMPY)
    # A list of all names, which the compiler adds: `test_names` compares them.
    allowed = tmp_path / "allowed"
    allowed.write_text("radiomics_rs._core.__all__\n")
    said = mypy("mypy.stubtest", "radiomics_rs._core", "--allowlist", allowed, path=tmp_path)
    assert said.startswith("Success"), said


@pytest.mark.slow
def test_package_and_client_are_typed(tmp_path):
    """All of the package passes `--strict`, and of a client the lines that are right."""
    client = tmp_path / "client.py"
    client.write_text("\n".join([CLIENT, *WRONG]), encoding="utf-8")
    package = PROJECT / "python"
    options = ("--config-file", PROJECT / "pyproject.toml", "--cache-dir", tmp_path / "cache")
    said = mypy("mypy", *options, client, package / "radiomics_rs", path=package)
    # Lines are counted from 1, and one is empty between the two.
    first = len(CLIENT.splitlines()) + 2
    found = {}
    for line in said.splitlines():
        place = re.match(r".*client\.py:(\d+): error: (.*)", line)
        assert place or ": error: " not in line, line
        if place:
            found.setdefault(int(place[1]) - first, place[2])
    assert list(found) == list(range(len(WRONG))), said
    for (code, message), told in zip(WRONG.items(), found.values(), strict=True):
        assert message in told, code

"""`_core.pyi` says what the compiled module has."""

import ast
import inspect
from pathlib import Path

import pytest

import radiomics_rs
from radiomics_rs import _core

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

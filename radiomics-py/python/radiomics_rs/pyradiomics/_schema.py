"""Reading parameters (YAML 1.2, JSON, dictionaries), checked against schemas/paramSchema.yaml."""

from __future__ import annotations

import functools
import logging
import os
from typing import Any

from ._settings import suggestion

logger = logging.getLogger("radiomics.featureextractor")

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "schemas")
SCHEMA_FILE = os.path.join(FOLDER, "paramSchema.yaml")
FUNCTIONS_FILE = os.path.join(FOLDER, "schemaFuncs.py")


class SchemaError(ValueError):
    """The parameters break the schema; message (one a line) and `errors` hold all offences."""

    def __init__(self, errors: list[str]):
        self.errors = list(errors)
        super().__init__(
            "Schema validation failed:\n" + "\n".join(f" - {error}" for error in errors)
        )

    def __reduce__(self):
        return type(self), (self.errors,)


class SchemaTypeError(SchemaError, TypeError):
    """A value is of the wrong type: PyRadiomics finds out later, with a TypeError."""


def load_yaml(stream) -> Any:
    """Read YAML 1.2, of which JSON is a part.

    ``yes`` and ``no`` are strings, ``1`` and ``1.0`` differ. A key given twice keeps its last
    value, as in PyRadiomics, with a warning.
    """
    from ruamel.yaml import YAML, YAMLError
    from ruamel.yaml.constructor import SafeConstructor

    class LastWins(SafeConstructor):
        def check_mapping_key(self, node, key_node, mapping, key, value):
            if key in mapping:
                logger.warning(
                    "Parameter %r is given twice, the last value is used (%s)",
                    key,
                    key_node.start_mark,
                )
            return True

    reader = YAML(typ="safe", pure=True)
    reader.Constructor = LastWins
    try:
        return reader.load(stream)
    except YAMLError as error:
        raise ValueError(f"cannot read the parameters as YAML: {error}") from error


@functools.cache
def _schema() -> dict:
    with open(SCHEMA_FILE, encoding="utf-8") as stream:
        return load_yaml(stream)


def setting_rules() -> dict:
    """{setting: rule} of the schema, for the command line."""
    return _schema()["mapping"]["setting"]["mapping"]


def load_params(
    params_file: str | os.PathLike | None = None, params_dict: dict | None = None
) -> dict:
    """The checked parameters of a file or a dictionary.

    Raises `SchemaError`, or `ValueError` or `TypeError` for names that do not exist.
    """
    if params_file is not None:
        with open(params_file, encoding="utf-8") as stream:
            params = load_yaml(stream)
    else:
        params = params_dict
    if params is None:
        params = {}
    validate(params)
    return params


def validate(params: Any) -> None:
    """Check parameters; all offences are collected before `SchemaError` is raised."""
    errors: list[str] = []
    _check(params, _schema(), "", errors)
    if errors:
        wrong_type = any(" is not of type " in error for error in errors)
        error = (SchemaTypeError if wrong_type else SchemaError)(errors)
        logger.error("%s", error)
        raise error


def _check(value: Any, rule: dict, path: str, errors: list[str]) -> None:
    if value is None and "mapping" not in rule:
        return  # a key without a value is the setting switched off
    if "func" in rule and value is not None:
        from .schemas import schemaFuncs

        getattr(schemaFuncs, rule["func"])(value, rule, path)
    if "mapping" in rule:
        _check_map(value, rule["mapping"], path, errors)
    elif "seq" in rule:
        if not isinstance(value, (list, tuple)):
            errors.append(f"Value '{value}' is not a list. Value path: '{path}'")
            return
        for index, item in enumerate(value):
            _check(item, rule["seq"][0], f"{path}/{index}", errors)
    else:
        _check_scalar(value, rule, path, errors)


def _check_map(value: Any, rules: dict, path: str, errors: list[str]) -> None:
    if not isinstance(value, dict):
        errors.append(f"Value '{value}' is not a dict. Value path: '{path or '/'}'")
        return
    any_key = next((rule for key, rule in rules.items() if key.startswith("regex;")), None)
    for key, item in value.items():
        rule = rules.get(key, any_key)
        if rule is None:
            errors.append(
                f"Key '{key}' was not defined. Path: '{path or '/'}'{suggestion(key, rules)}"
            )
        else:
            _check(item, rule, f"{path}/{key}", errors)


_TYPES = {"int": int, "float": (int, float), "bool": bool, "str": str}


def _check_scalar(value: Any, rule: dict, path: str, errors: list[str]) -> None:
    kind = rule.get("type", "str")
    if kind == "any":
        return
    if not isinstance(value, _TYPES[kind]) or (kind != "bool" and isinstance(value, bool)):
        errors.append(f"Value '{value}' is not of type '{kind}'. Path: '{path}'")
        return
    if "enum" in rule and value not in rule["enum"]:
        errors.append(
            f"Enum '{value}' does not exist. Path: '{path}' Enum: {list(rule['enum'])}"
            f"{suggestion(value, rule['enum'])}"
        )
    limits = rule.get("range", {})
    size = f"Type 'scalar' has size of '{value}'"
    if "max" in limits and not value <= limits["max"]:
        errors.append(f"{size}, greater than max limit '{limits['max']}'. Path: '{path}'")
    if "min" in limits and not value >= limits["min"]:
        errors.append(f"{size}, less than min limit '{limits['min']}'. Path: '{path}'")
    if "min-ex" in limits and not value > limits["min-ex"]:
        errors.append(
            f"{size}, less than or equals to min limit(exclusive) '{limits['min-ex']}'. Path: "
            f"'{path}'"
        )

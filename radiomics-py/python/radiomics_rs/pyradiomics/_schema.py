"""Reading parameters (YAML 1.2, JSON, dictionaries) and checking them against the schema."""

from __future__ import annotations

import logging
import os
from typing import Any

from . import _rules
from ._errors import SchemaError, SchemaTypeError
from ._nearest import suggestion

logger = logging.getLogger("radiomics.featureextractor")

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "schemas")
SCHEMA_FILE = os.path.join(FOLDER, "paramSchema.yaml")
FUNCTIONS_FILE = os.path.join(FOLDER, "schemaFuncs.py")

#: What YAML's reader raises for texts that it was not made for.
_STUMBLES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)

#: Lists and mappings within each other, at most: parameters have four.
_DEPTH = 32


def load_yaml(stream) -> Any:
    """Read YAML 1.2, of which JSON is a part.

    ``yes`` and ``no`` are strings, ``1`` and ``1.0`` differ. A key given twice keeps its last
    value, as in PyRadiomics, with a warning. Raises ValueError naming the file.
    """
    from ruamel.yaml import YAML, YAMLError
    from ruamel.yaml.constructor import SafeConstructor

    class LastWins(SafeConstructor):
        def check_mapping_key(self, node, key_node, mapping, key, value):
            if key in mapping:
                logger.warning(
                    "Parameter %r is given twice, the last value is used (line %d)",
                    key,
                    key_node.start_mark.line + 1,
                )
            return True

    reader = YAML(typ="safe", pure=True)
    reader.Constructor = LastWins
    of = f"the parameters of {stream.name}" if hasattr(stream, "name") else "the parameters"
    try:
        text = stream.read()
        _check_depth(text)
        return reader.load(text)
    except YAMLError as error:
        raise ValueError(f"cannot read {of} as YAML: {_brief(error)}") from error
    except _STUMBLES as error:
        # What the reader itself falls over, such as bytes that are no text, a number of thousands
        # of digits or a version of YAML that does not exist.
        reason = " ".join(str(error).split())[:200]
        raise ValueError(f"cannot read {of} as YAML: {reason}") from error


def _check_depth(text: str) -> None:
    """Refuse what nests deeply, before it is built, which takes time and stack."""
    from ruamel.yaml import YAML

    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        kind = type(event).__name__
        depth += kind in ("SequenceStartEvent", "MappingStartEvent")
        depth -= kind in ("SequenceEndEvent", "MappingEndEvent")
        if depth > _DEPTH:
            line = event.start_mark.line + 1
            raise ValueError(f"line {line} nests more than {_DEPTH} lists and mappings")


def _brief(error) -> str:
    """What the reader says, and where, in a line."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return " ".join(str(error).split())
    return f"line {mark.line + 1}, column {mark.column + 1}: {error.problem}"


def setting_rules() -> dict[str, _rules.Rule]:
    """{setting: rule} for the command line."""
    return _rules.SETTING


def load_params(
    params_file: str | os.PathLike | None = None, params_dict: dict | None = None
) -> dict:
    """The checked and typed parameters of a file or a dictionary.

    Raises `SchemaError`, or `ValueError` or `TypeError` for names that do not exist.
    """
    if params_file is not None:
        with open(params_file, encoding="utf-8") as stream:
            params = load_yaml(stream)
    else:
        params = params_dict
    return validate({} if params is None else params)


def validate(params: Any) -> dict:
    """The parameters, typed; all offences are collected before `SchemaError` is raised."""
    offences: list[_rules.Offence] = []
    found = _sections(params, offences)
    if offences:
        wrong_type = any(offence.of_type for offence in offences)
        error = (SchemaTypeError if wrong_type else SchemaError)([o.text for o in offences])
        logger.error("%s", error)
        raise error
    return found


def _sections(params: Any, offences: list[_rules.Offence]) -> dict:
    from .schemas import schemaFuncs

    found = {}
    for name, section in _map(params, "", _SECTIONS, offences).items():
        path = f"/{name}"
        if name == "featureClass":
            if section is None or isinstance(section, dict):
                schemaFuncs.checkFeatureClass(section, None, path)
            found[name] = _map(section, path, None, offences)
        elif name == "imageType":
            if section is None or isinstance(section, dict):
                schemaFuncs.checkImageType(section, None, path)
            types = _map(section, path, None, offences).items()
            found[name] = {
                kind: _settings(own, f"{path}/{kind}", _rules.SETTING, offences)
                for kind, own in types
            }
        else:
            found[name] = _settings(section, path, _SECTIONS[name], offences)
    return found


#: The sections of a parameter file, and the rules of those that hold settings.
_SECTIONS: dict[str, dict[str, _rules.Rule] | None] = {
    "setting": _rules.SETTING,
    "voxelSetting": _rules.VOXEL_SETTING,
    "featureClass": None,
    "imageType": None,
}


def _settings(section: Any, path: str, rules: dict, offences: list[_rules.Offence]) -> dict:
    return {
        name: _rules.check(name, value, rules[name], f"{path}/{name}", offences)
        for name, value in _map(section, path, rules, offences).items()
    }


def _map(value: Any, path: str, known: dict | None, offences: list[_rules.Offence]) -> dict:
    """What a mapping holds of the names that are known, or of all."""
    if not isinstance(value, dict):
        text = f"Value '{_rules.shown(value)}' is not a dict. Value path: '{path or '/'}'"
        offences.append(_rules.Offence(path, value, text, "give a mapping", False))
        return {}
    for name in value:
        if known is not None and name not in known:
            text = (
                f"Key '{_rules.shown(name)}' was not defined. Path: '{path or '/'}'"
                f"{suggestion(name, known)}"
            )
            offences.append(_rules.Offence(str(name), name, text, "leave it out", False))
    return {name: item for name, item in value.items() if known is None or name in known}

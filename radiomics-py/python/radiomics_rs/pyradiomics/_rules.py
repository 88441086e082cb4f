"""What each setting takes: the one schema that settings pass, whichever way they are given.

Keywords, attributes, ``extractor.settings[...]`` and parameter files are checked here, and values
are typed here, too: ``"0.5"`` becomes 0.5 where a number is wanted. That is as tolerant as
PyRadiomics' own schema, which takes any text for a number that ``float()`` takes, and no less
strict about what would change a number. schemas/paramSchema.yaml says the same to other programs;
a test compares the two.
"""

from __future__ import annotations

import math
import reprlib
from typing import Any, NamedTuple

import numpy

from ._nearest import suggestion

#: Characters of a value that a message shows.
SHOWN = 80
#: The largest whole number that anything is done with.
_LARGEST = 2**63 - 1


class Rule(NamedTuple):
    """What one setting takes."""

    kind: str
    """``int``, ``float``, ``bool``, ``str`` or ``any``, as in the schema file."""
    least: float | None = None
    most: float | None = None
    above: float | None = None
    listed: bool = False
    """Whether it is a list of such values."""
    choices: tuple[str, ...] = ()
    function: str = ""
    """Name of a function of schemas/schemaFuncs.py that checks the value."""
    infinite: bool = False
    """Whether infinity is a number for it."""
    nan: bool = False
    """Whether NaN is."""
    several_as: str = ""
    """The engine's setting that takes several such values, where PyRadiomics takes one."""

    def remedy(self, value: Any) -> str:
        """What to do about a value that breaks the rule, to follow on ``name is value:``."""
        if self.several_as and isinstance(value, (list, tuple)):
            # PyRadiomics' feature names have no place for which of several it is.
            several = f"radiomics_rs.extract takes a list as `{self.several_as}`"
            return f"PyRadiomics takes one number; {several}"
        return f"give {self.takes()}"

    def takes(self) -> str:
        """What to give, for messages."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        several = "s" if self.listed else ""
        one = "" if self.listed else "a "
        kinds = {
            "int": f"{one}whole number{several}",
            "float": f"{one}number{several}",
            "bool": "True or False",
            "str": f"{one}text{several}",
            "any": "another value",
        }
        text = ("a list of " if self.listed else "") + kinds[self.kind]
        if self.above is not None:
            return f"{text} above {self.above:g}"
        if self.most is not None:
            return f"{text} from {self.least:g} to {self.most:g}"
        return text if self.least is None else f"{text} of at least {self.least:g}"


_FLAG = Rule("bool")
_COUNT = Rule("int", above=0)
_INDEX = Rule("int", least=0)
_AMOUNT = Rule("float", above=0)

#: Rules of the section ``setting`` of a parameter file, and of an image type.
SETTING = {
    "minimumROIDimensions": Rule("int", least=1, most=3),
    "minimumROISize": _COUNT,
    "geometryTolerance": _AMOUNT,
    "correctMask": _FLAG,
    "additionalInfo": _FLAG,
    "label": _COUNT,
    "label_channel": _INDEX,
    "binWidth": _AMOUNT._replace(several_as="bin_width"),
    "binCount": _COUNT._replace(several_as="bin_number"),
    "normalize": _FLAG,
    "normalizeScale": _AMOUNT,
    "removeOutliers": _AMOUNT._replace(infinite=True),
    "resampledPixelSpacing": Rule("float", least=0, listed=True),
    "interpolator": Rule("any", function="checkInterpolator"),
    "padDistance": _INDEX,
    "distances": _COUNT._replace(listed=True),
    "force2D": _FLAG,
    "force2Ddimension": Rule("int", least=0, most=2),
    "resegmentRange": Rule("float", listed=True, infinite=True),
    "resegmentMode": Rule("str", choices=("absolute", "relative", "sigma")),
    "resegmentShape": _FLAG,
    "preCrop": _FLAG,
    "sigma": _AMOUNT._replace(listed=True),
    "start_level": _INDEX,
    "level": _COUNT,
    "wavelet": Rule("str", function="checkWavelet"),
    "gradientUseSpacing": _FLAG,
    "lbp2DRadius": _AMOUNT,
    "lbp2DSamples": Rule("int", least=1),
    "lbp2DMethod": Rule("str", choices=("default", "ror", "uniform", "var")),
    "lbp3DLevels": Rule("int", least=1),
    "lbp3DIcosphereRadius": _AMOUNT,
    "lbp3DIcosphereSubdivision": _INDEX,
    "voxelArrayShift": Rule("int"),
    "symmetricalGLCM": _FLAG,
    "weightingNorm": Rule("any", function="checkWeighting"),
    "gldm_a": _INDEX,
}

#: Rules of the section ``voxelSetting``.
VOXEL_SETTING = {
    "kernelRadius": _COUNT,
    "maskedKernel": _FLAG,
    "initValue": Rule("float", infinite=True, nan=True),
    "voxelBatch": _COUNT,
}

RULES = {**SETTING, **VOXEL_SETTING}


class Offence(NamedTuple):
    """A value that breaks a rule."""

    name: str
    """The setting, with the place in it if it is a list: ``sigma/1``."""
    value: Any
    text: str
    """What is wrong, in pykwalify's words."""
    remedy: str
    """What to do, to follow on ``name is value:``."""
    of_type: bool
    """Whether the value is of another type than the rule's."""


def check(name: str, value: Any, rule: Rule, path: str, offences: list[Offence]) -> Any:
    """The value as what the rule says it is; what is wrong with it is appended to `offences`."""
    value = plain(value)
    if value is None:
        return None  # the setting is switched off
    if rule.function:
        from .schemas import schemaFuncs

        getattr(schemaFuncs, rule.function)(value, rule, path)
    if not rule.listed:
        return _scalar(name, value, rule, path, offences)
    if not isinstance(value, (list, tuple)):
        text = f"Value '{shown(value)}' is not a list. Value path: '{path}'"
        offences.append(Offence(name, value, text, rule.remedy(value), True))
        return value
    one = rule._replace(listed=False)
    return [
        _scalar(f"{name}/{n}", plain(item), one, f"{path}/{n}", offences)
        for n, item in enumerate(value)
    ]


def plain(value: Any) -> Any:
    """What is of NumPy as what Python has for it."""
    if isinstance(value, numpy.generic):
        return value.item()
    return value.tolist() if isinstance(value, numpy.ndarray) else value


def of_code(value: Any, rule: Rule) -> Any:
    """What a value plainly means in a program, where numbers have more types than in a file."""
    value = plain(value)
    if rule.listed:
        if not isinstance(value, (list, tuple, range)):
            return value
        one = rule._replace(listed=False)
        return [of_code(item, one) for item in value]
    if rule.kind == "int" and isinstance(value, float) and value.is_integer():
        return int(value)
    if rule.kind == "bool" and isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    return value


def _scalar(name, value, rule, path, offences) -> Any:
    if rule.kind == "any":
        return value
    typed = _TYPED[rule.kind](value)
    if typed is None:
        text = f"Value '{shown(value)}' is not of type '{rule.kind}'. Path: '{path}'"
        offences.append(Offence(name, value, text, rule.remedy(value), True))
        return value
    wrong = _out_of_range(typed, rule)
    if wrong:
        text = f"{wrong.format(shown(value))} Path: '{path}'"
        if rule.choices:
            text += f" Enum: {list(rule.choices)}{suggestion(value, rule.choices)}"
        offences.append(Offence(name, value, text, rule.remedy(value), False))
    return typed


def _out_of_range(value, rule) -> str:
    """What is wrong with a value of the right type, with a place for it; empty if nothing is."""
    if rule.choices:
        return "" if value in rule.choices else "Enum '{}' does not exist."
    if isinstance(value, (bool, str)):
        return ""
    size = "Type 'scalar' has size of '{}', "
    if isinstance(value, float) and math.isnan(value):
        return "" if rule.nan else size + "which is no number."
    if isinstance(value, float) and math.isinf(value) and not rule.infinite:
        return size + "which is not finite."
    most = _LARGEST if rule.most is None and isinstance(value, int) else rule.most
    if most is not None and value > most:
        return f"{size}greater than max limit '{most}'."
    least = -_LARGEST if rule.least is None and isinstance(value, int) else rule.least
    if least is not None and value < least:
        return f"{size}less than min limit '{least}'."
    if rule.above is not None and value <= rule.above:
        return f"{size}less than or equals to min limit(exclusive) '{rule.above}'."
    return ""


def _int(value):
    # Python's True is a whole number, and nobody's label.
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _float(value):
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (ValueError, TypeError, OverflowError):
        return None
    # A whole number stays one: `sigma: 1` and `sigma: 1.0` make different names.
    return value if isinstance(value, (int, float)) else number


_TYPED = {
    "int": _int,
    "float": _float,
    "bool": lambda value: value if isinstance(value, bool) else None,
    "str": lambda value: value if isinstance(value, str) else None,
}

_short = reprlib.Repr()
_short.maxlevel, _short.maxother, _short.maxlong = 3, SHOWN, SHOWN
_short.maxlist = _short.maxtuple = _short.maxdict = 8


def shown(value: Any) -> str:
    """A value for a message: what is long, or nests deeply, is cut short."""
    try:
        text = value if isinstance(value, str) else _short.repr(value)
    except ValueError:  # a whole number of more digits than Python prints
        text = f"a {type(value).__name__} of many digits"
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} ..."

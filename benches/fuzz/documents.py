"""Random parameters of PyRadiomics, and documents as text: written in several ways, and spoilt."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import odd

CLASSES = ["firstorder", "shape", "shape2D", "glcm", "glrlm", "glszm", "gldm", "ngtdm"]
TYPES = [
    "Original",
    "LoG",
    "Wavelet",
    "Square",
    "SquareRoot",
    "Logarithm",
    "Exponential",
    "Gradient",
]
TYPES += ["LBP2D", "LBP3D"]
FEATURES = ["Mean", "Energy", "JointEntropy", "Contrast", "MeshVolume", "ZoneEntropy", "MCC", "Foo"]


def _either(*sane: Any, whole: bool = False) -> Callable[[random.Random], Any]:
    other = odd.whole if whole else odd.real
    return lambda rng: rng.choice(sane) if rng.random() < 0.85 else other(rng)


#: Settings of PyRadiomics, and values of them.
SETTINGS: dict[str, Callable[[random.Random], Any]] = {
    "binWidth": _either(25, 10, 0.5, "12.5"),
    "binCount": _either(16, 32, 64, whole=True),
    "normalize": _either(True, False),
    "normalizeScale": _either(1, 100),
    "removeOutliers": _either(3, 1.5, None),
    "resampledPixelSpacing": lambda rng: [_either(0, 1, 1.5, 2, 3)(rng) for _ in "xyz"],
    "interpolator": lambda rng: rng.choice(["sitkBSpline", "sitkLinear", "sitkFoo", 1, 3, 9]),
    "preCrop": _either(True, False),
    "padDistance": _either(0, 5, 10, whole=True),
    "distances": lambda rng: rng.sample([1, 2, 3, 9, 64], rng.randint(1, 3)),
    "force2D": _either(True, False),
    "force2Ddimension": _either(0, 1, 2, whole=True),
    "resegmentRange": lambda rng: sorted(odd.real(rng) for _ in range(rng.choice([1, 2, 2, 3]))),
    "resegmentMode": lambda rng: rng.choice(["absolute", "relative", "sigma", "foo"]),
    "resegmentShape": _either(True, False),
    "label": _either(1, 1, 2, whole=True),
    "label_channel": _either(0, 1, whole=True),
    "additionalInfo": _either(True, False),
    "geometryTolerance": _either(1e-6, 0.1),
    "correctMask": _either(True, False),
    "minimumROIDimensions": _either(1, 2, 3, whole=True),
    "minimumROISize": _either(1, 10, 1000, whole=True),
    "voxelArrayShift": _either(0, 300, -1000, whole=True),
    "symmetricalGLCM": _either(True, False),
    "weightingNorm": lambda rng: rng.choice(["euclidean", "manhattan", "infinity", "no_weighting"]),
    "gldm_a": _either(0, 1, 5, whole=True),
}
OWN: dict[str, dict[str, Callable[[random.Random], Any]]] = {
    "LoG": {"sigma": lambda rng: [_either(1, 2, 3.5)(rng) for _ in range(rng.randint(0, 2))]},
    "Wavelet": {
        "wavelet": lambda rng: rng.choice(["haar", "coif1", "db38", "dmey", "bior1.1", "foo"]),
        "level": _either(1, 2, 4, whole=True),
        "start_level": _either(0, 1, 3, whole=True),
    },
    "Gradient": {"gradientUseSpacing": _either(True, False)},
    "LBP2D": {
        "lbp2DRadius": _either(1, 2.5),
        "lbp2DSamples": _either(8, 9, 24, whole=True),
        "lbp2DMethod": lambda rng: rng.choice(["uniform", "default", "ror", "var"]),
    },
    "LBP3D": {
        "lbp3DLevels": _either(2, 1, 5, whole=True),
        "lbp3DIcosphereRadius": _either(1, 2),
        "lbp3DIcosphereSubdivision": _either(1, 0, 2, whole=True),
    },
}
VOXEL: dict[str, Callable[[random.Random], Any]] = {
    "kernelRadius": _either(1, 2, whole=True),
    "maskedKernel": _either(True, False),
    "initValue": _either(0, float("nan"), "nan"),
    "voxelBatch": _either(-1, 100, whole=True),
}


def _some(rng: random.Random, makers: dict[str, Any], least: int = 0) -> dict[str, Any]:
    names = rng.sample(list(makers), rng.randint(least, min(5, len(makers))))
    return {name: makers[name](rng) for name in names}


def pyradiomics(rng: random.Random) -> dict[str, Any]:
    """Parameters of PyRadiomics."""
    found: dict[str, Any] = {}
    if rng.random() < 0.9:
        found["setting"] = _some(rng, SETTINGS, 1)
        if "removeOutliers" in found["setting"]:
            found["setting"]["normalize"] = True
    if rng.random() < 0.7:
        kinds = rng.sample(TYPES, rng.choice([1, 1, 2, 3]))
        found["imageType"] = {kind: _some(rng, OWN.get(kind, {})) for kind in kinds}
    if rng.random() < 0.6:
        classes = rng.sample(CLASSES, rng.randint(1, 3))
        lists = [None, [], rng.sample(FEATURES, 2)]
        found["featureClass"] = {name: rng.choices(lists, [4, 4, 1])[0] for name in classes}
    if rng.random() < 0.2:
        found["voxelSetting"] = _some(rng, VOXEL)
    if rng.random() < 0.25:
        section = rng.choice([found, *(part for part in found.values() if part)])
        section[rng.choice([*section, *odd.TEXTS])] = odd.value(rng)
    return found


def written(rng: random.Random, given: Any) -> bytes:
    """A document as text, in one of several styles."""
    kind = rng.random()
    if kind < 0.3:
        text = json.dumps(given, indent=rng.choice([None, 2]), default=str)
    elif kind < 0.9:
        text = "\n".join(_block(given, 0)) + "\n"
    else:
        text = "%YAML 1.2\n---\n" + "\n".join(_block(given, 0)) + "\n...\n"
    if rng.random() < 0.05:
        text = text.replace("\n", rng.choice(["\r\n", "\r", "\u2028"]))
    coding = rng.choices(["utf-8", "utf-8-sig", "utf-16", "latin-1"], [20, 1, 1, 1])[0]
    return text.encode(coding, "replace")


def _block(given: Any, depth: int) -> list[str]:
    """Lines of block style."""
    if not isinstance(given, dict) or not given:
        return [" " * depth + _flow(given)]
    lines = []
    for key, value in given.items():
        start = " " * depth + _flow(key) + ":"
        if isinstance(value, dict) and value:
            lines += [start, *_block(value, depth + 2)]
        elif isinstance(value, list) and value and depth % 4:
            lines += [start, *(f"{' ' * depth}- {_flow(one)}" for one in value)]
        else:
            lines.append(f"{start} {_flow(value)}")
    return lines


def _flow(given: Any) -> str:
    """A value on a line."""
    if isinstance(given, dict):
        return "{" + ", ".join(f"{_flow(k)}: {_flow(v)}" for k, v in given.items()) + "}"
    if isinstance(given, list | tuple):
        return f"[{', '.join(_flow(one) for one in given)}]"
    if isinstance(given, float):
        return {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}.get(repr(given), repr(given))
    if given is None or isinstance(given, bool):
        return {None: "null", True: "true", False: "false"}[given]
    if isinstance(given, str) and given.replace("_", "").isalnum() and len(given) < 40:
        return given
    return json.dumps(given, default=str)


def spoilt(rng: random.Random, content: bytes) -> bytes:
    """The same after some accidents."""
    for _ in range(rng.choice([1, 1, 2, 3, 8])):
        content = rng.choice(ACCIDENTS)(rng, content)[:200_000]
    return content


def _byte(rng: random.Random, content: bytes) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + bytes([rng.randrange(256)]) + content[at + 1 :]


def _cut(rng: random.Random, content: bytes) -> bytes:
    first, last = sorted(rng.randrange(len(content) + 1) for _ in "ab")
    return content[:first] + content[last:] if rng.random() < 0.5 else content[:first]


def _insert(rng: random.Random, content: bytes) -> bytes:
    at = rng.randrange(len(content) + 1)
    more = rng.choice([*TOKENS, *odd.TEXTS]).encode("utf-8", "replace")
    return content[:at] + more * rng.choice([1, 1, 1, 2, 100]) + content[at:]


def _number(rng: random.Random, content: bytes) -> bytes:
    """Another number in the place of one."""
    places = [i for i, byte in enumerate(content) if chr(byte).isdigit()]
    if not places:
        return content
    at = rng.choice(places)
    new = odd.whole(rng) if rng.random() < 0.5 else odd.real(rng)
    return content[:at] + _flow(new).encode() + content[at + 1 :]


def _lines(rng: random.Random, content: bytes) -> bytes:
    """A line twice, elsewhere, or indented."""
    lines = content.split(b"\n")
    line, at = rng.choice(lines), rng.randrange(len(lines) + 1)
    return b"\n".join([*lines[:at], rng.choice([b"", b"  ", b"\t", b"- "]) + line, *lines[at:]])


def _repeat(rng: random.Random, content: bytes) -> bytes:
    first, last = sorted(rng.randrange(len(content) + 1) for _ in "ab")
    return content[:last] + content[first:last] * rng.choice([1, 5, 200]) + content[last:]


ACCIDENTS = [_byte, _cut, _insert, _number, _number, _number, _lines, _repeat]
TOKENS = [
    *("[", "]", "{", "}", ": ", "- ", "\n", "\n\n", "\t", "&a ", "*a", "<<: *a", "!!str ", "!x "),
    *("---\n", "...\n", "| ", "> ", "? ", "# ", ", ", "'", '"', "\x00", "\ufeff", "\x85", "0o17"),
    *(
        "1e999",
        "-",
        ".",
        "0x",
        "_",
        ".nan",
        ".inf",
        "~",
        "null",
        "true",
        "yes",
        "2001-01-01",
        "1:30",
    ),
]

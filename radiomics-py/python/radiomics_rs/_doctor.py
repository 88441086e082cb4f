"""What a report about a problem needs: versions, the machine, readers, and whether all works."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radiomics_rs import _core

#: Packages that ours cannot do without, and those that add something, with what that is.
NEEDED = ("numpy", "SimpleITK", "pydicom", "ruamel.yaml", "tqdm")
OPTIONAL = {
    "pandas": "data frames",
    "polars": "data frames",
    "pyarrow": "Parquet and Arrow",
    "matplotlib": "pictures",
    "scikit-learn": "RadiomicsExtractor",
    "distributed": "cohorts on several machines (Dask)",
    "highdicom": "writing DICOM",
    "pyjpegls": "DICOM in JPEG-LS",
    "pylibjpeg": "DICOM in JPEG and JPEG 2000",
    "python-gdcm": "DICOM in JPEG and JPEG 2000",
    "nibabel": "images of nibabel",
    "itk": "images of itk",
    "xarray": "images of xarray",
    "torch": "tensors of PyTorch",
    "monai": "MetaTensor",
    "pyradiomics": "PyRadiomics, or our distribution of that name",
}
#: Instructions of processors that matter for the speed of loops.
INSTRUCTIONS = ("SSE2", "SSE42", "AVX", "AVX2", "FMA3", "AVX512F", "NEON", "ASIMD", "SVE")
#: The mean of the digital phantom, IBSI's Q4LE, to all its digits.
PHANTOM_MEAN = 159 / 74


@dataclass(frozen=True)
class Diagnosis:
    """What `doctor` found; `str` is a table, `to_dict` is for JSON."""

    found: dict[str, dict[str, str]]
    """By subject and name."""
    problems: tuple[str, ...]
    """What is wrong; none if all works."""

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {**self.found, "problems": list(self.problems)}

    def to_json(self) -> str:
        """All of it as a JSON document."""
        return json.dumps(self.to_dict(), indent=1, ensure_ascii=False)

    def __str__(self) -> str:
        width = max(len(name) for subject in self.found.values() for name in subject) + 2
        lines = []
        for subject, held in self.found.items():
            lines += [subject, *(f"  {name:{width}}{text}" for name, text in held.items())]
        return "\n".join([*lines, *(f"PROBLEM: {one}" for one in self.problems or ())])


def doctor() -> Diagnosis:
    """What a report about a problem needs: versions, machine, readers, and a computed example.

    Nothing is sent or written. Takes about a second, for the example and what it imports.
    """
    problems: list[str] = []
    found = {
        "radiomics-rs": {
            "version": _core.__version__,
            "folder": str(Path(__file__).parent),
            "Python": f"{platform.python_version()} ({platform.python_implementation()})",
            "interpreter": sys.executable,
        },
        "machine": _machine(),
        "needed": {name: _version(name) or "MISSING" for name in NEEDED},
        "optional": {
            name: f"{version} ({use})" if (version := _version(name)) else f"not there ({use})"
            for name, use in OPTIONAL.items()
        },
    }
    problems += [f"{n} is missing: pip install {n}" for n in NEEDED if _version(n) is None]
    if not problems:
        found["readers"] = _readers()
        found["example"] = {"IBSI digital phantom": _example(problems)}
    return Diagnosis(found, tuple(problems))


def _machine() -> dict[str, str]:
    cores = os.cpu_count() or 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cores
    place = tempfile.gettempdir()
    return {
        "system": platform.platform(),
        "processor": f"{platform.machine()} with {_instructions()}",
        "kernels": _kernels(),
        "cores": f"{usable} of {cores} usable",
        "memory": _memory(),
        "temporary files": f"{place}, {shutil.disk_usage(place).free / 1e9:.1f} GB free",
    }


def _instructions() -> str:
    """What NumPy finds the processor to have, or a word if it does not say."""
    try:
        import numpy as np

        of: Any = getattr(np, "_core", None) or np.core
        held = of._multiarray_umath.__cpu_features__
    except (ImportError, AttributeError):
        return "unknown instructions"
    return ", ".join(name for name in INSTRUCTIONS if held.get(name)) or "none of those we look for"


def _kernels() -> str:
    """The instructions that the kernels of the engine use here."""
    try:
        from radiomics_rs._conformance import instruction_set

        return instruction_set()
    except (ImportError, AttributeError):
        return "unknown"


def _memory() -> str:
    """Memory of the machine, where the system says it."""
    try:
        page, pages = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_PHYS_PAGES")
        free = os.sysconf("SC_AVPHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return "unknown"
    return f"{page * pages / 1e9:.1f} GB, {page * free / 1e9:.1f} GB unused"


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _readers() -> dict[str, str]:
    """What reads which kind of file."""
    import pydicom.pixels
    import pydicom.uid
    import SimpleITK as sitk  # noqa: N813

    readers = sitk.ImageFileReader().GetRegisteredImageIOs()
    decoded = []
    for syntax in (
        pydicom.uid.JPEGBaseline8Bit,
        pydicom.uid.JPEGLSLossless,
        pydicom.uid.JPEG2000Lossless,
        pydicom.uid.RLELossless,
    ):
        with_what = pydicom.pixels.get_decoder(syntax)
        if with_what.is_available:
            decoded.append(syntax.name)
    return {
        "files": ", ".join(name.removesuffix("ImageIO") for name in readers),
        "DICOM, compressed": ", ".join(decoded) or "none",
        "writing tables": "csv, tsv, json, jsonl, xlsx"
        + (", parquet" if _version("pyarrow") else "; parquet needs pyarrow"),
    }


def _example(problems: list[str]) -> str:
    """Whether the digital phantom has IBSI's mean."""
    import warnings

    from radiomics_rs._extract import extract

    image, mask, spacing_mm = _core.example()
    settings = _core.Settings.ibsi_configuration("digital_phantom")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = extract(image, mask, settings, spacing_mm=spacing_mm)
    except Exception as error:
        problems.append(f"the example cannot be computed: {type(error).__name__}: {error}")
        return "failed"
    mean = table["original_intensity_statistics_mean"]
    if abs(mean - PHANTOM_MEAN) > 1e-9:
        problems.append(f"the mean of the digital phantom is {mean!r}, and should be 159/74")
        return "wrong"
    return f"{len(table)} features, mean {mean:.4g} as published"

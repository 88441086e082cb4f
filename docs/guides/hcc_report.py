"""What hcc_study.py says: lines of results, and how numbers are written in them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np


class Report:
    """Results are printed as they come, for a study takes minutes, and are kept for a file."""

    def __init__(self) -> None:
        """The first step begins now."""
        self.lines: list[str] = []
        self._began = time.monotonic()

    def say(self, name: str, value: Any) -> None:
        """A result."""
        self.lines.append(f"{name}: {value}")
        print(self.lines[-1], flush=True)

    def lap(self, step: str) -> None:
        """A step ends, and the next one begins."""
        now = time.monotonic()
        self.say(f"seconds, {step}", f"{now - self._began:.0f}")
        self._began = now

    def write(self, path: Path) -> None:
        """All that was said."""
        path.write_text("\n".join([*self.lines, ""]))


def interval(values: np.ndarray) -> str:
    """A value with its interval."""
    return f"{values[0]:.3f} ({values[1]:.3f} to {values[2]:.3f})"


def spread(values: list[float]) -> str:
    """Mean and range of several runs."""
    return f"mean {np.mean(values):.3f}, {min(values):.3f} to {max(values):.3f}"


def span(counts: list[int]) -> str:
    """Median and range of counts."""
    return f"median {np.median(counts):.0f}, {min(counts)} to {max(counts)}"

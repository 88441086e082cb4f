"""How far a command is, on a terminal."""

from __future__ import annotations

from typing import TextIO

WIDTH = 30


class Bar:
    """A function of the work done and of all work, that draws a bar; only on a terminal."""

    def __init__(self, stream: TextIO | None, unit: str | None = None) -> None:
        """A bar on `stream`, with the numbers of what `unit` is, or the share without one."""
        self._stream = stream if stream is not None and stream.isatty() else None
        self._unit = unit
        self._drawn = ""

    def __call__(self, done: int, total: int) -> None:
        """Draw what has changed."""
        if self._stream is None:
            return
        filled = WIDTH * done // max(total, 1)
        bar = "#" * filled + "." * (WIDTH - filled)
        share = f"{100 * done // max(total, 1):3d} %"
        line = f"[{bar}] {share if self._unit is None else f'{done} of {total} {self._unit}'}"
        if line != self._drawn:
            self._drawn = line
            self._stream.write(f"\r{line}")
            self._stream.flush()

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_error: object) -> None:
        """What is printed next begins a line of its own."""
        if self._stream is not None and self._drawn:
            self._stream.write("\n")
            self._stream.flush()

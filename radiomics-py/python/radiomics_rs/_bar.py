"""How far a command is, on a terminal."""

from __future__ import annotations

from typing import Any, TextIO


class Bar:
    """A function of the work done and of all work, that draws a bar; only on a terminal."""

    def __init__(self, stream: TextIO | None, unit: str = "steps") -> None:
        """A bar on `stream`, with the numbers of what `unit` is."""
        self._stream = stream if stream is not None and stream.isatty() else None
        self._unit = unit
        self._bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        """Draw what has changed."""
        if self._stream is None:
            return
        if self._bar is None:
            # Most runs have no terminal, and need not wait for the import.
            from tqdm import tqdm

            # A thread of its own would look at bars that stand still.
            tqdm.monitor_interval = 0
            self._bar = tqdm(
                total=total, unit=f" {self._unit}", file=self._stream, dynamic_ncols=True
            )
        self._bar.update(done - self._bar.n)

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_error: object) -> None:
        """What is printed next begins a line of its own."""
        if self._bar is not None:
            self._bar.close()

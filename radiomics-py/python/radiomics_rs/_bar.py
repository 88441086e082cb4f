"""How far a command is, on a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TextIO, TypeVar

#: Seconds between two lines where there is no terminal.
LINE_S = 10.0


B = TypeVar("B", bound="Bar")


class Bar:
    """A function of the work done and of all work, that draws a bar; only on a terminal."""

    def __init__(self, stream: TextIO | None, unit: str = "steps") -> None:
        """A bar on `stream`, with the numbers of what `unit` is."""
        self._stream = stream if stream is not None and stream.isatty() else None
        self._unit = unit
        self._initial = 0
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
                total=total,
                initial=self._initial,
                unit=f" {self._unit}",
                file=self._stream,
                dynamic_ncols=True,
            )
        self._bar.update(done - self._bar.n)

    def __enter__(self: B) -> B:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Have what is printed next begin a line of its own."""
        if self._bar is not None:
            self._bar.close()


class CaseBar(Bar):
    """The same of cases, some of which fail; where there is no terminal, a line now and then."""

    def __init__(self, stream: TextIO | None, say: Callable[[str], object]) -> None:
        """A bar on `stream`, or lines given to `say`."""
        super().__init__(stream, "cases")
        self._say = say
        self._begin: tuple[float, int] | None = None
        self._said = 0.0

    def __call__(self, done: int, total: int, failed: int = 0) -> None:
        """Tell how many cases are done, of how many, and how many have failed."""
        now = time.monotonic()
        if self._begin is None:
            # What was done already says nothing of how long the rest takes.
            self._begin, self._said = (now, done), now
        if self._stream is not None:
            self._initial = self._begin[1]
            super().__call__(done, total)
            if failed:
                self._bar.set_postfix(failed=failed, refresh=False)
        elif now - self._said >= LINE_S:
            self._said = now
            self._say(_line(done, total, failed, done - self._begin[1], now - self._begin[0]))


def _line(done: int, total: int, failed: int, computed: int, seconds: float) -> str:
    rate = computed / seconds if seconds > 0 else 0.0
    left = f", about {(total - done) / rate:.0f} s left" if rate > 0 else ""
    return f"{done} of {total} cases, {failed} failed, {rate:.3g} cases/s{left}"

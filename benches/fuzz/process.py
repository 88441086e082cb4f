"""A process that runs cases, and is replaced when it dies or takes too long."""

from __future__ import annotations

import json
import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

WORKER = Path(__file__).resolve().parent / "worker.py"
#: Seconds in which the process must have started.
START = 600
#: How much longer than its limit a case may take that does not work meanwhile.
PATIENCE = 30


class DeadError(Exception):
    """The process has ended, and what it said last."""


class LateError(Exception):
    """The process took too long, and where it was."""


class Process:
    """A worker, started when it is asked something and not there."""

    def __init__(self, what: str, seed: int, megabytes: int, limit: float) -> None:
        """Nothing is started yet."""
        self.command = [sys.executable, str(WORKER), what, str(seed), str(megabytes)]
        self.limit = limit
        self.child: subprocess.Popen[bytes] | None = None
        self.rest = b""
        # What a process leaves behind that has been killed goes with it.
        self.folder = tempfile.TemporaryDirectory(prefix="radiomics-fuzz-")

    def ask(self, number: int) -> dict[str, Any]:
        """Begin a case; returns what it is."""
        if self.child is None:
            self._start()
        assert self.child is not None
        assert self.child.stdin is not None
        self.since, self.worked = time.monotonic(), self._seconds()
        try:
            self.child.stdin.write(b"%d\n" % number)
            self.child.stdin.flush()
        except BrokenPipeError:
            raise self._dead() from None
        return self.answer()

    def answer(self) -> dict[str, Any]:
        """The next answer.

        Raises DeadError, or LateError.
        """
        while True:
            try:
                return self._line(max(self.since + self.limit, time.monotonic() + 1))
            except TimeoutError:
                # On a machine that has other things to do, seconds of work are what counts.
                worked = self._seconds() - self.worked
                if worked >= self.limit or time.monotonic() > self.since + PATIENCE * self.limit:
                    raise self._late() from None

    def panics(self) -> list[str]:
        """Where panics were since it was asked last."""
        return re.findall(r"panicked at (\S+):\d+:", self._said())

    def end(self) -> None:
        """End the process."""
        if self.child is not None:
            self.child.kill()
            self.child.wait()
            for pipe in (self.child.stdin, self.child.stdout, self.errors):
                pipe.close()
        self.child, self.rest = None, b""

    def _start(self) -> None:
        self.errors, self.seen = tempfile.TemporaryFile(), 0  # noqa: SIM115
        single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        environment = {**os.environ, **single, "TMPDIR": self.folder.name}
        self.child = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=environment,
        )
        self._line(time.monotonic() + START)

    def _line(self, end: float) -> dict[str, Any]:
        assert self.child is not None
        assert self.child.stdout is not None
        with selectors.DefaultSelector() as ready:
            ready.register(self.child.stdout, selectors.EVENT_READ)
            while b"\n" not in self.rest:
                if not ready.select(max(0, end - time.monotonic())):
                    raise TimeoutError
                more = os.read(self.child.stdout.fileno(), 1 << 16)
                if not more:
                    raise self._dead()
                self.rest += more
        line, self.rest = self.rest.split(b"\n", 1)
        return json.loads(line)

    def _seconds(self) -> float:
        """Seconds that the process has worked, on all cores; or else those that have passed."""
        assert self.child is not None
        try:
            stat = Path(f"/proc/{self.child.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return time.monotonic()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    def _dead(self) -> DeadError:
        assert self.child is not None
        code = self.child.wait()
        lines = self._said().splitlines()
        self.end()
        said = [line for line in lines if line and "Extension modules" not in line]
        # A traceback, of the fuzzer itself, says at its end what it is about.
        said = said[-3:] if said and said[0].startswith("Traceback") else said[:4]
        return DeadError(f"exit {code}: {' / '.join(said)[:400]}")

    def _late(self) -> LateError:
        """The error with the place that the process is at."""
        assert self.child is not None
        self._said()
        self.child.send_signal(signal.SIGUSR1)
        time.sleep(0.3)
        lines = [line.strip() for line in self._said().splitlines() if "File " in line]
        self.end()
        return LateError(f"more than {self.limit:g} s, at ({' < '.join(lines[:4])})")

    def _said(self) -> str:
        """What it wrote to its error output since it was looked at last."""
        # The child writes where the offset is, which both have in common.
        size = os.fstat(self.errors.fileno()).st_size
        first, self.seen = self.seen, size
        return os.pread(self.errors.fileno(), size - first, first).decode("utf-8", "replace")

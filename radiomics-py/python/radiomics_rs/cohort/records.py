"""Results of cases on disc, each a line with a check, so that nothing finished is lost.

A journal is written by one process alone. Whatever ends that process, the lines before the last one
are whole, and a last one that is torn is told by its check.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, NamedTuple

from radiomics_rs._core import SettingsError

#: How journals are called: of cases that are done, and of those that failed, which are run again.
DONE, FAILED = "done", "failed"
#: Most seconds for which a line is in the hands of the system alone, which a power cut would lose.
SYNC_S = 0.25
#: Hexadecimal digits of a check and of a key.
CHECK, KEY = 8, 64
#: Where a record begins in its line: check, blank, key, blank.
HEAD = CHECK + 1 + KEY + 1


class Place(NamedTuple):
    """Where a record is."""

    journal: str
    offset: int
    length: int


def sealed(data: bytes) -> bytes:
    """A line of data, which holds no line breaks, with its check."""
    return b"%08x %s\n" % (zlib.crc32(data), data)


def opened(line: bytes) -> bytes | None:
    """The data of a line; None for one that is torn or damaged."""
    data = line[CHECK + 1 : -1]
    try:
        sound = line.endswith(b"\n") and int(line[:CHECK], 16) == zlib.crc32(data)
    except ValueError:
        return None
    return data if sound else None


class Journal:
    """A file to which records are added; it is made with the first one."""

    def __init__(self, folder: Path, kind: str, *, sync_s: float = SYNC_S) -> None:
        """A new journal of a kind. `sync_s`: 0 has every record on disc before `add` returns."""
        self.name = f"{kind}-{uuid.uuid4().hex[:12]}.jsonl"
        self._path = folder / self.name
        self._sync_s = sync_s
        self._stream: BinaryIO | None = None
        self._end = 0
        self._synced = 0.0
        self._added = False

    def add(self, key: str, record: dict[str, Any]) -> Place:
        """Add a record under a key; raises OSError naming the journal."""
        text = json.dumps(record, separators=(",", ":"))
        line = sealed(b"%s %s" % (key.encode(), text.encode()))
        try:
            if self._stream is None:
                self._stream = self._path.open("xb", buffering=0)
            if self._stream.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            place = Place(self.name, self._end, len(line))
            self._end += len(line)
            self._added = True
            if time.monotonic() - self._synced >= self._sync_s:
                self.sync()
        except OSError as error:
            number = error.errno or errno.EIO
            raise OSError(number, os.strerror(number), str(self._path)) from error
        return place

    def sync(self) -> None:
        """Have the system put on disc what has been added."""
        if self._stream is not None and self._added:
            os.fsync(self._stream.fileno())
            self._synced, self._added = time.monotonic(), False

    def close(self) -> None:
        """Put on disc what has been added, and end."""
        if self._stream is not None:
            self.sync()
            self._stream.close()
            self._stream = None


class Records:
    """The folder of the records of one table, which one run at a time has."""

    def __init__(self, table: Path) -> None:
        """The folder beside a table; it is made by `lock`."""
        self.folder = table.with_name(f"{table.name}.records")
        self._table = table
        self._lock: BinaryIO | None = None

    def __enter__(self) -> Records:
        """Take the folder; raises SettingsError if another run has it, OSError."""
        self.folder.mkdir(exist_ok=True)
        self._lock = (self.folder / "lock").open("ab")
        if not _locked(self._lock):
            self._lock.close()
            self._lock = None
            raise SettingsError(
                f"another run is writing {self._table}: wait until it has ended, or give another "
                "file for the table"
            )
        # What an earlier run did not come to use.
        for path in [*self.folder.glob(f"{FAILED}-*"), *self.folder.glob("*.part")]:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def index(self) -> dict[str, Place]:
        """Where the records of cases that are done are, by their keys."""
        found: dict[str, Place] = {}
        for path in sorted(self.folder.glob(f"{DONE}-*.jsonl")):
            offset = 0
            with path.open("rb") as stream:
                for line in stream:
                    data = opened(line)
                    if data is not None:
                        key = data[:KEY].decode("ascii", "replace")
                        found[key] = Place(path.name, offset, len(line))
                    offset += len(line)
        return found


class Reader:
    """Reads records of many journals, of which few are open at a time."""

    MOST_OPEN = 64

    def __init__(self, folder: Path) -> None:
        """A reader of the journals of a folder."""
        self._folder = folder
        self._open: dict[str, BinaryIO] = {}

    def read(self, place: Place) -> dict[str, Any]:
        """The record at a place; raises OSError for one that has been damaged meanwhile."""
        stream = self._open.get(place.journal)
        if stream is None:
            if len(self._open) >= self.MOST_OPEN:
                self._open.pop(next(iter(self._open))).close()
            stream = self._open[place.journal] = (self._folder / place.journal).open("rb")
        stream.seek(place.offset)
        data = opened(stream.read(place.length))
        if data is None:
            path = str(self._folder / place.journal)
            raise OSError(errno.EIO, "a record has been changed while the table was made", path)
        record: dict[str, Any] = json.loads(data[KEY + 1 :])
        return record

    def close(self) -> None:
        """Close all journals."""
        for stream in self._open.values():
            stream.close()
        self._open.clear()


def lines_of(path: Path) -> Iterator[bytes]:
    """The data of the sound lines of a file."""
    with path.open("rb") as stream:
        for line in stream:
            data = opened(line)
            if data is not None:
                yield data


def _locked(stream: BinaryIO) -> bool:
    """Whether the lock of the system on a file could be had; it ends with the process."""
    try:
        import fcntl
    except ImportError:
        import msvcrt

        try:
            stream.seek(0)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

"""What a case is known by: the content of its files, not their names, places or times."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from radiomics_rs.cohort.records import lines_of, sealed
from radiomics_rs.io import metaimage, nrrd
from radiomics_rs.io.members import members
from radiomics_rs.io.nifti import SUFFIXES

#: Bytes of a file that are read at a time.
CHUNK = 1 << 20
#: Seconds that a file must have been left alone before its hash is remembered: what is written
#: within one tick of a file system's clock has the time of what was there before.
SETTLED_S = 3.0
NS = 10**9
#: Lines that later ones have replaced, before a file of hashes is written anew.
MOST_OLD = 1000
#: Ends of names that readers go by, those that are read alike together.
FORMS: tuple[tuple[str, ...], ...] = (
    nrrd.ENDINGS,
    metaimage.ENDINGS,
    (".dcm", ".ima", ".dicom"),
    (".tif", ".tiff"),
    (".jpg", ".jpeg"),
    (".h5", ".hdf5"),
    *((one,) for one in (*SUFFIXES, ".gz", ".png", ".bmp", ".vtk", ".mnc", ".mrc", ".rec")),
    *((one,) for one in (".gipl", ".gipl.gz")),
)

Stamp = tuple[str, int, int, int, int]


class Hashed(NamedTuple):
    """The content of what one path leads to."""

    digest: str
    """SHA-256 in hexadecimal digits."""
    stamps: list[Stamp]
    """Path, size, times of the last changes (of content and of anything, ns) and inode of each
    file, and of the folder if it is one."""
    settled: bool
    """Whether the files had been left alone for long enough to be known by their stamps."""


def hashed(path: str) -> Hashed:
    """Read what a path leads to; raises OSError."""
    began = time.time()
    place = Path(path)
    files = members(place)
    folder = place.is_dir()
    stamps = [stamp(str(file)) for file in ([place, *files] if folder else files)]
    digests = [_of_file(file) for file in files]
    if folder:
        # By content: what files of a series are called, or their order, changes nothing.
        digests.sort()
    whole = digests[0] if len(digests) == 1 and not folder else joined(digests)
    newest = max(max(times) / NS for _, _, *times, _ in stamps)
    return Hashed(whole, stamps, newest + SETTLED_S < began)


def stamp(path: str) -> Stamp:
    """What tells without reading whether a file is the one that it was; raises OSError."""
    found = os.stat(path)  # noqa: PTH116 it is called for each file of a cohort
    return path, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def is_as_it_was(stamps: Iterable[Sequence[Any]]) -> bool:
    """Whether files are those that they were."""
    try:
        return all(stamp(one[0])[1:] == tuple(one[1:]) for one in stamps)
    except OSError:
        return False


def joined(parts: Iterable[str]) -> str:
    """One digest of several texts, which tells where one ends and the next begins."""
    return hashlib.sha256(json.dumps(list(parts)).encode()).hexdigest()


def key_of(common: str, case: Sequence[Any], digests: Sequence[str], paths: Iterable[str]) -> str:
    """What a case is known by.

    `common` is a digest of what all cases have in common: settings, options, version. `case` is
    what the case has of its own besides its files, such as its label. Of the `paths` of its files
    there is only what they are read as.
    """
    forms = [form_of(path) for path in paths]
    return joined([common, json.dumps(case), json.dumps(forms), *digests])


def form_of(path: str) -> str:
    """What a file is read as by the end of its name: that of its format, empty for any other.

    Readers go by names as well as by content: the same bytes of another name may be no image.
    """
    name = path.rstrip("/\\").lower()
    found = [(ending, of[0]) for of in FORMS for ending in of if name.endswith(ending)]
    return max(found, key=lambda one: len(one[0]))[1] if found else ""


def _of_file(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as stream:
        while data := stream.read(CHUNK):
            digest.update(data)
    return digest.hexdigest()


class Remembered:
    """Hashes of files, so that those of a finished run need not be read again.

    A line is added for each path that was read, and the last one counts. What is torn or damaged is
    as if it had never been there.
    """

    NAME = "hashes.jsonl"

    def __init__(self, folder: Path) -> None:
        """What is remembered in a folder, that of the records."""
        path = folder / self.NAME
        self._known: dict[str, tuple[str, list[Stamp]]] = {}
        lines = 0
        if path.exists():
            for data in lines_of(path):
                of, digest, stamps = json.loads(data)
                self._known[of] = digest, stamps
                lines += 1
        if lines > 2 * len(self._known) + MOST_OLD:
            aside = path.with_suffix(".part")
            with aside.open("wb") as stream:
                stream.writelines(sealed(_entry(of, *own)) for of, own in self._known.items())
            aside.replace(path)
        self._stream = path.open("ab")
        # A line that was torn off must not take the next one with it.
        self._stream.write(b"\n")

    def of(self, path: str) -> str | None:
        """The hash of a path whose files are as they were; None if it has to be read."""
        known = self._known.get(path)
        return known[0] if known is not None and is_as_it_was(known[1]) else None

    def add(self, path: str, digest: str, stamps: list[Stamp]) -> None:
        """Remember a hash."""
        if self._known.get(path) == (digest, stamps):
            return
        self._known[path] = digest, stamps
        self._stream.write(sealed(_entry(path, digest, stamps)))

    def close(self) -> None:
        """Write what has been added."""
        self._stream.close()


def _entry(path: str, digest: str, stamps: list[Stamp]) -> bytes:
    return json.dumps([path, digest, stamps]).encode()


def size_of(path: str) -> int:
    """Bytes that there are to read of what a path leads to; raises OSError."""
    return sum(file.stat().st_size for file in members(Path(path)))

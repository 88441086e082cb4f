"""Files of cases as volumes: several regions of an image come one after another, and share it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from radiomics_rs.io import Door, Volume, refuse
from radiomics_rs.io.arrays import opened


class Wanted(NamedTuple):
    """A file that is to be read, and what makes a volume of it another one."""

    role: str
    """What messages call it."""
    path: str
    digest: str
    """The hash of its content."""
    channel: int | None = None


class Volumes:
    """Volumes of the last case, with what may be wrong with their files."""

    def __init__(self) -> None:
        """None yet."""
        self._kept: dict[Wanted, tuple[Volume, list[str]]] = {}

    def begin(self, files: Iterable[tuple[str, str]]) -> None:
        """Let go of all but these paths with these hashes, before others take memory beside them.

        The hash alone would keep each of many files of one content, such as a mask for all cases.
        """
        known = set(files)
        kept = self._kept.items()
        self._kept = {one: found for one, found in kept if (one.path, one.digest) in known}

    def forget(self) -> None:
        """Let go of all, as of files that were changed while they were read."""
        self._kept.clear()

    def read(self, wanted: Wanted, remarks: list[str]) -> Volume:
        """The volume of a file; adds to the remarks. Raises as reading does."""
        kept = self._kept.get(wanted)
        if kept is None:
            said: list[str] = []
            door = Door(said.append, refuse)
            volume = opened(wanted.role, wanted.path, door, wanted.channel)
            kept = self._kept[wanted] = volume, said
        remarks += kept[1]
        return kept[0]

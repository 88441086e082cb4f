"""The data elements of a DICOM file, as far as they tell whether it is whole, and what it holds."""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass, field
from pathlib import Path

from radiomics_rs.io.errors import File
from radiomics_rs.io.marks import HEAD, has_mark

TRANSFER_SYNTAX = 0x00020010
PIXEL_DATA = 0x7FE00010
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
UNDEFINED = 0xFFFFFFFF
#: Value representations whose length takes four bytes behind two that are empty.
LONG = {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
IMPLICIT, BIG_ENDIAN = "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
#: Values that are longer are left where they are.
LONGEST = 1 << 16


class UnreadableError(Exception):
    """Elements that make no sense to this reader, which says nothing about the file then."""


@dataclass
class Elements:
    """The short values of a file's outermost elements, by tag, and its pixel data."""

    values: dict[int, bytes] = field(default_factory=dict)
    pixels: tuple[int, int] | None = None
    """Where they begin, and how long they are said to be."""

    def text(self, tag: int) -> str:
        """The value as text, empty if there is none."""
        return self.values.get(tag, b"").decode("latin-1").strip("\0 ")

    def numbers(self, tag: int) -> list[float]:
        """The numbers of a text of them; none if there is one that is no number."""
        try:
            return [float(part) for part in self.text(tag).split("\\") if part.strip()]
        except ValueError:
            return []

    def short(self, tag: int) -> int:
        """A 16-bit number, 0 if there is none."""
        return int.from_bytes(self.values.get(tag, b"")[:2], "little")


def read(file: File) -> Elements | None:
    """The elements up to the pixel data; None if this reader does not understand the file.

    Raises ReadError if an element or the pixel data end behind the end of the file.
    """
    with Path(file.name).open("rb") as stream:
        # An empty file has no map; it has no elements either.
        if file.size == 0:
            return None
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            try:
                return _Walk(file, data).walk()
            except (UnreadableError, struct.error):
                return None


class _Walk:
    def __init__(self, file: File, data: mmap.mmap) -> None:
        self._file, self._data = file, data
        self._at = HEAD if has_mark(data[:HEAD]) else 0
        self._explicit = True
        self._found = Elements()

    def walk(self) -> Elements:
        depth, in_meta = 0, True
        while self._at < len(self._data):
            (group,) = struct.unpack_from("<H", self._data, self._at)
            if in_meta and group != 2:
                in_meta = False
                self._begin()
            tag, representation, length = self._header()
            if depth == 0 and tag == PIXEL_DATA:
                self._found.pixels = self._at, length
                self._check_pixels(length)
                break
            if tag == SEQUENCE_END:
                depth -= 1
            elif length == UNDEFINED:
                # Of items only what sequences are made of counts.
                depth += tag != ITEM
                if representation == b"UN" and self._explicit:
                    raise UnreadableError
            elif tag not in (ITEM, ITEM_END) or length:
                self._value(tag, length, depth)
        return self._found

    def _begin(self) -> None:
        """What comes after the first group is written as that says."""
        syntax = self._found.text(TRANSFER_SYNTAX) or IMPLICIT
        if syntax in (BIG_ENDIAN, DEFLATED):
            raise UnreadableError
        self._explicit = syntax != IMPLICIT

    def _header(self) -> tuple[int, bytes, int]:
        group, element = struct.unpack_from("<HH", self._data, self._at)
        tag = group << 16 | element
        if not self._explicit or group == 0xFFFE:
            (length,) = struct.unpack_from("<I", self._data, self._at + 4)
            self._at += 8
            return tag, b"", length
        representation = self._data[self._at + 4 : self._at + 6]
        if not (representation.isalpha() and representation.isupper()):
            raise UnreadableError
        if representation in LONG:
            (length,) = struct.unpack_from("<I", self._data, self._at + 8)
            self._at += 12
        else:
            (length,) = struct.unpack_from("<H", self._data, self._at + 6)
            self._at += 8
        return tag, representation, length

    def _value(self, tag: int, length: int, depth: int) -> None:
        self._file.require(
            len(self._data), self._at + length, f"element {tag >> 16:04x},{tag & 0xFFFF:04x}"
        )
        if depth == 0 and length <= LONGEST:
            self._found.values[tag] = self._data[self._at : self._at + length]
        self._at += length

    def _check_pixels(self, length: int) -> None:
        if length != UNDEFINED:
            self._file.require(len(self._data), self._at + length)
            return
        # Compressed: pieces, and behind them the mark of their end.
        while True:
            if self._at + 8 > len(self._data):
                self._file.require(len(self._data), self._at + 8, "its compressed pixel data")
            tag, _, length = self._header()
            if tag == SEQUENCE_END:
                return
            if tag != ITEM:
                raise UnreadableError
            self._at += length

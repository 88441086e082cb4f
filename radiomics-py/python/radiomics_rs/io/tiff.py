"""TIFF: whether the pieces of its pictures are there, and whether they are read as they are."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from radiomics_rs._core import RadiomicsError
from radiomics_rs.io.errors import Checked, Door, File

BITS, PHOTOMETRIC, SAMPLES = 258, 262, 277
STRIPS, STRIP_BYTES, TILES, TILE_BYTES = 273, 279, 324, 325
PALETTE = 3
#: Bytes of a value, by the code of its type, and the layouts of whole numbers.
BYTES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    18: 8,
}
NUMBERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
#: Pictures of a file that are looked at: more make a loop of its table of contents.
MOST_PICTURES = 1 << 16


def recognises(head: bytes, _name: str) -> bool:
    """Whether the first bytes are those of a TIFF, old or large."""
    return head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def check(file: File) -> Checked:
    """Check that all pieces of all pictures lie inside of the file.

    Raises ReadError.
    """
    with Path(file.name).open("rb") as stream:
        try:
            pictures = _Directory(stream, file).pictures()
        except (struct.error, OverflowError):
            raise file.error("its table of contents is damaged or cut off") from None
    for picture in pictures:
        for places, lengths in ((STRIPS, STRIP_BYTES), (TILES, TILE_BYTES)):
            for place, length in zip(
                picture.get(places, ()), picture.get(lengths, ()), strict=False
            ):
                file.require(file.size, place + length)
    if not pictures:
        raise file.error("it holds no picture")
    if TILES in pictures[0]:
        raise _unfaithful(file, pictures[0], "in tiles")
    return Checked(_Unchanged(file, pictures[0]))


def _unfaithful(file: File, picture: dict[int, tuple[int, ...]], layout: str) -> RadiomicsError:
    samples, bits = picture.get(SAMPLES, (1,))[0], picture.get(BITS, (1,))[0]
    return file.error(
        f"it has {samples} value(s) of {bits} bits a pixel {layout}, which the reader turns into "
        "8-bit colours: save it in strips without compression (`tiffcp -s -c none`), or convert it "
        "to NRRD or NIfTI"
    )


class _Directory:
    """The tables of contents, one a picture."""

    def __init__(self, stream: BinaryIO, file: File) -> None:
        self._stream, self._file = stream, file
        self._order = "<" if file.head[:2] == b"II" else ">"
        self._large = file.head[2:4] in (b"+\0", b"\0+")

    def _read(self, layout: str, at: int) -> tuple[int, ...]:
        layout = self._order + layout
        self._stream.seek(at)
        return struct.unpack(layout, self._stream.read(struct.calcsize(layout)))

    def pictures(self) -> list[dict[int, tuple[int, ...]]]:
        count, number, entry = ("Q", "Q", 20) if self._large else ("H", "I", 12)
        (at,) = self._read(number, 8 if self._large else 4)
        found: list[dict[int, tuple[int, ...]]] = []
        while at and len(found) < MOST_PICTURES:
            (n,) = self._read(count, at)
            begin = at + struct.calcsize("<" + count)
            found.append(dict(self._entry(begin + k * entry, number) for k in range(min(n, 4096))))
            (at,) = self._read(number, begin + n * entry)
        return found

    def _entry(self, at: int, number: str) -> tuple[int, tuple[int, ...]]:
        """The tag, and its values if they are whole numbers."""
        tag, kind, n = self._read("HH" + number, at)
        place = at + 4 + struct.calcsize("<" + number)
        length = n * BYTES.get(kind, 0)
        if length > struct.calcsize("<" + number):
            (place,) = self._read(number, place)
            self._file.require(self._file.size, place + length)
        layout = NUMBERS.get(kind)
        return tag, () if layout is None else self._read(f"{n}{layout}", place)


@dataclass(frozen=True)
class _Unchanged:
    """What is looked at once the image is read: whether it has the samples that the file has."""

    file: File
    picture: dict[int, tuple[int, ...]]

    def __call__(self, image: Any, _door: Door) -> Any:
        samples = self.picture.get(SAMPLES, (1,))[0]
        given = image.GetNumberOfComponentsPerPixel()
        if samples == given or self.picture.get(PHOTOMETRIC) == (PALETTE,):
            return image
        raise _unfaithful(self.file, self.picture, "in this layout")

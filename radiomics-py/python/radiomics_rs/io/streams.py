"""Compressed data, decompressed once: whether they are whole, and what they hold."""

from __future__ import annotations

import zlib
from pathlib import Path

from radiomics_rs._aside import aside
from radiomics_rs._core import inflate
from radiomics_rs.io.errors import File

GZIP = b"\x1f\x8b"
#: What zlib calls a gzip stream, and one of either kind.
WBITS_GZIP, WBITS_ANY = 31, 47
CHUNK = 1 << 20


def beginning(head: bytes, length: int) -> bytes:
    """The first bytes of what a file holds, given those of the file; fewer if it is damaged."""
    if not head.startswith(GZIP):
        return head[:length]
    made = b""
    # Several streams may follow one another, and the first ones hold less.
    while len(made) < length and head.startswith(GZIP):
        decoder = zlib.decompressobj(WBITS_GZIP)
        try:
            made += decoder.decompress(head, length - len(made))
        except zlib.error:
            break
        head = decoder.unused_data
    return made


def decompressed(
    file: File, expected: int, path: str | None = None, skip: int = 0, most: int | None = None
) -> bytes:
    """The first `expected` bytes that the compressed data of a file make.

    They begin `skip` bytes from the beginning of `path` (of the file itself without one), and
    `most` bytes of it are read, or all. Lengths and checksums are compared to the end.

    Raises ReadError if bytes are missing or damaged.
    """

    def read() -> bytes:
        with Path(path or file.name).open("rb") as stream:
            stream.seek(skip)
            return stream.read() if most is None else stream.read(most)

    data = aside(read)
    # A gzip stream ends in its length: only if that is right, memory is taken for so much.
    is_gzip = data.startswith(GZIP)
    if not is_gzip or int.from_bytes(data[-4:], "little") == expected % 2**32:
        whole = aside(lambda: inflate(data, expected, is_gzip))
        if whole is not None:
            return whole
    return _pieces(file, expected, data)


def _pieces(file: File, expected: int, data: bytes) -> bytes:
    """The same piece by piece: several streams may follow one another."""
    kept: list[bytes] = []
    total, decoder, left = 0, zlib.decompressobj(WBITS_ANY), memoryview(data)
    at = 0
    pending = b""
    while pending or at < len(left):
        if not pending:
            pending = bytes(left[at : at + CHUNK])
            at += len(pending)
        if decoder.eof:
            if not pending.startswith(GZIP):
                # What follows the last stream belongs to nobody.
                break
            decoder = zlib.decompressobj(WBITS_ANY)
        try:
            piece = decoder.decompress(pending, CHUNK)
        except zlib.error:
            raise file.error("its compressed data are damaged: copy or download it again") from None
        if total < expected:
            kept.append(piece)
        total += len(piece)
        pending = decoder.unconsumed_tail or decoder.unused_data
    # An end that is missing may be of the data or of the checksum behind them.
    file.require(total, expected)
    if not decoder.eof:
        raise file.error(
            f"its compressed data end early, after {total} bytes; the file is cut off, copy or "
            "download it again"
        )
    return b"".join(kept)[:expected]

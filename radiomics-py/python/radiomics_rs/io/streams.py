"""Compressed data: how long it is, and whether it is whole."""

from __future__ import annotations

import zlib
from pathlib import Path

from radiomics_rs.io.errors import File

GZIP = b"\x1f\x8b"
#: What zlib calls a gzip stream, and one of either kind.
WBITS_GZIP, WBITS_ANY = 31, 47
CHUNK = 1 << 20


def beginning(head: bytes, length: int) -> bytes:
    """The first bytes of what a file holds, given those of the file; fewer if it is damaged."""
    if not head.startswith(GZIP):
        return head[:length]
    try:
        return zlib.decompressobj(WBITS_GZIP).decompress(head, length)
    except zlib.error:
        return b""


def require_gzip(file: File, expected: int, *, path: str | None = None, skip: int = 0) -> None:
    """Check that a gzip stream from byte `skip` of a file on holds as many bytes as expected.

    The last four bytes of a stream are its length. What ends in another number may be several
    streams one after the other, and is decompressed.

    Raises ReadError saying how many bytes are missing, or that the stream is damaged.
    """
    source = Path(path or file.name)
    with source.open("rb") as stream:
        stream.seek(-4, 2)
        if int.from_bytes(stream.read(4), "little") == expected % 2**32:
            return
    file.require(length(file, source, skip), expected)


def length(file: File, source: Path, skip: int = 0, most: int | None = None) -> int:
    """The number of bytes that the compressed data from byte `skip` of a file on make.

    `most` bytes of the file are read, or all. Raises ReadError if they are damaged or end early.
    """
    total, left = 0, most
    decoder = zlib.decompressobj(WBITS_ANY)
    with source.open("rb") as stream:
        stream.seek(skip)
        data = b""
        while True:
            if not data:
                data = stream.read(CHUNK if left is None else min(CHUNK, left))
                left = None if left is None else left - len(data)
            if not data:
                break
            if decoder.eof:
                if not data.startswith(GZIP):
                    # What follows the last stream belongs to nobody.
                    break
                decoder = zlib.decompressobj(WBITS_ANY)
            try:
                total += len(decoder.decompress(data, CHUNK))
            except zlib.error:
                raise file.error(
                    f"its compressed data are damaged after {total} bytes; copy or download it again"
                ) from None
            data = decoder.unconsumed_tail or decoder.unused_data
    if not decoder.eof:
        raise file.error(
            f"its compressed data end early, after {total} bytes; the file is cut off, copy or "
            "download it again"
        )
    return total

"""PNG, JPEG and BMP: whether they end where they should."""

from __future__ import annotations

from pathlib import Path

from radiomics_rs.io.errors import Checked, File

PNG, JPEG, BMP = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM"
#: The last piece of a PNG, which is empty, with its checksum, and the mark at the end of a JPEG.
PNG_END, JPEG_END = b"IEND\xaeB`\x82", b"\xff\xd9"
#: Bytes behind the end that some programs add.
SLACK = 4096


def recognises(head: bytes, name: str) -> bool:
    """Whether the first bytes are those of such a picture."""
    return head.startswith((PNG, JPEG)) or (head.startswith(BMP) and name.lower().endswith(".bmp"))


def check(file: File) -> Checked:
    """Check that the picture is whole.

    Raises ReadError.
    """
    if file.head.startswith(BMP):
        file.require(file.size, int.from_bytes(file.head[2:6], "little"))
        return Checked()
    with Path(file.name).open("rb") as stream:
        stream.seek(max(0, file.size - SLACK))
        end = stream.read()
    if (PNG_END if file.head.startswith(PNG) else JPEG_END) not in end:
        raise file.error("its end is missing: the file is cut off, copy or download it again")
    return Checked()

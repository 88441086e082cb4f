"""What DICOM files are known by: the mark at their beginning, and classes treated apart."""

from __future__ import annotations

MARK, MARK_AT = b"DICM", 128
#: Bytes up to the end of the mark.
HEAD = MARK_AT + len(MARK)
DOSE = "1.2.840.10008.5.1.4.1.1.481.2"
CONTOURS = "1.2.840.10008.5.1.4.1.1.481.3"
SEGMENTATIONS = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")


def has_mark(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a DICOM one."""
    return head[MARK_AT:HEAD] == MARK

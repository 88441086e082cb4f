"""What is said of a failure, as a cell of a table holds it."""

from __future__ import annotations

import unicodedata

#: Most characters of a reason: a function may put a whole array into its message.
MOST = 1000


def one_line(text: str) -> str:
    """A text in one line of sensible length, without characters that steer a terminal."""
    line = " ".join(text.split())
    more = len(line) - MOST
    line = "".join(map(_shown, line[:MOST]))
    return f"{line}... ({more} more characters)" if more > 0 else line


def _shown(character: str) -> str:
    if unicodedata.category(character) == "Cc":
        return f"\\x{ord(character):02x}"
    return character

"""What memory a case has, and what is said of too little."""

from __future__ import annotations

import re
from typing import NamedTuple

#: What the engine says of its limit, which is what is left for it and not what was given.
LIMIT = re.compile(r"are left of the [^:]* that `memory_mb` allows: ")
MEMORY = "`--memory`, `memory_mb`"


class Share(NamedTuple):
    """Megabytes that a case has been given, and what of it is gone before the engine begins."""

    given_mb: float
    process_mb: float
    images_mb: float

    @property
    def left_mb(self) -> float:
        """What the engine may take; where nothing is left, it is to say how much is needed."""
        return max(self.given_mb - self.process_mb - self.images_mb, 1.0)

    def explained(self, text: str) -> str:
        """The message of an OutOfMemoryError by what was given, and more memory as first remedy."""
        own = (
            f"are left of the {self.given_mb:g} MB given ({MEMORY}), of which the process takes "
            f"{self.process_mb:.0f} MB and the images {self.images_mb:.1f} MB: give more memory; "
            "otherwise "
        )
        return LIMIT.sub(own, text)


def of_machine(text: str, *, alone: bool) -> str:
    """The same where nobody has set a limit: what the machine has is shared by all jobs."""
    cause, colon, remedy = text.rpartition(": ")
    if alone or not colon:
        return text
    return f"{cause}: give fewer jobs (`-j`, `jobs`), which share it; otherwise {remedy}"


def scarce(memory_mb: float, jobs: int, few: int, cases: int, least_mb: float) -> str:
    """What is said before a run in which `few` of so many cases have less than `least_mb` left."""
    of = "all" if few == cases else f"{few} of the {cases}"
    begin = f"{memory_mb:g} MB ({MEMORY})"
    if jobs == 1:
        return (
            f"{begin} leave less than {least_mb:.0f} MB for what is computed of {of} cases, beside "
            "their process and images: give more memory"
        )
    return (
        f"{begin} for {jobs} jobs are {memory_mb / jobs:.0f} MB for each, which leave less than "
        f"{least_mb:.0f} MB for what is computed of {of} cases, beside their process and images: "
        "what needs more is tried again when no other case is at work; give more memory, or fewer "
        "jobs"
    )

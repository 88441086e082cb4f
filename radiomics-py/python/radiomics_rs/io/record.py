"""What a reader decided on the way from files to voxels, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Decision:
    """One step on the way from a file to voxels."""

    step: str
    """What was decided, a name such as "series", "spacing" or "suv"."""
    text: str
    """The decision as a sentence."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Its numbers and names: what can be written as JSON."""


@dataclass(frozen=True)
class Record:
    """The decisions of a reader, in order; `str` shows a line each."""

    decisions: tuple[Decision, ...] = ()

    def with_step(self, step: str, text: str, **values: Any) -> Record:
        """This record and one more decision."""
        return Record((*self.decisions, Decision(step, text, values)))

    def __add__(self, later: Record) -> Record:
        return Record(self.decisions + later.decisions)

    def __iter__(self) -> Iterator[Decision]:
        return iter(self.decisions)

    def __len__(self) -> int:
        return len(self.decisions)

    def __getitem__(self, step: str) -> Decision:
        """The last decision of a name; raises KeyError."""
        for decision in reversed(self.decisions):
            if decision.step == step:
                return decision
        raise KeyError(f"{step}: the record has {', '.join(d.step for d in self.decisions)}")

    def to_list(self) -> list[dict[str, Any]]:
        """The decisions as dictionaries, for JSON."""
        return [{"step": d.step, "text": d.text, **d.values} for d in self.decisions]

    def __str__(self) -> str:
        return "\n".join(f"{d.step}: {d.text}" for d in self.decisions)

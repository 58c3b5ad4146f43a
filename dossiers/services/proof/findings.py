"""What the proof says: lines for the person who runs the portal, each with its weight."""

from dataclasses import dataclass
from enum import Enum


class Weight(Enum):
    """How grave a line is."""

    FAULT = "fault"  # something was changed, removed or is missing
    UNCHECKED = "cannot check"  # the proof lacks something it needs; nothing is said about the matter
    NOTE = "note"  # how far the proof reaches


@dataclass(frozen=True, slots=True)
class Finding:
    """One line."""

    weight: Weight
    text: str

    def __str__(self) -> str:
        return f"{self.weight.value}: {self.text}"


def fault(text: str) -> Finding:
    """A line about something that is wrong."""
    return Finding(Weight.FAULT, text)


def unchecked(text: str) -> Finding:
    """A line about something nothing can be said of."""
    return Finding(Weight.UNCHECKED, text)


def note(text: str) -> Finding:
    """A line about the reach of the proof."""
    return Finding(Weight.NOTE, text)

"""Quarters, as people write them and as addresses have them. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.clock import Month
from portal.text import clean, fold

_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_LABELS: Final = ("I", "II", "III", "IV")
_SAID: Final = re.compile(r"(?:quy |q)?(iv|i{1,3}|[1-4]) (?:nam )?(\d{4})|(\d{4}) ?q([1-4])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Quarter:
    """Three months of a year."""

    year: int
    place: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter of a day."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Read `2026-Q3`, `Q3/2026`, `quý III/2026`, `3/2026`; ValueError when it is none."""
        found = _SAID.fullmatch(fold(clean(text))) if len(text) < 30 else None
        if not found:
            raise ValueError(text)
        year, place = (found[2], found[1]) if found[1] else (found[3], found[4])
        if not 2000 <= int(year) <= 2100:
            raise ValueError(text)
        return cls(int(year), _ROMAN[place])

    @property
    def months(self) -> tuple[Month, ...]:
        """Its months in order."""
        return tuple(Month(self.year, self.place * 3 - 2 + step) for step in range(3))

    @property
    def first_day(self) -> date:
        """Its first day."""
        return self.months[0].first_day

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.months[-1].last_day

    @property
    def previous(self) -> "Quarter":
        """The one before."""
        return Quarter.of(self.months[0].previous.first_day)

    @property
    def next(self) -> "Quarter":
        """The one after."""
        return Quarter.of(self.months[-1].next.first_day)

    @property
    def label(self) -> str:
        """`III/2026`, as officials write it."""
        return f"{_LABELS[self.place - 1]}/{self.year}"

    def __str__(self) -> str:
        return f"{self.year:04d}-Q{self.place}"

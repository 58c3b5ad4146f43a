"""Rules of what follows a missed target: how long an explanation may take, and the dated list of causes.

The days are ours (docs/law.md); the list of causes is data, so that a locality changes it without a programmer.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from portal.worktime import WorkCalendar

EXPLAIN_DAYS: Final = 5  # working days from the closing
AGAIN_DAYS: Final = 3  # working days after an explanation came back
# Counted from the first of the month: a month closed later than this (old books brought in) asks nobody to explain.
ASKED_WITHIN: Final = timedelta(days=92)
_CAUSES: Final = Path(__file__).parents[1] / "data" / "miss_causes.json"


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause of a miss, on the list from a day on, until a day or for good."""

    code: str
    label: str
    valid_from: date
    valid_to: date | None


@cache
def causes() -> Mapping[str, Cause]:
    """Every cause that was ever on the list, by code."""
    rows = json.loads(_CAUSES.read_text(encoding="utf-8"))
    return {
        row["code"]: Cause(
            row["code"],
            row["label"],
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row.get("valid_to") else None,
        )
        for row in rows
    }


def causes_on(day: date) -> list[Cause]:
    """The list of a day, in its order."""
    return [one for one in causes().values() if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)]


def workdays_after(day: date, count: int, calendar: WorkCalendar) -> date:
    """The working day that comes `count` working days after a day."""
    for _day in range(count):
        day = calendar.next_workday(day)
    return day

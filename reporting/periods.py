"""Which days a basis covers in a month, as the parameters of the indicators' SQL. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from portal import clock
from portal.clock import Month
from reporting.enums import Basis


@dataclass(frozen=True, slots=True)
class Period:
    """A month as far as it was counted, and since when the basis looks back."""

    since: datetime
    month_start: datetime
    end: datetime
    first_day: date
    month_first_day: date
    last_day: date

    def parameters(self) -> dict[str, Any]:
        """What the SQL of reporting.indicators asks for."""
        # On the period's last day a promise for that day is missed only when the day is over.
        late_before = clock.at(clock.local(self.end).date(), time.min)
        return {
            "since": self.since,
            "month_start": self.month_start,
            "end": self.end,
            "first_day": self.first_day,
            "month_first_day": self.month_first_day,
            "last_day": self.last_day,
            "late_before": late_before,
        }


def period(month: Month, basis: str, counted_until: datetime) -> Period:
    """The days a basis covers in a month, as far as they were counted; cumulative begins on 1 January."""
    first = month if basis == Basis.MONTH else Month(month.year, 1)
    start, end = month.bounds
    last_day = min(month.last_day, clock.local(counted_until).date())
    return Period(first.bounds[0], start, min(end, counted_until), first.first_day, month.first_day, last_day)

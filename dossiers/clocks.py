"""Working calendars of units for screens that show time left; kept a minute per process, so lists ask for few rows.

Only for showing. Services that promise a time ask accounts.calendars themselves.
"""

from collections.abc import Iterable
from datetime import date, datetime

from accounts.calendars import calendar_for, calendars_for
from accounts.models import OrgUnit
from accounts.queries import standing_for
from dossiers import supplement_days
from portal import worktime
from portal.kept import Kept
from portal.worktime import WorkCalendar

SOON_MINUTES = 8 * 60  # one working day

_kept: Kept[int, WorkCalendar] = Kept()
_standing: Kept[int, WorkCalendar] = Kept()


def calendar_of(unit: OrgUnit) -> WorkCalendar:
    """Give the calendar of a unit, at most a minute old."""
    return _kept.one(unit.pk, lambda: calendar_for(unit))


def forget() -> None:
    """Drop what is kept (tests, and after a calendar was edited in this process)."""
    _kept.forget()
    _standing.forget()


def calendar_standing_for(unit_id: int) -> WorkCalendar:
    """The calendar of the unit that does the work of this one today, at most a minute old."""
    return _standing.one(unit_id, lambda: _read_standing(unit_id))


def last_day(answer_by: date, unit_id: int) -> date:
    """The day at whose end a supplement request of a desk is over, as pages say it."""
    return supplement_days.last_day(answer_by, calendar_standing_for(unit_id))


def _read_standing(unit_id: int) -> WorkCalendar:
    standing = standing_for([unit_id]).get(unit_id, unit_id)
    return calendars_for([standing])[standing]


def calendars(units: Iterable[OrgUnit]) -> dict[int, WorkCalendar]:
    """Calendars of several units, by unit id."""
    return {unit.pk: calendar_of(unit) for unit in units}


def minutes_left(now: datetime, due_at: datetime | None, calendar: WorkCalendar | None) -> int | None:
    """Working minutes until a due time, below zero when late; None without due time or calendar.

    Past the due time it is late, also before the office opens again: lists and figures count it so.
    """
    if due_at is None or calendar is None:
        return None
    left = worktime.left(now, due_at, calendar)
    return -1 if left == 0 and now > due_at else left


def soon_until(now: datetime, calendar: WorkCalendar) -> datetime:
    """Until when a due time counts as near: within one working day."""
    return worktime.add_minutes(now, SOON_MINUTES, calendar)

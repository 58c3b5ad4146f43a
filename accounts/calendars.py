"""The working calendar of a unit as portal.worktime wants it: nearest own calendar, days inherited from above."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db.models import Q

from accounts.enums import DayKind
from accounts.models import Calendar, DayOff, OrgUnit
from accounts.queries import ancestor_ids
from portal.worktime import Window, WorkCalendar

MONDAY = 1


def calendar_for(unit: OrgUnit) -> WorkCalendar:
    """Build the calendar of a unit.

    Weekly hours and cut-off come from the nearest calendar up the tree (the root calendar has no unit);
    exceptional days are merged from the root down, so a unit may override a day of its city. A make-up day has
    Monday's hours.
    """
    chain = _calendars_up(unit)
    if not chain:
        message = "no calendar: run seed_demo or create the root calendar"
        raise LookupError(message)
    weekly = _weekly(chain[0].weekly)
    usual = weekly.get(MONDAY) or next(iter(weekly.values()), ())
    merged = {row.day: row for row in merged_days(chain)}
    return WorkCalendar(
        weekly=weekly,
        days_off=frozenset(day for day, row in merged.items() if row.kind == DayKind.OFF),
        extra_days={day: usual for day, row in merged.items() if row.kind == DayKind.WORKDAY},
        cutoff=chain[0].cutoff,
        names={day: row.name for day, row in merged.items()},
    )


def hours_of(unit: OrgUnit) -> tuple[dict[str, Any], time | None]:
    """Weekly hours and cut-off in force for a unit, in stored form."""
    chain = _calendars_up(unit)
    return (chain[0].weekly, chain[0].cutoff) if chain else ({}, None)


@dataclass(frozen=True, slots=True)
class CalendarView:
    """What the administration screen shows of a unit's calendar and where each part comes from."""

    own: Calendar | None
    hours_from: Calendar
    days: list[DayOff]


def view_of(unit: OrgUnit | None, year: int) -> CalendarView | None:
    """The calendar of a unit (or of all) with a year's days; None when not even the root calendar exists."""
    chain = _calendars_up(unit) if unit else _root()
    if not chain:
        return None
    own = chain[0] if chain[0].unit_id == (unit.pk if unit else None) else None
    days = [row for row in merged_days(chain) if row.day.year == year]
    return CalendarView(own=own, hours_from=chain[0], days=days)


def merged_days(chain: list[Calendar]) -> list[DayOff]:
    """Exceptional days in force, by date; the nearest calendar's entry for a day wins."""
    found: dict[date, DayOff] = {}
    for calendar in reversed(chain):
        for row in calendar.days.all():
            found[row.day] = row
    return [found[day] for day in sorted(found)]


def _calendars_up(unit: OrgUnit) -> list[Calendar]:
    """Calendars from the unit's own up to the one of all units: three queries, for it stands in every act of the desk."""
    order = {unit_id: place for place, unit_id in enumerate(ancestor_ids(unit.pk))}
    rows = Calendar.objects.filter(Q(unit_id__in=order) | Q(unit__isnull=True)).prefetch_related("days").order_by("pk")
    own = sorted((row for row in rows if row.unit_id), key=lambda row: order[row.unit_id])
    return own + [row for row in rows if row.unit_id is None][:1]


def _root() -> list[Calendar]:
    return list(Calendar.objects.filter(unit__isnull=True).prefetch_related("days").order_by("pk")[:1])


def _weekly(stored: Mapping[str, Any]) -> dict[int, tuple[Window, ...]]:
    return {
        int(weekday): tuple(Window(time.fromisoformat(start), time.fromisoformat(end)) for start, end in windows)
        for weekday, windows in stored.items()
    }

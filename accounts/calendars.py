"""The working calendar of a unit as portal.worktime wants it: nearest own calendar, days inherited from above."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from accounts.enums import DayKind
from accounts.models import Calendar, OrgUnit
from accounts.queries import ancestors
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
    days_off: set[date] = set()
    extra: dict[date, tuple[Window, ...]] = {}
    for calendar in reversed(chain):
        for day in calendar.days.all():
            days_off.discard(day.day)
            extra.pop(day.day, None)
            if day.kind == DayKind.OFF:
                days_off.add(day.day)
            else:
                extra[day.day] = weekly.get(MONDAY, ())
    return WorkCalendar(weekly=weekly, days_off=frozenset(days_off), extra_days=extra, cutoff=chain[0].cutoff)


def _calendars_up(unit: OrgUnit) -> list[Calendar]:
    order = {found.pk: place for place, found in enumerate(ancestors(unit))}
    rows = list(Calendar.objects.filter(unit_id__in=order).prefetch_related("days"))
    rows.sort(key=lambda row: order[row.unit_id])
    return rows + list(Calendar.objects.filter(unit__isnull=True).prefetch_related("days").order_by("pk")[:1])


def _weekly(stored: Mapping[str, Any]) -> dict[int, tuple[Window, ...]]:
    return {
        int(weekday): tuple(Window(time.fromisoformat(start), time.fromisoformat(end)) for start, end in windows)
        for weekday, windows in stored.items()
    }

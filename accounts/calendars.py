"""The working calendar of a unit as portal.worktime wants it: nearest own calendar, days inherited from above.

Asked for by every act that promises a time. One statement finds which calendars a unit rests on and in which version;
what a version says never changes and is kept by the process, so that mostly nothing more is asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db import connection
from django.db.models import Q, Value
from django.db.models.functions import JSONObject

from accounts.enums import DayKind
from accounts.models import Calendar, DayOff, OrgUnit
from accounts.queries import ancestor_ids
from portal.db import lock_key
from portal.worktime import Window, WorkCalendar

MONDAY = 1


KEPT = 512  # a calendar with three years of days is some kilobytes
ATTEMPTS = 5  # an edit between the two statements shows as a version that was not read

CHAINS = """
    WITH RECURSIVE up(unit_id, id, parent_id, depth) AS (
        SELECT id, id, parent_id, 0 FROM accounts_orgunit WHERE id IN ({units})
        UNION ALL
        SELECT up.unit_id, u.id, u.parent_id, depth + 1 FROM accounts_orgunit u JOIN up ON u.id = up.parent_id
    )
    SELECT up.unit_id, c.id, c.version, c.updated_at
    FROM accounts_calendar c LEFT JOIN up ON up.id = c.unit_id
    WHERE up.unit_id IS NOT NULL OR c.unit_id IS NULL
    ORDER BY depth NULLS LAST, c.id
"""
RESTING = """
    WITH RECURSIVE own(unit_id) AS (
        SELECT c.unit_id FROM accounts_calendar c
        WHERE c.unit_id IS NOT NULL AND c.unit_id IS DISTINCT FROM %(unit)s::bigint AND (
            %(day)s::date IS NULL
            OR EXISTS (SELECT 1 FROM accounts_dayoff d WHERE d.calendar_id = c.id AND d.day = %(day)s::date)
        )
    ), below(id) AS (
        SELECT u.id FROM accounts_orgunit u
        WHERE (u.id = %(unit)s::bigint OR (%(unit)s::bigint IS NULL AND u.parent_id IS NULL))
          AND u.id NOT IN (SELECT unit_id FROM own)
        UNION ALL
        SELECT u.id FROM accounts_orgunit u JOIN below b ON u.parent_id = b.id
        WHERE u.id NOT IN (SELECT unit_id FROM own)
    )
    SELECT id FROM below ORDER BY id
"""
HOLD = "SELECT pg_advisory_xact_lock_shared({key}); "  # a statement of its own: the next one sees what it waited for
EDITING = "calendars"  # the advisory lock: shared by acts that promise, taken alone by whoever edits

Stamp = tuple[int, int, datetime]  # id, version and last change of a calendar: what it says is fixed by these

_kept: dict[Stamp, "_Content"] = {}
_built: dict[tuple[Stamp, ...], WorkCalendar] = {}


@dataclass(frozen=True, slots=True)
class _Content:
    """What one version of a stored calendar says."""

    weekly: Mapping[str, Any]
    cutoff: time | None
    days: tuple[tuple[date, str, str], ...]  # day, kind, name


def calendar_for(unit: OrgUnit, *, hold: bool = False) -> WorkCalendar:
    """Build the calendar of a unit; see `calendars_for`."""
    return calendars_for([unit.pk], hold=hold)[unit.pk]


def calendars_for(unit_ids: Iterable[int], *, hold: bool = False) -> dict[int, WorkCalendar]:
    """Build the calendars of units, by unit id, in one statement (two when a version is seen for the first time).

    Weekly hours and cut-off come from the nearest calendar up the tree (the root calendar has no unit);
    exceptional days are merged from the root down, so a unit may override a day of its city. A make-up day has
    Monday's hours. `hold`: nobody can edit these calendars until the caller's transaction ends, so that what is
    promised by them and what an edit finds promised cannot miss each other.
    Raises LookupError when there is no calendar at all.
    """
    wanted = list(dict.fromkeys(unit_ids))
    if not wanted:
        return {}
    for _attempt in range(ATTEMPTS):
        chains = _chains(wanted, hold=hold)
        if not all(chains.values()):
            raise LookupError("no calendar: run seed_demo or create the root calendar")
        contents = _contents({stamp for chain in chains.values() for stamp in chain})
        if contents is not None:
            return {unit_id: _calendar(tuple(chain), contents) for unit_id, chain in chains.items()}
    raise LookupError("the calendars change faster than they can be read")


def forget() -> None:
    """Drop what the process keeps (tests)."""
    _kept.clear()
    _built.clear()


def hours_of(unit: OrgUnit) -> tuple[dict[str, Any], time | None]:
    """Weekly hours and cut-off in force for a unit, in stored form."""
    chain = _calendars_up(unit)
    return (chain[0].weekly, chain[0].cutoff) if chain else ({}, None)


def resting_units(unit_id: int | None, *, day: date | None) -> list[int]:
    """Units whose time changes with a calendar (None: the one of all units), down the tree to where another says so.

    `day`: only that day changes, so a unit with an entry of its own for it, and what lies below, is not meant. None: the
    hours change, so a unit with a calendar of its own is not meant.
    """
    with connection.cursor() as cursor:
        cursor.execute(RESTING, {"unit": unit_id, "day": day})
        return [row[0] for row in cursor.fetchall()]


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
    own = sorted((row for row in rows if row.unit_id), key=lambda row: order[row.unit_id or 0])
    return own + [row for row in rows if row.unit_id is None][:1]


def _root() -> list[Calendar]:
    return list(Calendar.objects.filter(unit__isnull=True).prefetch_related("days").order_by("pk")[:1])


def _chains(unit_ids: list[int], *, hold: bool) -> dict[int, list[Stamp]]:
    """Stamps of the calendars each unit rests on, nearest first, the one of all units last."""
    wanted = ", ".join(str(int(unit_id)) for unit_id in unit_ids)  # no parameters: two statements go in one message
    with connection.cursor() as cursor:
        if hold:
            cursor.execute(HOLD.format(key=lock_key(EDITING)) + CHAINS.format(units=wanted))
            cursor.nextset()
        else:
            cursor.execute(CHAINS.format(units=wanted))
        rows = cursor.fetchall()
    root = [row[1:] for row in rows if row[0] is None][:1]
    return {unit_id: [row[1:] for row in rows if row[0] == unit_id] + root for unit_id in unit_ids}


def _contents(stamps: set[Stamp]) -> dict[Stamp, _Content] | None:
    """What the calendars of these stamps say; None when one was edited meanwhile, and the stamps are old."""
    found = {stamp: content for stamp in stamps if (content := _kept.get(stamp)) is not None}
    if len(found) < len(stamps):
        found |= _read([stamp[0] for stamp in stamps - found.keys()])
    return found if found.keys() >= stamps else None


def _read(keys: list[int]) -> dict[Stamp, _Content]:
    """Read calendars, each with its days in one statement: another version of the days cannot slip in between."""
    one = JSONObject(day="days__day", kind="days__kind", name="days__name")
    listed = JSONBAgg(one, filter=Q(days__isnull=False), default=Value([]))
    found = {}
    for row in Calendar.objects.filter(pk__in=keys).annotate(listed=listed):
        days = tuple((date.fromisoformat(day["day"]), day["kind"], day["name"]) for day in row.listed)
        found[row.pk, row.version, row.updated_at] = _Content(row.weekly, row.cutoff, days)
    if len(_kept) + len(found) > KEPT or len(_built) > KEPT:
        forget()
    _kept.update(found)
    return found


def _calendar(chain: tuple[Stamp, ...], contents: Mapping[Stamp, _Content]) -> WorkCalendar:
    found = _built.get(chain)
    if found is None:
        found = _built[chain] = _build([contents[stamp] for stamp in chain])
    return found


def _build(chain: list[_Content]) -> WorkCalendar:
    weekly = _weekly(chain[0].weekly)
    usual = weekly.get(MONDAY) or next(iter(weekly.values()), ())
    merged = {day: (kind, name) for content in reversed(chain) for day, kind, name in content.days}
    return WorkCalendar(
        weekly=weekly,
        days_off=frozenset(day for day, (kind, _name) in merged.items() if kind == DayKind.OFF),
        extra_days={day: usual for day, (kind, _name) in merged.items() if kind == DayKind.WORKDAY},
        cutoff=chain[0].cutoff,
        names={day: name for day, (_kind, name) in merged.items()},
    )


def _weekly(stored: Mapping[str, Any]) -> dict[int, tuple[Window, ...]]:
    return {
        int(weekday): tuple(Window(time.fromisoformat(start), time.fromisoformat(end)) for start, end in windows)
        for weekday, windows in stored.items()
    }

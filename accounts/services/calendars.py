"""Verbs on working calendars: weekly hours, cut-off, days off and make-up days of a unit or of all."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from itertools import pairwise

from django.contrib.admin.models import ADDITION, CHANGE, DELETION
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.calendars import EDITING, hours_of, resting_units
from accounts.enums import DayKind
from accounts.models import Calendar, DayOff, OrgUnit, User
from accounts.promises import Edit, settle
from accounts.services.audit import record
from portal import clock
from portal.db import advisory_lock
from portal.errors import UserError
from portal.text import clean

Pairs = Sequence[tuple[time, time]]
DAY, CALENDAR = "day", "calendar"


@transaction.atomic
def set_hours(
    *, by: User | None, unit_id: int | None, weekly: Mapping[int, Pairs], cutoff: time | None, decision: str = ""
) -> Calendar:
    """Set the weekly hours and the cut-off of a unit (of all units when `unit_id` is None), in a calendar of its own.

    `decision`: what becomes of open promises that rest on the calendar, a CalendarChoice. Raises
    UserError when a window ends before it starts, windows overlap, or no day is worked; DecisionNeededError.
    """
    stored = {str(day): _checked(pairs) for day, pairs in sorted(weekly.items()) if pairs}
    if not stored:
        raise UserError(_("Lịch phải có ít nhất một ngày làm việc trong tuần."))
    calendar = _own(unit_id)
    if (calendar.weekly, calendar.cutoff) != (stored, cutoff):
        words = _("Đổi giờ làm việc của lịch “%(name)s”") % {"name": calendar.name}
        settle(by, _edit(unit_id, words, first_day=clock.today(), last_day=None, stops_at=CALENDAR), decision)
    calendar.weekly, calendar.cutoff = stored, cutoff
    calendar.save(update_fields=["weekly", "cutoff", "updated_at"])
    record(by=by, flag=CHANGE, thing=calendar, event="calendar.hours", unit=unit_id, cutoff=cutoff)
    return calendar


@transaction.atomic
def put_day(
    *, by: User | None, unit_id: int | None, day: date, kind: str, name: str, note: str = "", decision: str = ""
) -> DayOff:
    """Make a day off, or a working day that makes up for one, for a unit and those below it. Replaces the day's entry.

    Raises UserError; DecisionNeededError when open promises rest on the day and `decision` says nothing of them.
    """
    if kind not in DayKind.values:
        raise UserError(_("Loại ngày không có trong danh mục. Vui lòng chọn lại."), field="kind")
    if not clean(name):
        raise UserError(_("Hãy ghi tên ngày, ví dụ “nghỉ bù Giỗ Tổ”."), field="name")
    calendar = _own(unit_id)
    settle(by, _day_edit(unit_id, day, f"{DayKind(kind).label} {day:%d/%m/%Y}: {clean(name)}"), decision)
    row, made = DayOff.objects.update_or_create(
        calendar=calendar, day=day, defaults={"kind": kind, "name": clean(name)[:120], "note": clean(note)[:200]}
    )
    record(by=by, flag=ADDITION if made else CHANGE, thing=row, event="calendar.day", unit=unit_id, day=day, kind=kind)
    return row


@transaction.atomic
def remove_day(*, by: User | None, day_id: int, decision: str = "") -> None:
    """Take an entry out of a calendar; the day is then what the calendar above and the week say.

    Raises DecisionNeededError when open promises rest on the day and `decision` says nothing of them.
    """
    row = DayOff.objects.get(pk=day_id)
    row.calendar = _own(DayOff.objects.values_list("calendar__unit_id", flat=True).get(pk=day_id))
    words = _("Bỏ ngày %(day)s (%(name)s) khỏi lịch") % {"day": f"{row.day:%d/%m/%Y}", "name": row.name}
    settle(by, _day_edit(row.calendar.unit_id, row.day, words), decision)
    record(by=by, flag=DELETION, thing=row, event="calendar.day_removed", unit=row.calendar.unit_id, day=row.day)
    row.delete()


@transaction.atomic
def drop_calendar(*, by: User | None, unit_id: int, decision: str = "") -> None:
    """Let a unit go back to the hours and days of the unit above it.

    Raises UserError; DecisionNeededError when open promises rest on the calendar and `decision` says nothing of them.
    """
    if not Calendar.objects.filter(unit_id=unit_id).exists():
        raise UserError(_("Đơn vị này đang dùng lịch của cấp trên, không có lịch riêng để bỏ."))
    calendar = _own(unit_id)
    words = _("Bỏ lịch riêng “%(name)s”, dùng lịch cấp trên") % {"name": calendar.name}
    settle(by, _edit(unit_id, words, first_day=clock.today(), last_day=None, stops_at=CALENDAR), decision)
    record(by=by, flag=DELETION, thing=calendar, event="calendar.dropped", unit=unit_id)
    calendar.delete()


def _own(unit_id: int | None) -> Calendar:
    """The unit's own calendar, made with the hours it has had from above when there is none.

    Until the transaction ends nobody promises a time and nobody else edits: what is found promised is all there is.
    """
    with advisory_lock(EDITING):
        known = Calendar.objects.filter(unit_id=unit_id).order_by("pk").first()
    if known is not None:
        return known
    if unit_id is None:
        return Calendar.objects.create(name=str(_("Lịch làm việc chung")), weekly={})
    unit = OrgUnit.objects.get(pk=unit_id)
    weekly, cutoff = hours_of(unit)
    return Calendar.objects.create(unit=unit, name=unit.name[:120], weekly=weekly, cutoff=cutoff)


def _day_edit(unit_id: int | None, day: date, words: str) -> Edit:
    return _edit(unit_id, words, first_day=day, last_day=day, stops_at=DAY)


def _edit(unit_id: int | None, words: str, *, first_day: date, last_day: date | None, stops_at: str) -> Edit:
    """The edit with the units whose time it changes: everything below, down to calendars that say otherwise."""
    units = resting_units(unit_id, day=first_day if stops_at == DAY else None)
    return Edit(unit_id, tuple(units), words[:300], first_day, last_day)


def _checked(pairs: Pairs) -> list[list[str]]:
    ordered = sorted(pairs)
    for begin, end in ordered:
        if end <= begin:
            raise UserError(_("Giờ kết thúc phải sau giờ bắt đầu trong từng buổi."))
    for (_begin, end), (begin, _end) in pairwise(ordered):
        if begin < end:
            raise UserError(_("Các buổi làm việc trong ngày bị chồng giờ. Vui lòng sửa lại."))
    return [[f"{begin:%H:%M}", f"{end:%H:%M}"] for begin, end in ordered]

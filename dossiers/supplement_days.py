"""The last day of a supplement request: how far away it may lie, when it is over, when it is called to mind.

Dated rules and arithmetic of days; no database. Asked when a day is named, by the sweep that ends what was not answered,
and by pages.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from portal.errors import UserError
from portal.worktime import WorkCalendar

FIELD = "answer_by"
REMIND_BEFORE = (3, 1)  # working days before the last day


@dataclass(frozen=True, slots=True)
class Longest:
    """How many days a request may wait at most, from a day on, and on what ground."""

    valid_from: date
    days: int
    ground: str


# NĐ 61/2018 Art. 17 and 19 have the desk name a day and set no general upper limit. Ours, so that no dossier stands for ever.
LONGEST = (Longest(date.min, 60, "NĐ 61/2018/NĐ-CP, Điều 17, Điều 19"),)


@dataclass(frozen=True, slots=True)
class ToAsk:
    """How soon after reception a dossier under way may be asked for more, from a day on, and on what ground."""

    valid_from: date
    working_days: int
    ground: str


# "không quá 03 ngày làm việc kể từ ngày tiếp nhận"; special law may say otherwise, so it is told and stops nothing.
TO_ASK = (ToAsk(date.min, 3, "NĐ 61/2018/NĐ-CP, Điều 19 khoản 4"),)


def to_ask(received_on: date) -> ToAsk:
    """The rule for a dossier received on a day."""
    return max((row for row in TO_ASK if row.valid_from <= received_on), key=lambda row: row.valid_from)


def ask_until(received_on: date, cal: WorkCalendar) -> date:
    """The last day on which a dossier received on a day should be asked for more."""
    found = received_on
    for _number in range(to_ask(received_on).working_days):
        found = cal.next_workday(found)
    return found


def latest(today: date) -> date:
    """The last day that may be named today."""
    rule = max((row for row in LONGEST if row.valid_from <= today), key=lambda row: row.valid_from)
    return today + timedelta(days=rule.days)


def refuse_unfit(answer_by: date, today: date, cal: WorkCalendar) -> None:
    """Raise UserError for a day that is past, too far away, or no working day of the desk."""
    if answer_by <= today:
        raise UserError(_("Hạn bổ sung phải sau ngày hôm nay."), field=FIELD)
    if answer_by > latest(today):
        words = {"day": f"{latest(today):%d/%m/%Y}", "days": (latest(today) - today).days}
        raise UserError(_("Hạn bổ sung không quá %(days)s ngày, chậm nhất là ngày %(day)s.") % words, field=FIELD)
    if not cal.is_workday(answer_by):
        words = {"day": f"{answer_by:%d/%m/%Y}", "next": f"{cal.next_workday(answer_by):%d/%m/%Y}"}
        raise UserError(
            _("Ngày %(day)s là ngày nghỉ. Hãy chọn ngày làm việc, ví dụ ngày %(next)s.") % words, field=FIELD
        )


def last_day(answer_by: date, cal: WorkCalendar) -> date:
    """The day at whose end a request is over: the day named, or the next working day when it has become a day off.

    Civil Code 2015 Art. 148: a term ends with the last hour of its last day; one that ends on a day off ends with the
    next working day.
    """
    return answer_by if cal.is_workday(answer_by) else cal.next_workday(answer_by)


def is_over(answer_by: date, today: date, cal: WorkCalendar) -> bool:
    """Tell whether the last day has passed."""
    return today > last_day(answer_by, cal)


def reminder(answer_by: date, asked_on: date, today: date, cal: WorkCalendar) -> int | None:
    """The reminder whose turn it is, named by its working days before the last day; None: none is due today.

    None on the day of the request itself, which said the day.
    """
    last = last_day(answer_by, cal)
    if not asked_on < today <= last:
        return None
    return next((before for before in reversed(REMIND_BEFORE) if today >= _workdays_before(last, before, cal)), None)


def _workdays_before(day: date, count: int, cal: WorkCalendar) -> date:
    found = day
    while count:
        found -= timedelta(days=1)
        count -= cal.is_workday(found)
    return found

"""Lateness before it happens: when it is asked about, until when a letter of apology goes, which date a letter may name.

Dated rules and arithmetic over the stretches of a clock; no query. Asked by the verbs of the letter, by the sweep that warns
and by pages.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from dossiers import promise
from dossiers.enums import RUNNING, SegmentKind
from dossiers.models.clock import ClockSegment
from portal import clock, worktime
from portal.errors import UserError
from portal.worktime import WorkCalendar
from procedures.enums import ClockName

WORKING_DAY = 8 * 60
FIELD = "new_day"


@dataclass(frozen=True, slots=True)
class LetterRule:
    """How many working days before the due time lateness is asked about, and the letter is out; how far a new date may lie."""

    valid_from: date
    ask_days: int
    send_days: int
    longest_days: int
    ground: str


# The decree has the letter out a day before the limit ends, and says of the new date only that there is one. Asking two days before, the
# shares of short limits and the longest postponement are ours.
RULES = (LetterRule(date.min, 2, 1, 60, "NĐ 61/2018/NĐ-CP, Điều 19 khoản 9"),)


@dataclass(frozen=True, slots=True)
class Count:
    """The promise a main clock runs towards now, with what ran of the same limit before.

    `first`: the position of the stretch that gave the whole limit; the same as long as stops only move its end. `has_letter`:
    its one letter of apology has gone out, before stops or now.
    """

    first: int
    begin: datetime
    done: int
    minutes: int
    due_at: datetime
    is_apology: bool
    has_letter: bool = False

    @property
    def total(self) -> int:
        """Working minutes of the whole limit."""
        return self.done + self.minutes

    def when_left(self, minutes: int, cal: WorkCalendar) -> datetime:
        """The moment at which so many working minutes are left; not before the stretch that runs began.

        A promise kept though its calendar got days off stays as it is: what comes before it never slides to its end.
        """
        until = min(self.minutes, worktime.spent(self.begin, self.due_at, cal))
        return worktime.add_minutes(self.begin, max(0, until - minutes), cal)


def rule_on(day: date) -> LetterRule:
    """The rule that holds on a day."""
    return max((row for row in RULES if row.valid_from <= day), key=lambda row: row.valid_from)


def count_of(segments: Iterable[ClockSegment], name: str = ClockName.MAIN) -> Count | None:
    """What a clock counts down now; None while it stands, has ended or promises nothing."""
    rows = [row for row in segments if row.clock == name]
    if not rows or rows[-1].ended_at is not None or rows[-1].kind not in RUNNING:
        return None
    last, done, first = rows[-1], 0, rows[0].position
    if last.due_at is None or last.minutes is None:
        return None
    for row in rows:
        if row.kind not in RUNNING:
            continue
        if row.kind == SegmentKind.APOLOGY or promise.opens_count(row.explanation):
            done, first = 0, row.position
        if row is not last:
            done += row.spent or 0
    begin = promise.runs_from(last.explanation) or last.started_at
    has_letter = any(row.kind == SegmentKind.APOLOGY for row in rows)
    return Count(first, begin, done, last.minutes, last.due_at, last.kind == SegmentKind.APOLOGY, has_letter)


def ask_lead(total: int, day: date) -> int:
    """Working minutes before the due time at which lateness is asked about: two days, or half of a short limit."""
    return min(rule_on(day).ask_days * WORKING_DAY, total // 2)


def send_lead(total: int, day: date) -> int:
    """Working minutes before the due time at which the letter must be out: a day, or half of the time to ask."""
    return min(rule_on(day).send_days * WORKING_DAY, ask_lead(total, day) // 2)


def ask_at(count: Count, cal: WorkCalendar) -> datetime:
    """From when lateness is asked about."""
    return count.when_left(ask_lead(count.total, _day(count)), cal)


def send_by(count: Count, cal: WorkCalendar) -> datetime:
    """Until when the letter is out in time."""
    return count.when_left(send_lead(count.total, _day(count)), cal)


def _day(count: Count) -> date:
    return clock.local(count.due_at).date()


def end_of(day: date, cal: WorkCalendar) -> datetime:
    """The hour a letter promises on a day: when the authority closes; on a day off midnight, which `refuse_unfit` refuses."""
    return cal.closing(day) if cal.is_workday(day) else cal.at(day, time())


def refuse_unfit(new_due: datetime, *, due_at: datetime, now: datetime, cal: WorkCalendar) -> None:
    """Raise UserError for a new date that is past, not later than what was promised, too far away, or no working day."""
    day, today = clock.local(new_due).date(), clock.local(now).date()
    if new_due <= max(now, due_at):
        words = {"due": f"{clock.local(max(now, due_at)):%H:%M %d/%m/%Y}"}
        raise UserError(_("Ngày hẹn lại phải sau %(due)s.") % words, field=FIELD)
    rule = rule_on(today)
    latest = max(today, clock.local(due_at).date()) + timedelta(days=rule.longest_days)
    if day > latest:
        words = {"days": str(rule.longest_days), "day": f"{latest:%d/%m/%Y}"}
        raise UserError(_("Chỉ hẹn lại trong %(days)s ngày, chậm nhất là ngày %(day)s.") % words, field=FIELD)
    if not cal.is_workday(day):
        words = {"day": f"{day:%d/%m/%Y}", "next": f"{cal.next_workday(day):%d/%m/%Y}"}
        raise UserError(
            _("Ngày %(day)s là ngày nghỉ. Hãy chọn ngày làm việc, ví dụ ngày %(next)s.") % words, field=FIELD
        )

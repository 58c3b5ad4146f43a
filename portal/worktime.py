"""Pure arithmetic of working time: a calendar, a start, a limit, and the due time they give.

Any room may call it; it imports nothing of the house and reads no clock and no database.
Everything is counted in whole minutes (seconds are cut off, never rounded up), on the wall clock
of the calendar's own zone. Naive times raise ValueError. Who keeps the calendars: `accounts`.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import groupby, pairwise
from typing import Any
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
HORIZON_DAYS = 370  # longer than any year: a calendar shut for so long is a mistake, not a feast
REMEMBERED = 20_000  # spans of days that one calendar keeps counted: some megabytes, and years of dossiers
HALF_DAY_MINUTES = 4 * 60  # a working day is 8 hours, so 0.5 day is 4 hours


class NoWorkingTimeError(ValueError):
    """The calendar has no working time where some is needed."""


class LimitUnit(StrEnum):
    """Units in which the law states a limit."""

    WORKING_DAY = "working_day"
    DAY = "day"
    HOUR = "hour"
    MONTH = "month"
    SAME_DAY = "same_day"  # "trong ngày làm việc": by closing time, always with the value 1


_STEP = {
    LimitUnit.WORKING_DAY: Decimal("0.5"),
    LimitUnit.DAY: Decimal(1),
    LimitUnit.HOUR: Decimal("0.25"),
    LimitUnit.MONTH: Decimal(1),
    LimitUnit.SAME_DAY: Decimal(1),
}


def _minute_of_day(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _check_clock(clock: time, what: str) -> None:
    if clock.second or clock.microsecond or clock.tzinfo is not None:
        raise ValueError(f"{what} {clock!r} must be a whole minute without a time zone.")


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of opening hours within a day, open at `start`, shut at `end`."""

    start: time
    end: time

    def __post_init__(self) -> None:
        _check_clock(self.start, "Window start")
        _check_clock(self.end, "Window end")
        if self.end <= self.start:
            raise ValueError(f"Window {self.start:%H:%M}-{self.end:%H:%M} ends before it starts.")


@dataclass(frozen=True)
class Limit:
    """How long a step or a procedure may take, as the law writes it. A year is 12 months."""

    value: Decimal
    unit: LimitUnit

    def __post_init__(self) -> None:
        unit = LimitUnit(self.unit)  # a plain "day" from a form or a row is accepted
        object.__setattr__(self, "unit", unit)
        if not isinstance(self.value, Decimal):
            raise TypeError(f"The value of a limit is a Decimal, not {type(self.value).__name__}.")
        if not self.value.is_finite() or self.value <= 0:
            raise ValueError(f"A limit must be greater than zero, not {self.value}.")
        if self.value % _STEP[unit]:
            raise ValueError(f"A limit in {unit} goes in steps of {_STEP[unit]}, not {self.value}.")
        if unit is LimitUnit.SAME_DAY and self.value != 1:
            raise ValueError(f"The same day is one day, not {self.value}.")


@dataclass(frozen=True)
class WorkCalendar:
    """When one unit works.

    `extra_days` wins over `days_off`, which wins over `weekly`: a make-up Saturday is worked even
    inside a holiday, and an ordinary day may be given shorter windows. `names` only serves
    `explain` (the feast of a day off, the reason of a make-up day).
    """

    weekly: Mapping[int, tuple[Window, ...]] = field(hash=False)  # ISO weekday, Monday is 1
    days_off: frozenset[date] = frozenset()
    extra_days: Mapping[date, tuple[Window, ...]] = field(default_factory=dict, hash=False)
    cutoff: time | None = None
    tz: ZoneInfo = VIETNAM
    names: Mapping[date, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        weekly = {day: _checked(windows, f"weekday {day}") for day, windows in self.weekly.items()}
        extra = {day: _checked(windows, f"{day}") for day, windows in self.extra_days.items()}
        if not weekly.keys() <= set(range(1, 8)):
            raise ValueError("Weekdays of a calendar are ISO numbers, 1 (Monday) to 7 (Sunday).")
        if not all(extra.values()):
            raise ValueError("An extra day needs its windows; a day without any is a day off.")
        if self.cutoff is not None:
            _check_clock(self.cutoff, "Cut-off")
        # Own copies, so that a caller's dict changed later cannot move a due time.
        object.__setattr__(self, "weekly", weekly)
        object.__setattr__(self, "extra_days", extra)
        object.__setattr__(self, "days_off", frozenset(self.days_off))
        object.__setattr__(self, "names", dict(self.names))

    @cached_property
    def _weekly_minutes(self) -> tuple[int, ...]:
        return tuple(_length(self.weekly.get(day, ())) for day in range(8))

    @cached_property
    def _extra_minutes(self) -> dict[date, int]:
        return {day: _length(windows) for day, windows in self.extra_days.items()}

    @cached_property
    def _spans(self) -> dict[tuple[int, int], int]:
        return {}

    @cached_property
    def _told(self) -> "dict[tuple[date, date], tuple[Explanation, ...]]":
        return {}

    def windows(self, d: date) -> tuple[Window, ...]:
        """Return the opening hours of a day, in order; empty on a day off."""
        extra = self.extra_days.get(d)
        if extra is not None:
            return extra
        return () if d in self.days_off else self.weekly.get(d.isoweekday(), ())

    def is_workday(self, d: date) -> bool:
        """Tell whether any work is done on that day."""
        return self.minutes(d) > 0

    def minutes(self, d: date) -> int:
        """Return how many minutes are worked on that day."""
        extra = self._extra_minutes.get(d)
        if extra is not None:
            return extra
        return 0 if d in self.days_off else self._weekly_minutes[d.isoweekday()]

    def minutes_between(self, first: date, last: date) -> int:
        """Return how many minutes are worked from one day up to another, which is not counted; each span is counted once."""
        span = (first.toordinal(), last.toordinal())
        known = self._spans.get(span)
        if known is None:
            known = sum(self.minutes(date.fromordinal(number)) for number in range(*span))
            _remember(self._spans, span, known)
        return known

    def opening(self, d: date) -> datetime:
        """Return when the day's first window opens. Raises NoWorkingTimeError on a day off."""
        return self.at(d, self._worked(d)[0].start)

    def closing(self, d: date) -> datetime:
        """Return when the day's last window shuts. Raises NoWorkingTimeError on a day off."""
        return self.at(d, self._worked(d)[-1].end)

    def next_workday(self, d: date) -> date:
        """Return the first working day after `d`, never `d` itself.

        Raises NoWorkingTimeError when none comes within 370 days.
        """
        day = d
        for _ in range(HORIZON_DAYS):
            day += timedelta(days=1)
            if self.is_workday(day):
                return day
        raise NoWorkingTimeError(f"No working day within {HORIZON_DAYS} days after {d}.")

    def at(self, d: date, clock: time) -> datetime:
        """Return that clock time of a day as a moment."""
        return datetime.combine(d, clock, tzinfo=self.tz)

    def local(self, t: datetime) -> datetime:
        """Bring a moment to the calendar's zone, cut to the minute. Raises ValueError if it is naive."""
        if t.utcoffset() is None:
            raise ValueError(f"Working time needs an aware time, {t!r} is naive.")
        here = t if t.tzinfo is self.tz else t.astimezone(self.tz)
        return here.replace(second=0, microsecond=0) if here.second or here.microsecond else here

    def is_makeup(self, d: date) -> bool:
        """Tell whether a day is worked only because it was named, not by the week."""
        ordinary = d not in self.days_off and self._weekly_minutes[d.isoweekday()]
        return d in self.extra_days and not ordinary

    def _worked(self, d: date) -> tuple[Window, ...]:
        windows = self.windows(d)
        if not windows:
            raise NoWorkingTimeError(f"{d} is not a working day.")
        return windows


def _checked(windows: tuple[Window, ...], what: str) -> tuple[Window, ...]:
    """Return the windows of a day as a tuple; refuse overlaps and disorder."""
    windows = tuple(windows)
    if any(later.start < earlier.end for earlier, later in pairwise(windows)):
        raise ValueError(f"Windows of {what} overlap or are out of order.")
    return windows


def _remember(memory: dict[Any, Any], key: Any, value: Any) -> None:
    """Keep what was counted; the memory of a calendar that lives for years is begun anew."""
    if len(memory) >= REMEMBERED:
        memory.clear()
    memory[key] = value


def _length(windows: tuple[Window, ...]) -> int:
    return sum(_minute_of_day(w.end) - _minute_of_day(w.start) for w in windows)


# ── start and due ────────────────────────────────────────────────────────────────────────────────


def start(received: datetime, cal: WorkCalendar, *, use_cutoff: bool = True) -> datetime:
    """Return the moment the clock starts for something received at that time.

    Received on a day off, before opening, in the lunch gap or after closing, it starts when work
    next begins. Received on a working day at or after the cut-off, it starts at the opening of the
    next working day (NĐ 118/2025, Đ. 18.2 as amended by NĐ 309/2026: "sau 15 giờ").
    """
    t = cal.local(received)
    if use_cutoff and _after_cutoff(t, cal):
        return cal.opening(cal.next_workday(t.date()))
    for window in cal.windows(t.date()):
        if t.time() < window.end:
            return max(t, cal.at(t.date(), window.start))
    return cal.opening(cal.next_workday(t.date()))


def due(received: datetime, limit: Limit, cal: WorkCalendar, *, use_cutoff: bool = True) -> datetime:
    """Return the moment by which something received at that time must be done.

    Working days: the same clock time N working days later; a half day is 4 hours more, and never
    ends later than the whole one. Hours: consume opening hours, across lunch and nights, and end
    at the first moment they are used up (8 h from 07:30 is 17:00 today, not 07:30 tomorrow).
    Days and months: every day counts, 31/01 + 1 month is 28/02, and a result on a day off goes to
    the next working day at the same clock time. A result outside opening hours goes to the next
    opening. Same day: the closing of the working day on which the clock starts, hence of the next
    one for what comes after the cut-off or on a day off.

    `use_cutoff`: leave it on for the limits of procedures and their steps. Turn it off for clocks
    that run in hours from the moment the system has the dossier, above all the 8 working hours
    for accepting an online one (Đ. 17.2 "08 giờ làm việc kể từ khi Hệ thống … tiếp nhận").
    """
    return _count(received, limit, cal, use_cutoff=use_cutoff).due


def restart(resumed_at: datetime, limit: Limit, cal: WorkCalendar, *, use_cutoff: bool = True) -> datetime:
    """Return the new due time under the RESTART policy: the whole limit again from that moment."""
    return due(resumed_at, limit, cal, use_cutoff=use_cutoff)


def shift(due_at: datetime, stopped_at: datetime, resumed_at: datetime, cal: WorkCalendar) -> datetime:
    """Return the new due time under the SHIFT policy: moved by the working time stopped.

    A due time at an opening stays at an opening: one day stopped moves Monday 07:30 to Tuesday
    07:30. Monday 17:00 is the same minute of work but another date, and lateness compares dates.
    """
    stopped = spent(stopped_at, resumed_at, cal)
    if stopped == 0:
        cal.local(due_at)  # refuse naive times on this way out too
        return due_at.astimezone(cal.tz)
    moved = add_minutes(due_at, stopped, cal)
    return _next_open(moved, cal) if _is_opening(cal.local(due_at), cal) else moved


@dataclass(frozen=True, slots=True)
class _Counted:
    """The stations of a count: clock start, where the bare count ends, what is due after rolls."""

    start: datetime
    counted: datetime
    due: datetime


def _count(received: datetime, limit: Limit, cal: WorkCalendar, *, use_cutoff: bool) -> _Counted:
    begin = start(received, cal, use_cutoff=use_cutoff)
    if limit.unit is LimitUnit.HOUR:
        end = add_minutes(begin, int(limit.value * 60), cal)
        return _Counted(begin, end, end)
    if limit.unit is LimitUnit.WORKING_DAY:
        return _count_working_days(begin, limit.value, cal)
    if limit.unit is LimitUnit.SAME_DAY:
        closing = cal.closing(begin.date())
        return _Counted(begin, closing, closing)
    whole = int(limit.value)
    months = limit.unit is LimitUnit.MONTH
    counted = _add_months(begin, whole) if months else begin + timedelta(days=whole)
    return _Counted(begin, counted, _roll_to_hours(_roll_to_workday(counted, cal), cal))


def _count_working_days(begin: datetime, days: Decimal, cal: WorkCalendar) -> _Counted:
    whole = _add_workdays(begin, int(days), cal)
    if days == int(days):
        return _Counted(begin, whole, _roll_to_hours(whole, cal))
    half = add_minutes(whole, HALF_DAY_MINUTES, cal)
    next_whole = _add_workdays(whole, 1, cal)
    end = _roll_to_hours(next_whole, cal)  # earlier than `half` only if the days are very short
    return _Counted(begin, half, half) if half <= end else _Counted(begin, next_whole, end)


def _add_workdays(t: datetime, days: int, cal: WorkCalendar) -> datetime:
    day = t.date()
    for _ in range(days):
        day = cal.next_workday(day)
    return datetime.combine(day, t.timetz())


def _add_months(t: datetime, months: int) -> datetime:
    year, month = divmod(t.year * 12 + t.month - 1 + months, 12)
    return t.replace(year=year, month=month + 1, day=min(t.day, monthrange(year, month + 1)[1]))


def _after_cutoff(t: datetime, cal: WorkCalendar) -> bool:
    return cal.cutoff is not None and t.time() >= cal.cutoff and cal.is_workday(t.date())


def _next_open(t: datetime, cal: WorkCalendar) -> datetime:
    """Return the first moment from `t` on with work still to be done after it."""
    return start(t, cal, use_cutoff=False)


def _is_opening(t: datetime, cal: WorkCalendar) -> bool:
    return any(window.start == t.time() for window in cal.windows(t.date()))


def _roll_to_workday(t: datetime, cal: WorkCalendar) -> datetime:
    # Bộ luật Dân sự, Đ. 148.5: a period that ends on a day off ends on the next working day.
    return t if cal.is_workday(t.date()) else _add_workdays(t, 1, cal)


def _roll_to_hours(t: datetime, cal: WorkCalendar) -> datetime:
    """Return `t` if a window holds it, its closing minute included, else the next opening."""
    if any(window.start <= t.time() <= window.end for window in cal.windows(t.date())):
        return t
    return _next_open(t, cal)


# ── minutes ──────────────────────────────────────────────────────────────────────────────────────


def spent(begin: datetime, end: datetime, cal: WorkCalendar) -> int:
    """Return the minutes of working time from `begin` up to `end`; 0 when `end` is not later."""
    first, last = cal.local(begin), cal.local(end)
    if last <= first:
        return 0
    before = _worked_before(first, cal)
    return _worked_before(last, cal) - before + cal.minutes_between(first.date(), last.date())


def left(now: datetime, due_at: datetime, cal: WorkCalendar) -> int:
    """Return the working minutes left until `due_at`, or, below zero, the minutes late.

    0 also covers a night or a day off on either side of the due time: late by no working time yet.
    """
    return spent(now, due_at, cal) - spent(due_at, now, cal)


def add_minutes(t: datetime, minutes: int, cal: WorkCalendar) -> datetime:
    """Return the first moment by which that much working time has passed since `t`.

    Zero minutes give `t` back, also outside opening hours.
    """
    if minutes < 0:
        raise ValueError(f"Working time is added forward only, not {minutes} minutes.")
    local = cal.local(t)
    if minutes == 0:
        return local
    day = local.date()
    remaining = minutes + _worked_before(local, cal)
    while remaining > (available := cal.minutes(day)):
        remaining -= available
        day = cal.next_workday(day)
    for window in cal.windows(day):
        length = _minute_of_day(window.end) - _minute_of_day(window.start)
        if remaining <= length:
            return cal.at(day, window.start) + timedelta(minutes=remaining)
        remaining -= length
    raise AssertionError("unreachable: the day holds what remains")


def _worked_before(t: datetime, cal: WorkCalendar) -> int:
    """Return the working minutes of the day of `t` that lie before it."""
    clock = _minute_of_day(t.time())
    return sum(max(0, min(clock, _minute_of_day(w.end)) - _minute_of_day(w.start)) for w in cal.windows(t.date()))


# ── explaining ───────────────────────────────────────────────────────────────────────────────────


class ExplanationKind(StrEnum):
    """What one line of an explained due time says."""

    RECEIVED = "received"
    AFTER_CUTOFF = "after_cutoff"
    OUTSIDE_HOURS = "outside_hours"
    SKIPPED_WEEKEND = "skipped_weekend"
    SKIPPED_HOLIDAY = "skipped_holiday"
    MAKEUP_COUNTED = "makeup_counted"
    ROLLED = "rolled"
    CLOSING = "closing"
    STOPPED = "stopped"
    RESUMED = "resumed"
    DUE = "due"


@dataclass(frozen=True)
class Explanation:
    """One line of an explained due time; the page puts it into words.

    `at`: the time received, the clock start (AFTER_CUTOFF, OUTSIDE_HOURS), the time rolled to, the
    closing that a limit of the same day ends with, when the clock stopped and went on, the due
    time, or the first midnight of the days told of. `days`: those days; for a clock start or a roll the days off passed over. `names`: one
    for each day, empty where the calendar has none. `minutes`: on RESUMED, the working time stopped.
    """

    kind: ExplanationKind
    at: datetime
    days: tuple[date, ...] = ()
    names: tuple[str, ...] = ()
    minutes: int = 0


def explain_shift(due_at: datetime, stopped_at: datetime, resumed_at: datetime, cal: WorkCalendar) -> list[Explanation]:
    """Return how the due time under SHIFT comes about; the last line is what `shift` gives."""
    moved = shift(due_at, stopped_at, resumed_at, cal)
    return [
        Explanation(ExplanationKind.STOPPED, cal.local(stopped_at)),
        Explanation(ExplanationKind.RESUMED, cal.local(resumed_at), minutes=spent(stopped_at, resumed_at, cal)),
        *_told_days(cal.local(due_at).date(), moved.date(), cal),
        Explanation(ExplanationKind.DUE, moved),
    ]


def explain(received: datetime, limit: Limit, cal: WorkCalendar, *, use_cutoff: bool = True) -> list[Explanation]:
    """Return how the due time comes about, in order of time; the last line is what `due` gives.

    Days off are told where they prolong the limit; days and months of the calendar count them, so
    there only a roll at the end names them.
    """
    got = cal.local(received)
    count = _count(received, limit, cal, use_cutoff=use_cutoff)
    lines = [Explanation(ExplanationKind.RECEIVED, got)]
    if count.start != got:
        late = use_cutoff and _after_cutoff(got, cal)
        kind = ExplanationKind.AFTER_CUTOFF if late else ExplanationKind.OUTSIDE_HOURS
        lines.append(_with_days_off(kind, count.start, got.date(), cal))
    if limit.unit in (LimitUnit.WORKING_DAY, LimitUnit.HOUR):
        lines.extend(_told_days(count.start.date(), count.counted.date(), cal))
    elif cal.is_makeup(count.due.date()):
        lines.append(_line(ExplanationKind.MAKEUP_COUNTED, (count.due.date(),), cal))
    if limit.unit is LimitUnit.SAME_DAY:
        lines.append(Explanation(ExplanationKind.CLOSING, count.due))
    if count.due != count.counted:
        rolled = _with_days_off(ExplanationKind.ROLLED, count.due, count.counted.date(), cal)
        lines.append(rolled)
    lines.append(Explanation(ExplanationKind.DUE, count.due))
    return lines


def _told_days(first: date, last: date, cal: WorkCalendar) -> tuple[Explanation, ...]:
    """Return one line for each run of neighbouring days of one kind and name; each span is told once."""
    known = cal._told.get((first, last))  # noqa: SLF001  the calendar's own memory
    if known is None:
        known = tuple(_runs_of_days(first, last, cal))
        _remember(cal._told, (first, last), known)  # noqa: SLF001  as above
    return known


def _runs_of_days(first: date, last: date, cal: WorkCalendar) -> Iterator[Explanation]:
    span = map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
    for (kind, _), run in groupby(span, key=lambda d: (_kind_of(d, cal), cal.names.get(d, ""))):
        if kind is not None:
            yield _line(kind, tuple(run), cal)


def _kind_of(day: date, cal: WorkCalendar) -> ExplanationKind | None:
    if cal.is_workday(day):
        return ExplanationKind.MAKEUP_COUNTED if cal.is_makeup(day) else None
    off = day in cal.days_off
    return ExplanationKind.SKIPPED_HOLIDAY if off else ExplanationKind.SKIPPED_WEEKEND


def _line(kind: ExplanationKind, days: tuple[date, ...], cal: WorkCalendar) -> Explanation:
    names = tuple(cal.names.get(day, "") for day in days)
    return Explanation(kind, cal.at(days[0], time.min), days, names)


def _with_days_off(kind: ExplanationKind, at: datetime, since: date, cal: WorkCalendar) -> Explanation:
    span = range(since.toordinal(), at.date().toordinal())
    days = tuple(d for d in map(date.fromordinal, span) if not cal.is_workday(d))
    return Explanation(kind, at, days, tuple(cal.names.get(day, "") for day in days))

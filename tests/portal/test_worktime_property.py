"""Working time against slow oracles that walk minute by minute and day by day, and its laws."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal import worktime
from portal.worktime import ExplanationKind, Limit, LimitUnit, Window, WorkCalendar

pytestmark = [pytest.mark.unit, pytest.mark.slow]

TZ = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST_DAY = date(2025, 1, 20)  # a Monday; Tết and a short February follow
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
few = settings(max_examples=120, deadline=None)


def hours(*spans: tuple[str, str]) -> tuple[Window, ...]:
    return tuple(Window(time.fromisoformat(a), time.fromisoformat(b)) for a, b in spans)


SHAPES = [
    hours(("07:30", "11:30"), ("13:00", "17:00")),
    hours(("07:00", "11:30"), ("13:30", "17:00")),
    hours(("07:30", "11:30")),
    hours(("13:00", "17:00")),
    hours(("08:00", "10:00")),
    hours(("00:00", "06:10"), ("06:10", "08:00"), ("23:00", "23:59")),
    hours(("09:05", "09:06"), ("16:00", "19:00")),
]


@cache
def minutes_of(shape: tuple[Window, ...]) -> frozenset[int]:
    """The open minutes of a day of this shape, asked one by one; few shapes stand behind many days."""
    return frozenset(m for m in range(24 * 60) if any(w.start <= time(m // 60, m % 60) < w.end for w in shape))


@dataclass(frozen=True)
class Oracle:
    """The slow reading of a calendar. It keeps the raw parts and shares no code with the module."""

    weekly: Mapping[int, tuple[Window, ...]]
    off: frozenset[date]
    extra: Mapping[date, tuple[Window, ...]]
    cutoff: time | None
    memo: dict[date, frozenset[int]] = field(default_factory=dict)

    def open_minutes(self, day: date) -> frozenset[int]:
        if day not in self.memo:
            shape = self.weekly.get(day.isoweekday(), ())
            if day in self.off:
                shape = ()
            if day in self.extra:
                shape = self.extra[day]
            self.memo[day] = minutes_of(shape)
        return self.memo[day]

    def is_open(self, t: datetime) -> bool:
        return t.hour * 60 + t.minute in self.open_minutes(t.date())

    def works(self, day: date) -> bool:
        return bool(self.open_minutes(day))

    def walk(self, t: datetime) -> Iterator[datetime]:
        """Yield each open minute from `t` on."""
        t = t.replace(second=0, microsecond=0)
        while True:
            if not self.works(t.date()):
                t = midnight(t.date() + DAY)
            else:
                if self.is_open(t):
                    yield t
                t += MINUTE

    def start(self, t: datetime, use_cutoff: bool) -> datetime:
        late = use_cutoff and self.cutoff is not None and t.time() >= self.cutoff
        if late and self.works(t.date()):
            t = midnight(t.date() + DAY)
        return next(self.walk(t))

    def spent(self, begin: datetime, end: datetime) -> int:
        for count, t in enumerate(self.walk(begin)):
            if t >= end.replace(second=0, microsecond=0):
                return count
        raise AssertionError("the walk has no end")

    def add(self, t: datetime, minutes: int) -> datetime:
        if minutes == 0:
            return t
        walk = self.walk(t)
        for _ in range(minutes - 1):
            next(walk)
        return next(walk) + MINUTE

    def roll(self, t: datetime) -> datetime:
        edge = t - MINUTE
        if self.is_open(t) or (edge.date() == t.date() and self.is_open(edge)):
            return t
        return next(self.walk(t))

    def working_days(self, t: datetime, days: int) -> datetime:
        while days:
            t += DAY
            days -= self.works(t.date())
        return t

    def next_worked(self, t: datetime) -> datetime:
        while not self.works(t.date()):
            t += DAY
        return t


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=TZ)


@dataclass(frozen=True)
class Case:
    """One calendar in its two readings."""

    cal: WorkCalendar
    oracle: Oracle


near = st.integers(0, 40).map(lambda n: FIRST_DAY + timedelta(days=n))
shapes = st.sampled_from(SHAPES)
cutoffs = st.none() | st.sampled_from([time(15), time(10, 30), time(16, 59), time(0), time(12)])


@st.composite
def cases(draw: st.DrawFn, uniform: bool = False) -> Case:
    """Draw a calendar; `uniform` gives every worked day the same windows."""
    shape = draw(shapes)
    any_shape = st.just(shape) if uniform else shapes
    weekly = draw(st.dictionaries(st.integers(1, 7), any_shape, min_size=1))
    off = frozenset(draw(st.sets(near, max_size=8)))
    extra = draw(st.dictionaries(near, any_shape, max_size=4))
    cutoff = draw(cutoffs)
    names = dict.fromkeys(sorted(off)[:2], "Tết")
    cal = WorkCalendar(weekly, off, extra, cutoff, TZ, names)
    return Case(cal, Oracle(weekly, off, extra, cutoff))


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """Draw a time, often at an edge of the usual windows."""
    edges = st.sampled_from([450, 690, 780, 900, 1020, 0, 1439, 480, 600])
    minute = draw(edges | st.integers(0, 1439)) + draw(st.sampled_from([0, 0, -1, 1]))
    second = draw(st.sampled_from([0, 0, 1, 59]))
    return midnight(draw(near)) + timedelta(minutes=minute, seconds=second)


minute_counts = st.integers(0, 1500)
working_day_limits = st.integers(1, 24).map(lambda n: Limit(Decimal(n) / 2, LimitUnit.WORKING_DAY))
hour_limits = st.integers(1, 100).map(lambda n: Limit(Decimal(n) / 4, LimitUnit.HOUR))
day_limits = st.integers(1, 40).map(lambda n: Limit(Decimal(n), LimitUnit.DAY))
same_day_limits = st.just(Limit(Decimal(1), LimitUnit.SAME_DAY))
month_limits = st.integers(1, 14).map(lambda n: Limit(Decimal(n), LimitUnit.MONTH))
limits = working_day_limits | hour_limits | day_limits | month_limits | same_day_limits


# ── against the oracles ──────────────────────────────────────────────────────────────────────────


@few
@given(cases(), moments(), st.booleans())
def test_start_agrees_with_the_minute_walk(case: Case, t: datetime, use_cutoff: bool) -> None:
    got = worktime.start(t, case.cal, use_cutoff=use_cutoff)
    assert got == case.oracle.start(t, use_cutoff)


@few
@given(cases(), moments(), minute_counts)
def test_add_minutes_agrees_with_the_minute_walk(case: Case, t: datetime, minutes: int) -> None:
    expected = case.oracle.add(t.replace(second=0), minutes)
    assert worktime.add_minutes(t, minutes, case.cal) == expected


@few
@given(cases(), moments(), moments())
def test_spent_agrees_with_the_minute_walk(case: Case, begin: datetime, end: datetime) -> None:
    assert worktime.spent(begin, end, case.cal) == case.oracle.spent(begin, end)


@few
@given(cases(), moments(), hour_limits, st.booleans())
def test_due_in_hours_agrees_with_the_minute_walk(case: Case, t: datetime, limit: Limit, use_cutoff: bool) -> None:
    begin = case.oracle.start(t, use_cutoff)
    expected = case.oracle.add(begin, int(limit.value * 60))
    assert worktime.due(t, limit, case.cal, use_cutoff=use_cutoff) == expected


@few
@given(cases(), moments(), working_day_limits)
def test_due_in_working_days_agrees_with_the_day_walk(case: Case, t: datetime, limit: Limit) -> None:
    oracle = case.oracle
    whole = oracle.working_days(oracle.start(t, use_cutoff=True), int(limit.value))
    expected = oracle.roll(whole)
    if limit.value % 1:
        expected = min(oracle.add(whole, 240), oracle.roll(oracle.working_days(whole, 1)))
    assert worktime.due(t, limit, case.cal) == expected


@few
@given(cases(), moments(), day_limits)
def test_due_in_days_agrees_with_the_day_walk(case: Case, t: datetime, limit: Limit) -> None:
    oracle = case.oracle
    counted = oracle.start(t, use_cutoff=True)
    for _ in range(int(limit.value)):
        counted += DAY
    assert worktime.due(t, limit, case.cal) == oracle.roll(oracle.next_worked(counted))


@few
@given(cases(), moments(), month_limits)
def test_due_in_months_agrees_with_the_day_walk(case: Case, t: datetime, limit: Limit) -> None:
    oracle = case.oracle
    counted = begin = oracle.start(t, use_cutoff=True)
    for _ in range(int(limit.value)):  # walk into the next month, then back or on to the day
        counted = counted.replace(day=28) + 4 * DAY
        counted = counted.replace(day=1)
    month = counted.month
    while counted.day < begin.day and (counted + DAY).month == month:
        counted += DAY
    assert worktime.due(t, limit, case.cal) == oracle.roll(oracle.next_worked(counted))


@few
@given(cases(), near)
def test_calendar_answers_agree_with_the_minute_walk(case: Case, day: date) -> None:
    cal, oracle = case.cal, case.oracle
    assert cal.minutes(day) == len(oracle.open_minutes(day))
    assert cal.is_workday(day) == oracle.works(day)
    following = cal.next_workday(day)
    assert following == oracle.working_days(midnight(day), 1).date()
    assert cal.opening(following) == next(oracle.walk(midnight(day + DAY)))
    last_minute = max(oracle.open_minutes(following))
    assert cal.closing(following) == midnight(following) + (last_minute + 1) * MINUTE


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────


@few
@given(cases(), moments(), moments(), working_day_limits | hour_limits | same_day_limits, st.booleans())
def test_due_never_runs_backwards_when_received_later(
    case: Case, one: datetime, other: datetime, limit: Limit, use_cutoff: bool
) -> None:
    first, second = sorted([one, other])
    earlier = worktime.due(first, limit, case.cal, use_cutoff=use_cutoff)
    assert earlier <= worktime.due(second, limit, case.cal, use_cutoff=use_cutoff)


@few
@given(cases(uniform=True), moments(), moments(), day_limits | month_limits)
def test_due_date_in_calendar_units_never_runs_backwards_when_received_later(
    case: Case, one: datetime, other: datetime, limit: Limit
) -> None:
    """By date only: Thursday 14:00 and Friday 09:00 may roll to Monday 14:00 and Monday 09:00."""
    first, second = sorted([one, other])
    earlier = worktime.due(first, limit, case.cal).date()
    assert earlier <= worktime.due(second, limit, case.cal).date()


@few
@given(cases(), moments(), st.data())
def test_due_never_runs_backwards_when_the_limit_grows(case: Case, t: datetime, data: st.DataObject) -> None:
    kinds = [working_day_limits, hour_limits, day_limits, month_limits]
    kind = data.draw(st.sampled_from(kinds))
    small, large = sorted([data.draw(kind), data.draw(kind)], key=lambda limit: limit.value)
    assert worktime.due(t, small, case.cal) <= worktime.due(t, large, case.cal)


@few
@given(cases(), moments(), limits, st.booleans())
def test_due_lies_in_or_at_the_edge_of_opening_hours_after_the_start(
    case: Case, t: datetime, limit: Limit, use_cutoff: bool
) -> None:
    got = worktime.due(t, limit, case.cal, use_cutoff=use_cutoff)
    assert case.oracle.is_open(got) or case.oracle.is_open(got - MINUTE)
    assert got > worktime.start(t, case.cal, use_cutoff=use_cutoff)
    assert (got.second, got.microsecond, got.tzinfo) == (0, 0, TZ)


@few
@given(cases(), moments(), st.booleans())
def test_start_is_open_and_never_before_receipt(case: Case, t: datetime, use_cutoff: bool) -> None:
    begin = worktime.start(t, case.cal, use_cutoff=use_cutoff)
    assert case.oracle.is_open(begin)
    assert begin >= t.replace(second=0)
    assert worktime.start(begin, case.cal, use_cutoff=False) == begin


@few
@given(cases(), st.lists(moments(), min_size=3, max_size=3))
def test_spent_adds_up(case: Case, times: list[datetime]) -> None:
    a, b, c = sorted(times)
    parts = worktime.spent(a, b, case.cal) + worktime.spent(b, c, case.cal)
    assert worktime.spent(a, c, case.cal) == parts
    assert worktime.left(a, c, case.cal) == parts
    assert worktime.left(c, a, case.cal) == -parts


@few
@given(cases(), moments(), minute_counts, minute_counts)
def test_add_minutes_is_undone_by_spent_and_adds_up(case: Case, t: datetime, one: int, other: int) -> None:
    moved = worktime.add_minutes(t, one, case.cal)
    assert worktime.spent(t, moved, case.cal) == one
    assert worktime.left(t, moved, case.cal) == one
    assume(other > 0)
    both = worktime.add_minutes(t, one + other, case.cal)
    assert worktime.add_minutes(moved, other, case.cal) == both


@few
@given(cases(), moments(), moments())
def test_shift_by_no_working_time_is_identity(case: Case, due_at: datetime, stopped: datetime) -> None:
    assert worktime.shift(due_at, stopped, stopped, case.cal) == due_at
    assert worktime.shift(due_at, stopped, stopped - DAY, case.cal) == due_at
    next_open = worktime.start(stopped, case.cal, use_cutoff=False)
    if next_open > stopped:
        assert worktime.shift(due_at, stopped, next_open, case.cal) == due_at


@few
@given(cases(), moments(), moments(), moments())
def test_shift_keeps_what_was_left_when_the_clock_stopped(
    case: Case, due_at: datetime, one: datetime, other: datetime
) -> None:
    stopped, resumed = sorted([one, other])
    assume(stopped <= due_at)
    shifted = worktime.shift(due_at, stopped, resumed, case.cal)
    assert shifted >= due_at
    before = worktime.left(stopped, due_at, case.cal)
    assert worktime.left(resumed, shifted, case.cal) == before
    moved_by = worktime.spent(due_at, shifted, case.cal)
    assert moved_by == worktime.spent(stopped, resumed, case.cal)


@few
@given(cases(), moments(), st.integers(1, 12))
def test_shift_leaves_an_opening_at_an_opening(case: Case, t: datetime, days: int) -> None:
    opening = case.cal.opening(case.cal.next_workday(t.date()))
    shifted = worktime.shift(opening, t, t + days * DAY, case.cal)
    assert case.oracle.is_open(shifted)


@few
@given(cases(), moments(), limits, st.booleans())
def test_restart_is_due_from_the_moment_resumed(case: Case, t: datetime, limit: Limit, use_cutoff: bool) -> None:
    got = worktime.restart(t, limit, case.cal, use_cutoff=use_cutoff)
    assert got == worktime.due(t, limit, case.cal, use_cutoff=use_cutoff)


@few
@given(cases(), moments(), limits, st.booleans())
def test_explain_tells_the_start_the_due_time_and_days_in_order(
    case: Case, t: datetime, limit: Limit, use_cutoff: bool
) -> None:
    cal = case.cal
    lines = worktime.explain(t, limit, cal, use_cutoff=use_cutoff)
    begin = worktime.start(t, cal, use_cutoff=use_cutoff)
    assert lines[0].kind is ExplanationKind.RECEIVED
    assert lines[0].at == t.replace(second=0)
    assert lines[-1].kind is ExplanationKind.DUE
    assert lines[-1].at == worktime.due(t, limit, cal, use_cutoff=use_cutoff)
    moved = {ExplanationKind.AFTER_CUTOFF, ExplanationKind.OUTSIDE_HOURS}
    assert [line.at for line in lines if line.kind in moved] == [begin] * (begin != lines[0].at)
    assert all(len(line.names) == len(line.days) for line in lines)
    dates = [line.at.date() for line in lines]
    assert dates == sorted(dates)


@few
@given(cases(), moments(), working_day_limits | hour_limits)
def test_explain_skips_exactly_the_days_off_under_way(case: Case, t: datetime, limit: Limit) -> None:
    lines = worktime.explain(t, limit, case.cal)
    weekend, holiday = ExplanationKind.SKIPPED_WEEKEND, ExplanationKind.SKIPPED_HOLIDAY
    skipped = {
        day: line.kind for line in lines for day in line.days if line.kind in (weekend, holiday, ExplanationKind.ROLLED)
    }
    day, expected = worktime.start(t, case.cal).date(), set()
    while day <= lines[-1].at.date():
        if not case.oracle.works(day):
            expected.add(day)
        day += DAY
    assert set(skipped) == expected
    for one, kind in skipped.items():
        if kind is not ExplanationKind.ROLLED:
            assert kind is (holiday if one in case.oracle.off else weekend)

"""Working time by hand: every vector of the domain study and many computed on a paper calendar."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from portal import worktime
from portal.worktime import (
    Explanation,
    ExplanationKind,
    Limit,
    LimitUnit,
    Window,
    WorkCalendar,
)

pytestmark = pytest.mark.unit

TZ = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = Window(time(7, 30), time(11, 30))
AFTERNOON = Window(time(13), time(17))
FULL = (MORNING, AFTERNOON)
MONDAY_TO_FRIDAY = dict.fromkeys(range(1, 6), FULL)


def days(text: str, year: int) -> list[date]:
    """Read "27/1 28/1" as dates of a year."""
    return [date(year, int(m), int(d)) for d, m in (part.split("/") for part in text.split())]


DAYS_OFF = frozenset(
    days("1/1 8/2 9/2 10/2 11/2 12/2 13/2 14/2 18/4 29/4 30/4 1/5 2/9 3/9", 2024)
    + days("1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9", 2025)
    + days("1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11", 2026)
)
MAKE_UP = dict.fromkeys([date(2024, 5, 4), date(2025, 4, 26), date(2026, 1, 10), date(2026, 8, 22)], FULL)
CITY = WorkCalendar(MONDAY_TO_FRIDAY, DAYS_OFF, MAKE_UP, time(15))
PLAIN = WorkCalendar(MONDAY_TO_FRIDAY, cutoff=time(15))
# A desk that also works on Saturday morning, as commune police do.
SATURDAY = WorkCalendar({**MONDAY_TO_FRIDAY, 6: (MORNING,)}, cutoff=time(15))


def at(text: str) -> datetime:
    """Read "04/07/2025 10:54", or without a year in 2025, as a time in Vietnam."""
    if text.count("/") == 1:
        text = text.replace(" ", "/2025 ")
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=TZ)


def limit(value: str | int, unit: str = "working_day") -> Limit:
    return Limit(Decimal(value), LimitUnit(unit))


OBSERVED = [
    ("03/07 10:54", 1, "04/07 10:54"),
    ("03/07 14:55", 1, "04/07 14:55"),
    ("03/07 16:06", 1, "07/07 07:30"),
    ("03/07 23:15", 1, "07/07 07:30"),
    ("04/07 11:49", 1, "07/07 13:00"),
    ("04/07 11:50", 3, "09/07 13:00"),
    ("08/08 15:37", 10, "25/08 07:30"),
    ("04/08 15:56", 3, "08/08 07:30"),
    ("04/08 18:40", 17, "28/08 07:30"),
    ("03/07 11:31", 35, "21/08 13:00"),
]


@pytest.mark.parametrize("cal", [CITY, PLAIN], ids=["city", "plain"])
@pytest.mark.parametrize(("received", "working_days", "due"), OBSERVED)
def test_due_reproduces_the_due_times_seen_in_a_real_system(
    received: str, working_days: int, due: str, cal: WorkCalendar
) -> None:
    assert worktime.due(at(received), limit(working_days), cal) == at(due)


STARTS = [
    ("04/08 10:54", "04/08 10:54", "inside"),
    ("04/08 07:30", "04/08 07:30", "at opening"),
    ("04/08 07:29", "04/08 07:30", "a minute before opening"),
    ("04/08 00:00", "04/08 07:30", "midnight belongs to the new day"),
    ("04/08 11:29", "04/08 11:29", "last minute of the morning"),
    ("04/08 11:30", "04/08 13:00", "lunch begins"),
    ("04/08 12:59", "04/08 13:00", "lunch ends"),
    ("04/08 13:00", "04/08 13:00", "afternoon opens"),
    ("04/08 14:59", "04/08 14:59", "a minute before the cut-off"),
    ("04/08 15:00", "05/08 07:30", "at the cut-off"),
    ("04/08 17:00", "05/08 07:30", "at closing"),
    ("04/08 23:59", "05/08 07:30", "at night"),
    ("08/08 15:00", "11/08 07:30", "cut-off on Friday"),
    ("09/08 10:00", "11/08 07:30", "Saturday"),
    ("10/08 16:00", "11/08 07:30", "Sunday, after the hour of the cut-off"),
    ("25/04 15:00", "26/04 07:30", "cut-off before a make-up Saturday"),
    ("26/04 10:00", "26/04 10:00", "on a make-up Saturday"),
    ("26/04 15:00", "28/04 07:30", "cut-off on a make-up Saturday"),
    ("24/01 15:00", "03/02 07:30", "cut-off before Tết"),
    ("29/01 09:00", "03/02 07:30", "on the first day of Tết"),
    ("31/12/2025 16:00", "05/01/2026 07:30", "over New Year"),
]


@pytest.mark.parametrize(("received", "expected"), [row[:2] for row in STARTS], ids=[row[2] for row in STARTS])
def test_start_moves_to_the_first_moment_the_clock_may_run(received: str, expected: str) -> None:
    assert worktime.start(at(received), CITY) == at(expected)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("04/08 15:00", "04/08 15:00"),
        ("04/08 16:59", "04/08 16:59"),
        ("04/08 17:00", "05/08 07:30"),
        ("04/08 12:00", "04/08 13:00"),
        ("09/08 16:00", "11/08 07:30"),
    ],
)
def test_start_without_cutoff_runs_to_closing(received: str, expected: str) -> None:
    assert worktime.start(at(received), CITY, use_cutoff=False) == at(expected)
    without = WorkCalendar(MONDAY_TO_FRIDAY, DAYS_OFF, MAKE_UP)
    assert worktime.start(at(received), without) == at(expected)


def test_start_on_a_saturday_morning_desk_after_closing_is_monday() -> None:
    assert worktime.start(at("09/08 11:29"), SATURDAY) == at("09/08 11:29")
    assert worktime.start(at("09/08 11:30"), SATURDAY) == at("11/08 07:30")
    assert worktime.start(at("08/08 15:10"), SATURDAY) == at("09/08 07:30")


WORKING_DAYS = [
    ("29/04 10:00", "1", "05/05 10:00", "30/4, 1/5, swapped 2/5 and a weekend"),
    ("25/04 09:00", "1", "26/04 09:00", "make-up Saturday counts"),
    ("25/04 09:00", "2", "28/04 09:00", "and only once"),
    ("25/04 15:30", "1", "28/04 07:30", "after the cut-off, started on the make-up day"),
    ("26/04 10:00", "1", "28/04 10:00", "received on the make-up day"),
    ("24/01 10:00", "1", "03/02 10:00", "Tết 2025"),
    ("24/01 16:00", "3", "06/02 07:30", "Tết 2025, after the cut-off"),
    ("30/01 10:00", "2", "05/02 07:30", "filed online during Tết"),
    ("29/08 14:00", "1", "03/09 14:00", "2/9 and the day before"),
    ("04/04 10:00", "1", "08/04 10:00", "Giỗ Tổ on a Monday"),
    ("26/04/2024 10:00", "1", "02/05/2024 10:00", "29/4 swapped in 2024"),
    ("26/04/2024 10:00", "3", "04/05/2024 10:00", "to its make-up Saturday"),
    ("26/04/2024 10:00", "4", "06/05/2024 10:00", "past its make-up Saturday"),
    ("07/02/2024 10:00", "1", "15/02/2024 10:00", "Tết 2024"),
    ("28/02/2024 10:00", "2", "01/03/2024 10:00", "leap day is a working day"),
    ("13/02/2026 10:00", "1", "23/02/2026 10:00", "Tết 2026"),
    ("31/12/2025 10:00", "1", "05/01/2026 10:00", "New Year 2026 with 2/1 swapped"),
    ("31/12/2025 10:00", "5", "09/01/2026 10:00", "to the Friday before the make-up day"),
    ("31/12/2025 10:00", "6", "10/01/2026 10:00", "the make-up day"),
    ("31/12/2025 10:00", "7", "12/01/2026 10:00", "past the make-up day"),
    ("21/08/2026 10:00", "1", "22/08/2026 10:00", "make-up for 31/8/2026"),
    ("21/08/2026 10:00", "2", "24/08/2026 10:00", "past it"),
    ("28/08/2026 10:00", "1", "03/09/2026 10:00", "31/8, 1/9, 2/9 in 2026"),
    ("23/11/2026 10:00", "1", "25/11/2026 10:00", "24/11 from 2026"),
    ("04/08 08:00", "0.5", "04/08 13:30", "half a day over lunch"),
    ("04/08 07:30", "0.5", "04/08 11:30", "half a day is the morning"),
    ("04/08 13:00", "0.5", "04/08 17:00", "half a day is the afternoon"),
    ("04/08 14:00", "0.5", "05/08 08:30", "half a day over night"),
    ("08/08 14:00", "0.5", "11/08 08:30", "half a day over the weekend"),
    ("04/08 10:00", "1.5", "05/08 15:30", "a day and a half"),
    ("04/08 15:00", "2.5", "07/08 11:30", "after the cut-off, two and a half"),
]


@pytest.mark.parametrize(
    ("received", "value", "due"),
    [row[:3] for row in WORKING_DAYS],
    ids=[r[3] for r in WORKING_DAYS],
)
def test_due_in_working_days(received: str, value: str, due: str) -> None:
    assert worktime.due(at(received), limit(value), CITY) == at(due)


HOURS = [
    ("04/08 07:30", "8", True, "04/08 17:00"),
    ("04/08 10:00", "8", True, "05/08 10:00"),
    ("04/08 10:00", "1.5", True, "04/08 11:30"),
    ("04/08 10:00", "1.75", True, "04/08 13:15"),
    ("04/08 11:20", "0.25", True, "04/08 13:05"),
    ("04/08 16:00", "8", True, "05/08 17:00"),
    ("04/08 16:00", "8", False, "05/08 16:00"),
    ("04/08 14:59", "8", False, "05/08 14:59"),
    ("08/08 16:59", "8", False, "11/08 16:59"),
    ("08/08 17:00", "8", False, "11/08 17:00"),
    ("09/08 10:00", "8", False, "11/08 17:00"),
    ("04/08 12:10", "8", False, "05/08 11:30"),
    ("24/01 16:30", "8", False, "03/02 16:30"),
    ("25/04 16:30", "8", False, "26/04 16:30"),
    ("04/08 07:30", "110", True, "21/08 15:00"),
    ("04/08 08:00", "48", True, "12/08 08:00"),
]


@pytest.mark.parametrize(("received", "value", "use_cutoff", "due"), HOURS)
def test_due_in_hours_consumes_opening_hours(received: str, value: str, use_cutoff: bool, due: str) -> None:
    got = worktime.due(at(received), limit(value, "hour"), CITY, use_cutoff=use_cutoff)
    assert got == at(due)


CALENDAR_DAYS = [
    ("04/08 10:00", 1, "day", "05/08 10:00"),
    ("04/08 10:00", 5, "day", "11/08 10:00"),  # Saturday
    ("04/08 10:00", 6, "day", "11/08 10:00"),  # Sunday
    ("04/08 10:00", 7, "day", "11/08 10:00"),
    ("04/08 10:00", 28, "day", "03/09 10:00"),  # 1/9 and 2/9 are off
    ("04/08 10:00", 30, "day", "03/09 10:00"),
    ("01/08 16:00", 3, "day", "07/08 07:30"),  # after the cut-off, counted from Monday
    ("04/08 12:00", 1, "day", "05/08 13:00"),
    ("21/04 10:00", 5, "day", "26/04 10:00"),  # the make-up Saturday is a working day
    ("21/04 10:00", 6, "day", "28/04 10:00"),
    ("24/01 10:00", 3, "day", "03/02 10:00"),  # Tết
    ("31/01/2024 10:00", 1, "month", "29/02/2024 10:00"),
    ("31/03/2025 10:00", 1, "month", "05/05/2025 10:00"),  # 30/4 to 4/5 are off
    ("28/11/2025 10:00", 3, "month", "02/03/2026 10:00"),  # 28/2/2026 is a Saturday
    ("31/12/2025 10:00", 2, "month", "02/03/2026 10:00"),
    ("31/12/2025 10:00", 1, "month", "02/02/2026 10:00"),  # 31/1/2026 is a Saturday
    ("15/08/2025 10:00", 12, "month", "17/08/2026 10:00"),
    ("29/02/2024 10:00", 12, "month", "28/02/2025 10:00"),
    ("29/02/2024 10:00", 10, "month", "30/12/2024 10:00"),  # 29/12/2024 is a Sunday
]


@pytest.mark.parametrize(("received", "value", "unit", "due"), CALENDAR_DAYS)
def test_due_in_calendar_days_and_months_rolls_forward(received: str, value: int, unit: str, due: str) -> None:
    assert worktime.due(at(received), limit(value, unit), CITY) == at(due)


def test_due_one_month_after_the_last_of_january_is_the_last_of_february() -> None:
    assert worktime.due(at("31/01 10:00"), limit(1, "month"), PLAIN) == at("28/02 10:00")


@pytest.mark.parametrize(
    ("received", "value", "unit", "due"),
    [
        ("08/08 10:00", "1", "working_day", "09/08 10:00"),
        ("08/08 11:29", "1", "working_day", "09/08 11:29"),
        ("08/08 14:00", "1", "working_day", "11/08 07:30"),
        ("08/08 14:00", "2", "working_day", "11/08 14:00"),
        ("08/08 14:00", "1.5", "working_day", "11/08 11:30"),
        ("08/08 14:00", "0.5", "working_day", "09/08 08:30"),
        ("09/08 10:00", "1", "working_day", "11/08 10:00"),
        ("09/08 10:00", "0.5", "working_day", "11/08 10:00"),
        ("04/08 14:00", "5", "day", "11/08 07:30"),
        ("04/08 10:00", "5", "day", "09/08 10:00"),
        ("04/08 14:00", "6", "day", "11/08 14:00"),
        ("08/08 14:00", "8", "hour", "11/08 08:30"),
    ],
)
def test_due_on_a_saturday_morning_desk_rolls_out_of_the_afternoon(
    received: str, value: str, unit: str, due: str
) -> None:
    assert worktime.due(at(received), limit(value, unit), SATURDAY) == at(due)


def test_due_at_the_closing_minute_of_a_shorter_day_stays_there() -> None:
    straight = (Window(time(7, 30), time(15, 30)),)
    cal = WorkCalendar({1: straight, 2: (MORNING,), 3: straight})
    assert worktime.due(at("04/08 11:30"), limit(1), cal) == at("05/08 11:30")
    assert worktime.due(at("04/08 11:31"), limit(1), cal) == at("06/08 07:30")


def test_half_a_day_never_ends_later_than_the_whole_day() -> None:
    short = WorkCalendar(dict.fromkeys(range(1, 6), (Window(time(8), time(10)),)))
    assert worktime.due(at("04/08 08:00"), limit("0.5"), short) == at("05/08 08:00")
    assert worktime.due(at("04/08 08:00"), limit("1"), short) == at("05/08 08:00")


def test_shorter_windows_on_one_ordinary_day_are_obeyed() -> None:
    eve = date(2026, 2, 13)  # a morning only before Tết
    cal = WorkCalendar(MONDAY_TO_FRIDAY, DAYS_OFF, {**MAKE_UP, eve: (MORNING,)}, time(15))
    assert cal.minutes(eve) == 240
    assert worktime.start(at("13/02/2026 11:30"), cal) == at("23/02/2026 07:30")
    assert worktime.due(at("12/02/2026 14:00"), limit(1), cal) == at("23/02/2026 07:30")
    assert worktime.due(at("12/02/2026 14:00"), limit(8, "hour"), cal) == at("23/02/2026 08:30")


SAME_DAY = [
    ("04/08 07:00", "04/08 17:00", "before opening"),
    ("04/08 10:54", "04/08 17:00", "in the morning"),
    ("04/08 12:10", "04/08 17:00", "at lunch"),
    ("04/08 14:59", "04/08 17:00", "a minute before the cut-off"),
    ("04/08 15:00", "05/08 17:00", "at the cut-off"),
    ("04/08 16:59", "05/08 17:00", "after the cut-off"),
    ("04/08 23:59", "05/08 17:00", "at night"),
    ("08/08 15:00", "11/08 17:00", "after the cut-off on Friday"),
    ("09/08 10:00", "11/08 17:00", "Saturday"),
    ("26/04 10:00", "26/04 17:00", "on a make-up Saturday"),
    ("26/04 15:30", "28/04 17:00", "after the cut-off on a make-up Saturday"),
    ("29/04 15:30", "05/05 17:00", "before 30/4 and 1/5"),
    ("30/04 09:00", "05/05 17:00", "on a day off"),
]


@pytest.mark.parametrize(("received", "due"), [row[:2] for row in SAME_DAY], ids=[row[2] for row in SAME_DAY])
def test_due_on_the_same_day_is_the_closing_of_the_day_the_clock_starts(received: str, due: str) -> None:
    assert worktime.due(at(received), limit(1, "same_day"), CITY) == at(due)


def test_due_on_the_same_day_closes_with_the_day_itself() -> None:
    assert worktime.due(at("09/08 09:00"), limit(1, "same_day"), SATURDAY) == at("09/08 11:30")
    assert worktime.due(at("04/08 16:00"), limit(1, "same_day"), CITY, use_cutoff=False) == at("04/08 17:00")


@pytest.mark.parametrize("value", ["0.5", "2"])
def test_the_same_day_is_one_day(value: str) -> None:
    with pytest.raises(ValueError, match="day"):
        limit(value, "same_day")


def test_make_up_day_beats_a_day_off() -> None:
    monday = date(2025, 8, 11)
    cal = WorkCalendar(MONDAY_TO_FRIDAY, frozenset({monday}), {monday: (MORNING,)})
    assert cal.is_workday(monday)
    assert worktime.due(at("08/08 10:00"), limit(1), cal) == at("11/08 10:00")


def test_make_up_day_with_its_own_cutoff_hour_still_obeys_the_calendar() -> None:
    cal = WorkCalendar(MONDAY_TO_FRIDAY, frozenset(), {date(2025, 8, 9): (MORNING,)}, time(11))
    assert worktime.start(at("09/08 10:59"), cal) == at("09/08 10:59")
    assert worktime.start(at("09/08 11:00"), cal) == at("11/08 07:30")


# ── spent, left, add_minutes ─────────────────────────────────────────────────────────────────────

SPENT = [
    ("04/08 07:30", "04/08 17:00", 480),
    ("04/08 00:00", "05/08 00:00", 480),
    ("04/08 10:00", "04/08 10:01", 1),
    ("04/08 11:00", "04/08 13:30", 60),
    ("04/08 11:30", "04/08 13:00", 0),
    ("04/08 16:00", "05/08 08:00", 90),
    ("08/08 16:00", "11/08 08:00", 90),
    ("09/08 08:00", "10/08 20:00", 0),
    ("04/08 07:30", "08/08 17:00", 2400),
    ("24/01 10:00", "03/02 10:00", 480),
    ("25/04 16:30", "28/04 08:00", 30 + 480 + 30),
    ("05/08 08:00", "04/08 08:00", 0),
    ("04/08 08:00", "04/08 08:00", 0),
    ("01/01/2025 00:00", "01/01/2026 00:00", (261 - 12 + 1) * 480),
]


@pytest.mark.parametrize(("begin", "end", "minutes"), SPENT)
def test_spent_counts_opening_minutes_only(begin: str, end: str, minutes: int) -> None:
    assert worktime.spent(at(begin), at(end), CITY) == minutes


@pytest.mark.parametrize(
    ("now", "due_at", "minutes"),
    [
        ("04/08 16:00", "05/08 08:00", 90),
        ("05/08 08:00", "04/08 16:00", -90),
        ("04/08 16:00", "04/08 16:00", 0),
        ("04/08 20:00", "04/08 17:00", 0),
        ("05/08 07:31", "04/08 17:00", -1),
        ("18/08 07:30", "04/08 07:30", -4800),
    ],
)
def test_left_is_positive_before_and_negative_after(now: str, due_at: str, minutes: int) -> None:
    assert worktime.left(at(now), at(due_at), CITY) == minutes


@pytest.mark.parametrize(
    ("begin", "minutes", "end"),
    [
        ("04/08 10:00", 0, "04/08 10:00"),
        ("04/08 12:00", 0, "04/08 12:00"),
        ("04/08 10:00", 90, "04/08 11:30"),
        ("04/08 10:00", 91, "04/08 13:01"),
        ("04/08 12:00", 1, "04/08 13:01"),
        ("04/08 07:30", 480, "04/08 17:00"),
        ("04/08 07:30", 481, "05/08 07:31"),
        ("04/08 17:00", 480, "05/08 17:00"),
        ("09/08 09:00", 240, "11/08 11:30"),
        ("24/01 16:59", 2, "03/02 07:31"),
    ],
)
def test_add_minutes_gives_the_first_moment_they_are_worked(begin: str, minutes: int, end: str) -> None:
    assert worktime.add_minutes(at(begin), minutes, CITY) == at(end)


def test_add_minutes_refuses_to_go_back() -> None:
    with pytest.raises(ValueError, match="forward only"):
        worktime.add_minutes(at("04/08 10:00"), -1, CITY)


# ── stop and resume ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("due_at", "stopped", "resumed", "expected"),
    [
        ("08/08 10:00", "04/08 10:00", "06/08 10:00", "12/08 10:00"),
        ("08/08 10:00", "04/08 16:00", "05/08 08:00", "08/08 11:30"),
        ("08/08 10:00", "04/08 17:00", "05/08 07:30", "08/08 10:00"),
        ("11/08 07:30", "04/08 07:30", "05/08 07:30", "12/08 07:30"),  # an opening stays one
        ("08/08 13:00", "04/08 13:00", "06/08 13:00", "12/08 13:00"),
        ("08/08 13:00", "04/08 09:00", "04/08 10:00", "08/08 14:00"),
        ("08/08 17:00", "04/08 07:30", "05/08 07:30", "11/08 17:00"),  # a closing stays one
        ("08/08 11:30", "04/08 07:30", "04/08 17:00", "11/08 11:30"),
        ("24/01 10:00", "20/01 10:00", "21/01 10:00", "03/02 10:00"),
        ("08/08 10:00", "09/08 08:00", "10/08 08:00", "08/08 10:00"),
        ("08/08 10:00", "06/08 10:00", "04/08 10:00", "08/08 10:00"),
    ],
)
def test_shift_moves_the_due_time_by_the_working_time_stopped(
    due_at: str, stopped: str, resumed: str, expected: str
) -> None:
    assert worktime.shift(at(due_at), at(stopped), at(resumed), CITY) == at(expected)


def test_restart_gives_the_whole_limit_again() -> None:
    assert worktime.restart(at("08/08 15:37"), limit(10), CITY) == at("25/08 07:30")
    eight_hours = limit(8, "hour")
    assert worktime.restart(at("04/08 16:00"), eight_hours, CITY, use_cutoff=False) == at("05/08 16:00")


# ── explaining ───────────────────────────────────────────────────────────────────────────────────


def told(received: str, a_limit: Limit, cal: WorkCalendar) -> list[tuple[str, str, str]]:
    """Write an explanation as (kind, time, days) for easy reading."""
    return [
        (
            line.kind.value,
            f"{line.at:%d/%m %H:%M}",
            " ".join(f"{day:%d/%m}" for day in line.days),
        )
        for line in worktime.explain(at(received), a_limit, cal)
    ]


def test_explain_after_the_cutoff_names_each_weekend() -> None:
    assert told("08/08 15:37", limit(10), CITY) == [
        ("received", "08/08 15:37", ""),
        ("after_cutoff", "11/08 07:30", "09/08 10/08"),
        ("skipped_weekend", "16/08 00:00", "16/08 17/08"),
        ("skipped_weekend", "23/08 00:00", "23/08 24/08"),
        ("due", "25/08 07:30", ""),
    ]


def test_explain_inside_hours_without_days_off_is_two_lines() -> None:
    assert told("04/08 10:00", limit(1), CITY) == [
        ("received", "04/08 10:00", ""),
        ("due", "05/08 10:00", ""),
    ]


def test_explain_names_the_feasts_and_splits_them() -> None:
    names = {
        date(2025, 4, 30): "Ngày Chiến thắng",
        date(2025, 5, 1): "Quốc tế Lao động",
        date(2025, 5, 2): "Nghỉ hoán đổi",
        date(2025, 4, 26): "Làm bù cho 02/05",
    }
    cal = WorkCalendar(MONDAY_TO_FRIDAY, DAYS_OFF, MAKE_UP, time(15), names=names)
    lines = worktime.explain(at("25/04 12:00"), limit(5), cal)
    assert [(line.kind.value, line.names) for line in lines] == [
        ("received", ()),
        ("outside_hours", ()),
        ("makeup_counted", ("Làm bù cho 02/05",)),
        ("skipped_weekend", ("",)),
        ("skipped_holiday", ("Ngày Chiến thắng",)),
        ("skipped_holiday", ("Quốc tế Lao động",)),
        ("skipped_holiday", ("Nghỉ hoán đổi",)),
        ("skipped_weekend", ("", "")),
        ("due", ()),
    ]
    assert lines[-1].at == at("06/05 13:00")


def test_explain_joins_neighbouring_days_of_one_feast() -> None:
    assert told("24/01 10:00", limit(1), CITY) == [
        ("received", "24/01 10:00", ""),
        ("skipped_weekend", "25/01 00:00", "25/01 26/01"),
        ("skipped_holiday", "27/01 00:00", "27/01 28/01 29/01 30/01 31/01"),
        ("skipped_weekend", "01/02 00:00", "01/02 02/02"),
        ("due", "03/02 10:00", ""),
    ]


def test_explain_received_on_a_day_off_says_so() -> None:
    assert told("09/08 10:00", limit(1), CITY)[:2] == [
        ("received", "09/08 10:00", ""),
        ("outside_hours", "11/08 07:30", "09/08 10/08"),
    ]


def test_explain_the_same_day_says_until_closing() -> None:
    assert told("04/08 10:54", limit(1, "same_day"), CITY) == [
        ("received", "04/08 10:54", ""),
        ("closing", "04/08 17:00", ""),
        ("due", "04/08 17:00", ""),
    ]
    kinds = [kind for kind, _at, _days in told("08/08 15:00", limit(1, "same_day"), CITY)]
    assert kinds == ["received", "after_cutoff", "closing", "due"]


def test_explain_on_a_sunday_afternoon_does_not_speak_of_the_cutoff() -> None:
    assert told("10/08 16:00", limit(1), CITY)[1] == ("outside_hours", "11/08 07:30", "10/08")


def test_explain_counts_a_day_off_that_is_worked_but_not_an_ordinary_short_day() -> None:
    short, feast = date(2025, 8, 5), date(2025, 8, 6)
    extra = {short: (MORNING,), feast: FULL}
    cal = WorkCalendar(MONDAY_TO_FRIDAY, frozenset({feast}), extra, time(15))
    assert told("04/08 10:00", limit(3), cal) == [
        ("received", "04/08 10:00", ""),
        ("makeup_counted", "06/08 00:00", "06/08"),
        ("due", "07/08 10:00", ""),
    ]


def test_explain_calendar_days_tells_the_roll_only() -> None:
    assert told("04/08 10:00", limit(28, "day"), CITY) == [
        ("received", "04/08 10:00", ""),
        ("rolled", "03/09 10:00", "01/09 02/09"),
        ("due", "03/09 10:00", ""),
    ]
    assert told("21/04 10:00", limit(5, "day"), CITY) == [
        ("received", "21/04 10:00", ""),
        ("makeup_counted", "26/04 00:00", "26/04"),
        ("due", "26/04 10:00", ""),
    ]


def test_explain_tells_a_roll_out_of_a_short_saturday() -> None:
    assert told("08/08 14:00", limit(1), SATURDAY) == [
        ("received", "08/08 14:00", ""),
        ("rolled", "11/08 07:30", "10/08"),
        ("due", "11/08 07:30", ""),
    ]


def test_explain_without_cutoff_does_not_speak_of_it() -> None:
    lines = worktime.explain(at("04/08 16:00"), limit(8, "hour"), CITY, use_cutoff=False)
    assert [line.kind for line in lines] == [ExplanationKind.RECEIVED, ExplanationKind.DUE]
    assert lines[-1] == Explanation(ExplanationKind.DUE, at("05/08 16:00"))


# ── zones and seconds ────────────────────────────────────────────────────────────────────────────

AWARE = at("04/08 10:00")
NAIVE = AWARE.replace(tzinfo=None)


@pytest.mark.parametrize(
    "call",
    [
        lambda: worktime.start(NAIVE, CITY),
        lambda: worktime.due(NAIVE, limit(1), CITY),
        lambda: worktime.restart(NAIVE, limit(1), CITY),
        lambda: worktime.spent(NAIVE, AWARE, CITY),
        lambda: worktime.spent(AWARE, NAIVE, CITY),
        lambda: worktime.left(NAIVE, AWARE, CITY),
        lambda: worktime.add_minutes(NAIVE, 0, CITY),
        lambda: worktime.shift(NAIVE, AWARE, AWARE, CITY),
        lambda: worktime.shift(AWARE, AWARE, NAIVE, CITY),
        lambda: worktime.explain(NAIVE, limit(1), CITY),
    ],
)
def test_naive_times_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="naive"):
        call()


def test_results_are_in_the_calendar_zone_whatever_comes_in() -> None:
    received = at("08/08 15:37").astimezone(UTC)
    got = worktime.due(received, limit(10), CITY)
    assert got == at("25/08 07:30")
    assert got.tzinfo == TZ
    assert worktime.add_minutes(received, 0, CITY).tzinfo == TZ
    assert worktime.shift(received, received, received, CITY).tzinfo == TZ
    assert all(line.at.tzinfo == TZ for line in worktime.explain(received, limit(10), CITY))


def test_days_are_cut_at_midnight_in_vietnam_not_in_utc() -> None:
    friday_night = datetime(2025, 8, 7, 17, 30, tzinfo=UTC)  # Friday 08/08 00:30 in Vietnam
    assert worktime.start(friday_night, CITY) == at("08/08 07:30")


def test_seconds_are_cut_off_not_rounded() -> None:
    last_moment = at("04/08 14:59") + timedelta(seconds=59, microseconds=999_999)
    assert worktime.start(last_moment, CITY) == at("04/08 14:59")
    assert worktime.due(last_moment, limit(1), CITY) == at("05/08 14:59")
    assert worktime.spent(at("04/08 10:00"), at("04/08 10:00") + timedelta(seconds=59), CITY) == 0


def test_spent_over_sixty_days_takes_less_than_a_millisecond() -> None:
    begin, end = at("04/08 10:00"), at("03/10 10:00")
    worktime.spent(begin, end, CITY)
    best = float("inf")
    for _ in range(20):
        since = perf_counter()
        worktime.spent(begin, end, CITY)
        best = min(best, perf_counter() - since)
    assert best < 0.001

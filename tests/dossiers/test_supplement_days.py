"""The last day of a supplement request: its bounds, its end, its reminders."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers import supplement_days
from dossiers.supplement_days import (
    LONGEST,
    REMIND_BEFORE,
    TO_ASK,
    ask_until,
    is_over,
    last_day,
    latest,
    refuse_unfit,
    reminder,
)
from portal.errors import UserError
from portal.worktime import Window, WorkCalendar

pytestmark = pytest.mark.unit
WEEK = {day: (Window(time(7, 30), time(11, 30)), Window(time(13, 0), time(17, 0))) for day in range(1, 6)}
PLAIN = WorkCalendar(weekly=WEEK)
TODAY = date(2026, 11, 18)  # a Wednesday


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (TODAY, "sau ngày hôm nay"),
        (date(2020, 1, 1), "sau ngày hôm nay"),
        (TODAY + timedelta(days=61), "không quá 60 ngày, chậm nhất là ngày 17/01/2027"),
        (date(2026, 11, 21), "Ngày 21/11/2026 là ngày nghỉ. Hãy chọn ngày làm việc, ví dụ ngày 23/11/2026"),
    ],
)
def test_a_day_that_does_not_fit_is_refused_with_a_sentence(day, said):
    with pytest.raises(UserError, match=said) as told:
        refuse_unfit(day, TODAY, PLAIN)
    assert told.value.field == "answer_by"


def test_the_first_and_the_last_day_fit():
    refuse_unfit(TODAY + timedelta(days=1), TODAY, PLAIN)
    refuse_unfit(date(2027, 1, 15), TODAY, PLAIN)  # the last working day before the cap, a Sunday
    assert latest(TODAY) == date(2027, 1, 17)
    assert all("Điều" in row.ground for row in LONGEST)


def test_a_day_that_becomes_a_day_off_moves_to_the_next_working_day():
    named = date(2026, 11, 24)
    feast = WorkCalendar(weekly=WEEK, days_off=frozenset({named, date(2026, 11, 25)}))
    assert (last_day(named, PLAIN), last_day(named, feast)) == (named, date(2026, 11, 26))
    assert not is_over(named, date(2026, 11, 26), feast)
    assert is_over(named, date(2026, 11, 27), feast)
    assert is_over(named, date(2026, 11, 25), PLAIN)


def test_reminders_come_three_and_one_working_day_before_the_last_day():
    named, turns = date(2026, 11, 30), {}  # a Monday
    for ahead in range(20):
        today = TODAY + timedelta(days=ahead)
        turns[today.day] = reminder(named, TODAY, today, PLAIN)
    assert [turns[day] for day in (19, 24, 25, 26, 27, 28, 30, 1)] == [None, None, 3, 3, 1, 1, 1, None]


def test_nobody_is_reminded_on_the_day_of_the_request():
    assert reminder(date(2026, 11, 19), TODAY, TODAY, PLAIN) is None
    assert reminder(date(2026, 11, 19), TODAY, date(2026, 11, 19), PLAIN) == 1


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.sets(st.integers(0, 20)), st.integers(1, 60))
def test_whatever_the_calendar_a_request_ends_once_and_reminders_come_before(named, off, ahead):
    calendar = WorkCalendar(weekly=WEEK, days_off=frozenset(named + timedelta(days=day) for day in off))
    last = last_day(named, calendar)
    assert last >= named
    assert calendar.is_workday(last)
    assert is_over(named, last + timedelta(days=1), calendar)
    assert not is_over(named, last, calendar)
    turn = reminder(named, named - timedelta(days=ahead), last, calendar)
    assert turn == min(REMIND_BEFORE)
    assert reminder(named, named, last + timedelta(days=1), calendar) is None
    assert supplement_days.latest(named) - named == timedelta(days=60)


@pytest.mark.parametrize(
    ("received_on", "until"),
    [
        (date(2026, 11, 16), date(2026, 11, 19)),  # Monday to Thursday
        (date(2026, 11, 18), date(2026, 11, 23)),  # over a weekend
        (date(2026, 11, 21), date(2026, 11, 25)),  # received on a Saturday campaign
    ],
)
def test_three_working_days_to_ask_for_more(received_on, until):
    assert ask_until(received_on, PLAIN) == until
    assert all("Điều" in row.ground for row in TO_ASK)


def test_days_off_put_the_day_to_ask_off():
    assert ask_until(date(2026, 11, 16), replace(PLAIN, days_off=frozenset({date(2026, 11, 18)}))) == date(2026, 11, 20)

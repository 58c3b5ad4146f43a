"""The working calendar and the limit as values: what they answer, refuse and survive."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pickle import dumps, loads
from zoneinfo import ZoneInfo

import pytest

from portal import worktime
from portal.worktime import Limit, LimitUnit, NoWorkingTimeError, Window, WorkCalendar

pytestmark = pytest.mark.unit

MORNING = Window(time(7, 30), time(11, 30))
AFTERNOON = Window(time(13), time(17))
FULL = (MORNING, AFTERNOON)
MONDAY_TO_FRIDAY = dict.fromkeys(range(1, 6), FULL)
PARTS = (MONDAY_TO_FRIDAY, frozenset({date(2025, 9, 2)}), {date(2025, 4, 26): FULL}, time(15))
CITY = WorkCalendar(*PARTS)
SATURDAY = WorkCalendar({**MONDAY_TO_FRIDAY, 6: (MORNING,)})
LONG_SHUT = frozenset(date(2025, 8, 1) + timedelta(n) for n in range(500))


def at(text: str) -> datetime:
    """Read "04/08 10:54" as a time of 2025 in Vietnam."""
    text = text.replace(" ", "/2025 ")
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def limit(value: str | int, unit: str = "working_day") -> Limit:
    return Limit(Decimal(value), LimitUnit(unit))


def test_calendar_answers_for_a_day() -> None:
    monday, saturday = date(2025, 8, 4), date(2025, 8, 9)
    assert CITY.is_workday(monday)
    assert CITY.windows(monday) == FULL
    assert CITY.minutes(monday) == 480
    assert CITY.opening(monday) == at("04/08 07:30")
    assert CITY.closing(monday) == at("04/08 17:00")
    assert not CITY.is_workday(saturday)
    assert CITY.windows(saturday) == ()
    assert CITY.minutes(saturday) == 0
    assert CITY.next_workday(date(2025, 8, 8)) == date(2025, 8, 11)
    assert CITY.next_workday(monday) == date(2025, 8, 5)
    assert SATURDAY.closing(saturday) == at("09/08 11:30")


@pytest.mark.parametrize("method", [CITY.opening, CITY.closing])
def test_calendar_has_no_opening_on_a_day_off(method: Callable[[date], datetime]) -> None:
    with pytest.raises(NoWorkingTimeError, match="2025-08-09 is not a working day"):
        method(date(2025, 8, 9))


@pytest.mark.parametrize(
    "cal",
    [
        WorkCalendar({}),
        WorkCalendar({1: ()}),
        WorkCalendar(MONDAY_TO_FRIDAY, LONG_SHUT),
    ],
    ids=["empty", "no windows", "shut for 500 days"],
)
def test_calendar_without_working_time_raises_instead_of_looping(cal: WorkCalendar) -> None:
    received = at("04/08 10:00")
    for call in (
        lambda: worktime.start(received, cal),
        lambda: worktime.due(received, limit(1), cal),
        lambda: worktime.due(received, limit(1, "month"), cal),
        lambda: worktime.due(received, limit(8, "hour"), cal),
        lambda: worktime.add_minutes(received, 1, cal),
        lambda: cal.next_workday(received.date()),
    ):
        with pytest.raises(NoWorkingTimeError, match="within 370 days"):
            call()
    assert worktime.spent(received, at("04/09 10:00"), cal) == 0


def test_calendar_worked_only_on_extra_days_is_enough() -> None:
    cal = WorkCalendar({}, extra_days={date(2025, 8, 9): (MORNING,), date(2025, 9, 9): FULL})
    assert worktime.due(at("09/08 10:00"), limit(1), cal) == at("09/09 10:00")


def test_calendar_is_a_value_that_pickles_and_hashes() -> None:
    weekly = dict(MONDAY_TO_FRIDAY)
    cal = WorkCalendar(weekly, *PARTS[1:])
    assert cal == CITY
    assert hash(cal) == hash(CITY)
    assert cal.minutes(date(2025, 8, 4)) == 480
    assert loads(dumps(cal)) == CITY
    weekly[6] = FULL
    assert not cal.is_workday(date(2025, 8, 9)), "a caller's dict must not move a due time"


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Window(time(11), time(11)), "ends before it starts"),
        (lambda: Window(time(11), time(7)), "ends before it starts"),
        (lambda: Window(time(7, 30, 1), time(11)), "whole minute"),
        (lambda: Window(time(7), time(11, tzinfo=UTC)), "whole minute"),
        (lambda: WorkCalendar({0: FULL}), "ISO numbers"),
        (lambda: WorkCalendar({8: FULL}), "ISO numbers"),
        (lambda: WorkCalendar({1: (AFTERNOON, MORNING)}), "overlap or are out of order"),
        (lambda: WorkCalendar({1: (MORNING, Window(time(11), time(12)))}), "overlap"),
        (lambda: WorkCalendar({}, extra_days={date(2025, 8, 9): ()}), "needs its windows"),
        (lambda: WorkCalendar({}, cutoff=time(15, 0, 30)), "whole minute"),
        (lambda: limit(0), "greater than zero"),
        (lambda: limit(-1), "greater than zero"),
        (lambda: limit("NaN"), "greater than zero"),
        (lambda: limit("Infinity"), "greater than zero"),
        (lambda: limit("0.25"), "steps of 0.5"),
        (lambda: limit("0.1", "hour"), "steps of 0.25"),
        (lambda: limit("0.5", "day"), "steps of 1"),
        (lambda: limit("1.5", "month"), "steps of 1"),
        (lambda: limit(1, "year"), "not a valid LimitUnit"),
    ],
)
def test_nonsense_is_refused_when_it_is_built(build: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()


def test_limit_wants_a_decimal_and_takes_a_plain_unit() -> None:
    with pytest.raises(TypeError, match="not float"):
        Limit(1.5, LimitUnit.HOUR)  # type: ignore[arg-type]
    assert Limit(Decimal(3), "day").unit is LimitUnit.DAY  # type: ignore[arg-type]
    with pytest.raises(FrozenInstanceError):
        limit(1).value = Decimal(2)  # type: ignore[misc]

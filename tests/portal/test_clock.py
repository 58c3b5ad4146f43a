"""Months and days are cut in Vietnam's time, whatever the machine thinks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from portal import clock
from portal.clock import Month

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-09-30T16:59:59+00:00", date(2026, 9, 30)),
        ("2026-09-30T17:00:00+00:00", date(2026, 10, 1)),
        ("2026-12-31T17:00:00+00:00", date(2027, 1, 1)),
    ],
)
def test_today_turns_at_vietnams_midnight(moment, day):
    with time_machine.travel(datetime.fromisoformat(moment), tick=False):
        assert clock.today() == day
        assert Month.of(clock.now()) == Month(day.year, day.month)


def test_the_clock_stands_for_who_asked_alone_and_once(settings):
    settings.DEMO = True
    then = datetime(2022, 9, 1, tzinfo=UTC)
    with clock.standing_at(then), ThreadPoolExecutor(1) as pool:
        assert clock.now() == then
        assert pool.submit(clock.now).result() > then
        for ask in (_stand, lambda: pool.submit(_stand).result()):
            with pytest.raises(RuntimeError, match="stands still already"):
                ask()
    assert clock.now() > then
    _stand()


def _stand():
    with clock.standing_at(datetime(2022, 9, 1, tzinfo=UTC)):
        pass


def test_now_is_aware_and_vietnamese():
    assert clock.now().utcoffset() == timedelta(hours=7)


def test_month_of_an_utc_moment_is_vietnams_month():
    assert Month.of(datetime(2022, 9, 30, 17, 0, tzinfo=UTC)) == Month(2022, 10)
    assert Month.of(datetime(2022, 9, 30, 16, 59, tzinfo=UTC)) == Month(2022, 9)


def test_month_bounds_touch_without_gap_or_overlap():
    month = Month(2026, 12)
    assert month.bounds[1] == month.next.bounds[0]
    assert month.bounds[0].isoformat() == "2026-12-01T00:00:00+07:00"
    assert month.next == Month(2027, 1)
    assert month.next.previous == month
    assert month.last_day == date(2026, 12, 31)


def test_day_bounds_are_a_whole_day():
    first, after = clock.day_bounds(date(2026, 2, 28))
    assert (first.time(), after - first) == (time.min, timedelta(days=1))


@pytest.mark.parametrize(
    "text", ["", "2022", "2022-13", "2022-00", "22-09", "2022-9-1", "1999-12", "2101-01", "abcd-ef", "2022-٠٩٩"]
)
def test_month_parse_refuses_what_is_none(text):
    with pytest.raises(ValueError):
        Month.parse(text)


def test_month_reads_sorts_and_speaks():
    assert Month.parse("2022-09") == Month(2022, 9)
    assert sorted([Month(2023, 1), Month(2022, 12)]) == [Month(2022, 12), Month(2023, 1)]
    assert (str(Month(2022, 9)), Month(2022, 9).label) == ("2022-09", "9/2022")

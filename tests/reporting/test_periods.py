"""Which days bases and periods of reports cover, to the day and to the moment of counting."""

from datetime import date, datetime

import pytest

from portal.clock import VIETNAM, Month
from reporting.enums import Basis
from reporting.periods import REPORT_PERIODS, days_of, period

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("basis", "month", "first", "last"),
    [
        (Basis.MONTH, (2022, 9), (2022, 9, 1), (2022, 9, 30)),
        (Basis.QUARTER, (2022, 9), (2022, 7, 1), (2022, 9, 30)),
        (Basis.QUARTER, (2022, 10), (2022, 10, 1), (2022, 10, 31)),
        (Basis.QUARTER, (2022, 3), (2022, 1, 1), (2022, 3, 31)),
        (Basis.CUMULATIVE, (2022, 9), (2022, 1, 1), (2022, 9, 30)),
        (Basis.MID_MONTH, (2022, 9), (2022, 8, 15), (2022, 9, 14)),
        (Basis.MID_MONTH, (2022, 1), (2021, 12, 15), (2022, 1, 14)),
        (Basis.MID_MONTH, (2024, 3), (2024, 2, 15), (2024, 3, 14)),
    ],
)
def test_days_of_a_basis(basis, month, first, last):
    assert days_of(basis, Month(*month)) == (date(*first), date(*last))


def test_january_reads_from_mid_december_and_september_from_new_year():
    assert period(Month(2022, 1), Month(2022, 1).bounds[1]).since == datetime(2021, 12, 15, tzinfo=VIETNAM)
    assert period(Month(2022, 9), Month(2022, 9).bounds[1]).since == datetime(2022, 1, 1, tzinfo=VIETNAM)
    one = period(Month(2022, 9), Month(2022, 9).bounds[1], Basis.MONTH)
    assert one.since == datetime(2022, 9, 1, tzinfo=VIETNAM)


def test_a_month_under_way_ends_where_it_was_counted():
    until = datetime(2022, 9, 10, 15, 30, tzinfo=VIETNAM)
    asked = period(Month(2022, 9), until).parameters()
    assert asked["end"] == asked["mid_month_end"] == until
    assert asked["late_before"] == datetime(2022, 9, 10, tzinfo=VIETNAM)
    assert asked["cumulative_last_day"] == date(2022, 9, 10)
    asked = period(Month(2022, 9), datetime(2022, 9, 20, 15, 30, tzinfo=VIETNAM)).parameters()
    assert asked["mid_month_end"] == asked["mid_month_late_before"] == datetime(2022, 9, 15, tzinfo=VIETNAM)


def test_periods_of_reports_are_a_list():
    """Calendar month, 15th to 14th, quarter, six, nine and twelve months."""
    ends = {one.code: [one.days(Month(2022, month)) for month in one.months] for one in REPORT_PERIODS}
    assert ends["six_months"] == [(date(2022, 1, 1), date(2022, 6, 30))]
    assert ends["nine_months"] == [(date(2022, 1, 1), date(2022, 9, 30))]
    assert ends["year"] == [(date(2022, 1, 1), date(2022, 12, 31))]
    assert ends["mid_month"][0] == (date(2021, 12, 15), date(2022, 1, 14))
    assert [first for first, _last in ends["quarter"]] == [date(2022, month, 1) for month in (1, 4, 7, 10)]
    with pytest.raises(ValueError, match="does not end"):
        REPORT_PERIODS["six_months"].days(Month(2022, 7))

"""Fallback of limits and fees, and routes fitted into limits. Pure."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.worktime import Limit, LimitUnit
from procedures import limits
from procedures.enums import Channel


@dataclass
class Rule:
    case_code: str = ""
    channel: int | None = None
    value: Decimal | None = None
    unit: str = "working_day"
    amount: int | None = None
    name: str = "Phí"


def rule(case, channel, value, unit="working_day"):
    return Rule(case, channel, None if value is None else Decimal(value), unit)


RULES = [
    rule("", None, 10),
    rule("", Channel.ONLINE, 8),
    rule("a", None, 6),
    rule("a", Channel.ONLINE, 4),
]


@pytest.mark.parametrize(
    ("case", "channel", "days"),
    [
        ("a", Channel.ONLINE, 4),
        ("a", Channel.DESK, 6),
        ("b", Channel.ONLINE, 8),
        ("b", Channel.DESK, 10),
        ("", None, 10),
    ],
)
def test_limit_falls_back_from_particular_to_general(case, channel, days):
    assert limits.limit_for(RULES, case, channel) == Limit(Decimal(days), LimitUnit.WORKING_DAY)


def test_limit_without_a_number_does_not_hide_a_general_one():
    assert limits.limit_for([rule("a", 1, None), rule("", None, 3)], "a", 1).value == 3


def test_limit_of_a_sheet_without_numbers_is_none():
    assert limits.limit_for([rule("", None, None), rule("", 1, 5, "")], "", 1) is None
    assert limits.limit_for([], "", 1) is None


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("6.25", "working_day", Limit(Decimal(50), LimitUnit.HOUR)),
        ("3.50", "working_day", Limit(Decimal("3.5"), LimitUnit.WORKING_DAY)),
        ("20.00", "day", Limit(Decimal(20), LimitUnit.DAY)),
        ("12", "month", Limit(Decimal(12), LimitUnit.MONTH)),
        ("1.00", "same_day", Limit(Decimal(1), LimitUnit.SAME_DAY)),
        ("2", "same_day", None),
        ("4.75", "day", None),
        ("0", "working_day", None),
        ("-1", "working_day", None),
        ("1", "OTHER", None),
    ],
)
def test_stored_limit_is_read_or_refused(value, unit, expected):
    assert limits.as_limit(Decimal(value), unit) == expected


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("3", "working_day", "3 ngày làm việc"),
        ("0.5", "working_day", "0,5 ngày làm việc"),
        ("20", "day", "20 ngày"),
        ("8", "hour", "8 giờ làm việc"),
        ("2", "month", "2 tháng"),
        ("1", "same_day", "trong ngày làm việc; nhận sau 15 giờ thì trả trong ngày làm việc tiếp theo"),
    ],
)
def test_limit_in_words(value, unit, words):
    assert limits.limit_words(Limit(Decimal(value), LimitUnit(unit))) == words


def test_every_unit_has_words():
    assert all(limits.limit_words(Limit(Decimal(1), unit)) for unit in LimitUnit)


def test_default_route_takes_the_hours_of_the_limit():
    route = limits.route_for([], Limit(Decimal(3), LimitUnit.WORKING_DAY))
    assert route == limits.default_route()
    assert sum(step.hours for step in limits.route_for([], Limit(Decimal(10), LimitUnit.WORKING_DAY))) == 80


@given(st.integers(1, 60), st.sampled_from(LimitUnit))
def test_fitted_route_never_exceeds_the_limit(value, unit):
    limit = Limit(Decimal(1 if unit == LimitUnit.SAME_DAY else value), unit)
    route = limits.route_for(limits.default_route(), limit)
    total = sum(step.hours for step in route)
    assert total <= max(limits.working_hours(limit), Decimal("1.75"))
    assert all(step.hours > 0 and step.hours % Decimal("0.25") == 0 for step in route)
    assert total <= 24

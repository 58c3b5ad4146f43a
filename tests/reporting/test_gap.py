"""The arithmetic of targets, with the figures of the founding article and of the feature study."""

from decimal import Decimal

import pytest

from reporting.enums import Light, ZeroRule
from reporting.gap import Figure, conversions, expected_cases, further_hits, gap, light, outlook, pull

pytestmark = pytest.mark.unit
THIRTY, FORTY_FIVE = Decimal("0.30"), Decimal("0.45")
ARTICLE = Figure(2600, 10000)


def test_gap_of_the_article_is_four_points_and_not_reached():
    assert gap(ARTICLE, THIRTY) == Decimal("-0.04")
    assert light(ARTICLE, THIRTY) == Light.MISSED
    assert conversions(ARTICLE, THIRTY) == 400
    assert further_hits(ARTICLE, THIRTY) == 572  # (3000 − 2600)/0.7 = 571.4…


@pytest.mark.parametrize(
    ("numerator", "expected"), [(2999, Light.MISSED), (3000, Light.REACHED), (3001, Light.REACHED)]
)
def test_light_turns_exactly_at_the_target(numerator, expected):
    assert light(Figure(numerator, 10000), THIRTY) == expected


def test_nothing_arose_is_neither_reached_nor_missed():
    assert Figure(0, 0).ratio is None
    assert light(Figure(0, 0), THIRTY) == Light.NO_DATA
    assert gap(Figure(0, 0), THIRTY) is None
    assert light(ARTICLE, None) == Light.NO_TARGET


def test_outlook_says_when_it_cannot_be_reached():
    few, many = outlook(ARTICLE, FORTY_FIVE, 1100), outlook(ARTICLE, FORTY_FIVE, 5000)
    assert (few.needed, few.possible) == (2395, False)
    assert round(few.best, 3) == Decimal("0.333")
    assert (many.needed, many.possible, many.share) == (4150, True, Decimal("0.83"))


def test_target_of_hundred_percent_is_never_met_by_further_cases():
    assert further_hits(Figure(9, 10), Decimal(1)) is None
    assert further_hits(Figure(10, 10), Decimal(1)) == 0


def test_pull_of_urban_management_and_justice():
    # If a part with 33 % of the volume rises from 18 % to 30 %, the whole rises by 3.96 points.
    assert pull(Figure(594, 3300), THIRTY, 10000) == Decimal("0.0396")


@pytest.mark.parametrize(
    ("in_month", "counted", "left", "expected"), [(1200, 30, 31, 1240), (0, 30, 31, 0), (5, 0, 31, 0), (7, 7, 0, 0)]
)
def test_expected_cases_follow_the_pace_of_the_month(in_month, counted, left, expected):
    assert expected_cases(in_month, counted, left) == expected


@pytest.mark.parametrize(
    ("numerator", "expected", "too_many"), [(2999, Light.REACHED, 0), (3000, Light.REACHED, 0), (3001, Light.MISSED, 1)]
)
def test_a_limit_is_kept_up_to_itself(numerator, expected, too_many):
    figure = Figure(numerator, 10000)
    assert light(figure, THIRTY, is_limit=True) == expected
    assert conversions(figure, THIRTY, is_limit=True) == too_many
    assert pull(figure, THIRTY, 20000, is_limit=True) == Decimal(too_many) / 20000


@pytest.mark.parametrize(
    ("rule", "reached", "limit"),
    [
        (ZeroRule.NOTHING, Light.NO_DATA, Light.NO_DATA),
        (ZeroRule.NOUGHT, Light.MISSED, Light.REACHED),
        (ZeroRule.FULL, Light.REACHED, Light.MISSED),
    ],
)
def test_what_a_figure_without_a_case_is_worth(rule, reached, limit):
    """QĐ 766: no petition at all is full score for those answered in time, and nought for content with them."""
    assert light(Figure(), THIRTY, zero=rule) == reached
    assert light(Figure(), THIRTY, zero=rule, is_limit=True) == limit
    assert light(Figure(), None, zero=rule) == Light.NO_DATA

"""Arithmetic of targets: reached or not, how far, how many cases are missing, and whether a next target can be met. Pure.

Ratios are exact (Fraction or Decimal in, Fraction inside): 26,0 % of 12.000 is 3.120 and not a float beside it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

from reporting.enums import Light, ZeroRule

ENOUGH_DAYS = 7  # before that the pace of a month is chance; the year's pace is taken


@dataclass(frozen=True, slots=True)
class Figure:
    """A numerator over a denominator."""

    numerator: int = 0
    denominator: int = 0

    @property
    def ratio(self) -> Decimal | None:
        """The ratio; None when nothing arose."""
        if self.denominator == 0:
            return None
        return Decimal(self.numerator) / Decimal(self.denominator)

    @property
    def rest(self) -> int:
        """Cases that are no hits."""
        return self.denominator - self.numerator


_OF_NOTHING = {ZeroRule.NOUGHT: 0, ZeroRule.FULL: 1}


def light(
    figure: Figure, target: Decimal | None, *, is_limit: bool = False, zero: ZeroRule = ZeroRule.NOTHING
) -> Light:
    """Status against a target, or against a limit not to be passed; officially only reached and not reached exist.

    `zero`: what a figure without a case is worth.
    """
    worth = _OF_NOTHING.get(zero) if figure.denominator == 0 else None
    if figure.denominator == 0 and (worth is None or target is None):
        return Light.NO_DATA
    if target is None:
        return Light.NO_TARGET
    ratio = Fraction(figure.numerator, figure.denominator) if worth is None else Fraction(worth)
    wanted = Fraction(target)
    return Light.REACHED if (ratio <= wanted if is_limit else ratio >= wanted) else Light.MISSED


def gap(figure: Figure, target: Decimal | None) -> Decimal | None:
    """Actual less target, as a difference of ratios; negative when missing."""
    if target is None or figure.ratio is None:
        return None
    return figure.ratio - target


def conversions(figure: Figure, target: Decimal, *, is_limit: bool = False) -> int:
    """How many counted cases should have been hits, ceil(t·D − N); of a limit how many should not, ceil(N − t·D)."""
    missing = Fraction(target) * figure.denominator - figure.numerator
    return max(0, ceil(-missing if is_limit else missing))


def further_hits(figure: Figure, target: Decimal) -> int | None:
    """How many more cases are needed when every one of them is a hit: ceil((t·D − N)/(1 − t)); None when never."""
    missing = Fraction(target) * figure.denominator - figure.numerator
    if missing <= 0:
        return 0
    if target >= 1:
        return None
    return ceil(missing / (1 - Fraction(target)))


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the next target asks: `needed` hits among `expected` further cases, or the best ratio still possible."""

    expected: int
    needed: int
    best: Decimal | None

    @property
    def possible(self) -> bool:
        """Whether the target can be met at all."""
        return self.needed <= self.expected

    @property
    def share(self) -> Decimal | None:
        """Which part of the further cases must be hits."""
        return Decimal(self.needed) / Decimal(self.expected) if self.expected else None


def outlook(figure: Figure, target: Decimal, expected: int) -> Outlook:
    """Tell what a target asks of `expected` further cases: k = ceil(t·(D + A) − N)."""
    needed = max(0, ceil(Fraction(target) * (figure.denominator + expected) - figure.numerator))
    best = Figure(figure.numerator + expected, figure.denominator + expected).ratio
    return Outlook(expected, needed, best)


def expected_cases(in_month: int, days_counted: int, days_left: int) -> int:
    """How many cases are still to come at this month's pace."""
    return ceil(Fraction(in_month * days_left, days_counted)) if days_counted > 0 and days_left > 0 else 0


def at_this_pace(in_month: int, in_year: int, known_until: date, until: date) -> int:
    """How many cases are still to come at the pace of the month, or of the year while the month is young."""
    days_left = (until - known_until).days
    if known_until.day >= ENOUGH_DAYS:
        return expected_cases(in_month, known_until.day, days_left)
    return expected_cases(in_year, (known_until - date(known_until.year, 1, 1)).days + 1, days_left)


def pull(figure: Figure, target: Decimal, whole: int, *, is_limit: bool = False) -> Decimal | None:
    """By how many points the whole would rise (of a limit: fall) if this part reached the target."""
    if whole == 0:
        return None
    return Decimal(conversions(figure, target, is_limit=is_limit)) / Decimal(whole)

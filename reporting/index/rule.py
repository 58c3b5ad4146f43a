"""How a fraction becomes points: one rule for every item. Pure."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import floor

from reporting.enums import ZeroRule
from reporting.index.items import IndexItem


def points(item: IndexItem, numerator: int, denominator: int) -> Decimal:
    """Points of an item: the rate times its maximum over its threshold, at most the maximum, halves rounded up.

    The rate is exact; only the points are rounded, to two decimals.
    """
    if numerator < 0 or denominator < 0:
        raise ValueError("a count is never below nought")
    if not denominator:
        return item.maximum if item.zero == ZeroRule.FULL else Decimal(0)
    reached = Fraction(numerator, denominator) * 100 / Fraction(item.threshold)
    return _rounded(min(Fraction(item.maximum), reached * Fraction(item.maximum)))


def total(parts: Iterable[Decimal]) -> Decimal:
    """Points of several items: each was rounded, then they are added."""
    return sum(parts, Decimal(0))


def progress(on_time: int, overdue: int | None, received: int) -> tuple[int, int]:
    """The fraction of item 2.1 from published figures; where overdue is not published, of what was received."""
    return on_time, received if overdue is None else on_time + overdue


def _rounded(value: Fraction) -> Decimal:
    return Decimal(floor(value * 100 + Fraction(1, 2))).scaleb(-2)

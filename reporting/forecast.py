"""What a target asks until its day: how many cases are still to come, how many must be hits, what each part lacks. Pure.

How many are to come can be looked at in several ways, always side by side; how wrong a way was in past months stands
beside it. Ratios and parts are exact fractions; only what people read is rounded.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from portal.clock import Month
from reporting.enums import Ahead
from reporting.gap import Figure, Outlook, at_this_pace, outlook

YEAR_OF_WEEKS = timedelta(days=364)  # whole weeks, so that a Monday stands for a Monday
EIGHT_WEEKS = timedelta(days=56)
CUT_OFFS = (10, 15, 20)  # days of past months at which a way is tried
TRIED_MONTHS = 3
BEST = 3  # procedures that are named
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class History:
    """Cases of each day (`cases[day]`, days without any left out), as far as they are known, and which days are worked."""

    cases: Mapping[date, int]
    until: date
    is_workday: Callable[[date], bool]

    def counted(self, first: date, last: date) -> int:
        """Cases from one day to another, both included."""
        return sum(count for day, count in self.cases.items() if first <= day <= last)

    def workdays(self, first: date, last: date) -> int:
        """Days worked from one day to another, both included."""
        return sum(self.is_workday(first + timedelta(days=place)) for place in range((last - first).days + 1))

    def reaches(self, day: date) -> bool:
        """Whether something is known of a day so long ago."""
        return bool(self.cases) and min(self.cases) <= day

    def as_of(self, day: date) -> "History":
        """What was known at the end of a day."""
        return History({one: count for one, count in self.cases.items() if one <= day}, day, self.is_workday)


def expected(way: Ahead, history: History, until: date, own: int | None = None) -> int | None:
    """How many cases come after the last known day until a day; None where a way has nothing to go by."""
    if way == Ahead.OWN:
        return own
    first = history.until + ONE_DAY
    if way == Ahead.THIS_MONTH:
        known = history.until
        in_month, in_year = (history.counted(day, known) for day in (known.replace(day=1), date(known.year, 1, 1)))
        return at_this_pace(in_month, in_year, known, until)
    if way == Ahead.LAST_YEAR:
        begin = first - YEAR_OF_WEEKS
        return history.counted(begin, until - YEAR_OF_WEEKS) if history.reaches(begin) else None
    begin = first - EIGHT_WEEKS
    worked = history.workdays(begin, history.until)
    if not history.reaches(begin) or not worked:
        return None
    pace = Fraction(history.counted(begin, history.until), worked)
    return round(pace * history.workdays(first, until))


@dataclass(frozen=True, slots=True)
class Trial:
    """What a way would have said at a day of a past month, and what came."""

    cut_off: date
    said: int | None
    came: int

    @property
    def error(self) -> Decimal | None:
        """By which part of what came too much was said; negative when too little."""
        return Decimal(self.said - self.came) / self.came if self.said is not None and self.came else None


def trials(way: Ahead, history: History) -> list[list[Trial]]:
    """A way tried at three days of each of the last whole months, the oldest month first."""
    last = Month.of(history.until)
    month = last if history.until == last.last_day else last.previous
    months = [month.previous.previous, month.previous, month]
    return [[_trial(way, history, one, day) for day in CUT_OFFS] for one in months]


def _trial(way: Ahead, history: History, month: Month, day: int) -> Trial:
    cut_off = month.first_day.replace(day=day)
    came = history.counted(cut_off + ONE_DAY, month.last_day)
    return Trial(cut_off, expected(way, history.as_of(cut_off), month.last_day), came)


@dataclass(frozen=True, slots=True)
class Asked:
    """A target by a day, and the officer's own number of what is still to come."""

    target: Decimal
    until: date
    own: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a target asks by one way of looking."""

    way: Ahead
    look: Outlook
    workdays: int

    @property
    def per_day(self) -> Decimal | None:
        """How many hits each working day must bring; None when no day is left."""
        return Decimal(self.look.needed) / self.workdays if self.workdays else None


def answer(way: Ahead, figure: Figure, history: History, asked: Asked) -> Answer | None:
    """What a target asks by one way; None where the way has nothing to go by."""
    coming = expected(way, history, asked.until, asked.own)
    if coming is None:
        return None
    days = history.workdays(history.until + ONE_DAY, asked.until)
    return Answer(way, outlook(figure, asked.target, coming), days)


def whatever(figure: Figure, coming: int, share: Decimal) -> Figure:
    """The figure when that share of what comes are hits, rounded down: half a dossier is none."""
    return Figure(figure.numerator + int(coming * share), figure.denominator + coming)


@dataclass(frozen=True, slots=True)
class Lack:
    """What one unit lacks (positive) or has in hand (negative): t·D − N. Those of all units add up to the whole's, exactly."""

    key: int
    figure: Figure
    missing: Fraction

    def of(self, whole: Fraction) -> Decimal | None:
        """Its part of what the whole lacks."""
        share = self.missing / whole if whole > 0 else None
        return None if share is None else Decimal(share.numerator) / share.denominator


def parts(figures: Mapping[int, Figure], target: Decimal) -> list[Lack]:
    """What each unit lacks, most first."""
    found = [
        Lack(key, one, Fraction(target) * one.denominator - one.numerator)
        for key, one in figures.items()
        if one.denominator
    ]
    return sorted(found, key=lambda one: (-one.missing, one.key))


@dataclass(frozen=True, slots=True)
class Lever:
    """One procedure: how many of its coming cases would be hits beyond its present share if all of them were."""

    key: int
    figure: Figure
    gain: Fraction
    share: Decimal | None  # of what is needed beyond the present pace; None when nothing is


def levers(figures: Mapping[int, Figure], whole: Figure, asked: Outlook) -> list[Lever]:
    """The procedures that would bring most, when cases come as they came so far."""
    if not whole.denominator or not asked.expected:
        return []
    lacking = asked.needed - Fraction(asked.expected * whole.numerator, whole.denominator)
    found = [_lever(key, one, whole, asked.expected, lacking) for key, one in figures.items() if one.rest]
    return sorted(found, key=lambda one: (-one.gain, one.key))[:BEST]


def _lever(key: int, figure: Figure, whole: Figure, coming: int, lacking: Fraction) -> Lever:
    gain = Fraction(coming * figure.rest, whole.denominator)
    closes = min(Fraction(1), gain / lacking) if lacking > 0 else None
    return Lever(key, figure, gain, None if closes is None else Decimal(closes.numerator) / closes.denominator)


def total_missing(found: Iterable[Lack]) -> Fraction:
    """What the whole lacks: the sum of its parts."""
    return sum((one.missing for one in found), Fraction(0))

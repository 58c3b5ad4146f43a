"""Now, today and months in Asia/Ho_Chi_Minh. The only place that asks the machine for the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import total_ordering
from threading import Lock, get_ident
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.translation import gettext as _

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
UTC = ZoneInfo("UTC")
LATE = timedelta(minutes=15)  # what waits longer for a machine is shown to operators, and pages say so
_standing = Lock()
SAID_AS_THEY_ARE = 90  # seconds, or minutes, to wait: more are said in the next unit


def now() -> datetime:
    """The present moment, aware, in Vietnam's time."""
    return timezone.now().astimezone(VIETNAM)


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let the time stand at a moment meanwhile: for the loader of the demo city, which tells a past.

    It stands for the thread that asks; the others' goes on. Columns that fill themselves ask Django, so it is Django's clock
    that stands. Raises ImproperlyConfigured outside demo mode, RuntimeError while it stands already, here or elsewhere.
    """
    if not settings.DEMO:
        raise ImproperlyConfigured("The clock stands still for the loader of the demo city alone (DEMO=1).")
    if not _standing.acquire(blocking=False):
        raise RuntimeError("The clock stands still already.")
    running, mine, stands = timezone.now, get_ident(), moment.astimezone(UTC)
    timezone.now = lambda: stands if get_ident() == mine else running()
    try:
        yield
    finally:
        timezone.now = running
        _standing.release()


def today() -> date:
    """The present day in Vietnam."""
    return now().date()


def day_in(text: str) -> date | None:
    """A day as an address has it, `2026-11-28`; None for what is none, or lies where no dossier does."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None


def local(moment: datetime) -> datetime:
    """The same moment as Vietnam's clocks show it."""
    return moment.astimezone(VIETNAM)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """First moment of `day` and of the next day, aware."""
    return at(day, time.min), at(day + timedelta(days=1), time.min)


def at(day: date, clock_time: time) -> datetime:
    """An aware moment from a Vietnamese day and clock time."""
    return datetime.combine(day, clock_time, tzinfo=VIETNAM)


@total_ordering
@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in Vietnam's time; months cut in UTC change the figures."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date | datetime) -> "Month":
        """The month that holds a day or an aware moment."""
        if isinstance(day, datetime):
            day = local(day).date()
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read `2022-09`; ValueError when it is none."""
        year, month = text.split("-")
        value = cls(int(year), int(month))
        if len(year) != 4 or not 2000 <= value.year <= 2100:
            raise ValueError(text)
        _ = value.first_day
        return value

    @property
    def first_day(self) -> date:
        """First day of the month."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """Last day of the month."""
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> "Month":
        """The month after."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def previous(self) -> "Month":
        """The month before."""
        return Month.of(self.first_day - timedelta(days=1))

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """First moment of this month and of the next one, aware."""
        return at(self.first_day, time.min), at(self.next.first_day, time.min)

    @property
    def label(self) -> str:
        """`9/2022`, as officials write it."""
        return f"{self.month}/{self.year}"

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def __lt__(self, other: "Month") -> bool:
        return (self.year, self.month) < (other.year, other.month)


def wait_in_words(seconds: int) -> str:
    """How long somebody is to wait, never said too short: seconds to a minute and a half, then minutes, then hours."""
    if seconds <= SAID_AS_THEY_ARE:
        return _("%(number)s giây") % {"number": max(seconds, 1)}
    minutes = -(-seconds // 60)
    if minutes <= SAID_AS_THEY_ARE:
        return _("%(number)s phút") % {"number": minutes}
    return _("%(number)s giờ") % {"number": -(-minutes // 60)}

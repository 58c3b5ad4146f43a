"""What other rooms have promised by a working calendar, asked before the calendar is edited.

This room knows no dossiers. A room that promises times puts a Keeper into KEEPERS at its start; the verbs on calendars ask
every keeper what an edit touches, and when something is, edit only with a decision that the keepers record.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise as Words
from django.utils.translation import gettext as _

from accounts.enums import CalendarChoice
from accounts.models import User
from portal.errors import UserError
from portal.registry import Registry


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a calendar: in words, whose time it changes, from which day to which (None: from then on)."""

    unit_id: int | None
    units: tuple[int, ...]
    words: str
    first_day: date
    last_day: date | None


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One promise as the administrator sees it."""

    title: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Touched:
    """How many open promises an edit touches, and the first of them."""

    count: int
    rows: tuple[PromiseRow, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision of the past: the edit, who decided what and when, and how many promises stand in which way."""

    words: str
    by: str
    at: datetime
    choice: str
    counts: str


@dataclass(frozen=True, slots=True)
class Keeper:
    """A kind of promise: how to find what an edit touches, how to record what was decided, what was decided lately.

    `decide` runs in the transaction of the edit, after `touched`; nobody can promise anything by the calendar meanwhile.
    """

    code: str
    label: Words
    touched: Callable[[Edit], Touched]
    decide: Callable[[User, Edit, str], None]
    lately: Callable[[int | None], list[Decided]]


KEEPERS: Registry[Keeper] = Registry("keeper of promises")


class DecisionNeededError(UserError):
    """An edit touches open promises and nobody has said what becomes of them. Nothing was changed."""

    def __init__(self, edit: Edit, touched: Touched) -> None:
        words = _("%(count)s hạn đã hẹn dựa vào lịch này. Hãy chọn giữ nguyên hay dời hạn rồi lưu lại.")
        super().__init__(words % {"count": touched.count})
        self.edit = edit
        self.touched = touched


def settle(by: User | None, edit: Edit, decision: str) -> None:
    """Ask every keeper; with promises touched and no decision raise DecisionNeededError, else let them record it.

    Called inside the transaction that holds the calendar, before it is changed. Without a person (loading a city's
    days) promises are kept, as they always are unless somebody decides otherwise.
    """
    found = [(keeper, keeper.touched(edit)) for keeper in KEEPERS]
    found = [(keeper, touched) for keeper, touched in found if touched.count]
    if not found or by is None:
        return
    if decision not in CalendarChoice.values:
        rows = tuple(row for _keeper, touched in found for row in touched.rows)
        raise DecisionNeededError(edit, Touched(sum(touched.count for _keeper, touched in found), rows))
    for keeper, _touched in found:
        keeper.decide(by, edit, decision)


def lately(unit_id: int | None) -> list[Decided]:
    """The latest decisions about edits of one calendar, newest first."""
    return sorted((row for keeper in KEEPERS for row in keeper.lately(unit_id)), key=lambda row: row.at, reverse=True)

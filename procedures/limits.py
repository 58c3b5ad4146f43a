"""Which limit and route apply to (case, channel) of a revision. Pure: works on rows already read, asks nothing.

Rules go from the most particular to the most general: case and channel, case, channel, any. Called by dossiers
(receiving, submitting) and by the public pages.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any, Protocol, TypeVar

from django.utils.translation import gettext as _

from accounts.enums import Role
from portal.templatetags.ui import number
from portal.worktime import Limit, LimitUnit
from procedures.enums import StepKind, StepPlace

HOURS_A_DAY = Decimal(8)
QUARTER = Decimal("0.25")
WORKDAYS_A_MONTH = 22


class Scoped(Protocol):
    """A row that holds for a case and a channel; blank and None mean any."""

    case_code: str
    channel: int | None


class LimitRow(Scoped, Protocol):
    """A time limit as stored."""

    value: Decimal | None
    unit: str


class StepRow(Protocol):
    """A step of a route as stored."""

    position: int
    kind: str
    name: str
    role: str
    place: str
    hours: Decimal
    after: Any  # positions, or None: the step before it
    asks: str
    silence_agrees: bool
    shows: Any  # codes of papers


Rule = TypeVar("Rule", bound=LimitRow)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a route, ready to become a work item. `after`: positions that must be done before it."""

    position: int
    kind: str
    name: str
    role: str
    place: str
    hours: Decimal
    after: tuple[int, ...] = ()
    asks: str = ""
    silence_agrees: bool = False
    shows: tuple[str, ...] = ()


# The shape of every route (docs/law.md); hours of a three-day procedure.
_DEFAULT_ROUTE = (
    (StepKind.INTAKE, Role.RECEPTIONIST, StepPlace.DESK, 2),
    (StepKind.ASSIGN, Role.UNIT_HEAD, StepPlace.DEPARTMENT, 1),
    (StepKind.APPRAISE, Role.OFFICER, StepPlace.DEPARTMENT, 13),
    (StepKind.REVIEW, Role.UNIT_HEAD, StepPlace.DEPARTMENT, 3),
    (StepKind.SIGN, Role.SIGNER, StepPlace.AUTHORITY, 3),
    (StepKind.STAMP, Role.CLERK, StepPlace.AUTHORITY, 1),
    (StepKind.RETURN, Role.RETURNER, StepPlace.DESK, 1),
)


def default_route() -> tuple[Step, ...]:
    """Give the route of procedures whose sheet has none of its own."""
    return tuple(
        Step(position, kind, str(kind.label), role, place, Decimal(hours), (position - 1,) if position > 1 else ())
        for position, (kind, role, place, hours) in enumerate(_DEFAULT_ROUTE, start=1)
    )


def limit_for(rules: Iterable[LimitRow], case: str, channel: int | None) -> Limit | None:
    """Give the time limit of a case filed by a channel, or None when the sheet has no number a clock can count."""
    found = rule_for(rules, case, channel)
    return found[1] if found else None


def rule_for(rules: Iterable[Rule], case: str, channel: int | None) -> tuple[Rule, Limit] | None:
    """Give the row that limits a case filed by a channel, with its limit as the clock counts it.

    A rule without a number never hides a more general one that has it.
    """
    rows = list(rules)
    for scope in scopes(case, channel):
        for row in rows:
            if (row.case_code, row.channel) == scope:
                limit = as_limit(row.value, row.unit)
                if limit is not None:
                    return row, limit
    return None


def as_limit(value: Decimal | None, unit: str) -> Limit | None:
    """Read a stored number and unit; quarter days become hours, anything else the clock cannot count is None."""
    if value is None or value <= 0 or unit not in set(LimitUnit):
        return None
    value = Decimal(value)
    if unit == LimitUnit.WORKING_DAY and value % Decimal("0.5"):
        value, unit = value * HOURS_A_DAY, LimitUnit.HOUR
    try:
        return Limit(value.normalize() if value != value.to_integral_value() else Decimal(int(value)), LimitUnit(unit))
    except ValueError:
        return None


def limit_words(limit: Limit) -> str:
    """A limit as a person reads it: `3 ngày làm việc`."""
    words = {
        LimitUnit.WORKING_DAY: _("%(n)s ngày làm việc"),
        LimitUnit.DAY: _("%(n)s ngày"),
        LimitUnit.HOUR: _("%(n)s giờ làm việc"),
        LimitUnit.MONTH: _("%(n)s tháng"),
        LimitUnit.SAME_DAY: _("trong ngày làm việc; nhận sau 15 giờ thì trả trong ngày làm việc tiếp theo"),
    }
    return words[limit.unit] % {"n": number(limit.value)}


def route_for(steps: Iterable[StepRow], limit: Limit | None) -> tuple[Step, ...]:
    """Give the steps of a revision in order, or the default route, fitted into the limit.

    Hours are never stretched; when they exceed the limit (a shorter case of the same procedure) each step shrinks
    in proportion, in quarter hours, the appraisal taking up what rounding leaves.
    """
    own = steps_of(steps)
    if not own:
        return _fitted(default_route(), working_hours(limit), stretch=True) if limit else default_route()
    return fitted(own, limit) if limit else own


def fitted(steps: Sequence[Step], limit: Limit) -> tuple[Step, ...]:
    """Steps of a revision's own route within a limit: shrunk where they are longer, never stretched."""
    return _fitted(steps, working_hours(limit), stretch=False)


def steps_of(rows: Iterable[StepRow]) -> tuple[Step, ...]:
    """Stored rows as steps in order; a row that names nothing to wait for comes after the one before it."""
    found: list[Step] = []
    for row in sorted(rows, key=lambda row: row.position):
        before = (found[-1].position,) if found else ()
        after = before if row.after is None else tuple(row.after)
        hours, shows = Decimal(row.hours), tuple(row.shows)
        asked = (row.asks, row.silence_agrees, shows)
        found.append(Step(row.position, row.kind, row.name, row.role, row.place, hours, after, *asked))
    return tuple(found)


def working_hours(limit: Limit) -> Decimal:
    """Working hours that a limit holds, roughly for limits in calendar days and months (5 of 7 days, 22 a month)."""
    if limit.unit == LimitUnit.HOUR:
        return limit.value
    if limit.unit in {LimitUnit.WORKING_DAY, LimitUnit.SAME_DAY}:
        return limit.value * HOURS_A_DAY
    days = limit.value * 5 / 7 if limit.unit == LimitUnit.DAY else limit.value * WORKDAYS_A_MONTH
    return max(HOURS_A_DAY / 2, _quarters(days * HOURS_A_DAY))


def scopes(case: str, channel: int | None) -> list[tuple[str, int | None]]:
    """Scopes of a rule from the most particular to the most general."""
    return list(dict.fromkeys([(case, channel), (case, None), ("", channel), ("", None)]))


def _fitted(steps: Sequence[Step], hours: Decimal, *, stretch: bool) -> tuple[Step, ...]:
    total = longest(steps)
    if total == hours or (total < hours and not stretch):
        return tuple(steps)
    shares = [max(QUARTER, (step.hours * hours / total / QUARTER).quantize(1, ROUND_DOWN) * QUARTER) for step in steps]
    largest = max(range(len(steps)), key=lambda place: steps[place].hours)
    fitted = [replace(step, hours=share) for step, share in zip(steps, shares, strict=True)]
    left = hours - longest(fitted)
    fitted[largest] = replace(fitted[largest], hours=max(QUARTER, shares[largest] + left))
    return tuple(fitted)


def longest(steps: Iterable[Step]) -> Decimal:
    """Hours of the longest way through a route; branches run side by side."""
    until: dict[int, Decimal] = {}
    for step in sorted(steps, key=lambda step: step.position):
        until[step.position] = step.hours + max((until.get(place, Decimal(0)) for place in step.after), default=0)
    return max(until.values(), default=Decimal(0))


def _quarters(hours: Decimal) -> Decimal:
    return (hours / QUARTER).quantize(Decimal(1), ROUND_HALF_UP) * QUARTER

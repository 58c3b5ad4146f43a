"""What is due for a case: lines, each with its rule, its count and its law. Pure: works on rows already read, asks nothing.

Rules go from the most particular scope to the most general (case and channel, case, channel, any), hold on days, for
everybody or for one kind of people, flat or by a number that is counted. One function says what is due; the sheet, the
e-form, the counter, the dossier and the cashier all ask it. Called by dossiers and by the public pages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from django.utils.translation import gettext as _

from portal.templatetags.ui import money
from procedures.enums import FeePer, FeeSubject
from procedures.limits import Scoped, scopes

Answers = Mapping[str, Any]


class FeeRow(Scoped, Protocol):
    """A fee as stored; `amount` None is unknown, not free."""

    name: str
    amount: int | None
    per: str
    tiers: Any  # [{"from": 3, "amount": 1000}]: what each costs from the third on
    most: int | None
    answer_key: str
    when_key: str
    when_values: Any
    subject: str
    valid_from: date | None
    valid_to: date | None
    law: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What is known of a dossier beside its answers: numbers counted at the desk, and who is let off for which reason."""

    pages: int | None = None
    copies: int | None = None
    persons: int | None = None
    subject: str = ""

    def number(self, per: str) -> int | None:
        """The number counted for a kind of rule; copies also count the pages of each."""
        return {FeePer.COPY: self.copies, FeePer.PAGE: self.pages, FeePer.PERSON: self.persons}.get(FeePer(per))


@dataclass(frozen=True, slots=True)
class FeeItem:
    """One thing that is due. `amount` None: unknown; `wants`: the numbers that would make it known.

    `full`: what it would cost without the exemption in `reason`.
    """

    name: str
    amount: int | None
    times: str = ""
    law: str = ""
    full: int | None = None
    reason: str = ""
    wants: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """Everything due for one case. `is_known`: the sheet has rules for it at all."""

    lines: tuple[FeeItem, ...] = ()
    is_known: bool = False

    @property
    def amount(self) -> int | None:
        """The sum, or None when any line has no published or counted amount (or there is no rule)."""
        known = [line.amount for line in self.lines if line.amount is not None]
        return sum(known) if self.is_known and len(known) == len(self.lines) else None

    @property
    def wants(self) -> tuple[str, ...]:
        """Which numbers must still be counted."""
        return tuple(dict.fromkeys(name for line in self.lines for name in line.wants))


@dataclass(frozen=True, slots=True)
class FeeBasis:
    """What a fee depends on."""

    case: str
    channel: int | None
    on: date
    answers: Answers = field(default_factory=dict)
    counted: Counted = field(default_factory=Counted)


def due(rules: Iterable[FeeRow], basis: FeeBasis) -> Due:
    """Give what is due: the rules of the most particular scope that has any, as far as answers and day let them hold.

    Lines of one name are alternatives the source does not tell apart; what they cost is unknown.
    """
    rows = in_scope(rules, basis.case, basis.channel, basis.on)
    holding = _of_subject([row for row in rows if _holds(row, basis)], basis.counted.subject)
    names = [row.name for row, _full in holding]
    lines = (
        _line(row, full, basis) if names.count(row.name) == 1 else FeeItem(row.name, None, law=row.law)
        for row, full in holding
    )
    return Due(tuple(lines), is_known=bool(rows))


def in_scope(rules: Iterable[FeeRow], case: str, channel: int | None, on: date) -> list[FeeRow]:
    """Rules in force on a day, of the most particular scope that has any."""
    valid = [row for row in rules if (row.valid_from or on) <= on <= (row.valid_to or on)]
    for scope in scopes(case, channel):
        rows = [row for row in valid if (row.case_code, row.channel) == scope]
        if rows:
            return rows
    return []


def wanted(rules: Iterable[FeeRow], case: str, channel: int | None, on: date) -> tuple[str, ...]:
    """Numbers that the desk counts for a case: those of rules that no answer gives."""
    found: list[str] = []
    for row in in_scope(rules, case, channel, on):
        if row.per == FeePer.PAGE:
            found += ["pages", "copies"]
        elif row.per != FeePer.FLAT:
            found.append("copies" if row.per == FeePer.COPY else "persons")
    return tuple(dict.fromkeys(found))


def subjects(rules: Iterable[FeeRow], case: str, channel: int | None, on: date) -> list[FeeSubject]:
    """Kinds of people whom a rule of the case names."""
    named = {row.subject for row in in_scope(rules, case, channel, on)}
    return [subject for subject in FeeSubject if subject in named]


def price(row: FeeRow) -> str:
    """What one of what a rule counts costs, in words: `8.000 đ một bản`."""
    if row.amount is None:
        return _("chưa công bố mức thu")
    if not row.amount:
        return _("miễn phí")
    if row.per == FeePer.FLAT:
        return money(row.amount)
    parts = [_("%(money)s một %(unit)s") % {"money": money(row.amount), "unit": FeePer(row.per).label}]
    parts += [
        _("từ %(unit)s thứ %(from)s: %(money)s")
        % {"unit": FeePer(row.per).label, "from": tier["from"], "money": money(tier["amount"])}
        for tier in row.tiers
    ]
    if row.most is not None:
        parts.append(_("tối đa %(money)s một bản") % {"money": money(row.most)})
    return "; ".join(parts)


def prices(rows: Sequence[FeeRow]) -> str:
    """What a scope costs when nothing is counted yet: the flat sum, then what each more costs."""
    rows = [row for row in rows if not row.subject and not row.when_key]
    flat = [row for row in rows if row.per == FeePer.FLAT]
    known = {row.name: row.amount for row in flat if row.amount is not None}
    if len(known) < len(flat) or not rows:
        return _("chưa công bố mức thu")
    more = [price(row) for row in rows if row.per != FeePer.FLAT]
    if not flat:
        return ", ".join(more)
    total = sum(known.values())
    words = money(total) if total else _("miễn phí")
    return " + ".join([words, *more])


def _holds(row: FeeRow, basis: FeeBasis) -> bool:
    """Whether a rule holds for these answers; what nobody asked for by an answer, nor at the desk, costs nothing."""
    answers = basis.answers
    if row.when_key and str(answers.get(row.when_key, "")) not in {str(value) for value in row.when_values}:
        return False
    return not row.answer_key or answers.get(row.answer_key) is not None or basis.counted.number(row.per) is not None


def _of_subject(rows: list[FeeRow], subject: str) -> list[tuple[FeeRow, FeeRow | None]]:
    """Rules for everybody, each replaced by that of the same name for the kind of people at hand, if there is one."""
    own = {row.name: row for row in rows if row.subject and row.subject == subject}
    found: list[tuple[FeeRow, FeeRow | None]] = [
        (own.get(row.name, row), row if row.name in own else None) for row in rows if not row.subject
    ]
    general = {row.name for row in rows if not row.subject}
    return found + [(row, None) for name, row in own.items() if name not in general]


def _line(row: FeeRow, full: FeeRow | None, basis: FeeBasis) -> FeeItem:
    """The line of one rule; with an exemption it also says what it would cost, and why it does not."""
    line = _counted(row, basis)
    if full is None:
        return line
    return replace(
        line,
        full=_counted(full, basis).amount,
        reason=str(FeeSubject(row.subject).label),
        wants=() if line.amount is not None else line.wants,
    )


def _counted(row: FeeRow, basis: FeeBasis) -> FeeItem:
    """A rule with what it counts."""
    plain = FeeItem(row.name, row.amount, law=row.law, note=getattr(row, "note", ""))
    if row.per == FeePer.FLAT or row.amount is None or (row.amount == 0 and not row.tiers):
        return plain
    number = _answered(row, basis.answers)
    number = basis.counted.number(row.per) if number is None else number
    copies = basis.counted.copies if row.per == FeePer.PAGE else 1
    if number is None or copies is None:
        wants = (
            ("pages", "copies") if row.per == FeePer.PAGE else ("copies",) if row.per == FeePer.COPY else ("persons",)
        )
        return replace(plain, amount=None, wants=wants)
    words = f"{number} {FeePer(row.per).label}"
    if row.per == FeePer.PAGE:
        words += f" × {copies} {FeePer.COPY.label}"
    if not row.tiers:
        words += f" × {money(row.amount)}"
    return replace(plain, amount=_each(row, number) * copies, times=words)


def _answered(row: FeeRow, answers: Answers) -> int | None:
    """The number an answer gives: itself, or how many rows a table has."""
    if not row.answer_key:
        return None
    value = answers.get(row.answer_key)
    if isinstance(value, list):
        return len(value)
    try:
        return None if value is None else max(0, int(value))
    except (TypeError, ValueError):
        return None


def _each(row: FeeRow, number: int) -> int:
    """What a number of pages, copies or people costs: the first price, from each tier on its own, never more than the most."""
    steps = [(1, row.amount or 0), *sorted((int(tier["from"]), int(tier["amount"])) for tier in row.tiers)]
    ends = [start for start, _amount in steps[1:]] + [number + 1]
    total = sum(max(0, min(end, number + 1) - start) * amount for (start, amount), end in zip(steps, ends, strict=True))
    return total if row.most is None else min(total, row.most)

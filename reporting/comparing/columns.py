"""Figures of one indicator over several months, with the targets they were held against. Reads snapshots; never counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from portal.clock import Month
from portal.db import read
from reporting.comparing.organised import Organisation
from reporting.enums import Comparison, Light, Measure, ScopeKind
from reporting.few import JUDGED
from reporting.gap import Figure, light
from reporting.indicators import Declaration
from reporting.models import Run, Target
from reporting.queries import TOTAL, RunFacts, Scope, Targets, Unit

MONTHS: Final = 12
OF_LIGHT: Final = {
    Light.REACHED: Comparison.REACHED,
    Light.MISSED: Comparison.MISSED,
    Light.NO_DATA: Comparison.NO_DATA,
    Light.NO_TARGET: Comparison.PLAIN,
}


@dataclass(slots=True)
class MonthColumn:
    """One month: its newest closed run, or the live one, with figures by scope and the targets a closed month kept."""

    month: Month
    run: RunFacts | None = None
    figures: dict[Scope, Figure] = field(default_factory=dict)
    aims: dict[Scope, Decimal] = field(default_factory=dict)

    def put(self, run: RunFacts, scope: Scope, figure: Figure, aim: Decimal | None) -> None:
        """Add a figure of one of the month's runs; closed before live, of closed ones the newest."""
        if self.run is None or _rank(run) > _rank(self.run):
            self.run, self.figures, self.aims = run, {}, {}
        if run.pk != self.run.pk:
            return
        self.figures[scope] = figure
        if aim is not None:
            self.aims[scope] = aim

    def figure(self, scope: Scope) -> Figure:
        """A figure; nothing over nothing when no case arose."""
        return self.figures.get(scope, Figure())

    @property
    def whole(self) -> Figure:
        """The figure of all units together."""
        return self.figure(TOTAL)


def _rank(run: RunFacts) -> int:
    return run.version if run.frozen_at is not None else 0


def months_until(month: Month, count: int = MONTHS) -> list[Month]:
    """The months that end with one, oldest first."""
    found = [month]
    while len(found) < count:
        found.insert(0, found[0].previous)
    return found


def columns(months: Sequence[Month], indicator: str, basis: str, as_of: Run | None = None) -> dict[Month, MonthColumn]:
    """Units, groups and the whole in every month, one query; `as_of` as a closed version of the last month saw them."""
    rows = read(
        """
        SELECT r.month, r.id, r.computed_at, r.counted_until, r.frozen_at, r.version, r.has_copies,
               s.scope_kind, s.scope_id, s.numerator, s.denominator, v.value
        FROM reporting_snapshot s JOIN reporting_run r ON r.id = s.run_id
        LEFT JOIN reporting_closedverdict v ON v.run_id = s.run_id AND v.indicator = s.indicator AND v.basis = s.basis
             AND v.scope_kind = s.scope_kind AND coalesce(v.scope_id, 0) = coalesce(s.scope_id, 0)
        WHERE r.month BETWEEN %(first)s AND %(last)s AND s.indicator = %(indicator)s AND s.basis = %(basis)s
          AND s.scope_kind = ANY(%(kinds)s)
          AND (%(known)s::timestamptz IS NULL OR r.frozen_at IS NULL OR r.frozen_at <= %(known)s)""",
        {
            "first": months[0].first_day,
            "last": months[-1].last_day,
            "indicator": indicator,
            "basis": basis,
            "known": as_of.frozen_at if as_of else None,
            "kinds": [ScopeKind.UNIT.value, ScopeKind.GROUP.value, ScopeKind.TOTAL.value],
        },
    )
    found = {month: MonthColumn(month) for month in months}
    for first_day, pk, computed_at, until, frozen_at, version, has_copies, kind, scope_id, hits, cases, aim in rows:
        month = Month.of(first_day)
        run = RunFacts(pk, month, computed_at, until, frozen_at, version, has_copies)
        found[month].put(run, (kind, scope_id), Figure(hits, cases), aim)
    return found


class Aims:
    """The target a scope is held against in a month: the one a closed month kept, else the one in force."""

    def __init__(
        self, declared: Declaration, basis: str, held: Iterable[MonthColumn], units: Mapping[int, Unit]
    ) -> None:
        self._indicator, self._basis = declared.code, basis
        years = {one.month.year for one in held if one.run is not None and not one.run.has_copies}
        rows = list(_targets(declared, years)) if years and declared.measure == Measure.RATIO else []
        self._targets = {
            year: Targets([row for row in rows if row.month_end.year == year], units) for year in years if rows
        }

    def of(self, column: MonthColumn, scope: Scope) -> Decimal | None:
        """The value, when the scope is judged by it on this basis."""
        if column.run is not None and column.run.has_copies:
            return column.aims.get(scope)
        targets = self._targets.get(column.month.year)
        if targets is None:
            return None
        target, _of_group = targets.holding(self._indicator, scope, column.month)
        return target.value if target is not None and target.basis == self._basis else None


def _targets(declared: Declaration, years: Iterable[int]) -> Iterable[Target]:
    rows = Target.objects.filter(indicator=declared.code, month_end__year__in=sorted(years))
    return rows.order_by("version", "pk")


# ── as organised now ─────────────────────────────────────────────────────────────────────────────


def gathered(
    column: MonthColumn, declared: Declaration, organisation: Organisation, aims: Aims
) -> tuple[dict[Scope, Figure], dict[Scope, Decimal]]:
    """Figures and targets of the units of today: each adds up those whose work it goes on with.

    A target holds for several units together when all of them had the same one.
    """
    members: dict[Scope, list[Scope]] = {}
    for kind, pk in column.figures:
        if kind != ScopeKind.UNIT or pk is None:
            continue
        now = organisation.now(pk)
        members.setdefault((kind, now), []).append((kind, pk))
        group = organisation.group_of(now)
        if group is not None:
            members.setdefault((ScopeKind.GROUP.value, group), []).append((kind, pk))
    figures = {scope: added(column, declared, ones) for scope, ones in members.items()}
    found: dict[Scope, Decimal] = {}
    for scope, ones in members.items():
        values = {aims.of(column, one) for one in (ones if scope[0] == ScopeKind.UNIT else [scope])}
        aim = values.pop() if len(values) == 1 else None
        if aim is not None:
            found[scope] = aim
    return figures | {TOTAL: column.whole}, found


def added(column: MonthColumn, declared: Declaration, scopes: Iterable[Scope]) -> Figure:
    """The figures of several units in one; what is held against all cases of the whole keeps them."""
    figures = [column.figure(scope) for scope in scopes]
    cases = column.whole.denominator if declared.of_whole else sum(one.denominator for one in figures)
    return Figure(sum(one.numerator for one in figures), cases)


# ── how a figure stands ──────────────────────────────────────────────────────────────────────────


def is_compared(declared: Declaration) -> bool:
    """Whether more or less of it says anything about a unit: numbers of cases and shares of the whole do not."""
    return declared.measure != Measure.COUNT and not declared.of_whole


def counts_dossiers(declared: Declaration) -> bool:
    """Whether its denominator is a number of dossiers, so that few of them make the figure chance."""
    return is_compared(declared) and declared.additive and declared.whole == "1"


def is_few(declared: Declaration, figure: Figure) -> bool:
    """Whether a figure rests on fewer dossiers than units are compared by."""
    return counts_dossiers(declared) and JUDGED.stops(figure.denominator)


def compared(declared: Declaration, figure: Figure, aim: Decimal | None, whole: Figure) -> Comparison:
    """How a figure stands: against its target, or without one against the whole."""
    if is_few(declared, figure):
        return Comparison.FEW
    if aim is not None or not figure.denominator:
        return OF_LIGHT[light(figure, aim, is_limit=declared.lower_is_better, zero=declared.zero)]
    if not is_compared(declared) or not whole.denominator:
        return Comparison.PLAIN
    mine, others = figure.numerator * whole.denominator, whole.numerator * figure.denominator
    if mine == others:
        return Comparison.SAME
    return Comparison.BETTER if (mine < others) == declared.lower_is_better else Comparison.WORSE

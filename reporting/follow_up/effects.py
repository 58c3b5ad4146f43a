"""What became of the figures beside what measures were expected to bring: never a proof of cause.

A measure stands beside the figure of its unit and procedure in the month it set out from and in a later one, both as they
were closed, or as they are counted now while a month is open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from portal.clock import Month
from portal.db import read
from reporting.enums import Basis, Part, ScopeKind
from reporting.follow_up.queries import MOST, Sight
from reporting.gap import Figure
from reporting.indicators import (
    INDICATORS,
    SCOPE_COLUMNS,
    Declaration,
    amount_of,
    cases_sql,
    counted_ones,
    hit_of,
    part_of,
)
from reporting.models import Remedy, Run
from reporting.periods import period
from reporting.queries import Scope, Unit, run_of

Key = tuple[str, Scope, int | None]  # indicator, scope, procedure
Figures = Mapping[Key, Figure]


@dataclass(frozen=True, slots=True)
class Effect:
    """A measure, and its figure in both months; None where the month was not counted."""

    remedy: Remedy
    scope: Scope
    before: Figure | None
    after: Figure | None

    @property
    def declared(self) -> Declaration:
        """The indicator."""
        return INDICATORS[self.remedy.indicator]

    @property
    def change(self) -> int | None:
        """By how many hits the later month has more."""
        return None if self.before is None or self.after is None else self.after.numerator - self.before.numerator


def measures_of(month: Month, seen: Sight) -> list[Remedy]:
    """Measures with a figure that are at work in a month: set out from an earlier one, due in it or later, or one month old."""
    next_month = Q(base_month=month.previous.first_day)
    still = Q(base_month__lt=month.first_day, due_on__gte=month.first_day)
    counted = [one.code for one in counted_ones()]
    rows = Remedy.objects.filter(seen.within(), next_month | still, indicator__in=counted).exclude(state="dropped")
    return list(rows.select_related("unit", "procedure").order_by("unit__sort_order", "due_on", "pk")[:MOST])


def effects(month: Month, remedies: Iterable[Remedy], units: Mapping[int, Unit]) -> list[Effect]:
    """Each measure beside what was counted; one statement for each month and indicator."""
    known: dict[tuple[Month, str, str], Figures | None] = {}
    rows = list(remedies)

    def figure(at: Month, one: Remedy, scope: Scope) -> Figure | None:
        figures = _known(known, at, one.indicator, scope[0], rows)
        return None if figures is None else figures.get((one.indicator, scope, one.procedure_id), Figure())

    scopes = [(one, _scope(one, units)) for one in rows]
    return [
        Effect(one, scope, figure(Month.of(one.base_month), one, scope), figure(month, one, scope))
        for one, scope in scopes
    ]


def _scope(one: Remedy, units: Mapping[int, Unit]) -> Scope:
    unit = units.get(one.unit_id)
    kind = ScopeKind.DEPARTMENT if unit is not None and unit.group_id is None else ScopeKind.UNIT
    return (kind.value, one.unit_id)


def _known(
    known: dict[tuple[Month, str, str], Figures | None], at: Month, indicator: str, kind: str, rows: Sequence[Remedy]
) -> Figures | None:
    key = (at, indicator, kind)
    if key not in known:
        run = run_of(at)
        unit_ids = sorted({one.unit_id for one in rows if one.indicator == indicator})
        known[key] = None if run is None else figures_of(run, INDICATORS[indicator], ScopeKind(kind), unit_ids)
    return known[key]


def figures_of(run: Run, declared: Declaration, kind: ScopeKind, unit_ids: Sequence[int]) -> Figures:
    """Figures of a month in itself, of units and of each of their procedures, from the cases that boards count."""
    column = SCOPE_COLUMNS[kind]
    parts = [_added(declared, part) for part in (Part.NUMERATOR, Part.DENOMINATOR)]
    cases = cases_sql(declared.cases, as_closed=run.frozen_at is not None, as_offered=run.has_copies)  # type: ignore[arg-type]
    rows = read(
        f"SELECT {column}, procedure_id, {', '.join(parts)} FROM ({cases}) c "  # noqa: S608  our own declarations
        f"WHERE {part_of(declared, Basis.MONTH, Part.DENOMINATOR)} AND {column} = ANY(%(units)s) "
        f"GROUP BY GROUPING SETS (({column}), ({column}, procedure_id))",
        period(Month.of(run.month), run.counted_until, Basis.MONTH).parameters()
        | {"run": run.pk, "units": list(unit_ids)},
    )
    return {
        (declared.code, (kind.value, unit_id), procedure_id): Figure(int(hits), int(whole))
        for unit_id, procedure_id, hits, whole in rows
    }


def _added(declared: Declaration, part: Part) -> str:
    """One part of the fraction, as counts and lists add it up."""
    if declared.key:
        return f"count(DISTINCT {declared.key}) FILTER (WHERE {hit_of(declared, part)})"
    return f"coalesce(sum({amount_of(declared, part)}) FILTER (WHERE {hit_of(declared, part)}), 0)"

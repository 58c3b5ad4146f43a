"""Reads of the forecast's page: cases of each day, and figures of each procedure. Three statements, whatever the scope."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from portal import clock
from portal.clock import Month
from procedures.models import Procedure
from reporting import kept
from reporting.enums import Basis, Direction, Measure, ScopeKind
from reporting.forecast import TRIED_MONTHS, YEAR_OF_WEEKS, History
from reporting.gap import Figure
from reporting.indicators import SCOPE_COLUMNS, Declaration, Pass, cases_sql
from reporting.indicators.base import counted_of, hit_of, within
from reporting.models import Run
from reporting.periods import period
from reporting.queries import TOTAL, Scope

# What three months ago was said of the weeks of the year before that, and of the eight weeks before.
LOOKED_AT = YEAR_OF_WEEKS + timedelta(days=31 * (TRIED_MONTHS + 1))


def can_be_forecast(declared: Declaration) -> bool:
    """Whether an indicator is a share of dossiers by the day of reception that shall rise: such come day by day."""
    return (
        declared.has_source
        and declared.cases == Pass.RECEIVED
        and declared.measure == Measure.RATIO
        and declared.direction == Direction.HIGHER
        and declared.additive
        and not declared.sums
        and not declared.of_whole
        and Basis.CUMULATIVE in declared.bases
    )


def history(declared: Declaration, run: Run, scope: Scope, is_workday: Callable[[date], bool]) -> History:
    """What an indicator counts of each day in a scope, as far as a run was counted."""
    until = min(clock.local(run.counted_until - timedelta(microseconds=1)).date(), Month.of(run.month).last_day)
    parameters = _parameters(run, scope) | {"since": clock.at(until - LOOKED_AT, time.min)}
    rows = kept.rows(
        run,
        f"SELECT received_day, count(*) FROM ({_cases(run)}) c "  # noqa: S608  our own constants
        f"WHERE {counted_of(declared)} AND {_inside(scope)} GROUP BY received_day",
        parameters,
    )
    return History(dict(rows), until, is_workday)


def of_procedures(declared: Declaration, run: Run, scope: Scope) -> dict[int, Figure]:
    """Figures of each procedure in a scope, from the year's first day."""
    rows = kept.rows(
        run,
        f"SELECT procedure_id, count(*) FILTER (WHERE {hit_of(declared, 'tu-so')}), count(*) FROM ({_cases(run)}) c "  # noqa: S608
        f"WHERE {counted_of(declared)} AND {within(Basis.CUMULATIVE)} AND {_inside(scope)} GROUP BY procedure_id",
        _parameters(run, scope),
    )
    return {pk: Figure(hits, count) for pk, hits, count in rows}


def procedures(keys: list[int]) -> dict[int, Procedure]:
    """The named procedures."""
    return Procedure.objects.in_bulk(keys)


def _cases(run: Run) -> str:
    return cases_sql(Pass.RECEIVED, as_closed=run.frozen_at is not None)


def _inside(scope: Scope) -> str:
    return "TRUE" if scope == TOTAL else f"{SCOPE_COLUMNS[ScopeKind(scope[0])]} = %(scope_id)s"


def _parameters(run: Run, scope: Scope) -> dict[str, Any]:
    found = period(Month.of(run.month), run.counted_until, Basis.CUMULATIVE).parameters()
    return found | {"run": run.pk, "scope_id": scope[1]}

"""What no snapshot holds, counted from the facts by an indicator's own conditions, one statement each."""

from collections.abc import Iterable
from typing import Any, Final

from portal.clock import Month
from reporting import kept
from reporting.enums import Basis, Part
from reporting.gap import Figure
from reporting.indicators import Declaration, Pass, amount_of, cases_sql
from reporting.indicators.base import counted_of, hit_of, within
from reporting.models import Run
from reporting.periods import period
from reporting.queries import NamedProcedure

_NAMES_THEN: Final = "(SELECT procedure_id AS id, code, name FROM reporting_closedprocedure WHERE run_id = %(run)s)"


def sums_sql(declared: Declaration) -> str:
    """Numerator and denominator of an indicator over rows of its pass that it counts."""
    if declared.key:
        return (
            f"count(DISTINCT {declared.key}) FILTER (WHERE {hit_of(declared, Part.NUMERATOR)}), "
            f"count(DISTINCT {declared.key})"
        )
    return (
        f"coalesce(sum({amount_of(declared, Part.NUMERATOR)}) FILTER (WHERE {hit_of(declared, Part.NUMERATOR)}), 0)::bigint, "
        f"coalesce(sum({amount_of(declared, Part.DENOMINATOR)}), 0)::bigint"
    )


def by_unit_and_procedure(
    declared: Declaration, run: Run, basis: Basis, named: Iterable[int] = ()
) -> tuple[dict[int, dict[int, Figure]], dict[int, NamedProcedure]]:
    """Figures of each procedure in each unit, as a run knows them; and the names of the procedures of some units."""
    rows = declared.cases or Pass.RECEIVED
    cases = cases_sql(rows, as_closed=run.frozen_at is not None, as_offered=run.has_copies)
    names = _NAMES_THEN if run.has_copies else "procedures_procedure"
    parameters: dict[str, Any] = period(Month.of(run.month), run.counted_until, basis).parameters()
    found = kept.rows(
        run,
        f"SELECT c.*, p.code, p.name FROM ("  # noqa: S608  our own constants
        f"SELECT unit_id, procedure_id, {sums_sql(declared)} FROM ({cases}) cases "
        f"WHERE {counted_of(declared)} AND {within(basis)} GROUP BY unit_id, procedure_id) c "
        f"LEFT JOIN {names} p ON p.id = c.procedure_id AND c.unit_id = ANY(%(named)s)",
        parameters | {"run": run.pk, "named": list(named)},
    )
    figures: dict[int, dict[int, Figure]] = {}
    procedures: dict[int, NamedProcedure] = {}
    for unit_id, pk, hits, cases_count, code, name in found:
        figures.setdefault(unit_id, {})[pk] = Figure(int(hits), int(cases_count))
        if code is not None:
            procedures[pk] = NamedProcedure(pk, code, name)
    return figures, procedures

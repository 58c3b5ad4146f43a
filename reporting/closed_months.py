"""Closing a month for good: what it keeps is copied, digested and signed; later it is told, exported and checked.

Called by reporting.snapshot in the transaction that closes, by commands and pages afterwards.
"""

import base64
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import DateTimeField

from portal import clock
from portal.clock import UTC, Month
from portal.signing import signer
from reporting import queries
from reporting.closed_rules import (
    FACTS_NOW,
    FACTS_THEN,
    SERVICE_COLUMNS,
    SERVICES_NOW,
    facts_digest_sql,
    told_columns,
)
from reporting.enums import Light, ScopeKind
from reporting.gap import Figure, light
from reporting.indicators import INDICATORS
from reporting.models import (
    ClosedField,
    ClosedProcedure,
    ClosedService,
    ClosedTarget,
    ClosedUnit,
    ClosedVerdict,
    FactDossier,
    Run,
    Snapshot,
)
from reporting.month_file import FORMAT, MonthSeal, digest_of, line, message_of, text_of
from reporting.queries import Targets

_MOMENTS = frozenset(one.name for one in FactDossier._meta.fields if isinstance(one, DateTimeField))
_TARGET = (
    *("indicator", "basis", "scope_kind", "scope_id", "month_end", "value", "is_derived", "head", "monitor"),
    *("decision_number", "decided_on", "issuer", "plan", "version"),
)
_UNIT = ("unit_id", "code", "name", "short_name", "kind", "group_id", "parent_id", "place", "valid_from", "valid_to")
_FIGURE = ("scope_kind", "scope_id", "indicator", "basis", "formula_version", "numerator", "denominator")
_VERDICT = (
    *("indicator", "scope_kind", "scope_id", "basis", "month_end", "value", "decision_number", "is_inherited"),
    *("numerator", "denominator", "verdict"),
)
# Kinds of rows with the columns that are told of each, in which the rows are also ordered.
_PARTS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("unit", ClosedUnit, _UNIT),
    ("procedure", ClosedProcedure, ("procedure_id", "code", "name")),
    ("field", ClosedField, ("procedure_id", "code", "name")),
    ("service", ClosedService, tuple(SERVICE_COLUMNS.split(", "))),
    ("target", ClosedTarget, _TARGET),
    ("figure", Snapshot, _FIGURE),
    ("verdict", ClosedVerdict, _VERDICT),
)


def since(month: Month) -> Any:
    """The first moment whose dossiers the month's figures may count, on any basis."""
    return min(Month(month.year, 1).bounds[0], month.previous.bounds[0])


def to_close(*, by_hand: bool = False) -> list[Month]:
    """Months to close, oldest first: the last one (from its day on, or by hand) and any after the first that was closed.

    What was counted of the time before the first closed month is nobody's to close but an operator's.
    """
    today = clock.today()
    last = Month.of(today).previous
    if not by_hand and today.day < settings.CLOSE_DAY:
        last = last.previous
    closed = {Month.of(day) for day in Run.objects.filter(frozen_at__isnull=False).values_list("month", flat=True)}
    if not closed and not FactDossier.objects.filter(filed_at__lt=last.bounds[1]).exists():
        return []  # a house that has just opened
    months, month = [], min(closed, default=last)
    while month <= last:
        months += [month] if month not in closed else []
        month = month.next
    return months


# ── closing ──────────────────────────────────────────────────────────────────────────────────────


def keep(run: Run) -> None:
    """Copy what the month needs besides facts; its figures stand already."""
    month = Month.of(run.month)
    parameters = {"run": run.pk, "first": since(month).date(), "last": month.last_day}
    for statement in _COPIES:
        _run(statement, parameters)
    targets = Targets.of_year(month.year, queries.board_units())
    ClosedTarget.objects.bulk_create(
        ClosedTarget(run=run, **{name: getattr(row, name) for name in _TARGET}) for row in targets.rows
    )
    ClosedVerdict.objects.bulk_create(_verdicts(run, month, targets), batch_size=1000)


def seal(run: Run) -> None:
    """Digest everything the month keeps and sign it; sets the columns of the run and saves nothing."""
    run.has_copies = True
    run.facts = _facts_told(run, FACTS_NOW, told_columns())
    run.digest = digest_of(lines_of(run))
    by = signer()
    if by is not None:
        signature = by.sign(message_of(str(Month.of(run.month)), run.version, run.digest))
        run.key_id, run.signer, run.signature = by.key_id, by.label, base64.b64encode(signature).decode()


_COPIES = (
    """
    INSERT INTO reporting_closedunit
        (run_id, unit_id, code, name, short_name, kind, group_id, parent_id, place, valid_from, valid_to)
    SELECT %(run)s, id, code, name, short_name, kind, group_id, parent_id,
           row_number() OVER (ORDER BY sort_order, code, id), valid_from, valid_to FROM accounts_orgunit""",
    f"""
    INSERT INTO reporting_closedservice (run_id, {SERVICE_COLUMNS})
    SELECT %(run)s, {SERVICE_COLUMNS} FROM {SERVICES_NOW}
    WHERE GREATEST(valid_from, %(first)s) <= LEAST(valid_to, %(last)s)""",  # noqa: S608  our own constants
    """
    INSERT INTO reporting_closedprocedure (run_id, procedure_id, code, name)
    SELECT %(run)s, id, code, name FROM procedures_procedure
    WHERE id IN (SELECT procedure_id FROM reporting_factdossier UNION
                 SELECT procedure_id FROM reporting_closedservice WHERE run_id = %(run)s)""",
    """
    INSERT INTO reporting_closedfield (run_id, procedure_id, code, name)
    SELECT %(run)s, p.id, f.code, f.name FROM procedures_procedure p JOIN procedures_field f ON f.id = p.field_id
    WHERE p.id IN (SELECT procedure_id FROM reporting_closedprocedure WHERE run_id = %(run)s)""",
)


def _verdicts(run: Run, month: Month, targets: Targets) -> Iterator[ClosedVerdict]:
    """Every scope with figures against the target that holds for it, its own or its group's."""
    rows = Snapshot.objects.filter(
        run=run, scope_kind__in=[ScopeKind.UNIT, ScopeKind.GROUP, ScopeKind.DEPARTMENT, ScopeKind.TOTAL]
    )
    figures = queries.MonthFigures()
    for cell in rows.values_list("indicator", "basis", "scope_kind", "scope_id", "numerator", "denominator"):
        figures.shown[cell[0], cell[1], (cell[2], cell[3])] = Figure(cell[4], cell[5])
    for indicator, scope in sorted({(cell[0], cell[2]) for cell in figures.shown}, key=str):
        target, is_inherited = targets.holding(indicator, scope, month)
        if target is None:
            continue
        figure = figures.figure(indicator, target.basis, scope)
        yield ClosedVerdict(
            run=run,
            indicator=indicator,
            scope_kind=scope[0],
            scope_id=scope[1],
            basis=target.basis,
            month_end=target.month_end,
            value=target.value,
            decision_number=target.decision_number,
            is_inherited=is_inherited,
            numerator=figure.numerator,
            denominator=figure.denominator,
            verdict=_verdict(indicator, figure, target.value),
        )


def _verdict(indicator: str, figure: Figure, target: Decimal) -> Light:
    """As boards judge: a limit is not to be passed, and what nothing is worth is the indicator's."""
    declared = INDICATORS[indicator]
    return light(figure, target, is_limit=declared.lower_is_better, zero=declared.zero)


# ── telling ──────────────────────────────────────────────────────────────────────────────────────


def lines_of(run: Run) -> list[str]:
    """Every row the month keeps, each in its only form and place."""
    head = [
        line(*FORMAT),
        line("month", str(Month.of(run.month))),
        line("version", run.version),
        line("counted until", _told(run.counted_until)),
        line("closed at", _told(run.frozen_at)),
        line("decision", run.decision),
        line("facts", *(_facts_of(run)[name] for name in ("count", "digest", "columns"))),
    ]
    for kind, model, columns in _PARTS:
        rows = sorted(model.objects.filter(run=run).values_list(*columns), key=_order)
        head += [line(kind, *map(_told, row)) for row in rows]
    return head


def export(run: Run) -> str:
    """The file of a closed month."""
    sealed = MonthSeal(str(Month.of(run.month)), run.version, run.digest, run.key_id, run.signer, run.signature)
    return text_of(lines_of(run), sealed)


def is_untouched(run: Run) -> bool:
    """Whether everything a closed month keeps, its facts among it, still has the digest it was closed with."""
    facts = _facts_told(run, FACTS_THEN, tuple(_facts_of(run)["columns"]))
    return facts == run.facts and digest_of(lines_of(run)) == run.digest


def _facts_of(run: Run) -> dict[str, Any]:
    """What a closed month says of its facts; of one that an older version closed nothing is known."""
    return run.facts or {"count": 0, "digest": "", "columns": []}


def _facts_told(run: Run, facts: str, columns: tuple[str, ...]) -> dict[str, Any]:
    month = Month.of(run.month)
    with connection.cursor() as cursor:
        sql = facts_digest_sql(columns, _MOMENTS, facts)
        cursor.execute(sql, {"run": run.pk, "since": since(month), "end": month.bounds[1]})
        count, digest = cursor.fetchone()
    return {"count": count, "digest": digest, "columns": list(columns)}


def _told(value: Any) -> Any:
    """A value as a line says it: moments in UTC, days and ratios as text."""
    if value is None or isinstance(value, bool | int | str):
        return value if not isinstance(value, str) else str(value)
    if hasattr(value, "astimezone"):
        return clock.local(value).astimezone(UTC).isoformat()
    return str(value)


def _order(row: tuple[Any, ...]) -> list[tuple[bool, str]]:
    return [(cell is not None, f"{cell:020d}" if type(cell) is int else str(cell)) for cell in row]


def _run(sql: str, parameters: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)

"""Counts a month into snapshots, any number of times, and freezes it once. Called by tasks and commands, never by a page.

What acts left behind is served first, so that the facts are as new as the ledger; an act that has not committed is
seen by the next count, since its dirty row comes with it.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connection
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.clock import Month
from portal.db import advisory_lock, repeatable_read
from portal.errors import BusyError, UserError
from reporting import facts
from reporting.enums import Basis, ScopeKind
from reporting.indicators import Declaration, Pass, counting_sql, of_pass
from reporting.models import DirtyMonth, Run, Snapshot
from reporting.periods import period

ATTEMPTS = 10  # each conflict means that another count of the month has just finished
# GROUPING() tells which columns a row does not group by: the other one is the row's scope.
_SCOPES = {3: (ScopeKind.UNIT, 0), 5: (ScopeKind.GROUP, 1), 6: (ScopeKind.DEPARTMENT, 2), 7: (ScopeKind.TOTAL, None)}


class FrozenError(UserError):
    """The month is closed."""

    default_message = _(
        "Số liệu tháng này đã chốt nên không thay đổi được. Số tính lại được ghi riêng để so sánh với số đã chốt."
    )


class FutureMonthError(UserError):
    """The month has not begun, or is not over and so cannot be frozen."""

    default_message = _("Tháng này chưa kết thúc nên chưa chốt được. Vui lòng chốt sau ngày cuối cùng của tháng.")


def compute_month(month: Month) -> Run:
    """Count a month again into its live run; a frozen run stays as it is, beside it.

    Raises FutureMonthError for a month that has not begun.
    """
    if month.first_day > clock.today():
        raise FutureMonthError(_("Tháng này chưa bắt đầu nên chưa có số liệu. Vui lòng chọn tháng khác."))
    facts.drain(patient=True)
    return _in_one_view(month, lambda: _write_live(month))


def freeze_month(month: Month) -> Run:
    """Count a month a last time and close it for ever.

    Raises FrozenError when it is closed, FutureMonthError before its end, BusyError when an act of that month was
    recorded while it was being counted.
    """
    if month.last_day >= clock.today():
        raise FutureMonthError
    facts.drain(patient=True)
    return _in_one_view(month, lambda: _write_frozen(month), alone=True)


def _in_one_view(month: Month, work: Callable[[], Run], *, alone: bool = False) -> Run:
    """Run `work` under the month's lock with every query seeing the same snapshot.

    The snapshot is taken before the lock is had; when another count of the month finished in between, the write
    conflicts and everything is done again on a fresh snapshot. `alone`: no facts are served meanwhile.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with repeatable_read():
                _patience()
                if alone:
                    facts.hold()
                with advisory_lock(f"kpi:{month}"):
                    return work()
        except OperationalError as error:
            conflict = getattr(error.__cause__, "sqlstate", "") == "40001"
            if not conflict or attempt == ATTEMPTS:
                raise
    raise AssertionError


def _patience() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '180s'")
        cursor.execute("SET LOCAL lock_timeout = '120s'")


def _write_live(month: Month) -> Run:
    run = Run.objects.filter(month=month.first_day, frozen_at__isnull=True).first() or Run(month=month.first_day)
    run.computed_at = clock.now()
    run.counted_until = min(run.computed_at, month.bounds[1])
    rows = _count(month, run)
    run.digest = digest(rows)
    run.save()
    _replace(run, rows)
    DirtyMonth.objects.filter(month=month.first_day).delete()  # those this count has seen
    return run


def _replace(run: Run, rows: list[Snapshot]) -> None:
    """Write the figures that differ from the last count of the run."""
    kept = {_cell(row): row.pk for row in Snapshot.objects.filter(run=run)}
    new = {_cell(row): row for row in rows}
    Snapshot.objects.filter(pk__in=[pk for cell, pk in kept.items() if cell not in new]).delete()
    changed = [row for cell, row in new.items() if cell not in kept]
    for row in changed:
        row.run = run
    Snapshot.objects.bulk_create(changed, batch_size=1000)


def _cell(row: Snapshot) -> tuple[Any, ...]:
    scope = (str(row.scope_kind), row.scope_id, str(row.indicator), str(row.basis))
    return (*scope, row.formula_version, row.numerator, row.denominator)


def _write_frozen(month: Month) -> Run:
    if Run.objects.filter(month=month.first_day, frozen_at__isnull=False).exists():
        raise FrozenError
    run = _write_live(month)
    if facts.waiting_for(month):
        raise BusyError(_("Có hồ sơ của tháng này đang được ghi nên chưa chốt được. Vui lòng thử lại sau ít phút."))
    run.frozen_at = clock.now()
    run.save(update_fields=["frozen_at"])
    return run


def _count(month: Month, run: Run) -> list[Snapshot]:
    parameters = period(month, Basis.CUMULATIVE, run.counted_until).parameters()
    rows: list[Snapshot] = []
    for cases in Pass:
        with connection.cursor() as cursor:
            cursor.execute(counting_sql(cases), parameters)
            for row in cursor.fetchall():
                rows += _snapshots(row, of_pass(cases)) if _has_scope(row) else []
    return rows


def _has_scope(row: tuple[Any, ...]) -> bool:
    _kind, column = _SCOPES[row[3]]
    return column is None or row[column] is not None


def _snapshots(row: tuple[Any, ...], counted: list[tuple[Declaration, Basis]]) -> list[Snapshot]:
    """One snapshot for each indicator and basis that has a case in the row's scope; the total always has one."""
    kind, column = _SCOPES[row[3]]
    return [
        Snapshot(
            scope_kind=kind,
            scope_id=None if column is None else row[column],
            indicator=declared.code,
            basis=basis,
            formula_version=declared.version,
            numerator=row[4 + 2 * place],
            denominator=row[5 + 2 * place],
        )
        for place, (declared, basis) in enumerate(counted)
        if column is None or row[5 + 2 * place]
    ]


def digest(rows: list[Snapshot]) -> str:
    """One fingerprint of all figures of a run, whatever their order."""
    lines = sorted(
        f"{row.scope_kind}|{row.scope_id or ''}|{row.indicator}|{Basis(row.basis).value}"
        f"|{row.formula_version}|{row.numerator}|{row.denominator}"
        for row in rows
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()

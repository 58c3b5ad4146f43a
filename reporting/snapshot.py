"""Counts a month into snapshots, any number of times, and freezes it once. Called by tasks and commands, never by a page.

Only events of transactions below the database snapshot's xmin are counted. "Last id seen" would lose rows: a row with a
smaller id may commit later. The list behind a number is read at the same watermark.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connection
from django.utils.translation import gettext_lazy as _

from dossiers.models.event import DossierEvent
from portal import clock
from portal.clock import Month
from portal.db import advisory_lock, repeatable_read
from portal.errors import BusyError, UserError
from reporting.enums import Basis, Indicator, ScopeKind
from reporting.indicators import DECLARATIONS, Declaration, counting_sql
from reporting.models import Run, Snapshot
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
    return _in_one_view(month, lambda: _write_live(month))


def freeze_month(month: Month) -> Run:
    """Count a month a last time and close it for ever.

    Raises FrozenError when it is closed, FutureMonthError before its end, BusyError while acts of that month are still
    being written by transactions the count cannot see whole.
    """
    if month.last_day >= clock.today():
        raise FutureMonthError
    return _in_one_view(month, lambda: _write_frozen(month))


def _in_one_view(month: Month, work: Callable[[], Run]) -> Run:
    """Run `work` under the month's lock with every query seeing the same snapshot.

    The snapshot is taken before the lock is had; when another count of the month finished in between, the write
    conflicts and everything is done again on a fresh snapshot.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with repeatable_read():
                _patience()
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
    run.watermark = _watermark()
    rows = _count(month, run)
    run.digest = digest(rows)
    run.save()
    Snapshot.objects.filter(run=run).delete()
    for row in rows:
        row.run = run
    Snapshot.objects.bulk_create(rows, batch_size=1000)
    return run


def _write_frozen(month: Month) -> Run:
    if Run.objects.filter(month=month.first_day, frozen_at__isnull=False).exists():
        raise FrozenError
    run = _write_live(month)
    if _unsettled(month, run):
        raise BusyError(_("Có hồ sơ của tháng này đang được ghi nên chưa chốt được. Vui lòng thử lại sau ít phút."))
    run.frozen_at = clock.now()
    run.save(update_fields=["frozen_at"])
    return run


def _watermark() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def _unsettled(month: Month, run: Run) -> bool:
    """Tell whether events of the month are visible that the watermark leaves out (an older transaction is still open)."""
    start, end = month.bounds
    return DossierEvent.objects.filter(
        happened_at__gte=start, happened_at__lt=end, transaction_id__gte=run.watermark
    ).exists()


def _count(month: Month, run: Run) -> list[Snapshot]:
    rows = []
    for declared in DECLARATIONS.values():
        for basis in declared.bases:
            parameters = period(month, basis, run.counted_until).parameters(run.watermark)
            with connection.cursor() as cursor:
                cursor.execute(counting_sql(declared), parameters)
                rows += [_snapshot(row, declared, basis) for row in cursor.fetchall() if _has_scope(row)]
    return rows


def _has_scope(row: tuple[Any, ...]) -> bool:
    _kind, column = _SCOPES[row[3]]
    return column is None or row[column] is not None


def _snapshot(row: tuple[Any, ...], declared: Declaration, basis: str) -> Snapshot:
    kind, column = _SCOPES[row[3]]
    return Snapshot(
        scope_kind=kind,
        scope_id=None if column is None else row[column],
        indicator=declared.slug,
        basis=basis,
        formula_version=declared.version,
        numerator=row[4],
        denominator=row[5],
    )


def digest(rows: list[Snapshot]) -> str:
    """One fingerprint of all figures of a run, whatever their order."""
    lines = sorted(
        f"{row.scope_kind}|{row.scope_id or ''}|{Indicator(row.indicator).value}|{Basis(row.basis).value}"
        f"|{row.formula_version}|{row.numerator}|{row.denominator}"
        for row in rows
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()

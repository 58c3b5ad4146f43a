"""Counts a month into snapshots, any number of times, and freezes it once. Called by tasks and commands, never by a page.

What acts left behind is served first, so that the facts are as new as the ledger; an act that has not committed is
seen by the next count, since its dirty row comes with it.
"""

from collections.abc import Callable

from django.db import OperationalError, connection
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.clock import Month
from portal.db import advisory_lock, repeatable_read
from portal.errors import BusyError, UserError
from reporting import facts
from reporting.indicators import writing_sql
from reporting.models import DirtyMonth, Run
from reporting.periods import period

ATTEMPTS = 10  # each conflict means that another count of the month has just finished
# One line a figure, in the order of its bytes, as it was written since the first closed month.
_LINES = """
    SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") FROM (
        SELECT concat(scope_kind, '|', scope_id, '|', indicator, '|', basis, '|', formula_version, '|', numerator, '|', denominator)
               AS line FROM reporting_snapshot WHERE run_id = %(run)s) figures"""


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
        cursor.execute("SET LOCAL work_mem = '128MB'")  # room to look new figures up among the old ones
        cursor.execute("SET LOCAL jit = off")  # compiling some hundred sums takes longer than adding them up


def _write_live(month: Month) -> Run:
    run = Run.objects.filter(month=month.first_day, frozen_at__isnull=True).first() or Run(month=month.first_day)
    run.computed_at = clock.now()
    run.counted_until = min(run.computed_at, month.bounds[1])
    run.save()
    parameters = period(month, run.counted_until).parameters()
    with connection.cursor() as cursor:
        cursor.execute(writing_sql(), parameters | {"run": run.pk})
    run.digest = digest(run)
    run.save(update_fields=["digest"])
    DirtyMonth.objects.filter(month=month.first_day).delete()  # those this count has seen
    return run


def _write_frozen(month: Month) -> Run:
    if Run.objects.filter(month=month.first_day, frozen_at__isnull=False).exists():
        raise FrozenError
    run = _write_live(month)
    if facts.waiting_for(month):
        raise BusyError(_("Có hồ sơ của tháng này đang được ghi nên chưa chốt được. Vui lòng thử lại sau ít phút."))
    run.frozen_at = clock.now()
    run.save(update_fields=["frozen_at"])
    return run


def digest(run: Run) -> str:
    """One fingerprint of all figures of a run, whatever their order."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT encode(sha256(convert_to(coalesce(({_LINES}), ''), 'UTF8')), 'hex')", {"run": run.pk})
        return str(cursor.fetchone()[0])

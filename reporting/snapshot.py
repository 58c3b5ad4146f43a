"""Counts a month into snapshots, any number of times, and freezes it once. Called by tasks and commands, never by a page.

What acts left behind is served first, so that the facts are as new as the ledger; an act that has not committed is
seen by the next count, since its dirty row comes with it.
"""

from collections.abc import Callable

from django.db import OperationalError, connection
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal import clock
from portal.clock import Month
from portal.db import advisory_lock, repeatable_read
from portal.errors import BusyError, UserError
from reporting import closed_months, facts
from reporting.indicators import writing_sql
from reporting.models import DirtyMonth, Run
from reporting.periods import period

# What closing says of a run, at once: afterwards the database lets nothing change.
CLOSED = (
    *("version", "decision", "closed_by", "frozen_at", "has_copies", "facts", "digest"),
    *("key_id", "signer", "signature"),
)
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


def freeze_month(month: Month, *, by: User | None = None, decision: str = "") -> Run:
    """Count a month a last time and close it for ever; by a decision once more, as a new version beside the old one.

    Raises FrozenError when it is closed and nobody decided anything, FutureMonthError before its end, BusyError when an act
    of that month was recorded while it was being counted.
    """
    if month.last_day >= clock.today():
        raise FutureMonthError
    facts.drain(patient=True)
    return _in_one_view(month, lambda: _write_frozen(month, by, decision), alone=True)


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


def _write_frozen(month: Month, by: User | None, decision: str) -> Run:
    closed = Run.objects.filter(month=month.first_day, frozen_at__isnull=False)
    before = closed.aggregate(newest=Max("version"))["newest"]
    if before and not decision:
        raise FrozenError
    run = _write_live(month)
    if facts.waiting_for(month):
        raise BusyError(_("Có hồ sơ của tháng này đang được ghi nên chưa chốt được. Vui lòng thử lại sau ít phút."))
    closed_months.keep(run)
    run.version, run.decision, run.closed_by = (before or 0) + 1, decision, by
    run.frozen_at = clock.now()
    closed_months.seal(run)
    run.save(update_fields=CLOSED)
    return run


def digest(run: Run) -> str:
    """One fingerprint of all figures of a run, whatever their order."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT encode(sha256(convert_to(coalesce(({_LINES}), ''), 'UTF8')), 'hex')", {"run": run.pk})
        return str(cursor.fetchone()[0])

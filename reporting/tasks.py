"""Tasks of the reporting room; each may run twice."""

from datetime import timedelta

from celery import shared_task
from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.clock import Month
from portal.errors import BusyError
from portal.sweeps import SWEEPS, RowSweep
from reporting import checks, facts, public_figures
from reporting.models import DirtyMonth, Run
from reporting.snapshot import FrozenError, compute_month, freeze_month

RETRIES = 10
RETRY_AFTER = 60


@shared_task(name="reporting.tasks.serve_dirty_dossiers")
def serve_dirty_dossiers() -> int:
    """Let the facts follow what was done since the last time. Every few seconds."""
    return facts.drain()


@shared_task(name="reporting.tasks.compute_dirty_months")
def compute_dirty_months() -> int:
    """Count this month, the last one and every month that changed; refresh the figures of public pages. Hourly.

    A closed month stays; what changed after its close is counted into the live run beside it. A month that cannot be
    counted keeps no other waiting.
    """
    facts.drain(patient=True)
    this_month = Month.of(clock.today())
    counted = Run.objects.filter(month=this_month.previous.first_day)
    always = {this_month.first_day, *counted.values_list("month", flat=True)}
    DirtyMonth.objects.bulk_create(DirtyMonth(month=day) for day in sorted(always))
    done = MONTHS.run()
    public_figures.refresh()
    return done


@shared_task(name="reporting.tasks.check_figures")
def check_figures() -> int:
    """Compare facts, figures and lists with each other; gives how many things do not hold. Every night."""
    return len(checks.check())


def _marked() -> QuerySet[DirtyMonth]:
    """One mark of each month that has begun and is to be counted."""
    begun = DirtyMonth.objects.filter(month__lte=Month.of(clock.today()).first_day)
    return DirtyMonth.objects.filter(pk__in=begun.values("month").annotate(first=Min("pk")).values("first"))


def _count(mark_id: int) -> bool:
    mark = DirtyMonth.objects.filter(pk=mark_id).first()
    if mark is not None:
        compute_month(Month.of(mark.month))
    return mark is not None


MONTHS = RowSweep(
    code="months",
    label=_("Tính số liệu tháng"),
    row=_("tháng"),
    task="reporting.tasks.compute_dirty_months",
    waiting=_marked,
    serve=_count,
    names=("month",),
)
SWEEPS.add(MONTHS)


@shared_task(
    name="reporting.tasks.close_previous_month",
    autoretry_for=(BusyError,),
    max_retries=RETRIES,
    default_retry_delay=RETRY_AFTER,
)
def close_previous_month() -> int:
    """Count last month a last time and close it, in the first days of the month; gives how many months were closed.

    A closed month stays as it is. Raises BusyError while one stays open, so that it is tried again within the hour.
    """
    last = Month.of(clock.today()).previous
    if not Run.objects.filter(month=last.first_day).exists():
        compute_month(last)
    done = CLOSING.run()
    if CLOSING.waiting().exists():
        raise BusyError
    return done


def _unclosed() -> QuerySet[Run]:
    """Counts of months that are over and should be closed: the last one, and any after one that is closed.

    What was counted of the time before the first closed month is nobody's to close but an operator's.
    """
    last = Month.of(clock.today()).previous.first_day
    closed = Run.objects.filter(frozen_at__isnull=False)
    counted = Run.objects.filter(~Exists(closed.filter(month=OuterRef("month"))), month__lte=last)
    return counted.filter(Q(month=last) | Exists(closed.filter(month__lt=OuterRef("month"))))


def _close(run_id: int) -> bool:
    """Close the month of a count; False when somebody else has."""
    try:
        freeze_month(Month.of(Run.objects.values_list("month", flat=True).get(pk=run_id)))
    except FrozenError:
        return False
    return True


CLOSING = RowSweep(
    code="months_to_close",
    label=_("Chốt số liệu tháng"),
    row=_("tháng"),
    task="reporting.tasks.close_previous_month",
    waiting=_unclosed,
    serve=_close,
    since="counted_until",  # of a month that is over, its end
    names=("month",),
    late=timedelta(days=3),
)
SWEEPS.add(CLOSING)

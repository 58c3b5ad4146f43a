"""Tasks of the reporting room; each may run twice."""

from celery import shared_task
from django.db.models import Min, QuerySet
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.clock import Month
from portal.errors import BusyError
from portal.sweeps import SWEEPS, RowSweep
from reporting import facts, public_figures
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
def close_previous_month() -> str:
    """Count last month a last time and close it, in the first days of the month. A closed month stays as it is."""
    month = Month.of(clock.today()).previous
    try:
        run = freeze_month(month)
    except FrozenError:
        return f"{month} was closed already"
    return f"{month} {run.digest[:12]}"

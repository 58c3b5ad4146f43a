"""Tasks of the reporting room; each may run twice."""

from celery import shared_task

from portal import clock
from portal.clock import Month
from portal.errors import BusyError
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
def compute_dirty_months() -> str:
    """Count this month, the last one and every month that changed; refresh the figures of public pages. Hourly.

    A closed month stays; what changed after its close is counted into the live run beside it.
    """
    facts.drain(patient=True)
    this_month = Month.of(clock.today())
    counted = Run.objects.filter(month=this_month.previous.first_day)
    days = {
        this_month.first_day,
        *DirtyMonth.objects.values_list("month", flat=True),
        *counted.values_list("month", flat=True),
    }
    runs = [compute_month(Month.of(day)) for day in sorted(days) if day <= this_month.first_day]
    public_figures.refresh()
    return ", ".join(f"{Month.of(run.month)} {run.digest[:12]}" for run in runs)


@shared_task(
    name="reporting.tasks.close_previous_month",
    autoretry_for=(BusyError,),
    max_retries=RETRIES,
    default_retry_delay=RETRY_AFTER,
)
def close_previous_month() -> str:
    """Count last month a last time and close it, on the first day of the month. A closed month stays as it is."""
    month = Month.of(clock.today()).previous
    try:
        run = freeze_month(month)
    except FrozenError:
        return f"{month} was closed already"
    return f"{month} {run.digest[:12]}"

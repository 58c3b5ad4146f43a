"""Tasks of the reporting room; each may run twice."""

from celery import shared_task

from portal import clock
from portal.clock import Month
from portal.errors import BusyError
from reporting import facts
from reporting.models import Run
from reporting.snapshot import FrozenError, compute_month, freeze_month

RETRIES = 10
RETRY_AFTER = 60


@shared_task(name="reporting.tasks.compute_current_month")
def compute_current_month() -> str:
    """Count this month again, and the last one beside its frozen run; refresh the figures of public pages. Hourly."""
    month = Month.of(clock.today())
    run = compute_month(month)
    if Run.objects.filter(month=month.previous.first_day).exists():
        compute_month(month.previous)
    facts.refresh()
    return f"{month} {run.digest[:12]}"


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

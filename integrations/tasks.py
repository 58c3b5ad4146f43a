"""Tasks of the outbox; each may run twice."""

from datetime import timedelta

from celery import shared_task

from integrations import outbox
from integrations.models import ExchangeLog
from portal import clock

KEEP_EXCHANGES = timedelta(days=180)


@shared_task(name="integrations.tasks.deliver_due")
def deliver_due() -> int:
    """Send what is due."""
    return outbox.deliver_due()


@shared_task(name="integrations.tasks.prune_log")
def prune_log() -> int:
    """Forget exchanges older than half a year."""
    return ExchangeLog.objects.filter(at__lt=clock.now() - KEEP_EXCHANGES).delete()[0]

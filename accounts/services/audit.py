"""The record of administration: who changed which account, unit or calendar. One log line and one row of Django's log."""

import structlog
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from accounts.models import User

log = structlog.get_logger(__name__)


def record(*, by: User | None, flag: int, thing: Model, event: str, **facts: object) -> None:
    """Write what was done to `thing`. `facts` are ids, codes and dates, never personal data; seeds have no `by`."""
    write = log.info if by else log.debug  # an import of a hundred units reports by itself
    write(event, by=by.pk if by else None, thing=thing._meta.label, id=thing.pk, **facts)
    if by is None:
        return
    words = ", ".join(f"{name}={value}" for name, value in facts.items() if value not in (None, ""))
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(type(thing)),
        object_id=str(thing.pk),
        object_repr=f"{thing._meta.label} {thing.pk}",
        action_flag=flag,
        change_message=f"{event} {words}"[:2000],
    )

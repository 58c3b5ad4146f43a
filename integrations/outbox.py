"""The outbox: `put` writes a message in the caller's transaction, `deliver_due` sends what is due, safely twice."""

from collections.abc import Iterable
from datetime import timedelta

import structlog
from django.db import DatabaseError, transaction

from integrations.models import MessageState, OutboxMessage
from integrations.registry import CHANNELS
from portal import clock, rows
from portal.celery import enqueue
from portal.errors import ExternalError, RefusedError

log = structlog.get_logger(__name__)
MAX_ATTEMPTS = 8
BATCH = 100


def put(*, kind: str, channel: str, address: str, subject: str, body: str, dedupe_key: str, link: str = "") -> None:
    """Write one message; a second put with the same key does nothing. The caller owns the transaction."""
    message = OutboxMessage(kind=kind, channel=channel, address=address, subject=subject, body=body, link=link)
    message.dedupe_key = dedupe_key
    put_all([message])


def put_all(messages: Iterable[OutboxMessage]) -> None:
    """Write the messages of one event in one statement and call the worker once; keys known already are left alone.

    Each is spelt as its channel writes.
    """
    new = list(messages)
    for message in new:
        channel = CHANNELS.get(message.channel)
        message.body = channel.spell(message.body) if channel is not None else message.body
    if new:
        rows.insert_all(new, skip_known=True)
        enqueue("integrations.tasks.deliver_due")


def deliver_due(limit: int = BATCH) -> int:
    """Send up to `limit` due messages, one transaction each, skipping rows another worker holds. Gives how many were tried."""
    tried = 0
    while tried < limit and _deliver_one():
        tried += 1
    return tried


@transaction.atomic
def _deliver_one() -> bool:
    message = (
        OutboxMessage.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .filter(state=MessageState.WAITING, next_at__lte=clock.now())
        .order_by("next_at", "pk")
        .first()
    )
    if message is None:
        return False
    message.attempts += 1
    before = transaction.savepoint()
    try:
        CHANNELS[message.channel].send(message)
    except RefusedError as error:
        _give_up(message, error)
    except DatabaseError as error:
        transaction.savepoint_rollback(before)
        _try_later(message, error)
    except Exception as error:  # noqa: BLE001  the one loop that must survive anything: the fault is recorded on the row
        _try_later(message, error)
    else:
        message.state, message.sent_at, message.last_error = MessageState.SENT, clock.now(), ""
    message.save(update_fields=["state", "attempts", "next_at", "sent_at", "last_error", "updated_at"])
    return True


def _give_up(message: OutboxMessage, error: Exception) -> None:
    message.state, message.last_error = MessageState.FAILED, str(error)[:300]
    log.warning("outbox.failed", kind=message.kind, channel=message.channel, id=message.pk)


def _try_later(message: OutboxMessage, error: Exception) -> None:
    expected = isinstance(error, ExternalError | OSError)
    log.log(30 if expected else 40, "outbox.retry", kind=message.kind, id=message.pk, error=type(error).__name__)
    message.last_error = f"{type(error).__name__}: {error}"[:300]
    if message.attempts >= MAX_ATTEMPTS:
        message.state = MessageState.FAILED
    message.next_at = clock.now() + timedelta(seconds=min(3600, 15 * 2**message.attempts))

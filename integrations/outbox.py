"""The outbox: `put` writes a message in the caller's transaction, `deliver_due` sends what is due, safely twice.

Each channel has its own line. A message is claimed, sent and settled: no row is held while a gateway is waited for. What is
past the time its kind is of use (integrations.registry.KINDS) is marked so and neither sent nor put back.
"""

import re
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

import structlog
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.models import MessageState, OutboxMessage
from integrations.registry import CHANNELS, KINDS, kind_of
from portal import clock, rows
from portal.celery import enqueue
from portal.errors import ExternalError, RefusedError
from portal.sweeps import LOST, SWEEPS, OwnSweep

log = structlog.get_logger(__name__)
MAX_ATTEMPTS = 8
BATCH = 100
SECONDS = 45  # for one channel in one run
IN_A_ROW = 3  # after so many faults a channel is left alone until the next run
CLAIM = timedelta(seconds=90)  # longer than any gateway is waited for
SHOWN_FOR = timedelta(days=30)  # an address that refuses stays on its dossier; operators need not see it for ever
OVER_SHOWN_FOR = timedelta(days=1)  # nothing is to be done about them
UNKNOWN = ""  # messages of channels that are no longer declared
TOO_LATE = gettext_lazy("Không gửi nữa: đã quá thời gian tin còn ích.")
_ADDRESS = re.compile(r"[^\s'\"<>{}()]+@[^\s'\"<>{}()]+|\+?\d{9,}")
# Due is what waits, whose time has come, and what nobody is sending (or whoever did is lost).
_IS_DUE = "state = 'waiting' AND next_at <= %(now)s AND (claimed_until IS NULL OR claimed_until <= %(now)s)"
_DUE = f"""
    SELECT code FROM (
        SELECT code, place FROM unnest(%(known)s::text[]) WITH ORDINALITY AS channels(code, place)
        WHERE EXISTS (SELECT FROM integrations_outboxmessage WHERE channel = code AND {_IS_DUE})
        UNION ALL
        SELECT '', NULL WHERE EXISTS (SELECT FROM integrations_outboxmessage WHERE channel <> ALL (%(known)s) AND {_IS_DUE})
    ) AS due ORDER BY place
"""  # noqa: S608  our own words
_IS_OF_CHANNEL = "(channel = %(channel)s OR %(channel)s = '' AND channel <> ALL (%(known)s))"
_CLAIM = f"""
    UPDATE integrations_outboxmessage SET attempts = attempts + 1, claimed_until = %(until)s, updated_at = %(now)s
    WHERE id = (
        SELECT id FROM integrations_outboxmessage
        WHERE {_IS_OF_CHANNEL} AND {_IS_DUE} AND %(at_once)s > (
            SELECT count(*) FROM integrations_outboxmessage
            WHERE {_IS_OF_CHANNEL} AND state = 'waiting' AND claimed_until > %(now)s
        )
        ORDER BY next_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
    )
    RETURNING *
"""  # noqa: S608  our own words


def put(*, kind: str, channel: str, address: str, subject: str, body: str, dedupe_key: str, link: str = "") -> None:
    """Write one message; a second put with the same key does nothing. The caller owns the transaction."""
    message = OutboxMessage(kind=kind, channel=channel, address=address, subject=subject, body=body, link=link)
    message.dedupe_key = dedupe_key
    put_all([message])


def put_all(messages: Iterable[OutboxMessage]) -> None:
    """Write the messages of one event in one statement and call the worker once; keys known already are left alone.

    Each is spelt as its channel writes. Raises LookupError for a kind that nobody declared.
    """
    new = list(messages)
    for message in new:
        kind_of(message.kind)
        channel = CHANNELS.get(message.channel)
        message.body = channel.spell(message.body) if channel is not None else message.body
    if new:
        rows.insert_all(new, skip_known=True)
        enqueue("integrations.tasks.deliver_due")


def deliver_due(limit: int = BATCH) -> int:
    """Send due messages, up to `limit` of each channel; a channel that is away keeps no other waiting. Gives how many were tried.

    When nothing is due, one question is the whole of it.
    """
    return sum(_deliver_channel(code, limit) for code in _due())


def _due() -> list[str]:
    """Channels for which something is due, in their order; messages of channels no longer declared come last."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"now": clock.now(), "known": _known()})
        return [code for (code,) in cursor.fetchall()]


def _deliver_channel(code: str, limit: int) -> int:
    """Send what is due by one channel, message by message, until it fails several times in a row or time is up."""
    tried, failed, until = 0, 0, time.monotonic() + SECONDS
    while tried < limit and failed < IN_A_ROW and time.monotonic() < until:
        message = _claimed(code)
        if message is None:
            break
        tried += 1
        failed = 0 if _deliver(message) else failed + 1
    return tried


def _claimed(code: str) -> OutboxMessage | None:
    """Take the next due message: written down and committed before anything is sent, so that no call holds a row.

    One statement. A worker killed between the call and its outcome leaves a claim that runs out: the message is sent
    again (at least once). While others hold all the claims a channel allows, nothing is taken: a gateway that
    hangs costs one worker, not all.
    """
    now = clock.now()
    words = {"now": now, "until": now + CLAIM, "channel": code, "known": _known()}
    words["at_once"] = CHANNELS[code].at_once if code != UNKNOWN else 1
    return next(iter(OutboxMessage.objects.raw(_CLAIM, words)), None)


def _known() -> list[str]:
    return [channel.code for channel in CHANNELS]


def _of_channel(code: str) -> QuerySet[OutboxMessage]:
    if code == UNKNOWN:
        return OutboxMessage.objects.exclude(channel__in=_known())
    return OutboxMessage.objects.filter(channel=code)


def _deliver(message: OutboxMessage) -> bool:
    """Call the channel outside of any transaction and settle the message; False when the channel may be away."""
    if message.attempts > MAX_ATTEMPTS:  # no try came back to say what went wrong
        _settle(message, state=MessageState.FAILED, last_error=str(LOST))
        return True
    if message.created_at < clock.now() - _valid_for(message):
        _settle(message, state=MessageState.OVER)
        return True
    try:
        CHANNELS[message.channel].send(message)
    except RefusedError as error:
        _give_up(message, error)
    except Exception as error:  # noqa: BLE001  the one loop that must survive anything: the fault is recorded on the row
        _try_later(message, error)
        return False
    else:
        _settle(message, state=MessageState.SENT, sent_at=clock.now(), last_error="")
    return True


def _valid_for(message: OutboxMessage) -> timedelta:
    """How long it is of use; what a version before wrote, of a kind that is declared no more, as long as it is shown."""
    try:
        return kind_of(message.kind).valid_for
    except LookupError:
        return SHOWN_FOR


def _settle(message: OutboxMessage, **changes: Any) -> None:
    """Write the outcome, unless the claim had run out and another worker has it."""
    mine = OutboxMessage.objects.filter(pk=message.pk, state=MessageState.WAITING, attempts=message.attempts)
    mine.update(claimed_until=None, updated_at=clock.now(), **changes)


def _give_up(message: OutboxMessage, error: Exception) -> None:
    _settle(message, state=MessageState.FAILED, last_error=str(error)[:300])
    log.warning("outbox.failed", kind=message.kind, channel=message.channel, id=message.pk)


def _try_later(message: OutboxMessage, error: Exception) -> None:
    expected = isinstance(error, ExternalError | OSError)
    log.log(30 if expected else 40, "outbox.retry", kind=message.kind, id=message.pk, error=type(error).__name__)
    is_last = message.attempts >= MAX_ATTEMPTS
    _settle(
        message,
        state=MessageState.FAILED if is_last else MessageState.WAITING,
        last_error=f"{type(error).__name__}: {error}"[:300],
        next_at=clock.now() + timedelta(seconds=min(3600, 15 * 2**message.attempts)),
    )


# ── what is stuck, by channel ────────────────────────────────────────────────────────────────────


def send_again(failed: QuerySet[OutboxMessage]) -> int:
    """Put failed messages back in the queue, save those past their time, which are marked so; gives how many."""
    now, found = clock.now(), failed.filter(state=MessageState.FAILED)
    found.filter(_is_over(now)).update(state=MessageState.OVER, updated_at=now)
    return found.update(state=MessageState.WAITING, attempts=0, next_at=now)


def _is_over(now: datetime) -> Q:
    """Messages whose kind is of no use any more; a kind of its own is not asked as one of its family."""
    over = Q(pk__in=())
    for kind in KINDS:
        if kind.code.endswith("."):
            own = [other.code for other in KINDS if other is not kind and other.code.startswith(kind.code)]
            of_kind = Q(kind__startswith=kind.code) & ~Q(kind__in=own)
        else:
            of_kind = Q(kind=kind.code)
        over |= of_kind & Q(created_at__lt=now - kind.valid_for)
    return over


def _words(channel: Promise) -> str:
    return _("Gửi tin: %(channel)s") % {"channel": channel}


_label = lazy(_words, str)


def declare_sweeps() -> None:
    """Declare one sweep a channel; called once all channels are known."""
    for channel in CHANNELS:
        SWEEPS.add(
            OwnSweep(
                code=f"outbox_{channel.code}",
                label=cast("Promise", _label(channel.label)),
                row=gettext_lazy("tin"),
                task="integrations.tasks.deliver_due",
                aside=partial(_failed_lately, channel.code),
                late=partial(_late, channel.code),
                back=send_again,
                since="created_at",
                reason="last_error",
                names=("kind",),
                named=_kind_in_words,
                in_words=_in_words,
                over=partial(_over_lately, channel.code),
                over_reason=TOO_LATE,
            )
        )


def _in_words(fault: str) -> str:
    """What an operator reads of a fault; no address of a person stands in it."""
    known = {str(LOST), ""}
    detail = _ADDRESS.sub("…", fault)
    return fault if fault in known else _("Kênh chưa nhận tin (%(detail)s).") % {"detail": detail}


def _kind_in_words(code: str) -> str:
    try:
        return str(kind_of(code).label)
    except LookupError:  # written by a version before
        return code


def _over_lately(code: str) -> QuerySet[OutboxMessage]:
    now = clock.now()
    late = Q(state=MessageState.OVER) | Q(state=MessageState.FAILED) & _is_over(now)
    return _of_channel(code).filter(late, updated_at__gt=now - OVER_SHOWN_FOR)


def _failed_lately(code: str) -> QuerySet[OutboxMessage]:
    now = clock.now()
    return _of_channel(code).filter(~_is_over(now), state=MessageState.FAILED, updated_at__gt=now - SHOWN_FOR)


def _late(code: str) -> QuerySet[OutboxMessage]:
    return _of_channel(code).filter(state=MessageState.WAITING, created_at__lt=clock.now() - clock.LATE)

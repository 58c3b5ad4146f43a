"""Tells applicants of an event: whom, by which channels, in its words. Writes outbox rows in the caller's transaction.

The account that filed is told inside the portal, everybody by letter or, without an address for letters, by a short
message; where the authority sends none, the desk owes a call. No identity number leaves the house; words of an act only by
channels that may carry them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dossiers import calls
from dossiers.audiences import Reached, channels_for, people
from dossiers.enums import CallReason
from dossiers.events import Audience, Event, Wording
from dossiers.models.dossier import Dossier
from integrations import outbox
from integrations.models import OutboxMessage
from integrations.registry import MessageChannel
from portal import clock


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is told: whom, in which words, and the key within the dossier by which nobody is told the same thing twice."""

    kind: str
    audience: tuple[Audience, ...]
    wording: Wording
    key: str


def tell(dossier: Dossier, event: Event, *, seq: int, text: str = "", words: Mapping[str, str] | None = None) -> None:
    """Put the messages of one event into the outbox, in one statement; an event without an audience tells nobody.

    `dossier` comes with its units, parties and revision; `words`: placeholders that only the act knows.
    """
    if event.wording is None:
        return
    told = Announcement(f"dossier.{event.code}", event.audience, event.wording, str(seq))
    _put(dossier, told, {**_values(dossier, text if event.text_is_public else ""), **(words or {})})


def remind(dossier: Dossier, told: Announcement, **values: str) -> None:
    """Put the messages of a reminder into the outbox, each address once for its key; `values`: its own placeholders."""
    _put(dossier, told, {**_values(dossier, ""), **values})


def _put(dossier: Dossier, told: Announcement, values: dict[str, str]) -> None:
    messages: dict[tuple[str, str], OutboxMessage | None] = {}
    for one in people(dossier, told.audience):
        for channel, address in channels_for(one.who, one.contact):
            if channel.is_called():
                _leave_to_call(dossier, told, one, channel, values)
            else:
                messages.setdefault((channel.code, address), _message(dossier, told, channel, address, values))
    outbox.put_all(message for message in messages.values() if message is not None)


def _leave_to_call(
    dossier: Dossier, told: Announcement, one: Reached, channel: MessageChannel, values: dict[str, str]
) -> None:
    """The desk says by telephone what the channel would have written."""
    if told.wording.short is not None:
        words = _body(told.wording, channel, values, "")
        calls.owe(dossier, calls.Untold(one.who, one.contact.phone, told.kind, words, CallReason.INSTEAD))


def can_be_told(dossier: Dossier, audience: Iterable[Audience]) -> bool:
    """Tell whether any message to the audience has an address to go to."""
    return any(channels_for(one.who, one.contact) for one in people(dossier, audience))


def _message(
    dossier: Dossier, told: Announcement, channel: MessageChannel, address: str, values: dict[str, str]
) -> OutboxMessage | None:
    """The row of one address; None when there are no words for this channel."""
    if channel.is_short and told.wording.short is None:
        return None
    said = values if channel.may_carry_text else {**values, "text": str(_("nội dung xem trên cổng."))}
    link = reverse("my:dossier", args=[dossier.reference])
    return OutboxMessage(
        kind=told.kind,
        channel=channel.code,
        address=address,
        subject="" if channel.is_short else str(told.wording.subject) % said,
        body=_body(told.wording, channel, said, link),
        link=link,
        dedupe_key=f"dossier:{dossier.pk}:{told.key}:{channel.code}:{address}"[:120],
    )


def _body(wording: Wording, channel: MessageChannel, values: dict[str, str], link: str) -> str:
    if channel.is_short:
        return str(wording.short) % values
    body = str(wording.body) % values
    return body if channel.shows_link else f"{body}\n\n{settings.PUBLIC_URL}{link}"


def _values(dossier: Dossier, text: str) -> dict[str, str]:
    return {
        "code": dossier.code or dossier.reference,
        "procedure": dossier.revision.name,
        "unit": dossier.competent_unit.name,
        "desk": dossier.receiving_unit.name,
        "due": _moment(dossier.due_at),
        "accept_by": _moment(dossier.accept_by),
        "text": text,
        "answer_by": "",
        "unless": "",
        "due_before": "",
    }


def _moment(value: datetime | None) -> str:
    return clock.local(value).strftime("%H:%M %d/%m/%Y") if value is not None else str(_("chưa xác định"))

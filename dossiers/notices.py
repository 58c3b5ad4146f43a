"""Tells people of an event: whom, by which channels, in its words. Writes outbox rows in the caller's transaction.

The account that filed is told inside the portal, everybody by letter or, without an address for letters, by a short
message. No identity number leaves the house; words of an act only by channels that may carry them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Party
from dossiers.events import Audience, Event, Wording
from dossiers.models.dossier import Dossier
from integrations import outbox
from integrations.models import OutboxMessage
from integrations.registry import Contact, MessageChannel, reach
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
    reached = {
        (channel.code, address): channel
        for contact in contacts(dossier, told.audience)
        for channel, address in reach(contact)
    }
    drafts = (_message(dossier, told, channel, address, values) for (_code, address), channel in reached.items())
    outbox.put_all(draft for draft in drafts if draft is not None)


def can_be_told(dossier: Dossier, audience: Iterable[Audience]) -> bool:
    """Tell whether any message to the audience has an address to go to."""
    return any(True for contact in contacts(dossier, audience) for _reached in reach(contact))


def contacts(dossier: Dossier, audience: Iterable[Audience]) -> list[Contact]:
    """How the audience can be reached; whoever reads letters somewhere gets no short message elsewhere."""
    found = [contact for who in audience if (contact := CONTACTS[who](dossier)) is not None]
    readers = {contact.user_id for contact in found if contact.user_id is not None and contact.email}
    return [replace(contact, phone="") if contact.user_id in readers else contact for contact in found]


def _account(dossier: Dossier) -> Contact | None:
    account = dossier.account
    return None if account is None else Contact(account.pk, account.email or "", account.phone or "")


def _submitter(dossier: Dossier) -> Contact | None:
    party = dossier.submitter
    return None if party is None else Contact(_filer(party, dossier), party.email, party.phone)


def _owner(dossier: Dossier) -> Contact | None:
    """By what was filed: the bearer of a number that somebody merely typed must not be told of a stranger's dossier."""
    party = dossier.owner
    return None if party is None else Contact(_filer(party, dossier), dossier.owner_email, dossier.owner_phone)


def _filer(party: Party, dossier: Dossier) -> int | None:
    return party.user_id if party.user_id is not None and party.user_id == dossier.account_id else None


CONTACTS: Mapping[Audience, Callable[[Dossier], Contact | None]] = {
    Audience.ACCOUNT: _account,
    Audience.SUBMITTER: _submitter,
    Audience.OWNER: _owner,
}


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
    }


def _moment(value: datetime | None) -> str:
    return clock.local(value).strftime("%H:%M %d/%m/%Y") if value is not None else str(_("chưa xác định"))

"""Tells members of staff that something waits for them, inside the portal and by letter. Writes outbox rows in the caller's transaction.

Citizens are told by dossiers.notices. Nothing of a dossier but its code stands in these messages.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from accounts.models import User
from integrations import outbox
from integrations.models import OutboxMessage
from integrations.registry import Contact, MessageChannel, reach


@dataclass(frozen=True, slots=True)
class StaffNotice:
    """What is said; `key`: nobody is told the same thing twice."""

    kind: str
    subject: str
    body: str
    link: str
    key: str


def tell_staff(people: Iterable[User], notice: StaffNotice) -> None:
    """Put one notice for each of these people into the outbox."""
    reached = {
        (channel.code, address): channel
        for person in people
        for channel, address in reach(Contact(person.pk, person.email or ""))
        if not channel.is_short
    }
    outbox.put_all(_message(notice, channel, address) for (_code, address), channel in reached.items())


def _message(notice: StaffNotice, channel: MessageChannel, address: str) -> OutboxMessage:
    return OutboxMessage(
        kind=notice.kind,
        channel=channel.code,
        address=address,
        subject=notice.subject,
        body=notice.body if channel.shows_link else f"{notice.body}\n\n{settings.PUBLIC_URL}{notice.link}",
        link=notice.link,
        dedupe_key=f"{notice.key}:{channel.code}:{address}"[:120],
    )

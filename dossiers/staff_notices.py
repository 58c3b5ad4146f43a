"""Tells members of staff that something waits for them, by the ways of their audience. Writes outbox rows in the caller's transaction.

Citizens are told by dossiers.notices. Nothing of a dossier but its code stands in these messages.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import cover_of
from dossiers.audiences import channels_for
from dossiers.events import Audience
from integrations import outbox
from integrations.models import Notice, OutboxMessage
from integrations.registry import Contact, MessageChannel
from portal import clock

STANDS_IN = _("Bạn trực thay %(name)s.")


@dataclass(frozen=True, slots=True)
class StaffNotice:
    """What is said, and to which audience; `key`: nobody is told the same thing twice."""

    kind: str
    subject: str
    body: str
    link: str
    key: str
    audience: Audience


def tell_staff(people: Iterable[User], notice: StaffNotice, *, but: int | None = None) -> None:
    """Put one notice for each of these people, and for who stands in for those on leave, into the outbox.

    `but`: the account of whoever did what is told.
    """
    told = {person.pk: (person, notice) for person in people}
    for leave in cover_of(told).values():
        name = told[leave.user_id][0].full_name
        standing_in = replace(notice, body=f"{STANDS_IN % {'name': name}} {notice.body}")
        told.setdefault(leave.cover_id, (leave.cover, standing_in))
    reached = {
        (channel.code, address): _message(said, channel, address)
        for person, said in told.values()
        if person.pk != but
        for channel, address in channels_for(notice.audience, Contact(person.pk, person.email or ""))
    }
    outbox.put_all(reached.values())


def fade(keys: Iterable[str]) -> None:
    """Let notices whose keys begin so count as read: what they told of is over."""
    known = Q()
    for key in keys:
        known |= Q(message__dedupe_key__startswith=key)
    if known:
        Notice.objects.filter(known, read_at__isnull=True).update(read_at=clock.now())


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

"""Ways a message leaves the house, and kinds of messages. One module in integrations.channels declares one way.

Asked by the outbox (how to send, and until when), by the rooms above (whom a channel reaches), by the demo mailbox and the
checks. The rooms above declare the kinds of what they write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.functional import Promise

from portal.registry import Registry

if TYPE_CHECKING:
    from integrations.models import OutboxMessage

    Sender = Callable[[OutboxMessage], None]


@dataclass(frozen=True, slots=True)
class Contact:
    """Where somebody can be reached, as the room above knows it; what is not known is empty."""

    user_id: int | None = None
    email: str = ""
    phone: str = ""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class MessageChannel:
    """One way out.

    `send` raises RetryLaterError or RefusedError when it cannot deliver. `address` picks what it needs of a contact, ''
    when this channel does not reach the person. `is_short`: few signs, no subject. `may_carry_text`: words of a dossier
    (a reason, a request) may travel by it. `shows_link`: the message carries its link beside the body, not inside it.
    `is_in_demo_mailbox`: demo shows what went out. `at_once`: how many workers may be in it at a time. `lacks` says in one
    line what keeps it from really sending, '' when nothing does; `is_needed`: production does not start while it lacks
    something. `spell`: how it writes a text (perhaps without accents). `is_called`: the authority's people call the
    address, and nothing is sent of what they can say.
    """

    code: str
    label: Promise
    send: Sender
    address: Callable[[Contact], str]
    lacks: Callable[[], str]
    is_short: bool = False
    may_carry_text: bool = False
    shows_link: bool = False
    is_in_demo_mailbox: bool = True
    at_once: int = 1
    is_needed: Callable[[], bool] = _never
    spell: Callable[[str], str] = str
    is_called: Callable[[], bool] = _never


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where a channel hands over its messages, and the key it shows there; empty when the installation has none."""

    url: str
    token: str


@dataclass(frozen=True, slots=True)
class MessageKind:
    """One kind of message, or a family of kinds whose code ends with a dot, and how long after it was written it is of use.

    What is past its time is neither sent nor sent again: a code that opens nothing any more only worries who gets it.
    """

    code: str
    label: Promise
    valid_for: timedelta


CHANNELS: Registry[MessageChannel] = Registry("message channel")
KINDS: Registry[MessageKind] = Registry("message kind")


def kind_of(code: str) -> MessageKind:
    """The declaration of a kind, or of its family. Raises LookupError when nobody declared it."""
    found = KINDS.get(code) or KINDS.get(f"{code.split('.', 1)[0]}.")
    if found is None:
        raise LookupError(f"no message kind {code!r} is declared")
    return found


def gateway(code: str) -> Gateway:
    """The gateway of a channel, named in the environment after its code: SMS_GATEWAY_URL and SMS_GATEWAY_TOKEN for sms."""
    name = f"{code.upper()}_GATEWAY"
    return Gateway(settings.GATEWAYS.get(f"{name}_URL", ""), settings.GATEWAYS.get(f"{name}_TOKEN", ""))


def user_address(user_id: int) -> str:
    """The address of an account's own notices."""
    return f"user:{user_id}"


def mailbox_channels() -> list[str]:
    """Codes of the channels whose messages the demo mailbox shows."""
    return [channel.code for channel in CHANNELS if channel.is_in_demo_mailbox]


def reach(contact: Contact) -> list[tuple[MessageChannel, str]]:
    """Every channel that reaches a person, with the address."""
    found = [(channel, channel.address(contact)) for channel in CHANNELS]
    return [(channel, address) for channel, address in found if address]

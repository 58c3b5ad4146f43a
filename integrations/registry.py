"""Which function sends which channel. Channel modules register themselves; outbox.deliver_due asks here."""

from collections.abc import Callable

from integrations.models import OutboxMessage

Sender = Callable[[OutboxMessage], None]
_senders: dict[str, Sender] = {}


def register(channel: str) -> Callable[[Sender], Sender]:
    """Name the sender of a channel; it raises RetryLaterError or RefusedError when it cannot deliver."""

    def remember(sender: Sender) -> Sender:
        _senders[channel] = sender
        return sender

    return remember


def sender_of(channel: str) -> Sender:
    """The sender of a channel; KeyError for an unknown one."""
    return _senders[channel]

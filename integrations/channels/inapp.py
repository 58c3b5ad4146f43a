"""Notices inside the portal: delivered by writing the row the reader's inbox shows."""

from django.utils.translation import gettext_lazy as _

from integrations.models import Notice, OutboxMessage
from integrations.registry import CHANNELS, MessageChannel, user_address


def send(message: OutboxMessage) -> None:
    """Write the notice once."""
    Notice.objects.get_or_create(
        message=message,
        defaults={"address": message.address, "title": message.subject, "body": message.body, "link": message.link},
    )


INAPP = CHANNELS.add(
    MessageChannel(
        code="inapp",
        label=_("trên cổng"),
        send=send,
        address=lambda contact: user_address(contact.user_id) if contact.user_id is not None else "",
        lacks=lambda: "",
        may_carry_text=True,
        shows_link=True,
        at_once=4,  # nothing is waited for
        is_in_demo_mailbox=False,  # a notice has its own page
    )
)

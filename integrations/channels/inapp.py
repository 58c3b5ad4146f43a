"""Notices inside the portal: delivered by writing the row the reader's inbox shows."""

from django.utils.translation import gettext_lazy as _

from integrations.models import Notice, OutboxMessage
from integrations.registry import CHANNELS, MessageChannel, user_address
from portal import rows


def send(message: OutboxMessage) -> None:
    """Write the notice once."""
    notice = Notice(message=message, address=message.address, title=message.subject)
    notice.body, notice.link = message.body, message.link
    rows.insert_all([notice], skip_known=True)


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

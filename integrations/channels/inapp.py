"""Notices inside the portal: delivered by writing the row the reader's inbox shows."""

from integrations.models import MessageChannel, Notice, OutboxMessage
from integrations.registry import register


@register(MessageChannel.INAPP)
def send(message: OutboxMessage) -> None:
    """Write the notice once."""
    Notice.objects.get_or_create(
        message=message,
        defaults={"address": message.address, "title": message.subject, "body": message.body, "link": message.link},
    )

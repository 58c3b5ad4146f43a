"""E-mail by Django's configured backend (SMTP in production, a folder in demo)."""

from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage

from integrations.models import MessageChannel, OutboxMessage
from integrations.registry import register
from portal.errors import RefusedError, RetryLaterError


@register(MessageChannel.EMAIL)
def send(message: OutboxMessage) -> None:
    """Send one letter; a refused recipient is final, other faults are tried again."""
    letter = EmailMessage(
        subject=" ".join(message.subject.split()),
        body=message.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.address],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        letter.send()
    except SMTPRecipientsRefused as error:
        raise RefusedError(str(error)) from error
    except (SMTPException, OSError) as error:
        raise RetryLaterError(type(error).__name__) from error

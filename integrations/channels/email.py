"""E-mail by Django's configured backend (SMTP in production, a folder in demo)."""

from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext_lazy as _

from integrations.models import OutboxMessage
from integrations.registry import CHANNELS, MessageChannel
from portal.errors import RefusedError, RetryLaterError


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


def _lacks() -> str:
    is_folder = "filebased" in settings.EMAIL_BACKEND
    return "SMTP_HOST is empty: letters would stay in a folder." if is_folder else ""


EMAIL = CHANNELS.add(
    MessageChannel(
        code="email",
        label=_("thư điện tử"),
        send=send,
        address=lambda contact: contact.email,
        lacks=_lacks,
        may_carry_text=True,
        is_needed=lambda: True,
    )
)

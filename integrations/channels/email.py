"""E-mail by Django's configured backend (SMTP in production, a folder in demo)."""

from smtplib import SMTPDataError, SMTPException, SMTPNotSupportedError, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext_lazy as _

from integrations.models import OutboxMessage
from integrations.registry import CHANNELS, MessageChannel
from portal.errors import RefusedError, RetryLaterError


def send(message: OutboxMessage) -> None:
    """Send one letter; an address or letter that the server refuses for good is final, other faults are tried again."""
    letter = EmailMessage(
        subject=" ".join(message.subject.split()),
        body=message.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.address],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        letter.send()
    except (SMTPException, OSError) as error:
        kind = RefusedError if _is_final(error) else RetryLaterError
        raise kind(_named(error)) from error


def _is_final(error: Exception) -> bool:
    """Of this letter or its address; a server that takes nothing from us today is not, nor one that says "later" (4xx)."""
    return isinstance(error, SMTPNotSupportedError) or any(code >= 500 for code in _codes(error))


def _codes(error: Exception) -> list[int]:
    if isinstance(error, SMTPRecipientsRefused):
        return [code for code, _words in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, SMTPDataError) else []


def _named(error: Exception) -> str:
    """What administrators read: no address."""
    return " ".join([type(error).__name__, *map(str, _codes(error))])


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

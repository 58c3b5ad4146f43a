"""Text messages through an HTTP gateway; without one (demo) the outbox page is where codes arrive."""

import time

import requests
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from integrations.models import ExchangeLog, OutboxMessage
from integrations.registry import CHANNELS, Contact, MessageChannel, gateway
from portal.errors import RefusedError, RetryLaterError

CODE = "sms"
TIMEOUT = (3, 10)


def send(message: OutboxMessage) -> None:
    """Post one message; 4xx is final, anything else is tried again. The message id makes a repeat harmless there."""
    if not gateway(CODE).url:
        if settings.DEMO:
            return
        raise RetryLaterError(_lacks())  # never "sent" when nobody sent it
    began = time.monotonic()
    outcome = _post(message)
    ExchangeLog.objects.create(
        service=CODE, operation="send", outcome=outcome, milliseconds=int((time.monotonic() - began) * 1000)
    )
    if outcome.startswith("4"):
        raise RefusedError(outcome)
    if not outcome.startswith("2"):
        raise RetryLaterError(outcome)


def _post(message: OutboxMessage) -> str:
    theirs = gateway(CODE)
    try:
        answer = requests.post(
            theirs.url,
            json={"id": str(message.pk), "to": message.address, "text": message.body},
            headers={"Authorization": f"Bearer {theirs.token}"},
            timeout=TIMEOUT,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        return type(error).__name__
    return str(answer.status_code)


def _address(contact: Contact) -> str:
    """Who reads letters gets a letter: a message costs money and says little."""
    return "" if contact.email else contact.phone


def _lacks() -> str:
    return "" if gateway(CODE).url else "SMS_GATEWAY_URL is empty: codes and notices by text message cannot leave."


def _is_needed() -> bool:
    """Whom only a telephone reaches must be told; an authority may say that its officers call these people instead."""
    return not settings.CALLS_INSTEAD_OF_SMS


SMS = CHANNELS.add(
    MessageChannel(
        code=CODE,
        label=_("tin nhắn"),
        send=send,
        address=_address,
        lacks=_lacks,
        is_short=True,
        is_needed=_is_needed,
    )
)

"""Text messages through an HTTP gateway; without one configured (demo) the outbox page is where codes arrive."""

import time

import requests
from django.conf import settings

from integrations.models import Channel, ExchangeLog, OutboxMessage
from integrations.registry import register
from portal.errors import RefusedError, RetryLaterError

TIMEOUT = (3, 10)


@register(Channel.SMS)
def send(message: OutboxMessage) -> None:
    """Post one message; 4xx is final, anything else is tried again. The message id makes a repeat harmless there."""
    if not settings.SMS_GATEWAY_URL:
        return
    began = time.monotonic()
    outcome = "error"
    try:
        answer = requests.post(
            settings.SMS_GATEWAY_URL,
            json={"id": str(message.pk), "to": message.address, "text": message.body},
            headers={"Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}"},
            timeout=TIMEOUT,
            allow_redirects=False,
        )
        outcome = str(answer.status_code)
    except requests.RequestException as error:
        outcome = type(error).__name__
        raise RetryLaterError(outcome) from error
    finally:
        milliseconds = int((time.monotonic() - began) * 1000)
        ExchangeLog.objects.create(service="sms", operation="send", outcome=outcome, milliseconds=milliseconds)
    if 400 <= answer.status_code < 500:
        raise RefusedError(outcome)
    if answer.status_code >= 300:
        raise RetryLaterError(outcome)

"""Text messages through an HTTP gateway; without one (demo) the outbox page is where codes arrive.

The gateway is given `{"id", "to", "text"}` and says yes with 2xx and nothing more, or JSON without an `error`. What it says in
JSON counts: `{"error": "…"}` under 200 is no, and with `"final": true` it is no for ever.
"""

import json
import time

import requests
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from integrations.models import ExchangeLog, OutboxMessage
from integrations.registry import CHANNELS, Contact, MessageChannel, gateway
from portal.errors import RefusedError, RetryLaterError
from portal.text import unaccented

CODE = "sms"
TIMEOUT = (3, 10)
LONGEST_ANSWER = 4096
# No to this message; other 4xx are about our key, our address or its load, and tried again.
FINAL = frozenset({"400", "406", "409", "410", "413", "415", "422", "451"})
NO, NEVER, UNCLEAR = "error", "refused", "unclear"


def send(message: OutboxMessage) -> None:
    """Post one message; a refusal of it is final, anything else is tried again. The message id makes a repeat harmless there."""
    if not gateway(CODE).url:
        if settings.DEMO:
            return
        raise RetryLaterError(_lacks())  # never "sent" when nobody sent it
    began = time.monotonic()
    outcome = _post(message)
    ExchangeLog.objects.create(
        service=CODE, operation="send", outcome=outcome, milliseconds=int((time.monotonic() - began) * 1000)
    )
    if outcome in FINAL or outcome == NEVER:
        raise RefusedError(outcome)
    if not outcome.startswith("2"):
        raise RetryLaterError(outcome)


def _post(message: OutboxMessage) -> str:
    theirs = gateway(CODE)
    try:
        with requests.post(
            theirs.url,
            json={"id": str(message.pk), "to": message.address, "text": message.body},
            headers={"Authorization": f"Bearer {theirs.token}"},
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=True,
        ) as answer:
            status = str(answer.status_code)
            return _meant(status, _read(answer)) if status.startswith("2") else status
    except requests.RequestException as error:
        return type(error).__name__


def _read(answer: requests.Response) -> bytes:
    """What was answered, as far as anybody reads it: neither endless nor for ever."""
    said, until = b"", time.monotonic() + TIMEOUT[1]
    for part in answer.iter_content(1):  # sign by sign, so that a trickle ends too
        said += part
        if len(said) > LONGEST_ANSWER or time.monotonic() > until:
            raise requests.Timeout
    return said


def _meant(status: str, said: bytes) -> str:
    """The status, unless the words under it say otherwise: a page of a proxy, or an error under 200, is no yes."""
    if not said.strip():
        return status
    try:
        words = json.loads(said)
    except ValueError:
        return UNCLEAR
    if not isinstance(words, dict):
        return UNCLEAR
    if words.get("error"):
        return NEVER if words.get("final") is True else NO
    return status


def _address(contact: Contact) -> str:
    """Who reads letters gets a letter: a message costs money and says little."""
    return "" if contact.email else contact.phone


def _lacks() -> str:
    return "" if gateway(CODE).url else "SMS_GATEWAY_URL is empty: codes and notices by text message cannot leave."


def _is_needed() -> bool:
    """Whom only a telephone reaches must be told; an authority may say that its officers call these people instead."""
    return not settings.CALLS_INSTEAD_OF_SMS


def _is_called() -> bool:
    return settings.CALLS_INSTEAD_OF_SMS and bool(_lacks())


def _spell(text: str) -> str:
    return unaccented(text) if settings.SMS_WITHOUT_ACCENTS else text


SMS = CHANNELS.add(
    MessageChannel(
        code=CODE,
        label=_("tin nhắn"),
        send=send,
        address=_address,
        lacks=_lacks,
        is_short=True,
        is_needed=_is_needed,
        spell=_spell,
        is_called=_is_called,
    )
)

"""Notices inside the portal to colleagues whom an act of administration concerns. In the transaction of the act."""

from django.urls import reverse

from integrations import outbox
from integrations.registry import user_address

INSIDE = "inapp"


def tell(user_id: int, *, kind: str, subject: str, body: str, key: str, page: str) -> None:
    """Leave one notice for an account, with the page it leads to; the same key twice is one notice."""
    outbox.put(
        kind=f"account.{kind}",
        channel=INSIDE,
        address=user_address(user_id),
        subject=subject,
        body=body,
        dedupe_key=f"{kind}:{key}:{user_id}",
        link=reverse(page),
    )

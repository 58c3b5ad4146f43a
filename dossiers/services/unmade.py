"""The mark of papers that are not made yet: what the loader of the demo city issued is made when it is first opened.

Only the loader turns it on, and only in demo mode: everywhere else an act that issues waits for the paper's bytes. Asked by
the acts (services.core, services.paper_drafts); made by services.opening; counted by services.proof.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NOT_MADE = "not made"  # in the ledger, where else the digest of the paper's bytes stands
_leaving: ContextVar[bool] = ContextVar("leaving_papers", default=False)


@contextmanager
def leaving_papers() -> Iterator[None]:
    """Let acts issue papers whose bytes are made later. Raises ImproperlyConfigured outside demo mode."""
    if not settings.DEMO:
        raise ImproperlyConfigured("Papers are left unmade by the loader of the demo city alone (DEMO=1).")
    token = _leaving.set(True)
    try:
        yield
    finally:
        _leaving.reset(token)


def is_left() -> bool:
    """Tell whether papers of the act under way are left to be made at their first opening."""
    return _leaving.get()

"""What the accounts room puts into the frame of every page: administration, one's notices."""

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.queries import runs_province, unread_notices
from portal import sweeps
from portal.navigation import Entry, Who, add

NOTICE_CAP = 99
STUCK, STUCK_SECONDS, STUCK_CAP = "sweeps.stuck", 30, 99


def unread_words(user_id: int) -> str:
    """How many notices wait: `3`, `99+`, '' for none."""
    unread = unread_notices(user_id, NOTICE_CAP)
    return f"{unread}{'+' if unread == NOTICE_CAP else ''}" if unread else ""


def stuck_words(user_id: int) -> str:
    """How much work is stuck, for whoever runs the whole installation; '' for none. Asked of the tables twice a minute at most."""
    if not runs_province(user_id):
        return ""
    known: int | None = cache.get(STUCK)
    if known is None:
        known = sum(not row.is_over for _sweep, rows in sweeps.stuck_rows(STUCK_CAP) for row in rows)
        cache.set(STUCK, known, STUCK_SECONDS)
    return f"{min(known, STUCK_CAP)}{'+' if known >= STUCK_CAP else ''}" if known else ""


def forget_stuck() -> None:
    """Count anew for the next page."""
    cache.delete(STUCK)


add(
    Entry(
        "accounts:manage",
        _("Quản trị"),
        60,
        roles=frozenset({Role.ADMINISTRATOR}),
        count=stuck_words,
        landing=20,
    ),
    Entry("accounts:notices", _("Thông báo"), 80, Who.SIGNED_IN, count=unread_words),
)

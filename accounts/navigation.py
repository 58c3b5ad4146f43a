"""What the accounts room puts into the frame of every page: administration, one's notices."""

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.queries import unread_notices
from portal.navigation import Entry, Who, add

NOTICE_CAP = 99


def unread_words(user_id: int) -> str:
    """How many notices wait: `3`, `99+`, '' for none."""
    unread = unread_notices(user_id, NOTICE_CAP)
    return f"{unread}{'+' if unread == NOTICE_CAP else ''}" if unread else ""


add(
    Entry("accounts:manage", _("Quản trị"), 60, roles=frozenset({Role.ADMINISTRATOR}), landing=20),
    Entry("accounts:notices", _("Thông báo"), 80, Who.SIGNED_IN, count=unread_words),
)

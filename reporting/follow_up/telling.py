"""Tells heads and home affairs of what waits for them after a figure, by the portal and by mail. In the caller's transaction."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Membership, User
from accounts.queries import open_on
from dossiers.events import Audience
from dossiers.staff_notices import StaffNotice, tell_staff
from integrations.registry import KINDS, MessageKind
from portal import clock

NEWS = timedelta(days=30)
KINDS.add(MessageKind("figures.", _("tin về chỉ tiêu, giải trình"), NEWS))


def tell(people: Iterable[User], *, kind: str, words: tuple[str, str], link: str, key: str) -> None:
    """Leave one notice for each; the same key twice is one notice. `words`: subject and body."""
    subject, body = words
    notice = StaffNotice(f"figures.{kind}", subject, body, link, f"{kind}:{key}", Audience.ASKED)
    tell_staff(people, notice)


def heads(leaders: Iterable[Membership]) -> list[User]:
    """The accounts of leaders."""
    return [row.user for row in leaders]


def home_affairs() -> list[User]:
    """Everybody of home affairs today."""
    held = Membership.objects.filter(open_on(clock.today()), role=Role.HOME_AFFAIRS, user__is_active=True)
    return list(User.objects.filter(pk__in=held.values("user_id")).order_by("pk"))

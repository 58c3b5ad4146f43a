"""Tells heads and home affairs of what waits for them after a figure, by the portal and by mail. In the caller's transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Membership, OrgUnit, User
from accounts.queries import administering, ancestor_ids, open_on
from dossiers.events import Audience
from dossiers.staff_notices import StaffNotice, tell_staff
from integrations.registry import KINDS, MessageKind
from portal import clock
from reporting.follow_up.posts import Posts, post_of

NEWS = timedelta(days=30)
NO_HEAD = _("Đơn vị chưa có người đứng đầu nên báo cho bạn.")
APPOINT = _("Đơn vị chưa có người đứng đầu; hãy phân công người phụ trách.")
KINDS.add(MessageKind("figures.", _("tin về chỉ tiêu, giải trình"), NEWS))


def tell(people: Iterable[User], *, kind: str, words: tuple[str, str], link: str, key: str) -> None:
    """Leave one notice for each; the same key twice is one notice. `words`: subject and body."""
    subject, body = words
    notice = StaffNotice(f"figures.{kind}", subject, body, link, f"{kind}:{key}", Audience.ASKED)
    tell_staff(people, notice)


@dataclass(frozen=True, slots=True)
class Addressees:
    """Who hears what is said to a unit: its head; without one who leads the nearest unit above, and who can appoint a head."""

    head: Membership | None = None
    above: list[Membership] = field(default_factory=list)
    appoint: list[Membership] = field(default_factory=list)

    @property
    def names(self) -> str:
        """All of them with their posts, as pages say it."""
        rows = [self.head] if self.head is not None else [*self.above, *self.appoint]
        return "; ".join(f"{row.user.full_name} ({post_of(row)})" for row in rows)


def addressees(unit_id: int, posts: Posts | None = None) -> Addressees:
    """Who hears what is said to a unit today. `posts`: of units among which it is, when they are known."""
    known = posts or Posts([unit_id])
    head = known.head(unit_id)
    if head is not None:
        return Addressees(head)
    now = known.unit_now(unit_id)
    above = ancestor_ids(now)[1:]
    leading = Posts(above)
    nearest = next((found for pk in above if (found := leading.leaders(pk)[:1])), [])
    return Addressees(None, nearest, administering(OrgUnit.objects.get(pk=now)))


def tell_unit(
    unit_id: int, *, kind: str, words: tuple[str, str], link: str, key: str, posts: Posts | None = None
) -> Addressees:
    """Tell the head of a unit, or those who hear it instead; gives whom."""
    found = addressees(unit_id, posts)
    if found.head is not None:
        tell([found.head.user], kind=kind, words=words, link=link, key=key)
        return found
    subject, body = words
    tell([row.user for row in found.above], kind=kind, words=(subject, f"{body} {NO_HEAD}"), link=link, key=key)
    staff = reverse("accounts:staff")
    words = (subject, f"{body} {APPOINT}")
    tell([row.user for row in found.appoint], kind=kind, words=words, link=staff, key=f"{key}:appoint")
    return found


def home_affairs() -> list[User]:
    """Everybody of home affairs today."""
    held = Membership.objects.filter(open_on(clock.today()), role=Role.HOME_AFFAIRS, user__is_active=True)
    return list(User.objects.filter(pk__in=held.values("user_id")).order_by("pk"))

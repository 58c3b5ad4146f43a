"""Who leads a unit now, and who may act for its head. The affairs of a closed unit are its successor's.

A unit is led by those who sign for it, else by the heads of its department or desk; deputies and whoever stands in for one
of them on leave may act too. What they did stands under name and post of that day.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.enums import Office, Role
from accounts.models import Membership, User
from accounts.queries import covered_by, open_on, roles_today, standing_for
from portal import clock

_LEADING = {Role.SIGNER: 0, Role.UNIT_HEAD: 1, Role.DESK_HEAD: 2}


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody in the post in which they act."""

    user: User
    post: str

    @property
    def name(self) -> str:
        """As they are called today."""
        return self.user.full_name


class Posts:
    """The heads of some units today; three statements, however many units."""

    def __init__(self, unit_ids: Iterable[int]) -> None:
        self._stands = standing_for(set(unit_ids))
        held = Membership.objects.filter(
            open_on(clock.today()),
            unit_id__in=set(self._stands.values()),
            role__in=list(_LEADING),
            user__is_active=True,
        )
        self._led: dict[int, list[Membership]] = {}
        for row in sorted(held.select_related("user", "unit"), key=_rank):
            self._led.setdefault(row.unit_id, []).append(row)

    def unit_now(self, unit_id: int) -> int:
        """The unit that answers for another today: itself while it is open."""
        return self._stands.get(unit_id, unit_id)

    def leaders(self, unit_id: int) -> list[Membership]:
        """Who leads a unit, its chief first; of the highest post that anybody holds there."""
        rows = self._led.get(self.unit_now(unit_id), [])
        return [row for row in rows if row.role == rows[0].role]

    def head(self, unit_id: int) -> Membership | None:
        """Who holds the post; None while nobody does."""
        return next(iter(self.leaders(unit_id)), None)

    def acting(self, user: User, unit_id: int) -> Acting | None:
        """The post in which somebody may act for a unit; None when in none."""
        leaders = self.leaders(unit_id)
        for row in leaders:
            if row.user_id == user.pk:
                return Acting(user, post_of(row))
        absent = covered_by(user.pk) if leaders else frozenset()
        for row in leaders:
            if row.user_id in absent:
                words = {"name": row.user.full_name, "post": post_of(row)}
                return Acting(user, _("trực thay %(name)s, %(post)s") % words)
        return None


def post_of(row: Membership) -> str:
    """A post in words, as it is kept: `lãnh đạo ký, UBND phường 1`."""
    return f"{row.get_role_display()}, {row.unit.name}"


def home_affairs_of(user: User) -> Acting | None:
    """Somebody as a member of home affairs; None when they are none."""
    rows = [row for row in roles_today(user.pk) if row.role == Role.HOME_AFFAIRS]
    return Acting(user, post_of(rows[0])) if rows else None


def _rank(row: Membership) -> tuple[object, ...]:
    return (_LEADING[Role(row.role)], row.office == Office.DEPUTY, row.valid_from, row.pk)

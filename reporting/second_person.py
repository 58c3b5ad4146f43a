"""Whether there is a second person of home affairs for an act that one alone may not do, and who can help when there is none."""

from collections.abc import Collection
from dataclasses import dataclass

from accounts.enums import Role
from accounts.models import Membership, User
from accounts.queries import administering, open_on, roles_today
from portal import clock


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Who may do it, and while nobody may, who can give the role to somebody."""

    others: list[User]
    helpers: list[Membership]

    @property
    def lacks(self) -> bool:
        """Whether nobody may do it."""
        return not self.others


def second_person(reader: User, wrote: Collection[int]) -> SecondPerson:
    """Who of home affairs may confirm what some people wrote. `reader`: whose administrators can help."""
    held = Membership.objects.filter(open_on(clock.today()), role=Role.HOME_AFFAIRS, user__is_active=True)
    others = User.objects.filter(pk__in=held.values("user_id")).exclude(pk__in=wrote).order_by("full_name", "pk")
    found = list(others)
    if found:
        return SecondPerson(found, [])
    own = next((row.unit for row in roles_today(reader.pk) if row.role == Role.HOME_AFFAIRS), None)
    return SecondPerson([], administering(own) if own is not None else [])

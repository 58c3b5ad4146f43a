"""Who holds what, for heads: open items by person and unit, what stands out, and what nobody can move. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from accounts.enums import Role
from accounts.models import Membership
from dossiers import workflow
from dossiers.models.work import WorkItem
from dossiers.services import stuck

STUCK_SHOWN = 50
JUDGED_ONE_BY_ONE = 200
FEW = 2  # with so few who can do a step, its items are judged one by one: a single dossier of their own may stop them


@dataclass(frozen=True, slots=True)
class Pile:
    """The open items of one kind that one person (or nobody) holds in one unit."""

    unit_id: int
    kind: str
    role: str
    holder_id: int | None
    name: str
    number: int
    first_due: datetime


@dataclass(frozen=True, slots=True)
class Filter:
    """Which items a head wants to see: of a person (0: held by nobody), in a unit."""

    holder_id: int | None = None
    unit_id: int | None = None

    def of(self, work: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
        """The items that pass."""
        if self.holder_id is not None:
            work = work.filter(holder_id=self.holder_id or None) if self.holder_id else work.filter(holder=None)
        return work if self.unit_id is None else work.filter(unit_id=self.unit_id)


def led(memberships: Iterable[Membership]) -> QuerySet[WorkItem]:
    """Open items that these heads' roles may move: in their units, and for heads of a desk in what the desk received."""
    held = list(memberships)
    desks = {row.unit_id for row in held if row.role == Role.DESK_HEAD}
    here = Q(unit_id__in={row.unit_id for row in held})
    return WorkItem.objects.filter(here | Q(dossier__receiving_unit_id__in=desks), closed_at__isnull=True)


def piles(work: QuerySet[WorkItem]) -> list[Pile]:
    """Open items counted by unit, kind and holder, soonest first."""
    names = ("unit_id", "kind", "role", "holder_id", "holder__full_name")
    counted = work.order_by().values(*names).annotate(number=Count("pk"), first_due=Min("due_at"))
    return [
        Pile(*(row[name] for name in (*names[:4],)), row["holder__full_name"] or "", row["number"], row["first_due"])
        for row in counted.order_by("first_due", "unit_id", "holder_id", "kind")
    ]


def able(staff: Iterable[stuck.Staff], unit_id: int, kind: str, role: str) -> dict[int, stuck.Staff]:
    """Who can finish a step of this kind in a unit, by person."""
    roles = workflow.doers(kind) | {role}
    return {one.user_id: one for one in staff if one.unit_id == unit_id and one.role in roles}


def hold_of(holder_id: int | None, people: dict[int, stuck.Staff]) -> stuck.Hold:
    """How it stands with a holder, given who can finish the step; whose dossier it is, is not asked here."""
    if holder_id is None:
        return stuck.Hold.NOBODY
    if holder_id not in people:
        return stuck.Hold.UNFIT
    return stuck.Hold.HERE if people[holder_id].away_until is None else stuck.Hold.AWAY


def stuck_items(
    work: QuerySet[WorkItem], counted: Iterable[Pile], staff: Sequence[stuck.Staff]
) -> list[tuple[WorkItem, stuck.Way]]:
    """Items that nobody can move on, soonest due first.

    First those of steps that nobody of the unit can do; then, where only few can, whatever stops these few.
    """
    blocked, few = Q(pk__in=[]), Q(pk__in=[])
    for pile in counted:
        present = [one for one in able(staff, pile.unit_id, pile.kind, pile.role).values() if one.away_until is None]
        if not present:
            blocked |= Q(unit_id=pile.unit_id, kind=pile.kind)
        elif len(present) <= FEW:
            few |= Q(unit_id=pile.unit_id, kind=pile.kind)
    whole = work.select_related("unit", "holder", "dossier__owner", "dossier__submitter").order_by("due_at", "pk")
    judged = [*whole.filter(blocked)[:STUCK_SHOWN], *whole.filter(few)[:JUDGED_ONE_BY_ONE]]
    ways = stuck.ways_in(judged, staff)
    return [(item, ways[item.pk]) for item in judged if ways[item.pk].is_stuck][:STUCK_SHOWN]


def people_for(found: Iterable[dict[str, Any]], staff: Iterable[stuck.Staff]) -> list[stuck.Staff]:
    """Who could be given one of the items of a page, each once, by name; who is on leave comes last."""
    steps = {(row["unit_id"], row["kind"], row["role"]) for row in found}
    people: dict[int, stuck.Staff] = {}
    known = list(staff)
    for unit_id, kind, role in steps:
        people |= able(known, unit_id, kind, role)
    return sorted(people.values(), key=lambda one: (one.away_until is not None, one.name, one.user_id))

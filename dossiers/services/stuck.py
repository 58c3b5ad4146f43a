"""Who can move an open item on now, by name; and which items nobody can. Reads only.

Asked by the dossier's page, by the heads' list and by the proofs of the tests. What the table allows is worked out from
the people of a few units, read once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import OuterRef, Subquery

from accounts.enums import HEAD_ROLES, WORK_ROLES, Role
from accounts.models import LeaveCover, Membership
from accounts.queries import open_on
from dossiers import queries, workflow
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.work import WorkItem
from dossiers.services.moving import roles_for
from portal import clock


@dataclass(frozen=True, slots=True)
class Staff:
    """A working role of a person in a unit today; on leave: until when, and who stands in."""

    user_id: int
    name: str
    number: str
    unit_id: int
    role: str
    away_until: date | None = None
    cover_id: int | None = None


class Hold(StrEnum):
    """How it stands with the holder of an item."""

    NOBODY = "nobody"
    HERE = "here"
    AWAY = "away"
    UNFIT = "unfit"  # has no role there any more, or may not handle this dossier


@dataclass(frozen=True, slots=True)
class Way:
    """How an open item goes on.

    `doers` can finish it as it lies; `heads` can give it to one of the `able`, `takers` being those who are not on leave.
    `cover` stands in for the holder.
    """

    item_id: int
    hold: Hold
    doers: tuple[Staff, ...]
    heads: tuple[Staff, ...]
    able: tuple[Staff, ...]
    away_until: date | None = None
    cover: Staff | None = None

    @property
    def takers(self) -> tuple[Staff, ...]:
        """Who could be given the item and is there."""
        return tuple(one for one in self.able if one.away_until is None)

    @property
    def is_stuck(self) -> bool:
        """Whether nobody can do it, and nobody can give it to somebody who can."""
        return not self.doers and not (self.heads and self.takers)

    @property
    def needs_head(self) -> bool:
        """Whether only a head moves it on, by giving it to another."""
        return not self.doers and not self.is_stuck


def staff_of(unit_ids: Iterable[int]) -> list[Staff]:
    """The working roles of today in these units, by name; locked accounts are left out."""
    today = clock.today()
    leave = LeaveCover.objects.filter(open_on(today), user_id=OuterRef("user_id")).order_by("pk")
    held = Membership.objects.filter(
        open_on(today), unit_id__in=set(unit_ids), role__in=WORK_ROLES, user__is_active=True
    )
    found = held.order_by("user__full_name", "user_id", "pk").values_list(
        "user_id",
        "user__full_name",
        "user__identity_index",
        "unit_id",
        "role",
        Subquery(leave.values("valid_to")[:1]),
        Subquery(leave.values("cover_id")[:1]),
    )
    return [Staff(*row) for row in found]


def staff_for(dossier: Dossier, work: Sequence[WorkItem]) -> list[Staff]:
    """The people whom the ways of a dossier's open items are about; nobody for one without."""
    return staff_of([dossier.receiving_unit_id, *(item.unit_id for item in work)]) if work else []


def ways_of(
    dossier: Dossier, work: Sequence[WorkItem], past: Iterable[queries.Past], staff: Sequence[Staff] | None = None
) -> dict[int, Way]:
    """The ways of a dossier's open items, by item. Parties of the dossier are loaded; `staff`: when read already."""
    staff = staff_for(dossier, work) if staff is None else staff
    done = [(event.code, event.actor_id) for event in past]
    return {item.pk: way(item, dossier, staff, done) for item in work}


def ways_in(work: Sequence[WorkItem], staff: Sequence[Staff]) -> dict[int, Way]:
    """The ways of items of several dossiers, by item; each comes with its dossier and the dossier's parties."""
    if not work:
        return {}
    seconds = {first for first, _second in workflow.FOUR_EYES}
    events = DossierEvent.objects.filter(dossier_id__in={item.dossier_id for item in work}, code__in=seconds)
    done: dict[int, list[tuple[str, int | None]]] = {}
    for dossier_id, code, actor_id in events.values_list("dossier_id", "code", "actor_id"):
        done.setdefault(dossier_id, []).append((code, actor_id))
    return {item.pk: way(item, item.dossier, staff, done.get(item.dossier_id, ())) for item in work}


def way(item: WorkItem, dossier: Dossier, staff: Sequence[Staff], past: Iterable[tuple[str, int | None]]) -> Way:
    """How one open item goes on, given the people of its unit and of the desk that received the dossier. Pure."""
    whose, done = queries.owners(dossier), list(past)
    fit = [one for one in staff if one.user_id not in whose.accounts and one.number not in whose.numbers]
    fit_here = [one for one in fit if not workflow.is_barred(item.kind, one.user_id, done)]
    able = _once(fit_here, unit_id=item.unit_id, roles=roles_for(item, dossier))
    leading = _once(fit_here, unit_id=item.unit_id, roles=roles_for(item, dossier) & workflow.HEADS)
    by_id = {one.user_id: one for one in able}
    takers = tuple(one for one in able if one.away_until is None)
    holder = by_id.get(item.holder_id or 0)
    cover = by_id.get(holder.cover_id or 0) if holder is not None else None
    return Way(
        item.pk,
        _hold(item, holder),
        doers=(takers if item.holder_id is None else _doers(holder, cover, leading)) or _over(item, dossier, fit),
        heads=tuple(_heads(item, dossier, fit)),
        able=tuple(able),
        away_until=holder.away_until if holder is not None else None,
        cover=cover,
    )


def _hold(item: WorkItem, holder: Staff | None) -> Hold:
    if item.holder_id is None:
        return Hold.NOBODY
    if holder is None:
        return Hold.UNFIT
    return Hold.HERE if holder.away_until is None else Hold.AWAY


def _over(item: WorkItem, dossier: Dossier, fit: Sequence[Staff]) -> tuple[Staff, ...]:
    """Who answers for the desk and can finish an item that lies elsewhere, where nobody there can any more."""
    over = (row for row in workflow.candidates(dossier.state) if row.step == item.kind and row.is_over)
    roles = frozenset(role for row in over if row.moves != workflow.Moves.KEEP for role in row.roles)
    found = _once(fit, unit_id=dossier.receiving_unit_id, roles=roles & workflow.HEADS) if roles else []
    return tuple(one for one in found if one.away_until is None)


def _doers(holder: Staff | None, cover: Staff | None, leading: Iterable[Staff]) -> tuple[Staff, ...]:
    """Who can finish a held item as it lies: its holder or their cover, and heads whose own step it is."""
    acts = cover if holder is not None and holder.away_until is not None else holder
    first = [acts] if acts is not None else []
    known = {one.user_id for one in first}
    return (*first, *(one for one in leading if one.away_until is None and one.user_id not in known))


def _heads(item: WorkItem, dossier: Dossier, fit: Sequence[Staff]) -> list[Staff]:
    """Who can give the item to another, those on leave left out while somebody else can."""
    here = _once(fit, unit_id=item.unit_id, roles=HEAD_ROLES)
    desk = _once(fit, unit_id=dossier.receiving_unit_id, roles=frozenset({Role.DESK_HEAD}))
    found = list({one.user_id: one for one in [*desk, *here]}.values())
    return [one for one in found if one.away_until is None] or found


def _once(staff: Iterable[Staff], *, unit_id: int, roles: frozenset[str]) -> list[Staff]:
    """Each person with one of the roles in a unit, once."""
    found: dict[int, Staff] = {}
    for one in staff:
        if one.unit_id == unit_id and one.role in roles:
            found.setdefault(one.user_id, one)
    return list(found.values())

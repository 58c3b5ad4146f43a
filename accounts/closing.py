"""A plan to end a unit, as the rooms above read it: which units end, who goes on with which part, what goes where.

This room knows no dossiers. Whoever has something that hangs on units declares a `ClosingPart` at start: what goes where as
lines of the dry run, which roles must be held there, how moving begins, and how much is left.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise as Words

from accounts.enums import ClosingState, Role, UnitKind
from accounts.models import OrgUnit, UnitClosing
from accounts.queries import holders, units_under
from portal import clock
from portal.registry import Registry
from portal.text import fold

REST = ""  # the key of the share that takes all the rest


@dataclass(frozen=True, slots=True)
class ClosingLine:
    """One line of the dry run: how many of what go to which unit; None: there is no place for them to go."""

    words: str
    total: int
    to: OrgUnit | None = None


@dataclass(frozen=True, slots=True)
class ClosingPlan:
    """A closing with everything that rooms ask of it.

    `ends`: the unit and all below it, by id; `shares`: successor by key; `there`: who goes on with an ending unit's own
    work at a successor, by (ending unit, successor).
    """

    closing: UnitClosing
    ends: Mapping[int, OrgUnit]
    shares: Mapping[str, OrgUnit]
    there: Mapping[tuple[int, int], OrgUnit]

    @property
    def first_day(self) -> date:
        """The first day on which the successors go on: the day after the last one, today when that is past."""
        return max(self.closing.last_day + timedelta(days=1), clock.today())

    @property
    def is_due(self) -> bool:
        """Tell whether work may be moved: the plan is ordered and the unit's last day is over."""
        return self.closing.state != ClosingState.DRAFT and self.closing.last_day < clock.today()

    def successor(self, key: str) -> OrgUnit | None:
        """Who goes on with the part of this key."""
        return self.shares.get(key) or self.shares.get(REST)

    def place(self, unit_id: int, successor: OrgUnit) -> OrgUnit:
        """The unit that goes on with what an ending unit did, at a successor."""
        return self.there.get((unit_id, successor.pk), successor)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A role in a unit that work going there waits for, and the roles by which it can be done as well."""

    unit_id: int
    role: str
    doers: frozenset[str]


@dataclass(frozen=True, slots=True)
class ClosingPart:
    """A kind of thing that hangs on units.

    `must_go`: the plan is not carried out while a line of it has no place. `keys`: of which shares this kind would be
    divided by the plan's rule, with label and how many. `needs`: roles that somebody must hold so that what goes there
    can be done. `begin` runs in the transaction that orders the plan. `left`: how much is still to move.
    """

    code: str
    label: Words
    goes: Words
    lines: Callable[[ClosingPlan], list[ClosingLine]]
    must_go: bool = False
    keys: Callable[[ClosingPlan], dict[str, tuple[str, int]]] = lambda _plan: {}
    needs: Callable[[ClosingPlan], set[Wanted]] = lambda _plan: set()
    begin: Callable[[ClosingPlan], None] = lambda _plan: None
    left: Callable[[ClosingPlan], int] = lambda _plan: 0


PARTS: Registry[ClosingPart] = Registry("part of the closing of a unit")


@dataclass(frozen=True, slots=True)
class RoleNeeded:
    """A role in a unit without which work that goes there could not be done, and whether anybody holds it then."""

    unit: OrgUnit
    role: str
    is_held: bool

    @property
    def label(self) -> str:
        """The role in words."""
        return str(Role(self.role).label)


def plan_of(closing: UnitClosing) -> ClosingPlan:
    """Read a closing with its units and shares."""
    ends = OrgUnit.objects.in_bulk(units_under(closing.unit_id))
    shares = {share.key: share.successor for share in closing.shares.select_related("successor")}
    there = {}
    for successor in shares.values():
        below = list(OrgUnit.objects.filter(pk__in=units_under(successor.pk)).order_by("sort_order", "pk"))
        is_open = [unit for unit in below if unit.valid_to is None or unit.valid_to > closing.last_day]
        for unit in ends.values():
            there[unit.pk, successor.pk] = _match(unit, closing.unit_id, successor, is_open)
    return ClosingPlan(closing, ends, shares, there)


def before_plan(unit: OrgUnit) -> ClosingPlan:
    """What hangs on a unit of which nobody has made a plan yet: nothing of it has a place to go."""
    closing = UnitClosing(unit=unit, last_day=unit.valid_to or clock.today())
    return ClosingPlan(closing, OrgUnit.objects.in_bulk(units_under(unit.pk)), {}, {})


def dry_run(plan: ClosingPlan) -> list[tuple[ClosingPart, list[ClosingLine]]]:
    """What would go where, by kind; kinds of which there is nothing are left out."""
    found = [(part, part.lines(plan)) for part in PARTS]
    return [(part, lines) for part, lines in found if lines]


def keys_of(plan: ClosingPlan) -> dict[str, tuple[str, int]]:
    """The parts into which the plan's rule divides what hangs on the unit: key, label, how many."""
    found: dict[str, tuple[str, int]] = {}
    for part in PARTS:
        for key, (label, total) in part.keys(plan).items():
            found[key] = (label, total + found.get(key, ("", 0))[1])
    return dict(sorted(found.items(), key=lambda item: item[1][0]))


def needs_of(plan: ClosingPlan) -> list[RoleNeeded]:
    """Roles that somebody must hold at the successors, missing ones first."""
    wanted = {one for part in PARTS for one in part.needs(plan)}
    units = OrgUnit.objects.in_bulk({one.unit_id for one in wanted})
    found = {(one.unit_id, one.role): _is_held(plan, one) for one in wanted}
    needs = [RoleNeeded(units[unit_id], role, found[unit_id, role]) for unit_id, role in sorted(found)]
    return sorted(needs, key=lambda need: need.is_held)


def _is_held(plan: ClosingPlan, wanted: Wanted) -> bool:
    return any(holders(wanted.unit_id, role, plan.first_day).exists() for role in sorted(wanted.doers | {wanted.role}))


def lost(run: Iterable[tuple[ClosingPart, list[ClosingLine]]]) -> int:
    """How many things that must go have no place to go to."""
    return sum(line.total for part, lines in run if part.must_go for line in lines if line.to is None)


def left(plan: ClosingPlan) -> int:
    """How much is still to be moved."""
    return sum(part.left(plan) for part in PARTS)


def _match(unit: OrgUnit, top_id: int, successor: OrgUnit, below: list[OrgUnit]) -> OrgUnit:
    """The unit below a successor that does what `unit` did: same kind and name; any desk for a desk; else the successor."""
    if unit.pk == top_id:
        return successor
    alike = [other for other in below if other.kind == unit.kind and other.pk != successor.pk]
    named = [other for other in alike if _own_name(other) == _own_name(unit)]
    if named:
        return named[0]
    return alike[0] if alike and unit.kind == UnitKind.DESK else successor


def _own_name(unit: OrgUnit) -> str:
    """A unit's name without the authority it belongs to, folded."""
    if unit.short_name:
        return fold(unit.short_name)
    name, above = fold(unit.name), unit.parent
    if above is None:
        return name
    for words in (above.short_name, above.name):
        tail = fold(words).removeprefix("uy ban nhan dan ").removeprefix("ubnd ")
        if tail and name.endswith(f" {tail}"):
            return name.removesuffix(tail).strip()
    return name

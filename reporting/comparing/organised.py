"""Which unit of today goes on with the work of which units there were: mergers, chains of them, splits. Pure but for one read.

Facts and closed months keep the unit of their day. "As organised now" adds what belongs to units that ended up in one; a
unit that was split into several stays by itself, since its dossiers cannot be told apart.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from accounts.models import OrgUnit
from reporting.enums import ScopeKind
from reporting.queries import Scope, Unit


@dataclass(frozen=True, slots=True)
class UnitEnd:
    """A unit that ended, and the units that go on with its work: one after a merger, several after a split."""

    unit: Unit
    last_day: date
    into: tuple[Unit, ...]


class Organisation:
    """The units as they are organised on a day, and whose work each of them goes on with."""

    def __init__(self, units: Mapping[int, Unit], after: Mapping[int, Iterable[int]], on: date) -> None:
        self.units = units
        self._after = {pk: tuple(found) for pk, found in after.items() if found}
        self._on = on
        self._now = {pk: self._follow(pk) for pk in units}

    def now(self, pk: int) -> int:
        """The unit that goes on with a unit's work; itself while it exists, or when nobody or several do."""
        return self._now.get(pk, pk)

    def before(self, pk: int) -> tuple[int, ...]:
        """The units whose figures are this unit's today, itself among them."""
        return tuple(sorted({pk, *(old for old, new in self._now.items() if new == pk)}))

    def behind(self, scope: Scope) -> tuple[int, ...]:
        """The units whose figures are a unit's or a group's today; none for other scopes."""
        kind, pk = scope
        if kind == ScopeKind.UNIT:
            return self.before(pk or 0)
        if kind != ScopeKind.GROUP:
            return ()
        return tuple(sorted(old for old, new in self._now.items() if self.group_of(new) == pk))

    def group_of(self, pk: int) -> int | None:
        """The group of a unit today."""
        unit = self.units.get(pk)
        return unit.group_id if unit else None

    def merged(self) -> list[UnitEnd]:
        """Units that ended and whose work one unit goes on with."""
        return [self._change(pk, (new,)) for pk, new in self._now.items() if new != pk]

    def split(self) -> list[UnitEnd]:
        """Units that ended in several, so that their figures stay their own."""
        return [self._change(pk, after) for pk, after in self._after.items() if len(after) > 1 and self._ended(pk)]

    def _change(self, pk: int, into: tuple[int, ...]) -> UnitEnd:
        unit = self.units[pk]
        return UnitEnd(unit, unit.valid_to or self._on, tuple(one for key, one in self.units.items() if key in into))

    def _ended(self, pk: int) -> bool:
        unit = self.units.get(pk)
        return unit is not None and unit.valid_to is not None and unit.valid_to < self._on

    def _follow(self, pk: int) -> int:
        seen = {pk}
        while self._ended(pk) and len(self._after.get(pk, ())) == 1:
            following = self._after[pk][0]
            if following in seen or following not in self.units:
                break
            seen.add(following)
            pk = following
        return pk


def organisation(on: date) -> Organisation:
    """All units in their order with their successors, one query."""
    rows = (
        OrgUnit.objects.order_by("sort_order", "code", "pk")
        .annotate(after=ArrayAgg("successors", filter=Q(successors__isnull=False), default=[]))
        .values_list("pk", "name", "short_name", "kind", "group_id", "parent_id", "valid_from", "valid_to", "after")
    )
    found = list(rows)
    return Organisation({row[0]: Unit(*row[:-1]) for row in found}, {row[0]: sorted(row[-1]) for row in found}, on)

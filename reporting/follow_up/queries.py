"""What pages read of what follows a figure: who sees what, targets and who took note, explanations, measures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Q, QuerySet, When

from accounts.enums import UnitKind
from accounts.models import Membership
from accounts.queries import with_predecessors
from portal.clock import Month
from reporting import queries
from reporting.enums import LetterState, RemedyState, ScopeKind, ShortfallState
from reporting.indicators import INDICATORS
from reporting.models import (
    ClosedProcedure,
    ClosedService,
    ClosedVerdict,
    MeetingMinutes,
    Remedy,
    ReminderLetter,
    Shortfall,
    TargetReceipt,
)
from reporting.queries import Scope, TargetRow, Targets, Unit

MOST = 200  # rows of one table


@dataclass(frozen=True, slots=True)
class Sight:
    """Units whose affairs somebody sees: all for home affairs, else the own ones, what is below, and what these go on with."""

    everything: bool
    unit_ids: frozenset[int]

    def covers(self, unit_id: int) -> bool:
        """Whether a unit's affairs are seen."""
        return self.everything or unit_id in self.unit_ids

    def within(self) -> Q:
        """The condition on rows with a unit."""
        return Q() if self.everything else Q(unit_id__in=self.unit_ids)


def sight(memberships: Iterable[Membership], units: Mapping[int, Unit]) -> Sight:
    """What a manager's roles let one see."""
    reach = queries.reach(memberships, units)
    if reach.everything:
        return Sight(everything=True, unit_ids=frozenset())
    return Sight(everything=False, unit_ids=frozenset(with_predecessors(reach.unit_ids)))


def sees(memberships: Iterable[Membership], units: Mapping[int, Unit], unit_id: int) -> bool:
    """Whether a manager's roles let one see the affairs of a unit; asks for predecessors only when they matter."""
    held = list(memberships)
    reach = queries.reach(held, units)
    return reach.everything or unit_id in reach.unit_ids or sight(held, units).covers(unit_id)


# ── targets and who took note ────────────────────────────────────────────────────────────────────


def held_to(targets: Targets, unit: Unit) -> list[TargetRow]:
    """Every target of the year a unit is held to: the nearest that is set, and farther ones for the months before it."""
    found: list[TargetRow] = []
    by_indicator: dict[str, dict[Scope, list[TargetRow]]] = {}
    levels = levels_of(targets, unit)
    for row in targets.rows:
        level = (row.scope_kind, row.scope_id)
        if level in levels:
            by_indicator.setdefault(row.indicator, {}).setdefault(level, []).append(row)
    for rows in by_indicator.values():
        until = date.max
        for level in levels:
            found += [row for row in rows.get(level, []) if row.month_end < until]
            until = min([until, *(row.month_end for row in rows.get(level, []))])
    return sorted(found, key=lambda row: (INDICATORS.label(row.indicator), row.month_end, row.basis))


def levels_of(targets: Targets, unit: Unit) -> list[Scope]:
    """Whose targets hold for a unit, nearest first, its group's last."""
    kinds = [ScopeKind.UNIT] if unit.group_id is not None else []
    kinds += [ScopeKind.DEPARTMENT] if unit.kind == UnitKind.DEPARTMENT else []
    levels = [level for kind in kinds for level in targets.levels((kind.value, unit.pk))]
    group: list[Scope] = [(ScopeKind.GROUP.value, unit.group_id)] if unit.group_id is not None else []
    return list(dict.fromkeys([*levels, *group]))


def targets_held(year: int, unit_ids: Iterable[int]) -> dict[int, list[TargetRow]]:
    """The targets of a year that some units are held to, by unit."""
    units = queries.board_units()
    targets = Targets.of_year(year, units)
    return {pk: held_to(targets, units[pk]) for pk in unit_ids if pk in units}


def receipts(year: int, seen: Sight) -> dict[int, dict[int, TargetReceipt]]:
    """Who took note of a year's targets, by unit and target."""
    found: dict[int, dict[int, TargetReceipt]] = {}
    for row in TargetReceipt.objects.filter(seen.within(), target__month_end__year=year):
        found.setdefault(row.unit_id, {})[row.target_id] = row
    return found


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A unit beside its targets: how many it is held to, how many were taken note of, by whom last."""

    unit: Unit
    held: int
    noted: int
    newest: TargetReceipt | None
    head: str

    @property
    def lacks(self) -> int:
        """Targets nobody of the unit took note of."""
        return self.held - self.noted


def note_row(unit: Unit, held: list[TargetRow], known: Mapping[int, TargetReceipt], head: str) -> NoteRow:
    """One unit's row."""
    own = [known[row.pk] for row in held if row.pk in known]
    return NoteRow(unit, len(held), len(own), max(own, key=lambda row: row.at, default=None), head)


# ── explanations ─────────────────────────────────────────────────────────────────────────────────


def shortfalls(seen: Sight) -> list[Shortfall]:
    """Explanations, those that wait first, then the newest month."""
    accepted = Case(When(state=ShortfallState.ACCEPTED, then=1), default=0)
    rows = Shortfall.objects.filter(seen.within()).select_related("unit").defer("draft")
    return list(rows.order_by(accepted, "-month", "due_on", "unit__sort_order", "pk")[:MOST])


def missed_by(shortfall: Shortfall) -> list[ClosedVerdict]:
    """What the unit missed in the closing that asked."""
    kinds = [ScopeKind.UNIT, ScopeKind.DEPARTMENT]
    found = ClosedVerdict.objects.filter(
        run=shortfall.run_id, scope_id=shortfall.unit_id, scope_kind__in=kinds, verdict="missed"
    )
    return sorted(found, key=lambda row: (INDICATORS.label(row.indicator), row.scope_kind))


def procedures_of_unit(shortfall: Shortfall) -> dict[str, tuple[int, str]]:
    """The procedures a unit offered when the month was closed: id and name by code."""
    offered = ClosedService.objects.filter(run=shortfall.run_id, unit_id=shortfall.unit_id).values("procedure_id")
    rows = ClosedProcedure.objects.filter(run=shortfall.run_id, procedure_id__in=offered).order_by("code")
    return {code: (pk, name) for pk, code, name in rows.values_list("procedure_id", "code", "name")}


# ── measures ─────────────────────────────────────────────────────────────────────────────────────


def remedies(seen: Sight) -> QuerySet[Remedy]:
    """Measures that are open, the next due first."""
    rows = Remedy.objects.filter(seen.within(), state=RemedyState.OPEN)
    return rows.select_related("unit", "procedure").order_by("due_on", "pk")[:MOST]


def minutes(seen: Sight) -> list[MeetingMinutes]:
    """Minutes, newest first: all for home affairs, else the settled ones that gave a task to a unit in sight."""
    rows = MeetingMinutes.objects.select_related("written_by").defer("draft", "present", "conclusions")
    if not seen.everything:
        given = Remedy.objects.filter(seen.within(), minutes__isnull=False).values("minutes_id")
        rows = rows.filter(pk__in=given)
    return list(rows.order_by("-created_at", "-pk")[:MOST])


def letters_of(shortfall: Shortfall, *, everything: bool) -> list[ReminderLetter]:
    """Letters about a miss, newest first; drafts and dropped ones are home affairs' own."""
    rows = ReminderLetter.objects.filter(shortfall=shortfall).defer("words").order_by("-pk")
    return list(rows if everything else rows.filter(state=LetterState.ISSUED))


def month_of(shortfall: Shortfall) -> Month:
    """The month that was missed."""
    return Month.of(shortfall.month)


def said_of(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The measures of a sent version as pages show them."""
    return [
        {
            **row,
            "indicator": INDICATORS.label(row["indicator"]) if row["indicator"] else "",
            "due_on": date.fromisoformat(row["due_on"]),
        }
        for row in content.get("measures", [])
    ]

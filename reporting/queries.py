"""Reads of the boards: figures of a year, targets, units, and the list behind a number. Pages never count; they read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from accounts.enums import Role, UnitKind
from accounts.models import Membership, OrgUnit
from dossiers.models.dossier import Dossier
from portal.clock import Month
from portal.db import read
from procedures.enums import Channel
from procedures.models import Procedure
from reporting.closed_rules import FACTS_NOW, FACTS_THEN
from reporting.enums import Basis, Part, ScopeKind, TargetScope
from reporting.gap import Figure
from reporting.indicators import (
    INDICATORS,
    SCOPE_COLUMNS,
    Declaration,
    Pass,
    amount_of,
    cases_sql,
    counted_ones,
    part_of,
)
from reporting.models import ClosedProcedure, ClosedTarget, ClosedUnit, Run, Snapshot, Target
from reporting.periods import period

Scope = tuple[str, int | None]
TargetRow = Target | ClosedTarget
TOTAL: Scope = (ScopeKind.TOTAL.value, None)
PAGE = 50
LIVE = "moi"  # in an address: the count that goes on beside the closed month


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One counting of a month, as far as a page tells it."""

    pk: int
    month: Month
    computed_at: datetime
    counted_until: datetime
    frozen_at: datetime | None
    version: int = 1
    has_copies: bool = False


@dataclass(slots=True)
class MonthFigures:
    """Figures of one month: of its frozen run when there is one, and of the live run beside it."""

    run: RunFacts | None = None
    live: RunFacts | None = None
    shown: dict[tuple[str, str, Scope], Figure] = field(default_factory=dict)
    newer: dict[tuple[str, str, Scope], Figure] = field(default_factory=dict)

    def put(self, run: RunFacts, cell: tuple[str, str, Scope], figure: Figure) -> None:
        """Add a cell of one of the month's runs; of closed ones the newest version is shown."""
        if run.frozen_at is None:
            self.live = run
            self.newer[cell] = figure
            return
        if self.run is None or run.version > self.run.version:
            self.run, self.shown = run, {}
        if run.version == self.run.version:
            self.shown[cell] = figure

    def figure(self, indicator: str, basis: str, scope: Scope) -> Figure:
        """A figure; nothing over nothing when no case arose."""
        return self.shown.get((indicator, basis, scope), Figure())

    def corrections(self) -> list[tuple[tuple[str, str, Scope], Figure, Figure]]:
        """Cells that count differently today than when the month was closed."""
        if self.live is None or self.run is None or self.live.pk == self.run.pk:
            return []
        keys = sorted(self.shown.keys() | self.newer.keys(), key=str)
        pairs = [(key, self.shown.get(key, Figure()), self.newer.get(key, Figure())) for key in keys]
        return [pair for pair in pairs if pair[1] != pair[2]]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as boards name it."""

    pk: int
    name: str
    short_name: str
    kind: str
    group_id: int | None
    parent_id: int | None
    valid_from: date
    valid_to: date | None

    @property
    def label(self) -> str:
        """The shorter name when there is one."""
        return self.short_name or self.name

    def exists_in(self, month: Month) -> bool:
        """Whether the unit existed on some day of the month."""
        return self.valid_from <= month.last_day and (self.valid_to is None or self.valid_to >= month.first_day)


def figures_of_year(month: Month, *, indicator: str, as_of: Run | None = None) -> dict[Month, MonthFigures]:
    """Figures from January to `month`, one query; `as_of` as a closed version of the month saw them.

    All scopes of `indicator` in this month and the one before; groups and total of all indicators in every month.
    """
    listed = ~Q(scope_kind__in=[ScopeKind.PROCEDURE, ScopeKind.OFFICER])
    wide = Q(run__month__gte=month.previous.first_day, indicator=indicator) & listed
    top = Q(scope_kind__in=[ScopeKind.GROUP, ScopeKind.TOTAL])
    year = Q(run__month__gte=Month(month.year, 1).first_day, run__month__lte=month.last_day)
    return _figures(year & (wide | top) & _known(as_of))


def figures_of_scopes(month: Month, scopes: Iterable[Scope], *, as_of: Run | None = None) -> dict[Month, MonthFigures]:
    """Every figure of the named scopes from January to `month`, one query; `as_of` as a closed version saw them."""
    wanted = Q()
    for kind, pk in scopes:
        wanted |= Q(scope_kind=kind, scope_id=pk)
    year = Q(run__month__gte=Month(month.year, 1).first_day, run__month__lte=month.last_day)
    return _figures(year & wanted & _known(as_of))


def figures_of_run(run: Run) -> MonthFigures:
    """All figures of one run of groups, units and the whole, one query."""
    kinds = [ScopeKind.GROUP, ScopeKind.UNIT, ScopeKind.TOTAL]
    return _figures(Q(run=run, scope_kind__in=kinds)).get(Month.of(run.month), MonthFigures())


def _known(as_of: Run | None) -> Q:
    """Counts that go on, and closes until that of `as_of`: months that were closed again later are shown as before."""
    return Q() if as_of is None else Q(run__frozen_at__isnull=True) | Q(run__frozen_at__lte=as_of.frozen_at)


def _figures(condition: Q) -> dict[Month, MonthFigures]:
    rows = Snapshot.objects.filter(condition).values_list(
        "run_id",
        "run__month",
        "run__computed_at",
        "run__counted_until",
        "run__frozen_at",
        "run__version",
        "run__has_copies",
        "indicator",
        "basis",
        "scope_kind",
        "scope_id",
        "numerator",
        "denominator",
    )
    months: dict[Month, MonthFigures] = {}
    for row in rows:
        pk, first_day, computed_at, until, frozen_at, version, has_copies = row[:7]
        indicator, basis, kind, scope_id, numerator, denominator = row[7:]
        month = Month.of(first_day)
        run = RunFacts(pk, month, computed_at, until, frozen_at, version, has_copies)
        cell = (indicator, basis, (kind, scope_id))
        months.setdefault(month, MonthFigures()).put(run, cell, Figure(numerator, denominator))
    for found in months.values():
        if found.run is None:
            found.run, found.shown = found.live, found.newer
    return months


def latest_month() -> Month | None:
    """The newest month that was counted."""
    day = Run.objects.order_by("-month").values_list("month", flat=True).first()
    return Month.of(day) if day else None


def board_units() -> dict[int, Unit]:
    """All units, in their order."""
    rows = OrgUnit.objects.order_by("sort_order", "code", "pk").values_list(
        "pk", "name", "short_name", "kind", "group_id", "parent_id", "valid_from", "valid_to"
    )
    return {row[0]: Unit(*row) for row in rows}


def closed_units(run_id: int) -> dict[int, Unit]:
    """All units as they were when a month was closed, in their order then."""
    rows = (
        ClosedUnit.objects.filter(run=run_id)
        .order_by("place")
        .values_list("unit_id", "name", "short_name", "kind", "group_id", "parent_id", "valid_from", "valid_to")
    )
    return {row[0]: Unit(*row) for row in rows}


# Targets set for every unit of a kind, by the kind of the unit.
_OF_A_KIND = {UnitKind.WARD: TargetScope.WARDS, UnitKind.DEPARTMENT: TargetScope.DEPARTMENTS}


class Targets:
    """Targets of a year in force. A unit without its own has that of its kind, or of every unit."""

    def __init__(self, rows: Iterable[TargetRow], units: Mapping[int, Unit]) -> None:
        newest: dict[tuple[object, ...], TargetRow] = {}
        for row in rows:
            newest[row.indicator, row.basis, row.scope_kind, row.scope_id, row.month_end] = row
        self._rows = sorted(newest.values(), key=lambda row: row.month_end)
        self._units = units

    @classmethod
    def of_year(cls, year: int, units: Mapping[int, Unit]) -> "Targets":
        """Ask for a year's targets once."""
        return cls(Target.objects.filter(month_end__year=year).order_by("version", "pk"), units)

    @classmethod
    def of_closed(cls, run_id: int, units: Mapping[int, Unit]) -> "Targets":
        """Those a closed month was held against, whatever was decided later."""
        return cls(ClosedTarget.objects.filter(run=run_id).order_by("pk"), units)

    @property
    def rows(self) -> list[TargetRow]:
        """All of them."""
        return list(self._rows)

    def in_force(self, indicator: str, scope: Scope, month: Month) -> TargetRow | None:
        """The target of the month, or the last one before it in the year; cumulative before in-month."""
        for level in self.levels(scope):
            rows = [row for row in self._of(indicator, level) if row.month_end <= month.last_day]
            if rows:
                return max(rows, key=lambda row: (row.month_end, row.basis == Basis.CUMULATIVE))
        return None

    def coming(self, indicator: str, scope: Scope, month: Month) -> TargetRow | None:
        """The next target after the month."""
        for level in self.levels(scope):
            rows = [row for row in self._of(indicator, level) if row.month_end > month.last_day]
            if rows:
                return min(rows, key=lambda row: (row.month_end, row.basis != Basis.CUMULATIVE))
        return None

    def holding(self, indicator: str, scope: Scope, month: Month) -> tuple[TargetRow | None, bool]:
        """The target a scope is held against in a month, and whether it is the group's."""
        own = self.in_force(indicator, scope, month)
        unit = self._units.get(scope[1] or 0) if scope[0] == ScopeKind.UNIT else None
        if own is not None or unit is None or unit.group_id is None:
            return own, False
        found = self.in_force(indicator, (ScopeKind.GROUP.value, unit.group_id), month)
        return found, found is not None

    def levels(self, scope: Scope) -> list[Scope]:
        """Whose targets hold for a scope, nearest first."""
        kind, pk = scope
        unit = self._units.get(pk or 0)
        levels = [scope]
        if kind in {ScopeKind.UNIT, ScopeKind.DEPARTMENT} and unit is not None:
            of_a_kind = _OF_A_KIND.get(UnitKind(unit.kind))
            levels += [(of_a_kind.value, None)] if of_a_kind else []
        return [*levels, (TargetScope.UNITS.value, None)] if kind == ScopeKind.UNIT else levels

    def value_at(self, indicator: str, scope: Scope, month: Month) -> Decimal | None:
        """The value in force in a month, for the line of a chart."""
        row = self.in_force(indicator, scope, month)
        return row.value if row else None

    def plans(self, indicator: str) -> list[TargetRow]:
        """One row for each decision that sets the indicator's targets."""
        return list(
            {(row.decision_number, row.issuer): row for row in self._rows if row.indicator == indicator}.values()
        )

    def _of(self, indicator: str, scope: Scope) -> list[TargetRow]:
        return [row for row in self._rows if row.indicator == indicator and (row.scope_kind, row.scope_id) == scope]


def targets_of_year(year: int, units: Mapping[int, Unit]) -> list[dict[str, Any]]:
    """Every target of a year that is in force, with the name of its scope, in the order of indicators and units."""
    order = {one.code: place for place, one in enumerate(INDICATORS)}
    places = {pk: place for place, pk in enumerate(units)}
    rows = [
        {
            "target": row,
            "indicator": INDICATORS.label(row.indicator),
            "scope": units[row.scope_id].name if row.scope_id else TargetScope(row.scope_kind).label,
        }
        for row in Targets.of_year(year, units).rows
    ]

    def place(row: dict[str, Any]) -> tuple[Any, ...]:
        one = row["target"]
        return (order.get(one.indicator, 99), one.basis, places.get(one.scope_id, -1), one.scope_kind, one.month_end)

    return sorted(rows, key=place)


# ── who may see the list behind a number ─────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Reach:
    """Scopes whose dossiers a manager may list: everything for home affairs, else the own units and what is below."""

    everything: bool
    unit_ids: frozenset[int]

    def covers(self, scope: Scope) -> bool:
        """Whether a scope lies within reach."""
        kind, pk = scope
        if self.everything:
            return True
        return kind in {ScopeKind.UNIT, ScopeKind.DEPARTMENT} and pk in self.unit_ids


def reaches_everything(memberships: Iterable[Membership]) -> bool:
    """Whether the reader is of home affairs."""
    return any(row.role == Role.HOME_AFFAIRS for row in memberships)


def reach(memberships: Iterable[Membership], units: Mapping[int, Unit]) -> Reach:
    """What the manager's roles reach; a desk's head sees the authority the desk works for."""
    rows = list(memberships)
    if reaches_everything(rows):
        return Reach(everything=True, unit_ids=frozenset())
    own = {units[row.unit_id] for row in rows if row.unit_id in units}
    roots = {unit.parent_id if unit.kind == UnitKind.DESK and unit.parent_id else unit.pk for unit in own}
    found = set(roots)
    while below := {unit.pk for unit in units.values() if unit.parent_id in found} - found:
        found |= below
    return Reach(everything=False, unit_ids=frozenset(found))


# ── the list behind a number ─────────────────────────────────────────────────────────────────────


# Facts that change mark the months they are of, in the same transaction; a count takes away the marks that it has seen.
_STATED = """
    SELECT s.numerator, s.denominator FROM reporting_snapshot s JOIN reporting_run r ON r.id = s.run_id
    WHERE s.run_id = %(run)s AND s.scope_kind = %(kind)s AND s.scope_id IS NOT DISTINCT FROM %(pk)s::bigint
      AND s.indicator = %(indicator)s AND s.basis = %(basis)s AND s.formula_version = %(version)s
      AND (r.frozen_at IS NOT NULL OR r.computed_at = %(computed_at)s
           AND NOT EXISTS (SELECT FROM reporting_dirtymonth WHERE month = r.month))"""


@dataclass(frozen=True, slots=True)
class Number:
    """One number on a board: which run, indicator, basis, scope, and which part of the fraction.

    `procedure_id`: of one procedure alone; of an indicator that counts services it opens the dossiers of that service.
    `unit_ids`: of these units together instead of the scope's own rows, as they are organised now.
    """

    run: Run
    indicator: str
    basis: str
    scope: Scope
    part: str
    procedure_id: int | None = None
    unit_ids: tuple[int, ...] = ()

    @property
    def declared(self) -> Declaration:
        """The indicator."""
        return INDICATORS[self.indicator]

    @property
    def lists_services(self) -> bool:
        """Whether the list is of services and not of dossiers."""
        return bool(self.declared.key) and self.procedure_id is None

    def count(self) -> int:
        """How many cases the list holds."""
        if self.lists_services:
            return len(self._services())
        return self._added("count(*)")

    def stated(self) -> int:
        """How many cases the list holds: what was counted, as long as nothing came since; counted anew otherwise.

        A page asks this; whoever proves that a number equals its list asks `count`.
        """
        if self.lists_services or self.declared.key or self.declared.sums or self.procedure_id or self.unit_ids:
            return self.count()
        rows = read(_STATED, self._cell())
        if not rows:
            return self.count()
        hits, cases = rows[0]
        return int({Part.NUMERATOR: hits, Part.DENOMINATOR: cases, Part.REST: cases - hits}[Part(self.part)])

    def _cell(self) -> dict[str, Any]:
        kind, pk = self.scope
        return {
            "run": self.run.pk,
            "computed_at": self.run.computed_at,
            "kind": kind,
            "pk": pk,
            "indicator": self.indicator,
            "basis": self.basis,
            "version": self.declared.version,
        }

    def amount(self) -> int:
        """What the cases of the list add up to: the number on the board."""
        return (
            self._added(f"coalesce(sum({amount_of(self.declared, self.part)}), 0)")
            if self.declared.sums
            else self.count()
        )

    def most_of_one(self) -> tuple[int | None, int]:
        """Whose account has most of the hits, and how many; of an indicator that watches for it."""
        where, parameters = self._where(Part.NUMERATOR)
        rows = read(
            f"SELECT {self.declared.watched}, count(*) FROM ({self._cases()}) c WHERE {where} "  # noqa: S608
            f"AND {self.declared.watched} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1",
            parameters,
        )
        return rows[0] if rows else (None, 0)

    def dossiers(self, before: int | None) -> tuple[list[dict[str, Any]], int | None]:
        """One page of the dossiers, newest first, and the id to continue before."""
        where, parameters = self._where(self.part)
        if before is not None:
            where += " AND dossier_id < %(before)s"
            parameters["before"] = before
        amount = amount_of(self.declared, self.part)
        rows = read(
            f"SELECT dossier_id, unit_id, procedure_id, {amount} "  # noqa: S608
            f"FROM ({self._cases()}) c "
            f"WHERE {where} ORDER BY dossier_id DESC LIMIT {PAGE + 1}",
            parameters,
        )
        page = rows[:PAGE]
        return described(page, self.run), page[-1][0] if len(rows) > PAGE else None

    def listed(self) -> tuple[str, dict[str, Any]]:
        """The whole list as SQL with its parameters: dossier_id, unit_id, procedure_id and amount of each case."""
        where, parameters = self._where(self.part)
        what = f"dossier_id, unit_id, procedure_id, {amount_of(self.declared, self.part)} AS amount"
        return f"SELECT {what} FROM ({self._cases()}) c WHERE {where}", parameters  # noqa: S608

    def changed_since(self, closed: "Number") -> list[tuple[int, bool]]:
        """Dossiers this live number has and the closed one had not (True), or the other way round (False), newest first."""
        now, then = (one.among_changed(closed.run) for one in (self, closed))
        return [(pk, pk in now) for pk in sorted(now ^ then, reverse=True)]

    def among_changed(self, run: Run) -> set[int]:
        """The dossiers of the list whose facts changed after a run was closed: no other can have come or gone."""
        where, parameters = self._where(self.part)
        changed = "SELECT dossier_id FROM reporting_closedfact WHERE run_id = %(closed)s"
        sql = f"SELECT dossier_id FROM ({self._cases()}) c WHERE {where} AND dossier_id IN ({changed})"  # noqa: S608
        return {row[0] for row in read(sql, parameters | {"closed": run.pk})}

    def services(self) -> list[dict[str, Any]]:
        """The services, each once, with its units and online dossiers in the scope."""
        rows = self._services()
        named = procedures_of(self.run, [row[0] for row in rows])
        services = [
            {"procedure": named[pk], "used": used, "units": units, "dossiers": int(dossiers)}
            for pk, used, units, dossiers in rows
        ]
        return sorted(services, key=lambda row: (-row["dossiers"], row["procedure"].code))

    def _added(self, what: str) -> int:
        where, parameters = self._where(self.part)
        return int(read(f"SELECT {what} FROM ({self._cases()}) c WHERE {where}", parameters)[0][0])  # noqa: S608

    def _services(self) -> list[tuple[Any, ...]]:
        """A service is a hit of the scope when any of its units has a hit."""
        where, parameters = self._where(Part.DENOMINATOR)
        hit = f"bool_or({self.declared.hit})"
        wanted = {Part.NUMERATOR: hit, Part.DENOMINATOR: "TRUE", Part.REST: f"NOT {hit}"}[Part(self.part)]
        return read(
            f"SELECT procedure_id, {hit}, count(DISTINCT unit_id), sum(dossiers) "  # noqa: S608
            f"FROM ({self._cases()}) c WHERE {where} GROUP BY procedure_id HAVING {wanted}",
            parameters,
        )

    def _cases(self) -> str:
        rows = self.declared.cases or Pass.RECEIVED
        if rows == Pass.OFFERED and not self.lists_services:
            rows = Pass.USED
        return cases_sql(rows, as_closed=self.run.frozen_at is not None, as_offered=self.run.has_copies)

    def _where(self, part: str) -> tuple[str, dict[str, Any]]:
        parameters = self._days() | {"run": self.run.pk, "scope_id": self.scope[1], "unit_ids": list(self.unit_ids)}
        conditions = [part_of(self.declared, self.basis, self._asked(part))]
        conditions += self._in_scope(part)
        if self.procedure_id is not None:
            conditions.append("procedure_id = %(procedure_id)s")
            parameters["procedure_id"] = self.procedure_id
        return " AND ".join(conditions), parameters

    def _days(self) -> dict[str, Any]:
        return period(Month.of(self.run.month), self.run.counted_until, self.basis).parameters()

    def _asked(self, part: str) -> str:
        """Below a service all its dossiers are listed; of a share of the whole each case is a hit of its own scope."""
        below = self.declared.key and not self.lists_services
        return Part.DENOMINATOR if below or self.declared.of_whole else part

    def _in_scope(self, part: str) -> list[str]:
        inside = self._inside()
        if not self.declared.of_whole or part == Part.NUMERATOR:
            return [inside]
        return [] if part == Part.DENOMINATOR else [f"({inside}) IS NOT TRUE"]

    def _inside(self) -> str:
        if self.unit_ids:
            return "unit_id = ANY(%(unit_ids)s)"
        return "TRUE" if self.scope == TOTAL else f"{SCOPE_COLUMNS[ScopeKind(self.scope[0])]} = %(scope_id)s"


def codes_of(ids: Iterable[int]) -> dict[int, str | None]:
    """Numbers of dossiers."""
    return dict(Dossier.objects.filter(pk__in=list(ids)).values_list("pk", "code"))


@dataclass(frozen=True, slots=True)
class NamedProcedure:
    """A procedure as a list names it."""

    pk: int
    code: str
    name: str


def procedures_of(run: Run, ids: Iterable[int]) -> dict[int, NamedProcedure]:
    """Procedures as they were called when the run was closed; as they are called today otherwise."""
    now = Procedure.objects.filter(pk__in=ids).values_list("pk", "code", "name")
    then = ClosedProcedure.objects.filter(run_id=run.pk, procedure_id__in=ids).values_list(
        "procedure_id", "code", "name"
    )
    return {row[0]: NamedProcedure(*row) for row in (then if run.has_copies else now)}


def described(rows: Iterable[tuple[Any, ...]], run: Run) -> list[dict[str, Any]]:
    """What the list shows of each dossier, as of the run's time: nothing personal."""
    rows = list(rows)
    ids = [row[0] for row in rows]
    known = Dossier.objects.in_bulk(ids)
    named = procedures_of(run, {row[2] for row in rows})
    facts = FACTS_THEN if run.frozen_at is not None else FACTS_NOW
    told = read(
        "SELECT dossier_id, channel, received_day, first_due_day, CASE WHEN finished_at < %(end)s THEN finished_day END "  # noqa: S608
        f"FROM {facts} WHERE dossier_id = ANY(%(ids)s)",
        {"ids": ids, "run": run.pk, "end": run.counted_until},
    )
    of_fact = {row[0]: row[1:] for row in told}
    return [
        {
            "id": pk,
            "dossier": known.get(pk),
            "unit_id": unit_id,
            "procedure": named.get(procedure_id),
            "amount": amount,
            **dict(zip(("channel", "received", "first_due", "finished"), _in_words(of_fact[pk]), strict=True)),
        }
        for pk, unit_id, procedure_id, amount in rows
    ]


def _in_words(told: tuple[Any, ...]) -> tuple[Any, ...]:
    return (Channel(told[0]).label, *told[1:])


def run_of(month: Month, which: str = "") -> Run | None:
    """The run a number was read from: the newest closed version, or the live one while there is none.

    `which`: LIVE for the one beside the closed ones, or the number of a closed version; None when there is none such.
    """
    runs = list(Run.objects.filter(month=month.first_day).order_by("version"))
    live = next((run for run in runs if run.frozen_at is None), None)
    if which == LIVE:
        return live
    closed = [run for run in runs if run.frozen_at is not None]
    if which:
        return next((run for run in closed if str(run.version) == which), None)
    return closed[-1] if closed else live


def closed_run(pk: int) -> Run:
    """A closed version with its digest and signature."""
    return Run.objects.select_related("closed_by").get(pk=pk)


def facts_of_run(run: Run) -> RunFacts:
    """A run as pages tell it."""
    month = Month.of(run.month)
    return RunFacts(run.pk, month, run.computed_at, run.counted_until, run.frozen_at, run.version, run.has_copies)


def known_indicator(slug: str) -> str:
    """The slug when it is an indicator that is counted; the first one otherwise."""
    found = INDICATORS.get(slug)
    return slug if found is not None and found.has_source else first_indicator()


def first_indicator() -> str:
    """The indicator a board shows unless another is asked for."""
    return counted_ones()[0].code

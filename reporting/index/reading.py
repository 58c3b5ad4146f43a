"""The index of a unit in a quarter: every item with its fraction, points and source. Pages never count; they read.

An item whose indicator is counted here takes the figure of the newest counted month of the quarter; otherwise what another
system published; otherwise nothing, and gives no points.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from portal.clock import Month
from reporting.enums import ScopeKind
from reporting.gap import Figure
from reporting.index.items import IndexGroup, IndexItem, IndexVersion
from reporting.index.measures import measures_of
from reporting.index.quarters import Quarter
from reporting.index.rule import points, total
from reporting.indicators import INDICATORS, SOURCE_NAMES, Declaration
from reporting.models import ExternalMeasure, Run, Snapshot
from reporting.queries import RunFacts, Scope

Cell = tuple[str, str, Scope]


@dataclass(frozen=True, slots=True)
class ItemPoints:
    """One item of a unit: its figure and where it is from."""

    item: IndexItem
    counted: Figure | None  # by an indicator of the portal
    measure: ExternalMeasure | None  # by another system

    @property
    def declared(self) -> Declaration | None:
        """The indicator behind the figure."""
        return INDICATORS.get(self.item.indicator) if self.counted is not None else None

    @property
    def figure(self) -> Figure | None:
        """The fraction that gives the points; None without a source."""
        if self.counted is not None:
            return self.counted
        return Figure(self.measure.numerator, self.measure.denominator) if self.measure else None

    @property
    def points(self) -> Decimal | None:
        """What the fraction gives; None without a source."""
        found = self.figure
        return points(self.item, found.numerator, found.denominator) if found else None

    @property
    def source(self) -> str:
        """Where the fraction is from, in words."""
        if self.declared is not None:
            return _("Hệ thống này: %(what)s") % {
                "what": ", ".join(str(SOURCE_NAMES[one]) for one in self.declared.sources)
            }
        return _said(self.measure) if self.measure else ""

    @property
    def beside(self) -> str:
        """What another system published of an item that is counted here, or points that the rule does not give."""
        if self.measure is None:
            return ""
        told = self.measure.published_points
        if self.counted is not None:
            return _("Nơi khác công bố %(hits)s/%(all)s: %(source)s") % {
                "hits": self.measure.numerator,
                "all": self.measure.denominator,
                "source": _said(self.measure),
            }
        if told is None or told == self.points:
            return ""
        return _("Điểm công bố: %(points)s") % {"points": f"{told:.2f}".replace(".", ",")}


@dataclass(frozen=True, slots=True)
class GroupPoints:
    """A group of a unit's index."""

    group: IndexGroup
    lines: tuple[ItemPoints, ...]

    @property
    def points(self) -> Decimal | None:
        """The points of its items; None when none has a source."""
        found = [line.points for line in self.lines if line.points is not None]
        return total(found) if found else None

    @property
    def known(self) -> Decimal:
        """What its items with a source give at most."""
        return total(line.item.maximum for line in self.lines if line.points is not None)


@dataclass(frozen=True, slots=True)
class UnitIndex:
    """The index of one unit."""

    scope: Scope
    groups: tuple[GroupPoints, ...]

    @property
    def points(self) -> Decimal | None:
        """The points of all items; None when none has a source."""
        found = [group.points for group in self.groups if group.points is not None]
        return total(found) if found else None

    @property
    def known(self) -> Decimal:
        """What the items with a source give at most."""
        return total(group.known for group in self.groups)


def run_in(quarter: Quarter) -> RunFacts | None:
    """The counting that knows most of a quarter: of its newest counted month, the closed one before the live one."""
    runs = Run.objects.filter(month__gte=quarter.first_day, month__lte=quarter.last_day)
    found = sorted(runs, key=lambda run: (run.month, run.frozen_at is not None))
    if not found:
        return None
    run = found[-1]
    return RunFacts(run.pk, Month.of(run.month), run.computed_at, run.counted_until, run.frozen_at)


def indexes(version: IndexVersion, quarter: Quarter, run: RunFacts | None, scopes: Iterable[Scope]) -> list[UnitIndex]:
    """The index of each scope, two queries in all."""
    scopes = list(scopes)
    cells = _cells(version, run, scopes) if run else {}
    known = measures_of(quarter, {pk for _kind, pk in scopes})
    return [
        UnitIndex(
            scope,
            tuple(
                GroupPoints(
                    group, tuple(_line(item, scope, cells, known, counted=run is not None) for item in group.items)
                )
                for group in version.groups
            ),
        )
        for scope in scopes
    ]


def _line(
    item: IndexItem,
    scope: Scope,
    cells: Mapping[Cell, Figure],
    known: Mapping[tuple[str, int | None], ExternalMeasure],
    *,
    counted: bool,
) -> ItemPoints:
    declared = INDICATORS.get(item.indicator)
    has_figure = counted and declared is not None and declared.has_source
    figure = cells.get((item.indicator, item.basis.value, scope), Figure()) if has_figure else None
    return ItemPoints(item, figure, known.get((item.code, scope[1])))


def _cells(version: IndexVersion, run: RunFacts, scopes: list[Scope]) -> dict[Cell, Figure]:
    """Figures of the version's indicators in a counting. A scope without any case has no row, and so nothing over nothing."""
    wanted = set(scopes)
    rows = Snapshot.objects.filter(
        run_id=run.pk,
        indicator__in={item.indicator for item in version.items if item.indicator},
        basis__in={item.basis.value for item in version.items},
        scope_kind__in=[ScopeKind.UNIT, ScopeKind.TOTAL],
    ).values_list("indicator", "basis", "scope_kind", "scope_id", "numerator", "denominator")
    return {
        (indicator, basis, (kind, pk)): Figure(numerator, denominator)
        for indicator, basis, kind, pk, numerator, denominator in rows
        if (kind, pk) in wanted
    }


def _said(measure: ExternalMeasure) -> str:
    told = f"{measure.source}, {measure.source_date:%d/%m/%Y}"
    return told if measure.version == 1 else f"{told}, {_('phiên bản')} {measure.version}"

"""The heat table: units by months, each cell a figure, its fraction, and how it stands in colour and word. No query, no HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.clock import Month
from portal.templatetags.ui import icon, number
from reporting import boards
from reporting.comparing.columns import Aims, MonthColumn, compared, gathered
from reporting.comparing.organised import Organisation
from reporting.enums import Comparison, Organised, Part, ScopeKind
from reporting.gap import Figure
from reporting.indicators import Declaration
from reporting.queries import LIVE, TOTAL, Reach, RunFacts, Scope, Unit

ICONS: Final = {
    Comparison.REACHED: "check",
    Comparison.MISSED: "cross",
    Comparison.BETTER: "plus",
    Comparison.SAME: "dot",
    Comparison.WORSE: "minus",
    Comparison.FEW: "info",
}
# A word for a narrow cell; the legend above the table has the whole one.
SHORT: Final = {
    Comparison.BETTER: gettext_lazy("tốt hơn"),
    Comparison.SAME: gettext_lazy("bằng"),
    Comparison.WORSE: gettext_lazy("kém hơn"),
}


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One unit in one month."""

    stands: Comparison
    text: str = ""
    hits: str = ""
    cases: str = ""
    hits_url: str = ""
    cases_url: str = ""
    said: str = ""  # how it stands, as a narrow cell says it: mark and word

    @property
    def icon(self) -> str:
        """The mark beside the word; none where nothing is compared."""
        return ICONS.get(self.stands, "")


@dataclass(slots=True)
class HeatRow:
    """A unit, a group or the whole over the months."""

    scope: Scope
    name: str
    url: str
    cells: list[HeatCell]
    is_idle: bool = False
    gathers: list[str] = field(default_factory=list)


@dataclass(slots=True)
class HeatGroup:
    """A group with its units."""

    row: HeatRow | None
    units: list[HeatRow]
    idle: list[str]


@dataclass(frozen=True, slots=True)
class Lists:
    """Addresses of the lists behind the cells, and of the boards of units."""

    root: str
    reach: Reach
    basis: str
    is_as_of: bool = False  # as a closed version saw the months: each list names the count it is read from

    def both(self, run: RunFacts, declared: Declaration, scope: Scope, *, gathers: bool, **more: int) -> dict[str, str]:
        """The lists behind numerator and denominator; none where the reader may not look.

        As organised now where the number adds up several units; `more` words of the address.
        """
        links = boards.Links(self.root, run.month, self.reach)
        hits = links.to_list(declared.code, self.basis, scope, Part.NUMERATOR)
        if not hits:
            return {}
        words = {"ban": self._version(run)} if self.is_as_of else {}
        words |= {"to-chuc": Organised.NOW.value} if gathers else {}
        words |= {name.replace("_", "-"): str(value) for name, value in more.items()}
        tail = f"?{urlencode(words)}" if words else ""
        stem = hits.removesuffix(f"{Part.NUMERATOR.value}/")
        return {part.value: f"{stem}{part.value}/{tail}" for part in Part}

    def to_unit(self, run: RunFacts | None, month: Month, unit_id: int) -> str:
        """The board of a unit."""
        version = self._version(run) if self.is_as_of and run is not None and run.frozen_at is not None else ""
        return boards.Links(self.root, month, self.reach, version).to_unit(unit_id)

    @staticmethod
    def _version(run: RunFacts) -> str:
        return LIVE if run.frozen_at is None else str(run.version)


class Heat:
    """One indicator on one basis over months, by the units of then or of now."""

    def __init__(
        self,
        *,
        declared: Declaration,
        columns: Mapping[Month, MonthColumn],
        units: Mapping[int, Unit],
        aims: Aims,
        lists: Lists,
        organisation: Organisation | None = None,
    ) -> None:
        self.declared, self.units, self.lists, self.organisation = declared, units, lists, organisation
        self.columns = list(columns.values())
        self._read = [self._of(column, aims) for column in self.columns]
        self._said = {one: _said(one) for one in Comparison}  # once, for thousands of cells

    def _of(self, column: MonthColumn, aims: Aims) -> tuple[dict[Scope, Figure], dict[Scope, Decimal]]:
        if self.organisation is not None:
            figures, found = gathered(column, self.declared, self.organisation, aims)
            whole = aims.of(column, TOTAL)
            return figures, found | ({TOTAL: whole} if whole is not None else {})
        values = {scope: aims.of(column, scope) for scope in column.figures}
        return column.figures, {scope: aim for scope, aim in values.items() if aim is not None}

    # ── rows ─────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def groups(self) -> list[HeatGroup]:
        """Groups in the order of boards, then the units that belong to none."""
        members: dict[int | None, list[Unit]] = {}
        for unit in self._shown():
            members.setdefault(unit.group_id, []).append(unit)
        order = [pk for pk in self.units if pk in members]
        return [self._group(pk, members[pk]) for pk in (*order, None) if pk in members]

    @cached_property
    def total(self) -> HeatRow:
        """The whole."""
        return self.row(TOTAL)

    def _shown(self) -> list[Unit]:
        """Units that stand in a group and existed, or have figures, in one of the months."""
        counted = {scope for figures, _aims in self._read for scope in figures}
        months = [column.month for column in self.columns]
        return [
            unit
            for unit in self.units.values()
            if (ScopeKind.UNIT.value, unit.pk) in counted
            or (unit.group_id is not None and self._is_own(unit) and any(unit.exists_in(month) for month in months))
        ]

    def _is_own(self, unit: Unit) -> bool:
        return self.organisation is None or self.organisation.now(unit.pk) == unit.pk

    def _group(self, pk: int | None, members: Sequence[Unit]) -> HeatGroup:
        rows = [self.row((ScopeKind.UNIT.value, unit.pk)) for unit in members]
        own = self.row((ScopeKind.GROUP.value, pk)) if pk is not None else None
        return HeatGroup(own, [row for row in rows if not row.is_idle], [row.name for row in rows if row.is_idle])

    def row(self, scope: Scope) -> HeatRow:
        """One row."""
        cells = [self.cell(place, scope) for place in range(len(self.columns))]
        return HeatRow(
            scope,
            self.name(scope),
            self._url(scope),
            cells,
            is_idle=not any(cell.text for cell in cells),
            gathers=self._gathers(scope),
        )

    def name(self, scope: Scope) -> str:
        """The scope's name."""
        if scope == TOTAL:
            return _("Chung toàn địa bàn")
        unit = self.units.get(scope[1] or 0)
        return unit.label if unit else _("đơn vị không còn trong danh mục")

    def _url(self, scope: Scope) -> str:
        if scope[0] != ScopeKind.UNIT or scope[1] is None:
            return ""
        last = self.columns[-1]
        return self.lists.to_unit(last.run, last.month, scope[1])

    def _gathers(self, scope: Scope) -> list[str]:
        """The names of the units that came to this one."""
        if self.organisation is None or scope[0] != ScopeKind.UNIT:
            return []
        return [self.units[pk].label for pk in self.organisation.behind(scope) if pk != scope[1]]

    # ── cells ────────────────────────────────────────────────────────────────────────────────────

    def cell(self, place: int, scope: Scope) -> HeatCell:
        """One scope in one month."""
        column, (figures, aims) = self.columns[place], self._read[place]
        figure = figures.get(scope, Figure())
        if column.run is None:
            return HeatCell(Comparison.UNCOUNTED, said=self._said[Comparison.UNCOUNTED])
        # The whole is not held against itself.
        whole = Figure() if scope == TOTAL else column.whole
        stands = compared(self.declared, figure, aims.get(scope), whole)
        if not figure.denominator:
            stands = stands if self._existed(scope, column.month) else Comparison.NO_UNIT
            return HeatCell(stands, said=self._said[stands])
        lists = self.lists.both(column.run, self.declared, scope, gathers=self._adds_up(scope, column, figure))
        return HeatCell(
            stands,
            boards.reading(self.declared, figure),
            number(figure.numerator),
            number(figure.denominator),
            lists.get(Part.NUMERATOR, ""),
            lists.get(Part.DENOMINATOR, ""),
            self._said[stands],
        )

    def figure(self, place: int, scope: Scope) -> Figure:
        """The figure of a cell."""
        return self._read[place][0].get(scope, Figure())

    def aim(self, place: int, scope: Scope) -> Decimal | None:
        """The target of a cell."""
        return self._read[place][1].get(scope)

    def _existed(self, scope: Scope, month: Month) -> bool:
        if scope[0] != ScopeKind.UNIT:
            return True
        behind = self.organisation.behind(scope) if self.organisation else (scope[1] or 0,)
        return any(self.units[pk].exists_in(month) for pk in behind if pk in self.units)

    def _adds_up(self, scope: Scope, column: MonthColumn, figure: Figure) -> bool:
        """Whether the number is of other rows than the scope's own of then."""
        if self.organisation is None or scope == TOTAL:
            return False
        return scope[0] == ScopeKind.GROUP or figure != column.figure(scope)


def _said(stands: Comparison) -> SafeString:
    word = "" if stands == Comparison.PLAIN else str(SHORT.get(stands) or stands.label)
    return format_html("{} {}", icon(ICONS[stands]), word) if stands in ICONS else format_html("{}", word)

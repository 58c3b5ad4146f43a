"""What the boards show, put together from figures, targets and units: rows, sentences, charts. No query, no HTTP."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.charts import Series, line_chart
from portal.clock import Month
from portal.templatetags.ui import day, number, percent, points
from reporting.enums import Basis, Family, Light, Measure, Part, ScopeKind
from reporting.forecast_rows import can_be_forecast
from reporting.gap import Figure, at_this_pace, conversions, further_hits, gap, light, outlook, pull
from reporting.indicators import INDICATORS, SOURCE_NAMES, Declaration, counted_ones
from reporting.queries import TOTAL, MonthFigures, Reach, RunFacts, Scope, TargetRow, Targets, Unit

TONES = {Light.REACHED: "success", Light.MISSED: "danger", Light.NO_TARGET: "neutral", Light.NO_DATA: "neutral"}
ICONS = {Light.REACHED: "check", Light.MISSED: "cross", Light.NO_TARGET: "dot", Light.NO_DATA: "minus"}
SCOPE_WORDS = {
    ScopeKind.UNIT: "don-vi",
    ScopeKind.GROUP: "khoi",
    ScopeKind.DEPARTMENT: "phong",
    ScopeKind.TOTAL: "chung",
    ScopeKind.PROCEDURE: "thu-tuc",
    ScopeKind.OFFICER: "can-bo",
}
VERY_HARD = Decimal("0.95")
LEVERS = 3
PROMPT = timedelta(minutes=10)  # facts follow an act within seconds; later than this is a fault


def by_family() -> list[Declaration]:
    """Indicators that are counted, each family together, in the order of families."""
    return [one for family in Family for one in counted_ones() if one.family == family]


def choices() -> list[tuple[str, list[Declaration]]]:
    """The same for a list to choose from: each family in words with its indicators."""
    found = by_family()
    families = ((str(family.label), [one for one in found if one.family == family]) for family in Family)
    return [(label, ones) for label, ones in families if ones]


def scope_slug(scope: Scope) -> str:
    """A scope as it stands in an address: `don-vi-12`, `khoi-3`, `chung`."""
    kind, pk = scope
    word = SCOPE_WORDS[ScopeKind(kind)]
    return word if pk is None else f"{word}-{pk}"


def scope_of_slug(slug: str) -> Scope | None:
    """The scope of an address; None when it is none."""
    for kind, word in SCOPE_WORDS.items():
        if slug == word and kind == ScopeKind.TOTAL:
            return TOTAL
        pk = slug.removeprefix(f"{word}-")
        if kind != ScopeKind.TOTAL and pk != slug and pk.isascii() and pk.isdigit() and len(pk) < 19:
            return (kind.value, int(pk))
    return None


def below(unit_id: int, units: Mapping[int, Unit]) -> list[Scope]:
    """The departments of a unit."""
    return [(ScopeKind.DEPARTMENT.value, row.pk) for row in units.values() if row.parent_id == unit_id]


def ratio_text(value: Decimal | None) -> str:
    """A target as people say it: `30 %`, `73,3 %`."""
    places = 0 if value is not None and value * 100 == (value * 100).to_integral_value() else 1
    return percent(value, places)


UNITS_OF_CHARTS = {
    Measure.RATIO: "%",
    Measure.HOURS: gettext_lazy("giờ"),
    Measure.COUNT: "",
    Measure.POINTS: gettext_lazy("điểm"),
}


def reading(declared: Declaration, figure: Figure) -> str:
    """A figure as its measure reads: `26,0 %`, `7,5 giờ`, `1,8 điểm`, `120`; that nothing arose when nothing did."""
    if declared.measure == Measure.COUNT:
        return number(figure.numerator)
    value = plain_value(declared, figure)
    if value is None:
        return _("không phát sinh")
    if declared.measure == Measure.RATIO:
        return percent(value / 100, declared.places)
    return f"{number(round(value, declared.places))}\u00a0{UNITS_OF_CHARTS[declared.measure]}"


def plain_value(declared: Declaration, figure: Figure) -> Decimal | None:
    """The figure as a number for charts: percent, hours, points or cases."""
    if declared.measure == Measure.COUNT:
        return Decimal(figure.numerator)
    if figure.ratio is None:
        return None
    return (
        figure.ratio
        * {Measure.RATIO: 100, Measure.POINTS: 1}.get(declared.measure, 1)
        / (60 if declared.measure == Measure.HOURS else 1)
    )


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of the lists behind numbers, and of unit boards; none where the manager may not look."""

    root: str
    month: Month
    reach: Reach
    version: str = ""  # of a closed month, when one of its versions was asked for

    def to_list(self, indicator: str, basis: str, scope: Scope, part: str) -> str:
        """The list behind one number."""
        if not self.reach.covers(scope):
            return ""
        version = f"?ban={self.version}" if self.version else ""
        return f"{self.root}danh-sach/{self.month}/{indicator}/{basis}/{scope_slug(scope)}/{part}/{version}"

    def to_outlook(self, indicator: str, scope: Scope) -> str:
        """What a target still asks of a scope."""
        if not self.reach.covers(scope) or not can_be_forecast(INDICATORS[indicator]):
            return ""
        version = f"?ban={self.version}" if self.version else ""
        return f"{self.root}du-kien/{self.month}/{indicator}/{scope_slug(scope)}/{version}"

    def to_unit(self, unit_id: int) -> str:
        """The board of a unit."""
        if not self.reach.covers((ScopeKind.UNIT.value, unit_id)):
            return ""
        version = f"&ban={self.version}" if self.version else ""
        return f"{self.root}don-vi/{unit_id}/?thang={self.month}{version}"


@dataclass(slots=True)
class FigureCell:
    """A figure with links to its numerator and denominator."""

    declared: Declaration
    figure: Figure
    numerator_url: str
    denominator_url: str

    @property
    def text(self) -> str:
        """The figure as its measure reads, or that nothing arose."""
        return reading(self.declared, self.figure)

    @property
    def has_fraction(self) -> bool:
        """Whether the denominator says something the figure does not."""
        return self.declared.measure != Measure.COUNT


@dataclass(slots=True)
class Row:
    """One scope on a board: both bases side by side, its target, and what is missing."""

    declared: Declaration
    scope: Scope
    name: str
    url: str
    month: FigureCell
    cumulative: FigureCell
    judged: Figure  # the figure the target speaks of
    target: TargetRow | None = None
    inherited: bool = False
    weight: Decimal | None = None
    pull: Decimal | None = None
    trend: Decimal | None = None

    @property
    def value(self) -> Decimal | None:
        """The target's value."""
        return self.target.value if self.target else None

    @property
    def target_text(self) -> str:
        """The target in words."""
        return ratio_text(self.value)

    @property
    def light(self) -> Light:
        """Status against the target."""
        return light(self.judged, self.value, is_limit=self.declared.lower_is_better, zero=self.declared.zero)

    @property
    def tone(self) -> str:
        """Colour of the status."""
        return TONES[self.light]

    @property
    def icon(self) -> str:
        """Mark of the status."""
        return ICONS[self.light]

    @property
    def missing(self) -> int | None:
        """How many cases should have been hits; None without a target or cases."""
        if self.value is None or not self.judged.denominator:
            return None
        return conversions(self.judged, self.value, is_limit=self.declared.lower_is_better)

    @property
    def text(self) -> str:
        """The judged figure as it reads."""
        return reading(self.declared, self.judged)

    @property
    def gap_points(self) -> str:
        """How far below the target, in points and without sign."""
        distance = gap(self.judged, self.value)
        return points(abs(distance)) if distance is not None else ""


@dataclass(slots=True)
class Lead:
    """The first sentences about a scope: how it stands, what would reach it, what the next target asks."""

    row: Row
    stands: str
    lacks: str
    ways: str
    next: str
    rest_url: str = ""
    outlook_url: str = ""


@dataclass(slots=True)
class UnitGroup:
    """A group of units with its own row, and its units below."""

    row: Row
    units: list[Row] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)
    levers: list[str] = field(default_factory=list)

    @property
    def aim(self) -> str:
        """The target of the group when all its units are held against it: said once, above them."""
        inherits = bool(self.units) and self.row.target is not None and all(row.inherited for row in self.units)
        return self.row.target_text if inherits else ""


class Board:
    """One indicator in one month, for a set of top scopes and units. The pages ask it; it asks nobody."""

    def __init__(
        self,
        *,
        month: Month,
        indicator: str,
        months: Mapping[Month, MonthFigures],
        targets: Targets,
        units: Mapping[int, Unit],
        links: Links,
    ) -> None:
        self.month, self.indicator, self.months = month, indicator, months
        self.targets, self.units, self.links = targets, units, links
        self.declared: Declaration = INDICATORS[indicator]
        self.figures = months.get(month, MonthFigures())

    # ── rows ─────────────────────────────────────────────────────────────────────────────────────

    def row(self, scope: Scope, *, indicator: str | None = None, inherit: Scope | None = None) -> Row:
        """The row of a scope; without a target of its own it is held against its group's."""
        indicator = indicator or self.indicator
        target = self.targets.in_force(indicator, scope, self.month)
        inherited = target is None and inherit is not None
        if inherited and inherit is not None:
            target = self.targets.in_force(indicator, inherit, self.month)
        judged = target.basis if target else Basis.CUMULATIVE.value
        return Row(
            declared=INDICATORS[indicator],
            judged=self.figures.figure(indicator, judged, scope),
            scope=scope,
            name=self.name(scope),
            url=self.links.to_unit(scope[1]) if scope[0] == ScopeKind.UNIT and scope[1] else "",
            month=self._cell(indicator, Basis.MONTH, scope),
            cumulative=self._cell(indicator, Basis.CUMULATIVE, scope),
            target=target,
            inherited=inherited,
            trend=self._trend(indicator, scope),
        )

    def name(self, scope: Scope) -> str:
        """The scope's name."""
        if scope == TOTAL:
            return _("Chung toàn địa bàn")
        unit = self.units.get(scope[1] or 0)
        return unit.label if unit else _("đơn vị không còn trong danh mục")

    def groups(self) -> list[UnitGroup]:
        """Groups of the month with their units, in order."""
        members: dict[int, list[Unit]] = {}
        for unit in self.units.values():
            if unit.group_id is not None and (unit.exists_in(self.month) or self._has((ScopeKind.UNIT.value, unit.pk))):
                members.setdefault(unit.group_id, []).append(unit)
        return [self._group((ScopeKind.GROUP.value, pk), members[pk]) for pk in self.units if pk in members]

    def _group(self, scope: Scope, members: Iterable[Unit]) -> UnitGroup:
        group = UnitGroup(self.row(scope))
        scopes = [(ScopeKind.UNIT.value, unit.pk) for unit in members]
        rows = [self.row(one, inherit=scope) for one in scopes]
        # A unit that serves nobody would fill the table with dashes; it is named under it.
        group.units = self.weighed(group.row, [row for row in rows if row.cumulative.figure.denominator])
        group.idle = [row.name for row in rows if not row.cumulative.figure.denominator]
        group.levers = self.levers(group)
        return group

    def weighed(self, whole: Row, rows: list[Row]) -> list[Row]:
        """Add each row's part of the whole's volume, and what the whole would gain if the row reached the target."""
        total = whole.judged.denominator
        if not self.declared.additive or not total:
            return rows
        for row in rows:
            row.weight = Decimal(row.judged.denominator) / total
            if whole.value is not None:
                row.pull = pull(row.judged, whole.value, total, is_limit=self.declared.lower_is_better)
        return rows

    def levers(self, group: UnitGroup) -> list[str]:
        """Who moves the whole most: large parts that are below the target."""
        pulling = sorted((row for row in group.units if row.pull), key=lambda row: row.pull or 0, reverse=True)[:LEVERS]
        return [
            _("%(name)s chiếm %(weight)s số hồ sơ, đạt %(ratio)s; nếu đạt chỉ tiêu thì cả khối tăng %(pull)s.")
            % {
                "name": row.name,
                "weight": percent(row.weight),
                "ratio": percent(row.judged.ratio),
                "pull": points(row.pull),
            }
            for row in pulling
        ]

    def overview(self, scopes: Sequence[Scope]) -> list[dict[str, Any]]:
        """Every indicator for the top scopes, each family together."""
        return [
            {
                "family": Family(one.family).label,
                "indicator": one.code,
                "name": one.label,
                "current": one.code == self.indicator,
                "rows": [self.row(scope, indicator=one.code) for scope in scopes],
            }
            for one in by_family()
        ]

    def _cell(self, indicator: str, basis: str, scope: Scope) -> FigureCell:
        return FigureCell(
            declared=INDICATORS[indicator],
            figure=self.figures.figure(indicator, basis, scope),
            numerator_url=self.links.to_list(indicator, basis, scope, Part.NUMERATOR),
            denominator_url=self.links.to_list(indicator, basis, scope, Part.DENOMINATOR),
        )

    def _trend(self, indicator: str, scope: Scope) -> Decimal | None:
        before = self.months.get(self.month.previous)
        if before is None or self.month.month == 1 or INDICATORS[indicator].measure != Measure.RATIO:
            return None
        old = before.figure(indicator, Basis.CUMULATIVE, scope).ratio
        new = self.figures.figure(indicator, Basis.CUMULATIVE, scope).ratio
        return new - old if old is not None and new is not None else None

    def _has(self, scope: Scope) -> bool:
        return any((self.indicator, basis, scope) in self.figures.shown for basis in Basis.values)

    # ── sentences ────────────────────────────────────────────────────────────────────────────────

    def lead(self, row: Row) -> Lead:
        """The sentences that answer the month's question for a scope."""
        basis = row.target.basis if row.target else Basis.CUMULATIVE.value
        rest = self.links.to_list(self.indicator, basis, row.scope, Part.REST) if row.judged.rest else ""
        further = self.links.to_outlook(self.indicator, row.scope)
        return Lead(row, self._stands(row), self._lacks(row), self._ways(row), self._next(row), rest, further)

    def _stands(self, row: Row) -> str:
        basis = Basis(row.target.basis).label if row.target else Basis.CUMULATIVE.label
        facts = {
            "name": row.name,
            "what": self.declared.short_name,
            "basis": basis,
            "ratio": row.text,
            "target": row.target_text,
        }
        if not row.judged.denominator:
            return _("%(name)s: %(what)s %(basis)s") % facts
        if row.target is None:
            return _("%(name)s: %(what)s %(basis)s %(ratio)s") % facts
        return _("%(name)s: %(what)s %(basis)s %(ratio)s – chỉ tiêu %(target)s") % facts

    def _lacks(self, row: Row) -> str:
        if row.light != Light.MISSED:
            return ""
        facts = {"points": row.gap_points, "count": number(row.missing), "noun": self.declared.noun}
        return _("thiếu %(points)s = %(count)s %(noun)s") % facts

    def _ways(self, row: Row) -> str:
        if row.light != Light.MISSED or row.value is None:
            return ""
        facts = {
            "target": row.target_text,
            "count": number(row.missing),
            "what": self.declared.numerator,
            "further": number(further_hits(row.judged, row.value)),
        }
        if self.declared.lower_is_better:
            return _("Để không quá %(target)s thì %(count)s hồ sơ đã tính lẽ ra không phải là %(what)s.") % facts
        if not self.declared.additive:
            return _("Để đạt %(target)s cần thêm %(count)s %(what)s.") % facts
        if further_hits(row.judged, row.value) is None:
            return _("Để đạt %(target)s thì %(count)s hồ sơ đã tính lẽ ra phải là %(what)s.") % facts
        return (
            _(
                "Để đạt %(target)s thì %(count)s hồ sơ đã tính lẽ ra phải là %(what)s; hoặc từ nay %(further)s hồ sơ "
                "mới liên tiếp đều phải là %(what)s."
            )
            % facts
        )

    def _next(self, row: Row) -> str:
        coming = self.targets.coming(self.indicator, row.scope, self.month)
        figure = row.cumulative.figure
        if coming is None or coming.basis != Basis.CUMULATIVE or not figure.denominator:
            return ""
        if self.declared.lower_is_better:
            return _("Đến %(date)s không được quá %(target)s.") % {
                "date": day(coming.month_end),
                "target": ratio_text(coming.value),
            }
        facts: dict[str, object] = {"date": day(coming.month_end), "target": ratio_text(coming.value)}
        if not self.declared.additive:
            facts |= {"count": number(conversions(figure, coming.value)), "what": self.declared.numerator}
            return _("Đến %(date)s cần %(target)s: thêm %(count)s %(what)s.") % facts
        look = outlook(figure, coming.value, self._expected(row, coming.month_end))
        facts |= {
            "expected": number(look.expected),
            "needed": number(look.needed),
            "what": self.declared.numerator,
            "share": percent(look.share),
            "best": percent(look.best),
        }
        if look.needed == 0:
            return _("Đến %(date)s cần %(target)s: đang đủ nếu giữ được nhịp hiện nay.") % facts
        said = _(
            "Đến %(date)s cần %(target)s: dự kiến tiếp nhận thêm %(expected)s hồ sơ (theo nhịp hiện nay), phải có thêm "
            "%(needed)s %(what)s"
        )
        if not look.possible:
            end = _(" – không thể đạt: dù mọi hồ sơ mới đều là %(what)s, tỷ lệ chỉ đến %(best)s.")
        elif look.share is not None and look.share >= VERY_HARD:
            end = _(" (%(share)s số hồ sơ mới) – rất khó đạt.")
        else:
            end = _(" (%(share)s số hồ sơ mới).")
        return (said + end) % facts

    def _expected(self, row: Row, until: date) -> int:
        """Further cases by a date at the pace of this month, or of the year while the month is young."""
        run = self.figures.run
        if run is None:
            return 0
        counted_to = min(clock.local(run.counted_until).date(), self.month.last_day)
        return at_this_pace(row.month.figure.denominator, row.cumulative.figure.denominator, counted_to, until)

    # ── chart and its table ──────────────────────────────────────────────────────────────────────

    def chart(self, scopes: Sequence[Scope], target_of: Scope) -> dict[str, Any]:
        """Lines of the year for up to three scopes and the target of one, with their table."""
        months = [Month(self.month.year, place) for place in range(1, self.month.month + 1)]
        lines: list[Series] = [
            {"name": self._line_name(scope), "points": [(one.label, self._value_at(one, scope)) for one in months]}
            for scope in scopes
        ]
        aims = [(one.label, _hundredfold(self.targets.value_at(self.indicator, target_of, one))) for one in months]
        if any(value is not None for _label, value in aims):
            lines.append({"name": _("chỉ tiêu"), "points": aims, "is_target": True})
        title = _("%(name)s, lũy kế từ đầu năm") % {"name": self.declared.label}
        unit = str(UNITS_OF_CHARTS[self.declared.measure])
        narrow = line_chart(lines, title=title, unit=unit, narrow=True)
        wide = line_chart(lines, title=title, unit=unit)
        return {"chart": wide, "narrow": narrow, "caption": title, **self._table_of(lines)}

    def _line_name(self, scope: Scope) -> str:
        return _("Chung") if scope == TOTAL else self.name(scope)

    def _value_at(self, month: Month, scope: Scope) -> Decimal | None:
        found = self.months.get(month)
        return plain_value(self.declared, found.figure(self.indicator, Basis.CUMULATIVE, scope)) if found else None

    def _table_of(self, lines: Sequence[Series]) -> dict[str, Any]:
        labels = [label for label, _value in lines[0]["points"]] if lines else []
        columns = [{"label": _("Tháng")}] + [{"label": one["name"], "numeric": True} for one in lines]
        rows = [[label, *(self._said(one["points"][place][1]) for one in lines)] for place, label in enumerate(labels)]
        return {"columns": columns, "rows": rows}

    def _said(self, value: Any) -> str:
        if self.declared.measure == Measure.RATIO:
            return percent(None if value is None else value / 100)
        return number(None if value is None else round(value, self.declared.places))

    # ── what stands under it ─────────────────────────────────────────────────────────────────────

    def corrections(self) -> list[dict[str, Any]]:
        """Figures that changed after the month was closed."""
        return [
            {
                "name": self.name(scope),
                "indicator": INDICATORS.label(indicator),
                "basis": Basis(basis).label,
                "frozen": closed,
                "now": now,
                "url": _with_live(self.links.to_list(indicator, basis, scope, Part.DENOMINATOR)),
                "changed": self._changed(indicator, basis, scope, closed, now),
            }
            for (indicator, basis, scope), closed, now in self.figures.corrections()
        ]

    def _changed(self, indicator: str, basis: str, scope: Scope, closed: Figure, now: Figure) -> str:
        """The list of the dossiers that make the difference: of the part that differs, the hits before all cases."""
        part = Part.NUMERATOR if closed.numerator != now.numerator else Part.DENOMINATOR
        url = "" if INDICATORS[indicator].key else self.links.to_list(indicator, basis, scope, part)
        return url.replace("/danh-sach/", "/thay-doi/")

    def sources(self) -> str:
        """Where the indicator's figures come from."""
        return ", ".join(str(SOURCE_NAMES[source]) for source in self.declared.sources)


def stamp(run: RunFacts | None, waiting_since: datetime | None = None) -> str:
    """`số liệu đến hết ngày 30/09/2022, đã chốt`; an open month reaches only to the oldest act that waits to be counted."""
    if run is None:
        return _("chưa có số liệu")
    reached = run.counted_until
    if run.frozen_at is None and waiting_since is not None:
        reached = min(reached, waiting_since)
    if reached >= run.month.bounds[1]:
        until = _("số liệu đến hết ngày %(day)s") % {"day": day(run.month.last_day)}
    else:
        shown = clock.local(reached)
        until = _("số liệu đến %(time)s ngày %(day)s") % {"time": f"{shown:%H:%M}", "day": day(shown)}
    again = _("đã chốt lần %(version)s") % {"version": run.version} if run.version > 1 else _("đã chốt")
    return until + ", " + (again if run.frozen_at else _("chưa chốt"))


def alarm(waiting_since: datetime | None) -> str:
    """What to say when acts wait longer for the figures than they should; nothing when all is well."""
    if waiting_since is None or clock.now() - waiting_since <= PROMPT:
        return ""
    shown = clock.local(waiting_since)
    facts = {"time": f"{shown:%H:%M}", "day": day(shown)}
    return _("Số liệu đang cập nhật chậm: hồ sơ thay đổi từ %(time)s ngày %(day)s chưa được tính.") % facts


def _hundredfold(value: Decimal | None) -> Decimal | None:
    return None if value is None else value * 100


def _with_live(url: str) -> str:
    return url and f"{url.partition('?')[0]}?ban=moi"

"""What the report of a closed month says, put together from the board's own rows: the paper and the screen cannot differ.

Reads the closed copies of one version alone; beside them only what earlier closed months would count today, and which
indicators have no source.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.enums import UnitKind
from portal.clock import Month
from portal.templatetags.ui import day, number
from reporting import boards, queries
from reporting.boards import Board, Lead, Row
from reporting.enums import Light, ScopeKind
from reporting.indicators import AWAITED, INDICATORS, Declaration, counted_ones
from reporting.models import Run
from reporting.monthly.ranking import Ranked, ranked
from reporting.queries import TOTAL, MonthFigures, Scope, Targets, Unit


@dataclass(slots=True)
class JudgedGroup:
    """The units of a group from the best to the last."""

    name: str
    units: list[Ranked]
    idle: list[str]


@dataclass(slots=True)
class JudgedIndicator:
    """One indicator: the sentences about groups and the whole, their rows, the units ranked, who missed."""

    declared: Declaration
    leads: list[Lead]
    tops: list[Row]
    groups: list[JudgedGroup]
    missed: list[Row]
    plans: list[queries.TargetRow]


@dataclass(slots=True)
class MonthlyReport:
    """Everything the paper shows."""

    run: Run
    month: Month
    issuer: str
    indicators: list[JudgedIndicator]
    tops: list[str]
    overview: list[dict[str, Any]]
    corrections: list[dict[str, Any]] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    @property
    def answer(self) -> str:
        """The first sentence: how many verdicts were reached and missed, by groups, units and the whole."""
        lights = [row.light for one in self.indicators for row in _judged(one) if row.target is not None]
        reached, missed = lights.count(Light.REACHED), lights.count(Light.MISSED)
        facts = {
            "day": day(self.month.last_day),
            "all": number(reached + missed),
            "reached": number(reached),
            "missed": number(missed),
        }
        if not reached + missed:
            return _("Đến hết ngày %(day)s chưa có chỉ tiêu nào được giao cho các số liệu dưới đây.") % facts
        return (
            _(
                "Đến hết ngày %(day)s có %(all)s đánh giá theo chỉ tiêu của các khối, đơn vị và chung toàn địa bàn: "
                "%(reached)s đạt, %(missed)s chưa đạt."
            )
            % facts
        )

    @property
    def without_source(self) -> list[tuple[Declaration, str]]:
        """Indicators nothing is counted of yet, and what each waits for."""
        return [
            (one, "; ".join(str(AWAITED[word]) for word in one.waits_for)) for one in INDICATORS if not one.has_source
        ]


def report_of(run: Run) -> MonthlyReport:
    """The report of one version of a closed month."""
    month = Month.of(run.month)
    units = queries.closed_units(run.pk)
    targets = Targets.of_closed(run.pk, units)
    months = queries.figures_of_year(month, indicator=queries.first_indicator(), as_of=run)
    months[month] = queries.figures_of_run(run)
    boards_of = [_board(one, month, months, targets, units) for one in _shown(targets, month)]
    judged = [_judge(board) for board in boards_of]
    whole = boards_of[0]
    scopes = [group.row.scope for group in whole.groups()]
    return MonthlyReport(
        run=run,
        month=month,
        issuer=issuer_of(units),
        indicators=judged,
        tops=[*(whole.name(scope) for scope in scopes), whole.name(TOTAL)],
        overview=whole.overview([*scopes, TOTAL]),
        corrections=list(_corrections(whole, months, {one.declared.code for one in judged})),
        recipients=_recipients(targets),
    )


def _shown(targets: Targets, month: Month) -> list[Declaration]:
    """Indicators with a target until this month; without any, those of the board's tabs."""
    aimed = {row.indicator for row in targets.rows if row.month_end <= month.last_day}
    return [one for one in counted_ones() if one.code in aimed] or [one for one in counted_ones() if one.is_main]


def _board(
    declared: Declaration,
    month: Month,
    months: Mapping[Month, MonthFigures],
    targets: Targets,
    units: Mapping[int, Unit],
) -> Board:
    nobody = queries.Reach(everything=False, unit_ids=frozenset())  # paper has no links
    links = boards.Links("", month, nobody)
    return Board(month=month, indicator=declared.code, months=months, targets=targets, units=units, links=links)


def _judge(board: Board) -> JudgedIndicator:
    groups = board.groups()
    tops = [*(group.row for group in groups), board.row(TOTAL)]
    rows = [*tops, *(row for group in groups for row in group.units)]
    return JudgedIndicator(
        declared=board.declared,
        leads=[board.lead(row) for row in tops],
        tops=tops,
        groups=[JudgedGroup(one.row.name, ranked(board.declared, one.units), one.idle) for one in groups],
        missed=[row for row in rows if row.light == Light.MISSED],
        plans=board.targets.plans(board.indicator),
    )


def _judged(one: JudgedIndicator) -> Iterable[Row]:
    return [*one.tops, *(place.row for group in one.groups for place in group.units)]


def _corrections(board: Board, months: Mapping[Month, MonthFigures], codes: set[str]) -> Iterable[dict[str, Any]]:
    """What earlier closed months of the year would count today, of groups and the whole."""
    for month in sorted(months):
        if month == board.month:
            continue
        for (indicator, basis, scope), closed, now in months[month].corrections():
            if indicator in codes and _is_top(scope):
                yield {
                    "month": month,
                    "name": board.name(scope),
                    "indicator": INDICATORS.label(indicator),
                    "basis": basis,
                    "closed": closed,
                    "now": now,
                }


def _is_top(scope: Scope) -> bool:
    return scope[0] in {ScopeKind.GROUP, ScopeKind.TOTAL}


def issuer_of(units: Mapping[int, Unit]) -> str:
    """Who issues it: the authority above all units, or the name of the place where there is none."""
    above = (unit for unit in units.values() if unit.kind in {UnitKind.CITY, UnitKind.PROVINCE} and not unit.parent_id)
    found = next(above, None)
    return found.name if found else settings.AUTHORITY_NAME


def _recipients(targets: Targets) -> list[str]:
    """Who set the targets, who monitors them, and everybody who is told of."""
    issuers = dict.fromkeys(row.issuer for row in targets.rows if row.issuer)
    monitors = dict.fromkeys(row.monitor for row in targets.rows if row.monitor)
    named = [*(_("%(name)s (để báo cáo)") % {"name": one} for one in issuers), *monitors]
    return [*named, _("Các phòng, đơn vị, phường, xã có tên trong báo cáo")]

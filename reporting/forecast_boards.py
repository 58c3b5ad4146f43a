"""What the page of a target's outlook shows, put together from figures, history and answers: sentence, tables. No query, no HTTP."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from portal.clock import Month
from portal.templatetags.ui import day, number, percent
from procedures.models import Procedure
from reporting import boards, forecast
from reporting.enums import Ahead, Basis, ScopeKind
from reporting.forecast import Answer, Asked, History
from reporting.gap import Figure
from reporting.indicators import Declaration
from reporting.queries import MonthFigures, Scope, Unit

BELOW = {ScopeKind.UNIT: ScopeKind.DEPARTMENT, ScopeKind.GROUP: ScopeKind.UNIT, ScopeKind.TOTAL: ScopeKind.UNIT}


@dataclass(frozen=True, slots=True)
class OutlookBoard:
    """One scope's outlook. `of_procedures`: its figures by procedure; `named`: what procedures are called."""

    declared: Declaration
    scope: Scope
    units: Mapping[int, Unit]
    figures: MonthFigures
    history: History
    links: boards.Links
    of_procedures: Callable[[], Mapping[int, Figure]]
    named: Callable[[Sequence[int]], Mapping[int, Procedure]]

    @property
    def figure(self) -> Figure:
        """The year so far."""
        return self.figures.figure(self.declared.code, Basis.CUMULATIVE, self.scope)

    @property
    def name(self) -> str:
        """What the scope is called."""
        return self.units[self.scope[1]].name if self.scope[1] else _("Chung toàn địa bàn")

    def told(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The answers to what was asked."""
        target, until = asked["percent"], asked["until"]
        wanted = Asked(target, until, asked["own"])
        answers = {
            way: forecast.answer(way, self.figure, self.history, wanted)
            for way in Ahead
            if way != Ahead.OWN or asked["own"] is not None
        }
        chosen = answers.get(Ahead(asked["way"]))
        return {
            "target": boards.ratio_text(target),
            "until": until,
            "chosen": chosen,
            "sentence": self._sentence(chosen, target, until),
            "answers": [(way.label, found) for way, found in answers.items()],
            "trials": self._trials(),
            "parts": self._parts(target),
            "levers": self._levers(chosen),
            "if": self._if(chosen, asked["share"], target),
        }

    def _sentence(self, found: Answer | None, target: Decimal, until: date) -> str:
        if found is None:
            return _("Không đủ số liệu các kỳ trước để ước theo cách này; hãy chọn cách khác hoặc tự nhập số.")
        facts = {
            "date": day(until),
            "target": boards.ratio_text(target),
            "needed": number(found.look.needed),
            "expected": number(found.look.expected),
            "what": self.declared.numerator,
            "days": number(found.workdays),
            "best": percent(found.look.best),
            "a_day": number(round(found.per_day, 1)) if found.per_day is not None else "",
            "share": percent(found.look.share),
        }
        if found.look.needed == 0:
            return _("Đến hết %(date)s đã đủ %(target)s dù không có thêm %(what)s nào.") % facts
        if not found.look.possible:
            return (
                _(
                    "Không thể đạt %(target)s đến hết %(date)s: dự kiến chỉ còn %(expected)s hồ sơ trong %(days)s ngày "
                    "làm việc; dù tất cả đều là %(what)s, tỷ lệ chỉ đến %(best)s."
                )
                % facts
            )
        return (
            _(
                "Để đạt %(target)s đến hết %(date)s cần thêm %(needed)s %(what)s trong %(expected)s hồ sơ dự kiến còn đến "
                "(%(share)s); còn %(days)s ngày làm việc, mỗi ngày %(a_day)s %(what)s."
            )
            % facts
        )

    def _trials(self) -> list[dict[str, Any]]:
        ways = [way for way in Ahead if way != Ahead.OWN]
        return [
            {"way": way.label, "month": Month.of(row[0].cut_off).label, "row": row}
            for way in ways
            for row in forecast.trials(way, self.history)
        ]

    def _parts(self, target: Decimal) -> list[dict[str, Any]]:
        below = BELOW.get(ScopeKind(self.scope[0]))
        members = [unit for unit in self.units.values() if below is not None and self._is_below(unit)]
        figures = {
            unit.pk: self.figures.figure(self.declared.code, Basis.CUMULATIVE, (below.value, unit.pk))
            for unit in members
            if below is not None
        }
        found = forecast.parts(figures, target)
        whole = forecast.total_missing(found)
        return [
            {
                "name": self.units[one.key].label,
                "url": self.links.to_unit(one.key) if below == ScopeKind.UNIT else "",
                "figure": one.figure,
                "reading": boards.reading(self.declared, one.figure),
                "missing": Decimal(one.missing.numerator) / one.missing.denominator,
                "share": one.of(whole),
            }
            for one in found
        ]

    def _is_below(self, unit: Unit) -> bool:
        kind, pk = self.scope
        if kind == ScopeKind.UNIT:
            return unit.parent_id == pk
        return kind == ScopeKind.TOTAL or unit.group_id == pk

    def _levers(self, chosen: Answer | None) -> list[dict[str, Any]]:
        if chosen is None:
            return []
        found = forecast.levers(self.of_procedures(), self.figure, chosen.look)
        named = self.named([one.key for one in found])
        return [
            {
                "procedure": named[one.key],
                "reading": boards.reading(self.declared, one.figure),
                "figure": one.figure,
                "gain": round(one.gain),
                "share": one.share,
            }
            for one in found
        ]

    def _if(self, chosen: Answer | None, share: Decimal | None, target: Decimal) -> str:
        if chosen is None or share is None:
            return ""
        reached: Figure = forecast.whatever(self.figure, chosen.look.expected, share)
        facts = {
            "share": boards.ratio_text(share),
            "ratio": boards.reading(self.declared, reached),
            "target": boards.ratio_text(target),
        }
        if reached.ratio is not None and reached.ratio >= target:
            return _("Nếu %(share)s số hồ sơ mới thì đến ngày đó là %(ratio)s, đạt chỉ tiêu %(target)s.") % facts
        return _("Nếu %(share)s số hồ sơ mới thì đến ngày đó là %(ratio)s, chưa đạt chỉ tiêu %(target)s.") % facts

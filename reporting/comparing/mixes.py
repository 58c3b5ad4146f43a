"""The page of the same mix: each unit's figure as it is and at the whole's mix of procedures, beside each other. No query."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from portal.templatetags.ui import number, percent, points
from reporting import boards
from reporting.comparing.columns import is_few
from reporting.comparing.heat import Lists
from reporting.comparing.mixing import Adjusted, Figures, adjusted, plain, together
from reporting.comparing.organised import Organisation
from reporting.comparing.places import placed
from reporting.enums import Measure, Part, ScopeKind
from reporting.gap import Figure
from reporting.indicators import Declaration
from reporting.queries import NamedProcedure, RunFacts, Unit


@dataclass(slots=True)
class MixRow:
    """A unit: its figure as it is with its list, and at the whole's mix."""

    unit: Unit
    figure: Figure
    text: str
    adjusted: str
    over: str
    share: str
    difference: str
    hits_url: str
    cases_url: str
    detail: bool
    place: int | None = None
    adjusted_place: int | None = None

    @property
    def hits(self) -> str:
        """The numerator."""
        return number(self.figure.numerator)

    @property
    def cases(self) -> str:
        """The denominator."""
        return number(self.figure.denominator)

    @property
    def key(self) -> str:
        """The unit's number as addresses say it, without dots."""
        return str(self.unit.pk)


@dataclass(slots=True)
class MixGroup:
    """The units of a group in the order of what they would have, then those with few dossiers."""

    name: str
    ranked: list[MixRow]
    few: list[MixRow]

    @property
    def sentence(self) -> str:
        """Who changes place most, or that nobody does."""
        moved = [row for row in self.ranked if row.place != row.adjusted_place]
        facts = {"group": self.name, "count": number(len(moved)), "all": number(len(self.ranked))}
        if not self.ranked:
            return _("%(group)s: chưa có đơn vị nào đủ hồ sơ để so sánh.") % facts
        if not moved:
            return _("%(group)s: cùng cơ cấu thủ tục thì thứ hạng của các đơn vị không đổi.") % facts
        return _("%(group)s: cùng cơ cấu thủ tục thì %(count)s trong %(all)s đơn vị đổi hạng.") % facts


class Mixes:
    """One indicator in one month, every unit's figures by procedure."""

    def __init__(
        self,
        *,
        declared: Declaration,
        run: RunFacts,
        figures: Mapping[int, Figures],
        units: Mapping[int, Unit],
        lists: Lists,
        organisation: Organisation | None,
    ) -> None:
        self.declared, self.units, self.lists, self.organisation = declared, units, lists, organisation
        self.run = run
        self.whole = together(figures.values())
        self.figures = self._of_today(figures) if organisation is not None else dict(figures)
        self._then = figures

    def _of_today(self, figures: Mapping[int, Figures]) -> dict[int, Figures]:
        assert self.organisation is not None
        parts: dict[int, list[Figures]] = {}
        for pk, found in figures.items():
            parts.setdefault(self.organisation.now(pk), []).append(found)
        return {pk: together(found) for pk, found in parts.items()}

    def groups(self) -> list[MixGroup]:
        """Groups in the order of boards, then the units that belong to none."""
        members: dict[int | None, list[Unit]] = {}
        for unit in self.units.values():
            if unit.pk in self.figures:
                members.setdefault(unit.group_id, []).append(unit)
        order = [*(pk for pk in self.units if pk in members), None]
        return [self._group(pk, members[pk]) for pk in order if pk in members]

    def _group(self, pk: int | None, members: Iterable[Unit]) -> MixGroup:
        found = {unit.pk: adjusted(self.figures[unit.pk], self.whole) for unit in members}
        rows = {unit.pk: self._row(unit, found[unit.pk]) for unit in members}
        few = [key for key, row in rows.items() if is_few(self.declared, row.figure) or found[key] is None]
        values = {key: one.value for key, one in found.items() if one is not None and key not in few}
        for one in placed(values.items(), lower_is_better=self.declared.lower_is_better):
            rows[one.key].adjusted_place = one.place
        real = [(key, Fraction(rows[key].figure.numerator, rows[key].figure.denominator)) for key in values]
        for one in placed(real, lower_is_better=self.declared.lower_is_better):
            rows[one.key].place = one.place
        return MixGroup(
            name=self.units[pk].label if pk is not None and pk in self.units else _("Không thuộc khối nào"),
            ranked=sorted((rows[key] for key in values), key=lambda row: row.adjusted_place or 0),
            few=[rows[key] for key in few],
        )

    def _row(self, unit: Unit, found: Adjusted | None) -> MixRow:
        figure = plain(self.figures[unit.pk])
        return MixRow(
            unit=unit,
            figure=figure,
            text=boards.reading(self.declared, figure),
            adjusted=self.reading(found.value) if found else _("không phát sinh"),
            over=f"{number(found.procedures)}/{number(found.of)}" if found else "",
            share=percent(_decimal(found.share)) if found else "",
            difference=self._difference(figure, found),
            hits_url=self.url(unit, Part.NUMERATOR),
            cases_url=self.url(unit, Part.DENOMINATOR),
            detail=self.lists.reach.covers((ScopeKind.UNIT.value, unit.pk)),
        )

    def reading(self, value: Fraction) -> str:
        """A figure that is no count of cases, as the indicator reads."""
        return boards.reading(self.declared, Figure(value.numerator, value.denominator))

    def _difference(self, figure: Figure, found: Adjusted | None) -> str:
        if found is None or not figure.denominator:
            return ""
        change = found.value - Fraction(figure.numerator, figure.denominator)
        text = points(abs(_decimal(change))) if self.declared.measure == Measure.RATIO else self.reading(abs(change))
        sign = "" if text == self._nothing() else "+" if change > 0 else "−"
        return f"{sign}{text}"

    def _nothing(self) -> str:
        """No difference, or one too small to be read."""
        return points(Decimal(0)) if self.declared.measure == Measure.RATIO else self.reading(Fraction(0))

    def url(self, unit: Unit, part: str, procedure_id: int | None = None) -> str:
        """The list behind a number of a unit, or of one procedure of it."""
        gathers = self.organisation is not None and self.figures[unit.pk] != self._then.get(unit.pk)
        scope = (ScopeKind.UNIT.value, unit.pk)
        more = {} if procedure_id is None else {"thu_tuc": procedure_id}
        return self.lists.both(self.run, self.declared, scope, gathers=gathers, **more).get(part, "")

    def detail(self, unit: Unit, named: Mapping[int, NamedProcedure]) -> dict[str, Any]:
        """How a unit's figure at the whole's mix comes about, procedure by procedure."""
        own = self.figures.get(unit.pk, {})
        found = adjusted(own, self.whole)
        shared = [pk for pk in own if own[pk].denominator and self.whole[pk].denominator]
        weight = sum(self.whole[pk].denominator for pk in shared)
        rows = [
            {
                "procedure": named[pk],
                "weight": percent(Decimal(self.whole[pk].denominator) / weight),
                "of": number(self.whole[pk].denominator),
                "whole": boards.reading(self.declared, self.whole[pk]),
                "text": boards.reading(self.declared, own[pk]),
                "hits": number(own[pk].numerator),
                "cases": number(own[pk].denominator),
                "hits_url": self.url(unit, Part.NUMERATOR, pk),
                "cases_url": self.url(unit, Part.DENOMINATOR, pk),
            }
            for pk in sorted(shared, key=lambda pk: -self.whole[pk].denominator)
            if pk in named
        ]
        return {"unit": unit, "rows": rows, "row": self._row(unit, found) if unit.pk in self.figures else None}


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)

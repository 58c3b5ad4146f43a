"""The ranking of the units of each group in one month: places, ties, few dossiers apart. No query, no HTTP."""

from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from portal.templatetags.ui import number
from reporting.comparing.columns import is_few
from reporting.comparing.heat import Heat, HeatCell, HeatRow
from reporting.comparing.places import placed


@dataclass(frozen=True, slots=True)
class RankRow:
    """A unit with its place; none when it has too few dossiers."""

    row: HeatRow
    place: int | None = None
    shared: bool = False

    @property
    def cell(self) -> HeatCell:
        """Its figure."""
        return self.row.cells[-1]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The units of one group from the best on, those with few dossiers, and those without any."""

    name: str
    ranked: list[RankRow]
    few: list[RankRow]
    idle: list[str]

    @property
    def sentence(self) -> str:
        """Who is first and last, and how many are not ranked."""
        said = self._ends()
        if self.few:
            said += _("; %(count)s đơn vị ít hồ sơ, không xếp hạng") % {"count": number(len(self.few))}
        return f"{said}."

    def _ends(self) -> str:
        if not self.ranked:
            return _("%(group)s: chưa có đơn vị nào đủ hồ sơ để xếp hạng") % {"group": self.name}
        first, last = self.ranked[0], self.ranked[-1]
        said = _("%(group)s: đứng đầu %(first)s %(text)s") % {
            "group": self.name,
            "first": _names([row for row in self.ranked if row.place == 1]),
            "text": first.cell.text,
        }
        if last.place == 1:
            return said
        return said + _(", đứng cuối %(last)s %(text)s trong %(count)s đơn vị") % {
            "last": _names([row for row in self.ranked if row.place == last.place]),
            "text": last.cell.text,
            "count": number(len(self.ranked)),
        }


def rankings(table: Heat) -> list[Ranking]:
    """One ranking for each group of a table, of its last month."""
    return [
        _ranking(table, group.row.name if group.row else _("Không thuộc khối nào"), group.units, group.idle)
        for group in table.groups
    ]


def _ranking(table: Heat, name: str, rows: list[HeatRow], idle: list[str]) -> Ranking:
    last = len(table.columns) - 1
    figures = {row.scope: table.figure(last, row.scope) for row in rows}
    by_scope = {row.scope: row for row in rows}
    few = [row for row in rows if is_few(table.declared, figures[row.scope])]
    apart = {row.scope for row in few}
    values = [
        (scope, Fraction(figure.numerator, figure.denominator))
        for scope, figure in figures.items()
        if figure.denominator and scope not in apart
    ]
    places = placed(values, lower_is_better=table.declared.lower_is_better)
    return Ranking(
        name=name,
        ranked=[RankRow(by_scope[one.key], one.place, one.shared) for one in places],
        few=[RankRow(row) for row in few],
        idle=idle,
    )


def _names(rows: list[RankRow]) -> str:
    """One name, or how many share the place."""
    if len(rows) == 1:
        return rows[0].row.name
    return _("%(first)s và %(count)s đơn vị khác cùng") % {"first": rows[0].row.name, "count": number(len(rows) - 1)}

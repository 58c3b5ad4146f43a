"""Any range of days for one indicator, narrowed to units, a kind of unit or a place: counted from today's facts in one pass.

The conditions are the indicator's own over the rows of its pass; only the days differ from a month's. So a number here and
its list agree as everywhere else, and closed months are not touched.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.clock import Month
from portal.db import read
from portal.templatetags.ui import day
from reporting.comparing.counts import sums_sql
from reporting.enums import Basis
from reporting.gap import Figure
from reporting.indicators import Pass
from reporting.models import Run
from reporting.periods import Period
from reporting.queries import Number
from reporting.target_rows import day_of

MOST_YEARS: Final = 3
FIRST_YEAR: Final = 2000
WARD: Final = "dossier_id IN (SELECT dossier_id FROM reporting_factdossier WHERE ward_code = %(ward)s)"
# By which day a row of a pass lies in a range.
BY_DAY: Final = {
    Pass.RECEIVED: gettext_lazy("hồ sơ tính vào ngày được tiếp nhận"),
    Pass.HANDLED: gettext_lazy("hồ sơ tính vào ngày kết thúc, hồ sơ chưa xong tính ở cuối ngày cuối cùng"),
    Pass.ANSWERS: gettext_lazy("hồ sơ tính vào ngày đến hạn trả lời"),
    Pass.OFFERED: gettext_lazy(
        "dịch vụ tính khi được cung cấp ít nhất một ngày, hồ sơ của dịch vụ tính vào ngày được tiếp nhận"
    ),
}


class SpanError(ValueError):
    """A range that cannot be counted; says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Span:
    """A range of days, as far as it has come."""

    first: date
    last: date
    until: datetime

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def is_over(self) -> bool:
        """Whether its last day is over."""
        return self.until >= clock.day_bounds(self.last)[1]

    def parameters(self) -> dict[str, Any]:
        """What the SQL of indicators asks for: every basis covers the range."""
        days = (self.first, self.last)
        return Period(clock.at(self.first, time.min), self.until, dict.fromkeys(Basis, days)).parameters()


def span_of(first: str, last: str) -> Span:
    """A range as people write it, until now at most. Raises SpanError for one that cannot be counted."""
    today, moment = clock.today(), clock.now()
    begins = _day(first, _("Từ ngày")) if first else today.replace(day=1)
    ends = _day(last, _("Đến ngày")) if last else max(today, begins)
    if begins > ends:
        said = _("Từ ngày %(first)s sau đến ngày %(last)s. Hãy đổi lại cho ngày đầu đứng trước ngày cuối.")
        raise SpanError(said % {"first": day(begins), "last": day(ends)})
    if begins > today:
        raise SpanError(_("Ngày %(day)s chưa đến nên chưa có gì để đếm.") % {"day": day(begins)})
    if ends >= _years_after(begins, MOST_YEARS):
        said = _("Khoảng từ %(first)s đến %(last)s dài hơn ba năm. Hãy chọn khoảng ngắn hơn, hoặc xem số liệu tháng.")
        raise SpanError(said % {"first": day(begins), "last": day(ends)})
    return Span(begins, ends, min(moment, clock.day_bounds(ends)[1]))


def _day(text: str, label: str) -> date:
    try:
        found = day_of(text.strip())
    except ValueError as error:
        raise SpanError(f"{label}: {error}") from error
    if not FIRST_YEAR <= found.year <= clock.today().year + MOST_YEARS:
        raise SpanError(
            _("%(label)s: năm %(year)s nằm ngoài số liệu của cổng.") % {"label": label, "year": str(found.year)}
        )
    return found


def _years_after(first: date, years: int) -> date:
    """The same day some years later; of 29 February the first of March."""
    try:
        return first.replace(year=first.year + years)
    except ValueError:
        return first.replace(year=first.year + years, month=3, day=1)


@dataclass(frozen=True, slots=True)
class SpanNumber(Number):
    """A number of a range of days: like a month's, of other days, and of one place when asked."""

    span: Span | None = None
    ward: str = ""

    def _days(self) -> dict[str, Any]:
        assert self.span is not None
        return self.span.parameters() | {"ward": self.ward}

    def _in_scope(self, part: str) -> list[str]:
        found = super(SpanNumber, self)._in_scope(part)
        return [*found, WARD] if self.ward else found

    def by_unit(self) -> tuple[Figure, dict[int, Figure]]:
        """The figure of all that is asked for, and of each unit in it: one statement."""
        where, parameters = self._where("mau-so")
        rows = read(
            f"SELECT unit_id, {sums_sql(self.declared)}, GROUPING(unit_id) FROM ({self._cases()}) c "  # noqa: S608
            f"WHERE {where} GROUP BY GROUPING SETS ((unit_id), ())",
            parameters,
        )
        whole, units = Figure(), {}
        for unit_id, hits, cases, is_all in rows:
            figure = Figure(int(hits), int(cases))
            if is_all:
                whole = figure
            else:
                units[unit_id] = figure
        return whole, units


def stand_in(span: Span) -> Run:
    """A run that was never kept, for what asks one only how far it was counted: a range reads today's facts."""
    return Run(month=Month.of(span.last).first_day, computed_at=span.until, counted_until=span.until)

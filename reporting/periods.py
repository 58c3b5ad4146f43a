"""Which days a basis covers in a month, as the parameters of the indicators' SQL, and the periods reports are made for. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.clock import Month
from portal.registry import Registry
from reporting.enums import Basis

MIDDLE = 15  # the first day of a report that is made before its month is over
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Period:
    """A month as far as it was counted, and the days each basis covers until then."""

    since: datetime
    end: datetime
    days: dict[Basis, Days]

    def parameters(self) -> dict[str, Any]:
        """What the SQL of reporting.indicators asks for."""
        found: dict[str, Any] = {"since": self.since, "end": self.end, "late_before": _today_of(self.end)}
        for basis, (first, last) in self.days.items():
            end = min(self.end, clock.day_bounds(last)[1])
            found |= {
                f"{basis.value}_first_day": first,
                f"{basis.value}_last_day": min(last, clock.local(self.end).date()),
                f"{basis.value}_start": clock.at(first, time.min),
                f"{basis.value}_end": end,
                f"{basis.value}_late_before": _today_of(end),
            }
        return found


def _today_of(end: datetime) -> datetime:
    """On a period's last day a promise for that day is missed only when the day is over."""
    return clock.at(clock.local(end).date(), time.min)


def period(month: Month, counted_until: datetime, basis: str | None = None) -> Period:
    """The days of all bases in a month, as far as they were counted; `since` is where one basis begins, or the first."""
    days = {one: days_of(one, month) for one in Basis}
    first = days[Basis(basis)][0] if basis else min(first for first, _last in days.values())
    return Period(clock.at(first, time.min), min(month.bounds[1], counted_until), days)


def days_of(basis: Basis, month: Month) -> Days:
    """First and last day of a basis in a month."""
    if basis == Basis.MID_MONTH:
        return month.previous.first_day.replace(day=MIDDLE), month.first_day.replace(day=MIDDLE) - timedelta(days=1)
    first = {
        Basis.MONTH: month,
        Basis.QUARTER: Month(month.year, month.month - (month.month - 1) % 3),
        Basis.CUMULATIVE: Month(month.year, 1),
    }[basis]
    return first.first_day, month.last_day


# ── periods of reports ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """A period reports are made for: which basis gives its figures, in the months it ends with."""

    code: str
    label: str | Promise
    basis: Basis
    months: tuple[int, ...] = tuple(range(1, 13))

    def days(self, month: Month) -> Days:
        """First and last day of the period that ends with a month; raises ValueError when none does."""
        if month.month not in self.months:
            raise ValueError(f"{self.code} does not end with {month}")
        return days_of(self.basis, month)


REPORT_PERIODS: Registry[ReportPeriod] = Registry("report period")
for _one in (
    ReportPeriod("month", _("tháng"), Basis.MONTH),
    ReportPeriod("mid_month", _("tháng báo cáo, từ ngày 15 tháng trước đến ngày 14"), Basis.MID_MONTH),
    ReportPeriod("quarter", _("quý"), Basis.QUARTER, (3, 6, 9, 12)),
    ReportPeriod("six_months", _("6 tháng"), Basis.CUMULATIVE, (6,)),
    ReportPeriod("nine_months", _("9 tháng"), Basis.CUMULATIVE, (9,)),
    ReportPeriod("year", _("năm"), Basis.CUMULATIVE, (12,)),
):
    REPORT_PERIODS.add(_one)

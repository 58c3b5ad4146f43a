"""Which papers a closed month has. Pure; the makers are in reporting.monthly.papers."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.clock import Month
from reporting.periods import REPORT_PERIODS, ReportPeriod

PDF: Final = "pdf"
XLSX: Final = "xlsx"
FORMS: Final = (PDF, XLSX)
MONTHLY: Final = "report"


@dataclass(frozen=True, slots=True)
class ReportKind:
    """One report of a closed month. `code` is stored with it; `period`: of a progress report."""

    code: str
    label: str | Promise
    slug: str  # in addresses and names of files
    period: ReportPeriod | None = None


PERIOD_SLUGS: Final = {
    "month": "thang",
    "mid_month": "ky-15-14",
    "quarter": "quy",
    "six_months": "6-thang",
    "nine_months": "9-thang",
    "year": "nam",
}
_REPORT: Final = ReportKind(MONTHLY, _("Báo cáo tháng"), "bao-cao-thang")


def kinds_of(month: Month) -> list[ReportKind]:
    """The papers a month has: its report, and a progress report for each period that ends with it."""
    return [_REPORT, *(_progress(one) for one in REPORT_PERIODS if month.month in one.months)]


def _progress(one: ReportPeriod) -> ReportKind:
    return ReportKind(f"progress_{one.code}", _("Biểu II.06a"), f"bieu-ii-06a-{PERIOD_SLUGS[one.code]}", one)


def kind_of(month: Month, slug: str) -> ReportKind | None:
    """The paper of a month that an address names."""
    return next((one for one in kinds_of(month) if one.slug == slug), None)

"""Which papers a closed month has. Pure; the makers are in reporting.monthly.papers."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.clock import Month
from reporting.periods import ReportPeriod

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


_REPORT: Final = ReportKind(MONTHLY, _("Báo cáo tháng"), "bao-cao-thang")


def kinds_of(_month: Month) -> list[ReportKind]:
    """The papers a month has: its report, and a progress report for each period that ends with it."""
    return [_REPORT]


def kind_of(month: Month, slug: str) -> ReportKind | None:
    """The paper of a month that an address names."""
    return next((one for one in kinds_of(month) if one.slug == slug), None)

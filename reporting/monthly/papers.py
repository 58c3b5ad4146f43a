"""Makes the papers of closed months, once each, and keeps them byte for byte. Called by tasks only: paper is never made in a web thread.

A close does not wait for its papers. What could not be made is tried again by the sweep and stands on the page of versions
with its reason.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Count, F, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.clock import Month
from portal.db import advisory_lock
from portal.pdf import PaperFaultError, html_to_pdf, sheet_html
from portal.sweeps import SWEEPS, RowSweep
from reporting import queries
from reporting.models import MonthPaper, Run
from reporting.monthly.kinds import FORMS, PDF, ReportKind, kinds_of
from reporting.monthly.progress import FormSelection, period_told
from reporting.monthly.progress_rules import COLUMNS
from reporting.monthly.report import issuer_of, report_of
from reporting.monthly.workbook import xlsx_of
from reporting.periods import ReportPeriod
from reporting.queries import TOTAL
from vault.services import store_bytes

MIMES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def make_papers(*, run_id: int) -> bool:
    """Make what is missing of the papers of a closed version; False when nothing is."""
    run = Run.objects.filter(pk=run_id, frozen_at__isnull=False, has_copies=True).first()
    if run is None:
        return False
    made = 0
    for kind, forms in _missing(run):
        html = _sheet(run, kind)
        for form in forms:
            made += _kept(run, kind, form, html_to_pdf(html) if form == PDF else xlsx_of(html))
    return bool(made)


def _missing(run: Run) -> Iterator[tuple[ReportKind, list[str]]]:
    there = set(MonthPaper.objects.filter(run=run).values_list("kind", "form"))
    for kind in kinds_of(Month.of(run.month)):
        forms = [form for form in FORMS if (kind.code, form) not in there]
        if forms:
            yield kind, forms


def _sheet(run: Run, kind: ReportKind) -> str:
    """One HTML for both files: their numbers are the same."""
    if kind.period is not None:
        return sheet_html("reporting/print/progress.html", _shared(run) | _progress(run, kind.period))
    report = report_of(run)
    words: dict[str, Any] = {"report": report, "issuer": report.issuer, "recipients": report.recipients}
    return sheet_html("reporting/print/report.html", _shared(run) | words)


def _shared(run: Run) -> dict[str, Any]:
    closed_at = clock.local(run.frozen_at or run.computed_at)
    return {"run": run, "place_name": settings.AUTHORITY_NAME, "at": closed_at, "symbol": "BC-UBND"}


def _progress(run: Run, asked: ReportPeriod) -> dict[str, Any]:
    units = queries.closed_units(run.pk)
    report = FormSelection(run, asked, TOTAL).report(units)
    codes = queries.codes_of(one.dossier_id for one in report.differing)
    return {
        "report": report,
        "columns": list(COLUMNS),
        "identity": report.identity,
        "told": period_told(run, asked),
        "differing": [(codes.get(one.dossier_id) or f"#{one.dossier_id}", one.reason) for one in report.differing],
        "more": report.differing_count - len(report.differing),
        "issuer": issuer_of(units),
        "recipients": [],
    }


@transaction.atomic
def _kept(run: Run, kind: ReportKind, form: str, content: bytes) -> bool:
    """Keep the bytes, unless another worker was faster."""
    with advisory_lock(f"month paper:{run.pk}"):
        if MonthPaper.objects.filter(run=run, kind=kind.code, form=form).exists():
            return False
    name = f"{kind.slug}-{Month.of(run.month)}-lan-{run.version}.{form}"
    file = store_bytes(name=name, mime=MIMES[form], content=content)
    MonthPaper.objects.create(run=run, kind=kind.code, form=form, file=file, sha256=file.sha256, made_at=clock.now())
    return True


def without_papers() -> QuerySet[Run]:
    """Closed versions that lack a paper; months closed by older versions keep no copies and have none."""
    whole = Case(*(When(month__month=one, then=Value(_count(one))) for one in range(1, 13)))
    closed = Run.objects.filter(frozen_at__isnull=False, has_copies=True)
    return closed.annotate(made=Count("papers"), whole=whole).filter(made__lt=F("whole"))


def _count(month: int) -> int:
    return len(kinds_of(Month(2000, month))) * len(FORMS)


PAPERS_OF_MONTHS = RowSweep(
    code="month_papers",
    label=_("Lập báo cáo của tháng đã chốt"),
    row=_("tháng"),
    task="reporting.tasks.make_month_papers",
    waiting=without_papers,
    serve=lambda pk: make_papers(run_id=pk),
    since="frozen_at",
    names=("month",),
    grace=timedelta(0),
    claims=True,
    final=(PaperFaultError,),
)
SWEEPS.add(PAPERS_OF_MONTHS)

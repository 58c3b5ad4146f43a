"""Pages of closed months: every version with its board and its papers; a paper's file."""

from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import managers_only
from portal.clock import Month
from portal.models import SweepTry
from reporting import queries
from reporting.models import MonthPaper, Run
from reporting.monthly.kinds import FORMS, ReportKind, kind_of, kinds_of
from reporting.monthly.papers import PAPERS_OF_MONTHS
from vault.views import serve

SHOWN = 120  # versions: ten years


@managers_only
@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """All versions of closed months, newest first, each with its board, its proof and its papers."""
    runs = list(
        Run.objects.filter(frozen_at__isnull=False)
        .select_related("closed_by")
        .prefetch_related("papers")
        .order_by("-month", "-version")[:SHOWN]
    )
    reasons = dict(SweepTry.objects.filter(sweep=PAPERS_OF_MONTHS.code).values_list("key", "reason"))
    months = [(Month.of(day), list(found)) for day, found in groupby(runs, key=lambda run: run.month)]
    context = {
        "months": [(month, [_version(month, run, reasons, request) for run in found]) for month, found in months],
        "newest": runs[0] if runs else None,
    }
    return render(request, "reporting/monthly/versions.html", context)


def _may_have(kind: ReportKind, request: HttpRequest) -> bool:
    """The report says what the board says to all its readers; the form of the whole names dossiers of every unit."""
    return kind.period is None or queries.reaches_everything(request.scope)  # type: ignore[attr-defined]


def _version(month: Month, run: Run, reasons: dict[str, str], request: HttpRequest) -> dict[str, Any]:
    there = {(paper.kind, paper.form): paper for paper in run.papers.all()}
    papers = [
        (kind, [(form, there[kind.code, form]) for form in FORMS if (kind.code, form) in there])
        for kind in (kinds_of(month) if run.has_copies else ())
        if _may_have(kind, request)
    ]
    return {
        "run": run,
        "papers": papers,
        "is_waiting": any(len(files) < len(FORMS) for _kind, files in papers),
        "reason": reasons.get(str(run.pk), ""),
    }


@managers_only
@require_safe
def paper(request: HttpRequest, month: str, version: int, slug: str, form: str) -> HttpResponseBase:
    """The file of a paper, as it was made."""
    try:
        found = Month.parse(month)
    except ValueError as error:
        raise Http404 from error
    kind = kind_of(found, slug)
    if kind is None or not _may_have(kind, request):
        raise Http404
    papers = MonthPaper.objects.select_related("file")
    one = get_object_or_404(papers, run__month=found.first_day, run__version=version, kind=kind.code, form=form)
    return serve(one.file)

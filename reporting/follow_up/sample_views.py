"""Pages of the monthly sample: how each unit came out, everything in its reach, one drawn dossier with its ledger."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import managers_only
from dossiers.events import EVENTS
from dossiers.models.event import DossierEvent
from portal.clock import Month
from portal.errors import UserError
from portal.text import clean
from reporting import queries as figures
from reporting.asking import log_list
from reporting.enums import Soundness
from reporting.follow_up import samples
from reporting.follow_up.queries import sees, sight
from reporting.follow_up.services import checking
from reporting.models import IntegrityCase, IntegritySample

MOST = 500  # dossiers that are named


@managers_only
@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """The sample of a month: result of each unit, and its dossiers."""
    seen = sight(request.scope, figures.board_units())  # type: ignore[attr-defined]
    month, mistake = _month(request)
    if month is None and not mistake:
        run = samples.newest_sample(seen)
        month = Month.of(run.month) if run is not None else None
    found = samples.results(month, seen) if month is not None else []
    codes = figures.codes_of(one.case.dossier_id for row in found for one in row.cases)
    context = {
        "month": month,
        "mistake": mistake,
        "rows": found,
        "cases": [
            (row.sample, one, codes.get(one.case.dossier_id), _moves(one.case)) for row in found for one in row.cases
        ],
        "sentence": _sentence(month, samples.totals(found)),
        "size": samples.SIZE,
    }
    return render(request, "reporting/sample.html", context, status=400 if mistake else 200)


@managers_only
@require_safe
def reach(request: HttpRequest, sample_id: int) -> HttpResponse:
    """Every dossier the sample of a unit was drawn from."""
    found = get_object_or_404(IntegritySample.objects.select_related("unit", "run"), pk=sample_id)
    if not sees(request.scope, figures.board_units(), found.unit_id):  # type: ignore[attr-defined]
        raise Http404
    ids = [pk for _unit, pk in samples.reach_of(found.run, found.unit_id)]
    taken = set(samples.drawn(found.seed, ids))
    codes = figures.codes_of(ids[:MOST])
    context = {
        "sample": found,
        "month": Month.of(found.run.month),
        "count": len(ids),
        "dossiers": [(codes.get(pk) or f"#{pk}", pk in taken) for pk in ids[:MOST]],
        "most": MOST,
    }
    log_list(request, len(ids[:MOST]), what=_("hồ sơ thuộc diện rút mẫu"))
    return render(request, "reporting/sample_reach.html", context)


@managers_only
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """A drawn dossier with its ledger; home affairs says whether its promise moved rightly."""
    found = get_object_or_404(IntegrityCase.objects.select_related("sample__unit", "sample__run"), pk=case_id)
    held = request.scope  # type: ignore[attr-defined]
    if not sees(held, figures.board_units(), found.sample.unit_id):
        raise Http404
    typed = {"verdict": request.POST.get("verdict", ""), "reason": clean(request.POST.get("reason", ""))}
    told = ""
    if request.method == "POST":
        try:
            checking.mark(by=request.user, case_id=found.pk, **typed)  # type: ignore[arg-type]
        except UserError as error:
            told = error.message
        else:
            messages.success(request, _("Đã ghi kết luận."))
            return redirect("reporting:sample_case", case_id=found.pk)
    code = figures.codes_of([found.dossier_id]).get(found.dossier_id)
    events = DossierEvent.objects.filter(dossier_id=found.dossier_id).order_by("seq")
    context = {
        "case": found,
        "code": code or f"#{found.dossier_id}",
        "month": Month.of(found.sample.run.month),
        "moves": _moves(found),
        "events": [(event, EVENTS.label(event.code), event.code in found.codes) for event in events],
        "marks": list(found.marks.order_by("-pk")),
        "marks_it": figures.reaches_everything(held),
        "verdicts": Soundness.choices,
        "typed": typed,
        "told": told,
    }
    log_list(request, 1, what=_("hồ sơ trong mẫu kiểm tra"))
    return render(request, "reporting/sample_case.html", context, status=400 if told else 200)


def _month(request: HttpRequest) -> tuple[Month | None, str]:
    text = request.GET.get("thang", "").strip()
    month, slash, year = text.partition("/")
    try:
        return (Month.parse(f"{year}-{month.zfill(2)}" if slash else text), "") if text else (None, "")
    except ValueError:
        return None, _("Không đọc được tháng “%(text)s”. Hãy viết như 9/2022.") % {"text": text[:20]}


def _moves(found: IntegrityCase) -> str:
    """What moved the promise, in words."""
    return ", ".join(EVENTS.label(code) for code in found.codes)


def _sentence(month: Month | None, sums: Any) -> str:
    if month is None:
        return _("Chưa tháng nào được rút mẫu; mẫu được rút sau khi tháng được chốt đúng kỳ.")
    if not sums["units"]:
        return _("Tháng %(month)s không phát sinh hồ sơ thuộc diện rút mẫu, hoặc chưa rút mẫu.") % {
            "month": month.label
        }
    said = _(
        "Tháng %(month)s rút %(drawn)s hồ sơ của %(units)s đơn vị: %(valid)s hợp lệ, %(invalid)s không hợp lệ, "
        "%(waiting)s chưa kiểm tra."
    )
    return said % {"month": month.label, **sums}

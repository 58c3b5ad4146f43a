"""Pages of targets for home affairs: what is in force, plans written by one person and put in force by another."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import roles_only
from accounts.enums import Role
from portal import clock
from portal.errors import StaleError, UserError
from reporting import target_plans
from reporting.enums import PlanState
from reporting.fields import mistakes
from reporting.models import TargetPlan
from reporting.queries import board_units, targets_of_year
from reporting.second_person import second_person
from reporting.target_forms import DecisionForm, RoadmapForm, Rows, RowSet, initial_of
from reporting.target_rows import Units
from reporting.target_sheets import SheetRow, read, rows_of

home_affairs_only = roles_only(Role.HOME_AFFAIRS)
SHOWN_PLANS = 50
ACCEPT = ".csv,.txt,.xlsx"


@home_affairs_only
def targets(request: HttpRequest) -> HttpResponse:
    """Plans, newest first, and every target of a year that is in force."""
    year = _year(request)
    context = {
        "plans": TargetPlan.objects.select_related("entered_by", "in_force_by")[:SHOWN_PLANS],
        "year": str(year),  # a number would be grouped: 2.026
        "years": [str(year - 1), str(year), str(year + 1)],
        "rows": targets_of_year(year, board_units()),
    }
    return render(request, "reporting/targets.html", context)


@home_affairs_only
def add_plan(request: HttpRequest) -> HttpResponse:
    """A new plan: decision, rows by hand or by roadmap."""
    return _edit(request, None)


@home_affairs_only
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A plan: a draft may be changed; beside each row stands what is in force now."""
    found = get_object_or_404(TargetPlan.objects.select_related("entered_by", "in_force_by"), pk=plan_id)
    if found.state == PlanState.DRAFT:
        return _edit(request, found)
    if request.method == "POST":
        messages.error(request, target_plans.NotADraftError.default_message)
        return redirect("reporting:plan", plan_id=found.pk)
    points, _problems = target_plans.points_of(found)
    return render(request, "reporting/plan_kept.html", {"plan": found, "points": points})


@home_affairs_only
@require_POST
def put_in_force(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The second person's act."""
    get_object_or_404(TargetPlan, pk=plan_id)
    try:
        done = target_plans.put_in_force(by=_user(request), plan_id=plan_id, revision=_revision(request))
    except UserError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Đã áp dụng %(count)s chỉ tiêu.") % {"count": len(done)})
    return redirect("reporting:plan", plan_id=plan_id)


@home_affairs_only
@require_POST
def drop_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Set a draft aside."""
    get_object_or_404(TargetPlan, pk=plan_id)
    try:
        target_plans.drop(plan_id=plan_id, revision=_revision(request))
    except UserError as error:
        messages.error(request, error.message)
        return redirect("reporting:plan", plan_id=plan_id)
    messages.success(request, _("Đã bỏ bản nháp; nội dung vẫn đọc lại được."))
    return redirect("reporting:targets")


# ── the page of a draft ──────────────────────────────────────────────────────────────────────────


def _edit(request: HttpRequest, found: TargetPlan | None) -> HttpResponse:
    units = Units.known()
    act = request.POST.get("act", "") if request.method == "POST" else ""
    decision, rows, roadmap = _forms(request, found, units, act)
    told = ""
    sheet: list[SheetRow] = []
    if act == "roadmap" and roadmap.is_valid():
        rows = _with_rows(request.POST, roadmap.rows(), units)
        roadmap = RoadmapForm(prefix="lt")
    elif act == "file" and decision.is_valid():
        try:
            sheet = _sheet(request, decision, units)
        except UserError as error:
            told = error.message
        else:
            rows = _with_rows(request.POST, [initial_of(dict(one.row), units) for one in sheet], units)
    elif act == "save" and _valid(decision, rows):
        try:
            kept = _save(request, found, decision, rows)
        except StaleError as error:
            told = error.message
        else:
            messages.success(request, _("Đã lưu bản nháp. Người thứ hai kiểm tra rồi đưa vào áp dụng."))
            return redirect("reporting:plan", plan_id=kept.pk)
    refused = act == "save" or bool(told) or bool(roadmap.errors) or (act == "file" and bool(decision.errors))
    context = {
        "plan": found,
        "form": decision,
        "rows": rows,
        "roadmap": roadmap,
        "scopes": list(units.choices()),
        "told": told,
        "mistakes": mistakes(decision, rows=rows, row=_("Dòng")) if act in {"save", "file"} else [],
        "sheet": sheet,
        "accept": ACCEPT,
        "revision": request.POST.get("revision", "") or str(found.revision if found else 0),
        **_beside(request, found),
    }
    status = 409 if told and act == "save" else 400 if refused else 200
    return render(request, "reporting/plan_edit.html", context, status=status)


def _forms(
    request: HttpRequest, found: TargetPlan | None, units: Units, act: str
) -> tuple[DecisionForm, Rows, RoadmapForm]:
    kwargs = {"prefix": "dong", "form_kwargs": {"units": units}}
    roadmap = RoadmapForm(request.POST if act == "roadmap" else None, prefix="lt")
    if act:
        # While a roadmap is written out, what else stands on the page is kept and not judged.
        decision = DecisionForm(request.POST) if act != "roadmap" else DecisionForm(initial=request.POST.dict())
        return decision, RowSet(request.POST, **kwargs), roadmap
    if found is None:
        return DecisionForm(), RowSet(**kwargs), roadmap
    names = ("name", "decision_number", "issuer", "monitor")
    initial = {name: getattr(found, name) for name in names} | {"decided_on": f"{found.decided_on:%d/%m/%Y}"}
    return (
        DecisionForm(initial=initial),
        RowSet(initial=[initial_of(row, units) for row in found.rows], **kwargs),
        roadmap,
    )


def _valid(decision: DecisionForm, rows: Rows) -> bool:
    """Both are asked, so that all mistakes are told at once."""
    return all([decision.is_valid(), rows.is_valid()])


def _save(request: HttpRequest, found: TargetPlan | None, decision: DecisionForm, rows: Rows) -> TargetPlan:
    return target_plans.save_draft(
        by=_user(request),
        decision=decision.decision(),
        rows=rows.written(),
        plan_id=found.pk if found else None,
        revision=_revision(request),
    )


def _sheet(request: HttpRequest, form: DecisionForm, units: Units) -> list[SheetRow]:
    """The rows of the file that came with the page, judged; nothing is kept yet. Raises UserError."""
    upload = request.FILES.get("file")
    if upload is None:
        raise UserError(_("Chưa chọn tệp, hoặc tệp nặng quá mức nhận. Hãy chọn tệp CSV hoặc XLSX rồi bấm lại."))
    said = form.decision()
    decision = {
        "plan": said.name,
        "decision_number": said.decision_number,
        "decided_on": said.decided_on.isoformat(),
        "issuer": said.issuer,
        "monitor": said.monitor,
    }
    return read(rows_of(upload), decision, units)


def _with_rows(data: QueryDict, added: list[dict[str, Any]], units: Units) -> Rows:
    """The rows of the page as they were sent, and below them those of the roadmap."""
    data = data.copy()
    begin = int(data.get("dong-TOTAL_FORMS") or 0)
    for place, row in enumerate(added, start=begin):
        for name, value in row.items():
            if name != "derived" or value:
                data[f"dong-{place}-{name}"] = str(value)
    data["dong-TOTAL_FORMS"] = str(begin + len(added))
    return RowSet(data, prefix="dong", form_kwargs={"units": units})


def _beside(request: HttpRequest, found: TargetPlan | None) -> dict[str, Any]:
    """What putting the kept draft in force would change, and whether this person may."""
    if found is None:
        return {"changes": [], "problems": [], "is_writer": True, "second": None}
    changes, problems = target_plans.differences(found)
    second = second_person(_user(request), found.editors)
    return {"changes": changes, "problems": problems, "is_writer": _user(request).pk in found.editors, "second": second}


def _user(request: HttpRequest) -> Any:
    return request.user


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _year(request: HttpRequest) -> int:
    text = request.GET.get("nam", "")
    return int(text) if text.isascii() and text.isdigit() and 2000 <= int(text[:6]) <= 2100 else clock.today().year

"""The end of a unit: a plan that is prepared, tried dry, ordered, and watched until everything has moved."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import administrators_only
from accounts.closing import REST, ClosingPlan, before_plan, dry_run, keys_of, left, lost, needs_of, plan_of
from accounts.enums import ClosingState
from accounts.manage_forms import ClosingForm
from accounts.manage_staff import scope
from accounts.manage_units import unit_run
from accounts.models import OrgUnit, UnitClosing
from accounts.pages import form_page
from accounts.services import order_closing, prepare_closing
from portal.errors import UserError


@administrators_only
def close(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Prepare or edit the plan and show what it would do; once it is ordered, how far it is."""
    unit = unit_run(request, unit_id)
    plan = _plan(unit)
    form = _form(request, unit, plan)
    if request.method == "POST" and form.is_valid():
        try:
            prepare_closing(by=request.user, unit_id=unit.pk, facts=form.facts())
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("Đã lưu kế hoạch; chưa có gì thay đổi. Xem phần chạy thử bên dưới."))
            return redirect("accounts:close_unit", unit_id=unit.pk)
    return _page(request, unit, plan, form)


@administrators_only
@require_POST
def order(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Order the prepared plan."""
    unit = unit_run(request, unit_id)
    closing = get_object_or_404(UnitClosing, unit=unit)
    try:
        order_closing(by=request.user, closing_id=closing.pk)
    except UserError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Đã quyết định kết thúc %(name)s; hồ sơ được chuyển dần.") % {"name": unit.name})
    return redirect("accounts:close_unit", unit_id=unit.pk)


def _plan(unit: OrgUnit) -> ClosingPlan | None:
    closing = UnitClosing.objects.select_related("unit", "ordered_by").filter(unit=unit).first()
    return plan_of(closing) if closing else None


def _form(request: HttpRequest, unit: OrgUnit, plan: ClosingPlan | None) -> ClosingForm:
    data = request.POST if request.method == "POST" else None
    keys = keys_of(plan) if plan else {}
    return ClosingForm(data, unit=unit, unit_ids=scope(request), keys=keys, initial=_initial(unit, plan))


def _initial(unit: OrgUnit, plan: ClosingPlan | None) -> dict[str, object]:
    if plan is None:
        known = list(unit.successors.values_list("pk", flat=True)[:2])
        return {"last_day": unit.valid_to, "successor": known[0] if len(known) == 1 else None}
    shares = {f"share_{key}": successor.pk for key, successor in plan.shares.items() if key}
    rest = plan.shares.get(REST)
    plain = {"last_day": plan.closing.last_day, "basis": plan.closing.basis, "rule": plan.closing.rule}
    return {**plain, "successor": rest.pk if rest else None, **shares}


def _page(request: HttpRequest, unit: OrgUnit, plan: ClosingPlan | None, form: ClosingForm) -> HttpResponse:
    shown = plan or before_plan(unit)
    run, needs = dry_run(shown), needs_of(shown)
    context = {
        "unit": unit,
        "form": form,
        "closing": plan.closing if plan else None,
        "run": [{"part": part, "lines": lines} for part, lines in run],
        "needs": needs,
        "is_draft": shown.closing.state == ClosingState.DRAFT,
        "may_order": plan is not None and not lost(run) and all(need.is_held for need in needs),
        "left": left(shown),
        "units": list(shown.ends.values()),
    }
    return form_page(request, "accounts/manage/unit_close.html", context)

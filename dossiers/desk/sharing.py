"""The page of a unit's rules for sharing work out: heads enter and end them; what gives nobody anything just now says why."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import desk_only
from accounts.enums import HEAD_ROLES, WORK_ROLES
from accounts.naming import place_names, ward_choices
from accounts.queries import colleagues, units_held, with_predecessors
from dossiers.forms.lists import AssignRuleForm
from dossiers.models.lists import AssignRule
from dossiers.services import assign_rules
from portal import clock
from portal.errors import UserError

SHOWN = 200
BAD, CONFLICT = 400, 409
for_heads = desk_only(*sorted(HEAD_ROLES))


@for_heads
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """List the rules of the units the reader heads, also of closed ones they go on with, and enter the next."""
    form = _form(request)
    if request.method != "POST":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=BAD)
    try:
        assign_rules.enter(by=request.user, rule=assign_rules.NewRule(**form.facts()))
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _page(request, form, status=CONFLICT)
    messages.success(request, _("Đã ghi quy tắc giao việc."))
    return redirect("desk:assign_rules")


@for_heads
@require_POST
def end(request: HttpRequest, rule_id: int) -> HttpResponse:
    """End a rule of a unit the reader heads."""
    row = get_object_or_404(AssignRule, pk=rule_id, unit_id__in=[unit.pk for unit in units_held(request.scope)])
    try:
        assign_rules.finish(by=request.user, rule_id=row.pk)
    except UserError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Đã kết thúc quy tắc giao việc."))
    return redirect("desk:assign_rules")


def _form(request: HttpRequest) -> AssignRuleForm:
    units = units_held(request.scope)
    people = colleagues([unit.pk for unit in units], sorted(WORK_ROLES))
    return AssignRuleForm(
        request.POST if request.method == "POST" else None,
        units=[(unit.pk, unit.name) for unit in units],
        people=[(person.pk, person.full_name) for person in people],
        places=ward_choices(clock.today()),
    )


def _page(request: HttpRequest, form: AssignRuleForm, *, status: int = 200) -> HttpResponse:
    own = {unit.pk for unit in units_held(request.scope)}
    found = AssignRule.objects.filter(unit_id__in=with_predecessors(own)).exclude(valid_to__lt=clock.today())
    rules = list(
        found.select_related("unit", "procedure", "field", "officer", "entered_by").order_by("unit_id", "-pk")[:SHOWN]
    )
    places = place_names(row.place_code for row in rules if row.place_code)
    context = {
        "form": form,
        "has_errors": bool(form.errors),
        "rules": [_told(row, places, is_own=row.unit_id in own) for row in rules],
    }
    return render(request, "dossiers/desk/assign_rules.html", context, status=status)


def _told(row: AssignRule, places: dict[str, str], *, is_own: bool) -> dict[str, Any]:
    """A rule in words. What hangs on a closed unit holds no more: its successor writes its own."""
    closed = row.unit.valid_to is not None and row.unit.valid_to < clock.today()
    return {
        "row": row,
        "place": places.get(row.place_code, row.place_code),
        "problem": _("đơn vị đã kết thúc: không còn áp dụng, hãy ghi lại cho đơn vị kế thừa")
        if closed
        else assign_rules.why_not(row),
        "may_end": is_own and not closed and (row.valid_to is None or row.valid_to > clock.today()),
    }

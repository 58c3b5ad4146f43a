"""Administration of organisation units: list, edit, create (their end: manage_closing)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.access import administrators_only
from accounts.manage_forms import NewUnitForm, UnitForm
from accounts.manage_staff import scope
from accounts.models import OrgUnit
from accounts.pages import form_page
from accounts.services import create_unit, edit_unit
from portal import clock
from portal.errors import UserError

_INITIAL = (
    "name",
    "short_name",
    "kind",
    "authority_code",
    "is_sample_code",
    "place_code",
    "address",
    "phone",
    "sort_order",
    "valid_from",
)


@administrators_only
def units(request: HttpRequest) -> HttpResponse:
    """The tree of units run; closed ones on request."""
    show_closed = request.GET.get("cu") == "1"
    rows = list(
        OrgUnit.objects.filter(pk__in=scope(request)).prefetch_related("successors").order_by("sort_order", "pk")
    )
    today = clock.today()
    if not show_closed:
        rows = [row for row in rows if row.valid_to is None or row.valid_to >= today]
    return render(
        request, "accounts/manage/units.html", {"rows": _tree(rows), "show_closed": show_closed, "today": today}
    )


@administrators_only
def add(request: HttpRequest) -> HttpResponse:
    """Create a unit below one that is run."""
    form = NewUnitForm(request.POST or None, unit_ids=scope(request))
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["parent"] is None:
            form.add_error("parent", _("Hãy chọn đơn vị cấp trên trong phạm vi bạn quản trị."))
        else:
            try:
                unit = create_unit(by=request.user, code=form.cleaned_data["code"], facts=form.facts())
            except UserError as error:
                form.add_error(error.field if error.field in form.fields else None, error.message)
            else:
                messages.success(request, _("Đã thêm %(name)s.") % {"name": unit.name})
                return redirect("accounts:edit_unit", unit_id=unit.pk)
    return form_page(request, "accounts/manage/unit_add.html", {"form": form})


@administrators_only
def edit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Change a unit's name, codes and place in the tree."""
    unit = unit_run(request, unit_id)
    initial = {name: getattr(unit, name) for name in _INITIAL} | {"parent": unit.parent_id, "group": unit.group_id}
    form = UnitForm(request.POST or None, unit_ids=scope(request) | {unit.parent_id or 0}, initial=initial)
    # The top of what one runs stays where it is; everything below may move, but not out of one's reach.
    form.fields["parent"].disabled = unit.parent_id not in scope(request)
    form.fields["parent"].required = unit.parent_id in scope(request)
    if request.method == "POST" and form.is_valid():
        try:
            edit_unit(by=request.user, unit_id=unit.pk, facts=form.facts(valid_to=unit.valid_to))
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("Đã lưu %(name)s.") % {"name": unit.name})
            return redirect("accounts:edit_unit", unit_id=unit.pk)
    context = {
        "form": form,
        "unit": unit,
        "successors": list(unit.successors.all()),
        "predecessors": list(unit.predecessors.all()),
    }
    return form_page(request, "accounts/manage/unit_edit.html", context)


def unit_run(request: HttpRequest, unit_id: int) -> OrgUnit:
    """A unit that the administrator runs; 404 for any other."""
    return get_object_or_404(OrgUnit.objects.filter(pk__in=scope(request)), pk=unit_id)


def _tree(rows: list[OrgUnit]) -> list[dict[str, object]]:
    """Units in order of the tree, each with its depth; a unit whose parent is not shown stands at the top."""
    shown = {row.pk for row in rows}
    children: dict[int | None, list[OrgUnit]] = {}
    for row in rows:
        children.setdefault(row.parent_id if row.parent_id in shown else None, []).append(row)
    ordered: list[dict[str, object]] = []
    waiting = [(row, 0) for row in reversed(children.get(None, []))]
    while waiting:
        row, depth = waiting.pop()
        ordered.append({"unit": row, "depth": depth, "successors": list(row.successors.all())})
        waiting.extend((child, depth + 1) for child in reversed(children.get(row.pk, [])))
    return ordered

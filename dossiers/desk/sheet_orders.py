"""Sheets from the ledger: ask for a control slip, a register or a list of hand-overs, see how far it is, fetch it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import desk_only, inside_only, staff_memberships
from accounts.enums import Role, UnitKind
from accounts.models import OrgUnit
from accounts.services.look_ups import log_look_up
from dossiers import loading, queries
from dossiers.desk.in_person import BAD, CONFLICT
from dossiers.desk.page import log_reading, request_id
from dossiers.forms.sheets import SheetForm
from dossiers.models.sheet_order import SheetOrder
from dossiers.papers import SHEETS
from dossiers.services import sheet_orders
from portal.errors import UserError
from portal.htmx import is_partial
from vault.views import serve

KEEPERS = (Role.RECEPTIONIST, Role.RETURNER, Role.DESK_HEAD)
SHOWN = 50


def desks(request: HttpRequest) -> list[OrgUnit]:
    """Desks whose books the reader keeps."""
    rows = [row for row in request.scope if row.role in KEEPERS and row.unit.kind == UnitKind.DESK]  # type: ignore[attr-defined]
    return list({row.unit_id: row.unit for row in rows}.values())


@desk_only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def sheets(request: HttpRequest) -> HttpResponse:
    """What the reader asked for, newest first, and the form to ask for more."""
    mine = desks(request)
    if not mine:
        return _page(request, None)
    form = SheetForm(request.POST if request.method == "POST" else None, desks=mine)
    if request.method != "POST":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=BAD)
    try:
        made = sheet_orders.order(by=request.user, **form.wanted())  # type: ignore[arg-type]
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _page(request, form, status=CONFLICT)
    messages.success(request, _("Đã yêu cầu in: %(what)s.") % {"what": SHEETS.label(made.kind)})
    return redirect("desk:sheets")


def _page(request: HttpRequest, form: SheetForm | None, *, status: int = 200) -> HttpResponse:
    found = SheetOrder.objects.filter(asked_by=request.user.pk).select_related("file", "dossier", "desk")[:SHOWN]
    context = {
        "form": form,
        "has_errors": bool(form and form.errors),
        "orders": [_shown(row) for row in found],
        "days": sheet_orders.KEPT.days,
    }
    return render(request, "dossiers/desk/sheets.html", context, status=status)


def _shown(row: SheetOrder) -> dict[str, Any]:
    is_waiting = row.made_at is None
    return {
        "order": row,
        "label": SHEETS.label(row.kind),
        "about": row.dossier.code or row.dossier.reference if row.dossier else row.desk.name if row.desk else "",
        "days": f"{row.first:%d/%m/%Y} – {row.last:%d/%m/%Y}" if row.first and row.last else "",
        "problem": sheet_orders.ORDERED.problem(row.pk) if is_waiting else "",
    }


@inside_only
@desk_only()
@require_POST
def control_slip(request: HttpRequest, dossier_id: int) -> HttpResponse:
    """Ask for the control slip of a dossier in scope."""
    found = queries.one_for_desk(staff_memberships(request), dossier_id)
    if found is None:
        raise Http404
    try:
        made = sheet_orders.order(kind="control_slip", by=request.user, dossier=found)  # type: ignore[arg-type]
    except UserError as error:
        messages.error(request, error.message)
        return redirect("desk:dossier", dossier_id=found.pk)
    return redirect("desk:sheet_file", order_id=made.pk)


@desk_only()
@require_safe
def sheet_file(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """The file, if what it is about is still the reader's today."""
    found = get_object_or_404(
        SheetOrder.objects.select_related("file", "desk", "dossier"), pk=order_id, asked_by=request.user.pk
    )
    if found.file is None and found.made_at is not None:
        raise Http404
    if found.file is None or "doi" in request.GET:
        return _progress(request, found)
    if found.dossier_id is not None:
        dossier = queries.one_for_desk(staff_memberships(request), found.dossier_id)
        if dossier is None:
            raise Http404
        log_reading(request, loading.with_parties(dossier), what=_("mở phiếu kiểm soát"))
    else:
        unit = next((desk for desk in desks(request) if desk.pk == found.desk_id), None)
        if unit is None:
            raise Http404
        log_look_up(
            reader=request.user,  # type: ignore[arg-type]
            what=str(SHEETS.label(found.kind)),
            sought=f"{found.first:%d/%m/%Y} – {found.last:%d/%m/%Y}",
            shown=found.rows or 0,
            unit=unit,
            request_id=request_id(),
        )
    return serve(found.file)


def _progress(request: HttpRequest, found: SheetOrder) -> HttpResponse:
    """How far a sheet is."""
    back = reverse("desk:dossier", args=[found.dossier_id]) if found.dossier_id else reverse("desk:sheets")
    context = {
        "form_name": SHEETS.label(found.kind),
        "is_ready": found.file is not None,
        "since": found.asked_at,
        "problem": sheet_orders.ORDERED.problem(found.pk) if found.made_at is None else "",
        "url": reverse("desk:sheet_file", args=[found.pk]),
        "back_url": back,
    }
    template = "dossiers/desk/printing.html"
    return render(request, f"{template}#progress" if is_partial(request) else template, context)

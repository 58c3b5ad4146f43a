"""Pages of hand-over between post offices and desks: what waits to be given, sheets of both sides, a sheet with its two signatures.

Rules: dossiers.services.handovers.
"""

import uuid
from calendar import monthrange
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import desk_only, staff_memberships
from accounts.models import OrgUnit
from dossiers import post_figures, queries
from dossiers.desk.in_person import BAD, CONFLICT
from dossiers.enums import SheetWay
from dossiers.forms.desk import whole_number
from dossiers.forms.postal import TakeSheetForm, WithdrawSheetForm
from dossiers.models.handover import HandoverSheet
from dossiers.models.work import WorkItem
from dossiers.services import handovers as service
from dossiers.services import sheets
from portal import clock
from portal.errors import UserError
from procedures import postal

SHOWN = 60
signers_only = desk_only(*sorted(service.DESK_SIDE | service.POST_SIDE))


@signers_only
@require_safe
def handovers(request: HttpRequest) -> HttpResponse:
    """What waits to be given, what waits for a signature, what was signed."""
    return _list(request)


def _list(request: HttpRequest, error: str = "", *, status: int = 200) -> HttpResponse:
    held = staff_memberships(request)
    found = service.sheets_of(held)
    open_ones = list(found.filter(taken_at=None, withdrawn_at=None))  # none is forgotten, however old
    ended = found.exclude(taken_at=None, withdrawn_at=None)[:SHOWN]
    context = {
        "groups": [group for way in SheetWay for group in _groups(request, way)],
        "to_sign": [one for one in open_ones if service.may_take(one, held)],
        "given": [one for one in open_ones if not service.may_take(one, held)],
        "ended": ended,
        "is_post": bool(service.reach(held, service.POST_SIDE)),
        "errors": [{"text": error, "href": "#cho-giao"}] if error else [],
        "has_errors": bool(error),
    }
    return render(request, "dossiers/desk/handovers.html", context, status=status)


def _groups(request: HttpRequest, way: str) -> list[dict[str, Any]]:
    """What can be given now, by the two sides it lies between; results go to an office of the person's choice."""
    units = service.reach(request.scope, service.GIVERS[way])
    items = service.waiting(way, units).select_related("dossier__procedure")[: service.LONGEST]
    sides: dict[tuple[int, int], list[WorkItem]] = {}
    for item in items:
        to = item.dossier.receiving_unit_id if way == SheetWay.TO_DESK else 0
        sides.setdefault((item.unit_id, to), []).append(item)
    return [
        {
            "way": way,
            "from": rows[0].unit,
            "to": [rows[0].dossier.receiving_unit] if way == SheetWay.TO_DESK else _offices(rows[0].unit),
            "items": rows,
            "key": uuid.uuid4(),  # of its own: what one form made is no other's
        }
        for rows in sides.values()
    ]


def _offices(desk: OrgUnit) -> list[OrgUnit]:
    """Offices of the post that take something for a desk today."""
    return list({row.office_id: row.office for row in postal.listings().filter(desk=desk)}.values())


@signers_only
@require_POST
def give_sheet(request: HttpRequest) -> HttpResponse:
    """Make a sheet of what is ticked and sign it as the giving side."""
    sent = request.POST
    from_id, to_id = whole_number(sent.get("from")), whole_number(sent.get("to"))
    ids = _ids(sent.getlist("item"))
    try:
        key = uuid.UUID(sent.get("key", ""))
    except ValueError:
        key = None
    if sent.get("way") not in SheetWay.values or from_id is None or to_id is None or key is None:
        return _list(request, _("Chưa chọn bên nhận. Hãy chọn rồi lập phiếu."), status=BAD)
    if not _is_other_side(sent["way"], from_id, to_id):
        return _list(request, _("Bên nhận này không nhận được. Hãy chọn lại."), status=BAD)
    try:
        made = service.give(by=request.user, giving=service.SheetGiving(sent["way"], from_id, to_id, ids, key))
    except UserError as error:
        return _list(request, error.message, status=CONFLICT)
    messages.success(request, _("Đã lập và ký giao phiếu %(number)s.") % {"number": made.number})
    return redirect("desk:sheet", sheet_id=made.pk)


def _ids(typed: Iterable[str]) -> list[int]:
    return [number for number in (whole_number(text) for text in typed) if number is not None]


def _is_other_side(way: str, from_id: int, to_id: int) -> bool:
    """Whether results may go from a desk to an office; papers for a desk are checked with their dossiers."""
    return way == SheetWay.TO_DESK or postal.listings().filter(office_id=to_id, desk_id=from_id).exists()


@desk_only(*sorted(service.POST_SIDE))
@require_safe
def own_figures(request: HttpRequest) -> HttpResponse:
    """The clerk's own figures of a day, and of its month up to the last day."""
    day = clock.day_in(request.GET.get("ngay", "")) or clock.today()
    first, last = day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    context = {
        "day": day,
        "first": first,
        "last": last,
        "of_day": post_figures.of(request.user, day, day),
        "of_month": post_figures.of(request.user, first, last),
    }
    return render(request, "dossiers/desk/post_figures.html", context)


@signers_only
@require_safe
def sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """One sheet: its rows, who signed; what the person may still do."""
    return _page(request, _mine(request, sheet_id))


@signers_only
@require_POST
def sheet_act(request: HttpRequest, sheet_id: int, what: str) -> HttpResponse:
    """Sign for what came, or withdraw what was not signed for yet."""
    found = _mine(request, sheet_id)
    if what not in {"nhan", "rut"}:
        raise Http404
    form: TakeSheetForm | WithdrawSheetForm
    form = _taking(found, request.POST) if what == "nhan" else WithdrawSheetForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=BAD)
    try:
        if isinstance(form, TakeSheetForm):
            remark = form.cleaned_data["remark"]
            service.take(by=request.user, sheet_id=found.pk, found=form.found(), remark=remark)
            told = _("Đã ký nhận phiếu %(number)s.")
        else:
            service.withdraw(by=request.user, sheet_id=found.pk, reason=form.cleaned_data["reason"])
            told = _("Đã rút phiếu %(number)s; hồ sơ trong phiếu có thể lập phiếu khác.")
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _page(request, _mine(request, sheet_id), form, status=CONFLICT)
    messages.success(request, told % {"number": found.number})
    return redirect("desk:sheet", sheet_id=found.pk)


@signers_only
@require_safe
def sheet_print(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """The sheet as paper, for two signatures by hand beside those here."""
    found = _mine(request, sheet_id)
    edition = sheets.edition_of(found)
    giver = found.from_unit
    head = {
        "authority": giver.parent or giver,
        "desk": giver,
        "place_name": (giver.parent or giver).short_name or giver.name,
        "number": found.number,
        "at": found.given_at,
        "qr": "",
        "is_draft": False,
    }
    rows = _rows(found)
    context = {**head, "sheet": found, "rows": rows, "edition": edition, "preview": True, "barcode_text": found.number}
    return render(request, edition.template, context)


def _mine(request: HttpRequest, sheet_id: int) -> HandoverSheet:
    return get_object_or_404(service.sheets_of(staff_memberships(request)), pk=sheet_id)


def _taking(found: HandoverSheet, data: Any = None) -> TakeSheetForm:
    return TakeSheetForm(data, rows=found.rows.select_related("dossier").order_by("pk"), way=found.way)


def _rows(found: HandoverSheet) -> list[Any]:
    return list(found.rows.select_related("dossier__procedure").order_by("pk"))


def _page(
    request: HttpRequest,
    found: HandoverSheet,
    bound: TakeSheetForm | WithdrawSheetForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    held = staff_memberships(request)
    may_take = service.may_take(found, held) and found.given_by_id != request.user.pk
    take = bound if isinstance(bound, TakeSheetForm) else _taking(found) if may_take else None
    may_withdraw = service.may_withdraw(found, held)
    withdraw = bound if isinstance(bound, WithdrawSheetForm) else WithdrawSheetForm() if may_withdraw else None
    rows = _rows(found)
    mine = queries.for_desk(request.user, held).filter(pk__in=[row.dossier_id for row in rows])
    context = {
        "sheet": found,
        "is_of_results": found.way == SheetWay.TO_POST,
        "rows": [{"row": row, "fields": _fields(take, row.pk) if take and found.is_open else None} for row in rows],
        "papers": sum(row.papers for row in rows),
        "open_to": set(mine.order_by("pk").values_list("pk", flat=True)),
        "take": take if found.is_open else None,
        "withdraw": withdraw if found.is_open else None,
        "errors_of": bound,
        "has_errors": bound is not None and bool(bound.errors),
    }
    return render(request, "dossiers/desk/sheet.html", context, status=status)


def _fields(form: TakeSheetForm, row_id: int) -> dict[str, Any]:
    names = ("state", "remark", "tracking")
    return {name: form[f"{name}_{row_id}"] if f"{name}_{row_id}" in form.fields else None for name in names}

"""Drawers: opened, closed, handed over, set right; the sheets of a day. Rules: dossiers.services.drawers."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import desk_only
from dossiers import cash_sheets, money
from dossiers.desk.in_person import BAD, CONFLICT
from dossiers.desk.one_form import answered
from dossiers.enums import PaymentMethod
from dossiers.forms.money import CloseDrawerForm, OpenDrawerForm, SettleForm, TakeOverForm
from dossiers.models.money import CashDay
from dossiers.services import drawers
from portal import clock, inwords
from portal.errors import UserError

READERS = sorted(money.TILLS | money.OVERSEERS)
SHOWN = 60


def visible(request: HttpRequest) -> QuerySet[CashDay]:
    """Drawers a person may see: their own, and those of desks they lead."""
    led = money.reach(request.scope, money.OVERSEERS)
    rows = CashDay.objects.filter(Q(cashier=request.user) | Q(desk__in=led))
    return rows.select_related("cashier", "closed_by", "desk__parent", "handover__received_by")


@desk_only(*READERS)
@require_safe
def drawer_list(request: HttpRequest) -> HttpResponse:
    """The latest drawers, open ones first."""
    rows = visible(request).order_by("-opened_at", "-pk")[:SHOWN]
    may_open = bool(money.desks(request.scope))
    return render(request, "dossiers/desk/drawers.html", {"rows": rows, "may_open": may_open})


@desk_only(*sorted(money.TILLS))
@require_http_methods(["GET", "HEAD", "POST"])
def open_drawer(request: HttpRequest) -> HttpResponse:
    """Open a drawer with its small change."""
    desks = [(str(desk.pk), desk.name) for desk in money.desks(request.scope)]
    form = OpenDrawerForm(request.POST if request.method == "POST" else None, desks=desks)

    def start() -> HttpResponse:
        data = form.cleaned_data
        drawers.start(by=request.user, desk_id=int(data["desk"]), opening_cash=data["opening_cash"])
        messages.success(request, _("Đã mở ca thu."))
        return redirect("desk:cashier")

    return answered(request, "dossiers/desk/open_drawer.html", form, start)


@desk_only(*READERS)
@require_safe
def drawer(request: HttpRequest, day_id: int) -> HttpResponse:
    """One drawer: its payments, its totals, what may be done about it; once closed, the hand-over sheet."""
    return _page(request, get_object_or_404(visible(request), pk=day_id))


@desk_only(*READERS)
@require_POST
def drawer_act(request: HttpRequest, day_id: int, what: str) -> HttpResponse:
    """Close a drawer, take it over, or book how a difference was made good."""
    found = get_object_or_404(visible(request), pk=day_id)
    if what not in ACTS:
        raise Http404
    form_class, service, done = ACTS[what]
    form = form_class(request.POST)
    if not form.is_valid():
        return _page(request, found, {what: form}, status=BAD)
    try:
        service(day_id=found.pk, by=request.user, **form.cleaned_data)
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        found = visible(request).get(pk=day_id)
        if what == "dong":  # the count is kept, beside what the book says now
            form.data = form.data.copy()
            form.data["expected"] = money.cash_in(found)
        return _page(request, found, {what: form}, status=CONFLICT)
    messages.success(request, str(done()))
    return redirect("desk:drawer", day_id=found.pk)


ACTS: dict[str, tuple[type[Form], Callable[..., Any], Callable[[], str]]] = {
    "dong": (CloseDrawerForm, drawers.close, lambda: _("Đã đóng ca thu. In phiếu bàn giao để hai bên ký.")),
    "nhan": (TakeOverForm, drawers.take_over, lambda: _("Đã nhận bàn giao.")),
    "xu-ly": (SettleForm, drawers.settle, lambda: _("Đã ghi xử lý chênh lệch.")),
}


def _page(
    request: HttpRequest, found: CashDay, bound: dict[str, Form] | None = None, *, status: int = 200
) -> HttpResponse:
    bound = bound or {}
    is_own = found.cashier_id == request.user.pk
    led = money.reach(request.scope, money.OVERSEERS)
    leads = found.desk_id in led
    cash, is_closed = money.cash_in(found), found.closed_at is not None
    left = drawers.open_difference(found) if is_closed else 0
    may_take = is_closed and leads and not is_own and not hasattr(found, "handover")
    context = {
        "day": found,
        "cash": found.expected_cash if is_closed else cash,
        "in_words": inwords.money(found.counted_cash or 0),
        "totals": [{**row, "label": PaymentMethod(row["method"]).label} for row in found.totals or money.totals(found)],
        "payments": found.payments.select_related("dossier").order_by("pk"),
        "handover": getattr(found, "handover", None),
        "settlements": found.settlements.select_related("by"),
        "left": left,
        "close_form": (bound.get("dong") or CloseDrawerForm(initial={"expected": cash}))
        if not is_closed and drawers.may_close(found, request.user, led)
        else None,
        "is_own": is_own,
        "take_form": (bound.get("nhan") or TakeOverForm(initial={"amount": found.counted_cash})) if may_take else None,
        "settle_form": (bound.get("xu-ly") or SettleForm(initial={"amount": left}))
        if leads and left and not is_own
        else None,
        "has_errors": any(form.errors for form in bound.values()),
        "errors": next(iter(bound.values()), None),
    }
    return render(request, "dossiers/desk/drawer.html", context, status=status)


@desk_only(*READERS)
@require_safe
def sheets(request: HttpRequest) -> HttpResponse:
    """The summary of a day's receipts (01/TH-BLĐT) and the remittance sheet of some days, for the person's desks."""
    first, last = _day(request, "tu"), _day(request, "den")
    units = money.desks(request.scope, money.TILLS | money.OVERSEERS)
    chosen = next((unit for unit in units if str(unit.pk) == request.GET.get("quay")), units[0])
    context = {
        "desks": units,
        "desk": chosen,
        "office": money.office_of(chosen, last),
        "first": first,
        "last": last,
        **cash_sheets.of(chosen, first, max(first, last)),
    }
    return render(request, "dossiers/desk/cash_sheets.html", context)


def _day(request: HttpRequest, name: str) -> date:
    """A day of the address; today when there is none or it is none."""
    return clock.day_in(request.GET.get(name, "")) or clock.today()

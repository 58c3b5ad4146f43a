"""The collector's pages about dossiers: what waits to be paid, one dossier's money, refunds, receipts made anew.

Rules: dossiers.services.payments. Reading a dossier's money is logged like any other reading.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import desk_only, staff_memberships
from dossiers import money, queries
from dossiers.desk import in_person, inbox
from dossiers.desk.in_person import BAD, CONFLICT
from dossiers.desk.links import pager
from dossiers.desk.page import log_reading
from dossiers.enums import Action, PaymentKind
from dossiers.forms.money import RefundForm, ReplaceReceiptForm, TakeForm
from dossiers.models.dossier import Dossier
from dossiers.models.money import CashDay, Payment
from dossiers.models.result import PrintedForm
from dossiers.services import payments, terms
from portal.errors import UserError
from portal.templatetags.ui import money as in_words

READERS = sorted(money.TILLS | money.OVERSEERS)
LONGEST = 200  # of what lies with the post
QUEUE_COLUMNS = (
    "id",
    "code",
    "reference",
    "owner_name",
    "state",
    "fee_due",
    "fee_paid",
    "received_at",
    "procedure__name",
)


@desk_only(*sorted(money.TILLS))
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """List what the collector's desks are owed, the longest received first; and the drawer that is open."""
    units = money.desks(request.scope)
    offices = money.desks(request.scope, money.POST)
    found = inbox.page_of(
        money.queue(units).values(*QUEUE_COLUMNS),
        by="received_at",
        after=request.GET.get("sau", ""),
        before=request.GET.get("truoc", ""),
    )
    drawers = CashDay.objects.filter(cashier=request.user, closed_at=None).select_related("desk").order_by("pk")
    context = {
        "rows": [{**row, "owed": row["fee_due"] - row["fee_paid"]} for row in found.rows],
        "by_post": list(money.held_by_post(offices).select_related("procedure")[:LONGEST]) if offices else [],
        "reads_statements": bool(money.desks(request.scope, money.COLLECTORS)),
        "drawers": [{"day": drawer, "cash": money.cash_in(drawer)} for drawer in drawers],
        "unmatched": money.unmatched(money.reach(request.scope, money.COLLECTORS))[:1],
        **pager(found, "desk:cashier"),
    }
    return render(request, "dossiers/desk/cashier.html", context)


@desk_only(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_money(request: HttpRequest, dossier_id: int) -> HttpResponse:
    """What one dossier owes and what was paid; take what is due."""
    found = in_person.mine(request, dossier_id)
    if request.method != "POST":
        log_reading(request, found, what=_("xem phí, lệ phí"))
        return _money_page(request, found, TakeForm(dossier=found, **_offered(found)))
    form = TakeForm(request.POST, dossier=found)
    if not form.is_valid():
        return _money_page(request, found, form, status=BAD)
    try:
        payment = payments.pay(by=request.user, taking=form.taking(), version=form.version_seen)
    except UserError as error:
        found = in_person.mine(request, dossier_id)
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _money_page(request, found, _renewed(form, found), status=CONFLICT)
    told = _("Đã thu %(amount)s của hồ sơ %(code)s.")
    messages.success(request, told % {"amount": in_words(payment.amount), "code": str(payment.dossier)})
    return redirect("desk:money", dossier_id=payment.dossier_id)


def _offered(found: Dossier) -> dict[str, Any]:
    return {"amount": money.owed(found), "payer": found.submitter_name or found.owner_name}


def _renewed(form: TakeForm, found: Dossier) -> TakeForm:
    """The form as typed, with the amount and version of now: what is pressed next is about what stands on the page."""
    form.data = form.data.copy()
    form.data["amount"], form.data["version"] = money.owed(found) or "", found.version
    form.dossier = found
    return form


def _money_page(request: HttpRequest, found: Dossier, form: TakeForm, *, status: int = 200) -> HttpResponse:
    owed = money.owed(found)
    may = queries.allowed_actions(found, request.user, roles=staff_memberships(request))
    rows = found.payments.select_related("by", "refunds").order_by("pk")
    context = {
        "dossier": found,
        "form": form if Action.PAY in may and owed is not None and owed > 0 else None,
        "has_errors": bool(form.errors),
        "due": terms.due(found),
        "owed": owed,
        "to_give_back": -owed if owed is not None and owed < 0 else 0,
        "transfer": money.transfer_for(found),
        "payments": [_row(payment, may) for payment in rows],
    }
    return render(request, "dossiers/desk/money.html", context, status=status)


def _row(payment: Payment, may: list[str]) -> dict[str, Any]:
    """One payment with its receipts, and what may be done about it."""
    is_paid = payment.kind == PaymentKind.PAID
    forms = list(payments.receipts(payment).select_related("receipt_end")) if is_paid else []
    left = payment.amount - money.given_back(payment) if is_paid else 0
    return {
        "payment": payment,
        "receipts": [{"form": form, "end": getattr(form, "receipt_end", None)} for form in forms],
        "may_refund": is_paid and left > 0 and Action.REFUND in may,
        "may_replace": Action.REPLACE_RECEIPT in may,
    }


@desk_only(*sorted(money.TILLS))
@require_http_methods(["GET", "HEAD", "POST"])
def refund(request: HttpRequest, dossier_id: int, payment_id: int) -> HttpResponse:
    """Give money of one payment back."""
    found = in_person.mine(request, dossier_id)
    payment = get_object_or_404(found.payments.filter(kind=PaymentKind.PAID), pk=payment_id)
    left = payment.amount - money.given_back(payment)
    if request.method != "POST":
        return _asked(request, found, payment, RefundForm(dossier=found, amount=left, method=payment.method))
    form = RefundForm(request.POST, dossier=found)
    if not form.is_valid():
        return _asked(request, found, payment, form, status=BAD)
    try:
        done = payments.refund(by=request.user, giving=form.giving(payment.pk), version=form.version_seen)
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _asked(request, found, payment, form, status=CONFLICT)
    messages.success(request, _("Đã hoàn trả %(amount)s.") % {"amount": in_words(done.amount)})
    return redirect("desk:money", dossier_id=found.pk)


@desk_only(*sorted(money.TILLS))
@require_http_methods(["GET", "HEAD", "POST"])
def replace_receipt(request: HttpRequest, dossier_id: int, form_id: int) -> HttpResponse:
    """Make a wrong receipt anew."""
    found = in_person.mine(request, dossier_id)
    receipt = get_object_or_404(PrintedForm.objects.filter(dossier=found, receipt_end=None), pk=form_id)
    if request.method != "POST":
        payer = found.submitter_name or found.owner_name
        return _asked(request, found, receipt, ReplaceReceiptForm(dossier=found, payer=payer))
    form = ReplaceReceiptForm(request.POST, dossier=found)
    if not form.is_valid():
        return _asked(request, found, receipt, form, status=BAD)
    said = {name: form.cleaned_data[name] for name in ("reason", "payer")}
    try:
        payments.replace_receipt(
            dossier_id=found.pk, form_id=receipt.pk, by=request.user, version=form.version_seen, **said
        )
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _asked(request, found, receipt, form, status=CONFLICT)
    messages.success(request, _("Đã lập biên lai thay thế; biên lai cũ vẫn nằm trong sổ."))
    return redirect("desk:money", dossier_id=found.pk)


def _asked(
    request: HttpRequest, found: Dossier, about: Payment | PrintedForm, form: Any, *, status: int = 200
) -> HttpResponse:
    """The page of one form about a payment or its receipt."""
    is_refund = isinstance(about, Payment)
    context = {
        "dossier": found,
        "about": about,
        "form": form,
        "has_errors": bool(form.errors),
        "title": _("Hoàn trả phí, lệ phí") if is_refund else _("Lập biên lai thay thế"),
        "told": in_words(about.amount) if isinstance(about, Payment) else about.number,
        "submit": _("Hoàn trả") if is_refund else _("Lập biên lai thay thế"),
    }
    return render(request, "dossiers/desk/money_form.html", context, status=status)

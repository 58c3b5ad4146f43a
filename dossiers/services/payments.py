"""Money of a dossier: taken, given back, its receipt replaced; each one act with one event, in the collector's open drawer.

The dossier is locked first, the drawer after it. The same form sent again gives the same payment. Called by pages and by
the import of bank statements; knows no HTTP.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers import money
from dossiers.enums import Action, PaymentKind, PaymentMethod, ReceiptEnding, State
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.money import Payment, ReceiptEnd
from dossiers.models.result import PrintedForm
from dossiers.services import drawers, segments, terms
from dossiers.services.core import apply, begin, needed
from dossiers.services.opened import Deed, Opened
from portal import clock, once
from portal.errors import NotNowError, StaleError, UserError
from portal.templatetags.ui import money as in_words

UNKNOWN = _("Hồ sơ chưa tính được số tiền phải nộp. Hãy tính lại phí rồi mới thu.")
NOTHING_OWED = _("Hồ sơ này đã nộp đủ tiền.")
CHANGED = _("Số tiền phải nộp nay là %(amount)s, khác số bạn đang xem. Hãy xem lại rồi thu.")
NO_REFERENCE = _("Hãy ghi số phiếu thẻ hoặc mã giao dịch chuyển khoản.")
USED_REFERENCE = _("Mã giao dịch này đã được ghi cho hồ sơ này.")
TOO_MUCH = _("Chỉ hoàn được tối đa %(amount)s của lần thu này.")
NOT_IN_DRAWER = _("Ngăn kéo chỉ còn %(amount)s tiền mặt, không đủ để hoàn.")
DECISION_NEEDED = _("Tiền đã bàn giao nên chỉ hoàn theo quyết định. Hãy ghi số, ngày của quyết định.")
WHY = _("Hãy ghi rõ lý do.")
NO_RECEIPT = _("Biên lai này không còn giá trị hoặc không phải biên lai thu tiền.")


@dataclass(frozen=True, slots=True)
class Taking:
    """Money somebody hands over: how much was shown as due, how it comes, and the key of the form."""

    dossier_id: int
    amount: int
    method: str
    payer: str = ""
    reference: str = ""
    key: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass(frozen=True, slots=True)
class Giving:
    """Money given back of one payment."""

    payment_id: int
    amount: int
    reason: str
    method: str = PaymentMethod.CASH
    reference: str = ""
    decision: str = ""
    key: uuid.UUID = field(default_factory=uuid.uuid4)


def pay(*, by: User, taking: Taking, version: int | None = None) -> Payment:
    """Take what a dossier owes, all of it; the receipt's number is given with it. A wait for the payment ends.

    Raises StaleError when another amount is due than was shown, UserError when nothing is, UsedFormError when the form's
    key made another payment, NotNowError.
    """
    return _once(by, taking, lambda mark: _pay(by, taking, mark, version))


def refund(*, by: User, giving: Giving, version: int | None = None) -> Payment:
    """Give money of one payment back; given back whole, its receipt is cancelled and stays in its book.

    Raises UserError when that is more than is left of it, or lies in the drawer, or needs a decision.
    """
    return _once(by, giving, lambda mark: _refund(by, giving, mark, version))


def _once(by: User, said: Any, act: Any) -> Payment:
    mark = once.mark(by.pk, said)
    known = Payment.objects.filter(idempotency_key=said.key).first()
    if known is None:
        try:
            with transaction.atomic():
                made: Payment = act(mark)
                return made
        except (IntegrityError, UserError):
            known = Payment.objects.filter(idempotency_key=said.key).first()  # the same form came twice at once
            if known is None:
                raise
    once.refuse_other(known.pk, known.form_mark, mark)
    return known


def _pay(by: User, taking: Taking, mark: str, version: int | None) -> Payment:
    opened = begin(dossier_id=taking.dossier_id, action=Action.PAY, by=by, version=version)
    dossier = opened.dossier
    _refuse_amount(dossier, taking)
    _refuse_reference(dossier, taking)
    lines = _still_due(dossier)
    if dossier.state == State.PAYMENT:
        segments.resume(opened.turn(), clock.now())
    payment = Payment(
        kind=PaymentKind.PAID,
        lines=lines,
        payer=(taking.payer.strip() or dossier.submitter_name or dossier.owner_name)[:200],
        form_mark=mark,
        idempotency_key=taking.key,
    )
    return _booked(opened, by, payment, taking, taking.amount)


def _refuse_amount(dossier: Dossier, taking: Taking) -> None:
    """Nothing is taken that is not due, and no other amount than was shown."""
    owed = money.owed(dossier)
    if owed is None:
        raise UserError(UNKNOWN)
    if owed <= 0:
        raise UserError(NOTHING_OWED)
    if owed != taking.amount:
        raise StaleError(CHANGED % {"amount": in_words(owed)})


def _refuse_reference(dossier: Dossier, taking: Taking) -> None:
    """What does not come as cash names the slip or the transfer, and each once."""
    if taking.method == PaymentMethod.CASH:
        return
    if not taking.reference.strip():
        raise UserError(NO_REFERENCE, field="reference")
    if dossier.payments.filter(kind=PaymentKind.PAID, method=taking.method, reference=taking.reference).exists():
        raise UserError(USED_REFERENCE, field="reference")


def _still_due(dossier: Dossier) -> list[dict[str, Any]]:
    """The lines that are due less what was paid for them before, as the payment keeps them."""
    paid: dict[str, int] = {}
    for payment in dossier.payments.all():
        sign = 1 if payment.kind == PaymentKind.PAID else -1
        for line in payment.lines:
            paid[line["name"]] = paid.get(line["name"], 0) + sign * line["amount"]
    found = []
    for line in terms.due(dossier).lines:
        left = (line.amount or 0) - max(0, paid.get(line.name, 0))
        if left > 0:
            found.append({"name": line.name, "amount": left, "times": line.times, "law": line.law})
    return _squared(found, money.owed(dossier) or 0)


def _squared(lines: list[dict[str, Any]], amount: int) -> list[dict[str, Any]]:
    """Lines that add up to the amount; where they do not (money went back in part), one line for all."""
    if sum(line["amount"] for line in lines) == amount:
        return lines
    name = ", ".join(dict.fromkeys(line["name"] for line in lines)) or str(_("Phí, lệ phí"))
    return [{"name": name[:300], "amount": amount, "times": "", "law": ""}]


def _refund(by: User, giving: Giving, mark: str, version: int | None) -> Payment:
    was = Payment.objects.select_related("cash_day").filter(pk=giving.payment_id, kind=PaymentKind.PAID).first()
    if was is None:
        raise NotNowError
    opened = begin(dossier_id=was.dossier_id, action=Action.REFUND, by=by, version=version)
    left = was.amount - money.given_back(was)
    if not 0 < giving.amount <= left:
        raise UserError(TOO_MUCH % {"amount": in_words(left)}, field="amount")
    if not giving.decision.strip() and hasattr(was.cash_day, "handover"):
        raise UserError(DECISION_NEEDED, field="decision")
    payment = Payment(
        kind=PaymentKind.REFUND,
        refunds=was,
        lines=_squared(was.lines, giving.amount),
        payer=was.payer,
        reason=needed(giving.reason, WHY),
        decision=giving.decision.strip()[:120],
        form_mark=mark,
        idempotency_key=giving.key,
    )
    booked = _booked(opened, by, payment, giving, -giving.amount)
    if giving.amount == left:
        for form in receipts(was).filter(receipt_end=None):
            _end(form, ReceiptEnding.CANCELLED, by, giving.reason, booked.event_seq)
    return booked


def _booked(opened: Opened, by: User, payment: Payment, said: Any, amount: int) -> Payment:
    """Do the act and write the payment: one drawer, one event, one row."""
    dossier, actor = opened.dossier, opened.actor
    drawer = drawers.open_drawer(by, actor.unit_id or dossier.receiving_unit_id)
    if amount < 0 and said.method == PaymentMethod.CASH and money.cash_in(drawer) + amount < 0:
        raise UserError(NOT_IN_DRAWER % {"amount": in_words(money.cash_in(drawer))}, field="amount")
    dossier.fee_paid += amount
    facts = {"payment_amount": amount, "payment_method": str(said.method), "fee_paid": dossier.fee_paid}
    dossier = apply(opened, Deed(text=payment.reason, extra=facts))
    payment.dossier, payment.event_seq, payment.cash_day = dossier, dossier.event_count, drawer
    payment.method, payment.amount, payment.reference = said.method, abs(amount), said.reference.strip()[:80]
    payment.at, payment.by = clock.now(), by
    payment.save(force_insert=True)
    return payment


# ── receipts ─────────────────────────────────────────────────────────────────────────────────────


def receipts(payment: Payment) -> Any:
    """The receipts of a payment, the first one and what replaced it."""
    forms = PrintedForm.objects.filter(dossier_id=payment.dossier_id, name=money.FEE_RECEIPT)
    return forms.filter(event_seq__in=[payment.event_seq, *_replacing(payment)]).order_by("pk")


def _replacing(payment: Payment) -> list[int]:
    """Numbers of the events that replaced the receipts of a payment."""
    found, about = [], [payment.event_seq]
    events = DossierEvent.objects.filter(dossier_id=payment.dossier_id, about_seq__isnull=False).order_by("seq")
    for seq, about_seq in events.values_list("seq", "about_seq"):
        if about_seq in about:
            about.append(seq)
            found.append(seq)
    return found


@transaction.atomic
def replace_receipt(
    *, dossier_id: int, form_id: int, by: User, reason: str, payer: str, version: int | None = None
) -> PrintedForm:
    """Make a receipt that was wrong anew, under the next number; the wrong one stays in the book as replaced.

    The money is as it was; who paid may be named anew. Raises UserError when the receipt no longer holds.
    """
    opened = begin(dossier_id=dossier_id, action=Action.REPLACE_RECEIPT, by=by, version=version)
    form = PrintedForm.objects.filter(
        pk=form_id, dossier_id=dossier_id, name=money.FEE_RECEIPT, receipt_end=None
    ).first()
    if form is None:
        raise UserError(NO_RECEIPT)
    deed = Deed(text=needed(reason, WHY), extra={"about_seq": form.event_seq})
    dossier = apply(opened, deed)
    _end(form, ReceiptEnding.REPLACED, by, reason, dossier.event_count, payer=payer)
    return PrintedForm.objects.get(dossier_id=dossier_id, name=money.FEE_RECEIPT, event_seq=dossier.event_count)


def _end(form: PrintedForm, ending: ReceiptEnding, by: User, reason: str, seq: int, *, payer: str = "") -> None:
    ReceiptEnd.objects.create(
        form=form, ending=ending, reason=reason, by=by, at=clock.now(), event_seq=seq, payer=payer.strip()[:200]
    )

"""Sheets of money that lists and papers show: receipts of some days with their numbers, sums by what was paid for. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import OrgUnit
from dossiers import money
from dossiers.enums import PaymentKind, ReceiptEnding
from dossiers.models.event import DossierEvent
from dossiers.models.money import Payment
from dossiers.models.result import PrintedForm
from dossiers.numbering import book_name, scope_of
from portal import clock

SHOWN = 5000


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One receipt of the day's summary."""

    number: str
    at: Any
    payer: str
    code: str
    amount: int
    ending: str
    counts: bool  # its money is in the sum: neither cancelled nor replaced by another


def of(desk: OrgUnit, first: date, last: date) -> dict[str, Any]:
    """Receipts given and money taken at a desk from a day to a day, as the two sheets show them."""
    since, until = clock.day_bounds(first)[0], clock.day_bounds(last)[1]
    taken = Payment.objects.filter(cash_day__desk=desk, at__gte=since, at__lt=until)
    lines = _receipts(desk, since, until)
    rows = list(taken.select_related("cash_day")[:SHOWN])
    return {
        "receipts": lines,
        "span": (lines[0].number, lines[-1].number) if lines else None,
        "used": len(lines),
        "ended": sum(not line.counts for line in lines),
        "items": _items(rows),
        "paid": sum(row.amount for row in rows if row.kind == PaymentKind.PAID),
        "refunded": sum(row.amount for row in rows if row.kind == PaymentKind.REFUND),
        "net": sum(row.amount if row.kind == PaymentKind.PAID else -row.amount for row in rows),
    }


def _items(rows: Iterable[Payment]) -> list[tuple[str, int]]:
    """What was taken by what it was paid for, less what went back."""
    found: dict[str, int] = {}
    for row in rows:
        sign = 1 if row.kind == PaymentKind.PAID else -1
        for line in row.lines:
            found[line["name"]] = found.get(line["name"], 0) + sign * line["amount"]
    return sorted(found.items())


def _receipts(desk: OrgUnit, since: Any, until: Any) -> list[ReceiptLine]:
    """Receipts of the desk's book given in a span, in the order of their numbers."""
    book = book_name(money.FEE_RECEIPT, scope_of(desk))
    forms = PrintedForm.objects.filter(name=money.FEE_RECEIPT, book=book, called_at__gte=since, called_at__lt=until)
    forms = forms.select_related("dossier", "receipt_end").order_by("book_year", "book_number")[:SHOWN]
    paid = _payments(forms)
    return [_line(form, paid.get(form.pk)) for form in forms]


def _line(form: PrintedForm, payment: Payment | None) -> ReceiptLine:
    end = getattr(form, "receipt_end", None)
    return ReceiptLine(
        number=form.number,
        at=form.called_at,
        payer=payment.payer if payment else "",
        code=form.dossier.code or form.dossier.reference,
        amount=payment.amount if payment else 0,
        ending=str(ReceiptEnding(end.ending).label) if end is not None else "",
        counts=end is None,
    )


def _payments(forms: Iterable[PrintedForm]) -> dict[int, Payment]:
    """The payment of each receipt, behind what replaced it."""
    keys = {(form.dossier_id, form.event_seq): form.pk for form in forms}
    dossiers = {dossier_id for dossier_id, _seq in keys}
    about = {
        (event.dossier_id, event.seq): event.about_seq
        for event in DossierEvent.objects.filter(dossier_id__in=dossiers, about_seq__isnull=False)
    }
    paid = {(row.dossier_id, row.event_seq): row for row in Payment.objects.filter(dossier_id__in=dossiers)}
    found = {}
    for (dossier_id, seq), pk in keys.items():
        first: int = seq
        while about.get((dossier_id, first)) is not None:
            first = about[dossier_id, first] or first
        if (dossier_id, first) in paid:
            found[pk] = paid[dossier_id, first]
    return found

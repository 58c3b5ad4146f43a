"""Payments against the ledger and what dossiers say was paid: each stands with its act, and no act of money lacks its row."""

from collections.abc import Iterator

from django.db.models import Case, Exists, F, OuterRef, Q, Sum, When

from dossiers.enums import PaymentKind
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.money import Payment
from dossiers.services.proof.findings import Finding, fault

SIGNED = Case(When(kind=PaymentKind.PAID, then=F("amount")), default=-F("amount"))


def acts() -> Iterator[Finding]:
    """Every payment is the amount of its act, and every act that moved money has one."""
    act = DossierEvent.objects.filter(dossier_id=OuterRef("dossier_id"), seq=OuterRef("event_seq"))
    alone = Payment.objects.annotate(signed=SIGNED).exclude(
        Exists(act.filter(payment_amount=OuterRef("signed"), payment_method=OuterRef("method")))
    )
    for pk, dossier_id in alone.order_by("pk").values_list("pk", "dossier_id"):
        yield fault(f"dossier {dossier_id}: payment {pk} is not what its act says")
    rows = Payment.objects.filter(dossier_id=OuterRef("dossier_id"), event_seq=OuterRef("seq"))
    lost = DossierEvent.objects.filter(payment_amount__isnull=False).exclude(Exists(rows))
    for dossier_id, seq in lost.order_by("dossier_id", "seq").values_list("dossier_id", "seq"):
        yield fault(f"dossier {dossier_id}: its event {seq} moved money and no payment says so")


def sums() -> Iterator[Finding]:
    """What a dossier says was paid is the sum of its payments."""
    paid = Dossier.objects.filter(Q(fee_paid__gt=0) | Exists(Payment.objects.filter(dossier_id=OuterRef("pk"))))
    found = dict(Payment.objects.order_by().values_list("dossier_id").annotate(total=Sum(SIGNED)))
    for pk, fee_paid in paid.order_by("pk").values_list("pk", "fee_paid"):
        if found.get(pk, 0) != fee_paid:
            yield fault(f"dossier {pk}: {fee_paid} is said to be paid, its payments come to {found.get(pk, 0)}")

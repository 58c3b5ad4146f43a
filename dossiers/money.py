"""What dossiers owe, who collects it, and where it is sent: reads only. Acts on money: dossiers.services.payments and drawers.

Asked by the pages of money, by the citizen's page and by what is printed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from accounts.enums import Role
from accounts.models import Membership, OrgUnit
from accounts.queries import with_predecessors
from dossiers import vietqr
from dossiers.enums import OWING_STATES, QUEUED_STATES, PaymentKind, PaymentMethod, State
from dossiers.models.dossier import Dossier
from dossiers.models.money import BankLine, CashDay, FeeOffice, Payment
from dossiers.models.work import WorkItem
from portal import clock
from portal.pdf import qr_png_data_uri
from procedures.models import PostalListing

COLLECTORS = frozenset({Role.CASHIER})
POST = frozenset({Role.POSTAL_CLERK})  # collect for what their office holds, in a drawer there
TILLS = COLLECTORS | POST
OVERSEERS = frozenset({Role.DESK_HEAD})  # take over the money of closed drawers, see the desk's days
SETTLING = timedelta(
    days=31
)  # within which drawers of an office that works for another desk now are closed and taken over
FEE_RECEIPT = "fee_receipt"  # the paper (dossiers.papers) and the kind of its book
POST_STATES = (State.SUBMITTED, State.DONE)  # of what lies with the post
OWES = Q(fee_due__gt=F("fee_paid"))


@dataclass(frozen=True, slots=True)
class Transfer:
    """How to pay one dossier by transfer, in words and as a picture."""

    bank: str
    account: str
    holder: str
    amount: int
    purpose: str
    picture: str


def owed(dossier: Dossier) -> int | None:
    """What is still to be paid; below nought: to be given back; None: not known."""
    return None if dossier.fee_due is None else dossier.fee_due - dossier.fee_paid


def desks(held: Iterable[Membership], roles: frozenset[Role] = TILLS) -> list[OrgUnit]:
    """Desks at which these roles count."""
    return list({row.unit_id: row.unit for row in held if row.role in roles}.values())


def reach(held: Iterable[Membership], roles: frozenset[Role]) -> list[int]:
    """Ids of the desks at which these roles count, and of the closed ones whose work these go on with.

    Who leads a desk answers for the money of the offices of the post that work for it, too, and for a while after they did.
    """
    found = with_predecessors([unit.pk for unit in desks(held, roles)])
    if found and roles & OVERSEERS:
        ended = Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today() - SETTLING)
        offices = PostalListing.objects.filter(ended, desk_id__in=found).order_by().values_list("office_id", flat=True)
        found = sorted({*found, *offices})
    return found


def queue(units: Iterable[OrgUnit]) -> QuerySet[Dossier]:
    """Dossiers that these desks received and that owe money."""
    where = with_predecessors([unit.pk for unit in units])
    return Dossier.objects.filter(OWES, receiving_unit__in=where, state__in=QUEUED_STATES).order_by("received_at", "id")


def held_by_post(units: Iterable[OrgUnit]) -> QuerySet[Dossier]:
    """Dossiers that lie in these offices of the post and owe money: taken in there, or results to be delivered."""
    where = with_predecessors([unit.pk for unit in units])
    lies = WorkItem.objects.filter(dossier=OuterRef("pk"), unit_id__in=where, closed_at__isnull=True)
    return Dossier.objects.filter(OWES, Exists(lies), state__in=POST_STATES).order_by("pk")


def office_of(unit: OrgUnit | None, day: date) -> FeeOffice | None:
    """Who collects for a desk on a day: named for the desk itself or for the nearest unit above it."""
    while unit is not None:
        found = FeeOffice.objects.filter(unit=unit, valid_from__lte=day).order_by("-valid_from").first()
        if found is not None:
            return found
        unit = unit.parent
    return None


def transfer_for(dossier: Dossier) -> Transfer | None:
    """How to transfer what a dossier owes; None when nothing is owed or its desk has no account."""
    amount = owed(dossier)
    if not amount or amount < 0 or dossier.state not in OWING_STATES:
        return None
    office = office_of(dossier.receiving_unit, clock.today())
    if office is None or not (office.account and office.bank_bin):
        return None
    purpose = purpose_of(dossier)
    text = vietqr.text(bank=office.bank_bin, account=office.account, amount=amount, purpose=purpose)
    return Transfer(office.bank_name, office.account, office.holder, amount, purpose, qr_png_data_uri(text))


def purpose_of(dossier: Dossier) -> str:
    """What a transfer must say, so that it is found: the dossier's code, its reference where that is too long."""
    code = dossier.code or dossier.reference
    return vietqr.plain(code if len(code) <= vietqr.LONGEST_PURPOSE else dossier.reference)


def cash_in(day: CashDay) -> int:
    """Cash that must lie in a drawer: what was there at the start, what came in, less what was given back."""
    cash = day.payments.filter(method=PaymentMethod.CASH).values("kind").annotate(total=Sum("amount"))
    found = {row["kind"]: row["total"] for row in cash.order_by()}
    return int(day.opening_cash + found.get(PaymentKind.PAID, 0) - found.get(PaymentKind.REFUND, 0))


def totals(day: CashDay) -> list[dict[str, Any]]:
    """What came in and went back in a drawer, by way: what is printed and kept when it is closed."""
    rows = day.payments.values_list("method", "kind", "amount")
    found: dict[str, dict[str, Any]] = {}
    for method, kind, amount in rows:
        line = found.setdefault(method, {"method": method, "paid": 0, "times": 0, "refunded": 0})
        line["paid" if kind == PaymentKind.PAID else "refunded"] += amount
        line["times"] += kind == PaymentKind.PAID
    return [found[method] for method in PaymentMethod.values if method in found]


def given_back(payment: Payment) -> int:
    """How much of a payment has been given back."""
    return int(payment.given_back.aggregate(total=Sum("amount"))["total"] or 0)


def unmatched(units: Iterable[int]) -> QuerySet[BankLine]:
    """Lines of statements that are no payment yet and that nobody has set aside."""
    return BankLine.objects.filter(unit__in=list(units), match=None, aside=None).order_by("booked_on", "pk")


def set_aside(units: Iterable[int]) -> QuerySet[BankLine]:
    """Lines that somebody said are no dossier's money, the latest first."""
    rows = BankLine.objects.filter(unit__in=list(units), match=None, aside__isnull=False)
    return rows.select_related("aside__by").order_by("-aside__at", "-pk")

"""A clerk of the post's own figures of some days: taken in, handed over, what the desk found, results, money. Reads only."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import User
from dossiers.enums import EventCode, PaymentKind, SheetRowState, SheetWay, State
from dossiers.models.attachment import Attachment
from dossiers.models.event import DossierEvent
from dossiers.models.handover import HandoverRow
from dossiers.models.money import Payment
from portal import clock

ASKED_FOR_MORE = (EventCode.SUPPLEMENT_REQUESTED, EventCode.NOT_ACCEPTED)


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """What one clerk did from a day to a day. `answered`: taken in by them, and the desk asked for more or refused."""

    taken_in: int
    answered: int
    papers: int
    scanned: int
    handed_over: int
    differing: int
    results: int
    delivered: int
    failed: int
    paid: int
    refunded: int


def of(clerk: User, first: date, last: date) -> OwnFigures:
    """Count them; what was received at the post before 05/8/2026 counts as taken in."""
    since, until = clock.day_bounds(first)[0], clock.day_bounds(last)[1]
    events = DossierEvent.objects.filter(actor_id=clerk.pk, happened_at__gte=since, happened_at__lt=until).order_by()
    mine = list(events.filter(code__in=[EventCode.PREPARED, EventCode.RECEIVED]).values_list("dossier_id", flat=True))
    given = _rows(SheetWay.TO_DESK, sheet__given_by=clerk, sheet__given_at__gte=since, sheet__given_at__lt=until)
    got = _rows(SheetWay.TO_POST, sheet__taken_by=clerk, sheet__taken_at__gte=since, sheet__taken_at__lt=until)
    came = Q(state=SheetRowState.TAKEN) | Q(state=SheetRowState.DIFFERS)
    papers = Attachment.objects.filter(dossier_id__in=mine, removed_at=None, round=0).aggregate(
        total=Count("pk"), scanned=Count("file_id")
    )
    money = _money(clerk, since, until)
    answered = DossierEvent.objects.filter(
        dossier_id__in=mine, code__in=ASKED_FOR_MORE, state_from=State.SUBMITTED
    ).order_by()
    return OwnFigures(
        taken_in=len(mine),
        answered=answered.values("dossier_id").distinct().count(),
        papers=papers["total"],
        scanned=papers["scanned"],
        handed_over=given.filter(came).count(),
        differing=given.filter(state__in=[SheetRowState.DIFFERS, SheetRowState.MISSING]).count(),
        results=got.filter(came).count(),
        delivered=events.filter(code=EventCode.RETURNED).count(),
        failed=events.filter(code=EventCode.DELIVERY_FAILED).count(),
        paid=money.get(PaymentKind.PAID, 0),
        refunded=money.get(PaymentKind.REFUND, 0),
    )


def _rows(way: str, **where: Any) -> QuerySet[HandoverRow]:
    return HandoverRow.objects.filter(sheet__way=way, **where).order_by()


def _money(clerk: User, since: Any, until: Any) -> dict[str, int]:
    rows = Payment.objects.filter(by=clerk, at__gte=since, at__lt=until).order_by()
    return dict(rows.values_list("kind").annotate(total=Sum("amount")))

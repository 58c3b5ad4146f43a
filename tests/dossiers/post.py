"""A post office beside the house of tests: its listed procedure, its people, what it prepares, what it is given."""

import uuid
from datetime import date
from types import SimpleNamespace

from accounts.enums import Role, UnitKind
from accounts.models import Membership
from dossiers.enums import Delivery, SheetRowState, SheetWay
from dossiers.models.dossier import Dossier
from dossiers.models.handover import HandoverSheet
from dossiers.services import desk, handovers
from dossiers.services.handovers import RowFound, SheetGiving
from procedures.models import PostalListing
from tests import houses
from tests.factories import MembershipFactory, UnitFactory

DECISION = "Hợp đồng số 01/2025 (mẫu)"


def make_post(house: SimpleNamespace) -> SimpleNamespace:
    """An office that takes the house's procedure for its desk; `clerk` and `second` work there."""
    Membership.objects.filter(user=house.people[Role.POSTAL_CLERK]).delete()
    office = UnitFactory(
        name="Điểm bưu điện phường Mẫu", kind=UnitKind.POST, parent=house.ward, authority_code="H29.951.09"
    )
    people = [
        MembershipFactory(role=Role.POSTAL_CLERK, unit=office, user__full_name=name).user
        for name in ("Bùi Văn Mẫu Bưu Tá", "Đinh Thị Mẫu Bưu Cục")
    ]
    listing = PostalListing.objects.create(
        office=office,
        procedure=house.procedure,
        desk=house.center,
        valid_from=date(2025, 7, 1),
        decision=DECISION,
    )
    return SimpleNamespace(house=house, office=office, clerk=people[0], second=people[1], listing=listing)


def prepared(post: SimpleNamespace, by=None, **changes) -> Dossier:
    """A dossier that the post took in for the desk."""
    filing = houses.counter_filing(post.house, unit_id=post.office.pk, channel=3, **changes)
    return desk.receive_at_counter(by=by or post.clerk, filing=filing)


def sheet(post: SimpleNamespace, *dossiers: Dossier, way=SheetWay.TO_DESK, by=None) -> HandoverSheet:
    """A sheet with these dossiers, signed by the giving side."""
    there, here = post.office.pk, post.house.center.pk
    units = (there, here) if way == SheetWay.TO_DESK else (here, there)
    ids = [item.pk for item in handovers.waiting(way, [units[0]]) if item.dossier_id in {row.pk for row in dossiers}]
    giver = by or (post.clerk if way == SheetWay.TO_DESK else post.house.people[Role.RETURNER])
    return handovers.give(by=giver, giving=SheetGiving(way, *units, ids, uuid.uuid4()))


def found(given: HandoverSheet, **by_code) -> dict[int, RowFound]:
    """Everything there as it was given, but for what is said of some (by reference); with a tracking number for results."""
    rows = {row.pk: RowFound(SheetRowState.TAKEN, tracking=f"EM{row.pk}VN") for row in given.rows.all()}
    named = {row.dossier.reference: row.pk for row in given.rows.select_related("dossier")}
    return rows | {named[code]: said for code, said in by_code.items()}


def taken(post: SimpleNamespace, given: HandoverSheet, by=None, **by_code) -> HandoverSheet:
    """The sheet with both signatures."""
    taker = by or (post.house.people[Role.RECEPTIONIST] if given.way == SheetWay.TO_DESK else post.clerk)
    return handovers.take(by=taker, sheet_id=given.pk, found=found(given, **by_code))


def result_for_post(post: SimpleNamespace) -> Dossier:
    """A result that lies at the desk and goes by post."""
    dossier = houses.issued(post.house)
    Dossier.objects.filter(pk=dossier.pk).update(delivery=Delivery.POST)
    dossier.refresh_from_db()
    return dossier


def with_post(post: SimpleNamespace) -> Dossier:
    """A result that the post has to deliver."""
    dossier = result_for_post(post)
    taken(post, sheet(post, dossier, way=SheetWay.TO_POST))
    dossier.refresh_from_db()
    return dossier

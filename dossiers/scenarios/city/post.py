"""The post in the demo city: what its clerk took in yesterday and today for the ward's desk, bags both ways, a delivery that failed."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from accounts.models import OrgUnit, User
from dossiers.enums import Delivery, SheetRowState, SheetWay
from dossiers.models.handover import HandoverSheet
from dossiers.models.work import WorkItem
from dossiers.scenarios.city import filings
from dossiers.scenarios.city.filings import BIRTH, MARITAL
from dossiers.scenarios.city.people import WardHouse
from dossiers.scenarios.city.plans import worked_back
from dossiers.services import desk, handovers, postal
from dossiers.services.handovers import RowFound, SheetGiving
from portal.worktime import WorkCalendar
from procedures.enums import Channel

DAY = 8 * 60
CODES = (BIRTH, MARITAL, "2.000635")
DIFFERENCE = "Thiếu một bản sao so với phiếu của bưu điện."
NOT_FOUND = "Hai lần phát không gặp người nhận; điện thoại không liên lạc được."


def days(ward: WardHouse, clerk: User, office: OrgUnit, now: datetime, calendar: WorkCalendar) -> Iterator[datetime]:
    """Yesterday's bag, signed by both sides with one difference; today's, signed by one; results out, one not delivered."""
    for place in range(3):
        yield worked_back(now, DAY + 200 - 20 * place, calendar)
        _prepare(ward, clerk, office, place, Delivery.POST)
    yield worked_back(now, DAY + 100, calendar)
    first = _give(SheetWay.TO_DESK, clerk, office, ward.desk)
    yield worked_back(now, DAY + 60, calendar)
    _take(first, ward.members["receptionist"], differs=DIFFERENCE)
    yield worked_back(now, 190, calendar)
    out = _give(SheetWay.TO_POST, ward.members["returner"], ward.desk, office, most=4)
    yield worked_back(now, 170, calendar)
    _take(out, clerk)
    for place in range(4):
        yield worked_back(now, 160 - 20 * place, calendar)
        _prepare(ward, clerk, office, place, Delivery.DESK)
    yield worked_back(now, 70, calendar)
    lying = WorkItem.objects.filter(unit=office, closed_at=None, kind="return").order_by("pk").first()
    if lying is not None:
        why = {"reason_code": "nobody_there", "reason": NOT_FOUND}
        postal.fail_delivery(dossier_id=lying.dossier_id, by=clerk, **why)
    yield worked_back(now, 60, calendar)
    _give(SheetWay.TO_DESK, clerk, office, ward.desk, most=2)
    yield worked_back(now, 40, calendar)
    _give(SheetWay.TO_POST, ward.members["returner"], ward.desk, office)


def _prepare(ward: WardHouse, clerk: User, office: OrgUnit, place: int, delivery: str) -> None:
    filing = filings.at_counter(ward, CODES[place % len(CODES)])
    filing = replace(filing, unit_id=office.pk, channel=Channel.POST, delivery=delivery)
    desk.receive_at_counter(by=clerk, filing=filing)


def _give(way: str, by: User, there: OrgUnit, here: OrgUnit, most: int = handovers.LONGEST) -> HandoverSheet | None:
    """A sheet of what lies there, the oldest first; None when nothing does."""
    ids: Sequence[int] = [item.pk for item in handovers.waiting(way, [there.pk])[:most]]
    return handovers.give(by=by, giving=SheetGiving(way, there.pk, here.pk, ids, uuid.uuid4())) if ids else None


def _take(sheet: HandoverSheet | None, by: User, differs: str = "") -> None:
    if sheet is None:
        return
    rows = list(sheet.rows.order_by("pk"))
    found = {row.pk: RowFound(SheetRowState.TAKEN, tracking=f"EM{900_000 + row.pk}VN") for row in rows}
    if differs:
        found[rows[-1].pk] = RowFound(SheetRowState.DIFFERS, differs)
    handovers.take(by=by, sheet_id=sheet.pk, found=found)

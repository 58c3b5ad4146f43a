"""Money in the demo city: who collects in each ward, two days of a drawer in the ward of the cast, a line nobody can place."""

from collections.abc import Iterator
from datetime import date, datetime

from accounts.models import OrgUnit
from dossiers import money
from dossiers.enums import PaymentMethod
from dossiers.models.money import CashDay, FeeOffice
from dossiers.scenarios.city.people import WardHouse
from dossiers.scenarios.city.plans import worked_back
from dossiers.services import drawers, payments, statements
from dossiers.statement_rows import Credit
from portal import clock
from portal.worktime import WorkCalendar

CHANGE, MISSING = 200_000, 2000  # change in the drawer; what is found missing at the close
DAY = 8 * 60
METHODS = (PaymentMethod.CASH, PaymentMethod.CASH, PaymentMethod.CARD, PaymentMethod.CASH, PaymentMethod.TRANSFER)


def office(unit: OrgUnit, number: int) -> None:
    """Who collects for a ward; tax code and account are made up."""
    FeeOffice.objects.get_or_create(
        unit=unit,
        valid_from=date(2025, 7, 1),
        defaults={
            "tax_code": f"350099{number:04d}",
            "bank_bin": "970436",
            "bank_name": "Ngân hàng mẫu (hệ thống trình diễn)",
            "account": f"00710099{number:05d}",
            "holder": "UBND PHUONG MAU",
            "treasury": "Kho bạc Nhà nước (mẫu)",
        },
    )


def days(ward: WardHouse, now: datetime, calendar: WorkCalendar) -> Iterator[datetime]:
    """Yesterday's drawer, closed with something missing and not handed over yet; today's, open; a transfer nobody knows."""
    yield worked_back(now, 2 * DAY - 20, calendar)
    by = ward.members["cashier"]
    drawers.start(by=by, desk_id=ward.desk.pk, opening_cash=CHANGE)
    for place, method in enumerate(METHODS):
        yield worked_back(now, 2 * DAY - 60 - 40 * place, calendar)
        _take_next(ward, method, place)
    yield worked_back(now, DAY + 20, calendar)
    drawer = CashDay.objects.get(cashier=by, closed_at=None)
    cash = money.cash_in(drawer)
    drawers.close(
        day_id=drawer.pk, by=by, counted=cash - MISSING, expected=cash, reason="Trả lại tiền thừa nhầm 2.000 đ."
    )
    yield worked_back(now, 90, calendar)
    _take_next(ward, PaymentMethod.CASH, 0)
    yield worked_back(now, 30, calendar)
    line = Credit(clock.today(), 8000, "NGUYEN THI MAU HOA CK LE PHI", "FT26MAU0001")
    statements.load(by=by, desk=ward.desk, name="sao-ke-mau.csv", lines=[line])


def _take_next(ward: WardHouse, method: PaymentMethod, number: int) -> None:
    """Take what the first dossier of the queue owes; nothing when nobody owes."""
    row = money.queue([ward.desk]).exclude(state="payment").first()
    if row is None:
        return
    reference = "" if method == PaymentMethod.CASH else f"MAU{row.pk}{number}"
    taking = payments.Taking(row.pk, money.owed(row) or 0, method, reference=reference)
    payments.pay(by=ward.members["cashier"], taking=taking)

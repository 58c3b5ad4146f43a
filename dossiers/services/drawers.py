"""Drawers: opened with the first money of a day, closed to the đồng, handed over, differences made good. Never edited.

A drawer is locked before anything goes into it or it is closed; whoever holds a dossier too has locked that first. Called
by payments and by the pages of money; knows no HTTP.
"""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import OrgUnit, User
from dossiers import money, queries
from dossiers.models.money import CashDay, CashHandover, CashSettlement, FeeOffice
from portal import clock
from portal.errors import NotNowError, StaleError, UserError
from portal.templatetags.ui import money as in_words

CLOSED = _("Ca thu này đã đóng lúc %(at)s; số liệu không sửa được.")
CAME_SINCE = _("Có khoản thu, chi mới sau khi bạn mở trang: tiền mặt theo sổ nay là %(amount)s. Hãy đếm và đóng lại.")
LEFT_OPEN = _("Ca này do người khác mở và để quên; hãy ghi rõ vì sao bạn đóng thay. Tên bạn được ghi vào phiếu.")
SAY_WHY = _("Tiền đếm được lệch với sổ. Hãy ghi rõ lý do chênh lệch; số lệch được ghi sổ, không sửa.")
STILL_OPEN = _("Ca thu này chưa đóng nên chưa bàn giao được.")
OWN_DRAWER = _("Người thu không tự nhận bàn giao, không tự xử lý chênh lệch của chính mình.")
TAKEN_OVER = _("Ca thu này đã được nhận bàn giao.")
OTHER_AMOUNT = _("Số tiền nhận khác số đã đếm khi đóng ca. Hãy ghi rõ điều bạn ghi nhận.")
TOO_MUCH_SETTLED = _("Chênh lệch còn lại là %(amount)s; không ghi quá số này.")
ONCE_A_DAY = _("Cơ quan này đã có đơn vị thu ghi từ ngày đó. Hãy chọn ngày khác.")
OPEN_ALREADY = _("Bạn đang có một ca thu chưa đóng.")


def open_drawer(by: User, desk_id: int) -> CashDay:
    """The open drawer of a person at a desk, locked in the caller's transaction; opened when there is none."""
    found = _locked_open(by, desk_id)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return CashDay.objects.create(cashier=by, desk_id=desk_id, day=clock.today(), opened_at=clock.now())
    except IntegrityError:  # another of the same person's pages was faster
        found = _locked_open(by, desk_id)
        if found is None:
            raise
        return found


@transaction.atomic
def start(*, by: User, desk_id: int, opening_cash: int) -> CashDay:
    """Open a drawer with the small change in it; one that is open stays as it is and is refused."""
    if desk_id not in {row.unit_id for row in queries.memberships(by) if row.role in money.TILLS}:
        raise NotNowError
    if _locked_open(by, desk_id) is not None:
        raise UserError(OPEN_ALREADY)
    drawer = open_drawer(by, desk_id)
    drawer.opening_cash = opening_cash
    drawer.save(update_fields=["opening_cash"])
    return drawer


@transaction.atomic
def close(*, day_id: int, by: User, counted: int, expected: int, reason: str = "") -> CashDay:
    """Close a drawer: what was counted beside what the book says, the difference booked with its reason. For ever.

    `expected`: what the page showed. Raises StaleError when money came since, or somebody closed it. One that was left
    open on an earlier day is also closed by who leads its desk, who says why and is named: its collector may have gone.
    """
    drawer = CashDay.objects.select_for_update(of=("self",)).filter(pk=day_id).first()
    if drawer is None or not may_close(drawer, by, _reach(by, money.OVERSEERS)):
        raise NotNowError
    is_own = drawer.cashier_id == by.pk
    if drawer.closed_at is not None:
        raise StaleError(CLOSED % {"at": f"{clock.local(drawer.closed_at):%H:%M %d/%m/%Y}"})
    cash = money.cash_in(drawer)
    if cash != expected:
        raise StaleError(CAME_SINCE % {"amount": in_words(cash)})
    if counted != cash and not reason.strip():
        raise UserError(SAY_WHY, field="reason")
    if not is_own and not reason.strip():
        raise UserError(LEFT_OPEN, field="reason")
    drawer.closed_by = None if is_own else by
    drawer.closed_at, drawer.expected_cash, drawer.counted_cash = clock.now(), cash, counted
    drawer.difference, drawer.reason = counted - cash, reason if counted != cash or not is_own else ""
    drawer.totals = money.totals(drawer)
    drawer.save()
    return drawer


def may_close(drawer: CashDay, by: User, led: Iterable[int]) -> bool:
    """Whether a person may close a drawer: their own, or one of a desk they lead (`led`) that was left open before today."""
    return drawer.cashier_id == by.pk or (drawer.day < clock.today() and drawer.desk_id in set(led))


@transaction.atomic
def take_over(*, day_id: int, by: User, amount: int, remark: str = "") -> CashHandover:
    """Sign for the money of a closed drawer, as the other side of its hand-over sheet: once, never by the clerk."""
    drawer = _closed(day_id, by)
    if hasattr(drawer, "handover"):
        raise StaleError(TAKEN_OVER)
    if amount != drawer.counted_cash and not remark.strip():
        raise UserError(OTHER_AMOUNT, field="remark")
    return CashHandover.objects.create(
        cash_day=drawer, received_by=by, received_at=clock.now(), amount=amount, remark=remark
    )


@transaction.atomic
def settle(*, day_id: int, by: User, amount: int, reason: str) -> CashSettlement:
    """Book how (part of) a difference was made good; the drawer's own figures stay."""
    drawer = _closed(day_id, by)
    left = open_difference(drawer)
    if amount == 0 or (amount > 0) != (left > 0) or abs(amount) > abs(left):
        raise UserError(TOO_MUCH_SETTLED % {"amount": in_words(abs(left))}, field="amount")
    if not reason.strip():
        raise UserError(_("Hãy ghi rõ nội dung xử lý."), field="reason")
    return CashSettlement.objects.create(cash_day=drawer, amount=amount, reason=reason, by=by, at=clock.now())


@transaction.atomic
def name_office(*, by: User, unit: OrgUnit, valid_from: date, **said: str) -> FeeOffice:
    """Say who collects for a unit from a day on: once for a day; what was entered is never edited."""
    OrgUnit.objects.select_for_update(of=("self",), no_key=True).get(pk=unit.pk)
    if FeeOffice.objects.filter(unit=unit, valid_from=valid_from).exists():
        raise UserError(ONCE_A_DAY, field="valid_from")
    return FeeOffice.objects.create(unit=unit, valid_from=valid_from, entered_by=by, entered_at=clock.now(), **said)


def open_difference(drawer: CashDay) -> int:
    """What is still to be made good: above nought the clerk owes it, below it is owed to the clerk or unexplained surplus."""
    return -(drawer.difference or 0) - sum(drawer.settlements.values_list("amount", flat=True))


def _locked_open(by: User, desk_id: int) -> CashDay | None:
    rows = CashDay.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(cashier=by, desk_id=desk_id, closed_at=None).first()


def _closed(day_id: int, by: User) -> CashDay:
    """A closed drawer, locked, of a desk that the person leads (or whose work their desk goes on with), and not their own."""
    drawer = CashDay.objects.select_for_update(of=("self",)).filter(pk=day_id).first()
    if drawer is None:
        raise NotNowError
    if drawer.desk_id not in _reach(by, money.OVERSEERS):
        raise NotNowError
    if drawer.cashier_id == by.pk:
        raise UserError(OWN_DRAWER)
    if drawer.closed_at is None:
        raise UserError(STILL_OPEN)
    return drawer


def _reach(by: User, roles: frozenset[Role]) -> list[int]:
    return money.reach(queries.memberships(by), roles)

"""Drawers: they balance to the đồng, book what differs, never change, and are handed over by two."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction

from accounts.enums import Role, UnitKind
from dossiers import money
from dossiers.models.money import CashDay
from dossiers.services import drawers
from portal.errors import NotNowError, StaleError, UserError
from tests import houses
from tests.dossiers.money.till import give_back, pay
from tests.factories import MembershipFactory, UnitFactory

pytestmark = pytest.mark.django_db


def close(house, day, counted, **more):
    return drawers.close(day_id=day.pk, by=house.cashier, counted=counted, expected=money.cash_in(day), **more)


@pytest.fixture
def day(house):
    """A drawer with 100.000 of change, 8.000 in cash, 8.000 by transfer."""
    drawers.start(by=house.cashier, desk_id=house.center.pk, opening_cash=100_000)
    pay(house, houses.received(house))
    pay(house, houses.received(house), method="transfer")
    return CashDay.objects.get()


def test_a_drawer_closes_on_what_the_book_says(house, day):
    assert money.cash_in(day) == 108_000
    done = close(house, day, 108_000)
    assert (done.expected_cash, done.counted_cash, done.difference, done.reason) == (108_000, 108_000, 0, "")
    assert done.totals == [
        {"method": "cash", "paid": 8000, "times": 1, "refunded": 0},
        {"method": "transfer", "paid": 8000, "times": 1, "refunded": 0},
    ]
    pay(house, houses.received(house))
    assert CashDay.objects.count() == 2  # what comes later is the next drawer's


def test_a_difference_is_booked_with_its_reason_and_made_good_beside_the_drawer(house, day):
    head = house.people[Role.DESK_HEAD]
    with pytest.raises(UserError, match="lý do"):
        close(house, day, 103_000)
    done = close(house, day, 103_000, reason="Thối nhầm.")
    assert (done.difference, drawers.open_difference(done)) == (-5000, 5000)
    drawers.settle(day_id=day.pk, by=head, amount=3000, reason="Người thu nộp bù.")
    assert drawers.open_difference(done) == 2000
    for amount in (3000, -1, 0):
        with pytest.raises(UserError, match="còn lại"):
            drawers.settle(day_id=day.pk, by=head, amount=amount, reason="Nộp bù.")
    with pytest.raises(NotNowError):
        drawers.settle(day_id=day.pk, by=house.cashier, amount=2000, reason="Tự xử lý.")


def test_a_closed_drawer_never_changes(house, day):
    close(house, day, 108_000)
    with pytest.raises(StaleError, match="đã đóng"):
        close(house, day, 108_000)
    for change in (lambda: CashDay.objects.update(counted_cash=1), lambda: CashDay.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_money_that_came_while_somebody_counted_is_told(house, day):
    with pytest.raises(StaleError, match=r"108\.000"):
        drawers.close(day_id=day.pk, by=house.cashier, counted=100_000, expected=100_000)
    with pytest.raises(NotNowError):
        drawers.close(day_id=day.pk, by=house.people[Role.DESK_HEAD], counted=1, expected=108_000)


def test_two_people_sign_a_hand_over_once(house, day):
    head = house.people[Role.DESK_HEAD]
    with pytest.raises(UserError, match="chưa đóng"):
        drawers.take_over(day_id=day.pk, by=head, amount=1)
    close(house, day, 108_000)
    with pytest.raises(UserError, match="ghi nhận"):
        drawers.take_over(day_id=day.pk, by=head, amount=107_000)
    taken = drawers.take_over(day_id=day.pk, by=head, amount=107_000, remark="Thiếu một tờ 1.000 đ rách.")
    assert (taken.received_by, taken.amount) == (head, 107_000)
    with pytest.raises(StaleError, match="nhận bàn giao"):
        drawers.take_over(day_id=day.pk, by=head, amount=108_000)


def test_nobody_takes_over_their_own_drawer(house, day):
    MembershipFactory(role=Role.DESK_HEAD, unit=house.center, user=house.cashier)
    close(house, day, 108_000)
    with pytest.raises(UserError, match="không tự nhận"):
        drawers.take_over(day_id=day.pk, by=house.cashier, amount=108_000)


def test_after_the_hand_over_money_goes_back_only_by_a_decision(house):
    payment = pay(house, houses.received(house))
    day = CashDay.objects.get()
    close(house, day, 8000)
    drawers.take_over(day_id=day.pk, by=house.people[Role.DESK_HEAD], amount=8000)
    drawers.start(by=house.cashier, desk_id=house.center.pk, opening_cash=50_000)
    with pytest.raises(UserError, match="quyết định"):
        give_back(house, payment)
    assert give_back(house, payment, decision="QĐ 5/QĐ-UBND ngày 18/11/2026").cash_day != day
    assert money.cash_in(CashDay.objects.get(closed_at=None)) == 42_000


def test_one_drawer_at_a_time(house, day):
    with pytest.raises(UserError, match="chưa đóng"):
        drawers.start(by=house.cashier, desk_id=house.center.pk, opening_cash=0)
    with pytest.raises(NotNowError):
        drawers.start(by=house.people[Role.RECEPTIONIST], desk_id=house.center.pk, opening_cash=0)


def test_a_drawer_left_open_is_closed_by_who_leads_the_desk_with_a_reason_and_their_name(house, day):
    head = house.people[Role.DESK_HEAD]
    with time_machine.travel(houses.WEDNESDAY_MORNING + timedelta(days=1), tick=False):
        with pytest.raises(UserError, match="đóng thay"):
            drawers.close(day_id=day.pk, by=head, counted=108_000, expected=108_000)
        with pytest.raises(NotNowError):
            drawers.close(day_id=day.pk, by=house.people[Role.RECEPTIONIST], counted=1, expected=108_000, reason="Thử.")
        done = drawers.close(
            day_id=day.pk, by=head, counted=108_000, expected=108_000, reason="Người thu đã chuyển đi."
        )
    assert (done.closed_by, done.reason, done.difference) == (head, "Người thu đã chuyển đi.", 0)


def test_drawers_of_a_desk_that_ended_are_its_successors(house, day):
    heir = UnitFactory(name="Quầy kế thừa", kind=UnitKind.DESK)
    house.center.successors.add(heir)
    head = MembershipFactory(role=Role.DESK_HEAD, unit=heir).user
    close(house, day, 108_000)
    assert drawers.take_over(day_id=day.pk, by=head, amount=108_000).received_by == head
    stranger = MembershipFactory(role=Role.DESK_HEAD, unit=UnitFactory(name="Quầy khác", kind=UnitKind.DESK)).user
    with pytest.raises(NotNowError):
        drawers.settle(day_id=day.pk, by=stranger, amount=1, reason="Thử.")

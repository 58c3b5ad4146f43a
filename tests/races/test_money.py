"""Two tills, two closes, a close beside a payment: one of them wins, and every đồng is once in the book."""

import uuid

import pytest
import time_machine

from accounts.enums import Role
from dossiers import money
from dossiers.models.money import CashDay, Payment
from dossiers.models.result import PrintedForm
from dossiers.services import drawers, fees, payments
from dossiers.services.payments import Taking
from tests import houses
from tests.dossiers.money.till import by_copies, fresh, make_till, pay
from tests.factories import MembershipFactory
from tests.races.together import at_once, told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


def test_two_tills_take_a_fee_once():
    house = make_till()
    other = MembershipFactory(role=Role.CASHIER, unit=house.center).user
    dossier = houses.received(house)
    taking = [Taking(dossier.pk, 8000, "cash") for _till in range(2)]
    found = at_once(
        lambda: payments.pay(by=house.cashier, taking=taking[0]), lambda: payments.pay(by=other, taking=taking[1])
    )
    assert len(told(found)) == 1
    assert (Payment.objects.count(), fresh(dossier).fee_paid) == (1, 8000)
    assert list(PrintedForm.objects.filter(name=money.FEE_RECEIPT).values_list("book_number", flat=True)) == [1]


def test_one_form_sent_twice_is_one_payment_in_one_drawer():
    house = make_till()
    taking = Taking(houses.received(house).pk, 8000, "cash", key=uuid.uuid4())
    found = at_once(*[lambda: payments.pay(by=house.cashier, taking=taking)] * 3)
    assert not told(found)
    assert {payment.pk for payment in found} == {Payment.objects.get().pk}
    assert CashDay.objects.count() == 1


def test_two_dossiers_paid_at_once_share_the_drawer_and_the_book_has_no_gap():
    house = make_till()
    dossiers = [houses.received(house) for _number in range(3)]
    found = at_once(*[lambda one=one: pay(house, one) for one in dossiers])
    assert not told(found)
    assert CashDay.objects.count() == 1
    numbers = PrintedForm.objects.filter(name=money.FEE_RECEIPT).values_list("book_number", flat=True)
    assert sorted(numbers) == [1, 2, 3]


def test_a_drawer_is_closed_once_and_whole_while_money_comes():
    house = make_till()
    pay(house, houses.received(house))
    dossier, day = houses.received(house), CashDay.objects.get()

    def close():
        return drawers.close(day_id=day.pk, by=house.cashier, counted=8000, expected=8000)

    found = at_once(close, close, lambda: pay(house, dossier))
    assert not isinstance(found[2], Exception)
    day.refresh_from_db()
    closes = [one for one in found[:2] if isinstance(one, CashDay)]
    assert len(closes) == (day.closed_at is not None)
    if day.closed_at is not None:  # what came meanwhile lies in the next drawer
        assert (day.expected_cash, money.cash_in(day), CashDay.objects.count()) == (8000, 8000, 2)
    else:  # it came first, and both closes were told
        assert (money.cash_in(day), CashDay.objects.count()) == (16_000, 1)


def test_a_fee_set_anew_while_it_is_paid():
    house = by_copies(make_till())
    filing = houses.counter_filing(house, fee_facts={"copies": 1})
    clerk = house.people[Role.RECEPTIONIST]
    dossier = houses.desk.receive_at_counter(by=clerk, filing=filing)
    said = {"dossier_id": dossier.pk, "by": clerk, "facts": {"copies": 2}, "reason": "Thêm một bản."}
    found = at_once(lambda: fees.set_fee(**said), lambda: pay(house, dossier))
    now = fresh(dossier)
    paid = 0 if isinstance(found[1], Exception) else 8000
    assert (now.fee_due, now.fee_paid) == (16_000, paid)
    assert Payment.objects.count() == (paid > 0)

"""Paying, the wait for a payment, giving back, receipts: each an act with its event, and nothing paid twice."""

from datetime import date, timedelta
from uuid import uuid4

import pgtrigger
import pytest
import time_machine
from django.db import DatabaseError, transaction

from accounts.enums import Role
from accounts.models import Membership
from dossiers import books, money
from dossiers.enums import State
from dossiers.models.clock import ClockSegment
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.money import CashDay, Payment, ReceiptEnd
from dossiers.models.result import PrintedForm
from dossiers.services import desk, fees, payments, submission
from dossiers.services.payments import Taking
from dossiers.services.proof import ledger as proof
from dossiers.services.proof import numbers
from dossiers.services.proof import payments as money_proof
from integrations.models import OutboxMessage
from portal.errors import NotNowError, StaleError, UserError
from portal.once import UsedFormError
from tests import houses
from tests.dossiers.acts.printed import printed
from tests.dossiers.money.till import by_copies, fresh, give_back, pay
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


def asked_to_pay(house, amount=50_000):
    dossier = houses.assigned(house)
    facts = {"name": "Lệ phí trước bạ", "amount": amount, "law": "TB 12/TB-CCT", "answer_by": date(2026, 11, 30)}
    return fees.request_payment(dossier_id=dossier.pk, by=house.people[Role.OFFICER], **facts)


def test_paying_writes_one_event_one_payment_and_one_receipt(house):
    dossier = houses.received(house)
    payment = pay(house, dossier)
    event = DossierEvent.objects.get(dossier_id=dossier.pk, code="paid")
    assert (event.payment_amount, event.payment_method, event.fee_paid, event.fee_due) == (8000, "cash", 8000, 8000)
    assert (event.actor_role, event.actor_unit_id, event.schema_version) == (Role.CASHIER, house.center.pk, 4)
    assert (payment.event_seq, payment.amount, payment.by, payment.cash_day.cashier) == (
        event.seq,
        8000,
        house.cashier,
        house.cashier,
    )
    assert [line["amount"] for line in payment.lines] == [8000]
    assert (fresh(dossier).fee_paid, fresh(dossier).state) == (8000, State.ACCEPTED)
    receipt = PrintedForm.objects.get(name=money.FEE_RECEIPT)
    assert (receipt.number, receipt.book_number) == ("26TAA 00000001", 1)
    assert not list(proof.chains())
    assert not list(numbers.gaps())
    assert OutboxMessage.objects.filter(kind="dossier.paid").exists()


def test_where_nobody_collects_no_payment_is_asked_for(house):
    dossier = houses.assigned(house)
    Membership.objects.filter(role=Role.CASHIER).delete()
    facts = {"name": "Lệ phí trước bạ", "amount": 50_000, "law": "TB 12", "answer_by": date(2026, 11, 30)}
    with pytest.raises(UserError, match="không có ai thu tiền"):
        fees.request_payment(dossier_id=dossier.pk, by=house.people[Role.OFFICER], **facts)
    assert fresh(dossier).state == State.PROCESSING


def test_more_than_a_dossier_can_owe_is_told_in_words(house):
    dossier = houses.assigned(house)
    facts = {"name": "Tiền sử dụng đất", "amount": 5_000_000_000, "law": "TB 12", "answer_by": date(2026, 11, 30)}
    with pytest.raises(UserError, match=r"quá mức một hồ sơ ghi được \(2\.147\.483\.647"):
        fees.request_payment(dossier_id=dossier.pk, by=house.people[Role.OFFICER], **facts)
    counted = houses.received(by_copies(house))
    with pytest.raises(UserError, match="quá mức"):
        fees.set_fee(
            dossier_id=counted.pk, by=house.people[Role.RECEPTIONIST], facts={"copies": 999_999}, reason="Gõ nhầm."
        )


def test_payments_that_do_not_agree_with_their_acts_are_named(house):
    dossier = houses.received(house)
    payment = pay(house, dossier)
    assert [*money_proof.acts(), *money_proof.sums()] == []
    Dossier.objects.filter(pk=dossier.pk).update(fee_paid=1)
    assert [str(found) for found in money_proof.sums()] == [
        f"fault: dossier {dossier.pk}: 1 is said to be paid, its payments come to 8000"
    ]
    with pgtrigger.ignore("dossiers.Payment:payment_stays"):
        Payment.objects.filter(pk=payment.pk).update(amount=7000)
    assert f"payment {payment.pk} is not what its act says" in str(next(iter(money_proof.acts())))
    with pgtrigger.ignore("dossiers.Payment:payment_stays"):
        payment.delete()
    assert "moved money and no payment says so" in str(next(iter(money_proof.acts())))


def test_nothing_is_taken_twice_nor_another_amount_than_was_shown(house):
    dossier = houses.received(house)
    key = uuid4()
    with pytest.raises(StaleError, match=r"8\.000"):
        pay(house, dossier, amount=7000)
    first = pay(house, dossier, key=key)
    assert pay(house, dossier, key=key) == first
    with pytest.raises(UsedFormError):
        pay(house, dossier, key=key, payer="Người khác")
    with pytest.raises(UserError, match="nộp đủ"):
        pay(house, dossier)
    assert Payment.objects.count() == PrintedForm.objects.filter(name=money.FEE_RECEIPT).count() == 1


def test_a_fee_set_anew_between_look_and_pay_is_told(house):
    dossier = houses.received(by_copies(house))
    clerk = house.people[Role.RECEPTIONIST]
    assert dossier.fee_due is None
    with pytest.raises(UserError, match="tính lại phí"):
        pay(house, dossier)
    fees.set_fee(dossier_id=dossier.pk, by=clerk, facts={"copies": 1}, reason="Đếm tại quầy.")
    fees.set_fee(dossier_id=dossier.pk, by=clerk, facts={"copies": 2}, reason="Thêm một bản.")
    with pytest.raises(UserError, match="không thay đổi"):
        fees.set_fee(dossier_id=dossier.pk, by=clerk, facts={"copies": 2}, reason="Như cũ.")
    with pytest.raises(StaleError, match=r"16\.000"):
        pay(house, dossier, amount=8000)
    [line] = pay(house, dossier, amount=16_000).lines
    assert (line["amount"], line["times"], line["law"]) == (16_000, "2 bản × 8.000 đ", "TT 281/2016/TT-BTC")
    fees.set_fee(dossier_id=dossier.pk, by=clerk, facts={"copies": 1}, reason="Chỉ cấp một bản.")
    assert money.owed(fresh(dossier)) == -8000  # to be given back


def test_only_the_desks_collector_takes_money_and_never_for_themselves(house):
    dossier = houses.received(house)
    stranger = MembershipFactory(role=Role.CASHIER, unit=house.office).user
    for person in (house.people[Role.RECEPTIONIST], house.people[Role.DESK_HEAD], house.citizen):
        with pytest.raises(NotNowError):
            payments.pay(by=person, taking=Taking(dossier.pk, 8000, "cash"))
    assert payments.pay(by=stranger, taking=Taking(dossier.pk, 8000, "cash"))  # of the dossier's own department
    own = houses.received(house)
    own.account = house.cashier
    own.save(update_fields=["account"])
    with pytest.raises(UserError, match="chính bạn"):
        pay(house, own)


def test_a_payment_asked_for_stops_the_clock_until_it_is_there(house):
    dossier = asked_to_pay(house)
    assert (dossier.state, dossier.fee_due, money.owed(dossier)) == (State.PAYMENT, 58_000, 58_000)
    assert dossier.clock_stopped_at is not None
    assert all(item.suspended_at for item in dossier.work_items.filter(closed_at=None))
    due = dossier.due_at
    mail = OutboxMessage.objects.get(kind="dossier.payment_requested", channel="email")
    assert "50.000" in mail.body
    with time_machine.travel(houses.WEDNESDAY_MORNING + timedelta(days=1), tick=False):
        payment = pay(house, dossier, amount=58_000, method="transfer")
    dossier = fresh(dossier)
    assert (dossier.state, dossier.clock_stopped_at, dossier.fee_paid) == (State.PROCESSING, None, 58_000)
    assert dossier.due_at > due
    assert [line["name"] for line in payment.lines] == ["Lệ phí", "Lệ phí trước bạ"]
    kinds = list(
        ClockSegment.objects.filter(dossier=dossier, clock="main").order_by("position").values_list("kind", flat=True)
    )
    assert kinds == ["run", "stopped_payment", "run"]


def test_what_is_asked_for_after_a_first_payment_is_paid_by_itself(house):
    dossier = houses.assigned(house)
    pay(house, dossier)
    facts = {"name": "Phí thẩm định", "amount": 20_000, "law": "NQ 1", "answer_by": date(2026, 11, 30)}
    fees.request_payment(dossier_id=dossier.pk, by=house.people[Role.OFFICER], **facts)
    payment = pay(house, dossier, amount=20_000, method="card")
    assert payment.lines == [{"name": "Phí thẩm định", "amount": 20_000, "times": "", "law": "NQ 1"}]


def test_a_request_for_payment_is_taken_back_and_the_clock_goes_on(house):
    dossier = asked_to_pay(house)
    done = fees.take_back_payment(dossier_id=dossier.pk, by=house.people[Role.OFFICER], reason="Không phải nộp.")
    assert (done.state, done.fee_due, done.clock_stopped_at) == (State.PROCESSING, 8000, None)


def test_a_day_gone_by_is_no_day_to_pay(house):
    dossier = houses.assigned(house)
    facts = {"name": "Phí", "amount": 1000, "law": "x", "answer_by": date(2026, 11, 17)}
    with pytest.raises(UserError, match="từ hôm nay"):
        fees.request_payment(dossier_id=dossier.pk, by=house.people[Role.OFFICER], **facts)


def test_who_waits_for_a_payment_may_take_the_dossier_back(house):
    dossier = asked_to_pay(house)
    submission.request_withdrawal(dossier_id=dossier.pk, by=house.citizen, reason="Không cần nữa.")
    assert fresh(dossier).wants_withdrawal
    houses.let_withdraw(house, dossier)
    assert fresh(dossier).state == State.WITHDRAWN


def test_card_and_transfer_name_their_number_once(house):
    dossier = houses.received(house)
    with pytest.raises(UserError, match="số phiếu"):
        pay(house, dossier, method="card", reference="")
    payment = pay(house, dossier, method="card", reference="0042")
    give_back(house, payment, method="card")
    with pytest.raises(UserError, match="đã được ghi"):
        pay(house, dossier, method="card", reference="0042")


def test_money_given_back_whole_cancels_its_receipt_which_stays_in_the_book(house):
    dossier = houses.received(house)
    payment = pay(house, dossier)
    back = give_back(house, payment)
    event = DossierEvent.objects.get(dossier_id=dossier.pk, code="refunded")
    assert (event.payment_amount, event.fee_paid, fresh(dossier).fee_paid) == (-8000, 0, 0)
    assert (back.refunds, back.reason) == (payment, "Thu nhầm.")
    assert ReceiptEnd.objects.get().ending == "cancelled"
    held = list(house.people[Role.DESK_HEAD].memberships.all())
    book = books.book(held, house.center.authority_code, money.FEE_RECEIPT, 2026)
    assert [(line.number, line.is_cancelled) for line in books.lines(book, 1, 9)] == [(1, True)]
    with pytest.raises(UserError, match="tối đa"):
        give_back(house, payment, amount=1)
    assert pay(house, dossier).amount == 8000  # it is owed again


def test_no_more_is_given_back_than_came_nor_than_lies_in_the_drawer(house):
    payment = pay(house, houses.received(house), method="transfer")
    with pytest.raises(UserError, match="Ngăn kéo"):
        give_back(house, payment)
    with pytest.raises(UserError, match="tối đa"):
        give_back(house, payment, amount=9000, method="transfer")
    with pytest.raises(UserError, match="lý do"):
        give_back(house, payment, reason=" ", method="transfer")
    give_back(house, payment, amount=3000, method="transfer")
    assert money.given_back(payment) == 3000
    assert not ReceiptEnd.objects.exists()


@pytest.mark.slow
def test_the_receipt_says_who_paid_what_in_figures_and_words_and_is_replaced(house):
    dossier = houses.received(house)
    pay(house, dossier, payer="Trần Văn Nộp")
    sheet = printed(PrintedForm.objects.get(name=money.FEE_RECEIPT))
    for words in (
        "BIÊN LAI THU PHÍ, LỆ PHÍ",
        "EBL01",
        "26TAA 00000001",
        "3000000005",
        "Trần Văn Nộp",
        "Tám nghìn đồng",
    ):
        assert words in sheet
    old = PrintedForm.objects.get(name=money.FEE_RECEIPT)
    said = {"dossier_id": dossier.pk, "by": house.cashier, "reason": "Sai tên.", "payer": "Trần Thị Nộp"}
    new = payments.replace_receipt(form_id=old.pk, **said)
    sheet = printed(new)
    assert "Trần Thị Nộp" in sheet
    assert "thay thế biên lai số 26TAA 00000001" in sheet
    assert new.number == "26TAA 00000002"
    with pytest.raises(UserError, match="không còn giá trị"):
        payments.replace_receipt(form_id=old.pk, **said)
    again = payments.replace_receipt(form_id=new.pk, **said | {"payer": ""})
    assert payments.receipts(Payment.objects.get()).count() == 3
    assert "Trần Văn Nộp" in printed(again)
    assert not list(numbers.gaps())


def test_payments_are_written_once(house):
    payment = pay(house, houses.received(house))
    for change in (payment.delete, lambda: Payment.objects.update(amount=1)):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert CashDay.objects.count() == 1


def test_counted_at_the_counter_is_what_is_paid(house):
    filing = houses.counter_filing(by_copies(house), fee_facts={"copies": 2})
    dossier = desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=filing)
    assert pay(house, dossier, amount=16_000).amount == dossier.fee_due == 16_000

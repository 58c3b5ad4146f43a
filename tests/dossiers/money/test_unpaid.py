"""Payments asked for and not made: reminders before the last day, whoever asked is told after it, nothing ends by itself."""

import pytest
import time_machine
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership
from dossiers import tasks
from dossiers.enums import State
from dossiers.models.work import WorkItem
from dossiers.services import fees
from integrations.models import OutboxMessage
from tests.dossiers.money.test_payments import asked_to_pay
from tests.dossiers.money.till import fresh, pay

pytestmark = pytest.mark.django_db
LATE = "2026-12-01T07:50+07:00"  # the last day was the 30th of November


def on_days(*days):
    for day in days:
        with time_machine.travel(f"2026-{day}T07:50+07:00", tick=False):
            tasks.remind_of_payments()
            tasks.remind_of_payments()
        yield OutboxMessage.objects.filter(kind="dossier.payment_reminded", channel="email").count()


def test_who_is_to_pay_is_reminded_once_a_reminder_with_amount_and_day(house):
    asked_to_pay(house)
    assert list(on_days("11-20", "11-25", "11-26", "11-27", "11-30", "12-01")) == [0, 1, 1, 2, 2, 2]
    letter = OutboxMessage.objects.filter(kind="dossier.payment_reminded", channel="email").first()
    assert "50.000 đ" in letter.body
    assert "đến hết ngày 30/11/2026" in letter.body


def test_the_officer_is_told_once_when_the_last_day_has_passed_and_nothing_ends(house):
    dossier = asked_to_pay(house)
    told = OutboxMessage.objects.filter(kind="work.unpaid", channel="inapp")
    with time_machine.travel(LATE, tick=False):
        tasks.remind_of_payments()
        tasks.remind_of_payments()
        [notice] = told
        assert notice.address == f"user:{house.people[Role.OFFICER].pk}"
        assert "hết ngày 30/11/2026 đã qua" in notice.body
        assert fresh(dossier).state == State.PAYMENT
        fees.take_back_payment(dossier_id=dossier.pk, by=house.people[Role.OFFICER], reason="Người nộp không nộp.")
        assert fresh(dossier).state == State.PROCESSING
        told.delete()
        tasks.remind_of_payments()
    assert not told


def test_where_nobody_holds_the_step_the_team_is_told(house):
    dossier = asked_to_pay(house)
    WorkItem.objects.filter(dossier=dossier, closed_at=None).update(holder=None)
    with time_machine.travel(LATE, tick=False):
        assert tasks.remind_of_payments() >= 1
    told = set(OutboxMessage.objects.filter(kind="work.unpaid", channel="inapp").values_list("address", flat=True))
    assert {f"user:{house.people[role].pk}" for role in (Role.OFFICER, Role.UNIT_HEAD)} <= told


def test_where_nobody_can_take_the_request_back_who_appoints_people_is_told(house):
    dossier = asked_to_pay(house)
    WorkItem.objects.filter(dossier=dossier, closed_at=None).update(holder=None)
    Membership.objects.filter(role__in=(Role.OFFICER, Role.UNIT_HEAD)).delete()
    with time_machine.travel(LATE, tick=False):
        tasks.remind_of_payments()
    [notice] = OutboxMessage.objects.filter(kind="work.unpaid", channel="inapp")
    assert notice.address == f"user:{house.people[Role.ADMINISTRATOR].pk}"
    assert notice.link == reverse("accounts:staff")


def test_what_was_paid_reminds_nobody(house):
    dossier = asked_to_pay(house)
    pay(house, dossier, amount=fresh(dossier).fee_due)
    with time_machine.travel(LATE, tick=False):
        assert tasks.remind_of_payments() == 0
    assert not OutboxMessage.objects.filter(kind__in=("work.unpaid", "dossier.payment_reminded"))

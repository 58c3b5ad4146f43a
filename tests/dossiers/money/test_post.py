"""Money at the post: the fee comes with the papers, in a drawer of the office, and is right when the desk receives."""

import pytest
import time_machine
from django.urls import reverse

from accounts.enums import Role
from dossiers import money
from dossiers.enums import EventCode, State
from dossiers.models.event import DossierEvent
from dossiers.models.money import CashDay
from dossiers.services import desk, drawers, payments
from dossiers.services.payments import Giving, Taking
from dossiers.services.proof import payments as proof
from portal.errors import NotNowError
from tests import houses
from tests.client import StrictClient
from tests.dossiers import post as posts
from tests.dossiers.money.till import fresh, give_back, make_till

pytestmark = pytest.mark.django_db


@pytest.fixture
def post():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        house = make_till()
        yield posts.make_post(house)


def owed(dossier):
    return money.owed(fresh(dossier))


def take(post, dossier, by=None):
    return payments.pay(by=by or post.clerk, taking=Taking(dossier.pk, owed(dossier), "cash"))


def test_the_fee_comes_with_the_papers_into_the_drawer_of_the_office(post):
    dossier = posts.prepared(post)
    assert list(money.held_by_post([post.office])) == [dossier]
    payment = take(post, dossier)
    assert (payment.cash_day.desk, payment.cash_day.cashier) == (post.office, post.clerk)
    event = DossierEvent.objects.get(dossier_id=dossier.pk, code=EventCode.PAID)
    assert (event.actor_role, event.actor_unit_id) == (Role.POSTAL_CLERK, post.office.pk)
    assert fresh(dossier).state == State.SUBMITTED
    assert fresh(dossier).printed_forms.filter(name=money.FEE_RECEIPT).get().number
    assert not money.held_by_post([post.office])
    posts.taken(post, posts.sheet(post, dossier))
    desk.receive(dossier_id=dossier.pk, by=post.house.people[Role.RECEPTIONIST])
    assert owed(dossier) == 0
    assert [*proof.acts(), *proof.sums()] == []


def test_the_post_takes_nothing_for_what_it_does_not_hold(post):
    dossier, other = posts.prepared(post), houses.received(post.house)
    posts.taken(post, posts.sheet(post, dossier))
    for one in (dossier, other):
        with pytest.raises(NotNowError):
            payments.pay(by=post.clerk, taking=Taking(one.pk, 8000, "cash"))


def test_what_was_paid_at_the_post_goes_back_there_and_later_at_the_desk(post):
    first, second = posts.prepared(post), posts.prepared(post)
    paid = [take(post, dossier) for dossier in (first, second)]
    payments.refund(by=post.clerk, giving=Giving(paid[0].pk, paid[0].amount, "Người nộp đổi ý."))
    assert fresh(first).fee_paid == 0
    posts.taken(post, posts.sheet(post, second))
    desk.receive(dossier_id=second.pk, by=post.house.people[Role.RECEPTIONIST])
    drawers.start(by=post.house.cashier, desk_id=post.house.center.pk, opening_cash=100_000)
    give_back(post.house, paid[1], paid[1].amount)
    assert fresh(second).fee_paid == 0


def test_the_head_of_the_desk_takes_over_the_money_of_the_office(post):
    payment = take(post, posts.prepared(post))
    drawer = drawers.close(
        day_id=payment.cash_day_id, by=post.clerk, counted=payment.amount, expected=payment.amount, reason=""
    )
    with pytest.raises(NotNowError):
        drawers.take_over(day_id=drawer.pk, by=post.second, amount=payment.amount)
    done = drawers.take_over(day_id=drawer.pk, by=post.house.people[Role.DESK_HEAD], amount=payment.amount)
    assert done.amount == payment.amount


def test_pages_of_money_for_the_post(post):
    client = StrictClient()
    client.force_login(post.clerk)
    session = client.session
    session["demo_person"] = True
    session.save()
    dossier = posts.prepared(post)
    text = client.get(reverse("desk:cashier")).content.decode()
    assert "Đang ở bưu điện, chưa nộp đủ" in text
    assert dossier.reference in text
    assert "Sao kê ngân hàng" not in text
    assert client.get(reverse("desk:statements")).status_code == 403
    page = client.get(reverse("desk:money", args=[dossier.pk])).content.decode()
    assert "Thu" in page
    assert client.get(reverse("desk:open_drawer")).status_code == 200
    take(post, dossier)
    assert client.get(reverse("desk:drawer", args=[CashDay.objects.get().pk])).status_code == 200
    sheets = client.get(reverse("desk:cash_sheets")).content.decode()
    assert post.office.name in sheets

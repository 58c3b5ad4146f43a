"""A dossier that waits at the desk beyond its hours: within the hour its head is told, once, and until it is answered."""

from datetime import date, timedelta

import pytest
import time_machine

from accounts.enums import Role
from accounts.models import LeaveCover, Membership
from dossiers.models.work import WorkItem
from dossiers.services import desk, late_intake
from dossiers.tasks import tell_of_late_intake
from integrations import outbox
from integrations.models import Notice, OutboxMessage
from portal import clock
from portal.celery import schedule
from tests import houses
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
LATE = houses.WEDNESDAY_MORNING + timedelta(days=1, minutes=5)  # eight working hours later, and five minutes


@pytest.fixture
def house():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield houses.make_house()


@pytest.fixture
def late(house):
    """A dossier nobody has answered in time."""
    dossier = houses.submitted(house)
    assert tell_of_late_intake() == 0
    with time_machine.travel(LATE, tick=False):
        assert clock.now() > dossier.accept_by
        yield dossier


def told(user):
    outbox.deliver_due()
    return Notice.objects.filter(address=f"user:{user.pk}", message__kind="work.late_intake", read_at=None)


def test_the_head_of_the_desk_is_told_once_and_led_to_it(house, late):
    assert (tell_of_late_intake(), tell_of_late_intake()) == (1, 1)
    notice = told(house.people[Role.DESK_HEAD]).get()
    assert notice.title == f"Hồ sơ {late.reference}: quá hạn tiếp nhận"
    assert "Chưa ai nhận việc." in notice.body
    assert house.center.name in notice.body
    assert house.party.full_name not in notice.body
    assert notice.link == f"/mot-cua/{late.pk}/"
    assert OutboxMessage.objects.filter(kind="work.late_intake").count() == 1


def test_the_sweep_comes_several_times_an_hour():
    assert schedule()["tell of late intake"]["every"] <= 1800


def test_whoever_holds_it_is_told_and_named_to_the_head(house, late):
    clerk = house.people[Role.RECEPTIONIST]
    WorkItem.objects.update(holder=clerk)
    tell_of_late_intake()
    assert told(clerk).exists()
    assert clerk.full_name in told(house.people[Role.DESK_HEAD]).get().body


def test_who_stands_in_for_the_head_is_told_too(house, late):
    cover = MembershipFactory(role=Role.DESK_HEAD, unit=house.center).user
    Membership.objects.filter(user=cover).update(valid_to=date(2026, 11, 1))  # covers by their day's order alone
    today = clock.today()
    LeaveCover.objects.create(
        user=house.people[Role.DESK_HEAD], cover=cover, valid_from=today, valid_to=today, named_by=cover
    )
    tell_of_late_intake()
    assert told(cover).exists()


def test_a_desk_without_a_head_tells_who_signs_for_the_authority(house, late):
    Membership.objects.filter(role=Role.DESK_HEAD).update(valid_to=date(2026, 11, 17))
    tell_of_late_intake()
    assert told(house.people[Role.SIGNER]).exists()


def test_without_anybody_at_the_desk_who_administers_it_or_stands_above_is_told(house, late):
    Membership.objects.filter(role__in=[Role.DESK_HEAD, Role.SIGNER]).update(valid_to=date(2026, 11, 17))
    above = MembershipFactory(role=Role.ADMINISTRATOR, unit=house.center.parent).user
    assert tell_of_late_intake() == 1
    notice = told(above).get()
    assert "chưa có trưởng Bộ phận Một cửa" in notice.body
    assert notice.link == "/quan-tri/nhan-su/"
    near = MembershipFactory(role=Role.ADMINISTRATOR, unit=house.center).user
    assert late_intake._above(house.center) == [near]
    desk.receive(dossier_id=late.pk, by=house.people[Role.RECEPTIONIST])
    assert not told(above).exists()


def test_where_nobody_stands_above_the_log_says_so(house, late, caplog):
    Membership.objects.exclude(role=Role.RECEPTIONIST).update(valid_to=date(2026, 11, 17))
    assert tell_of_late_intake() == 1
    assert "late_intake.nobody_to_tell" in caplog.text


def test_an_answer_ends_it(house, late):
    tell_of_late_intake()
    assert told(house.people[Role.DESK_HEAD]).exists()
    desk.receive(dossier_id=late.pk, by=house.people[Role.RECEPTIONIST])
    assert not told(house.people[Role.DESK_HEAD]).exists()
    assert tell_of_late_intake() == 0


def test_a_dossier_that_waits_for_its_applicant_is_nobodys_lateness(house):
    houses.asked(house, houses.submitted(house))
    with time_machine.travel(LATE, tick=False):
        assert tell_of_late_intake() == 0


def test_one_that_cannot_be_told_of_holds_up_no_other(house, late, monkeypatch):
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        houses.submitted(house)
    tell = late_intake._heads

    def heads(dossier):
        if dossier.pk == late.pk:
            raise LookupError
        return tell(dossier)

    monkeypatch.setattr(late_intake, "_heads", heads)
    assert tell_of_late_intake() == 1

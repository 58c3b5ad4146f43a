"""The ladder of warnings: each rung told once, to whom it concerns, in one notice; a clock that stands warns nobody."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.enums import Role
from accounts.models import LeaveCover, OrgUnit
from dossiers.enums import DraftKind, Rung, State
from dossiers.models.clock import ClockSegment, ClockWarning
from dossiers.models.dossier import Dossier
from dossiers.models.work import WorkItem
from dossiers.services import apologies, ladder, submission
from dossiers.tasks import warn_of_clocks
from integrations import outbox
from integrations.models import Notice, OutboxMessage
from portal import clock
from portal.celery import schedule
from portal.clock import VIETNAM
from portal.models import SweepTry
from tests import houses
from tests.factories import MembershipFactory, UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return houses.make_house()


@pytest.fixture
def now():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False) as travelled:
        yield travelled


def at(text):
    """A moment of November 2026."""
    return datetime.strptime(f"{text}/11/2026", "%H:%M %d/%m/%Y").replace(tzinfo=VIETNAM)


def reached(dossier):
    return dict(ClockWarning.objects.filter(dossier=dossier).order_by("reached_at").values_list("rung", "reached_at"))


def notices(user):
    outbox.deliver_due()
    return Notice.objects.filter(address=f"user:{user.pk}", message__kind="work.clock").order_by("pk")


def titles(user):
    return [notice.title for notice in notices(user)]


def climb(now, *moments):
    for moment in moments:
        now.move_to(at(moment))
        warn_of_clocks()


def test_the_sweep_comes_several_times_an_hour():
    assert schedule()["warn of clocks"]["every"] <= 900


def test_every_rung_is_reached_at_its_time(house, now):
    """Received on Wednesday the 18th at 09:00 for three days: due on Monday the 23rd at 09:00."""
    dossier = houses.assigned(house)
    climb(now, "09:10 18", "07:40 23", "12:00 24")
    assert reached(dossier) == {
        Rung.HALF: at("14:30 19"),
        Rung.ASK: at("14:30 19"),
        Rung.LETTER: at("11:00 20"),
        Rung.MOST: at("13:42 20"),
        Rung.DUE: at("07:30 23"),
        Rung.LATE: at("09:00 23"),
        Rung.SUPPLEMENT: at("07:30 23"),
    }


def test_each_rung_is_told_once_however_often_the_sweep_runs(house, now, client):
    dossier = houses.assigned(house)
    officer, head = house.people[Role.OFFICER], house.people[Role.UNIT_HEAD]
    climb(now, "09:10 18", "15:00 19", "15:10 19", "15:20 19")
    assert titles(officer) == [
        f"Hồ sơ {dossier.code}: có kịp hạn không; nếu không, hãy soạn văn bản xin lỗi và hẹn lại"
    ]
    assert len(titles(head)) == 1
    assert titles(house.people[Role.HOME_AFFAIRS]) == []
    assert notices(officer)[0].link == reverse("desk:dossier", args=[dossier.pk])
    assert house.party.full_name not in notices(officer)[0].body
    client.force_login(officer)
    session = client.session
    session["demo_person"] = True
    session.save()
    assert "Có kịp hạn không?" in client.get(notices(officer)[0].link).content.decode()


def test_late_is_told_to_home_affairs_too(house, now):
    dossier = houses.assigned(house)
    climb(now, "09:10 18", "09:10 23")
    (notice,) = notices(house.people[Role.HOME_AFFAIRS])
    assert notice.title == f"Hồ sơ {dossier.code}: đã quá hạn trả"
    assert notice.link == reverse("accounts:notices")


def test_many_dossiers_are_one_notice(house, now):
    first = [houses.assigned(house) for _number in range(12)]
    climb(now, "09:10 18", "15:00 19")
    (notice,) = notices(house.people[Role.OFFICER])
    assert notice.title == "Cảnh báo hạn: 12 hồ sơ"
    assert first[0].code in notice.body
    assert "và 2 hồ sơ khác" in notice.body
    assert OutboxMessage.objects.filter(kind="work.clock").count() == 2  # the officer and the head


def test_a_clock_that_stands_warns_nobody_and_goes_on_where_it_was(house, now):
    dossier = houses.assigned(house)
    climb(now, "09:10 18", "15:00 19")
    told = len(titles(house.people[Role.OFFICER]))
    houses.asked(house, dossier, by=house.people[Role.OFFICER], answer_by=date(2026, 12, 4))
    climb(now, "15:10 19", "09:10 23", "09:10 24")
    assert len(titles(house.people[Role.OFFICER])) == told
    assert not ClockSegment.objects.filter(dossier=dossier, ended_at=None, warn_at__isnull=False).exists()


def test_a_whole_limit_anew_is_warned_of_anew_a_moved_one_is_not(house, now):
    dossier = houses.assigned(house)
    climb(now, "09:10 18", "15:00 19")
    now.move_to(at("15:10 19"))
    houses.asked(house, dossier, by=house.people[Role.OFFICER], answer_by=date(2026, 12, 4))
    now.move_to(at("09:00 24"))
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã chụp lại.")
    climb(now, "09:10 24", "15:00 25")
    asked = ClockWarning.objects.filter(dossier=dossier, rung=Rung.ASK).order_by("count")
    assert [row.count for row in asked] == [2, 4]


def test_a_warning_of_a_clock_that_was_stopped_meanwhile_is_not_told(house, now):
    dossier = houses.assigned(house)
    climb(now, "09:10 18")
    now.move_to(at("15:00 19"))
    ladder.LOOKING.run()
    Dossier.objects.filter(pk=dossier.pk).update(clock_stopped_at=clock.now())
    ladder.TELLING.run()
    assert titles(house.people[Role.OFFICER]) == []
    assert not ClockWarning.objects.filter(told_at=None).exists()


def test_after_a_letter_nobody_is_asked_again_and_the_new_date_is_warned_of(house, now):
    dossier = houses.assigned(house)
    climb(now, "09:10 18")
    words = {"cause": "late_other", "reason": "Máy hỏng.", "new_due": at("17:00 25").isoformat()}
    words["due_before"] = clock.local(dossier.due_at).isoformat()
    row = houses.signed(house, dossier, DraftKind.APOLOGY, words)
    apologies.reappoint(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], draft_id=row.pk)
    climb(now, "09:20 18", "09:10 24", "09:50 25", "17:30 25")
    assert not ClockWarning.objects.filter(dossier=dossier, rung__in=[Rung.ASK, Rung.LETTER]).exists()
    assert titles(house.people[Role.OFFICER])[-2:] == [
        f"Hồ sơ {dossier.code}: đến hạn trả",
        f"Hồ sơ {dossier.code}: đã quá hạn trả",
    ]


def test_the_desk_hears_before_its_eight_hours_are_over(house, now):
    dossier = houses.submitted(house)
    clerk = house.people[Role.RECEPTIONIST]
    WorkItem.objects.filter(dossier=dossier).update(holder=clerk)
    climb(now, "09:10 18", "16:20 18")
    assert titles(clerk) == []
    climb(now, "16:40 18")
    assert titles(clerk) == [f"Hồ sơ {dossier.reference}: sắp hết 8 giờ tiếp nhận"]
    assert titles(house.people[Role.DESK_HEAD]) == titles(clerk)


def test_who_stands_in_hears_too(house, now):
    houses.assigned(house)
    own = houses.assigned(house)
    cover = MembershipFactory(role=Role.OFFICER, unit=house.office).user
    today = clock.today()
    leave = {"valid_from": today, "valid_to": today + timedelta(days=5), "named_by": cover}
    LeaveCover.objects.create(user=house.people[Role.OFFICER], cover=cover, **leave)
    WorkItem.objects.filter(dossier=own, closed_at=None).update(holder=cover)
    climb(now, "09:10 18", "15:00 19")
    assert len(titles(cover)) == 2, "what the absent person would hear, and what is one's own"
    assert any(own.code in body for body in (notice.body for notice in notices(cover)))


def test_after_a_letter_and_a_pause_no_second_letter_is_asked_for(house, now):
    dossier = houses.assigned(house)
    climb(now, "09:10 18")
    words = {"cause": "late_other", "reason": "Máy hỏng.", "new_due": at("17:00 25").isoformat()}
    words["due_before"] = clock.local(dossier.due_at).isoformat()
    row = houses.signed(house, dossier, DraftKind.APOLOGY, words)
    apologies.reappoint(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], draft_id=row.pk)
    now.move_to(at("10:00 19"))
    houses.asked(house, Dossier.objects.get(pk=dossier.pk), by=house.people[Role.OFFICER], answer_by=date(2026, 12, 4))
    now.move_to(at("09:00 20"))
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã có.")
    climb(now, "09:10 20", "09:00 25", "09:00 27", "09:00 30")
    assert not ClockWarning.objects.filter(dossier=dossier, rung__in=[Rung.ASK, Rung.LETTER]).exists()


def test_where_a_unit_closed_its_successor_hears_and_without_anybody_who_appoints(house, now):
    dossier = houses.assigned(house)
    WorkItem.objects.filter(dossier=dossier, closed_at=None).update(holder=None)
    unit = OrgUnit.objects.get(pk=WorkItem.objects.get(dossier=dossier, closed_at=None).unit_id)
    heir = UnitFactory(kind=unit.kind, parent=unit.parent)
    head = MembershipFactory(role=Role.UNIT_HEAD, unit=heir).user
    unit.successors.add(heir)
    OrgUnit.objects.filter(pk=unit.pk).update(valid_to=clock.today() - timedelta(days=1))
    assert ladder.heads_of(unit, dossier) == [head]
    assert ladder.heads_of(unit, dossier, but=frozenset({head.pk, house.people[Role.SIGNER].pk})) == [
        house.people[Role.ADMINISTRATOR]
    ]


def test_a_fault_with_one_leaves_the_others(house, now, monkeypatch):
    bad, good = houses.assigned(house), houses.assigned(house)
    note = ladder._note

    def breaks(dossier, *rest):
        if dossier.pk == bad.pk:
            raise RuntimeError("bad row")
        note(dossier, *rest)

    monkeypatch.setattr(ladder, "_note", breaks)
    climb(now, "15:00 19")
    assert ClockWarning.objects.filter(dossier=good).exists()
    assert not ClockWarning.objects.filter(dossier=bad).exists()
    assert SweepTry.objects.get(sweep="clocks_near").key == str(ClockSegment.objects.get(dossier=bad, ended_at=None).pk)


def test_letters_owed_are_listed_until_one_is_sent(house, now, client):
    dossier = houses.assigned(house)
    other = houses.assigned(house)
    for role in (Role.UNIT_HEAD, Role.DESK_HEAD, Role.SIGNER):
        assert dossier.code not in owed_page(client, house.people[role])
    climb(now, "09:10 18", "15:00 19")
    Dossier.objects.filter(pk=other.pk).update(state=State.DONE)
    for role in (Role.UNIT_HEAD, Role.DESK_HEAD, Role.SIGNER):
        page = owed_page(client, house.people[role])
        assert dossier.code in page
        assert other.code not in page
        assert "chưa soạn" in page
    words = {"cause": "late_other", "reason": "Máy hỏng.", "new_due": at("17:00 25").isoformat()}
    words["due_before"] = clock.local(dossier.due_at).isoformat()
    row = houses.signed(house, dossier, DraftKind.APOLOGY, words)
    assert "đã ký, chờ gửi" in owed_page(client, house.people[Role.UNIT_HEAD])
    apologies.reappoint(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], draft_id=row.pk)
    assert dossier.code not in owed_page(client, house.people[Role.UNIT_HEAD])


def owed_page(client, person):
    client.force_login(person)
    session = client.session
    session["demo_person"] = True
    session.save()
    answer = client.get(reverse("desk:owed_letters"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_neighbour_sees_none_of_them(house, now, client):
    beside = houses.make_house(beside=house)
    dossier = houses.assigned(house)
    climb(now, "09:10 18", "15:00 19")
    assert dossier.code not in owed_page(client, beside.people[Role.UNIT_HEAD])

"""Supplement requests nobody answered: reminders before the last day, the end after it, one bad row, calendars, successors."""

from datetime import date, timedelta

import pytest
import time_machine

from accounts.enums import DayKind, Role, UnitKind
from accounts.models import Calendar, DayOff
from accounts.queries import standing_for
from dossiers import tasks
from dossiers.enums import EventCode, PrintedName, SegmentKind, State
from dossiers.models.clock import ClockSegment
from dossiers.models.event import DossierEvent, EventText
from dossiers.models.result import PrintedForm, Supplement
from dossiers.services import desk, expiry, submission
from integrations.models import OutboxMessage
from portal import clock
from portal.errors import NotNowError, UserError
from portal.models import SweepTry
from tests import houses
from tests.dossiers.acts.printed import printed
from tests.factories import UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.unit, pytest.mark.slow]
LAST = date(2026, 11, 25)  # a week after the house's Wednesday
MORNING_AFTER = "2026-11-26T07:10+07:00"
ITEMS = [{"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Ảnh mờ."}]


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house():
    return houses.make_house()


def asked(house, dossier=None, *, answer_by=LAST):
    return houses.asked(house, dossier or houses.assigned(house), items=ITEMS, answer_by=answer_by)


def last_event(dossier):
    return DossierEvent.objects.filter(dossier_id=dossier.pk).latest("seq")


def test_the_work_on_a_dossier_that_was_not_supplemented_stops(house):
    dossier = asked(house)
    with time_machine.travel(MORNING_AFTER, tick=False):
        assert tasks.expire_supplements() == 1
        now = clock.now()
    dossier.refresh_from_db()
    assert (dossier.state, dossier.finished_at) == (State.STOPPED, now)
    event = last_event(dossier)
    assert (event.code, event.reason_code, event.actor_id, event.actor_role) == (
        EventCode.SUPPLEMENT_EXPIRED,
        "not_supplemented",
        None,
        "system",
    )
    said = "Đã hết ngày 25/11/2026 mà chưa nhận được phần bổ sung theo yêu cầu lần 1."
    assert EventText.objects.get(dossier=dossier, seq=event.seq).text == said
    assert not dossier.work_items.filter(closed_at=None).exists()
    assert not ClockSegment.objects.filter(dossier=dossier, ended_at=None).exists()
    assert ClockSegment.objects.filter(dossier=dossier).latest("position").kind == SegmentKind.STOPPED_SUPPLEMENT
    assert Supplement.objects.get().expired_at == now
    letter = OutboxMessage.objects.get(kind="dossier.supplement_expired", channel="email")
    assert said in letter.body


def test_one_that_was_never_received_is_not_accepted(house):
    dossier = asked(house, houses.submitted(house))
    with time_machine.travel(MORNING_AFTER, tick=False):
        assert tasks.expire_supplements() == 1
    dossier.refresh_from_db()
    event = last_event(dossier)
    assert (dossier.state, dossier.code, event.code) == (State.NOT_ACCEPTED, None, EventCode.NOT_ACCEPTED)
    assert event.reason_code == "not_supplemented"
    assert OutboxMessage.objects.filter(kind="dossier.not_accepted").exists()


def test_its_paper_names_the_request_and_says_that_nobody_signed(house):
    dossier = asked(house)
    with time_machine.travel(MORNING_AFTER, tick=False):
        expiry.expire_all()
        sheet = printed(PrintedForm.objects.get(dossier=dossier, name=PrintedName.REFUSAL))
    assert "Căn cứ Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ số 01/2026/HDHS ngày 18/11/2026." in " ".join(sheet.split())
    assert "Không bổ sung đúng hạn." in sheet
    assert "Phiếu do hệ thống lập khi hết hạn bổ sung" in sheet
    assert "NGƯỜI TIẾP NHẬN HỒ SƠ" not in sheet


def test_the_last_day_belongs_to_the_citizen_and_so_does_the_time_until_the_sweep(house):
    dossier, other = asked(house), asked(house)
    with time_machine.travel("2026-11-25T18:10+07:00", tick=False):
        assert expiry.expire_all() == 0
    with time_machine.travel("2026-11-26T07:09+07:00", tick=False):
        answered = submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã chụp lại.")
    with time_machine.travel(MORNING_AFTER, tick=False):
        assert (expiry.expire_all(), expiry.expire_all()) == (1, 0)
    other.refresh_from_db()
    assert (answered.state, other.state) == (State.PROCESSING, State.STOPPED)


def test_an_answer_after_the_end_is_told_why_and_keeps_its_files(house):
    dossier = asked(house)
    with time_machine.travel(MORNING_AFTER, tick=False):
        expiry.expire_all()
        with pytest.raises(NotNowError, match=r"đã kết thúc lúc 07:10 26/11/2026.*vẫn được giữ"):
            submission.answer_supplement(
                dossier_id=dossier.pk, by=house.citizen, answer="Đây ạ.", version=dossier.version
            )


def test_a_day_off_declared_later_gives_the_next_working_day(house):
    dossier = asked(house)
    root = Calendar.objects.get(unit=None)
    DayOff.objects.create(calendar=root, day=LAST, kind=DayKind.OFF, name="Nghỉ bão")
    Calendar.objects.filter(pk=root.pk).update(version=root.version + 1)
    with time_machine.travel("2026-11-26T07:10+07:00", tick=False):
        assert expiry.expire_all() == 0
    with time_machine.travel("2026-11-27T07:10+07:00", tick=False):
        assert expiry.expire_all() == 1
    assert "Đã hết ngày 26/11/2026" in EventText.objects.get(dossier=dossier, seq=last_event(dossier).seq).text


def test_the_calendar_is_that_of_the_unit_which_took_the_desk_over(house):
    dossier = asked(house)
    heir = UnitFactory(name="Trung tâm mới", kind=UnitKind.DESK, parent=house.ward)
    own = Calendar.objects.create(unit=heir, weekly=Calendar.objects.get(unit=None).weekly)
    DayOff.objects.create(calendar=own, day=LAST, kind=DayKind.OFF, name="Dọn trụ sở")
    house.center.successors.add(heir)
    with time_machine.travel(MORNING_AFTER, tick=False):
        house.center.valid_to = clock.today() - timedelta(days=2)
        house.center.save()
        assert standing_for([house.center.pk, heir.pk]) == {house.center.pk: heir.pk, heir.pk: heir.pk}
        assert expiry.expire_all() == 0
    with time_machine.travel("2026-11-27T07:10+07:00", tick=False):
        assert expiry.expire_all() == 1
    assert last_event(dossier).code == EventCode.SUPPLEMENT_EXPIRED


def test_a_unit_closed_without_successor_stands_for_itself(house):
    house.center.valid_to = clock.today() - timedelta(days=2)
    house.center.save()
    assert standing_for([house.center.pk]) == {house.center.pk: house.center.pk}


def test_one_bad_row_does_not_stop_the_others(house, monkeypatch):
    bad, good = asked(house), asked(house)
    begin = expiry.open_by_system

    def fails_for_one(*, dossier_id, action):
        if dossier_id == bad.pk:
            raise LookupError("no segment")
        return begin(dossier_id=dossier_id, action=action)

    monkeypatch.setattr(expiry, "open_by_system", fails_for_one)
    with time_machine.travel(MORNING_AFTER, tick=False):
        assert expiry.expire_all() == 1
        states = [type(bad).objects.get(pk=pk).state for pk in (bad.pk, good.pk)]
        assert states == [State.SUPPLEMENT, State.STOPPED]
        monkeypatch.undo()
        assert expiry.expire_all() == 0, "a row that failed pauses a little"
        SweepTry.objects.update(next_at=clock.now())
        assert expiry.expire_all() == 1
    assert not SweepTry.objects.exists()


def test_a_wish_to_withdraw_is_answered_first(house):
    dossier = asked(house)
    submission.request_withdrawal(dossier_id=dossier.pk, by=house.citizen, reason="Đổi ý.")
    with time_machine.travel(MORNING_AFTER, tick=False):
        assert expiry.expire_all() == 0


def test_reminders_come_once_each_and_to_a_telephone(house):
    counter = desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=houses.counter_filing(house))
    desk.forward(dossier_id=counter.pk, by=house.people[Role.RECEPTIONIST])
    desk.assign(dossier_id=counter.pk, by=house.people[Role.UNIT_HEAD], officer_id=house.people[Role.OFFICER].pk)
    counter.refresh_from_db()
    asked(house, counter)
    told = OutboxMessage.objects.filter(kind="dossier.supplement_reminded")
    counts = []
    for day in ("19", "20", "23", "24", "25", "26"):
        with time_machine.travel(f"2026-11-{day}T07:40+07:00", tick=False):
            tasks.remind_of_supplements()
            tasks.remind_of_supplements()
        counts.append(told.count())
    assert counts == [0, 1, 1, 2, 2, 2]
    assert set(told.values_list("channel", "address")) == {("sms", "0900000001")}
    assert "trước hết ngày 25/11/2026" in told.first().body


def test_an_online_dossier_is_reminded_by_letter_with_the_desk_and_the_day(house):
    asked(house)
    with time_machine.travel("2026-11-24T07:40+07:00", tick=False):
        assert tasks.remind_of_supplements() == 1
    letter = OutboxMessage.objects.get(kind="dossier.supplement_reminded", channel="email")
    assert "đến hết ngày 25/11/2026" in letter.body
    assert house.center.name in letter.body


def test_the_day_asked_for_is_a_working_day_within_the_cap(house):
    dossier = houses.assigned(house)
    for day, said in ((date(2026, 11, 22), "là ngày nghỉ"), (date(2027, 3, 1), "không quá 60 ngày")):
        with pytest.raises(UserError, match=said):
            asked(house, dossier, answer_by=day)

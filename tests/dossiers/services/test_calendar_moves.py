"""An edit of a calendar that touches open promises: one question, one decision, each dossier moved once and told."""

from datetime import date, time

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse

from accounts.enums import CalendarChoice, DayKind, Role, UnitKind
from accounts.models import Calendar, DayOff
from accounts.promises import DecisionNeededError
from accounts.services import drop_calendar, put_day, remove_day, set_hours
from dossiers import ledger
from dossiers.enums import PromiseState
from dossiers.models.clock import CalendarDecision, ClockSegment, TouchedPromise
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent, EventText
from dossiers.models.work import WorkItem
from dossiers.services import calendar_moves, desk, segments, submission
from dossiers.services.proof.clocks import promises
from dossiers.services.proof.findings import Weight
from dossiers.services.proof.ledger import chains
from dossiers.services.proof.run import examine
from integrations.models import OutboxMessage
from portal import clock, sealing
from portal.celery import app
from tests.client import assert_every_form_can_be_sent
from tests.factories import MembershipFactory, UnitFactory
from tests.houses import WEDNESDAY_MORNING, counter_filing, make_house, received, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FRIDAY, LATER = date(2026, 11, 20), date(2026, 12, 25)


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def boss(house):
    return house.people[Role.ADMINISTRATOR]


def off(boss, day=FRIDAY, unit=None, **more):
    return put_day(by=boss, unit_id=unit.pk if unit else None, day=day, kind=DayKind.OFF, name="Nghỉ đột xuất", **more)


def shown(moment):
    return f"{clock.local(moment):%d/%m %H:%M}"


def test_an_edit_without_a_decision_changes_nothing(house, boss):
    dossier = received(house)
    with pytest.raises(DecisionNeededError) as asked:
        off(boss)
    assert asked.value.touched.count == 1
    assert asked.value.touched.rows[0].title == dossier.code
    assert "Nghỉ đột xuất" in asked.value.edit.words
    assert not DayOff.objects.exists()
    assert not CalendarDecision.objects.exists()


def test_kept_promises_stay_and_the_decision_is_recorded(house, boss):
    dossier = received(house)
    off(boss, decision=CalendarChoice.KEEP)
    decision = CalendarDecision.objects.get()
    assert (decision.decided_by, decision.choice, decision.decided_at) == (boss, "keep", clock.now())
    assert TouchedPromise.objects.get().state == PromiseState.KEPT
    assert calendar_moves.move_waiting() == 0
    dossier.refresh_from_db()
    assert shown(dossier.due_at) == "23/11 09:00"
    assert calendar_moves.lately(None)[0].counts == "giữ nguyên: 1"


def test_moved_promises_go_later_with_an_event_and_a_notice(house, boss):
    dossier = received(house)
    OutboxMessage.objects.all().delete()
    off(boss, decision=CalendarChoice.MOVE)
    assert calendar_moves.move_waiting() == 1
    dossier.refresh_from_db()
    assert (shown(dossier.first_due_at), shown(dossier.due_at)) == ("23/11 09:00", "24/11 09:00")
    event = DossierEvent.objects.get(dossier_id=dossier.pk, code="clock_moved")
    assert (event.actor_role, event.actor_id, event.due_at) == ("system", None, dossier.due_at)
    words = EventText.objects.get(dossier=dossier, seq=event.seq).text
    assert "09:00 23/11/2026" in words
    assert "09:00 24/11/2026" in words
    assert "Nghỉ đột xuất" in words
    assert all("09:00 24/11/2026" in message.body for message in OutboxMessage.objects.all())
    assert OutboxMessage.objects.exists()
    promise = TouchedPromise.objects.get()
    assert (promise.state, promise.due_after) == (PromiseState.MOVED, dossier.due_at)
    assert calendar_moves.move_waiting() == 0
    assert [str(finding) for finding in examine() if finding.weight is Weight.FAULT] == []


def test_a_submission_waiting_for_its_answer_moves_with_its_open_step(house, boss):
    dossier = submitted(house)
    off(boss, day=date(2026, 11, 19), decision=CalendarChoice.MOVE)
    calendar_moves.move_waiting()
    dossier.refresh_from_db()
    assert shown(dossier.accept_by) == "20/11 09:00"
    assert WorkItem.objects.get(dossier=dossier).due_at == dossier.accept_by


def test_never_earlier_than_told(house, boss):
    off(boss)
    dossier = received(house)
    assert shown(dossier.due_at) == "24/11 09:00"
    with pytest.raises(DecisionNeededError):
        remove_day(by=boss, day_id=DayOff.objects.get().pk)
    remove_day(by=boss, day_id=DayOff.objects.get().pk, decision=CalendarChoice.MOVE)
    calendar_moves.move_waiting()
    dossier.refresh_from_db()
    assert shown(dossier.due_at) == "24/11 09:00"
    assert TouchedPromise.objects.get().state == PromiseState.KEPT


def test_days_nothing_rests_on_need_no_decision(house, boss):
    received(house)
    off(boss, day=LATER)
    off(boss, unit=UnitFactory(name="UBND phường Khác"))
    off(None)
    assert DayOff.objects.count() == 3
    assert not CalendarDecision.objects.exists()


def test_a_unit_with_its_own_entry_for_the_day_is_not_touched(house, boss):
    put_day(by=boss, unit_id=house.ward.pk, day=FRIDAY, kind=DayKind.WORKDAY, name="Làm bù")
    received(house)
    off(boss)
    assert not CalendarDecision.objects.exists()


def test_hours_ask_too_but_not_when_nothing_changes(house, boss):
    received(house)
    weekly = {day: [(time(7, 30), time(11, 30))] for day in range(1, 6)}
    with pytest.raises(DecisionNeededError):
        set_hours(by=boss, unit_id=None, weekly=weekly, cutoff=time(10))
    set_hours(by=boss, unit_id=None, weekly=weekly, cutoff=time(10), decision=CalendarChoice.KEEP)
    set_hours(by=boss, unit_id=None, weekly=weekly, cutoff=time(10))
    assert CalendarDecision.objects.count() == 1


def test_hours_of_a_unit_touch_what_has_no_calendar_of_its_own(house, boss):
    received(house)
    weekly = {day: [(time(7, 30), time(11, 30))] for day in range(1, 6)}
    set_hours(by=boss, unit_id=house.ward.pk, weekly=weekly, cutoff=None, decision=CalendarChoice.KEEP)
    set_hours(by=boss, unit_id=None, weekly=weekly, cutoff=time(9))
    with pytest.raises(DecisionNeededError):
        drop_calendar(by=boss, unit_id=house.ward.pk)
    drop_calendar(by=boss, unit_id=house.ward.pk, decision=CalendarChoice.KEEP)
    assert not Calendar.objects.filter(unit=house.ward).exists()


def test_one_that_was_finished_meanwhile_is_kept(house, boss):
    dossier = submitted(house)
    off(boss, day=date(2026, 11, 19), decision=CalendarChoice.MOVE)
    submission.withdraw(dossier_id=dossier.pk, by=house.citizen)
    assert calendar_moves.move_waiting() == 1
    assert TouchedPromise.objects.get().state == PromiseState.KEPT
    assert not DossierEvent.objects.filter(code="clock_moved").exists()


def test_one_that_fails_is_set_aside_and_the_rest_is_served(house, boss, monkeypatch):
    first, second = received(house), received(house)
    off(boss, decision=CalendarChoice.MOVE)
    real = segments.move

    def fails_once(clocks, segment, at, *, why):
        if segment.dossier_id == first.pk:
            raise LookupError("no calendar")
        return real(clocks, segment, at, why=why)

    monkeypatch.setattr(segments, "move", fails_once)
    assert calendar_moves.move_waiting() == 1
    for _attempt in range(calendar_moves.ATTEMPTS):
        calendar_moves.move_waiting()
    states = dict(TouchedPromise.objects.values_list("segment__dossier_id", "state"))
    assert states == {first.pk: PromiseState.FAILED, second.pk: PromiseState.MOVED}
    [told] = calendar_moves.MOVING.stuck(10)
    assert "LookupError" in told.reason
    assert "no calendar" not in told.reason, "a program's words may hold what people typed"


@pytest.mark.slow
def test_a_day_off_under_five_hundred_open_promises(house, boss, settings):
    one = desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=counter_filing(house))
    copies(one, 499)
    with pytest.raises(DecisionNeededError) as asked:
        off(boss)
    assert asked.value.touched.count == 500
    off(boss, decision=CalendarChoice.MOVE)
    rounds = 0
    while calendar_moves.move_waiting():
        rounds += 1
    assert rounds == 5
    assert TouchedPromise.objects.filter(state=PromiseState.MOVED).count() == 500
    assert {shown(due_at) for due_at in Dossier.objects.values_list("due_at", flat=True)} == {"24/11 09:00"}
    assert DossierEvent.objects.filter(code="clock_moved").count() == 500
    assert [str(finding) for finding in (*promises(), *chains())] == []


def copies(one, count):
    """Dossiers like one, with its clock and its event: cheap, and whole enough for an act."""
    event = DossierEvent.objects.values().get(dossier_id=one.pk)
    segment = ClockSegment.objects.get(dossier=one)
    keys = {"id", "recorded_at", "hash", "previous_hash"}
    for number in range(count):
        twin = Dossier.objects.get(pk=one.pk)
        twin.pk, twin.reference, twin.code, twin.idempotency_key = (
            None,
            f"C-{number}",
            f"{one.code[:-4]}9{number:03d}",
            None,
        )
        twin.idempotency_key = __import__("uuid").uuid4()
        twin.secret_index = sealing.blind_index(str(number))
        twin.save(force_insert=True)
        segment.pk, segment.dossier = None, twin
        segment.save(force_insert=True)
        values = {name: value for name, value in event.items() if name not in keys} | {"dossier_id": twin.pk}
        DossierEvent.objects.create(**values, previous_hash="", hash=ledger.event_hash(values, ""))


def test_the_task_goes_on_until_nothing_waits(house, boss):
    for _number in range(3):
        received(house)
    off(boss, decision=CalendarChoice.MOVE)
    assert calendar_moves.move_waiting(batch=2) == 2
    assert app.tasks["dossiers.tasks.move_promises"]() == 1


def test_the_page_asks_and_keeps_what_was_typed(house, client):
    province = UnitFactory(kind=UnitKind.PROVINCE)
    person = MembershipFactory(role=Role.ADMINISTRATOR, unit=province).user
    dossier = received(house)
    TOTP.activate(person, "A" * 32)
    client.force_login(person)
    address = reverse("accounts:common_calendar")
    typed = {"act": "day", "day": "20/11/2026", "kind": "off", "name": "Nghỉ <đột xuất>", "note": "CV 1"}
    asked = client.post(address, typed)
    assert asked.status_code == 409
    page = asked.content.decode()
    assert dossier.code in page
    assert 'name="name" value="Nghỉ &lt;đột xuất&gt;"' in page
    assert_every_form_can_be_sent(page)
    assert not DayOff.objects.exists()
    done = client.post(address, {**typed, "decision": "move"}, follow=True)
    assert "đang được dời" in done.content.decode()
    assert "chờ dời hạn: 1" in done.content.decode()
    assert CalendarDecision.objects.get().decided_by == person
    row = DayOff.objects.get()
    calendar_moves.move_waiting()
    asked = client.post(reverse("accounts:remove_day", args=[row.pk]))
    assert asked.status_code == 409
    page = asked.content.decode()
    assert_every_form_can_be_sent(page)
    assert page.count(f'action="{address}?nam=2026"') == 2, "the other forms of the page still edit the calendar"
    assert client.post(reverse("accounts:remove_day", args=[row.pk]), {"decision": "keep"}).status_code == 302
    assert not DayOff.objects.exists()


def test_a_step_due_on_a_day_that_became_off_moves_with_the_promise(house, boss):
    dossier = received(house)
    item = WorkItem.objects.get(dossier=dossier, closed_at=None)
    item.due_at = clock.at(WEDNESDAY_MORNING.date(), time(17))
    item.save()
    off(boss, day=WEDNESDAY_MORNING.date(), decision=CalendarChoice.MOVE)
    assert calendar_moves.move_waiting() == 1
    moved = WorkItem.objects.get(pk=item.pk)
    assert moved.due_at.astimezone(clock.VIETNAM).date() > WEDNESDAY_MORNING.date()


def test_a_step_is_never_moved_sooner(house, boss):
    dossier = received(house)
    late = clock.at(LATER, time(9))
    WorkItem.objects.filter(dossier=dossier, closed_at=None).update(due_at=late)
    off(boss, decision=CalendarChoice.MOVE)
    assert calendar_moves.move_waiting() == 1
    assert WorkItem.objects.get(dossier=dossier, closed_at=None).due_at == late

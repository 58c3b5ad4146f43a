"""Other units are asked: by the route, by the officer; they answer, stay silent, are too late, are no longer asked."""

from datetime import timedelta

import pytest
import time_machine

from accounts.enums import Role
from accounts.models import OrgUnit
from dossiers import consultations, queries
from dossiers.enums import ConsultationAnswer, DraftKind, Outcome
from dossiers.models.consultation import Consultation
from dossiers.models.event import DossierEvent, EventText
from dossiers.models.work import WorkItem
from dossiers.services import consulting, decision, desk
from dossiers.tasks import close_silent_consultations, remind_of_consultations
from integrations.models import OutboxMessage
from portal import clock
from portal.errors import NotNowError, StaleError, UserError
from procedures.enums import StepKind
from tests import houses
from tests.dossiers.services.asking import ROUTE, ask, make_house, open_items
from tests.factories import MembershipFactory, UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _on_wednesday():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def routed():
    return make_house(ROUTE)


def _propose(house, dossier):
    return houses.proposed(
        dossier_id=dossier.pk, by=house.people[Role.OFFICER], decision="grant", content="Đủ điều kiện."
    )


def _codes(dossier):
    return list(DossierEvent.objects.filter(dossier_id=dossier.pk).order_by("seq").values_list("code", flat=True))


# ── by the route ─────────────────────────────────────────────────────────────────────────────────


def test_a_route_asks_two_units_beside_the_appraisal_and_waits_for_all(routed):
    dossier = houses.assigned(routed)
    work = open_items(dossier)
    assert list(work) == [3, 4, 5]
    assert (work[4].unit, work[5].unit) == (routed.culture, routed.beside)
    assert work[3].holder == routed.people[Role.OFFICER]
    assert [work[place].consultation.silence_agrees for place in (4, 5)] == [False, True]
    consulting.answer(item_id=work[5].pk, by=routed.neighbour, kind="agrees", text="")
    _propose(routed, dossier)
    assert list(open_items(dossier)) == [4]
    with pytest.raises(NotNowError):
        decision.approve(dossier_id=dossier.pk, by=routed.people[Role.UNIT_HEAD])
    consulting.answer(item_id=work[4].pk, by=routed.adviser, kind="conditions", text="Giữ khoảng lùi 3 m.")
    assert list(open_items(dossier)) == [6]
    answers = Consultation.objects.order_by("pk").values_list("answer_kind", flat=True)
    assert list(answers) == ["conditions", "agrees"]


def test_silence_is_recorded_as_agreement_where_the_route_says_so_and_the_join_goes_on(routed):
    dossier = houses.assigned(routed)
    work = open_items(dossier)
    consulting.answer(item_id=work[4].pk, by=routed.adviser, kind="agrees", text="")
    _propose(routed, dossier)
    assert close_silent_consultations() == 0
    with time_machine.travel(work[5].due_at, tick=False):
        with pytest.raises(
            UserError, match="được coi là đã đồng ý"
        ):  # nobody has recorded it yet; it is too late all the same
            consulting.answer(item_id=work[5].pk, by=routed.neighbour, kind="disagrees", text="Không.")
        assert close_silent_consultations() == 1
        assert close_silent_consultations() == 0  # the task may run twice
    assert list(open_items(dossier)) == [6]
    item = WorkItem.objects.get(pk=work[5].pk)
    assert (item.outcome, item.closed_by, item.consultation.answer_kind) == (Outcome.SILENT, None, "silent")
    event = DossierEvent.objects.get(dossier_id=dossier.pk, code="consultation_silent")
    assert event.actor_role == "system"
    said = EventText.objects.get(dossier=dossier, seq=event.seq)
    assert "UBND phường Bên không có ý kiến nên được coi là đã đồng ý" in said.text
    assert not said.is_public
    with pytest.raises(UserError, match="được coi là đã đồng ý"):
        consulting.answer(item_id=work[5].pk, by=routed.neighbour, kind="agrees", text="")


def test_where_silence_does_not_agree_it_is_only_late(routed):
    dossier = houses.assigned(routed)
    item = open_items(dossier)[4]
    with time_machine.travel(item.due_at + timedelta(days=1), tick=False):
        close_silent_consultations()
        assert WorkItem.objects.get(pk=item.pk).closed_at is None
        consulting.answer(item_id=item.pk, by=routed.adviser, kind="agrees", text="")
    assert WorkItem.objects.get(pk=item.pk).outcome == Outcome.DONE


def test_a_question_of_the_route_is_ended_by_the_head_alone(routed):
    dossier = houses.assigned(routed)
    work = open_items(dossier)
    with pytest.raises(UserError, match="chỉ lãnh đạo phòng"):
        consulting.end(item_id=work[4].pk, by=routed.people[Role.OFFICER], reason="Không cần.")
    consulting.end(item_id=work[4].pk, by=routed.people[Role.UNIT_HEAD], reason="Khu vực không có di tích.")
    consulting.answer(item_id=work[5].pk, by=routed.neighbour, kind="agrees", text="")
    _propose(routed, dossier)
    assert list(open_items(dossier)) == [6]  # what ended need not be waited for
    event = DossierEvent.objects.get(dossier_id=dossier.pk, code="consultation_ended")
    assert event.actor_role == Role.UNIT_HEAD


def test_while_the_citizen_is_asked_nobody_else_is(routed):
    dossier = houses.assigned(routed)
    work = open_items(dossier)
    asked = [{"paper_code": "TP1", "name": "Giấy tờ", "note": "Bản rõ hơn."}]
    fields = {"items": asked, "reason": "Thiếu.", "answer_by": houses.workday(5).isoformat()}
    row = houses.signed(routed, dossier, DraftKind.SUPPLEMENT_REQUEST, fields)
    desk.request_supplement(dossier_id=dossier.pk, by=routed.people[Role.RECEPTIONIST], draft_id=row.pk)
    with time_machine.travel(work[5].due_at + timedelta(days=1), tick=False):
        assert close_silent_consultations() == 0
        with pytest.raises(NotNowError):
            consulting.answer(item_id=work[4].pk, by=routed.adviser, kind="agrees", text="")


@pytest.mark.parametrize("heirs", [True, False])
def test_a_closed_unit_is_asked_where_its_work_went(routed, heirs):
    yesterday = clock.today() - timedelta(days=1)
    OrgUnit.objects.filter(pk=routed.beside.pk).update(valid_to=yesterday)
    heir = UnitFactory(name="UBND phường Mới")
    if heirs:
        routed.beside.successors.set([heir])
    work = open_items(houses.assigned(routed))
    assert work[5].unit == (heir if heirs else routed.office)


def test_a_send_back_behind_the_question_asks_it_anew(routed):
    dossier = houses.assigned(routed)
    work = open_items(dossier)
    for place, who in ((4, routed.adviser), (5, routed.neighbour)):
        consulting.answer(item_id=work[place].pk, by=who, kind="agrees", text="")
    _propose(routed, dossier)
    decision.send_back(dossier_id=dossier.pk, by=routed.people[Role.UNIT_HEAD], reason="Phân công lại.", back_to=2)
    desk.assign(dossier_id=dossier.pk, by=routed.people[Role.UNIT_HEAD], officer_id=routed.people[Role.OFFICER].pk)
    assert Consultation.objects.filter(answer_kind="").count() == 2


# ── by the officer ───────────────────────────────────────────────────────────────────────────────


def test_an_officer_asks_and_cannot_propose_before_the_answer(house):
    dossier = houses.assigned(house)
    paper = dossier.attachments.get()
    item = ask(house, dossier, shown=[paper.pk, 0], shows_owner=True)
    asked = item.consultation
    assert (item.unit, item.role, item.parent.kind) == (house.culture, Role.CONSULTED, StepKind.APPRAISE)
    assert (asked.asked_by, asked.shown, asked.shows_owner) == (house.people[Role.OFFICER], [paper.pk], True)
    assert not asked.silence_agrees
    assert item.due_at == houses.WEDNESDAY_MORNING + timedelta(days=1)  # one working day
    assert consultations.question(asked, consultations.words([asked])) == "Công trình có ảnh hưởng di tích không?"
    with pytest.raises(UserError, match="Bước này còn việc chưa xong"):
        _propose(house, dossier)
    consulting.answer(item_id=item.pk, by=house.adviser, kind="disagrees", text="Che khuất di tích.")
    _propose(house, dossier)
    assert _codes(dossier)[-3:] == ["consulted", "consultation_answered", "proposed"]
    event = DossierEvent.objects.get(dossier_id=dossier.pk, code="consultation_answered")
    assert (event.reason_code, event.actor_unit_id, event.actor_role) == ("disagrees", house.culture.pk, Role.CONSULTED)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"question": " \n "}, "Hãy ghi rõ nội dung cần lấy ý kiến"),
        ({"days": 0}, "từ 1 đến 30 ngày"),
        ({"days": -3}, "từ 1 đến 30 ngày"),
        ({"days": 31}, "từ 1 đến 30 ngày"),
        ({"days": 20}, "sau hạn trả kết quả của hồ sơ"),
        ({"unit_id": 0}, "không còn hoạt động hoặc không nhận lấy ý kiến"),
    ],
)
def test_bad_questions_are_refused_and_leave_nothing(house, changes, sentence):
    dossier = houses.assigned(house)
    with pytest.raises(UserError, match=sentence):
        ask(house, dossier, **changes)
    assert not Consultation.objects.exists()
    assert "consulted" not in _codes(dossier)


def test_one_s_own_unit_a_unit_without_people_and_a_closed_one_are_not_asked(house):
    dossier = houses.assigned(house)
    with pytest.raises(UserError, match="đơn vị đang thụ lý"):
        ask(house, dossier, unit_id=house.office.pk)
    with pytest.raises(UserError, match="chưa có ai nhận việc"):
        ask(house, dossier, unit_id=UnitFactory(name="UBND phường Vắng").pk)
    OrgUnit.objects.filter(pk=house.culture.pk).update(valid_to=clock.today() - timedelta(days=1))
    with pytest.raises(UserError, match="không còn hoạt động"):
        ask(house, dossier)
    with pytest.raises(UserError, match="không nhận lấy ý kiến"):
        ask(house, dossier, unit_id=house.center.pk)


def test_a_unit_is_not_asked_twice_at_once(house):
    dossier = houses.assigned(house)
    item = ask(house, dossier)
    with pytest.raises(UserError, match="đang được hỏi"):
        ask(house, dossier)
    ask(house, dossier, unit_id=house.beside.pk)
    consulting.end(item_id=item.pk, by=house.people[Role.OFFICER], reason="Hỏi lại cho rõ.")
    assert ask(house, dossier).pk != item.pk


def test_who_may_ask_answer_and_end(house):
    dossier = houses.assigned(house)
    with pytest.raises(NotNowError):
        consulting.ask(
            dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], unit_id=house.culture.pk, question="?", days=1
        )
    item = ask(house, dossier)
    for stranger in (house.people[Role.OFFICER], house.neighbour, house.citizen):
        with pytest.raises(NotNowError):
            consulting.answer(item_id=item.pk, by=stranger, kind="agrees", text="")
    for stranger in (house.adviser, house.people[Role.RECEPTIONIST]):
        with pytest.raises(NotNowError):
            consulting.end(item_id=item.pk, by=stranger, reason="Thôi.")
    other_officer = MembershipFactory(role=Role.OFFICER, unit=house.office).user
    with pytest.raises(NotNowError):
        consulting.end(item_id=item.pk, by=other_officer, reason="Thôi.")
    head_there = MembershipFactory(role=Role.UNIT_HEAD, unit=house.culture).user
    consulting.answer(item_id=item.pk, by=head_there, kind="agrees", text="")


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        ("", "Có.", "Hãy chọn"),
        ("silent", "Có.", "Hãy chọn"),
        ("disagrees", " ", "Hãy ghi rõ"),
        ("conditions", "", "Hãy ghi rõ"),
    ],
)
def test_an_answer_needs_its_kind_and_its_words(house, kind, text, sentence):
    item = ask(house, houses.assigned(house))
    with pytest.raises(UserError, match=sentence):
        consulting.answer(item_id=item.pk, by=house.adviser, kind=kind, text=text)


def test_an_answer_after_the_question_was_taken_back_or_answered_is_told(house):
    dossier = houses.assigned(house)
    item = ask(house, dossier)
    with pytest.raises(UserError, match="Hãy ghi lý do"):
        consulting.end(item_id=item.pk, by=house.people[Role.OFFICER], reason=" ")
    consulting.end(item_id=item.pk, by=house.people[Role.OFFICER], reason="Đã có bản đồ di tích.")
    assert Consultation.objects.get(pk=item.pk).answer_kind == ConsultationAnswer.ENDED
    with pytest.raises(UserError, match="đã rút câu hỏi"):
        consulting.answer(item_id=item.pk, by=house.adviser, kind="agrees", text="")
    again = ask(house, dossier)
    consulting.answer(item_id=again.pk, by=house.adviser, kind="agrees", text="")
    for act in (
        lambda: consulting.answer(item_id=again.pk, by=house.adviser, kind="agrees", text=""),
        lambda: consulting.end(item_id=again.pk, by=house.people[Role.OFFICER], reason="Thôi."),
    ):
        with pytest.raises(UserError, match="đã được trả lời rồi"):
            act()


def test_a_stale_page_does_not_ask(house):
    dossier = houses.assigned(house)
    with pytest.raises(StaleError):
        ask(house, dossier, version=dossier.version - 1)


def test_the_end_of_a_dossier_ends_its_questions(house):
    dossier = houses.assigned(house)
    item = ask(house, dossier)
    dossier.refresh_from_db()
    dossier.wants_withdrawal = True
    dossier.save()
    houses.let_withdraw(house, dossier)
    with pytest.raises(UserError, match="không còn cần ý kiến"):
        consulting.answer(item_id=item.pk, by=house.adviser, kind="agrees", text="")


# ── what the asked unit sees, and is told ────────────────────────────────────────────────────────


def test_who_was_only_asked_does_not_see_the_dossier(house):
    dossier = houses.assigned(house)
    ask(house, dossier)
    assert not queries.for_desk(house.adviser).filter(pk=dossier.pk).exists()
    (found,) = consultations.asked_of(queries.memberships(house.adviser))
    assert found.work_item.dossier_id == dossier.pk
    assert not consultations.asked_of(queries.memberships(house.neighbour)).exists()
    # a unit with work of its own on the dossier sees it, asked or not
    assert queries.for_desk(house.people[Role.OFFICER]).filter(pk=dossier.pk).exists()


def test_people_are_told_reminded_and_the_asker_learns_of_lateness_once(house):
    dossier = houses.assigned(house)
    item = ask(house, dossier)
    assert _told("consultation.came") == {f"user:{house.adviser.pk}", house.adviser.email}
    remind_of_consultations()
    remind_of_consultations()
    assert OutboxMessage.objects.filter(kind="consultation.near").count() == 2  # one working day is left
    with time_machine.travel(item.due_at + timedelta(minutes=1), tick=False):
        remind_of_consultations()
        remind_of_consultations()
    told = {f"user:{person.pk}" for person in (house.adviser, house.people[Role.OFFICER], house.people[Role.DESK_HEAD])}
    assert {address for address in _told("consultation.late") if address.startswith("user:")} == told
    body = OutboxMessage.objects.filter(kind="consultation.came", channel="email").get().body
    assert "di tích" not in body  # words of the question stay in the house


def _told(kind):
    return set(OutboxMessage.objects.filter(kind=kind).values_list("address", flat=True))

"""Who is given work is told in the portal, never of their own acts; what is over fades; each notice opens the dossier."""

import pytest
import time_machine

from accounts.enums import Role
from accounts.models import LeaveCover
from dossiers.enums import DraftKind
from dossiers.models.work import WorkItem
from dossiers.services import consulting, decision, desk, moving, paper_drafts, submission
from integrations import outbox
from integrations.models import Notice, OutboxMessage
from portal import clock
from tests import houses
from tests.dossiers.services import asking
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house():
    return houses.make_house()


def told(user, *, unread=True):
    """Titles of the notices of work in a person's list, oldest first."""
    outbox.deliver_due()
    found = Notice.objects.filter(address=f"user:{user.pk}", message__kind__startswith="work.").order_by("pk")
    return [notice.title for notice in (found.filter(read_at=None) if unread else found)]


def open_item(dossier):
    return WorkItem.objects.get(dossier=dossier, closed_at=None)


def test_whoever_is_assigned_a_dossier_is_told_and_led_to_it(house):
    dossier = houses.assigned(house)
    assert told(house.people[Role.OFFICER]) == [f"Hồ sơ {dossier.code}: bạn được phân công thụ lý"]
    notice = Notice.objects.get(message__kind="work.given")
    assert notice.link == f"/mot-cua/{dossier.pk}/"
    assert house.party.full_name not in notice.body
    assert not OutboxMessage.objects.filter(kind="work.given", channel="email").exists()


def test_what_is_done_fades_and_what_comes_back_is_told(house):
    officer, head = house.people[Role.OFFICER], house.people[Role.UNIT_HEAD]
    dossier = houses.assigned(house)
    assert len(told(officer)) == 1
    houses.proposed(dossier_id=dossier.pk, by=officer)
    assert told(officer) == []
    assert len(told(officer, unread=False)) == 1
    decision.send_back(dossier_id=dossier.pk, by=head, reason="Thiếu căn cứ.")
    assert told(officer) == [f"Hồ sơ {dossier.code} được trả lại bạn"]
    assert told(head) == []


def test_work_that_moves_is_told_to_its_new_holder_and_fades_for_the_old(house):
    second = MembershipFactory(role=Role.OFFICER, unit=house.office).user
    dossier = houses.assigned(house)
    assert len(told(house.people[Role.OFFICER])) == 1
    moving.reassign(
        dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], officer_id=second.pk, reason="Chia việc.", item_id=None
    )
    assert told(house.people[Role.OFFICER]) == []
    assert told(second) == [f"Hồ sơ {dossier.code}: bạn được giao việc"]


def on_leave(person, cover):
    LeaveCover.objects.create(
        user=person, cover=cover, named_by=person, valid_from=clock.today(), valid_to=clock.today()
    )


def test_who_stands_in_for_a_holder_on_leave_is_told_too_and_for_whom(house):
    officer, cover = house.people[Role.OFFICER], MembershipFactory(role=Role.OFFICER, unit=house.office).user
    dossier = houses.assigned(house)
    assert len(told(officer)) == 1
    houses.proposed(dossier_id=dossier.pk, by=officer)
    on_leave(officer, cover)
    decision.send_back(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], reason="Thiếu căn cứ.")
    assert told(officer) == told(cover) == [f"Hồ sơ {dossier.code} được trả lại bạn"]
    bodies = dict(Notice.objects.filter(title__endswith="được trả lại bạn").values_list("address", "body"))
    assert bodies[f"user:{cover.pk}"] == f"Bạn trực thay {officer.full_name}. {bodies[f'user:{officer.pk}']}"
    houses.proposed(dossier_id=dossier.pk, by=cover)
    assert told(officer) == told(cover) == []


def test_who_stands_in_is_not_told_of_what_they_did_themselves(house):
    officer, head = house.people[Role.OFFICER], house.people[Role.UNIT_HEAD]
    dossier = houses.assigned(house)
    assert len(told(officer)) == 1
    houses.proposed(dossier_id=dossier.pk, by=officer)
    on_leave(officer, head)
    decision.send_back(dossier_id=dossier.pk, by=head, reason="Thiếu căn cứ.")
    assert len(told(officer)) == 1
    assert told(head) == []


def test_nobody_is_told_of_what_they_did_themselves(house):
    dossier = houses.received(house)
    head = house.people[Role.UNIT_HEAD]
    MembershipFactory(role=Role.OFFICER, unit=house.office, user=head)
    desk.forward(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
    desk.assign(dossier_id=dossier.pk, by=head, officer_id=head.pk)
    moving.release(dossier_id=dossier.pk, by=head, reason="Nhầm.", item_id=open_item(dossier).pk)
    moving.take(dossier_id=dossier.pk, by=head, item_id=open_item(dossier).pk)
    assert told(head, unread=False) == []


def test_the_holder_hears_that_the_applicant_has_answered(house):
    officer = house.people[Role.OFFICER]
    dossier = houses.asked(house, houses.assigned(house), by=officer)
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã chụp lại.")
    assert told(officer)[-1] == f"Hồ sơ {dossier.code} đã được bổ sung"


def test_an_answer_to_a_step_nobody_holds_reaches_whoever_may_take_it(house):
    dossier = houses.asked(house, houses.submitted(house))
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã chụp lại.")
    for role in (Role.RECEPTIONIST, Role.DESK_HEAD):
        assert told(house.people[role]) == [f"Hồ sơ {dossier.reference} đã được bổ sung"]
    assert told(house.people[Role.OFFICER]) == []


def test_an_asked_unit_is_not_told_of_a_dossier_it_may_not_open(db):
    house = asking.make_house()
    dossier = houses.assigned(house)
    item = asking.ask(house, dossier)
    WorkItem.objects.filter(pk=item.pk).update(holder=house.adviser)
    houses.asked(house, dossier, by=house.people[Role.OFFICER])
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã chụp lại.")
    assert told(house.adviser) == []


def test_the_writer_of_a_returned_draft_is_told(house):
    officer = house.people[Role.OFFICER]
    dossier = houses.assigned(house)
    item = {"paper_code": "TP1", "name": "Giấy tờ", "note": "mờ"}
    fields = {"items": [item], "reason": "Ảnh mờ.", "answer_by": houses.workday(5).isoformat()}
    row = paper_drafts.write(dossier_id=dossier.pk, by=officer, kind=DraftKind.SUPPLEMENT_REQUEST, fields=fields)
    paper_drafts.submit(dossier_id=dossier.pk, by=officer, draft_id=row.pk)
    paper_drafts.return_draft(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], reason="Thiếu.", draft_id=row.pk)
    assert told(officer)[-1] == f"Hồ sơ {dossier.code}: dự thảo được trả lại bạn"


def test_the_writer_of_an_answer_is_led_to_the_question_and_not_to_the_dossier(db):
    house = asking.make_house()
    item = asking.ask(house, houses.assigned(house))
    head = MembershipFactory(role=Role.UNIT_HEAD, unit=item.unit).user
    consulting.submit_answer(item_id=item.pk, by=house.adviser, kind="agrees", text="")
    paper_drafts.return_draft(dossier_id=item.dossier_id, by=head, reason="Ghi rõ hơn.")
    outbox.deliver_due()
    notice = Notice.objects.get(address=f"user:{house.adviser.pk}", message__kind="work.given")
    assert notice.link == f"/mot-cua/y-kien/{item.pk}/"

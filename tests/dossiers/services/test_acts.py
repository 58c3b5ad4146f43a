"""Every service: the happy path, each refusal, and the ledger row it leaves."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import transaction
from django.db.utils import InternalError, ProgrammingError

from accounts.enums import Role
from accounts.models import OrgUnit
from dossiers import queries
from dossiers.enums import Action, Decision, EventCode, PrintedName, State
from dossiers.ledger import event_hash, text_digest
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent, EventText
from dossiers.models.result import PrintedForm, Result
from dossiers.models.work import WorkItem
from dossiers.services import decision, desk, results, submission
from integrations.models import OutboxMessage
from portal import clock
from portal.errors import MissingPaperError, NotNowError, StaleError, UserError
from procedures.enums import Channel
from procedures.models import Procedure
from tests import houses

pytestmark = [pytest.mark.django_db, pytest.mark.unit]


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house():
    return houses.make_house()


def events(dossier):
    return list(DossierEvent.objects.filter(dossier_id=dossier.pk).order_by("seq"))


def open_items(dossier):
    return list(
        WorkItem.objects.filter(dossier=dossier, closed_at=None).values_list("kind", "unit_id", "role", "holder_id")
    )


def test_submit_sets_the_acceptance_clock_and_opens_intake(house):
    dossier = houses.submitted(house)
    assert dossier.state == State.SUBMITTED
    assert dossier.code is None
    assert clock.local(dossier.accept_by).strftime("%d/%m/%Y %H:%M") == "19/11/2026 09:00"
    assert open_items(dossier) == [("intake", house.center.pk, Role.RECEPTIONIST, None)]
    assert WorkItem.objects.get().due_at == dossier.accept_by
    (event,) = events(dossier)
    assert (event.code, event.state_from, event.state_to, event.actor_role) == (
        "submitted",
        "draft",
        "submitted",
        "citizen",
    )
    assert (event.papers_total, event.papers_digitised, event.channel, event.level_offered) == (1, 0, 2, 4)
    assert (event.counting_unit_id, event.unit_group_id, event.department_id) == (
        house.ward.pk,
        house.group.pk,
        house.office.pk,
    )


def test_submit_twice_is_one_submission(house):
    dossier = houses.submitted(house)
    again = submission.submit(dossier_id=dossier.pk, by=house.citizen)
    assert again.version == dossier.version
    assert len(events(dossier)) == 1


def test_submit_without_a_required_paper_names_it(house):
    dossier = houses.draft(house)
    dossier.attachments.all().delete()
    with pytest.raises(MissingPaperError, match="Giấy tờ chứng minh"):
        submission.submit(dossier_id=dossier.pk, by=house.citizen)
    assert Dossier.objects.get().state == State.DRAFT


def test_submit_without_a_required_answer_names_it(house):
    dossier = houses.draft(house, answers={"ho_ten": "Nguyễn Văn Mẫu"})
    with pytest.raises(MissingPaperError, match="Ngày sinh"):
        submission.submit(dossier_id=dossier.pk, by=house.citizen)


def test_submit_to_a_unit_that_closed_is_refused_and_keeps_the_draft(house):
    dossier = houses.draft(house)
    house.ward.valid_to = clock.today() - timedelta(days=1)
    house.ward.save()
    with pytest.raises(NotNowError, match="không nhận trực tuyến"):
        submission.submit(dossier_id=dossier.pk, by=house.citizen)
    assert Dossier.objects.get().state == State.DRAFT


def test_submit_by_a_stranger_is_refused(house):
    dossier = houses.draft(house)
    with pytest.raises(NotNowError):
        submission.submit(dossier_id=dossier.pk, by=house.people[Role.OFFICER])


def test_receive_gives_code_due_time_and_receipt(house):
    dossier = houses.received(house)
    assert dossier.code == "H29.951-261118-0001"
    assert clock.local(dossier.due_at).strftime("%d/%m/%Y %H:%M") == "23/11/2026 09:00"
    assert dossier.first_due_at == dossier.due_at
    assert open_items(dossier) == [("intake", house.center.pk, Role.RECEPTIONIST, None)]
    assert list(PrintedForm.objects.values_list("name", "event_seq")) == [(PrintedName.RECEIPT, 2)]
    event = events(dossier)[-1]
    assert (event.code, event.actor_role, event.first_due_at, event.fee_due) == (
        "received",
        Role.RECEPTIONIST,
        dossier.due_at,
        8000,
    )
    assert set(OutboxMessage.objects.values_list("kind", "channel")) == {
        (f"dossier.{kind}", channel) for kind in ("submitted", "received") for channel in ("inapp", "email")
    }


def test_receive_after_15_counts_from_the_next_morning(house):
    with time_machine.travel("2026-11-18T15:30+07:00", tick=False):
        dossier = houses.received(house)
    # Thu 19, Fri 20, then Mon 23: the third working day after the clock started on Thursday 07:30
    assert clock.local(dossier.due_at).strftime("%d/%m/%Y %H:%M") == "24/11/2026 07:30"


def test_receive_with_an_old_version_is_stale(house):
    dossier = houses.submitted(house)
    with pytest.raises(StaleError):
        desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], version=dossier.version - 1)


def test_receive_twice_is_refused_and_spends_no_number(house):
    dossier = houses.received(house)
    with pytest.raises(NotNowError):
        desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
    assert houses.received(house).code == "H29.951-261118-0002"
    assert dossier.code == "H29.951-261118-0001"


def test_refuse_needs_a_reason_and_ends_the_dossier(house):
    dossier = houses.submitted(house)
    with pytest.raises(UserError, match="lý do"):
        houses.refuse(house, dossier, reason_code="wrong_unit", reason=" ")
    dossier = houses.refuse(house, dossier, reason_code="wrong_unit", reason="Không thuộc thẩm quyền.")
    assert (dossier.state, open_items(dossier)) == (State.NOT_ACCEPTED, [])
    event = events(dossier)[-1]
    assert (event.code, event.reason_code) == (EventCode.NOT_ACCEPTED, "wrong_unit")
    assert event.text_digest == text_digest("Không thuộc thẩm quyền.")
    assert EventText.objects.get().text == "Không thuộc thẩm quyền."
    assert "Không thuộc thẩm quyền." in OutboxMessage.objects.get(kind="dossier.not_accepted", channel="email").body


def test_route_from_desk_to_result(house):
    dossier = houses.assigned(house)
    officer = house.people[Role.OFFICER]
    assert open_items(dossier) == [("appraise", house.office.pk, Role.OFFICER, officer.pk)]
    houses.proposed(dossier_id=dossier.pk, by=officer, decision=Decision.GRANT, content="Xác nhận.")
    decision.send_back(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], reason="Ghi rõ ngày.")
    assert open_items(dossier) == [("appraise", house.office.pk, Role.OFFICER, officer.pk)]
    houses.proposed(dossier_id=dossier.pk, by=officer, decision=Decision.GRANT, content="Xác nhận từ ngày 01/01.")
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD])
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.SIGNER])
    dossier = houses.issue(dossier_id=dossier.pk, by=house.people[Role.CLERK])
    assert (dossier.state, dossier.finished_at) == (State.DONE, clock.now())
    result = Result.objects.get()
    assert (result.number, result.content, result.signer) == (
        "01/TB-UBND",
        "Kính gửi: Nguyễn Văn Mẫu\nNội dung giải quyết: Xác nhận từ ngày 01/01.",
        house.people[Role.SIGNER],
    )
    assert result.code == f"KQ.G15.000038-{dossier.code}-1"
    dossier = results.return_to_citizen(
        dossier_id=dossier.pk, by=house.people[Role.RETURNER], handed_to="Nguyễn Văn Mẫu"
    )
    assert (dossier.state, open_items(dossier)) == (State.RETURNED, [])
    assert [event.code for event in events(dossier)] == [
        "submitted",
        "received",
        "forwarded",
        "assigned",
        "proposed",
        "sent_back",
        "proposed",
        "approved",
        "approved",
        "result_issued",
        "returned",
    ]


def test_assign_to_somebody_elses_officer_is_refused(house):
    dossier = desk.forward(dossier_id=houses.received(house).pk, by=house.people[Role.RECEPTIONIST])
    with pytest.raises(UserError, match="không giữ vai trò"):
        desk.assign(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], officer_id=house.people[Role.CLERK].pk)


def test_issuing_a_refusal_ends_refused(house):
    dossier = houses.issue(dossier_id=houses.approved(house, Decision.REFUSE).pk, by=house.people[Role.CLERK])
    assert (dossier.state, open_items(dossier)) == (State.REFUSED, [])
    assert events(dossier)[-1].code == EventCode.REFUSED
    assert Result.objects.get().is_refusal


def test_supplement_stops_the_clock_and_the_answer_starts_it_anew(house):
    dossier = houses.assigned(house)
    item = [{"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Ảnh mờ."}]
    facts = {"by": house.people[Role.OFFICER], "items": item, "reason": "Ảnh mờ."}
    with pytest.raises(UserError, match="sau ngày hôm nay"):
        houses.asked(house, dossier, **facts, answer_by=clock.today())
    dossier = houses.asked(house, dossier, **facts, answer_by=clock.today() + timedelta(days=5))
    assert (dossier.state, dossier.clock_stopped_at) == (State.SUPPLEMENT, clock.now())
    with pytest.raises(MissingPaperError):
        submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen)
    with time_machine.travel("2026-11-23T10:00+07:00", tick=False):
        dossier = submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã chụp lại.")
    assert (dossier.state, dossier.clock_stopped_at) == (State.PROCESSING, None)
    # 24/11 is a day off only when the calendar says so; this test's calendar has none
    assert clock.local(dossier.due_at).strftime("%d/%m/%Y %H:%M") == "26/11/2026 10:00"
    assert clock.local(dossier.first_due_at).strftime("%d/%m/%Y") == "23/11/2026"
    with pytest.raises(UserError, match="một lần"):
        houses.asked(house, dossier, **facts, answer_by=date(2026, 12, 21))
    head = {**facts, "by": house.people[Role.UNIT_HEAD], "reason": "Giấy tờ mới phát hiện không hợp lệ."}
    assert houses.asked(house, dossier, **head, answer_by=date(2026, 12, 21)).state == State.SUPPLEMENT
    assert [row.round for row in dossier.supplements.all()] == [1, 2]


def test_supplement_at_intake_needs_no_code(house):
    dossier = houses.submitted(house)
    dossier = houses.asked(
        house,
        dossier,
        by=house.people[Role.RECEPTIONIST],
        items=[{"paper_code": "TP1", "name": "x", "note": "y"}],
        reason="Thiếu trang 2.",
        answer_by=clock.today() + timedelta(days=2),
    )
    assert dossier.state == State.INTAKE_FIX
    dossier = submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã thêm.")
    assert dossier.state == State.SUBMITTED
    assert desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST]).code


def test_withdraw_before_receipt_needs_nobody(house):
    dossier = submission.withdraw(dossier_id=houses.submitted(house).pk, by=house.citizen, reason="Nộp nhầm.")
    assert (dossier.state, open_items(dossier)) == (State.WITHDRAWN, [])


def test_withdraw_after_receipt_is_decided_by_a_head(house):
    dossier = houses.assigned(house)
    with pytest.raises(NotNowError):
        houses.let_withdraw(house, dossier)
    with pytest.raises(NotNowError):
        submission.withdraw(dossier_id=dossier.pk, by=house.citizen)
    submission.request_withdrawal(dossier_id=dossier.pk, by=house.citizen, reason="Không cần nữa.")
    dossier = houses.let_withdraw(house, dossier)
    assert (dossier.state, open_items(dossier)) == (State.WITHDRAWN, [])


def test_counter_receives_once_per_key(house):
    filing = houses.counter_filing(house)
    dossier = desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=filing)
    again = desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=filing)
    assert again.pk == dossier.pk
    assert (dossier.channel, dossier.sub_channel, dossier.state) == (Channel.DESK, "counter", State.ACCEPTED)
    assert "077185000001" not in str(Dossier.objects.values().get())
    event = events(dossier)[-1]
    assert (event.code, event.channel, event.papers_total, event.papers_digitised) == ("received", 1, 1, 0)


def test_counter_refuses_internal_procedures(house):
    Procedure.objects.update(is_internal=True)
    with pytest.raises(UserError, match="20/5/2022"):
        desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=houses.counter_filing(house))


@pytest.mark.parametrize("closed", ["ward", "center"])
def test_counter_names_a_closed_unit(house, closed):
    unit = getattr(house, closed)
    OrgUnit.objects.filter(pk=unit.pk).update(valid_to=clock.today() - timedelta(days=1))
    with pytest.raises(UserError, match="không còn hoạt động"):
        desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=houses.counter_filing(house))
    assert not Dossier.objects.exists()


def test_counter_of_another_unit_may_not_receive(house):
    filing = houses.counter_filing(house, unit_id=house.office.pk)
    with pytest.raises(NotNowError):
        desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=filing)


def test_ledger_is_a_chain_and_holds_no_personal_text(house):
    dossier = houses.issued(house)
    previous = ""
    for event in events(dossier):
        values = {field.attname: getattr(event, field.attname) for field in DossierEvent._meta.concrete_fields}
        assert event.previous_hash == previous
        assert event.hash == event_hash(values, previous)
        assert "Mẫu" not in str(values)
        previous = event.hash


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_ledger_refuses_change(house, verb):
    houses.submitted(house)
    rows = DossierEvent.objects.all()
    with pytest.raises((InternalError, ProgrammingError), match=r"(?i)cannot"), transaction.atomic():
        rows.update(code="returned") if verb == "update" else rows.delete()


def test_a_fault_leaves_nothing(house, monkeypatch):
    dossier = houses.submitted(house)
    monkeypatch.setattr("dossiers.notices.tell", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
    fresh = Dossier.objects.get()
    assert (fresh.state, fresh.code, len(events(fresh))) == (State.SUBMITTED, None, 1)
    assert PrintedForm.objects.count() == 0


def test_allowed_actions_are_those_of_the_person_now(house):
    dossier = houses.submitted(house)
    assert queries.allowed_actions(dossier, house.people[Role.RECEPTIONIST]) == [
        Action.RECEIVE,
        Action.SUBMIT_DRAFT,
        Action.DROP_DRAFT,
        Action.TAKE,
        Action.WITHDRAW_ON_BEHALF,
    ]
    assert queries.allowed_actions(dossier, house.citizen) == [Action.WITHDRAW]
    assert queries.allowed_actions(dossier, house.people[Role.SIGNER]) == []


def test_desk_scope_holds_no_drafts_and_no_other_units(house):
    dossier = houses.submitted(house)
    houses.draft(house)
    other = houses.UserFactory()
    assert list(queries.for_desk(house.people[Role.OFFICER])) == [dossier]
    assert list(queries.for_desk(other)) == []
    assert list(queries.for_desk(house.people[Role.ADMINISTRATOR])) == []
    assert list(queries.for_desk(house.people[Role.HOME_AFFAIRS])) == []


def test_a_special_case_replaces_a_required_paper(house):
    house.revision.papers.model.objects.create(
        revision=house.revision, code="TP1", case_code="01", name="Không cần nữa"
    )
    dossier = houses.draft(house, case_code="01")
    dossier.attachments.all().delete()
    assert submission.submit(dossier_id=dossier.pk, by=house.citizen).state == State.SUBMITTED

"""The applicant checks the draft of a result: asked with a day, agreed to in words or in silence, corrected, taken back."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from accounts.enums import Role
from accounts.services import ends, set_cover
from accounts.services.covers import Leave
from dossiers import calls, paper_checks, tasks
from dossiers.citizen.rows import holders, mark
from dossiers.desk.inbox import tab_items
from dossiers.enums import (
    NATIONAL_CODE,
    PUBLIC_STAGE,
    Appeared,
    CheckAnswer,
    DraftKind,
    DraftState,
    EventCode,
    PublicStage,
    SeenPaper,
    SegmentKind,
    State,
)
from dossiers.models.appearance import Appearance
from dossiers.models.call import Call
from dossiers.models.clock import ClockSegment
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent, EventText
from dossiers.models.paper_check import PaperCheck
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.work import WorkItem
from dossiers.queries import memberships
from dossiers.services import (
    consulting,
    decision,
    desk,
    draft_checks,
    moving,
    on_behalf,
    paper_drafts,
    submission,
)
from integrations.models import OutboxMessage
from portal import clock
from portal.errors import NotNowError, StaleError, UserError
from procedures.enums import DraftCheck, StepKind
from tests import houses
from tests.dossiers.services.test_closings import NextDoor, close
from tests.factories import MembershipFactory, UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.unit, pytest.mark.slow]
DAY = date(2026, 11, 19)  # the working day after the house's Wednesday
LATER = "2026-11-19T15:00+07:00"
MORNING_AFTER = "2026-11-20T07:10+07:00"
CAME = on_behalf.InPerson(Appeared.OWNER, "Nguyễn Văn Mẫu", SeenPaper.IDENTITY_CARD)


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house():
    return houses.make_house(draft_check=DraftCheck.SILENCE)


@pytest.fixture
def strict():
    return houses.make_house(draft_check=DraftCheck.CONFIRM)


def on_paper(house, **owner):
    """A dossier of somebody without account, email or telephone, on the officer's desk."""
    filing = houses.counter_filing(house)
    for name, value in {"phone": "", "email": "", **owner}.items():
        object.__setattr__(filing.owner, name, value)
    dossier = desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=filing)
    return houses.at_the_officer(house, dossier)


def fresh(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def last_event(dossier):
    return DossierEvent.objects.filter(dossier_id=dossier.pk).latest("seq")


def words_of(event):
    return EventText.objects.get(dossier_id=event.dossier_id, seq=event.seq).text


def propose(house, dossier, **more):
    return decision.propose(dossier_id=dossier.pk, by=house.people[Role.OFFICER], **more)


# ── asking ───────────────────────────────────────────────────────────────────────────────────────


def test_a_result_is_not_proposed_before_its_applicant_has_seen_it(house):
    dossier = houses.assigned(house)
    row = houses.drafted(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    with pytest.raises(UserError, match="yêu cầu người nộp kiểm tra bản dự thảo trước khi trình"):
        propose(house, dossier, draft_id=row.pk)
    assert fresh(dossier).state == State.PROCESSING


def test_the_dossier_waits_with_its_clock_and_its_work_and_says_until_when(house):
    dossier = houses.sent_for_check(house)
    check, event = PaperCheck.objects.get(), last_event(dossier)
    assert (dossier.state, NATIONAL_CODE[dossier.state]) == (State.CHECKING, 4)
    assert PUBLIC_STAGE[dossier.state] == PublicStage.NEEDS_YOU
    assert (check.answer_by, check.silence_agrees, check.answer) == (DAY, True, "")
    assert (event.code, event.draft_id, event.draft_version, event.paper_digest) == (
        EventCode.SENT_FOR_CHECK,
        check.draft_id,
        check.draft.version,
        check.content,
    )
    assert ClockSegment.objects.filter(dossier=dossier).latest("position").kind == SegmentKind.STOPPED_CHECK
    assert dossier.clock_stopped_at == clock.now()
    item = WorkItem.objects.get(dossier=dossier, closed_at=None)
    assert (item.kind, item.holder, item.suspended_at) == (StepKind.APPRAISE, house.people[Role.OFFICER], clock.now())
    said = "trả lời trước hết ngày 19/11/2026. Không trả lời trong hạn được coi là đồng ý."
    assert said in words_of(event)
    letter = OutboxMessage.objects.get(kind="dossier.sent_for_check", channel="email")
    assert said in letter.body
    holding = holders(dossier, list(WorkItem.objects.filter(dossier=dossier, closed_at=None).select_related("unit")))
    assert [row["unit"] for row in holding] == ["Người nộp hồ sơ", house.office.name]
    assert mark(dossier)["label"] == "Cần bạn kiểm tra"


def test_who_left_only_a_telephone_is_told_the_day_and_what_silence_means_in_one_message(house):
    dossier = houses.sent_for_check(house, on_paper(house, phone="0900000001"))
    (sms,) = OutboxMessage.objects.filter(kind="dossier.sent_for_check")
    assert sms.channel == "sms"
    assert dossier.code in sms.body
    assert "trước hết 19/11/2026. Không trả lời trong hạn được coi là đồng ý." in sms.body


def test_silence_of_somebody_who_cannot_be_told_agrees_to_nothing(house):
    dossier = houses.sent_for_check(house, on_paper(house))
    assert not PaperCheck.objects.get().silence_agrees
    assert "Chưa có xác nhận" in words_of(last_event(dossier))
    with time_machine.travel(MORNING_AFTER, tick=False):
        assert tasks.agree_to_silent_checks() == 0
        done = draft_checks.confirm_on_behalf(
            dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], visitor=CAME, version=fresh(dossier).version
        )
        assert done.state == State.PROCESSING
        propose(house, dossier)


def test_what_the_officer_owes_is_told_first_and_nothing_is_sent(house):
    dossier, officer = houses.assigned(house), house.people[Role.OFFICER]
    row = houses.drafted(dossier_id=dossier.pk, by=officer, content="")
    with pytest.raises(UserError, match="Nội dung giải quyết"):
        draft_checks.send(dossier_id=dossier.pk, by=officer, draft_id=row.pk)
    assert not PaperCheck.objects.exists()
    assert fresh(dossier).state == State.PROCESSING


def test_another_version_than_the_one_shown_is_not_sent(house):
    dossier, officer = houses.assigned(house), house.people[Role.OFFICER]
    row = houses.drafted(dossier_id=dossier.pk, by=officer)
    with pytest.raises(StaleError):
        draft_checks.send(dossier_id=dossier.pk, by=officer, draft_id=row.pk, draft_version=row.version + 1)


def test_refusals_and_procedures_that_ask_for_none_need_no_check(house):
    dossier, officer = houses.assigned(house), house.people[Role.OFFICER]
    row = houses.drafted(dossier_id=dossier.pk, by=officer, decision="refuse")
    with pytest.raises(UserError, match="không phải gửi người nộp kiểm tra"):
        draft_checks.send(dossier_id=dossier.pk, by=officer, draft_id=row.pk)
    assert propose(house, dossier).proposal == "refuse"
    other = houses.make_house(beside=house)
    plain = houses.assigned(other)
    houses.drafted(dossier_id=plain.pk, by=other.people[Role.OFFICER])
    with pytest.raises(UserError, match="không phải gửi người nộp kiểm tra"):
        draft_checks.send(dossier_id=plain.pk, by=other.people[Role.OFFICER])
    propose(other, plain)


def test_nothing_is_sent_while_something_hangs_on_the_step(house):
    dossier, officer = houses.assigned(house), house.people[Role.OFFICER]
    houses.drafted(dossier_id=dossier.pk, by=officer)
    asked = UnitFactory(name="Công an phường Mẫu", parent=house.ward)
    MembershipFactory(role=Role.CONSULTED, unit=asked)
    consulting.ask(dossier_id=dossier.pk, by=officer, unit_id=asked.pk, question="Có ý kiến gì không?", days=1)
    with pytest.raises(UserError, match="Bước này còn việc chưa xong"):
        draft_checks.send(dossier_id=dossier.pk, by=officer)
    assert not PaperCheck.objects.exists()


# ── answering ────────────────────────────────────────────────────────────────────────────────────


def test_agreement_lets_the_clock_go_on_tells_the_officer_and_opens_the_way(house):
    dossier = houses.sent_for_check(house)
    due = dossier.due_at
    with time_machine.travel(LATER, tick=False):
        done = draft_checks.confirm(dossier_id=dossier.pk, by=house.citizen, version=dossier.version)
        check, event = PaperCheck.objects.get(), last_event(dossier)
        assert (done.state, done.clock_stopped_at) == (State.PROCESSING, None)
        assert done.due_at > due
        assert (check.answer, check.answered_at, check.answered_seq) == (CheckAnswer.AGREED, clock.now(), event.seq)
        assert (event.code, event.actor_role, event.paper_digest) == ("check_confirmed", "citizen", check.content)
        assert WorkItem.objects.get(dossier=dossier, closed_at=None).suspended_at is None
        notice = OutboxMessage.objects.get(kind="check.agreed", channel="inapp")
        assert f"/du-thao/{check.draft_id}/" in notice.link
        assert propose(house, dossier).proposal == "grant"


def test_a_second_agreement_finds_nothing_to_agree_to(house):
    dossier = houses.sent_for_check(house)
    draft_checks.confirm(dossier_id=dossier.pk, by=house.citizen)
    with pytest.raises(NotNowError):
        draft_checks.confirm(dossier_id=dossier.pk, by=house.citizen)
    assert DossierEvent.objects.filter(dossier_id=dossier.pk, code=EventCode.CHECK_CONFIRMED).count() == 1


def test_nobody_else_answers_for_the_applicant(house):
    dossier = houses.sent_for_check(house)
    for person in (house.people[Role.OFFICER], house.people[Role.RECEPTIONIST]):
        with pytest.raises(NotNowError):
            draft_checks.confirm(dossier_id=dossier.pk, by=person)
    with pytest.raises(NotNowError):
        draft_checks.confirm_on_behalf(dossier_id=dossier.pk, by=house.people[Role.OFFICER], visitor=CAME)


def test_a_correction_goes_to_the_officer_who_may_edit_again_and_must_send_again(house):
    dossier = houses.sent_for_check(house)
    with pytest.raises(UserError, match="Hãy ghi rõ chỗ cần sửa"):
        draft_checks.correct(dossier_id=dossier.pk, by=house.citizen, words="  ")
    draft_checks.correct(dossier_id=dossier.pk, by=house.citizen, words="Sai họ: Nguyễn, không phải Nguyển.")
    row = PaperDraft.objects.get()
    assert (row.state, PaperCheck.objects.get().answer) == (DraftState.SENT_BACK, CheckAnswer.WRONG)
    assert words_of(last_event(dossier)) == "Sai họ: Nguyễn, không phải Nguyển."
    assert OutboxMessage.objects.filter(kind="check.wrong", channel="inapp").exists()
    with pytest.raises(UserError, match="kiểm tra bản dự thảo trước khi trình"):
        propose(house, dossier)
    again = houses.sent_for_check(house, fresh(dossier), content="Nội dung đã sửa.")
    assert (again.state, PaperCheck.objects.count()) == (State.CHECKING, 2)
    draft_checks.confirm(dossier_id=dossier.pk, by=house.citizen)
    propose(house, dossier)


def test_nobody_touches_the_draft_while_its_applicant_has_it(house):
    dossier, officer = houses.sent_for_check(house), house.people[Role.OFFICER]
    row = PaperDraft.objects.get()
    with pytest.raises(NotNowError):
        houses.drafted(dossier_id=dossier.pk, by=officer)
    with pytest.raises(NotNowError):
        paper_drafts.drop_draft(dossier_id=dossier.pk, by=officer, draft_id=row.pk, reason="Không cần.")
    with pytest.raises(NotNowError):
        propose(house, dossier)
    with pytest.raises(NotNowError):
        draft_checks.send(dossier_id=dossier.pk, by=officer)
    with pytest.raises(NotNowError):
        houses.asked(house, dossier)


def test_what_changed_after_the_agreement_is_checked_again_and_what_did_not_is_not(house):
    dossier, officer, head = houses.sent_for_check(house), house.people[Role.OFFICER], house.people[Role.UNIT_HEAD]
    draft_checks.confirm(dossier_id=dossier.pk, by=house.citizen)
    propose(house, dossier)
    decision.send_back(dossier_id=dossier.pk, by=head, reason="Xem lại.")
    row = houses.drafted(dossier_id=dossier.pk, by=officer)  # kept again, word for word
    with pytest.raises(UserError, match="đã đồng ý với đúng nội dung này"):
        draft_checks.send(dossier_id=dossier.pk, by=officer, draft_id=row.pk)
    propose(house, dossier, draft_id=row.pk, draft_version=row.version)
    decision.send_back(dossier_id=dossier.pk, by=head, reason="Sửa câu cuối.")
    houses.drafted(dossier_id=dossier.pk, by=officer, content="Câu khác.")
    with pytest.raises(UserError, match="đã thay đổi sau khi người nộp đồng ý"):
        propose(house, dossier)


def test_an_agreement_holds_for_the_paper_whose_number_the_clerk_cancelled(house):
    dossier = houses.sent_for_check(house)
    draft_checks.confirm(dossier_id=dossier.pk, by=house.citizen)
    propose(house, dossier)
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD])
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.SIGNER])
    decision.send_back(dossier_id=dossier.pk, by=house.people[Role.CLERK], reason="In lỗi.")
    assert PaperDraft.objects.count() == 2
    propose(house, dossier)


def test_a_draft_begun_anew_is_checked_anew_unless_it_says_the_same(house):
    dossier, officer = houses.sent_for_check(house), house.people[Role.OFFICER]
    draft_checks.confirm(dossier_id=dossier.pk, by=house.citizen)
    first = PaperDraft.objects.get()
    paper_drafts.drop_draft(dossier_id=dossier.pk, by=officer, draft_id=first.pk, reason="Làm lại.")
    second = houses.drafted(dossier_id=dossier.pk, by=officer)
    assert second.pk != first.pk
    assert paper_checks.content(second) == PaperCheck.objects.get().content
    propose(house, dossier)


def test_the_officer_or_a_head_takes_it_back_with_a_reason_the_applicant_reads(house):
    dossier = houses.sent_for_check(house)
    with pytest.raises(UserError, match="ghi rõ lý do"):
        draft_checks.take_back(dossier_id=dossier.pk, by=house.people[Role.OFFICER], reason=" ")
    done = draft_checks.take_back(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], reason="Nhầm mẫu.")
    assert (done.state, PaperCheck.objects.get().answer) == (State.PROCESSING, CheckAnswer.TAKEN_BACK)
    assert "Nhầm mẫu." in OutboxMessage.objects.get(kind="dossier.check_taken_back", channel="email").body
    with pytest.raises(UserError, match="kiểm tra bản dự thảo trước khi trình"):
        propose(house, dossier)
    houses.sent_for_check(house, dossier, content="Đúng mẫu.")


# ── at the desk ──────────────────────────────────────────────────────────────────────────────────


def test_the_desk_records_who_came_and_what_they_said(house):
    dossier, clerk = houses.sent_for_check(house, on_paper(house)), house.people[Role.RECEPTIONIST]
    done = draft_checks.correct_on_behalf(dossier_id=dossier.pk, by=clerk, visitor=CAME, words="Sai ngày sinh.")
    event = last_event(dossier)
    assert (done.state, event.code, event.actor_role) == (State.PROCESSING, "check_corrected", "receptionist")
    visit = Appearance.objects.get(dossier=dossier)
    assert (visit.event_seq, visit.seen) == (event.seq, SeenPaper.IDENTITY_CARD)
    assert words_of(event) == "Sai ngày sinh."


def test_who_comes_for_another_shows_a_paper_or_nothing_is_recorded(house):
    dossier, clerk = houses.sent_for_check(house), house.people[Role.RECEPTIONIST]
    other = on_behalf.InPerson(Appeared.OTHER, "Trần Văn Thử", SeenPaper.IDENTITY_CARD)
    with pytest.raises(UserError, match="giấy ủy quyền"):
        draft_checks.confirm_on_behalf(dossier_id=dossier.pk, by=clerk, visitor=other)
    assert fresh(dossier).state == State.CHECKING
    assert PaperCheck.objects.get().answered_at is None


# ── nobody answers ───────────────────────────────────────────────────────────────────────────────


def test_silence_agrees_after_the_day_and_not_on_it(house):
    dossier, held = houses.sent_for_check(house), houses.sent_for_check(house)
    submission.request_withdrawal(dossier_id=held.pk, by=house.citizen, reason="Đổi ý.")
    with time_machine.travel("2026-11-19T18:10+07:00", tick=False):
        assert tasks.agree_to_silent_checks() == 0
    with time_machine.travel(MORNING_AFTER, tick=False):
        assert (tasks.agree_to_silent_checks(), tasks.agree_to_silent_checks()) == (1, 0)
        event = last_event(dossier)
        assert (event.code, event.actor_id, event.actor_role) == (EventCode.CHECK_SILENT, None, "system")
        assert words_of(event).startswith("Đã hết ngày 19/11/2026, người nộp không có ý kiến")
        assert PaperCheck.objects.get(dossier=dossier).answer == CheckAnswer.SILENT
        assert OutboxMessage.objects.filter(kind="check.silent", channel="inapp").exists()
        assert propose(house, dossier).proposal == "grant"
    assert fresh(held).state == State.CHECKING  # a wish to withdraw is no silence


@pytest.mark.parametrize(
    ("called_on", "agrees"), [(None, 0), ("2026-11-19T09:00+07:00", 0), ("2026-11-18T10:00+07:00", 1)]
)
def test_silence_of_somebody_whom_no_message_reached_in_time_agrees_to_nothing(house, called_on, agrees):
    dossier = houses.sent_for_check(house)
    calls.owe(dossier, calls.Untold("owner", "0903000111", "dossier.sent_for_check", "Mời kiểm tra.", "failed"))
    if called_on:
        Call.objects.update(closed_at=datetime.fromisoformat(called_on))
    with time_machine.travel(MORNING_AFTER, tick=False):
        assert tasks.agree_to_silent_checks() == agrees


def test_one_that_cannot_be_closed_holds_up_no_other(house, monkeypatch):
    broken, dossier = houses.sent_for_check(house), houses.sent_for_check(house)
    whole = draft_checks.open_by_system

    def fails(*, dossier_id, action):
        if dossier_id == broken.pk:
            raise NotNowError
        return whole(dossier_id=dossier_id, action=action)

    monkeypatch.setattr(draft_checks, "open_by_system", fails)
    with time_machine.travel(MORNING_AFTER, tick=False):
        assert tasks.agree_to_silent_checks() == 1
    assert [fresh(one).state for one in (broken, dossier)] == [State.CHECKING, State.PROCESSING]


def test_where_words_are_needed_silence_never_agrees_and_is_called_to_mind(strict):
    dossier = houses.sent_for_check(strict)
    check = PaperCheck.objects.get()
    assert not check.silence_agrees
    assert tasks.remind_of_checks() == 0
    for moment, count in (("2026-11-19T07:30+07:00", 1), ("2026-11-19T08:30+07:00", 1), (MORNING_AFTER, 2)):
        with time_machine.travel(moment, tick=False):
            assert tasks.agree_to_silent_checks() == 0
            tasks.remind_of_checks()
            letters = OutboxMessage.objects.filter(kind="dossier.check_reminded", channel="email")
            assert letters.count() == count
    assert "Đã hết ngày 19/11/2026" in letters.latest("pk").body
    told = OutboxMessage.objects.get(kind="check.over", channel="inapp")
    assert "Hãy liên hệ người nộp" in told.body
    with time_machine.travel("2027-11-20T07:10+07:00", tick=False):
        assert (tasks.agree_to_silent_checks(), tasks.remind_of_checks()) == (0, 0)
    assert fresh(dossier).state == State.CHECKING
    assert draft_checks.confirm(dossier_id=dossier.pk, by=strict.citizen).state == State.PROCESSING


# ── what else may happen meanwhile ───────────────────────────────────────────────────────────────


def test_a_wish_to_withdraw_is_answered_while_the_applicant_has_the_draft(house):
    dossier = houses.sent_for_check(house)
    submission.request_withdrawal(dossier_id=dossier.pk, by=house.citizen, reason="Đổi ý.")
    dossier, head = fresh(dossier), house.people[Role.UNIT_HEAD]
    row = houses.signed(house, dossier, DraftKind.WITHDRAWAL_ANSWER, {"answer": "agree", "reason": ""}, by=head)
    done = desk.approve_withdrawal(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], draft_id=row.pk)
    assert done.state == State.WITHDRAWN
    assert not WorkItem.objects.filter(dossier=dossier, closed_at=None).exists()
    assert not ClockSegment.objects.filter(dossier=dossier, ended_at=None).exists()
    assert not paper_checks.waiting().exists()
    with pytest.raises(NotNowError):
        draft_checks.confirm(dossier_id=dossier.pk, by=house.citizen)


def test_a_declined_wish_leaves_the_draft_with_its_applicant(house):
    dossier = houses.sent_for_check(house)
    came = {"dossier_id": dossier.pk, "by": house.people[Role.RECEPTIONIST], "visitor": CAME}
    on_behalf.withdraw(**came, reason="Đơn giấy.")
    words = {"answer": "decline", "reason": "Đã soạn xong."}
    row = houses.signed(house, dossier, DraftKind.WITHDRAWAL_ANSWER, words, by=house.people[Role.UNIT_HEAD])
    done = desk.decline_withdrawal(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], draft_id=row.pk)
    assert (done.state, done.wants_withdrawal) == (State.CHECKING, False)
    with time_machine.travel(MORNING_AFTER, tick=False):
        assert tasks.agree_to_silent_checks() == 1


def test_the_step_changes_hands_meanwhile_and_the_new_officer_goes_on(house):
    dossier = houses.sent_for_check(house)
    other = MembershipFactory(role=Role.OFFICER, unit=house.office, user__full_name="Cán bộ hai").user
    head = house.people[Role.UNIT_HEAD]
    moving.reassign(dossier_id=dossier.pk, by=head, officer_id=other.pk, reason="Chia việc.")
    draft_checks.correct(dossier_id=dossier.pk, by=house.citizen, words="Sai tên.")
    addressed = OutboxMessage.objects.get(kind="check.wrong", channel="inapp")
    assert addressed.address == f"user:{other.pk}"
    row = PaperDraft.objects.get()
    paper_drafts.write(
        dossier_id=dossier.pk, by=other, kind=row.kind, fields={**row.fields, "noi_dung": "Đúng."}, draft_id=row.pk
    )
    assert draft_checks.send(dossier_id=dossier.pk, by=other).state == State.CHECKING


def test_an_officer_who_leaves_leaves_nobody_waiting(house):
    dossier, officer = houses.sent_for_check(house), house.people[Role.OFFICER]
    other = MembershipFactory(role=Role.OFFICER, unit=house.office).user
    role = officer.memberships.get()
    ends.revoke_role(by=house.people[Role.ADMINISTRATOR], membership_id=role.pk, successor_id=other.pk)
    with time_machine.travel(LATER, tick=False):
        tasks.move_ended_work()
        draft_checks.confirm(dossier_id=dossier.pk, by=house.citizen)
        item = WorkItem.objects.get(dossier=dossier, closed_at=None)
        by = item.holder or other
        assert decision.propose(dossier_id=dossier.pk, by=by).proposal == "grant"


def test_who_stands_in_for_the_officer_takes_it_back_and_is_told(house):
    dossier, officer = houses.sent_for_check(house), house.people[Role.OFFICER]
    second = MembershipFactory(role=Role.OFFICER, unit=house.office).user
    with pytest.raises(NotNowError):
        draft_checks.take_back(dossier_id=dossier.pk, by=second, reason="Sót căn cứ.")
    today = clock.today()
    set_cover(by=officer, leave=Leave(officer.pk, second.pk, today, today + timedelta(days=3), "Nghỉ phép"))
    draft_checks.correct(dossier_id=dossier.pk, by=house.citizen, words="Sai tên.")
    told = OutboxMessage.objects.filter(kind="check.wrong", channel="inapp").values_list("address", flat=True)
    assert set(told) == {f"user:{officer.pk}", f"user:{second.pk}"}
    row = houses.drafted(dossier_id=dossier.pk, by=second, content="Đã sửa.")
    draft_checks.send(dossier_id=dossier.pk, by=second, draft_id=row.pk)
    assert draft_checks.take_back(dossier_id=dossier.pk, by=second, reason="Sót căn cứ.").state == State.PROCESSING


def test_a_step_that_nobody_holds_is_told_to_those_who_may_take_it(house):
    dossier = houses.sent_for_check(house)
    moving.release(dossier_id=dossier.pk, by=house.people[Role.OFFICER], reason="Nghỉ đột xuất.")
    other = MembershipFactory(role=Role.OFFICER, unit=house.office).user
    draft_checks.confirm(dossier_id=dossier.pk, by=house.citizen)
    told = OutboxMessage.objects.filter(kind="check.agreed", channel="inapp").values_list("address", flat=True)
    assert f"user:{other.pk}" in told
    moving.take(dossier_id=dossier.pk, by=other)
    assert decision.propose(dossier_id=dossier.pk, by=other).proposal == "grant"


def test_a_ward_that_closes_leaves_the_check_with_its_applicant_and_the_rest_with_the_successor(house):
    dossier = houses.sent_for_check(house, on_paper(house))
    heir = NextDoor(house)
    close(house, house.people[Role.ADMINISTRATOR], heir)
    dossier = fresh(dossier)
    assert (dossier.state, dossier.receiving_unit) == (State.CHECKING, heir.desk)
    clerk = heir.people[Role.RECEPTIONIST]
    draft_checks.confirm_on_behalf(dossier_id=dossier.pk, by=clerk, visitor=CAME)
    officer = heir.people[Role.OFFICER]
    assert OutboxMessage.objects.filter(kind="check.agreed", address=f"user:{officer.pk}").exists()
    assert decision.propose(dossier_id=dossier.pk, by=officer).proposal == "grant"


def test_it_lies_under_waiting_for_the_citizen(house):
    dossier = houses.sent_for_check(house)
    officer = house.people[Role.OFFICER]
    who = {"user_id": officer.pk, "memberships": memberships(officer), "now": clock.now()}
    assert [item.dossier_id for item in tab_items("cho-dan", **who)] == [dossier.pk]
    assert not tab_items("cua-toi", **who).exists()


def test_a_request_for_more_waits_until_the_draft_is_taken_back(house):
    officer, item = house.people[Role.OFFICER], {"paper_code": "TP1", "name": "Ảnh", "note": "Chụp lại."}
    dossier = houses.assigned(house)
    fields = {"items": [item], "reason": "Ảnh mờ.", "answer_by": houses.workday(5).isoformat()}
    asked = {"dossier_id": dossier.pk, "by": officer, "kind": DraftKind.SUPPLEMENT_REQUEST, "fields": fields}
    row = paper_drafts.write(**asked)
    houses.sent_for_check(house, dossier)
    for late in (
        lambda: paper_drafts.write(**asked, draft_id=row.pk),
        lambda: paper_drafts.submit(dossier_id=dossier.pk, by=officer, draft_id=row.pk),
    ):
        with pytest.raises(NotNowError, match="Hãy rút bản dự thảo đã gửi kiểm tra về trước"):
            late()
    draft_checks.take_back(dossier_id=dossier.pk, by=officer, reason="Cần thêm ảnh.")
    paper_drafts.submit(dossier_id=dossier.pk, by=officer, draft_id=row.pk)

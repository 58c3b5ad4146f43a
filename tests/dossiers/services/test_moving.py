"""Work changes hands: taken, released, reassigned, called back; who may, and what is refused in which words."""

from datetime import timedelta

import pytest
import time_machine

from accounts.enums import Role
from accounts.models import LeaveCover, Membership
from dossiers.enums import Action, Decision, Outcome, State
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent, EventText
from dossiers.models.work import WorkItem
from dossiers.services import decision, desk, moving, submission
from portal import clock
from portal.errors import NotNowError, StaleError, UserError
from procedures.enums import StepKind
from tests import houses
from tests.factories import MembershipFactory, UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING):
        yield


@pytest.fixture
def house():
    return houses.make_house()


def _item(dossier, **facts):
    return WorkItem.objects.get(dossier=dossier, closed_at=None, **facts)


def _officer(house, **facts):
    return MembershipFactory(role=Role.OFFICER, unit=house.office, **facts).user


def _last(dossier):
    return DossierEvent.objects.filter(dossier_id=dossier.pk).order_by("-seq").first()


def _forwarded(house):
    return desk.forward(dossier_id=houses.received(house).pk, by=house.people[Role.RECEPTIONIST])


def _on_leave(user, cover, *, by):
    return LeaveCover.objects.create(
        user=user,
        cover=cover,
        valid_from=clock.today(),
        valid_to=clock.today() + timedelta(days=3),
        reason="Nghỉ phép năm",
        named_by=by,
    )


# ── take and release ─────────────────────────────────────────────────────────────────────────────


def test_take_makes_an_unheld_item_mine_and_says_since_when(house):
    dossier = houses.received(house)
    clerk = house.people[Role.RECEPTIONIST]
    moving.take(dossier_id=dossier.pk, by=clerk, item_id=_item(dossier).pk)
    item, event = _item(dossier), _last(dossier)
    assert (item.holder, item.held_since, item.touched_at) == (clerk, item.touched_at, event.happened_at)
    assert (event.code, event.actor_role, event.actor_unit_id) == ("taken", Role.RECEPTIONIST, house.center.pk)
    assert Dossier.objects.get(pk=dossier.pk).state == State.ACCEPTED


def test_what_is_taken_is_not_taken_again_and_the_holder_is_named(house):
    dossier = houses.received(house)
    moving.take(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
    other = MembershipFactory(role=Role.RECEPTIONIST, unit=house.center).user
    with pytest.raises(StaleError, match="Cán bộ receptionist đã nhận việc này trước"):
        moving.take(dossier_id=dossier.pk, by=other, item_id=_item(dossier).pk)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SIGNER, Role.CLERK, Role.RETURNER])
def test_nobody_takes_what_their_role_cannot_finish(house, role):
    dossier = _forwarded(house)
    with pytest.raises(NotNowError):
        moving.take(dossier_id=dossier.pk, by=house.people[role], item_id=_item(dossier).pk)


def test_a_head_does_not_take_an_appraisal(house):
    dossier = houses.assigned(house)
    moving.release(dossier_id=dossier.pk, by=house.people[Role.OFFICER], reason="Bận.")
    with pytest.raises(NotNowError):
        moving.take(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD])


def test_who_proposed_does_not_take_the_review(house):
    dossier = houses.assigned(house)
    officer = house.people[Role.OFFICER]
    MembershipFactory(user=officer, role=Role.UNIT_HEAD, unit=house.office)
    houses.proposed(dossier_id=dossier.pk, by=officer, decision="grant", content="Được.")
    with pytest.raises(UserError, match="không được duyệt"):
        moving.take(dossier_id=dossier.pk, by=officer, item_id=_item(dossier).pk)


def test_release_gives_it_back_to_the_queue_with_its_reason(house):
    dossier = houses.assigned(house)
    due = _item(dossier).due_at
    with pytest.raises(UserError, match="lý do"):
        moving.release(dossier_id=dossier.pk, by=house.people[Role.OFFICER], reason=" ")
    moving.release(dossier_id=dossier.pk, by=house.people[Role.OFFICER], reason="Trùng lịch đo đạc.")
    item = _item(dossier)
    assert (item.holder, item.held_since, item.due_at) == (None, None, due)
    assert EventText.objects.get(dossier=dossier, seq=_last(dossier).seq).text == "Trùng lịch đo đạc."
    moving.take(dossier_id=dossier.pk, by=_officer(house))  # and a colleague goes on


def test_only_the_holder_releases(house):
    dossier = houses.assigned(house)
    for person in (_officer(house), house.people[Role.UNIT_HEAD]):
        with pytest.raises(NotNowError):
            moving.release(dossier_id=dossier.pk, by=person, reason="Không phải của tôi.")


def test_beginning_a_case_step_takes_it_and_the_desks_queue_stays_a_queue(house):
    at_desk = houses.submitted(house)
    houses.asked(house, at_desk, by=house.people[Role.RECEPTIONIST])
    assert _item(at_desk).holder is None
    dossier = houses.assigned(house)
    officer = house.people[Role.OFFICER]
    moving.release(dossier_id=dossier.pk, by=officer, reason="Bận.")
    houses.asked(house, dossier, by=officer)
    assert _item(dossier).holder == officer


# ── reassign ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", [Role.UNIT_HEAD, Role.DESK_HEAD])
def test_heads_of_the_unit_and_of_the_desk_give_it_to_a_colleague(house, role):
    dossier = houses.assigned(house)
    other = _officer(house, user__full_name="Trần Văn Thay")
    moving.reassign(dossier_id=dossier.pk, by=house.people[role], officer_id=other.pk, reason="Ốm dài ngày.")
    assert _item(dossier).holder == other
    text = EventText.objects.get(dossier=dossier, seq=_last(dossier).seq).text
    assert text == "Thẩm định: từ Cán bộ officer sang Trần Văn Thay. Ốm dài ngày."
    assert _last(dossier).actor_role == role


def test_a_signer_moves_what_lies_in_the_authority_and_not_in_its_department(house):
    dossier = houses.approved(house)
    clerk = MembershipFactory(role=Role.CLERK, unit=house.ward).user
    signer = house.people[Role.SIGNER]
    moving.reassign(dossier_id=dossier.pk, by=signer, officer_id=clerk.pk, reason="Trực hôm nay.")
    assert _item(dossier).holder == clerk
    elsewhere = houses.assigned(house)
    with pytest.raises(NotNowError):
        moving.reassign(dossier_id=elsewhere.pk, by=signer, officer_id=None, reason="Để người khác.")


@pytest.mark.parametrize("role", [Role.OFFICER, Role.RECEPTIONIST, Role.CLERK, Role.RETURNER])
def test_others_do_not_reassign(house, role):
    dossier = houses.assigned(house)
    with pytest.raises(NotNowError):
        moving.reassign(dossier_id=dossier.pk, by=house.people[role], officer_id=None, reason="Đổi.")


def test_what_a_leaver_held_is_moved_by_the_head(house):
    dossier = houses.assigned(house)
    officer, other = house.people[Role.OFFICER], _officer(house)
    Membership.objects.filter(user=officer).update(valid_to=clock.today() - timedelta(days=1))
    with pytest.raises(NotNowError):
        houses.proposed(dossier_id=dossier.pk, by=other, decision="grant", content="Được.")
    head = house.people[Role.UNIT_HEAD]
    moving.reassign(dossier_id=dossier.pk, by=head, officer_id=other.pk, reason="Nghỉ việc.")
    houses.proposed(dossier_id=dossier.pk, by=other, decision="grant", content="Được.")
    assert _item(dossier).kind == StepKind.REVIEW


def test_back_to_the_queue_and_nowhere_else_again(house):
    dossier = houses.assigned(house)
    head = house.people[Role.UNIT_HEAD]
    moving.reassign(dossier_id=dossier.pk, by=head, officer_id=None, reason="Chưa rõ ai làm.")
    assert _item(dossier).holder is None
    with pytest.raises(UserError, match="đúng nơi bạn chọn"):
        moving.reassign(dossier_id=dossier.pk, by=head, officer_id=None, reason="Lần nữa.")


def test_whoever_may_not_handle_it_is_refused_with_a_sentence(house):
    dossier = houses.assigned(house)
    head = house.people[Role.UNIT_HEAD]

    def refused(person, words, **more):
        with pytest.raises(UserError, match=words) as caught:
            moving.reassign(dossier_id=dossier.pk, by=head, officer_id=person.pk, reason="Đổi.", **more)
        assert caught.value.field == "officer"

    gone = _officer(house, valid_to=clock.today() - timedelta(days=1))
    locked = _officer(house, user__is_active=False)
    elsewhere = MembershipFactory(role=Role.OFFICER, unit=UnitFactory()).user
    for person in (gone, locked, elsewhere, house.people[Role.RECEPTIONIST], house.citizen):
        refused(person, "không giữ vai trò")
    own = _officer(house, user__identity_index="x1")
    type(house.party).objects.filter(pk=house.party.pk).update(identity_index="x1", identity_source="counter")
    refused(own, "chủ hồ sơ hoặc người nộp")
    away = _officer(house)
    _on_leave(away, house.people[Role.OFFICER], by=head)
    refused(away, "Cán bộ officer trực thay")
    moving.reassign(dossier_id=dossier.pk, by=head, officer_id=away.pk, reason="Đổi.", despite_leave=True)
    assert _item(dossier).holder == away


def test_assigning_asks_the_same(house):
    dossier = _forwarded(house)
    head, officer = house.people[Role.UNIT_HEAD], house.people[Role.OFFICER]
    officer.identity_index = "x1"
    officer.save(update_fields=["identity_index"])
    type(house.party).objects.filter(pk=house.party.pk).update(identity_index="x1", identity_source="counter")
    with pytest.raises(UserError, match="chủ hồ sơ hoặc người nộp"):
        desk.assign(dossier_id=dossier.pk, by=head, officer_id=officer.pk)


# ── recall ───────────────────────────────────────────────────────────────────────────────────────


def test_a_forwarded_dossier_is_called_back_as_it_was(house):
    dossier = houses.received(house)
    clerk = house.people[Role.RECEPTIONIST]
    before = _item(dossier)
    desk.forward(dossier_id=dossier.pk, by=clerk)
    sent = _item(dossier)
    dossier = moving.recall(dossier_id=dossier.pk, by=clerk, reason="Nhầm phòng.", item_id=sent.pk)
    assert dossier.state == State.ACCEPTED
    sent.refresh_from_db()
    assert (sent.outcome, sent.closed_by) == (Outcome.RECALLED, clerk)
    again = _item(dossier)
    assert (again.pk, again.due_at, again.holder) == (before.pk, before.due_at, clerk)
    event = _last(dossier)
    assert (event.code, event.state_from, event.state_to) == ("recalled", State.PROCESSING, State.ACCEPTED)
    assert DossierEvent.objects.get(dossier_id=dossier.pk, seq=event.about_seq).code == "forwarded"
    desk.forward(dossier_id=dossier.pk, by=clerk)  # and it goes on
    assert _item(dossier).kind == StepKind.ASSIGN


@pytest.mark.parametrize(
    ("role", "kind"), [(Role.UNIT_HEAD, StepKind.ASSIGN), (Role.OFFICER, StepKind.APPRAISE)], ids=["assign", "propose"]
)
def test_steps_within_the_house_are_called_back(house, role, kind):
    dossier = houses.assigned(house)
    if role == Role.OFFICER:
        houses.proposed(dossier_id=dossier.pk, by=house.people[role], decision="grant", content="Được.")
    dossier = moving.recall(dossier_id=dossier.pk, by=house.people[role], reason="Nhầm.")
    assert (_item(dossier).kind, dossier.state, dossier.proposal) == (kind, State.PROCESSING, "")


def test_the_proposal_called_back_leaves_the_one_before(house):
    dossier = houses.assigned(house)
    officer, head = house.people[Role.OFFICER], house.people[Role.UNIT_HEAD]
    houses.proposed(dossier_id=dossier.pk, by=officer, decision=Decision.REFUSE, content="Không.")
    decision.send_back(dossier_id=dossier.pk, by=head, reason="Xem lại.")
    houses.proposed(dossier_id=dossier.pk, by=officer, decision=Decision.GRANT, content="Được.")
    assert moving.recall(dossier_id=dossier.pk, by=officer, reason="Nhầm.").proposal == Decision.REFUSE


def test_a_send_back_called_back_counts_as_never_done(house):
    dossier = houses.assigned(house)
    officer, head = house.people[Role.OFFICER], house.people[Role.UNIT_HEAD]
    houses.proposed(dossier_id=dossier.pk, by=officer, decision="grant", content="Được.")
    decision.send_back(dossier_id=dossier.pk, by=head, reason="Nhầm hồ sơ.")
    moving.recall(dossier_id=dossier.pk, by=head, reason="Trả nhầm.")
    assert _item(dossier).kind == StepKind.REVIEW
    decision.approve(dossier_id=dossier.pk, by=head)
    assert _item(dossier).kind == StepKind.SIGN


def test_what_a_successor_began_is_not_called_back(house):
    dossier = _forwarded(house)
    clerk, head = house.people[Role.RECEPTIONIST], house.people[Role.UNIT_HEAD]
    item = _item(dossier)
    moving.take(dossier_id=dossier.pk, by=head)
    for which in (item.pk, None):
        with pytest.raises(NotNowError):
            moving.recall(dossier_id=dossier.pk, by=clerk, reason="Nhầm.", item_id=which)
    with pytest.raises(NotNowError, match="đã bắt đầu xử lý"):
        moving.recall(dossier_id=dossier.pk, by=clerk, reason="Nhầm.", item_id=item.pk)


def test_what_a_successor_passed_on_is_not_called_back(house):
    dossier = _forwarded(house)
    item = _item(dossier)
    desk.assign(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], officer_id=house.people[Role.OFFICER].pk)
    with pytest.raises(NotNowError, match="đã bắt đầu xử lý"):
        moving.recall(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], reason="Nhầm.", item_id=item.pk)


def test_only_who_sent_it_calls_it_back(house):
    dossier = _forwarded(house)
    other = MembershipFactory(role=Role.RECEPTIONIST, unit=house.center).user
    for person in (other, house.people[Role.DESK_HEAD], house.people[Role.UNIT_HEAD]):
        with pytest.raises(NotNowError):
            moving.recall(dossier_id=dossier.pk, by=person, reason="Nhầm.")


def test_who_no_longer_works_there_calls_nothing_back(house):
    dossier = _forwarded(house)
    clerk = house.people[Role.RECEPTIONIST]
    Membership.objects.filter(user=clerk).update(valid_to=clock.today() - timedelta(days=1))
    with pytest.raises(NotNowError):
        moving.recall(dossier_id=dossier.pk, by=clerk, reason="Nhầm.")


def test_a_clock_that_began_with_the_act_is_not_called_back(house):
    """Received for another authority: the limit runs from the forwarding."""
    desk_elsewhere = UnitFactory(parent=UnitFactory(), kind="desk")
    clerk = MembershipFactory(role=Role.RECEPTIONIST, unit=desk_elsewhere).user
    with time_machine.travel(houses.WEDNESDAY_MORNING) as moment:
        dossier = houses.submitted(house, receiving_unit=desk_elsewhere)
        desk.receive(dossier_id=dossier.pk, by=clerk)
        moment.shift(timedelta(hours=1))
        desk.forward(dossier_id=dossier.pk, by=clerk)
        with pytest.raises(NotNowError, match="đã tính từ lúc chuyển"):
            moving.recall(dossier_id=dossier.pk, by=clerk, reason="Nhầm.")


@pytest.mark.parametrize("what", ["receive", "signature"])
def test_reception_and_decision_are_not_called_back(house, what):
    if what == "receive":
        dossier, role = houses.received(house), Role.RECEPTIONIST
    else:
        dossier, role = houses.approved(house), Role.SIGNER
    with pytest.raises(NotNowError):
        moving.recall(dossier_id=dossier.pk, by=house.people[role], reason="Nhầm.")


def test_a_recall_closes_every_branch_the_act_opened():
    house = houses.make_house(houses.BRANCHES)
    dossier = houses.assigned(house)
    head = house.people[Role.UNIT_HEAD]
    assert WorkItem.objects.filter(dossier=dossier, closed_at=None).count() == 2
    moving.recall(dossier_id=dossier.pk, by=head, reason="Nhầm người.")
    assert _item(dossier).kind == StepKind.ASSIGN
    assert WorkItem.objects.filter(dossier=dossier, outcome=Outcome.RECALLED).count() == 2


def test_one_branch_begun_keeps_all_of_them():
    house = houses.make_house(houses.BRANCHES)
    dossier = houses.assigned(house)
    moving.take(dossier_id=dossier.pk, by=_officer(house))
    with pytest.raises(NotNowError, match="đã bắt đầu xử lý"):
        moving.recall(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], reason="Nhầm người.")


def test_while_the_applicant_is_awaited_work_changes_hands_and_is_not_called_back(house):
    dossier = houses.assigned(house)
    officer = house.people[Role.OFFICER]
    houses.asked(house, dossier, by=officer)
    moving.release(dossier_id=dossier.pk, by=officer, reason="Nghỉ phép.")
    with pytest.raises(NotNowError):
        moving.recall(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], reason="Nhầm.")
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã chụp lại.")
    assert _item(dossier).holder is None


@pytest.mark.parametrize("action", [Action.TAKE, Action.REASSIGN])
def test_one_does_not_move_ones_own_dossier(house, action):
    dossier = _forwarded(house)
    head = house.people[Role.UNIT_HEAD]
    head.identity_index = "x1"
    head.save(update_fields=["identity_index"])
    type(house.party).objects.filter(pk=house.party.pk).update(identity_index="x1", identity_source="counter")
    with pytest.raises(UserError, match="chính bạn"):
        if action == Action.TAKE:
            moving.take(dossier_id=dossier.pk, by=head)
        else:
            moving.reassign(dossier_id=dossier.pk, by=head, officer_id=None, reason="Đổi.")

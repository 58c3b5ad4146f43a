"""A member of staff leaves mid-work: what they hold goes on, each dossier with its event, and nobody is stuck."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse

from accounts import hanging
from accounts.enums import Role
from accounts.models import Handover, Membership
from accounts.services import lock_account, revoke_role
from dossiers import queries
from dossiers.enums import Action, DraftKind, EventCode
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent, EventText
from dossiers.models.work import WorkItem
from dossiers.services import decision, desk, ends, paper_drafts
from dossiers.services.proof.ledger import chains
from portal import clock
from portal.celery import app
from portal.errors import NotNowError
from portal.models import SweepTry
from tests import houses
from tests.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DAY = timedelta(days=1)


@pytest.fixture
def house():
    return houses.make_house()


@pytest.fixture
def boss(house):
    return house.people[Role.ADMINISTRATOR]


@pytest.fixture
def second(house):
    """A second officer of the department."""
    return MembershipFactory(role=Role.OFFICER, unit=house.office, user__full_name="Chuyên viên Hai").user


def role_of(house, role):
    return house.people[role].memberships.get(role=role)


def leave(house, boss, **how):
    return revoke_role(by=boss, membership_id=role_of(house, Role.OFFICER).pk, **how)


def run():
    app.tasks["dossiers.tasks.move_ended_work"]()


def open_items(dossier):
    return list(WorkItem.objects.filter(dossier=dossier, closed_at=None))


def test_six_held_dossiers_go_to_the_successor_who_finishes_them(house, boss, second):
    held = [houses.assigned(house) for _ in range(6)]
    due = {item.pk: item.due_at for item in WorkItem.objects.filter(closed_at=None)}
    leave(house, boss, successor_id=second.pk)
    run()
    order = Handover.objects.get()
    assert (order.moved, order.done_at is not None, hanging.left(order)) == (6, True, 0)
    for dossier in held:
        item = open_items(dossier)[0]
        assert (item.holder, item.due_at) == (second, due[item.pk])
        event = DossierEvent.objects.get(dossier_id=dossier.pk, code=EventCode.WORK_MOVED)
        assert (event.actor_id, event.actor_role, event.step_kind) == (None, "system", item.kind)
        words = EventText.objects.get(dossier=dossier, seq=event.seq).text
        for name in (house.people[Role.OFFICER].full_name, second.full_name, boss.full_name):
            assert name in words
        houses.proposed(dossier_id=dossier.pk, by=second, decision="grant", content="Được.")
    assert list(chains()) == []


def test_without_a_successor_the_work_waits_for_the_unit(house, boss, second):
    dossier = houses.assigned(house)
    leave(house, boss)
    run()
    assert open_items(dossier)[0].holder is None
    assert Action.PROPOSE in queries.allowed_actions(dossier, second)
    with pytest.raises(NotNowError):
        houses.proposed(dossier_id=dossier.pk, by=house.people[Role.OFFICER], decision="grant", content="Được.")


def test_role_granted_today_and_taken_back_hands_its_work_over_too(house, boss, second):
    held = houses.assigned(house)
    row = role_of(house, Role.OFFICER)
    Membership.objects.filter(pk=row.pk).update(valid_from=clock.today())
    leave(house, boss, successor_id=second.pk)
    run()
    assert not Membership.objects.filter(pk=row.pk).exists()
    assert open_items(held)[0].holder == second


def test_last_officer_hands_over_to_the_head_who_becomes_officer(house, boss):
    head = house.people[Role.UNIT_HEAD]
    dossier = houses.assigned(house)
    leave(house, boss, successor_id=head.pk)
    run()
    assert open_items(dossier)[0].holder == head
    assert Action.PROPOSE in queries.allowed_actions(dossier, head)


def test_work_moves_on_the_day_after_the_last_one(house, boss, second):
    import time_machine

    dossier = houses.assigned(house)
    leave(house, boss, last_day=clock.today() + DAY, successor_id=second.pk)
    run()
    assert open_items(dossier)[0].holder == house.people[Role.OFFICER]
    with time_machine.travel(clock.now() + 2 * DAY):
        run()
    assert open_items(dossier)[0].holder == second


def test_locked_account_leaves_nothing_behind(house, boss, second):
    officer = house.people[Role.OFFICER]
    MembershipFactory(user=officer, unit=house.office, role=Role.CONSULTED)
    MembershipFactory(unit=house.office, role=Role.CONSULTED)
    dossier = houses.assigned(house)
    lock_account(by=boss, user_id=officer.pk, successors={role_of(house, Role.OFFICER).pk: second.pk})
    run()
    assert open_items(dossier)[0].holder == second
    assert DossierEvent.objects.filter(code=EventCode.WORK_MOVED).count() == 1


def test_another_role_of_the_person_keeps_its_work(house, boss, second):
    officer = house.people[Role.OFFICER]
    clerk = MembershipFactory(user=officer, unit=house.office, role=Role.CLERK)
    MembershipFactory(unit=house.office, role=Role.CLERK)
    dossier = houses.assigned(house)
    assert ends.held(hanging.of_role(clerk)).count() == 0
    revoke_role(by=boss, membership_id=clerk.pk)
    run()
    assert open_items(dossier)[0].holder == officer


def test_drafts_are_shown_and_written_on_by_the_successor(house, boss, second):
    officer, dossier = house.people[Role.OFFICER], houses.assigned(house)
    item = {"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Chụp lại cho rõ."}
    fields = {"items": [item], "reason": "Ảnh mờ.", "answer_by": houses.workday(5).isoformat()}
    draft = paper_drafts.write(dossier_id=dossier.pk, by=officer, kind=DraftKind.SUPPLEMENT_REQUEST, fields=fields)
    found = {kind.kind.code: kind.total for kind in hanging.found(hanging.of_role(role_of(house, Role.OFFICER)))}
    assert found == {"work": 1, "paper_drafts": 1}
    leave(house, boss, successor_id=second.pk)
    run()
    again = {"draft_id": draft.pk, "fields": {**fields, "reason": "Ảnh vẫn mờ."}}
    changed = paper_drafts.write(dossier_id=dossier.pk, by=second, kind=DraftKind.SUPPLEMENT_REQUEST, **again)
    assert (changed.pk, changed.author, changed.version) == (draft.pk, officer, draft.version + 1)


def test_moving_twice_moves_once_and_a_fault_keeps_nothing_else_waiting(house, boss, second, monkeypatch):
    first, other = houses.assigned(house), houses.assigned(house)
    whole = ends.apply

    def faulty(opened, deed):
        if opened.dossier.pk == first.pk:
            raise ValueError("a fault in the middle of an act")
        return whole(opened, deed)

    with monkeypatch.context() as patch:
        patch.setattr(ends, "apply", faulty)
        leave(house, boss, successor_id=second.pk)
        run()
    order = Handover.objects.get()
    assert (order.moved, order.done_at) == (1, None)
    assert [open_items(each)[0].holder for each in (first, other)] == [house.people[Role.OFFICER], second]
    assert not DossierEvent.objects.filter(dossier_id=first.pk, code=EventCode.WORK_MOVED).exists()
    SweepTry.objects.update(next_at=clock.now())  # the pause is over
    run()
    assert ends.move_batch(order.pk) == 0
    assert DossierEvent.objects.filter(code=EventCode.WORK_MOVED).count() == 2
    assert Handover.objects.get().moved == 2


def test_killed_between_two_batches_goes_on(house, boss, second):
    for _ in range(3):
        houses.assigned(house)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ends, "enqueue", lambda *_args, **_ids: None)
        leave(house, boss, successor_id=second.pk)
    order = Handover.objects.get()
    assert ends.move_batch(order.pk, batch=2) == 2
    assert hanging.left(order) == 1
    run()
    assert WorkItem.objects.filter(holder=second, closed_at=None).count() == 3


def test_role_that_ran_out_by_itself_leaves_its_work_to_the_unit(house):
    dossier = houses.assigned(house)
    Membership.objects.filter(user=house.people[Role.OFFICER]).update(valid_to=clock.today() - DAY)
    assert ends.release_ended() == 1
    assert ends.release_ended() == 0
    assert open_items(dossier)[0].holder is None
    words = EventText.objects.get(dossier=dossier, seq=dossier.event_count + 1).text
    assert "việc về hàng việc chung" in words


def test_who_can_do_a_step_by_another_role_keeps_it(house):
    dossier = houses.issued(house)
    desk_head = house.people[Role.DESK_HEAD]
    WorkItem.objects.filter(dossier=dossier, closed_at=None).update(holder=desk_head)
    assert ends.release_ended() == 0
    assert open_items(dossier)[0].holder == desk_head


def test_successor_who_owns_the_dossier_does_not_get_it(house, boss, second):
    own, other = houses.assigned(house), houses.assigned(house)
    Dossier.objects.filter(pk=own.pk).update(account=second)
    leave(house, boss, successor_id=second.pk)
    run()
    assert [open_items(each)[0].holder for each in (own, other)] == [None, second]
    assert Handover.objects.get().moved == 2


def test_send_back_never_gives_work_to_who_has_left(house, boss, second):
    dossier = houses.assigned(house)
    houses.proposed(dossier_id=dossier.pk, by=house.people[Role.OFFICER], decision="grant", content="Được.")
    leave(house, boss)
    decision.send_back(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], reason="Thiếu căn cứ.")
    assert open_items(dossier)[0].holder is None
    assert Action.PROPOSE in queries.allowed_actions(dossier, second)


def test_nobody_is_assigned_who_has_left(house, boss, second):
    dossier = desk.forward(dossier_id=houses.received(house).pk, by=house.people[Role.RECEPTIONIST])
    leave(house, boss)
    with pytest.raises(Exception, match="không giữ vai trò"):
        desk.assign(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], officer_id=house.people[Role.OFFICER].pk)


@pytest.mark.web
def test_administrator_sees_codes_and_progress_and_no_content(client, house, boss, second):
    dossier = Dossier.objects.get(pk=houses.assigned(house).pk)
    TOTP.activate(boss, "A" * 32)
    client.force_login(boss)
    row = role_of(house, Role.OFFICER)
    text = client.get(reverse("accounts:revoke_role", args=[row.user_id, row.pk])).content.decode()
    assert "Hồ sơ đang giữ: 1" in text
    assert dossier.code in text
    assert dossier.owner_name not in text
    client.post(reverse("accounts:revoke_role", args=[row.user_id, row.pk]), {"last_day": "", "successor": second.pk})
    run()
    text = client.get(reverse("accounts:staff_member", args=[row.user_id])).content.decode()
    assert "đã chuyển xong 1 việc" in text

"""Two connections: leaves that touch one person, last holders ended at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from accounts.enums import ClosingState, Role, UnitKind
from accounts.models import Handover, LeaveCover, Membership, UnitClosing
from accounts.queries import holders
from accounts.services import lock_account, order_closing, prepare_closing, revoke_role, set_cover
from accounts.services.closings import ClosingFacts
from accounts.services.covers import Leave
from accounts.services.ends import SuccessorNeededError
from dossiers.enums import EventCode
from dossiers.models.event import DossierEvent
from dossiers.models.work import WorkItem
from dossiers.services import closings, decision, desk, ends
from dossiers.services.proof.ledger import chains
from portal import clock
from portal.errors import NotNowError, StaleError, UserError
from tests import houses
from tests.factories import MembershipFactory, UnitFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def at_once(*acts):
    """Run acts on connections that start together; gives what each returned, or its UserError."""
    barrier, results = threading.Barrier(len(acts)), []

    def run(act):
        try:
            barrier.wait(timeout=20)
            results.append(act())
        except UserError as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == len(acts), "a thread died of something else than a UserError"
    return results


def officers(count):
    room = UnitFactory(kind=UnitKind.DEPARTMENT)
    return room, [MembershipFactory(unit=room, role=Role.OFFICER) for _ in range(count)]


def leave(who, by_whom):
    today = clock.today()
    note = Leave(who.user_id, by_whom.user_id, today, today + timedelta(days=3), "Nghỉ phép")
    return lambda: set_cover(by=who.user, leave=note)


@pytest.mark.parametrize("pairs", [[(0, 1), (1, 0)], [(0, 1), (1, 2), (2, 0)], [(0, 1), (0, 2)], [(0, 1), (1, 2)]])
def test_leaves_written_at_once_make_no_loop_no_chain_and_no_second_cover(pairs):
    _room, rows = officers(3)
    at_once(*[leave(rows[who], rows[by_whom]) for who, by_whom in pairs])
    kept = list(LeaveCover.objects.values_list("user_id", "cover_id"))
    assert len(kept) == 1


def test_cover_written_while_the_covers_role_is_taken_away_does_not_stay():
    room, rows = officers(3)
    admin = MembershipFactory(unit=room, role=Role.ADMINISTRATOR).user
    at_once(leave(rows[0], rows[1]), lambda: revoke_role(by=admin, membership_id=rows[1].pk))
    assert not LeaveCover.objects.exists()


def test_of_two_last_holders_ended_at_once_one_needs_a_successor():
    room, rows = officers(2)
    admins = [MembershipFactory(unit=room, role=Role.ADMINISTRATOR).user for _ in rows]
    found = at_once(
        lambda: revoke_role(by=admins[0], membership_id=rows[0].pk),
        lambda: lock_account(by=admins[1], user_id=rows[1].user_id),
    )
    assert sum(isinstance(each, SuccessorNeededError) for each in found) == 1
    assert holders(room.pk, Role.OFFICER, clock.today()).count() == 1


def test_each_last_holder_naming_the_other_at_once_leaves_one():
    room, rows = officers(2)
    admins = [MembershipFactory(unit=room, role=Role.ADMINISTRATOR).user for _ in rows]
    at_once(
        lambda: lock_account(by=admins[0], user_id=rows[0].user_id, successors={rows[0].pk: rows[1].user_id}),
        lambda: lock_account(by=admins[1], user_id=rows[1].user_id, successors={rows[1].pk: rows[0].user_id}),
    )
    assert holders(room.pk, Role.OFFICER, clock.today()).count() == 1


def test_one_role_ended_twice_at_once_ends_once():
    room, rows = officers(2)
    admin = MembershipFactory(unit=room, role=Role.ADMINISTRATOR).user
    found = at_once(*[lambda: revoke_role(by=admin, membership_id=rows[0].pk)] * 2)
    assert sum(isinstance(each, Membership) for each in found) == 1


# ── acts and ends at once ────────────────────────────────────────────────────────────────────────


def test_act_done_while_the_work_is_moved_is_done_once_and_leaves_nobody_stuck():
    house = houses.make_house()
    officer, boss = house.people[Role.OFFICER], house.people[Role.ADMINISTRATOR]
    second = MembershipFactory(role=Role.OFFICER, unit=house.office).user
    dossier = houses.assigned(house)
    revoke_role(by=boss, membership_id=officer.memberships.get().pk, successor_id=second.pk)
    order = Handover.objects.get()
    Membership.objects.filter(user=officer).update(valid_to=None)  # the act's page was read before the role ended
    at_once(
        lambda: houses.proposed(dossier_id=dossier.pk, by=officer, decision="grant", content="Được."),
        lambda: ends.move_batch(order.pk),
        lambda: ends.move_batch(order.pk),
    )
    Membership.objects.filter(user=officer).update(valid_to=clock.today() - timedelta(days=1))
    ends.move_all(order.pk)
    ends.release_ended()
    dossier.refresh_from_db()
    codes = list(DossierEvent.objects.filter(dossier_id=dossier.pk).order_by("seq").values_list("code", flat=True))
    assert codes.count(EventCode.WORK_MOVED) + codes.count(EventCode.PROPOSED) == 1
    assert len(codes) == dossier.event_count
    item = WorkItem.objects.get(dossier=dossier, closed_at=None)
    assert item.holder in {None, second}
    assert list(chains()) == []


def test_membership_that_ends_between_page_and_act_refuses_the_act_and_keeps_nothing_of_it():
    house = houses.make_house()
    officer, boss = house.people[Role.OFFICER], house.people[Role.ADMINISTRATOR]
    MembershipFactory(role=Role.OFFICER, unit=house.office)
    dossier = houses.assigned(house)
    draft = houses.drafted(dossier_id=dossier.pk, by=officer)
    found = at_once(
        lambda: revoke_role(by=boss, membership_id=officer.memberships.get().pk),
        lambda: decision.propose(dossier_id=dossier.pk, by=officer, draft_id=draft.pk, version=dossier.version),
    )
    ends.move_all(Handover.objects.get().pk)
    ends.release_ended()
    dossier.refresh_from_db()
    refused = any(isinstance(each, NotNowError | StaleError) for each in found)
    proposed = DossierEvent.objects.filter(dossier_id=dossier.pk, code=EventCode.PROPOSED).exists()
    assert refused != proposed
    assert not WorkItem.objects.filter(dossier=dossier, closed_at=None, holder=officer).exists()
    assert list(chains()) == []


def test_officer_assigned_while_their_role_ends_holds_nothing_in_the_end():
    house = houses.make_house()
    officer, boss = house.people[Role.OFFICER], house.people[Role.ADMINISTRATOR]
    MembershipFactory(role=Role.OFFICER, unit=house.office)
    dossier = desk.forward(dossier_id=houses.received(house).pk, by=house.people[Role.RECEPTIONIST])
    at_once(
        lambda: revoke_role(by=boss, membership_id=officer.memberships.get().pk),
        lambda: desk.assign(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], officer_id=officer.pk),
    )
    ends.move_all(Handover.objects.get().pk)
    ends.release_ended()
    assert not WorkItem.objects.filter(closed_at=None, holder=officer).exists()
    assert list(chains()) == []


# ── closings ─────────────────────────────────────────────────────────────────────────────────────


def closing_of(house):
    """A prepared plan for the house's department, whose work goes to another one."""
    room = UnitFactory(name="Phòng Văn hóa - Xã hội", kind=UnitKind.DEPARTMENT, parent=house.ward)
    for role in (Role.OFFICER, Role.UNIT_HEAD):
        MembershipFactory(role=role, unit=room)
    facts = ClosingFacts(clock.today() - timedelta(days=1), "QĐ 5/QĐ-UBND", shares={"": room.pk})
    return prepare_closing(by=house.people[Role.ADMINISTRATOR], unit_id=house.office.pk, facts=facts), room


def test_closing_ordered_by_two_administrators_at_once_is_ordered_once():
    house = houses.make_house()
    dossier = houses.assigned(house)
    closing, room = closing_of(house)
    admins = [MembershipFactory(unit=house.ward, role=Role.ADMINISTRATOR).user for _ in range(2)]
    found = at_once(*[lambda by=by: order_closing(by=by, closing_id=closing.pk) for by in admins])
    assert sorted(type(each).__name__ for each in found) == ["StaleError", "UnitClosing"]
    at_once(*[lambda: closings.follow_all(closing.pk)] * 3)
    dossier.refresh_from_db()
    assert dossier.department == room
    assert DossierEvent.objects.filter(dossier_id=dossier.pk, code=EventCode.WORK_MOVED).count() == 1
    assert UnitClosing.objects.get().moved == 1


def test_plan_edited_while_it_is_ordered_is_ordered_whole_in_one_of_its_forms():
    house = houses.make_house()
    closing, room = closing_of(house)
    boss = MembershipFactory(unit=house.ward, role=Role.ADMINISTRATOR).user
    facts = ClosingFacts(closing.last_day, "QĐ 6/QĐ-UBND", shares={"": room.pk})
    at_once(
        lambda: order_closing(by=boss, closing_id=closing.pk),
        lambda: prepare_closing(by=boss, unit_id=house.office.pk, facts=facts),
    )
    closing.refresh_from_db()
    house.office.refresh_from_db()
    assert closing.state == ClosingState.DONE  # nothing hung on it
    assert house.office.valid_to == closing.last_day
    assert list(house.office.successors.all()) == [room]


def test_act_done_while_its_unit_is_closed_is_done_once_and_the_dossier_arrives():
    house = houses.make_house()
    officer = house.people[Role.OFFICER]
    dossiers = [houses.assigned(house) for _ in range(3)]
    closing, room = closing_of(house)
    order_closing(by=house.people[Role.ADMINISTRATOR], closing_id=closing.pk)

    def propose(dossier):
        return houses.proposed(dossier_id=dossier.pk, by=officer, decision="grant", content="Được.")

    at_once(
        lambda: closings.follow_all(closing.pk),
        *[lambda dossier=dossier: propose(dossier) for dossier in dossiers],
    )
    closings.follow_all(closing.pk)
    for dossier in dossiers:
        dossier.refresh_from_db()
        item = WorkItem.objects.get(dossier=dossier, closed_at=None)
        assert (dossier.department, item.unit) == (room, room)
        codes = list(DossierEvent.objects.filter(dossier_id=dossier.pk).values_list("code", flat=True))
        assert codes.count(EventCode.WORK_MOVED) == 1
        assert len(codes) == dossier.event_count
    closing.refresh_from_db()
    assert closing.state == ClosingState.DONE
    assert list(chains()) == []

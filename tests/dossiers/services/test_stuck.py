"""Who can move an item on, by name, and when nobody can: against what the acts themselves let through."""

from datetime import timedelta

import pytest
import time_machine

from accounts.enums import Role
from accounts.models import LeaveCover, Membership
from dossiers import loading, queries
from dossiers.enums import Action
from dossiers.models.dossier import Dossier
from dossiers.models.work import WorkItem
from dossiers.services import desk, moving, stuck
from portal import clock
from portal.errors import NotNowError, UserError
from tests import houses
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING):
        yield


@pytest.fixture
def house():
    return houses.make_house()


def way_of(dossier):
    dossier = loading.with_parties(Dossier.objects.get(pk=dossier.pk))
    (found,) = stuck.ways_of(dossier, list(queries.open_work(dossier.pk)), queries.past_events(dossier.pk)).values()
    return found


def ids(people):
    return {one.user_id for one in people}


def of(house, *roles):
    return {house.people[role].pk for role in roles}


def leaves(user):
    Membership.objects.filter(user=user).update(valid_to=clock.today() - timedelta(days=1))


def on_leave(user, cover):
    day = clock.today()
    LeaveCover.objects.create(user=user, cover=cover, valid_from=day, valid_to=day, reason="Ốm", named_by=cover)


def own(house, user):
    user.identity_index = f"x{user.pk}"
    user.save(update_fields=["identity_index"])
    type(house.party).objects.filter(pk=house.party.pk).update(identity_index=f"x{user.pk}", identity_source="counter")


def test_unheld_work_waits_for_whoever_may_take_it(house):
    found = way_of(houses.submitted(house))
    assert found.hold == stuck.Hold.NOBODY
    assert ids(found.doers) == of(house, Role.RECEPTIONIST, Role.DESK_HEAD)
    assert ids(found.heads) == of(house, Role.DESK_HEAD)
    assert not found.is_stuck


def test_held_work_goes_on_by_its_holder_and_heads_can_give_it_away(house):
    found = way_of(houses.assigned(house))
    assert (found.hold, ids(found.doers)) == (stuck.Hold.HERE, of(house, Role.OFFICER))
    assert ids(found.heads) == of(house, Role.UNIT_HEAD, Role.DESK_HEAD)
    assert not found.needs_head


def test_a_leaver_needs_a_head_and_a_colleague(house):
    dossier = houses.assigned(house)
    leaves(house.people[Role.OFFICER])
    assert way_of(dossier).is_stuck  # heads, but nobody to give it to
    other = MembershipFactory(role=Role.OFFICER, unit=house.office).user
    found = way_of(dossier)
    assert (found.hold, found.is_stuck, found.needs_head) == (stuck.Hold.UNFIT, False, True)
    assert ids(found.takers) == {other.pk}


def test_without_any_head_a_leavers_work_is_stuck_and_unheld_work_is_not(house):
    dossier = houses.assigned(house)
    for role in (Role.UNIT_HEAD, Role.DESK_HEAD, Role.OFFICER):
        leaves(house.people[role])
    MembershipFactory(role=Role.OFFICER, unit=house.office)
    assert way_of(dossier).is_stuck
    WorkItem.objects.filter(dossier=dossier).update(holder=None)
    assert not way_of(dossier).is_stuck


def test_a_cover_with_the_role_goes_on_and_one_without_does_not(house):
    dossier = houses.assigned(house)
    officer, head = house.people[Role.OFFICER], house.people[Role.UNIT_HEAD]
    other = MembershipFactory(role=Role.OFFICER, unit=house.office).user
    on_leave(officer, head)
    found = way_of(dossier)
    assert (found.hold, found.cover, ids(found.doers), found.needs_head) == (stuck.Hold.AWAY, None, set(), True)
    LeaveCover.objects.update(cover=other)
    found = way_of(dossier)
    assert (found.cover.user_id, ids(found.doers)) == (other.pk, {other.pk})
    assert found.away_until == clock.today()


def test_owners_of_the_dossier_are_nobody(house):
    dossier = houses.assigned(house)
    own(house, house.people[Role.OFFICER])
    assert way_of(dossier).is_stuck
    own(house, house.people[Role.UNIT_HEAD])
    assert ids(way_of(dossier).heads) == of(house, Role.DESK_HEAD)


def test_four_eyes_leave_a_review_to_another(house):
    dossier = houses.assigned(house)
    officer, head = house.people[Role.OFFICER], house.people[Role.UNIT_HEAD]
    MembershipFactory(user=officer, role=Role.UNIT_HEAD, unit=house.office)
    houses.proposed(dossier_id=dossier.pk, by=officer, decision="grant", content="Được.")
    assert ids(way_of(dossier).doers) == {head.pk}
    leaves(head)
    assert way_of(dossier).is_stuck


def test_heads_whose_own_step_it_is_may_do_what_their_people_hold(house):
    dossier = houses.received(house)
    moving.take(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
    assert ids(way_of(dossier).doers) == of(house, Role.RECEPTIONIST, Role.DESK_HEAD)


@pytest.mark.parametrize("stage", ["submitted", "received", "assigned", "approved", "issued"])
def test_whoever_is_named_may_act_and_nobody_else_may(house, stage):
    """The names agree with the table: asked of every person of the house, at every step."""
    dossier = getattr(houses, stage)(house)
    MembershipFactory(role=Role.OFFICER, unit=house.office)
    found = way_of(dossier)
    item = queries.open_work(dossier.pk).get()
    onward = {
        "submitted": Action.RECEIVE,
        "received": Action.FORWARD,
        "assigned": Action.PROPOSE,
        "approved": Action.ISSUE,
        "issued": Action.RETURN,
    }[stage]
    for person in {row.user for row in Membership.objects.select_related("user")}:
        may = queries.allowed_actions(loading.with_parties(Dossier.objects.get(pk=dossier.pk)), person)
        named = person.pk in ids(found.doers)
        assert (onward in may) == named, (person, may)
        assert (Action.REASSIGN in may) == (person.pk in ids(found.heads))
        if item.holder_id is None:
            assert (Action.TAKE in may) == (person.pk in ids(found.takers))


def test_items_of_several_dossiers_are_judged_together(house, django_assert_num_queries):
    first, second = (
        houses.assigned(house),
        desk.forward(dossier_id=houses.received(house).pk, by=house.people[Role.RECEPTIONIST]),
    )
    work = list(
        WorkItem.objects.filter(closed_at=None).select_related("dossier__owner", "dossier__submitter").order_by("pk")
    )
    staff = stuck.staff_of([house.office.pk, house.center.pk])
    with django_assert_num_queries(1):  # the events that four eyes ask for
        found = stuck.ways_in(work, staff)
    assert {found[item.pk].item_id for item in work} == {item.pk for item in work}
    assert {item.dossier_id for item in work} == {first.pk, second.pk}
    assert found[work[0].pk] == way_of(first)


def test_who_cannot_act_in_this_state_is_neither_named_nor_given_the_work(house):
    """A postal clerk forwards what was received, but does not receive what came online."""
    dossier = houses.submitted(house)
    (item,) = dossier.work_items.filter(closed_at=None)
    clerk = house.people[Role.POSTAL_CLERK]
    with pytest.raises(NotNowError):
        moving.take(dossier_id=dossier.pk, by=clerk, item_id=item.pk)
    with pytest.raises(UserError, match="không giữ vai trò"):
        moving.reassign(
            dossier_id=dossier.pk, by=house.people[Role.DESK_HEAD], officer_id=clerk.pk, reason="Bận.", item_id=item.pk
        )
    assert clerk.pk not in ids(way_of(dossier).doers)

"""Two connections at once on one open item: one outcome, a clear sentence for the other, never a half act."""

from itertools import pairwise

import pytest

from accounts.enums import Role
from dossiers.enums import Outcome, State
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.work import WorkItem
from dossiers.services import decision, desk, moving
from portal.errors import NotNowError, StaleError
from procedures.enums import StepKind
from tests import houses
from tests.factories import MembershipFactory
from tests.races.test_two_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def house():
    return houses.make_house()


def whole(dossier):
    """The dossier as it is now: chain without a gap, and exactly one open item unless it is done."""
    events = list(DossierEvent.objects.filter(dossier_id=dossier.pk).order_by("seq"))
    now = Dossier.objects.get(pk=dossier.pk)
    assert [event.seq for event in events] == list(range(1, now.event_count + 1))
    assert all(one.hash == two.previous_hash for one, two in pairwise(events))
    assert events[-1].state_to == now.state
    return now, WorkItem.objects.get(dossier=dossier, closed_at=None), events


def told(found):
    return [each for each in found if isinstance(each, NotNowError | StaleError)]


def test_two_people_take_one_item_and_one_is_told_who_has_it(house):
    dossier = houses.received(house)
    people = [house.people[Role.RECEPTIONIST], MembershipFactory(role=Role.RECEPTIONIST, unit=house.center).user]
    item = WorkItem.objects.get(dossier=dossier, closed_at=None)
    found = at_once(
        2,
        lambda n: moving.take(dossier_id=dossier.pk, by=people[n], version=dossier.version, item_id=item.pk),
    )
    (refused,) = told(found)
    _now, item, events = whole(dossier)
    assert item.holder in people
    assert item.holder.full_name in refused.message
    assert [event.code for event in events].count("taken") == 1


def test_recall_and_the_successors_act_at_once_give_one_of_the_two(house):
    dossier = desk.forward(dossier_id=houses.received(house).pk, by=house.people[Role.RECEPTIONIST])
    item = WorkItem.objects.get(dossier=dossier, closed_at=None)

    def job(number):
        if number:
            return moving.recall(
                dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], reason="Nhầm.", item_id=item.pk
            )
        officer_id = house.people[Role.OFFICER].pk
        return desk.assign(
            dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], officer_id=officer_id, item_id=item.pk
        )

    assert len(told(at_once(2, job))) == 1
    now, item, events = whole(dossier)
    assert (events[-1].code, now.state, item.kind) in {
        ("recalled", State.ACCEPTED, StepKind.INTAKE),
        ("assigned", State.PROCESSING, StepKind.APPRAISE),
    }


def test_reassigned_while_the_holder_proposes(house):
    dossier = houses.assigned(house)
    other = MembershipFactory(role=Role.OFFICER, unit=house.office).user
    item = WorkItem.objects.get(dossier=dossier, closed_at=None)
    draft = houses.drafted(dossier_id=dossier.pk, by=house.people[Role.OFFICER])

    def job(number):
        if number:
            return moving.reassign(
                dossier_id=dossier.pk,
                by=house.people[Role.UNIT_HEAD],
                officer_id=other.pk,
                reason="Gấp.",
                version=dossier.version,
                item_id=item.pk,
            )
        return decision.propose(
            dossier_id=dossier.pk,
            by=house.people[Role.OFFICER],
            draft_id=draft.pk,
            version=dossier.version,
            item_id=item.pk,
        )

    assert len(told(at_once(2, job))) == 1
    _now, item, events = whole(dossier)
    if events[-1].code == "proposed":
        assert (item.kind, item.holder) == (StepKind.REVIEW, None)
    else:
        assert (item.kind, item.holder) == (StepKind.APPRAISE, other)


def test_released_while_a_head_reassigns_ends_where_the_last_one_put_it(house):
    dossier = houses.assigned(house)
    other = MembershipFactory(role=Role.OFFICER, unit=house.office).user
    item = WorkItem.objects.get(dossier=dossier, closed_at=None)

    def job(number):
        if number:
            return moving.reassign(
                dossier_id=dossier.pk,
                by=house.people[Role.UNIT_HEAD],
                officer_id=other.pk,
                reason="Chia lại.",
                item_id=item.pk,
            )
        return moving.release(dossier_id=dossier.pk, by=house.people[Role.OFFICER], reason="Bận.", item_id=item.pk)

    found = at_once(2, job)
    _now, item, events = whole(dossier)
    codes = [event.code for event in events[-2:]]
    if told(found):  # reassigned first: it is no longer the officer's to release
        assert (codes[-1], item.holder) == ("reassigned", other)
    else:
        assert (codes, item.holder) == (["released", "reassigned"], other)


def test_two_recalls_of_one_act_undo_it_once(house):
    dossier = desk.forward(dossier_id=houses.received(house).pk, by=house.people[Role.RECEPTIONIST])
    clerk = house.people[Role.RECEPTIONIST]
    found = at_once(2, lambda _n: moving.recall(dossier_id=dossier.pk, by=clerk, reason="Nhầm."))
    assert len(told(found)) == 1
    now, item, events = whole(dossier)
    assert (now.state, item.kind) == (State.ACCEPTED, StepKind.INTAKE)
    assert [event.code for event in events].count("recalled") == 1
    assert WorkItem.objects.filter(dossier=dossier, outcome=Outcome.RECALLED).count() == 1

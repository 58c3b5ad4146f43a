"""Routes with branches: what opens, what a join waits for, what a send-back opens again."""

from datetime import timedelta

import pytest

from accounts.enums import Role
from dossiers.enums import Outcome, State
from dossiers.models.work import WorkItem
from dossiers.services import decision, submission
from portal import clock
from portal.errors import StaleError, UserError
from tests import houses

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return houses.make_house(houses.BRANCHES)


def _open(dossier):
    return {item.position: item for item in WorkItem.objects.filter(dossier=dossier, closed_at=None)}


def _propose(house, dossier, item):
    return houses.proposed(
        dossier_id=dossier.pk, by=house.people[Role.OFFICER], decision="grant", content="Được.", item_id=item.pk
    )


def test_both_branches_open_and_the_join_waits_for_both(house):
    dossier = houses.assigned(house)
    branches = _open(dossier)
    assert list(branches) == [3, 4]
    # the officer chosen gets the first; the other waits for whoever takes it
    assert branches[3].holder == house.people[Role.OFFICER]
    assert branches[4].holder is None
    _propose(house, dossier, branches[4])
    assert list(_open(dossier)) == [3]  # the act closed the very item it named
    _propose(house, dossier, branches[3])
    assert list(_open(dossier)) == [5]


def test_an_item_acted_on_twice_is_told_as_stale(house):
    dossier = houses.assigned(house)
    branches = _open(dossier)
    _propose(house, dossier, branches[4])
    with pytest.raises(StaleError):
        _propose(house, dossier, branches[4])


def test_send_back_opens_the_branch_it_names_and_the_join_waits_again(house):
    dossier = houses.assigned(house)
    for item in _open(dossier).values():
        _propose(house, dossier, item)
    head = house.people[Role.UNIT_HEAD]
    decision.send_back(dossier_id=dossier.pk, by=head, reason="Đo lại.", back_to=4)
    (again,) = _open(dossier).values()
    assert (again.position, again.holder) == (4, house.people[Role.OFFICER])  # who did it, still there
    assert WorkItem.objects.get(dossier=dossier, position=5).outcome == Outcome.SENT_BACK
    _propose(house, dossier, again)
    assert list(_open(dossier)) == [5]


def test_send_back_to_what_did_not_come_before_is_refused(house):
    dossier = houses.assigned(house)
    for item in _open(dossier).values():
        _propose(house, dossier, item)
    with pytest.raises(UserError, match="Không trả lại được"):
        decision.send_back(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], reason="Sai.", back_to=6)


def test_a_route_without_a_signing_step_goes_from_review_to_the_clerk(house):
    dossier = houses.assigned(house)
    for item in _open(dossier).values():
        _propose(house, dossier, item)
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD])
    dossier = houses.issue(dossier_id=dossier.pk, by=house.people[Role.CLERK])
    assert dossier.state == State.DONE


def test_supplement_suspends_every_branch_and_the_answer_gives_all_their_hours_anew(house):
    dossier = houses.assigned(house)
    before = {place: item.due_at for place, item in _open(dossier).items()}
    asked = {"items": [{"paper_code": "TP1", "name": "Giấy tờ", "note": "Mờ"}], "reason": "Ảnh mờ."}
    houses.asked(
        house,
        dossier,
        by=house.people[Role.OFFICER],
        answer_by=clock.today() + timedelta(days=5),
        **asked,
    )
    assert all(item.suspended_at for item in _open(dossier).values())
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã chụp lại.")
    after = _open(dossier)
    assert not any(item.suspended_at for item in after.values())
    assert all(after[place].due_at >= due for place, due in before.items())


def test_nobody_handles_their_own_dossier(house):
    officer = house.people[Role.OFFICER]
    dossier = houses.assigned(house)
    officer.identity_index = "x1"
    officer.save(update_fields=["identity_index"])
    type(house.party).objects.filter(pk=house.party.pk).update(identity_index="x1", identity_source="counter")
    with pytest.raises(UserError, match="chính bạn"):
        _propose(house, dossier, _open(dossier)[4])

"""While somebody is on leave: who stands in sees and does the work; before, after and without the role nobody does."""

from datetime import timedelta

import pytest
import time_machine

from accounts.enums import Role
from accounts.services import set_cover
from accounts.services.covers import Leave
from dossiers import queries
from dossiers.desk import inbox
from dossiers.enums import Action
from dossiers.models.event import DossierEvent
from portal import clock
from portal.errors import NotNowError
from tests import houses
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def house():
    return houses.make_house()


@pytest.fixture
def second(house):
    return MembershipFactory(role=Role.OFFICER, unit=house.office, user__full_name="Chuyên viên Hai").user


def away(house, cover, first=0, last=3):
    officer, today = house.people[Role.OFFICER], clock.today()
    return set_cover(
        by=officer, leave=Leave(officer.pk, cover.pk, today + first * DAY, today + last * DAY, "Nghỉ phép")
    )


def mine(user):
    who = {"user_id": user.pk, "memberships": queries.memberships(user), "now": clock.now()}
    return inbox.tab_items("cua-toi", **who, stands_in_for=queries.covered_by(user.pk)).count()


def test_cover_sees_and_does_the_work_under_their_own_name(house, second):
    dossier = houses.assigned(house)
    assert (Action.PROPOSE in queries.allowed_actions(dossier, second), mine(second)) == (False, 0)
    away(house, second)
    assert (Action.PROPOSE in queries.allowed_actions(dossier, second), mine(second)) == (True, 1)
    done = houses.proposed(dossier_id=dossier.pk, by=second, decision="grant", content="Được.")
    event = DossierEvent.objects.get(dossier_id=dossier.pk, seq=done.event_count)
    assert (event.actor_id, event.actor_role) == (second.pk, Role.OFFICER)


def test_cover_ends_with_the_leave_and_the_work_is_the_holders_again(house, second):
    dossier = houses.assigned(house)
    away(house, second, last=1)
    with time_machine.travel(clock.now() + 2 * DAY):
        assert Action.PROPOSE not in queries.allowed_actions(dossier, second)
        assert mine(second) == 0
        with pytest.raises(NotNowError):
            houses.proposed(dossier_id=dossier.pk, by=second, decision="grant", content="Được.")
        assert Action.PROPOSE in queries.allowed_actions(dossier, house.people[Role.OFFICER])


@pytest.mark.usefixtures("second")
def test_head_who_stands_in_does_only_what_a_head_may(house):
    head = house.people[Role.UNIT_HEAD]
    dossier = houses.assigned(house)
    away(house, head)
    allowed = queries.allowed_actions(dossier, head)
    assert Action.PROPOSE not in allowed  # the law of two pairs of eyes: who proposes is an officer

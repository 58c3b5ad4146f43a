"""Two connections: leaves that touch one person, last holders ended at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from accounts.enums import Role, UnitKind
from accounts.models import LeaveCover, Membership
from accounts.queries import holders
from accounts.services import lock_account, revoke_role, set_cover
from accounts.services.covers import Leave
from accounts.services.ends import SuccessorNeededError
from portal import clock
from portal.errors import UserError
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

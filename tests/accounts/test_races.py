"""Two connections at once: one party, one unit, one role, one account; never a stack trace."""

import threading

import pytest
from django.db import connection, transaction

from accounts.enums import IdentityKind, IdentitySource, Role
from accounts.models import Membership, OrgUnit, Party
from accounts.services import (
    OtherNameError,
    PartyFacts,
    create_unit,
    find_or_create_party,
    grant_role,
    hold_numbers,
    link_identity,
    own_party,
)
from accounts.services.unit_import import read_units, write_root_calendar, write_units
from accounts.services.units import UnitFacts
from portal import clock
from portal.errors import UserError
from tests.factories import StaffFactory, UnitFactory, UserFactory

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def facts_of(name, number="077196001234"):
    return PartyFacts(full_name=name, identity=number)


def prove(user):
    kind = IdentityKind.CITIZEN_ID
    return link_identity(user=user, identity_kind=kind, identity="077196001234", source=IdentitySource.COUNTER)


def at_once(act, times=4):
    """Run `act` on several connections at the same moment; gives what each returned, or its UserError."""
    gate, results = threading.Barrier(times), []

    def run():
        gate.wait()
        try:
            results.append(act())
        except UserError as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == times, "a thread died of something else than a UserError"
    return results


@pytest.mark.parametrize("source", [IdentitySource.DECLARED, IdentitySource.COUNTER])
def test_same_person_named_twice_at_once_is_one_party(source):
    facts = PartyFacts(full_name="Nguyễn Thị Bưởi", phone="0903123456", identity="077196001234")
    found = at_once(lambda: find_or_create_party(facts, source=source))
    assert len({party.pk for party in found}) == 1
    assert Party.objects.count() == 1


def test_one_number_named_for_different_people_at_once_is_one_row():
    names = iter(["Nguyễn Thị Bưởi", "Lê Văn Nhầm", "Trần Thị Khác", "Phạm Văn Nữa"])
    found = at_once(lambda: find_or_create_party(facts_of(next(names)), source=IdentitySource.DECLARED))
    assert len({party.pk for party in found}) == Party.objects.count() == 1


def test_one_number_proven_for_two_names_at_once_is_one_row_and_one_stop():
    names = iter(["Nguyễn Thị Bưởi", "Lê Văn Nhầm"])
    found = at_once(lambda: find_or_create_party(facts_of(next(names)), source=IdentitySource.COUNTER), times=2)
    assert Party.objects.count() == 1
    assert sorted(isinstance(one, OtherNameError) for one in found) == [False, True]


def test_declaring_and_proving_a_number_at_once_is_one_row():
    users = [UserFactory(full_name="Nguyễn Thị Bưởi") for _ in range(2)]
    acts = iter(
        [
            lambda: find_or_create_party(facts_of("Lê Văn Nhầm"), source=IdentitySource.DECLARED),
            lambda: find_or_create_party(facts_of("Nguyễn Thị Bưởi"), source=IdentitySource.COUNTER),
            *(lambda user=user: prove(user) for user in users),
        ]
    )

    def act():
        return next(acts)()

    found = at_once(act)
    bearers = Party.objects.filter(Party.HOLDS_NUMBER)
    assert bearers.count() == 1
    assert bearers.get().user in users
    assert sum(isinstance(one, UserError) for one in found) == 1  # the second account learns that it is not the bearer


def test_several_numbers_named_in_opposite_orders_at_once_never_wait_for_each_other():
    numbers = ["077196001234", "077196001235", "077196001236"]
    orders = iter([numbers, numbers[::-1]] * 2)

    @transaction.atomic
    def name_all():
        order = next(orders)
        hold_numbers(order)
        return [
            find_or_create_party(facts_of("Nguyễn Thị Bưởi", number), source=IdentitySource.DECLARED)
            for number in order
        ]

    at_once(name_all)
    assert Party.objects.count() == 3


def test_own_party_asked_twice_at_once_is_one():
    user = UserFactory()
    assert len({party.pk for party in at_once(lambda: own_party(user))}) == 1


def test_one_number_given_for_two_members_of_staff_at_once_is_ones_only():
    users, unit = iter([UserFactory(), UserFactory()]), UnitFactory()
    facts = {"by": None, "unit_id": unit.pk, "role": Role.OFFICER, "valid_from": clock.today()}
    results = at_once(lambda: grant_role(user_id=next(users).pk, identity="077196001234", **facts), times=2)
    assert Membership.objects.count() == 1
    assert [result.field for result in results if isinstance(result, UserError)] == ["identity"]


def test_same_role_granted_twice_at_once_is_one():
    user, unit = StaffFactory(), UnitFactory()
    results = at_once(
        lambda: grant_role(by=None, user_id=user.pk, unit_id=unit.pk, role=Role.OFFICER, valid_from=clock.today())
    )
    assert Membership.objects.count() == 1
    assert sum(isinstance(result, UserError) for result in results) == 3


def test_same_unit_created_twice_at_once_is_one():
    facts = UnitFacts(name="UBND phường Mới", kind="ward", valid_from=clock.today())
    results = at_once(lambda: create_unit(by=None, code="p-moi", facts=facts))
    assert OrgUnit.objects.count() == 1
    assert {result.field for result in results if isinstance(result, UserError)} == {"code"}


def test_seeding_twice_at_once_seeds_once():
    rows = read_units()[:5]
    at_once(lambda: write_units(rows), times=2)
    assert OrgUnit.objects.count() == 5
    assert len({calendar.pk for calendar in at_once(write_root_calendar, times=2)}) == 1

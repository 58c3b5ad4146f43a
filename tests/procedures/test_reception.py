"""For whom a desk receives: its own authority, since 01/7/2025 its province's, and what a nationwide list names."""

from datetime import date

import pytest

from accounts.enums import Role, UnitKind
from dossiers.models.dossier import Dossier
from dossiers.services import desk
from portal.errors import UserError
from procedures import reception
from tests import houses
from tests.factories import OfferingFactory, UnitFactory

pytestmark = pytest.mark.django_db
BEFORE, SINCE = date(2025, 6, 30), date(2025, 7, 1)


@pytest.fixture
def units():
    here = UnitFactory(kind=UnitKind.PROVINCE)
    there = UnitFactory(kind=UnitKind.PROVINCE)
    ward, neighbour, stranger = (UnitFactory(parent=parent) for parent in (here, here, there))
    return {
        "desk": UnitFactory(kind=UnitKind.DESK, parent=ward),
        "own": ward,
        "room": UnitFactory(kind=UnitKind.DEPARTMENT, parent=ward),
        "neighbour": neighbour,
        "province": here,
        "stranger": stranger,
    }


@pytest.mark.parametrize(
    ("day", "reached"),
    [(BEFORE, {"own", "room"}), (SINCE, {"own", "room", "neighbour", "province"})],
)
def test_a_desk_reaches_its_own_and_then_its_province(units, day, reached):
    found = {
        name for name, unit in units.items() if name != "desk" and reception.may_receive(units["desk"], unit, "X", day)
    }
    assert found == reached


def test_a_listed_procedure_is_received_from_anywhere(units, monkeypatch):
    rule = reception.rule_on(date(2026, 8, 5))
    listed = reception.ReceptionRule(rule.valid_from, rule.reach, frozenset({"1.000001"}), rule.basis)
    monkeypatch.setattr(reception, "rule_on", lambda _day=None: listed)
    assert reception.may_receive(units["desk"], units["stranger"], "1.000001")
    assert not reception.may_receive(units["desk"], units["stranger"], "1.000002")


def test_the_counter_refuses_what_is_out_of_reach_with_the_rule_and_makes_nothing():
    house = houses.make_house()
    here, there = UnitFactory(kind=UnitKind.PROVINCE), UnitFactory(kind=UnitKind.PROVINCE)
    house.ward.parent = here
    house.ward.save()
    stranger = UnitFactory(parent=there)
    OfferingFactory(procedure=house.procedure, unit=stranger)
    filing = houses.counter_filing(house, competent_unit_id=stranger.pk)
    with pytest.raises(UserError, match="NĐ 118/2025") as told:
        desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=filing)
    assert told.value.field == "unit"
    assert not Dossier.objects.exists()
    near = UnitFactory(parent=here)
    OfferingFactory(procedure=house.procedure, unit=near)
    filing = houses.counter_filing(house, competent_unit_id=near.pk)
    dossier = desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=filing)
    assert (dossier.receiving_unit, dossier.due_at) == (house.center, None)  # the limit waits for the authority

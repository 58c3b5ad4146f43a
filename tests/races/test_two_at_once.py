"""Two connections, real transactions: one dossier, one receipt, gapless numbers."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from django.db import connection, connections

from accounts.enums import Role
from dossiers.enums import State
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.numbering import dossier_code, next_number
from dossiers.services import desk, submission
from portal import clock
from portal.errors import NotNowError, StaleError
from portal.once import UsedFormError
from tests import houses

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def at_once(count, job):
    """Run `job(n)` on `count` connections that start together; gives results or the UserErrors raised."""
    barrier = Barrier(count)

    def run(number):
        try:
            barrier.wait(timeout=20)
            return job(number)
        except (NotNowError, StaleError, UsedFormError) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count), timeout=60))


def test_submit_twice_makes_one_submission():
    house = houses.make_house()
    dossier = houses.draft(house)
    found = at_once(2, lambda _: submission.submit(dossier_id=dossier.pk, by=house.citizen))
    assert [each.state for each in found] == [State.SUBMITTED] * 2
    assert DossierEvent.objects.filter(dossier_id=dossier.pk).count() == 1


def test_receive_twice_gives_one_code_and_tells_the_second():
    house = houses.make_house()
    dossier = houses.submitted(house)
    clerk = house.people[Role.RECEPTIONIST]
    found = at_once(2, lambda _: desk.receive(dossier_id=dossier.pk, by=clerk, version=dossier.version))
    assert sorted(type(each).__name__ for each in found) == ["Dossier", "StaleError"]
    assert next_number(house.ward.authority_code, "dossier", f"{clock.today():%y%m%d}") == 2


def test_counter_replay_makes_one_dossier():
    house = houses.make_house()
    filing = houses.counter_filing(house)
    clerk = house.people[Role.RECEPTIONIST]
    found = at_once(2, lambda _: desk.receive_at_counter(by=clerk, filing=filing))
    assert len({each.pk for each in found}) == 1
    assert Dossier.objects.count() == 1


def test_two_people_on_one_counter_form_at_once_make_one_dossier_and_one_refusal():
    house = houses.make_house()
    filing = houses.counter_filing(house)
    other = replace(filing, owner=replace(filing.owner, full_name="Trần Văn Sau", identity="077085000002"))
    clerk = house.people[Role.RECEPTIONIST]
    found = at_once(2, lambda number: desk.receive_at_counter(by=clerk, filing=(filing, other)[number]))
    assert sorted(type(each).__name__ for each in found) == ["Dossier", "UsedFormError"]
    assert Dossier.objects.count() == 1


def test_numbering_by_32_threads_is_gapless_and_unique():
    from django.db import transaction

    day = clock.today()

    def take(number):
        codes = []
        for turn in range(5):
            with transaction.atomic():
                code = dossier_code("H29.999", day)
                given_back = (number + turn) % 7 == 0
                transaction.set_rollback(given_back)  # a rolled-back act gives its number back
            if not given_back:
                codes.append(code)
        return codes

    codes = sorted(code for found in at_once(32, take) for code in found)
    assert codes == [f"H29.999-{day:%y%m%d}-{n:04d}" for n in range(1, len(codes) + 1)]


def test_number_ten_thousand_is_not_cut():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dossiers_counter (scope, kind, period, last) VALUES ('H29.1', 'dossier', '261122', 9999)"
        )
    from datetime import date

    assert dossier_code("H29.1", date(2026, 11, 22)) == "H29.1-261122-10000"

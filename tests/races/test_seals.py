"""Sealing on two connections, real transactions: one chain, nothing sealed twice, nothing lost."""

from threading import Event, Thread

import pytest
from django.db import connection, transaction

from accounts.enums import Role
from dossiers.enums import Sealed
from dossiers.models.event import DossierEvent
from dossiers.models.seal import Seal, SealRow, Unsealed
from dossiers.services import desk, seals
from dossiers.services.proof.findings import Weight
from dossiers.services.proof.run import examine
from tests import houses
from tests.races.test_two_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def faults():
    return [finding.text for finding in examine() if finding.weight is not Weight.NOTE]


def test_two_sealers_at_once_make_one_chain():
    house = houses.make_house()
    for _ in range(3):
        houses.received(house)
    found = at_once(4, lambda _: seals.seal_now())
    assert sorted(str(number) for number in found) == ["1", "None", "None", "None"]
    assert Seal.objects.count() == 1
    assert SealRow.objects.filter(kind=Sealed.LEDGER).count() == 3
    assert faults() == []


def test_acts_and_sealers_at_once_lose_nothing():
    house = houses.make_house()
    dossiers = [houses.submitted(house) for _ in range(6)]
    clerk = house.people[Role.RECEPTIONIST]

    def job(number):
        if number % 2:
            return [seals.seal_now() for _ in range(4)]
        return [desk.receive(dossier_id=dossier.pk, by=clerk).pk for dossier in dossiers[number // 2 :: 2]]

    at_once(4, job)
    seals.seal_now()
    assert Unsealed.objects.count() == 0
    heads = SealRow.objects.filter(kind=Sealed.LEDGER, position=2).values_list("subject", "digest")
    assert dict(heads) == dict(DossierEvent.objects.filter(seq=2).values_list("dossier_id", "hash"))
    assert [seal.number for seal in Seal.objects.order_by("number")] == list(range(1, Seal.objects.count() + 1))
    assert faults() == []


def test_an_act_under_way_while_a_seal_is_made_is_in_the_next():
    """Its event has the smaller id and is committed later: a watermark would have lost it."""
    house = houses.make_house()
    slow, quick = houses.submitted(house), houses.submitted(house)
    seals.seal_now()
    clerk = house.people[Role.RECEPTIONIST]
    written, go_on = Event(), Event()

    def act_slowly():
        with transaction.atomic():
            desk.forward(dossier_id=slow.pk, by=clerk)
            written.set()
            go_on.wait(20)
        connection.close()

    desk.receive(dossier_id=slow.pk, by=clerk)
    seals.seal_now()
    thread = Thread(target=act_slowly)
    thread.start()
    assert written.wait(20)
    desk.receive(dossier_id=quick.pk, by=clerk)
    assert seals.seal_now() == 3
    go_on.set()
    thread.join(20)
    late, early = (
        DossierEvent.objects.get(dossier_id=slow.pk, seq=3),
        DossierEvent.objects.get(dossier_id=quick.pk, seq=2),
    )
    assert late.pk < early.pk
    assert seals.seal_now() == 4
    assert SealRow.objects.get(kind=Sealed.LEDGER, subject=slow.pk, position=3).seal_id == 4
    assert faults() == []

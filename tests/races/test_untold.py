"""Messages that failed, taken up by two sweeps at once and beside a clerk who notes the call: one call, one note."""

import pytest
import time_machine

from accounts.enums import Role
from dossiers.enums import CallOutcome
from dossiers.models.call import Call
from dossiers.models.event import DossierEvent
from dossiers.services import untold
from integrations.models import MessageState, OutboxMessage
from portal.errors import UserError
from tests import houses
from tests.races.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def house():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        house = houses.make_house()
        house.citizen.email, house.citizen.phone = None, "0903000111"
        house.citizen.save()
        house.party.email = house.party.phone = ""
        house.party.save()
        houses.submitted(house)
        OutboxMessage.objects.filter(channel="sms").update(state=MessageState.FAILED)
        yield house


def test_two_sweeps_at_once_make_one_call(house):
    assert sum(at_once(untold.take_up_all, untold.take_up_all)) <= 1  # whoever comes second leaves it
    untold.take_up_all()
    assert Call.objects.count() == 1


def test_two_clerks_note_one_call_once(house):
    untold.take_up_all()
    call = Call.objects.get()

    def note():
        words = {"edition": call.edition, "outcome": CallOutcome.TOLD, "text": "Đã báo."}
        return untold.note_call(
            dossier_id=call.dossier_id, call_id=call.pk, by=house.people[Role.RECEPTIONIST], **words
        )

    assert sum(isinstance(found, UserError) for found in at_once(note, note)) == 1
    assert DossierEvent.objects.filter(code="call_noted").count() == 1

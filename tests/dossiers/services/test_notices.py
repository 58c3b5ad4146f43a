"""Who is told of an event, by which channel, how often, and what never travels."""

import pytest
import time_machine

from accounts.enums import Role
from dossiers import notices
from dossiers.events import CITIZENS, EVENTS
from dossiers.services import desk
from integrations.models import OutboxMessage
from tests import houses

pytestmark = [pytest.mark.django_db, pytest.mark.unit]


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house():
    return houses.make_house()


def told(kind):
    return sorted(OutboxMessage.objects.filter(kind=f"dossier.{kind}").values_list("channel", "address"))


def without_email(house):
    house.citizen.email, house.citizen.phone = None, "0903000111"
    house.citizen.save()
    house.party.email, house.party.phone = "", "0903000222"
    house.party.save()


def test_a_person_known_by_telephone_gets_a_text_message(house):
    without_email(house)
    houses.received(house)
    assert told("received") == [
        ("inapp", f"user:{house.citizen.pk}"),
        ("sms", "0903000111"),
        ("sms", "0903000222"),
    ]
    body = OutboxMessage.objects.filter(kind="dossier.received", channel="sms").first().body
    assert "đã được tiếp nhận" in body
    assert "http" not in body


def test_events_without_a_short_sentence_send_no_text_message(house):
    without_email(house)
    desk.forward(dossier_id=houses.received(house).pk, by=house.people[Role.RECEPTIONIST])
    assert told("forwarded") == [("inapp", f"user:{house.citizen.pk}")]


def test_a_counter_dossier_tells_its_owner_by_telephone(house):
    desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=houses.counter_filing(house))
    assert told("received") == [("sms", "0900000001")]


def test_words_of_an_act_do_not_travel_by_text_message(house):
    without_email(house)
    houses.refuse(
        house,
        houses.submitted(house),
        reason_code="other",
        reason="Sai mẫu đơn.",
    )
    bodies = dict(OutboxMessage.objects.filter(kind="dossier.not_accepted").values_list("channel", "body"))
    assert "Sai mẫu đơn." in bodies["inapp"]
    assert "Sai mẫu đơn." not in bodies["sms"]


def test_who_reads_letters_somewhere_gets_no_text_message_elsewhere(house):
    house.party.user = house.citizen
    house.party.email, house.party.phone = "", "0903000222"
    dossier = houses.submitted(house)
    dossier.owner = dossier.submitter = house.party
    reached = notices.contacts(dossier, CITIZENS)
    assert house.citizen.email in {contact.email for contact in reached}
    assert {contact.phone for contact in reached} <= {"", house.citizen.phone or ""}


def test_all_messages_of_an_event_are_one_statement(house, django_assert_num_queries):
    dossier = houses.submitted(house)
    OutboxMessage.objects.all().delete()
    event = EVENTS["received"]
    with django_assert_num_queries(1):
        notices.tell(dossier, event, seq=99)
    assert len(told("received")) == 2
    notices.tell(dossier, event, seq=99)
    assert len(told("received")) == 2

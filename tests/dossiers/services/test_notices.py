"""Who is told of an event, by which channel, how often, and what never travels."""

from dataclasses import replace

import pytest
import time_machine

from accounts.enums import IdentityKind, IdentitySource, Role
from accounts.services import PartyFacts, find_or_create_party
from dossiers import notices
from dossiers.audiences import AUDIENCES
from dossiers.events import CITIZENS, EVENTS, Audience
from dossiers.services import decision, desk, submission
from integrations.models import OutboxMessage
from tests import houses
from tests.factories import PartyFactory, UserFactory

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
    assert told("received") == [("inapp", f"user:{house.citizen.pk}"), ("sms", "0903000111")]  # one person, once
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
    house.party.email, house.party.phone = "", "0903000222"
    house.party.save()
    houses.submitted(house)
    assert {channel for channel, _address in told("submitted")} == {"inapp", "email"}


def test_owner_and_submitter_who_are_one_are_told_once(house):
    """Whatever their account, their profile and the form each say: one letter, or one text message."""
    house.party.email = "khac@example.test"
    house.party.save()
    houses.submitted(house, owner_email="don@example.test", owner_phone="0903000333")
    assert told("submitted") == [("email", house.citizen.email), ("inapp", f"user:{house.citizen.pk}")]


def test_whoever_left_only_a_telephone_hears_at_every_duty_step(house):
    """Sent, taken in, asked for more with the day, the result there: a text message each, no word about the person."""
    without_email(house)
    clerk = house.people[Role.RECEPTIONIST]
    dossier = desk.receive(dossier_id=houses.submitted(house).pk, by=clerk)
    houses.asked(house, houses.at_the_officer(house, dossier), by=house.people[Role.OFFICER])
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã có.")
    officer = house.people[Role.OFFICER]
    houses.proposed(dossier_id=dossier.pk, by=officer)
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD])
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.SIGNER])
    houses.issue(dossier_id=dossier.pk, by=house.people[Role.CLERK])
    texts = OutboxMessage.objects.filter(channel="sms", address="0903000111").order_by("pk")
    sent = dict(texts.values_list("kind", "body"))
    duties = [f"dossier.{kind}" for kind in ("submitted", "received", "supplement_requested", "result_issued")]
    assert [kind for kind in sent if kind in duties] == duties
    assert "trước hết ngày 23/11/2026" in sent["dossier.supplement_requested"]
    assert not any(house.party.full_name in body or "http" in body for body in sent.values())


def test_the_counter_tells_owner_and_submitter_by_the_numbers_they_left(house):
    """The number left today, though the party of the submitter has an account with another one."""
    submitter = PartyFacts(
        full_name="Trần Thị Nộp", phone="0903000444", identity_kind=IdentityKind.CITIZEN_ID, identity="077190000321"
    )
    known = find_or_create_party(replace(submitter, phone="0903000555"), source=IdentitySource.COUNTER)
    known.user = UserFactory()
    known.save()
    filing = houses.counter_filing(house, submitter=submitter)
    desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=filing)
    assert told("received") == [("sms", "0900000001"), ("sms", "0903000444")]


def test_a_bearer_of_a_number_somebody_typed_is_told_nothing(house):
    bearer = PartyFactory(user=UserFactory(), email="nguoi-khac@example.test", phone="0903000666")
    houses.submitted(house, owner=bearer, owner_email="", owner_phone="", owner_is_confirmed=False)
    assert {address for _channel, address in told("submitted")} == {house.citizen.email, f"user:{house.citizen.pk}"}


@pytest.mark.parametrize(("plain", "words"), [(False, "đã được gửi"), (True, "Ho so")])
def test_text_messages_are_spelt_as_their_channel_says(house, settings, plain, words):
    settings.SMS_WITHOUT_ACCENTS = plain
    without_email(house)
    houses.submitted(house)
    body = OutboxMessage.objects.get(channel="sms").body
    assert words in body
    assert body.isascii() == plain


@pytest.mark.parametrize("audience", Audience)
def test_every_audience_is_declared_with_its_ways(audience):
    declared = AUDIENCES[audience]
    assert str(declared.label) != audience
    assert declared.ways
    assert (declared.left is not None) == (audience in CITIZENS)


def test_all_messages_of_an_event_are_one_statement(house, django_assert_num_queries):
    dossier = houses.submitted(house)
    OutboxMessage.objects.all().delete()
    event = EVENTS["received"]
    with django_assert_num_queries(1):
        notices.tell(dossier, event, seq=99)
    assert len(told("received")) == 2
    notices.tell(dossier, event, seq=99)
    assert len(told("received")) == 2

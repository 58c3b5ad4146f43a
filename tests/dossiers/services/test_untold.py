"""Whom no message reached is owed a call; who was called, when and what was said is noted, once, by whoever serves at the desk."""

from datetime import timedelta

import pytest
import time_machine

from accounts.enums import Role
from dossiers import calls
from dossiers.enums import CallOutcome, CallReason
from dossiers.models.call import Call
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent, EventText
from dossiers.queries import memberships
from dossiers.services import desk, untold
from dossiers.services.proof.ledger import chains
from dossiers.tasks import take_up_failed_messages
from integrations.models import MessageState, OutboxMessage
from portal import clock
from portal.errors import NotNowError, StaleError, UserError
from tests import houses
from tests.factories import PartyFactory

pytestmark = pytest.mark.django_db
PHONE = "0903000111"


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house():
    return houses.make_house()


def without_email(house):
    house.citizen.email, house.citizen.phone = None, PHONE
    house.citizen.save()
    house.party.email = house.party.phone = ""
    house.party.save()


def failed(house, channel="sms", **changes):
    """A dossier whose messages by a channel failed for good."""
    dossier = houses.submitted(house, **changes)
    OutboxMessage.objects.filter(channel=channel).update(state=MessageState.FAILED)
    return dossier


def bounced(dossier, address, kind):
    """A letter about a dossier that its address took not."""
    key = f"dossier:{dossier.pk}:{kind}:email:{address}"
    facts = {"subject": "Tin", "body": "Tin", "dedupe_key": key, "state": MessageState.FAILED}
    OutboxMessage.objects.create(kind=kind, channel="email", address=address, **facts)


def note(house, call, outcome=CallOutcome.TOLD, text="Đã báo bà Mẫu.", role=Role.RECEPTIONIST):
    words = {"edition": call.edition, "outcome": outcome, "text": text}
    return untold.note_call(dossier_id=call.dossier_id, call_id=call.pk, by=house.people[role], **words)


def test_a_failed_text_message_becomes_one_call(house):
    without_email(house)
    dossier = failed(house)
    assert (take_up_failed_messages(), take_up_failed_messages()) == (1, 0)
    call = Call.objects.get()
    assert (call.phone, call.who, call.reason, call.unit) == (PHONE, "owner", CallReason.FAILED, house.center)
    assert "đã được gửi" in call.words
    dossier.refresh_from_db()
    assert dossier.needs_call


def test_later_news_to_the_same_number_replace_what_is_to_be_said(house):
    without_email(house)
    dossier = failed(house)
    take_up_failed_messages()
    desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
    OutboxMessage.objects.filter(channel="sms").update(state=MessageState.FAILED)
    take_up_failed_messages()
    assert "đã được tiếp nhận" in Call.objects.get().words


def test_a_message_that_fails_after_a_later_one_brings_no_old_news(house):
    without_email(house)
    dossier = failed(house)
    OutboxMessage.objects.filter(channel="sms").update(state=MessageState.WAITING)
    desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
    for kind in ("dossier.received", "dossier.submitted"):
        assert OutboxMessage.objects.filter(channel="sms", kind=kind).update(state=MessageState.FAILED) == 1
        take_up_failed_messages()
    assert "đã được tiếp nhận" in Call.objects.get().words
    assert not OutboxMessage.objects.filter(state=MessageState.FAILED, noticed_at=None).exists()


def test_who_told_the_old_news_is_not_done_with_the_new(house):
    without_email(house)
    dossier = failed(house)
    take_up_failed_messages()
    read = Call.objects.get()
    with time_machine.travel(clock.now() + timedelta(minutes=10), tick=False):
        desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
        OutboxMessage.objects.filter(channel="sms").update(state=MessageState.FAILED)
        take_up_failed_messages()
        with pytest.raises(StaleError):
            note(house, read)
        note(house, Call.objects.get())
    assert Call.objects.get().closed_at is not None


def test_a_letter_that_bounced_is_told_to_the_number_that_was_left(house):
    failed(house, "email", owner_phone=PHONE)
    take_up_failed_messages()
    assert Call.objects.get().phone == PHONE


def test_without_any_number_it_is_noted_and_stands_in_the_list(house):
    house.citizen.phone = None
    house.citizen.save()
    failed(house, "email")
    take_up_failed_messages()
    assert calls.listed(memberships(house.people[Role.RECEPTIONIST])).get().phone == ""


def test_owner_and_submitter_without_a_number_are_two_calls(house):
    house.citizen.phone = None
    house.citizen.save()
    submitter = PartyFactory(phone="", email="nop@example.test")
    dossier = houses.submitted(house)
    Dossier.objects.filter(pk=dossier.pk).update(submitter=submitter)
    for number, address in enumerate(("nop@example.test", house.citizen.email)):
        bounced(dossier, address, kind=f"dossier.tin{number}")
        take_up_failed_messages()
    told = dict(Call.objects.filter(phone="").values_list("who", "kind"))
    assert told == {"submitter": "dossier.tin0", "owner": "dossier.tin1"}
    bounced(dossier, "nop@example.test", kind="dossier.moi")
    take_up_failed_messages()
    assert dict(Call.objects.values_list("who", "kind")) == told | {"submitter": "dossier.moi"}


def test_notices_of_the_portal_and_what_failed_long_ago_are_nobodys_call(house):
    failed(house, "inapp")
    OutboxMessage.objects.update(state=MessageState.FAILED)
    OutboxMessage.objects.exclude(channel="inapp").update(created_at=clock.now() - timedelta(days=31))
    assert take_up_failed_messages() == 0
    assert not OutboxMessage.objects.filter(noticed_at=None).exists()
    assert not Call.objects.exists()


def test_an_authority_without_a_gateway_calls_instead(house, settings):
    settings.CALLS_INSTEAD_OF_SMS, settings.GATEWAYS = True, {}
    without_email(house)
    dossier = houses.received(house)
    assert not OutboxMessage.objects.filter(channel="sms").exists()
    call = Call.objects.get()
    assert (call.reason, call.phone) == (CallReason.INSTEAD, PHONE)
    assert call.words.startswith(f"Hồ sơ {dossier.code} đã được tiếp nhận")


def test_a_gateway_that_is_there_after_all_is_used(house, settings):
    settings.CALLS_INSTEAD_OF_SMS, settings.GATEWAYS = True, {"SMS_GATEWAY_URL": "http://127.0.0.1:9/"}
    without_email(house)
    houses.submitted(house)
    assert OutboxMessage.objects.filter(channel="sms").exists()
    assert not Call.objects.exists()


def test_a_note_says_who_when_and_what_and_ends_the_call(house):
    without_email(house)
    failed(house)
    take_up_failed_messages()
    dossier = note(house, Call.objects.get())
    event = DossierEvent.objects.get(dossier_id=dossier.pk, code="call_noted")
    assert event.actor_id == house.people[Role.RECEPTIONIST].pk
    assert EventText.objects.get(dossier_id=dossier.pk, seq=event.seq).text == "đã báo được: Đã báo bà Mẫu."
    call = Call.objects.get()
    assert (call.closed_at, call.noted_seq, call.tries) == (clock.now(), event.seq, 1)
    assert not Dossier.objects.get(pk=dossier.pk).needs_call


def test_the_ledger_with_a_noted_call_proves_whole(house):
    without_email(house)
    failed(house)
    take_up_failed_messages()
    note(house, Call.objects.get())
    assert list(chains()) == []


def test_who_was_not_met_is_called_again(house):
    without_email(house)
    failed(house)
    take_up_failed_messages()
    dossier = note(house, Call.objects.get(), CallOutcome.NOT_REACHED, "Không nghe máy.")
    call = Call.objects.get(closed_at=None)
    assert (call.tries, call.tried_at) == (1, clock.now())
    assert Dossier.objects.get(pk=dossier.pk).needs_call


@pytest.mark.parametrize("outcome", [CallOutcome.TOLD, CallOutcome.NOT_REACHED, CallOutcome.NOT_NEEDED])
def test_a_note_without_words_is_refused_whole(house, outcome):
    without_email(house)
    failed(house)
    take_up_failed_messages()
    with pytest.raises(UserError, match="Hãy ghi"):
        note(house, Call.objects.get(), outcome, "  ")
    assert not DossierEvent.objects.filter(code="call_noted").exists()


def test_a_call_is_noted_once_by_the_desk_alone(house):
    without_email(house)
    failed(house)
    take_up_failed_messages()
    call = Call.objects.get()
    with pytest.raises(NotNowError):
        note(house, call, role=Role.OFFICER)
    with pytest.raises(UserError, match="kết quả"):
        note(house, call, outcome="khac")
    note(house, call)
    with pytest.raises(StaleError):
        note(house, call)


def test_a_message_sent_after_all_takes_the_call_off(house):
    without_email(house)
    dossier = failed(house)
    take_up_failed_messages()
    OutboxMessage.objects.filter(channel="sms").update(state=MessageState.SENT)
    assert take_up_failed_messages() == 1
    assert Call.objects.get().outcome == CallOutcome.NOT_NEEDED
    assert not Dossier.objects.get(pk=dossier.pk).needs_call


def test_a_message_sent_after_all_tells_no_earlier_one(house):
    without_email(house)
    dossier = failed(house)
    take_up_failed_messages()
    desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
    OutboxMessage.objects.filter(channel="sms").update(state=MessageState.FAILED)
    take_up_failed_messages()
    OutboxMessage.objects.filter(channel="sms", kind="dossier.received").update(state=MessageState.SENT)
    assert take_up_failed_messages() == 1
    call = Call.objects.get(closed_at=None)
    assert (call.kind, call.reason) == ("dossier.submitted", CallReason.FAILED)
    assert "đã được gửi" in call.words
    assert Dossier.objects.get(pk=dossier.pk).needs_call
    OutboxMessage.objects.filter(channel="sms").update(state=MessageState.SENT)
    assert (take_up_failed_messages(), take_up_failed_messages()) == (1, 0)
    assert Call.objects.get().outcome == CallOutcome.NOT_NEEDED


def test_what_was_told_by_telephone_is_not_owed_again_when_a_later_message_goes(house):
    without_email(house)
    dossier = failed(house)
    take_up_failed_messages()
    note(house, Call.objects.get())
    with time_machine.travel(clock.now() + timedelta(minutes=10), tick=False):
        desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
        OutboxMessage.objects.filter(channel="sms", kind="dossier.received").update(state=MessageState.FAILED)
        take_up_failed_messages()
        OutboxMessage.objects.filter(channel="sms", kind="dossier.received").update(state=MessageState.SENT)
        assert take_up_failed_messages() == 1
    assert not Call.objects.filter(closed_at=None).exists()


def test_news_that_no_message_bore_stay_owed_when_a_later_message_goes(house, settings):
    settings.CALLS_INSTEAD_OF_SMS, settings.GATEWAYS = True, {}
    without_email(house)
    dossier = houses.submitted(house)
    settings.GATEWAYS = {"SMS_GATEWAY_URL": "http://127.0.0.1:9/"}
    with time_machine.travel(clock.now() + timedelta(minutes=10), tick=False):
        desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
        OutboxMessage.objects.filter(channel="sms").update(state=MessageState.FAILED)
        take_up_failed_messages()
        OutboxMessage.objects.filter(channel="sms").update(state=MessageState.SENT)
        take_up_failed_messages()
    call = Call.objects.get()
    assert (call.closed_at, call.message, call.reason) == (None, None, CallReason.INSTEAD)


def test_what_ended_can_still_be_noted(house):
    without_email(house)
    dossier = houses.refuse(house, houses.submitted(house))
    OutboxMessage.objects.filter(channel="sms", kind="dossier.not_accepted").update(state=MessageState.FAILED)
    take_up_failed_messages()
    assert note(house, Call.objects.get()).state == dossier.state

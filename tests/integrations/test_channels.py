"""The registry of channels: whole, honest about what it cannot send, one module for one channel."""

import pkgutil

import pytest
from django.core.checks import ERROR, WARNING
from django.urls import reverse

from integrations import channels, outbox
from integrations.checks import channels_can_send
from integrations.models import MessageState, OutboxMessage
from integrations.registry import CHANNELS, Contact, Gateway, gateway, mailbox_channels, reach
from tests.house.howto import module_of

pytestmark = pytest.mark.unit
BUILT_IN = {"email", "inapp", "sms"}  # what a further channel adds is its own test's matter
EVERYWHERE = Contact(user_id=7, email="dan@example.test", phone="0903123456")


def test_every_module_declares_one_channel():
    modules = {module.name for module in pkgutil.iter_modules(channels.__path__)}
    assert {channel.code for channel in CHANNELS} == modules


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.code)
def test_every_channel_says_what_it_must(channel):
    missing = []
    if not str(channel.label) or str(channel.label) == channel.code:
        missing.append("a Vietnamese label")
    if not callable(channel.send) or not callable(channel.address) or not callable(channel.lacks):
        missing.append("sender, address or health")
    if len(channel.code) > OutboxMessage._meta.get_field("channel").max_length:
        missing.append("a code that fits the column")
    if channel.address(Contact()):
        missing.append("'' for somebody it cannot reach")
    if not (channel.address(EVERYWHERE) or channel.address(Contact(phone=EVERYWHERE.phone))):
        missing.append("an address for somebody it can reach")
    if channel.is_short and channel.may_carry_text:
        missing.append("no words of a dossier in a short message")
    assert not missing, missing


def test_a_person_is_reached_by_letter_or_by_message_not_by_both():
    assert BUILT_IN & {channel.code for channel, _address in reach(EVERYWHERE)} == {"email", "inapp"}
    reached = {channel.code: address for channel, address in reach(Contact(phone="0903"))}
    assert {code: reached[code] for code in BUILT_IN & reached.keys()} == {"sms": "0903"}
    assert reach(Contact()) == []


def test_mailbox_shows_what_has_no_page_of_its_own():
    assert BUILT_IN & set(mailbox_channels()) == {"email", "sms"}


@pytest.mark.django_db
def test_mailbox_names_the_channel(client):
    outbox.put(kind="thu", channel="sms", address="0903", subject="", body="Mã 1234", dedupe_key="a")
    assert "tin nhắn" in client.get(reverse("accounts:mailbox")).content.decode()


def test_a_channel_finds_its_gateway_by_its_code(settings):
    settings.GATEWAYS = {"LOA_GATEWAY_URL": "https://loa.example.test/", "SMS_GATEWAY_TOKEN": "khoa"}
    assert gateway("loa") == Gateway("https://loa.example.test/", "")
    assert gateway("sms") == Gateway("", "khoa")


def test_production_does_not_start_without_letters_and_messages_unless_it_calls(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.GATEWAYS = {}
    assert _lacking() == {"integrations.E_email": ERROR, "integrations.E_sms": ERROR}
    settings.CALLS_INSTEAD_OF_SMS = True
    assert _lacking() == {"integrations.E_email": ERROR, "integrations.W_sms": WARNING}
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.GATEWAYS = {"SMS_GATEWAY_URL": "https://sms.example.test/"}
    assert _lacking() == {}


def _lacking():
    ours = {f"integrations.{sign}_{code}" for sign in "EW" for code in BUILT_IN}
    return {message.id: message.level for message in channels_can_send(None) if message.id in ours}


@pytest.mark.django_db
def test_a_message_without_a_gateway_is_not_called_sent(settings):
    settings.GATEWAYS, settings.DEMO = {}, False
    outbox.put(kind="thu", channel="sms", address="0903", subject="", body="Mã 1234", dedupe_key="a")
    outbox.deliver_due()
    message = OutboxMessage.objects.get()
    assert message.state == MessageState.WAITING
    assert "SMS_GATEWAY_URL" in message.last_error


@pytest.mark.django_db
def test_an_unknown_channel_is_recorded_on_its_row():
    outbox.put(kind="thu", channel="bo-cau", address="x", subject="", body="", dedupe_key="a")
    outbox.deliver_due()
    assert "no message channel 'bo-cau' is declared" in OutboxMessage.objects.get().last_error


@pytest.mark.django_db
def test_the_messages_of_one_event_are_one_statement(django_assert_num_queries):
    rows = [
        OutboxMessage(kind="thu", channel="inapp", address=f"user:{n}", body="x", dedupe_key=str(n)) for n in range(3)
    ]
    with django_assert_num_queries(1):
        outbox.put_all(rows)
    with django_assert_num_queries(0):
        outbox.put_all([])
    assert OutboxMessage.objects.count() == 3


@pytest.mark.django_db
def test_the_page_on_channels_adds_one(tmp_path, settings):
    settings.LOUDSPEAKER = []
    try:
        module = module_of("add-a-channel", tmp_path)
        test_every_channel_says_what_it_must(module.LOUDSPEAKER)
        assert "loa" in [channel.code for channel, _address in reach(EVERYWHERE)]
        assert "loa" in mailbox_channels()
        outbox.put(kind="thu", channel="loa", address="456", subject="", body="Mời số 12", dedupe_key="a")
        outbox.deliver_due()
        assert settings.LOUDSPEAKER == [("456", "Mời số 12")]
        assert OutboxMessage.objects.get().channel_label == "loa gọi tại sảnh"
    finally:
        CHANNELS.remove("loa")

"""The outbox: once per key, tried again, given up, never sent by two at once; real SMTP and HTTP servers answer."""

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.db import connection, connections

from integrations import outbox
from integrations.channels import sms
from integrations.models import ExchangeLog, MessageState, Notice, OutboxMessage
from integrations.registry import CHANNELS
from integrations.tasks import deliver_due, prune_log
from portal import clock

pytestmark = pytest.mark.unit


def put(**changes):
    values = {
        "kind": "thu",
        "channel": "email",
        "address": "dan@example.test",
        "subject": "Tiêu đề có\ndấu",
        "body": "Nội dung",
        "dedupe_key": "một",
        "link": "/x/",
    }
    outbox.put(**{**values, **changes})


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def gateway(settings):
    """A local SMS gateway that speaks our protocol and answers what the test tells it to."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        status, says, pause = 200, b"", 0.0

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append((self.headers["Authorization"], body))
            self.send_response(Handler.status)
            self.end_headers()
            for place in range(len(Handler.says)):
                self.wfile.write(Handler.says[place : place + 1])
                time.sleep(Handler.pause)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/send"
    settings.GATEWAYS = {"SMS_GATEWAY_URL": address, "SMS_GATEWAY_TOKEN": "khoa-thu"}
    yield seen, Handler
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


@pytest.mark.django_db
def test_put_twice_is_one_message():
    put()
    put(body="Khác")
    assert OutboxMessage.objects.values_list("body", flat=True).get() == "Nội dung"


@pytest.mark.django_db
def test_nothing_due_costs_one_question_and_one_message_one_claim(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert outbox.deliver_due() == 0
    put(channel="inapp", address="user:1")
    with django_assert_num_queries(5):  # what is due; claimed, written, settled; and nobody left
        assert outbox.deliver_due() == 1
    with django_assert_num_queries(1):
        assert outbox.deliver_due() == 0


@pytest.mark.django_db
def test_a_channel_no_longer_declared_is_tried_after_the_others():
    put(channel="fax", address="1", dedupe_key="một")
    put(channel="inapp", address="user:1", dedupe_key="hai")
    assert outbox._due() == ["inapp", outbox.UNKNOWN]
    assert outbox.deliver_due() == 2
    fax, notice = OutboxMessage.objects.order_by("channel")
    assert (fax.state, fax.attempts, fax.claimed_until) == (MessageState.WAITING, 1, None)
    assert "no message channel" in fax.last_error
    assert notice.state == MessageState.SENT
    assert outbox._due() == []


@pytest.mark.django_db
def test_notice_is_written_once_though_the_task_runs_twice():
    put(channel="inapp", address="user:1")
    deliver_due()
    deliver_due()
    assert Notice.objects.get().title == "Tiêu đề có\ndấu"
    assert OutboxMessage.objects.get().state == MessageState.SENT


@pytest.mark.django_db
def test_letter_reaches_a_real_smtp_server(settings):
    letters = []

    class Mailbox:
        async def handle_DATA(self, server, session, envelope):
            letters.append(envelope)
            return "250 OK"

    port = free_port()
    controller = Controller(Mailbox(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        put()
        assert outbox.deliver_due() == 1
    finally:
        controller.stop()
    assert letters[0].rcpt_tos == ["dan@example.test"]
    assert OutboxMessage.objects.get().state == MessageState.SENT


@pytest.mark.django_db
def test_smtp_server_away_is_tried_again_later(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    put()
    outbox.deliver_due()
    message = OutboxMessage.objects.get()
    assert (message.state, message.attempts) == (MessageState.WAITING, 1)
    assert message.next_at > clock.now()
    assert outbox.deliver_due() == 0


@pytest.mark.django_db
def test_message_is_given_up_after_the_last_try(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    put()
    for hour in range(outbox.MAX_ATTEMPTS):
        with time_machine.travel(clock.now() + timedelta(hours=2 * hour), tick=False):
            outbox.deliver_due()
    assert OutboxMessage.objects.get().state == MessageState.FAILED


@pytest.mark.django_db
def test_a_kind_that_nobody_declared_is_refused():
    with pytest.raises(LookupError, match="la-lung"):
        put(kind="la-lung")


@pytest.mark.django_db
def test_a_code_that_waited_until_it_opens_nothing_is_never_sent(gateway):
    put(channel="sms", kind="account.code", address="0900000001")
    put(channel="sms", kind="account.phone_changed", address="0900000001", dedupe_key="news")
    OutboxMessage.objects.update(created_at=clock.now() - timedelta(minutes=16))
    outbox.deliver_due()
    assert dict(OutboxMessage.objects.values_list("kind", "state")) == {
        "account.code": MessageState.OVER,
        "account.phone_changed": MessageState.SENT,
    }
    assert len(gateway[0]) == 1


@pytest.mark.django_db
def test_whoever_sends_failed_messages_again_sends_no_code_of_yesterday(gateway):
    put(channel="sms", kind="account.password_reset_code", address="0900000001")
    put(channel="sms", address="0900000001", dedupe_key="news")
    yesterday = clock.now() - timedelta(days=1)
    OutboxMessage.objects.update(state=MessageState.FAILED, last_error="503", created_at=yesterday)
    assert outbox.send_again(OutboxMessage.objects.all()) == 1
    outbox.deliver_due()
    assert [body["text"] for _key, body in gateway[0]] == ["Nội dung"]
    code = OutboxMessage.objects.get(kind="account.password_reset_code")
    assert (code.state, code.last_error) == (MessageState.OVER, "503")


@pytest.mark.django_db
def test_a_reminder_ends_before_the_other_news_of_its_family():
    put(channel="inapp", kind="dossier.supplement_reminded", address="user:1")
    put(channel="inapp", kind="dossier.submitted", address="user:1", dedupe_key="news")
    OutboxMessage.objects.update(created_at=clock.now() - timedelta(days=4))
    outbox.deliver_due()
    assert OutboxMessage.objects.get(kind="dossier.supplement_reminded").state == MessageState.OVER
    assert OutboxMessage.objects.get(kind="dossier.submitted").state == MessageState.SENT


@pytest.mark.django_db
def test_sms_speaks_to_the_gateway(gateway):
    seen, _handler = gateway
    put(channel="sms", address="0900000001")
    outbox.deliver_due()
    message = OutboxMessage.objects.get()
    assert message.state == MessageState.SENT
    assert seen == [("Bearer khoa-thu", {"id": str(message.pk), "to": "0900000001", "text": "Nội dung"})]
    assert ExchangeLog.objects.get().outcome == "200"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "state"),
    [(400, "failed"), (422, "failed"), (401, "waiting"), (429, "waiting"), (503, "waiting"), (302, "waiting")],
)
def test_sms_gateway_refusals_are_final_and_faults_are_not(gateway, status, state):
    gateway[1].status = status
    put(channel="sms", address="0900000001")
    outbox.deliver_due()
    assert OutboxMessage.objects.get().state == state
    assert ExchangeLog.objects.get().outcome == str(status)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("says", "state"),
    [
        (b'{"id": "7"}', "sent"),
        (b'{"error": "het tien"}', "waiting"),
        (b'{"error": "so khong co", "final": true}', "failed"),
        (b"<html>Dang nhap mang</html>", "waiting"),
        (b"[]", "waiting"),
        (b" " * 5000, "waiting"),
    ],
)
def test_a_gateway_that_says_yes_and_lies_is_not_believed(gateway, says, state):
    gateway[1].says = says
    put(channel="sms", address="0900000001")
    outbox.deliver_due()
    assert OutboxMessage.objects.get().state == state


@pytest.mark.django_db
def test_a_gateway_that_answers_after_an_hour_is_not_waited_for(gateway, monkeypatch):
    monkeypatch.setattr(sms, "TIMEOUT", (0.3, 0.3))
    gateway[1].says, gateway[1].pause = b'{"id": "7"}', 0.1  # in all longer than anybody waits, though never silent
    put(channel="sms", address="0900000001")
    outbox.deliver_due()
    message = OutboxMessage.objects.get()
    assert (message.state, message.attempts) == (MessageState.WAITING, 1)
    gateway[1].pause = 0.0
    OutboxMessage.objects.update(next_at=clock.now())
    outbox.deliver_due()
    assert OutboxMessage.objects.get().state == MessageState.SENT
    assert len({body["id"] for _key, body in gateway[0]}) == 1  # by which it knows that it was asked before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reply", "state"),
    [("550 no such user", "failed"), ("450 greylisted", "waiting"), ("552 mailbox full", "failed")],
)
def test_a_bounced_address_fails_at_once_and_a_busy_one_is_tried_again(settings, reply, state):
    class Mailbox:
        async def handle_RCPT(self, server, session, envelope, address, options):
            return reply

    controller = Controller(Mailbox(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
        put()
        outbox.deliver_due()
    finally:
        controller.stop()
    message = OutboxMessage.objects.get()
    assert message.state == state
    assert reply[:3] in message.last_error
    assert "dan@example.test" not in message.last_error


@pytest.mark.django_db
def test_old_exchanges_are_forgotten():
    ExchangeLog.objects.create(service="sms", operation="send", outcome="200")
    ExchangeLog.objects.update(at=clock.now() - timedelta(days=200))
    assert prune_log() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once():
    for number in range(12):
        put(channel="inapp", address="user:1", dedupe_key=str(number))
    OutboxMessage.objects.update(state=MessageState.WAITING)
    Notice.objects.all().delete()

    def work(_):
        try:
            return outbox.deliver_due()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == 12
    assert Notice.objects.count() == 12


@pytest.mark.django_db
def test_a_channel_that_fails_keeps_no_other_waiting(gateway):
    """Each channel has its line; a gateway that says no again and again is left alone for this run."""
    gateway[1].status = 503
    for number in range(9):
        put(channel="sms", address="0900000001", dedupe_key=f"sms{number}")
    put(channel="inapp", address="user:1", dedupe_key="notice")
    outbox.deliver_due()
    assert Notice.objects.count() == 1
    assert len(gateway[0]) == outbox.IN_A_ROW
    assert OutboxMessage.objects.filter(channel="sms", attempts=0).count() == 9 - outbox.IN_A_ROW


@pytest.mark.django_db
def test_a_worker_killed_between_call_and_outcome_means_sent_again(gateway):
    seen, _handler = gateway
    put(channel="sms", address="0900000001")
    message = outbox._claimed("sms")
    CHANNELS["sms"].send(message)  # and the worker is gone
    assert outbox.deliver_due() == 0, "whoever claimed it has it"
    put(channel="sms", address="0900000001", dedupe_key="other")
    assert outbox.deliver_due() == 0, "one worker at a time waits for a gateway"
    with time_machine.travel(clock.now() + outbox.CLAIM + timedelta(seconds=1), tick=False):
        assert outbox.deliver_due() == 2
    assert [body["id"] for _key, body in seen].count(str(message.pk)) == 2, "the gateway knows it by its number"
    assert set(OutboxMessage.objects.values_list("state", "claimed_until")) == {(MessageState.SENT, None)}


@pytest.mark.django_db
def test_workers_killed_each_time_give_the_message_up():
    put(channel="inapp", address="user:1")
    with time_machine.travel(clock.now(), tick=False) as now:
        for _ in range(outbox.MAX_ATTEMPTS):
            assert outbox._claimed("inapp")
            now.shift(outbox.CLAIM + timedelta(seconds=1))
        outbox.deliver_due()
    message = OutboxMessage.objects.get()
    assert message.state == MessageState.FAILED
    assert "dừng giữa chừng" in message.last_error


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_no_transaction_is_open_while_a_channel_is_called(monkeypatch):
    inside = []
    channel = replace(CHANNELS["inapp"], send=lambda _message: inside.append(connection.in_atomic_block))
    monkeypatch.setitem(CHANNELS._declared, "inapp", channel)
    put(channel="inapp", address="user:1")
    outbox.deliver_due()
    assert inside == [False]

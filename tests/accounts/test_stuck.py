"""The page of stuck work: who sees it, what it says, trying one or all again, the mark in the menu."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.urls import reverse

from accounts.enums import Role, UnitKind
from integrations import outbox
from integrations.models import MessageState, OutboxMessage
from portal import clock
from tests.factories import MembershipFactory, UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web]
PAGE = "accounts:stuck"


@pytest.fixture(autouse=True)
def _counted_anew():
    cache.clear()


def administrator(client, kind):
    user = MembershipFactory(unit=UnitFactory(kind=kind), role=Role.ADMINISTRATOR).user
    TOTP.activate(user, "A" * 32)
    client.force_login(user)
    return user


def failed(key, **changes):
    values = {"state": MessageState.FAILED, "attempts": 8, "last_error": "RetryLaterError: 503"}
    return OutboxMessage.objects.create(
        kind="thu",
        channel="email",
        address="dan@example.test",
        body="Nội dung riêng",
        dedupe_key=key,
        **values | changes,
    )


def test_whoever_runs_a_ward_does_not_see_the_installation(client):
    administrator(client, UnitKind.WARD)
    failed("a")
    assert client.get(reverse(PAGE)).status_code == 403
    assert client.post(reverse("accounts:try_again"), {"loai": "outbox_email"}).status_code == 403
    start = client.get(reverse("accounts:manage")).content.decode()
    assert reverse(PAGE) not in start
    assert "Quản trị (1)" not in start


def test_nothing_stuck_says_so_and_bears_no_mark(client):
    administrator(client, UnitKind.PROVINCE)
    page = client.get(reverse(PAGE)).content.decode()
    assert "Không có việc nào bị kẹt." in page
    assert "Quản trị (" not in page


def test_what_is_stuck_stands_there_with_its_reason_and_is_tried_again(client, django_capture_on_commit_callbacks):
    user = administrator(client, UnitKind.PROVINCE)
    one, other = failed("a"), failed("b", last_error="{'dan@example.test': (550, b'no such 0901234567')}")
    page = client.get(reverse(PAGE)).content.decode()
    assert "Gửi tin: thư điện tử" in page
    assert "đã thử 8 lần" in page
    assert "Kênh chưa nhận tin (RetryLaterError: 503)." in page
    for secret in ("dan@example.test", "0901234567", "Nội dung riêng"):
        assert secret not in page, "administrators read no addresses and no dossiers here"
    assert "Quản trị (2)" in client.get(reverse("accounts:manage")).content.decode()
    done = client.post(reverse("accounts:try_again"), {"loai": "outbox_email", "viec": str(one.pk)}, follow=True)
    assert "Đã đưa 1 việc về hàng chờ." in done.content.decode()
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.state, one.attempts, other.state) == (MessageState.WAITING, 0, MessageState.FAILED)
    entry = LogEntry.objects.get(user=user)
    assert entry.change_message == f"sweep.replayed sweep=outbox_email, key={one.pk}, rows=1"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("accounts:try_again"), {"loai": "outbox_email"})
    assert not OutboxMessage.objects.exclude(state=MessageState.SENT).exists(), "the task was called"


def test_what_waits_long_is_shown_without_a_button(client):
    administrator(client, UnitKind.PROVINCE)
    failed("a", state=MessageState.WAITING, attempts=0, last_error="")
    OutboxMessage.objects.update(created_at=clock.now() - timedelta(hours=1))
    page = client.get(reverse(PAGE)).content.decode()
    assert "Chưa có máy xử lý nào nhận việc này." in page
    assert "chờ lâu" in page
    assert "Làm lại" not in page


def test_what_is_past_its_time_is_said_so_and_not_counted(client):
    administrator(client, UnitKind.PROVINCE)
    OutboxMessage.objects.filter(pk=failed("a").pk).update(
        kind="account.code", created_at=clock.now() - timedelta(hours=1)
    )
    for state in (MessageState.FAILED, MessageState.OVER):
        page = client.get(reverse(PAGE)).content.decode()
        assert OutboxMessage.objects.get().state == state
        assert "mã xác nhận" in page
        assert "quá thời gian dùng" in page
        assert "Không gửi nữa: đã quá thời gian tin còn ích. Kênh chưa nhận tin" in page
        assert "Làm lại" not in page
        assert "Quản trị (" not in page
        outbox.send_again(OutboxMessage.objects.all())


@pytest.mark.parametrize("typed", [{}, {"loai": "x"}, {"loai": "outbox_email", "viec": "khong-phai-so"}])
def test_what_no_page_sends_is_not_found(client, typed):
    administrator(client, UnitKind.PROVINCE)
    assert client.post(reverse("accounts:try_again"), typed).status_code == 404


def test_a_row_that_is_served_meanwhile_is_no_fault(client):
    administrator(client, UnitKind.PROVINCE)
    done = client.post(reverse("accounts:try_again"), {"loai": "outbox_email", "viec": "77"}, follow=True)
    assert "không còn bị kẹt" in done.content.decode()

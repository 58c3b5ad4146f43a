"""With the workers stopped and the broker emptied: pages say what waits and since when, and nothing of what has not happened."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role
from dossiers import tasks
from dossiers.models.attachment import Attachment
from dossiers.models.result import PrintedForm
from integrations import outbox
from integrations.models import MessageState, OutboxMessage
from portal import celery, clock
from portal.models import SweepTry
from tests import houses
from tests.dossiers.desk.test_files import attached, stored
from vault.enums import ScanState
from vault.models import StoredFile

pytestmark = [pytest.mark.django_db, pytest.mark.web]
# What pages may not say of what is only queued.
UNTRUE = re.compile(r"đang (?:được )?(?:in|gửi|quét|lập)\b|đã (?:in xong|gửi tin|gửi thư|báo)\b")


@pytest.fixture
def nobody_works(monkeypatch):
    """No task reaches a worker."""
    monkeypatch.setattr(celery, "_send", lambda _call: None)


@pytest.fixture
def dossier(house, nobody_works):
    found = houses.received(house)
    PrintedForm.objects.update(file=None)
    file = stored()
    StoredFile.objects.filter(pk=file.pk).update(scan_state=ScanState.WAITING)
    attached(found, file)
    return found


def pages(dossier, house, enter):
    form = PrintedForm.objects.get(dossier=dossier)
    clerk, citizen = enter(house.people[Role.RECEPTIONIST]), enter(house.citizen)
    addresses = [
        (clerk, reverse("desk:dossier", args=[dossier.pk])),
        (clerk, reverse("desk:print_form", args=[dossier.pk, form.pk]) + "?doi=1"),
        (citizen, reverse("my:dossier", args=[dossier.reference])),
    ]
    return [" ".join(client.get(address).content.decode().split()) for client, address in addresses]


def test_pages_say_what_waits_and_since_when(dossier, house, enter):
    desk, paper, mine = pages(dossier, house, enter)
    for page in (desk, paper, mine):
        assert not UNTRUE.findall(page)
    for page, words in [(desk, "chờ in từ"), (paper, "chờ in từ"), (mine, "chờ lập từ"), (desk, "chờ quét vi-rút từ")]:
        assert words in page
    assert "không cần gửi lại" in mine, "who sent the file is told that it is safe"
    assert OutboxMessage.objects.filter(state=MessageState.WAITING).exists()


def test_what_takes_long_says_so_and_why(dossier, house, enter):
    form = PrintedForm.objects.get(dossier=dossier)
    PrintedForm.objects.update(called_at=clock.now() - timedelta(hours=1))
    StoredFile.objects.update(created_at=clock.now() - timedelta(hours=1))
    desk, paper, mine = pages(dossier, house, enter)
    assert all("lâu hơn bình thường" in page for page in (desk, paper, mine))
    now = clock.now()
    reason = "Chữ “dài” chạy ra ngoài khổ giấy."
    SweepTry.objects.create(sweep="papers", key=str(form.pk), first_at=now, last_at=now, next_at=now, reason=reason)
    assert f"Chưa in được: {reason}" in pages(dossier, house, enter)[1]


def test_sweeps_alone_bring_everything_about(dossier, house, enter):
    PrintedForm.objects.update(called_at=clock.now() - timedelta(minutes=2))
    assert tasks.print_missing_papers() == 1
    outbox.deliver_due()
    assert not OutboxMessage.objects.filter(state=MessageState.WAITING).exists()
    Attachment.objects.filter(file__isnull=False).update(file=None)
    desk, paper, mine = pages(dossier, house, enter)
    assert "chờ in" not in desk
    assert "Tải phiếu để in" in paper
    assert "chờ lập" not in mine

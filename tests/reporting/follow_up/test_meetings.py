"""Minutes are written by one person, confirmed by another, and give their tasks out."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership, OrgUnit
from integrations.models import OutboxMessage
from reporting import target_plans
from reporting.follow_up.services import reminding
from reporting.models import (
    MeetingMinutes,
    Remedy,
    ReminderLetter,
    Shortfall,
)
from tests.factories import MembershipFactory
from tests.reporting.follow_up.typing_in import OVERVIEW, enter, minutes_typed
from tests.reporting.test_views import SEPTEMBER, text_of

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]


def test_minutes_are_written_by_one_confirmed_once_by_another_and_give_their_tasks_out(missed, client):
    second = MembershipFactory(role=Role.HOME_AFFAIRS, unit=missed.wards).user
    enter(client, missed.home)
    new = f"{OVERVIEW}bien-ban/moi/"
    assert client.post(new, minutes_typed(**{"viec-0-unit": "phường nào đó"})).status_code == 400
    assert client.post(new, minutes_typed(held_on="06/10/2022")).status_code == 400
    assert "không tự xác nhận được" in text_of(client.post(new, minutes_typed()))
    assert client.post(new, minutes_typed(act="save", held_on="hôm qua")).status_code == 302
    draft = MeetingMinutes.objects.get()
    address = f"{OVERVIEW}bien-ban/{draft.pk}/"
    assert "hôm qua" in client.get(address).content.decode()
    assert client.post(address, minutes_typed(act="save", revision="7")).status_code == 409
    assert client.post(address, minutes_typed(act="save", revision="1")).status_code == 302
    page = client.get(address)
    assert "Xác nhận biên bản" not in text_of(page)
    assert second.full_name in text_of(page)
    own = client.post(address, minutes_typed(revision="2"))
    assert (own.status_code, "không tự xác nhận được" in text_of(own)) == (400, True)
    enter(client, second)
    assert "Xác nhận biên bản, giao việc" in text_of(client.get(address))
    looked = client.post(address, minutes_typed(act="look", revision="2", conclusions="Đang gõ"))
    assert (looked.status_code, "Đang gõ" in text_of(looked)) == (200, True)
    altered = client.post(address, minutes_typed(revision="2", conclusions="Khác."))
    assert (altered.status_code, "Bạn đã sửa biên bản" in text_of(altered)) == (400, True)
    assert "Khác." in text_of(altered)
    assert client.post(address, minutes_typed(revision="7")).status_code == 409
    assert not Remedy.objects.exists()
    assert client.post(address, minutes_typed(revision="2", present="Ông Một\r\nBà Hai")).status_code == 302
    assert client.post(address, minutes_typed(revision="3")).status_code == 302  # told: settled already
    draft.refresh_from_db()
    assert (draft.written_by, draft.settled_by, draft.editors) == (missed.home, second, [missed.home.pk])
    task = Remedy.objects.get()
    assert (task.unit, task.minutes_id, task.base_month) == (missed.second, draft.pk, SEPTEMBER.first_day)
    assert OutboxMessage.objects.filter(kind="figures.task_given", address=f"user:{missed.other.pk}").count() == 1
    page = text_of(client.get(address))
    assert "Bà Hai" in page
    assert second.full_name in page
    enter(client, missed.other)
    assert "Mở điểm hướng dẫn" in text_of(client.get(OVERVIEW))
    assert address in client.get(f"{OVERVIEW}bien-ban/").content.decode()
    assert client.get(address).status_code == 200
    enter(client, missed.head)
    assert client.get(address).status_code == 404
    with pytest.raises(DatabaseError), transaction.atomic():
        MeetingMinutes.objects.update(conclusions="khác")


def test_draft_of_minutes_is_home_affairs_own_and_may_be_dropped(missed, client):
    enter(client, missed.home)
    client.post(f"{OVERVIEW}bien-ban/moi/", minutes_typed(act="save"))
    address = f"{OVERVIEW}bien-ban/{MeetingMinutes.objects.get().pk}/"
    enter(client, missed.head)
    assert client.get(address).status_code == 404
    assert client.post(f"{OVERVIEW}bien-ban/moi/", minutes_typed()).status_code == 403
    enter(client, missed.home)
    assert client.post(address, minutes_typed(act="drop", revision="1")).status_code == 302
    assert "Đã bỏ" in text_of(client.get(address))
    assert not Remedy.objects.exists()


def test_whoever_is_left_alone_reads_who_can_help(missed, client):
    administrator = MembershipFactory(role=Role.ADMINISTRATOR, unit=missed.wards).user
    enter(client, missed.home)
    client.post(f"{OVERVIEW}bien-ban/moi/", minutes_typed(act="save"))
    minutes = f"{OVERVIEW}bien-ban/{MeetingMinutes.objects.get().pk}/"
    one = Shortfall.objects.get()
    draft = {"shortfall_id": one.pk, "letter_id": None, "revision": 0, "subject": "nhắc", "words": "Hãy làm."}
    letter = reverse("reporting:letter", args=[reminding.save_draft(by=missed.home, **draft).pk])
    decision = target_plans.PlanDecision("Kế hoạch", "1/QĐ-UBND", date(2022, 9, 1), "UBND", "")
    plan = reverse("reporting:plan", args=[target_plans.save_draft(by=missed.home, decision=decision, rows=[]).pk])
    for address in (minutes, letter, plan):
        told = text_of(client.get(address))
        assert "không còn người thứ hai" in told, address
        assert f"{administrator.full_name} ({missed.wards.name})" in told, address
    second = MembershipFactory(role=Role.HOME_AFFAIRS, unit=missed.wards).user
    for address in (minutes, letter, plan):
        told = text_of(client.get(address))
        assert "không còn người thứ hai" not in told
        assert second.full_name in told, address


def test_a_unit_without_a_head_is_heard_by_whoever_leads_above_and_whoever_appoints(missed, client):
    second = MembershipFactory(role=Role.HOME_AFFAIRS, unit=missed.wards).user
    above = MembershipFactory(role=Role.SIGNER, unit=missed.wards).user
    administrator = MembershipFactory(role=Role.ADMINISTRATOR, unit=missed.wards).user
    OrgUnit.objects.filter(pk=missed.first.pk).update(parent=missed.wards)
    OrgUnit.objects.filter(pk=missed.wards.pk).update(authority_code="H29.1")
    Membership.objects.filter(user=missed.head).delete()
    OutboxMessage.objects.all().delete()
    one = Shortfall.objects.get()
    letter = reminding.save_draft(
        by=missed.home, shortfall_id=one.pk, letter_id=None, revision=0, subject="nhắc", words="Hãy làm."
    )
    enter(client, second)
    address = reverse("reporting:letter", args=[letter.pk])
    before = text_of(client.get(address))
    assert "Đơn vị chưa có người đứng đầu; khi phát hành báo cho" in before
    looked = client.post(address, {"act": "look", "revision": "1", "subject": "đang gõ", "words": "Lời."})
    assert (looked.status_code, "đang gõ" in looked.content.decode()) == (200, True)
    assert ReminderLetter.objects.get().subject == "nhắc"
    reminding.issue(by=second, letter_id=letter.pk, revision=1)
    letter.refresh_from_db()
    assert letter.to_name == ""
    for user, words in ((above, "Đơn vị chưa có người đứng đầu nên báo cho bạn."), (administrator, "hãy phân công")):
        message = OutboxMessage.objects.get(kind="figures.reminder_issued", address=f"user:{user.pk}")
        assert words in message.body
        assert user.full_name in letter.told
    after = text_of(client.get(address))
    assert letter.told in after
    enter(client, above)
    assert client.get(address).status_code == 200

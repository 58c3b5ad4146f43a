"""Whom the desk must call: on the dossier's page, on the desk's own list and nobody else's, and the note of a call."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import PersonalDataRead
from dossiers import calls
from dossiers.desk import inbox
from dossiers.enums import CallReason
from dossiers.models.call import Call
from portal import clock
from tests import houses
from tests.dossiers.desk.acting import address
from tests.factories import MembershipFactory, UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web]
LIST = "/mot-cua/can-goi/"
LIST_QUERIES = 10


def owed(house, phone="0903000111", *, dossier=None, since=0):
    dossier = dossier or houses.submitted(house)
    words = f"Hồ sơ {dossier.reference} đã được gửi."
    calls.owe(dossier, calls.Untold("owner", phone, "dossier.submitted", words, CallReason.FAILED))
    if since:
        Call.objects.filter(dossier=dossier).update(since=clock.now() - timedelta(hours=since))
    return Call.objects.get(dossier=dossier)


def noted(call, words):
    return {"edition": call.edition, "outcome": "told", "reason": words}


def text_of(page):
    return page.content.decode()


def test_the_dossier_says_whom_to_call_at_which_number(house, enter):
    call = owed(house)
    text = text_of(enter(house.people[Role.RECEPTIONIST]).get(address(call.dossier)))
    assert "Chưa báo được cho chủ hồ sơ Nguyễn Văn Mẫu, gọi điện:" in text
    assert 'href="tel:0903000111"' in text
    assert reverse("desk:call", args=[call.dossier_id, call.pk]) in text


def test_an_officer_reads_it_and_is_not_sent_to_note_it(house, enter):
    call = owed(house, dossier=houses.assigned(house))
    text = text_of(enter(house.people[Role.OFFICER]).get(address(call.dossier)))
    assert "Chưa báo được cho" in text
    assert "Ghi cuộc gọi" not in text


def test_without_a_number_the_page_says_what_to_do(house, enter):
    call = owed(house, phone="")
    text = text_of(enter(house.people[Role.RECEPTIONIST]).get(address(call.dossier)))
    assert "không có số điện thoại: gửi giấy tới địa chỉ, hoặc báo khi người nộp đến" in text
    listed = text_of(enter(house.people[Role.RECEPTIONIST]).get(LIST))
    assert call.dossier.reference in listed  # else nobody would come upon it
    assert "không có: gửi giấy tới địa chỉ" in listed
    assert 'href="tel:"' not in listed


def test_the_list_shows_the_longest_waiting_first_and_logs_whose_it_is(house, enter):
    late, early = owed(house, since=1), owed(house, since=5)
    text = text_of(enter(house.people[Role.RETURNER]).get(LIST))
    assert text.index(early.dossier.reference) < text.index(late.dossier.reference)
    assert early.words in text
    read = PersonalDataRead.objects.get()
    assert (read.party, read.what) == (house.party, "danh sách cần gọi")


def test_the_list_is_its_desks_alone(house, enter):
    owed(house)
    stranger = MembershipFactory(role=Role.DESK_HEAD, unit=UnitFactory(parent=UnitFactory())).user
    assert "Không có ai cần gọi điện" in text_of(enter(stranger).get(LIST))
    for role in (Role.OFFICER, Role.SIGNER, Role.ADMINISTRATOR):
        assert enter(house.people[role]).get(LIST).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_whatever_its_length_and_counts_nothing(
    house, enter, count, django_assert_max_num_queries
):
    for _number in range(count):
        owed(house)
    client = enter(house.people[Role.RECEPTIONIST])
    client.get(LIST)
    with django_assert_max_num_queries(LIST_QUERIES) as seen:
        client.get(LIST)
    assert not any("COUNT(" in query["sql"] and "dossiers_call" in query["sql"] for query in seen.captured_queries)


def test_pages_of_the_list_follow_each_other(house, enter, monkeypatch):
    monkeypatch.setattr(inbox, "PAGE", 2)
    found = [owed(house, since=hours).dossier.reference for hours in (5, 4, 3)]
    client = enter(house.people[Role.RECEPTIONIST])
    first = client.get(LIST)
    assert [row["code"] for row in first.context["rows"]] == found[:2]
    second = client.get(first.context["next_url"])
    assert [row["code"] for row in second.context["rows"]] == found[2:]
    assert [row["code"] for row in client.get(second.context["prev_url"]).context["rows"]] == found[:2]


def test_the_inbox_of_the_desk_leads_to_the_list(house, enter):
    assert f'href="{LIST}"' in text_of(enter(house.people[Role.RECEPTIONIST]).get("/mot-cua/"))
    assert f'href="{LIST}"' not in text_of(enter(house.people[Role.OFFICER]).get("/mot-cua/"))


def test_a_call_is_noted_and_stands_in_the_history(house, enter):
    call = owed(house)
    client = enter(house.people[Role.RECEPTIONIST])
    url = reverse("desk:call", args=[call.dossier_id, call.pk])
    assert call.words in text_of(client.get(url))
    assert client.post(url, noted(call, "Đã báo con gái bà Mẫu.")).url == LIST
    text = text_of(client.get(address(call.dossier)))
    assert "đã báo được: Đã báo con gái bà Mẫu." in text
    assert "Chưa báo được cho" not in text
    gone = client.get(url, follow=True)
    assert "đã được ghi nhận hoặc không còn cần gọi" in text_of(gone)


@pytest.mark.parametrize(
    "facts", [{}, {"outcome": "told", "reason": " \u200b"}, {"outcome": "khac", "reason": "Đã nói"}]
)
def test_a_note_that_lacks_something_keeps_what_was_typed(house, enter, facts):
    call = owed(house)
    page = enter(house.people[Role.RECEPTIONIST]).post(
        reverse("desk:call", args=[call.dossier_id, call.pk]), {"reason": "", **facts}
    )
    assert page.status_code == 400
    assert facts.get("reason", "").strip(" \u200b") in text_of(page)
    assert Call.objects.get().closed_at is None


def test_ones_own_dossier_is_called_about_by_another(house, enter):
    clerk = house.people[Role.RECEPTIONIST]
    house.party.user = clerk
    house.party.save()
    call = owed(house)
    page = enter(clerk).post(reverse("desk:call", args=[call.dossier_id, call.pk]), noted(call, "Đã báo."))
    assert page.status_code == 409
    assert Call.objects.get().closed_at is None


def test_news_that_came_while_the_form_was_open_are_shown_and_what_was_typed_stays(house, enter):
    call = owed(house)
    before = noted(call, "Đã báo việc cũ.")
    Call.objects.update(words="Hồ sơ đã có kết quả.", updated_at=clock.now() + timedelta(minutes=1))
    client, url = enter(house.people[Role.RECEPTIONIST]), reverse("desk:call", args=[call.dossier_id, call.pk])
    page = client.post(url, before)
    assert page.status_code == 409
    assert "Hồ sơ đã có kết quả." in text_of(page)
    assert "Đã báo việc cũ." in text_of(page)
    assert client.post(url, noted(Call.objects.get(), "Đã báo cả việc mới.")).url == LIST

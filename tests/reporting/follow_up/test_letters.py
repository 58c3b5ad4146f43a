"""Reminder letters are drafted by one and issued by another, once, from the book."""

import pytest
from django.db import DatabaseError, transaction

from accounts.models import OrgUnit
from dossiers import books
from dossiers.services.proof import numbers
from integrations.models import OutboxMessage
from portal.errors import UserError
from portal.pdf import render_pdf
from reporting.follow_up import letters
from reporting.follow_up.services import reminding
from reporting.models import (
    ReminderLetter,
    Shortfall,
)
from tests.reporting.follow_up.typing_in import OVERVIEW, enter, letter_typed, page_of
from tests.reporting.test_views import text_of

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]


def test_letter_is_drafted_by_one_and_issued_by_another_once(missed, second, client):
    OrgUnit.objects.filter(pk=missed.wards.pk).update(authority_code="H29.1")
    enter(client, missed.home)
    new = f"{page_of(missed.shortfall)}nhac/"
    assert "còn thiếu 2 hồ sơ" in text_of(client.get(new))
    assert client.post(new, letter_typed(words="")).status_code == 400
    assert client.post(new, letter_typed(words="a" * 400)).status_code == 400
    assert client.post(new, letter_typed()).status_code == 302
    assert client.post(new, letter_typed(subject="tab thứ hai")).status_code == 409
    letter = ReminderLetter.objects.get()
    address = f"{OVERVIEW}van-ban/{letter.pk}/"
    assert client.post(address, {"act": "issue", "revision": "1"}).status_code == 400  # who wrote it
    enter(client, missed.head)
    assert client.get(address).status_code == 404
    enter(client, second)
    assert client.post(address, letter_typed(act="issue", revision="9")).status_code == 409
    assert client.post(address, letter_typed(act="issue", revision="1")).status_code == 302
    client.post(address, letter_typed(act="issue", revision="2"))
    letter.refresh_from_db()
    assert (letter.number, letter.to_name, letter.signer_name) == ("01/UBND-NV", "Chủ tịch Một", "Người Thứ Hai")
    told = OutboxMessage.objects.filter(kind="figures.reminder_issued")
    assert sorted(row.channel for row in told) == ["email", "inapp"]
    enter(client, missed.head)
    assert "01/UBND-NV" in text_of(client.get(page_of(missed.shortfall)))
    assert client.get(address).status_code == 200
    enter(client, missed.other)
    assert client.get(address).status_code == 404
    with pytest.raises(DatabaseError), transaction.atomic():
        ReminderLetter.objects.update(words="khác")
    assert list(numbers.gaps()) == []
    assert list(numbers.twice()) == []


def test_letter_without_a_book_is_refused_in_words_and_takes_no_number(missed, second):
    OrgUnit.objects.filter(pk=missed.wards.pk).update(authority_code="")
    facts = {"shortfall_id": missed.shortfall.pk, "letter_id": None, "revision": 0, "subject": "a", "words": "b"}
    letter = reminding.save_draft(by=missed.home, **facts)
    with pytest.raises(UserError, match="mã định danh"):
        reminding.issue(by=second, letter_id=letter.pk, revision=1)
    assert ReminderLetter.objects.get().state == "draft"
    reminding.drop(by=missed.home, letter_id=letter.pk, revision=1)
    with pytest.raises(reminding.NotADraftLetterError):
        reminding.issue(by=second, letter_id=letter.pk, revision=2)


def test_letter_lists_the_dossiers_of_the_number_and_stands_in_the_book(missed, second):
    OrgUnit.objects.filter(pk=missed.wards.pk).update(authority_code="H29.1")
    facts = {"shortfall_id": missed.shortfall.pk, "letter_id": None, "revision": 0, "subject": "a", "words": "b"}
    letter = reminding.save_draft(by=missed.home, **facts)
    found = letters.missed_of(Shortfall.objects.get(), listed=2)[0]
    assert (found.total, len(found.rows), found.figure.rest) == (3, 2, 3)
    reminding.issue(by=second, letter_id=letter.pk, revision=1)
    book = books.BookYear("H29.1", "UBND", letters.BOOK.kind, 2022, 1)
    assert book.label == str(letters.LABEL)
    line = books.lines(book, 1, 1)[0]
    assert (line.text, line.signer, line.is_gap) == ("01/UBND-NV", "Người Thứ Hai", False)


def test_letter_is_printed_once_in_the_official_layout_and_kept(missed, second, client):
    OrgUnit.objects.filter(pk=missed.wards.pk).update(authority_code="H29.1")
    facts = {
        "shortfall_id": missed.shortfall.pk,
        "letter_id": None,
        "revision": 0,
        "subject": "nhắc",
        "words": "Một.\nHai.",
    }
    letter = reminding.save_draft(by=missed.home, **facts)
    reminding.issue(by=second, letter_id=letter.pk, revision=1)
    letter.refresh_from_db()
    html, _pdf = render_pdf(reminding.TEMPLATE, letters.context(letter) | {"authority": missed.wards})
    for words in ("Số: 01/UBND-NV", "V/v nhắc", "DANH SÁCH KÈM THEO", "Chủ tịch Một", "Người Thứ Hai"):
        assert words in html
    if letter.file_id is None:  # tasks run when the transaction ends, which a test's never does
        assert reminding.print_letter(letter_id=letter.pk)
    assert not reminding.print_letter(letter_id=letter.pk)
    enter(client, missed.head)
    answer = client.get(f"{OVERVIEW}van-ban/{letter.pk}/tep/")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"%PDF")

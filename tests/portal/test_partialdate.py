"""Partial dates: what people write, what is stored, what is shown; the database's own check."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Party
from portal.partialdate import PartialDate, more_exact, shown
from tests.factories import PartyFactory

pytestmark = pytest.mark.unit
DAYS = st.dates(min_value=date(1850, 1, 1), max_value=date(2150, 12, 31))
PARTS = st.sampled_from([4, 7, 10])


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("1948", "1948"),
        ("07/1948", "1948-07"),
        ("7/1948", "1948-07"),
        ("7-1948", "1948-07"),
        ("1948-07", "1948-07"),
        ("02/07/1948", "1948-07-02"),
        ("2.7.1948", "1948-07-02"),
        ("2 7 1948", "1948-07-02"),
        ("02071948", "1948-07-02"),
        ("1948-07-02", "1948-07-02"),
        ("1948-7-2", "1948-07-02"),
        (" 1948 ", "1948"),
        ("29/02/2000", "2000-02-29"),
    ],
)
def test_what_people_write_is_read(text, stored):
    assert PartialDate.read(text) == stored


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("31/02/1948", "không có trong lịch"),
        ("13/1948", "không có trong lịch"),
        ("0/1948", "không có trong lịch"),
        ("29/02/1900", "không có trong lịch"),
        ("1849", "không có trong lịch"),
        ("9999", "không có trong lịch"),
        ("0000", "không có trong lịch"),
        ("48", "năm, ví dụ"),
        ("mùa xuân", "năm, ví dụ"),
        ("", "năm, ví dụ"),
        ("١٩٤٨", "năm, ví dụ"),
        ("-1948", "năm, ví dụ"),
        ("1948/", "năm, ví dụ"),
        ("1/1/99999", "năm, ví dụ"),
        ("9" * 10_000, "năm, ví dụ"),
    ],
)
def test_what_is_no_date_gets_a_sentence(text, sentence):
    with pytest.raises(ValidationError) as caught:
        PartialDate.read(text)
    assert sentence in caught.value.messages[0]


@pytest.mark.parametrize(
    "text", ["", "48", "1948-7", "1948-13", "1948-02-30", "02/07/1948", "1849", "2151", "1948-07-02 "]
)
def test_only_the_stored_form_is_a_value(text):
    with pytest.raises(ValueError):
        PartialDate(text)


@given(day=DAYS, parts=PARTS)
def test_what_is_shown_is_read_back_and_its_parts_are_the_days(day, parts):
    born = PartialDate(day.isoformat()[:parts])
    assert PartialDate.read(born.shown) == born
    assert (born.year, born.is_whole) == (day.year, parts == 10)
    assert born.earliest <= day
    assert shown(born) == born.shown


@given(one=DAYS, other=DAYS, parts=PARTS)
def test_text_order_is_the_order_of_time(one, other, parts):
    first, second = sorted([PartialDate(one.isoformat()[:parts]), PartialDate(other.isoformat()[:parts])])
    assert first.earliest <= second.earliest


@given(day=DAYS, known=PARTS, told=PARTS)
def test_of_two_tellings_of_one_day_the_more_exact_is_kept(day, known, told):
    one, two = PartialDate(day.isoformat()[:known]), PartialDate(day.isoformat()[:told])
    assert one.agrees(two)
    assert two.agrees(one)
    assert len(more_exact(one, two)) == max(known, told)


@given(day=DAYS, other=DAYS)
def test_contradicting_tellings_do_not_agree_and_the_last_one_counts(day, other):
    one, two = PartialDate.of(day), PartialDate.of(other)
    assert one.agrees(two) == (day == other)
    assert more_exact(one, two) == two


@given(text=st.text(max_size=12))
def test_any_text_is_read_or_refused_with_a_sentence(text):
    try:
        read = PartialDate.read(text)
    except ValidationError as error:
        outcome = error.messages[0].endswith(".")
    else:
        outcome = PartialDate(read) == read
    assert outcome


@pytest.mark.django_db
@pytest.mark.parametrize("stored", ["", "1948", "1948-07", "1948-07-02"])
def test_the_column_keeps_what_was_told(stored):
    party = PartyFactory(birth_date=stored)
    again = Party.objects.get(pk=party.pk).birth_date
    assert again == stored
    assert shown(again) == "/".join(reversed(stored.split("-")))


@pytest.mark.django_db
@pytest.mark.parametrize("stored", ["48", "1948-7", "1948-13", "02/07/1948", "1948-07-32"])
def test_the_database_refuses_anything_else(stored):
    party = PartyFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.filter(pk=party.pk).update(birth_date=stored)

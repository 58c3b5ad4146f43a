"""Vietnamese dates and numbers: Django's own `vi` reads 03/04/2026 as 4 March and refuses 31/12/2026; ours does not."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils import formats, translation

from portal.clock import VIETNAM

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("03/04/2026", date(2026, 4, 3)),
        ("31/12/2026", date(2026, 12, 31)),
        ("1/2/2026", date(2026, 2, 1)),
        ("01-02-2026", date(2026, 2, 1)),
        ("2026-02-01", date(2026, 2, 1)),
    ],
)
def test_date_field_reads_day_first(typed, meant):
    assert forms.DateField().clean(typed) == meant


@pytest.mark.parametrize("typed", ["31/02/2026", "12/31/2026", "2026/13/01", "mai"])
def test_date_field_refuses_impossible_days(typed):
    with pytest.raises(forms.ValidationError):
        forms.DateField().clean(typed)


def test_dates_and_numbers_are_written_the_vietnamese_way():
    assert formats.date_format(date(2026, 4, 3), "SHORT_DATE_FORMAT") == "03/04/2026"
    assert (
        formats.date_format(datetime(2026, 4, 3, 14, 5, tzinfo=VIETNAM), "SHORT_DATETIME_FORMAT") == "14:05 03/04/2026"
    )
    assert formats.time_format(time(7, 30), "TIME_FORMAT") == "07:30"
    assert formats.localize(Decimal("0.5")) == "0,5"


def test_a_number_is_grouped_for_people_and_never_for_a_form():
    page = Template('{{ count|number }} <input value="{{ key }}"> {{ year }} {{ part }}')
    told = page.render(Context({"count": 50000, "key": 1234567, "year": 2026, "part": Decimal("0.5")}))
    assert told == '50.000 <input value="1234567"> 2026 0,5'


def test_decimal_field_reads_comma():
    with translation.override("vi"):
        assert forms.DecimalField(localize=True).clean("1234,5") == Decimal("1234.5")

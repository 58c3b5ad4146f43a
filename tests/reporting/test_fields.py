"""A percentage and a day as people type them, the same in every form of these pages."""

from datetime import date
from decimal import Decimal

import pytest
from django import forms

from reporting.fields import TypedDayField, TypedPercentField
from reporting.follow_up.forms import MeasureForm, MinutesForm
from reporting.forecast_views import OutlookForm
from reporting.target_forms import DecisionForm, RoadmapForm, TargetRowForm
from reporting.target_rows import month_end_of, step_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "value"), [("45", "0.45"), (" 72,5 % ", "0.725"), ("72.5", "0.725"), ("0", "0"), ("100", "1")]
)
def test_a_percentage_is_read_as_people_write_it(text, value):
    assert TypedPercentField().clean(text) == Decimal(value)


@pytest.mark.parametrize("text", ["300", "NaN", "-1", "=A1", "30 phần", "1e1", "33,333", "٣٠", "+", "", " "])
def test_what_is_no_percentage_is_a_sentence(text):
    with pytest.raises(forms.ValidationError) as refused:
        TypedPercentField().clean(text)
    assert str(refused.value.messages[0])[0].isupper()
    assert TypedPercentField(required=False).clean("") is None


@pytest.mark.parametrize("text", ["31/12/2026", "31-12-2026", "31.12.2026", "2026-12-31"])
def test_a_day_is_read_as_people_write_it(text):
    assert TypedDayField().clean(text) == date(2026, 12, 31)


@pytest.mark.parametrize("text", ["30/02/2026", "31/12/26", "=NOW()", "mai", "0/0/0", "12/2026"])
def test_what_is_no_day_is_a_sentence(text):
    with pytest.raises(forms.ValidationError, match=r"Ngày|Ô ngày"):
        TypedDayField().clean(text)


def test_other_readings_of_the_same_fields():
    assert TypedDayField(read=month_end_of).clean("9/2022") == date(2022, 9, 30)
    assert TypedPercentField(read=step_of).clean("-5") == Decimal("-0.05")


def test_what_was_typed_is_compared_and_shown_as_text():
    field = TypedPercentField()
    assert not field.has_changed("45", "45")
    assert field.has_changed("45", "46")
    assert field.prepare_value(Decimal("0.725")) == "72,5"
    assert TypedDayField().prepare_value(date(2026, 1, 9)) == "09/01/2026"


@pytest.mark.parametrize("form", [OutlookForm, DecisionForm, TargetRowForm, RoadmapForm, MeasureForm, MinutesForm])
def test_no_form_reads_them_by_hand(form):
    named = {
        "percent",
        "share",
        "start",
        "step",
        "end",
        "until",
        "decided_on",
        "month_end",
        "first",
        "due_on",
        "held_on",
    }
    found = {name: field for name, field in form.base_fields.items() if name in named}
    assert found
    assert all(isinstance(field, TypedPercentField | TypedDayField) for field in found.values())

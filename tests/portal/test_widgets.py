"""Controls drawn without templates are Django's own, sign by sign."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html

from portal.widgets import Renderer

pytestmark = pytest.mark.unit

GROUPED = [("", "Chọn"), ("Nhóm", [("a", "A & B"), ("b", "B")]), ("c", "<C>")]
NASTY = "\"><script>'&amp;"


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.TextInput(), None),
        (forms.TextInput({"class": "x", "maxlength": 5, "required": True, "disabled": False}), NASTY),
        (forms.EmailInput(), "a@example.com"),
        (forms.NumberInput({"min": 0}), 0),
        (forms.PasswordInput(), "x"),
        (forms.HiddenInput({"data-x": NASTY}), 12_345),
        (forms.CheckboxInput(), True),
        (forms.CheckboxInput({"class": "x"}), False),
        (forms.Textarea({"rows": 4}), None),
        (forms.Textarea(), f"a\n{NASTY}"),
        (forms.Select(choices=GROUPED), "b"),
        (forms.Select({"class": "x"}, choices=GROUPED), None),
        (forms.SelectMultiple(choices=GROUPED), ["a", "c"]),
        (forms.RadioSelect(choices=GROUPED), "a"),
        (forms.CheckboxSelectMultiple(choices=GROUPED[:1]), [""]),
        (forms.ClearableFileInput(), None),
    ],
)
def test_control_is_djangos_own(widget, value):
    ours = widget.render(NASTY, value, {"id": "id_x"}, renderer=Renderer())
    assert parse_html(ours) == parse_html(widget.render(NASTY, value, {"id": "id_x"}, renderer=DjangoTemplates()))
    assert "<script>" not in ours


def test_forms_use_it():
    class Form(forms.Form):
        one = forms.CharField()

    assert isinstance(Form().renderer, Renderer)

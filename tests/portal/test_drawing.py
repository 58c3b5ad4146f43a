"""Questions of forms: the hint before the control, what is optional says so, a control as wide as its answer."""

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template import Context, Template

from portal.drawing import draw, not_always_optional

pytestmark = pytest.mark.unit


class Asked(forms.Form):
    name = forms.CharField(label="Họ tên", help_text="Như trên giấy tờ.")
    note = forms.CharField(label="Ghi chú", required=False)
    mail = forms.EmailField(label="Thư điện tử", required=False)
    reason = not_always_optional(forms.CharField(label="Lý do", required=False, help_text="Bắt buộc khi từ chối."))
    born = forms.DateField(label="Ngày sinh")
    tick = forms.BooleanField(label="Đã xem", required=False)
    way = forms.ChoiceField(label="Cách", choices=[("a", "Một"), ("b", "Hai")], widget=forms.RadioSelect)
    kind = forms.ChoiceField(label="Loại", choices=[("", "Chưa chọn")], required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def test_the_hint_stands_between_label_and_control():
    html = draw(Asked()["name"])
    places = [html.index(part) for part in ("Họ tên", "Như trên giấy tờ.", "<input")]
    assert places == sorted(places)
    assert 'aria-describedby="id_name_helptext"' in html
    assert 'id="id_name_helptext"' in html


def test_only_what_may_always_stay_empty_says_so():
    form = Asked()
    marked = [name for name in form.fields if "(không bắt buộc)" in draw(form[name])]
    assert marked == ["note", "mail"]
    assert "*" not in "".join(draw(form[name]) for name in form.fields)


def test_an_error_is_an_icon_and_a_word_beside_its_control():
    form = Asked({"way": "x"})
    assert not form.is_valid()
    for name in ("name", "way"):
        html = draw(form[name])
        assert "Lỗi:" in html
        assert "is-invalid" in html


def test_a_day_is_as_wide_as_a_day():
    assert "size-day" in draw(Asked()["born"])
    assert "size-" not in draw(Asked()["name"])


def test_every_form_of_crispy_is_drawn_this_way():
    form = Asked()
    alone = Template("{% load crispy_forms_filters %}{{ form.note|as_crispy_field }}").render(Context({"form": form}))
    whole = render_crispy_form(form)
    for html in (alone, whole):
        assert '<span class="optional">(không bắt buộc)</span>' in html
    assert draw(form["version"]).startswith('<input type="hidden"')
    assert "div_id_version" not in whole

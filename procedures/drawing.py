"""Where the questions of a step's form stand: crispy's layout of them, each drawn by portal.drawing."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.drawing import draw

FORM = "procedures/step_form.html"


def helper_of(*parts: LayoutObject) -> FormHelper:
    """What `{% crispy form %}` asks of a form: its parts in their order, inside the page's own form tag."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.template = FORM
    helper.layout = Layout(*parts)
    return helper


class FieldLayout(LayoutObject):
    """One question where it stands in the form."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.fields: list[Any] = []

    def render(self, form: forms.BaseForm, context: Any, template_pack: str = "", **kwargs: Any) -> SafeString:
        """Draw label, control, help and errors."""
        return draw(form[self.key])


class GroupLayout(LayoutObject):
    """Questions under one heading, perhaps with a word of help to all of them."""

    def __init__(self, title: str, note: str, *parts: LayoutObject) -> None:
        self.title = title
        self.note = note
        self.parts = parts
        self.fields: list[Any] = []

    def render(self, form: forms.BaseForm, context: Any, template_pack: str = "", **kwargs: Any) -> SafeString:
        """Draw the group."""
        drawn = format_html_join("", "{}", ((part.render(form, context, template_pack),) for part in self.parts))
        note = format_html('<p class="form-text">{}</p>', self.note) if self.note else ""
        return format_html(
            '<fieldset class="asked"><legend>{}</legend>{}<div class="asked-grid">{}</div></fieldset>',
            self.title,
            note,
            drawn,
        )


class LeadLayout(LayoutObject):
    """When the questions that follow are meant: read only where no script hides those that are not."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.fields: list[Any] = []

    def render(self, form: forms.BaseForm, context: Any, template_pack: str = "", **kwargs: Any) -> SafeString:
        """Draw the sentence."""
        return format_html("<noscript><p>{}</p></noscript>", self.words)

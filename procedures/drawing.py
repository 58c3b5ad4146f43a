"""Draws the questions of a step's form: label, control, help, errors. The same markup as crispy's, in a third of its time.

A page of a form holds ten to twenty questions; crispy asks for each some forty conditions that are settled here.
"""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from django import forms
from django.template.loader import get_template
from django.utils.safestring import SafeString

from portal.widgets import attributes

FORM, FIELD = "procedures/step_form.html", "procedures/form_field.html"


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


def draw(bound: forms.BoundField) -> SafeString:
    """Draw one field of a form."""
    widget = bound.field.widget
    listed = isinstance(widget, forms.RadioSelect)  # boxes for several answers are made of these too
    ticked = isinstance(widget, forms.CheckboxInput)
    facts = {
        "field": bound,
        "errors": bound.errors,
        "is_tick": ticked,
        "required": bound.field.required,
        "options": _options(bound) if listed else (),
        "control": "" if listed else bound.as_widget(attrs={"class": _classes(bound, widget, ticked=ticked)}),
    }
    return get_template(FIELD).render(facts)


def _classes(bound: forms.BoundField, widget: forms.Widget, *, ticked: bool) -> str:
    """Bootstrap's classes of a control, after the name of the widget."""
    choosing = isinstance(widget, forms.Select)
    look = "form-check-input" if ticked else "form-select" if choosing else "form-control"
    return f"{type(widget).__name__.lower()} {look}{' is-invalid' if bound.errors else ''}"


def _options(bound: forms.BoundField) -> list[dict[str, Any]]:
    """The round buttons or boxes of a list, each with what its tag carries."""
    look = f"form-check-input{' is-invalid' if bound.errors else ''}"
    return [
        {
            "id": part.data["attrs"].get("id", ""),
            "label": part.data["label"],
            "attrs": attributes(
                {
                    "type": part.data["type"],
                    "class": look,
                    "name": part.data["name"],
                    "value": str(part.data["value"]),
                    **part.data["attrs"],
                }
            ),
        }
        for part in bound.subwidgets
    ]

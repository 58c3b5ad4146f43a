"""Draws the questions of every form: label, hint, control, errors. In a third of the time crispy takes for the same.

Called by the template that replaces crispy's for one field (`templates/bootstrap5/field.html`) and by the forms of form specs.
"""

from typing import Any, TypeVar

from django import forms
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from portal.widgets import attributes

FIELD = "ui/question.html"
TYPED = (forms.widgets.Input, forms.Textarea)
F = TypeVar("F", bound=forms.Field)


def not_always_optional(field: F) -> F:
    """A field that may stay empty, though not in every case: it is not said to be optional, its hint says when it is not."""
    field.said_optional = False  # type: ignore[attr-defined]
    return field


def says_optional(field: forms.Field) -> bool:
    """Whether the label says that nothing need be typed; of a box or a list one sees what no answer means."""
    is_typed = isinstance(field.widget, TYPED) and not isinstance(field.widget, forms.CheckboxInput)
    return is_typed and not field.required and getattr(field, "said_optional", True)


def size_of(field: forms.Field) -> str:
    """How much is typed into a field, where that is known: a day, a number, a telephone (`size` of its class)."""
    if isinstance(field, forms.DateField):
        return "day"
    return "number" if isinstance(field, forms.IntegerField) else getattr(field, "size", "")


def draw(bound: forms.BoundField) -> SafeString:
    """Draw one field of a form; of a hidden one its tag alone."""
    if bound.is_hidden:
        return mark_safe(bound.as_widget())  # noqa: S308  Django's own tag
    widget = bound.field.widget
    listed = isinstance(widget, forms.RadioSelect)  # boxes for several answers are made of these too
    ticked = isinstance(widget, forms.CheckboxInput)
    facts = {
        "field": bound,
        "errors": bound.errors,
        "is_tick": ticked,
        "optional": says_optional(bound.field),
        "options": _options(bound) if listed else (),
        "control": "" if listed else bound.as_widget(attrs={"class": _classes(bound, widget, ticked=ticked)}),
    }
    return mark_safe(get_template(FIELD).render(facts))  # noqa: S308  escaped by the template


def _classes(bound: forms.BoundField, widget: forms.Widget, *, ticked: bool) -> str:
    """Bootstrap's classes of a control, after the name of the widget."""
    choosing = isinstance(widget, forms.Select)
    look = "form-check-input" if ticked else "form-select" if choosing else "form-control"
    size = f" size-{sized}" if (sized := size_of(bound.field)) else ""
    return f"{type(widget).__name__.lower()} {look}{size}{' is-invalid' if bound.errors else ''}"


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
